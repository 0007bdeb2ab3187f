//! Texts as words of a shell's command line.

/// `"..."`, in which nothing is expanded: not by a script, and not, as `!` is, by a person's shell.
pub(super) fn double(text: &str) -> String {
    let mut word = String::with_capacity(text.len() + 2);
    word.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' | '$' | '`' => word.extend(['\\', letter]),
            // A backslash before it would stay.
            '!' => word.push_str("\"'!'\""),
            _ => word.push(letter),
        }
    }
    word.push('"');
    word
}

/// `'...'`: a quote in it ends the word, is written by itself, and starts it again.
pub(super) fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    fn through_a_shell(words: &str) -> String {
        let script = format!("printf '%s' {words}");
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(output.status.success(), "{script}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn usual_texts_look_usual() {
        assert_eq!(double("http://localhost:8000/api"), "\"http://localhost:8000/api\"");
        assert_eq!(single(r#"{"a":1}"#), r#"'{"a":1}'"#);
        assert_eq!(single("men's"), r"'men'\''s'");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn a_shell_reads_what_was_meant(text in "[a-z '\"$`!\\\\\n*~#;&|<>(){}\\[\\]=%é]{0,40}") {
            prop_assert_eq!(through_a_shell(&double(&text)), text.as_str());
            prop_assert_eq!(through_a_shell(&single(&text)), text);
        }
    }
}
