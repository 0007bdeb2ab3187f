//! The schema, by hand.

use std::process::{Command, Output};

use crate::installation::Installation;
use crate::{ALONE, cluster};

fn text(output: &Output) -> String {
    let bytes = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrate_says_what_is_pending() {
    let _alone = ALONE.lock().await;
    let installation = Installation::new();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&installation.program);
        command
            .args(arguments)
            .current_dir(installation.folder.path())
            .output()
            .unwrap()
    };
    let sql = |statement: &str| cluster::shared().execute(&installation.url, statement).unwrap();
    let pending = run(&["migrate", "--check"]);
    assert_eq!(pending.status.code(), Some(1));
    assert!(text(&pending).starts_with("pending 0001 core\n"), "{}", text(&pending));
    assert_eq!(sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
    assert!(run(&["migrate"]).status.success());
    let current = run(&["migrate", "--check"]);
    assert!(current.status.success(), "{}", text(&current));

    let later = "INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, success, checksum, execution_time \
         FROM _sqlx_migrations WHERE version = 1";
    sql(later);
    for (arguments, code) in [
        (&["migrate", "--check"][..], 2),
        (&["serve", "--addr", "127.0.0.1:0"], 1),
    ] {
        let newer = run(arguments);
        assert_eq!(newer.status.code(), Some(code));
        let said = text(&newer);
        assert!(
            said.contains("schema version 9999") && said.contains("newer Eventglass"),
            "{said}"
        );
        assert!(!said.contains("postgres://"), "{said}");
    }
}
