//! The command line of `eventglass curl`.

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::quote::{double, single};
use crate::http::BaseUrl;
use crate::load::config::Config;
use crate::shop::{Kind, Shop, ShopEvent, Traffic};

/// Arguments of `eventglass curl`.
#[derive(Args, Clone, Debug)]
pub struct CurlArgs {
    /// The configuration of `eventglass load` [default: ./config.yaml, if there is one].
    #[arg(long, short, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The project's key.
    #[arg(
        long,
        short = 'k',
        env = "EVENTGLASS_API_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    pub api_key: Option<String>,

    /// Where the server is.
    #[arg(long, short = 'u', env = "EVENTGLASS_URL", value_name = "URL")]
    pub base_url: Option<BaseUrl>,

    /// Whose events they are [default: the first of the configuration].
    #[arg(long, value_name = "ID")]
    pub user_id: Option<String>,

    /// Which events.
    #[arg(long, short = 't', value_enum, default_value_t = EventType::All)]
    pub event_type: EventType,

    /// How many of each; of a batch, how many visitors.
    #[arg(long, short = 'n', default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub count: u32,
}

/// Which events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EventType {
    /// All that follow.
    All,
    /// What becomes of a cart.
    Cart,
    /// What is looked at.
    Page,
    /// What becomes of an order.
    Order,
    /// Signing up and logging in.
    User,
    /// For each visitor a look at a product and its way into the cart, in one request.
    Batch,
}

impl EventType {
    const fn kinds(self) -> &'static [Kind] {
        const CART: [Kind; 4] = [Kind::CartAdd, Kind::CartUpdate, Kind::CartRemove, Kind::CartCheckout];
        const PAGE: [Kind; 3] = [Kind::PageView, Kind::PageClick, Kind::PageSearch];
        const ORDER: [Kind; 3] = [Kind::OrderCreated, Kind::OrderUpdated, Kind::OrderFulfilled];
        match self {
            Self::All => &Kind::ALL,
            Self::Cart => &CART,
            Self::Page => &PAGE,
            Self::Order => &ORDER,
            Self::User => &[Kind::UserSignup, Kind::UserLogin],
            Self::Batch => &[],
        }
    }
}

/// Prints the commands on standard output.
///
/// # Errors
/// When the configuration is wrong, or asks for more events than a batch may hold.
pub fn run(args: &CurlArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(args.config.as_deref())?;
    let mut out = io::stdout().lock();
    let written = write(args, &config, fastrand::Rng::new(), &mut out).and_then(|()| Ok(out.flush()?));
    match written {
        // Whoever reads has seen enough.
        Err(error)
            if error
                .downcast_ref::<io::Error>()
                .is_some_and(|e| e.kind() == ErrorKind::BrokenPipe) => {}
        other => other?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write(args: &CurlArgs, config: &Config, mut rng: fastrand::Rng, out: &mut impl Write) -> anyhow::Result<()> {
    let url = match &args.base_url {
        Some(url) => url.clone(),
        None => config.api.base_url.parse().context("wrong api.base_url")?,
    };
    let key = args.api_key.as_ref().unwrap_or(&config.api.api_key);
    let user = args.user_id.clone().unwrap_or_else(|| config.user_id(1));
    let with_batch = matches!(args.event_type, EventType::All | EventType::Batch);
    anyhow::ensure!(
        args.event_type != EventType::Batch || args.count <= 50,
        "a batch holds 100 events, two of each visitor: --count must be 50 at most"
    );

    let shop = Shop::new(&config.products, &config.pages.types, &mut rng);
    // The first sends the single events; in a batch, each has a number when there are several.
    let mut ids = vec![user.clone()];
    if args.count > 1 {
        ids.extend((1..=args.count.min(50)).map(|number| format!("{user}_{number:03}")));
    }
    let visitors = ids.len();
    let mut traffic = Traffic::new(config.crowd(ids), shop, config.events.weights, crate::now(), rng);
    let command = |name: &str, path: &str, body: &str, out: &mut dyn Write| {
        let address = double(&format!("{url}{path}"));
        let key = double(&format!("X-API-Key: {key}"));
        writeln!(out, "# {name}")?;
        writeln!(out, "curl -X POST {address} \\")?;
        writeln!(out, "  -H \"Content-Type: application/json\" \\")?;
        writeln!(out, "  -H {key} \\")?;
        writeln!(out, "  -d {}\n", single(body))
    };
    for kind in args.event_type.kinds() {
        for _ in 0..args.count {
            let event = traffic.make(0, *kind, Duration::ZERO);
            command(kind.event_type(), "/api/v1/events/ingest", &json_of(&event)?, out)?;
        }
    }
    if with_batch {
        let buyers = if visitors > 1 { 1..visitors } else { 0..1 };
        let mut events: Vec<ShopEvent> = Vec::new();
        for visitor in buyers {
            for kind in [Kind::PageView, Kind::CartAdd] {
                events.extend(traffic.make(visitor, kind, Duration::ZERO));
            }
        }
        let name = format!("a batch of {}", events.len());
        let body = json_of(&json!({ "events": events }))?;
        command(&name, "/api/v1/events/ingest/batch", &body, out)?;
    }
    Ok(())
}

fn json_of(value: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string(value)?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::process::Command;

    use serde_json::Value;

    use super::*;

    fn args(event_type: EventType, count: u32) -> CurlArgs {
        CurlArgs {
            config: None,
            api_key: Some("proj_1_it's $HOME".into()),
            base_url: Some("http://localhost:8000".parse().unwrap()),
            user_id: Some("o'neill".into()),
            event_type,
            count,
        }
    }

    fn commands(args: &CurlArgs, seed: u64) -> String {
        let mut out = Vec::new();
        let rng = fastrand::Rng::with_seed(seed);
        write(args, &Config::default(), rng, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// What curl would be given, command by command.
    fn as_run(commands: &str) -> Vec<Vec<String>> {
        let script = format!("curl() {{ printf '%s\\0' \"$@\"; printf '\\1'; }}\n{commands}");
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let words = |command: &str| command.split_terminator('\0').map(str::to_owned).collect();
        text.split_terminator('\u{1}').map(words).collect()
    }

    #[test]
    fn a_command_has_the_form_of_the_contract() {
        let text = commands(&args(EventType::User, 1), 1);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[..5],
            [
                "# user.signup",
                "curl -X POST \"http://localhost:8000/api/v1/events/ingest\" \\",
                "  -H \"Content-Type: application/json\" \\",
                "  -H \"X-API-Key: proj_1_it's \\$HOME\" \\",
                r#"  -d '{"topic":"user_events","event_type":"user.signup","data":{"user_id":"o'\''neill","email":"o'\''neill@example.com","signup_source":"referral"}}'"#,
            ]
        );
    }

    #[test]
    fn a_shell_hands_curl_what_was_meant() {
        for seed in 0..3 {
            let run = as_run(&commands(&args(EventType::All, 2), seed));
            assert_eq!(run.len(), 25);
            let mut types = BTreeSet::new();
            for words in &run[..24] {
                assert_eq!(words[..3], ["-X", "POST", "http://localhost:8000/api/v1/events/ingest"]);
                assert_eq!(words[6], "X-API-Key: proj_1_it's $HOME");
                let event: Value = serde_json::from_str(&words[8]).unwrap();
                assert_eq!(event["data"]["user_id"], "o'neill");
                types.insert(event["event_type"].to_string());
            }
            assert_eq!(types.len(), 12);
        }
    }

    #[test]
    fn a_batch_holds_two_events_of_each_visitor() {
        for (count, users) in [
            (1, vec!["o'neill"]),
            (3, vec!["o'neill_001", "o'neill_002", "o'neill_003"]),
        ] {
            let run = as_run(&commands(&args(EventType::Batch, count), 1));
            assert_eq!(run.len(), 1);
            assert!(run[0][2].ends_with("/api/v1/events/ingest/batch"));
            let body: Value = serde_json::from_str(run[0].last().unwrap()).unwrap();
            let events = body["events"].as_array().unwrap();
            let of = |key: &str| events.iter().map(|event| event[key].clone()).collect::<Vec<_>>();
            assert_eq!(of("event_type"), ["page.view", "cart.add"].repeat(users.len()));
            let who: BTreeSet<_> = of("data")
                .iter()
                .map(|data| data["user_id"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(who, users.into_iter().map(str::to_owned).collect());
            // What is put into the cart is what was looked at.
            assert_eq!(events[0]["data"]["product_id"], events[1]["data"]["product_id"]);
        }
        let mut out = Vec::new();
        let error = write(
            &args(EventType::Batch, 51),
            &Config::default(),
            fastrand::Rng::new(),
            &mut out,
        )
        .unwrap_err();
        assert!(error.to_string().contains("50 at most"));
    }
}
