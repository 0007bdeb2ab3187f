use proptest::prelude::*;

use super::*;
use crate::{Severity, Status, is_error};

/// A query in prefix notation.
fn read(text: &str) -> String {
    match parse(text) {
        Ok(expr) => show(&expr),
        Err(error) => format!("{} at {}", error.message, error.position(text)),
    }
}

fn show(expr: &Expr) -> String {
    let list =
        |name: &str, parts: &[Expr]| format!("({name} {})", parts.iter().map(show).collect::<Vec<_>>().join(" "));
    match expr {
        Expr::And(parts) => list("and", parts),
        Expr::Or(parts) => list("or", parts),
        Expr::Not(part) => format!("(not {})", show(part)),
        Expr::Test(test) => {
            let field = match &test.field {
                Field::Text => "text".to_owned(),
                Field::Column(column) => column.name().to_owned(),
                Field::Path(root, path) => format!("{root:?}/{path}"),
            };
            let matches = match &test.matches {
                Match::Present => "there".to_owned(),
                Match::Word(text) => text.clone(),
                Match::Phrase(text) | Match::Exact(text) => format!("{text:?}"),
                Match::Glob(text) => format!("~{text}"),
                Match::Number(range) => {
                    let (open, close) = (
                        if range.with_low { '[' } else { ']' },
                        if range.with_high { ']' } else { '[' },
                    );
                    format!("{open}{} {}{close}", range.low, range.high)
                }
                Match::Time(range) => {
                    let bound = |b: Option<crate::TimeBound>| b.map(|b| b.to_string()).unwrap_or_default();
                    format!("{}..{}", bound(range.from), bound(range.to))
                }
            };
            format!("{field}={matches}")
        }
    }
}

#[test]
fn what_older_searches_said() {
    for (text, means) in [
        ("", "(and )"),
        ("card", "text=card"),
        (
            "card \"was declined\" pay*",
            "(and text=card text=\"was declined\" text=~pay*)",
        ),
        ("payment-service", "text=payment-service"),
        ("\"never closed", "text=\"never closed\""),
        ("evt_17_abc", "text=evt_17_abc"),
        (" - \"\" ** => ", "(and )"),
        ("https://example.com/a?b=c", "text=https://example.com/a?b=c"),
        ("localhost:8080", "text=localhost:8080"),
        ("12:30:45", "text=12:30:45"),
        ("std::io::Error", "text=std::io::Error"),
        (
            "TypeError: x is undefined",
            "(and text=TypeError: text=x text=is text=undefined)",
        ),
        ("foo(bar)", "text=foo(bar)"),
        ("service: pay", "(and text=service: text=pay)"),
        ("and or not", "(and text=and text=or text=not)"),
        ("支払いが完了", "text=支払いが完了"),
    ] {
        assert_eq!(read(text), means, "{text}");
    }
}

#[test]
fn operators() {
    for (text, means) in [
        ("a b OR c", "(or (and text=a text=b) text=c)"),
        ("a AND (b OR c)", "(and text=a (or text=b text=c))"),
        ("-a NOT b", "(and (not text=a) (not text=b))"),
        ("-(a b)", "(not (and text=a text=b))"),
        ("NOT -a", "(not (not text=a))"),
        ("--a", "text=--a"),
        ("a - b", "(and text=a text=b)"),
        ("*lau*", "text=~*lau*"),
    ] {
        assert_eq!(read(text), means, "{text}");
    }
}

#[test]
fn fields_and_values() {
    for (text, means) in [
        ("service:pay -kind:llm", "(and service=\"pay\" (not kind=\"llm\"))"),
        ("service:pay*", "service=~pay*"),
        ("service:\"a*b c\"", "service=\"a*b c\""),
        ("SERVICE:pay", "service=\"pay\""),
        (
            "service:(a OR b OR -c)",
            "(or service=\"a\" service=\"b\" (not service=\"c\"))",
        ),
        ("message:(card declined)", "(and message=card message=declined)"),
        ("message:\"was declined\"", "message=\"was declined\""),
        ("endpoint:/api/v1/*", "endpoint=~/api/v1/*"),
        ("url:https://example.com", "endpoint=\"https://example.com\""),
        ("severity:warn", "severity=[3 3]"),
        ("level:>=error", "severity=[4 inf]"),
        ("status:timeout", "status=[3 3]"),
        ("status:500", "status_code=[500 500]"),
        ("status:5xx", "status_code=[500 599]"),
        ("-status:2XX", "(not status_code=[200 299])"),
        ("status:>=500", "status_code=[500 inf]"),
        (
            "status:(404 OR 5xx)",
            "(or status_code=[404 404] status_code=[500 599])",
        ),
        ("latency:>200ms", "duration_ms=]200000 inf]"),
        ("latency:200", "duration_ms=[200000 200000]"),
        ("duration:1.5s..2m", "duration_ms=[1500000 120000000]"),
        ("cost:>$0.01", "cost_usd=]10000000 inf]"),
        (
            "tokens:>1.5k tokens.input:<=20",
            "(and tokens=]1500 inf] tokens.input=[-inf 20])",
        ),
        ("time:>=-3h", "time=-3h.."),
        (
            "time:2026-11-21",
            "time=2026-11-21T00:00:00.000000Z..2026-11-22T00:00:00.000000Z",
        ),
        ("time:>2026-11-21", "time=2026-11-22T00:00:00.000000Z.."),
        ("time:\"last 3h\"", "time=-3h.."),
        ("time:-2d..-1d", "time=-2d..-1d"),
        (
            "has:trace_id -has:attributes.plan",
            "(and trace_id=there (not Attributes/plan=there))",
        ),
        (
            "has:(trace_id OR user_id AND -cost) -has:attributes.\"a b\"",
            "(and (or trace_id=there (and user_id=there (not cost_usd=there))) (not Attributes/a b=there))",
        ),
        (
            "attributes.deep.\"a b\":x -attributes.\"say \\\"hi\\\"\":>5",
            "(and Attributes/deep.a b=\"x\" (not Attributes/say \"hi\"=]5 inf]))",
        ),
        (
            "attributes.\"a b\" \"c\"",
            "(and text=attributes. text=\"a b\" text=\"c\")",
        ),
        (
            "cost:>1e-3 tokens:1.5E3",
            "(and cost_usd=]1000000 inf] tokens=[1500 1500])",
        ),
        (
            "latency:>1h2m latency:1m30.5s",
            "(and duration_ms=]3720000000 inf] duration_ms=[90500000 90500000])",
        ),
        ("service:*", "service=there"),
        ("attributes.country:BR", "Attributes/country=\"BR\""),
        (
            "attr.n:>5 output.ok:true",
            "(and Attributes/n=]5 inf] Output/ok=\"true\")",
        ),
        ("http.route:/x", "Attributes/http.route=\"/x\""),
        (
            "attributes.size:1..5 attributes.v:a..b",
            "(and Attributes/size=[1 5] Attributes/v=\"a..b\")",
        ),
    ] {
        assert_eq!(read(text), means, "{text}");
    }
}

#[test]
fn errors_point_at_the_character() {
    for (text, error) in [
        (
            "é servce:pay",
            "there is no field `servce`; did you mean `service`? at 2",
        ),
        (
            "colour:red",
            "there is no field `colour`; write `attributes.colour:` for an attribute, or put text in quotes at 0",
        ),
        ("a (b OR c", "this `(` is never closed; put text in quotes at 2"),
        ("a b) c", "this `)` closes nothing; put text in quotes at 3"),
        ("a OR", "something to search for is missing here at 4"),
        ("OR a", "something to search for is missing here at 4"),
        ("a AND", "something to search for is missing after `AND` at 5"),
        ("AND a", "something to search for is missing before `AND` at 3"),
        ("a NOT", "something to search for is missing after `NOT` at 5"),
        ("()", "something to search for is missing here at 1"),
        ("service:", "a value is missing here at 8"),
        ("service:>a", "this field is text: it has no greater and smaller at 9"),
        (
            "service:(a b)",
            "a field has one value: write `OR` between values at 11",
        ),
        (
            "latency:fast",
            "expected a duration such as 200ms, 1.5s or 100..300 at 8",
        ),
        (
            "severity:loud",
            "expected one of: debug, info, warning, error, critical at 9",
        ),
        (
            "time:soon",
            "expected a span of time such as `last 3h`, `-7d..-1d`, `2026-11-21` or `2026-11-21..now` at 5",
        ),
        (
            "latency:1s5",
            "expected a duration such as 200ms, 1.5s or 100..300 at 8",
        ),
        ("cost:1e", "expected dollars such as 0.01 or 0.01..1 at 5"),
        (
            "has:(trace_id user_id)",
            "a field has one value: write `OR` between values at 14",
        ),
        (
            "has:colour",
            "expected a field here, such as `trace_id` or `attributes.plan` at 4",
        ),
    ] {
        assert_eq!(read(text), error, "{text}");
    }
}

#[test]
fn bounded() {
    assert!(parse(&"(".repeat(500)).is_err());
    assert!(parse(&format!("{}a", "NOT ".repeat(200))).is_err());
    assert!(parse(&"service:a OR ".repeat(101)).is_err());
}

#[test]
fn tokens_for_highlighting() {
    let text = "-service:(pay OR \"a b\") \"x y\" - latency:>2s colour:red";
    let tokens: Vec<(&str, TokenKind)> = tokens(text)
        .iter()
        .map(|token| (token.span.of(text), token.kind))
        .collect();
    assert_eq!(
        tokens,
        [
            ("-", TokenKind::Operator),
            ("service:", TokenKind::Key),
            ("(", TokenKind::Paren),
            ("pay", TokenKind::Value),
            ("OR", TokenKind::Operator),
            ("\"a b\"", TokenKind::Value),
            (")", TokenKind::Paren),
            ("\"x y\"", TokenKind::Phrase),
            ("latency:", TokenKind::Key),
            (">", TokenKind::Operator),
            ("2s", TokenKind::Value),
            ("colour", TokenKind::Wrong),
        ]
    );
}

#[test]
fn completion() {
    let at = |text: &str| {
        let cursor = text.find('|').unwrap();
        let completion = complete(&text.replace('|', ""), cursor);
        let span = completion.replace;
        (
            completion.expected,
            completion.typed.clone(),
            (span.start, span.end),
            completion.names(),
        )
    };
    assert_eq!(at("a ser|v"), (Expected::Term, "ser".into(), (2, 6), vec!["service"]));
    assert_eq!(at("-ser|"), (Expected::Term, "ser".into(), (1, 4), vec!["service"]));
    assert_eq!(at("a |").0, Expected::Term);
    assert_eq!(
        at("severity:|"),
        (
            Expected::Value(Column::Severity),
            String::new(),
            (9, 9),
            Severity::WORDS.to_vec()
        )
    );
    assert_eq!(at("severity:>=wa|").3, ["warning"]);
    assert_eq!(at("service:(pay OR a|)").0, Expected::Value(Column::Service));
    assert_eq!(at("service:(pay OR |").0, Expected::Value(Column::Service));
    assert_eq!(at("service:\"a b|").0, Expected::Value(Column::Service));
    assert_eq!(at("\"ser|").0, Expected::Free);
    assert_eq!(at("attributes.x:|").0, Expected::Free);
    assert_eq!(at("(ser|").3, ["service"]);
}

#[test]
fn terms_are_read_as_they_were_written() {
    for value in [
        "pay",
        "a b",
        "x\"y\\z",
        "5..6",
        ">=3",
        "OR",
        "*",
        "(a)",
        "",
        "-3",
        "日本",
        "/a/{id}/(b) OR c*",
        "NOT",
        "\\",
    ] {
        for field in [
            "service",
            "endpoint",
            "model",
            "user_id",
            "attributes.a",
            "attributes.a b",
        ] {
            let text = term(field, value, true);
            let Ok(Expr::Not(inner)) = parse(&text) else {
                panic!("{text}")
            };
            let Expr::Test(test) = *inner else { panic!("{text}") };
            let of = match field.strip_prefix("attributes.") {
                Some(path) => Field::Path(Root::Attributes, path.to_owned()),
                None => Field::Column(Column::named(field).unwrap()),
            };
            assert_eq!(
                (test.field, test.matches),
                (of, Match::Exact(value.to_owned())),
                "{text}"
            );
        }
    }
    // Text is found by its words in their order.
    for value in ["Card declined", "timeout", "say \"no\"", "a* OR b"] {
        assert_eq!(read(&term("name", value, false)), format!("name={value:?}"));
    }
}

#[test]
fn lists_are_read_as_they_were_written() {
    let values = ["llm", "a b", "OR"].map(str::to_owned);
    assert_eq!(any_of("kind", &values, false), "kind:(llm OR \"a b\" OR \"OR\")");
    assert_eq!(
        read(&any_of("kind", &values, true)),
        "(not (or kind=\"llm\" kind=\"a b\" kind=\"OR\"))"
    );
    assert_eq!(any_of("kind", &values[..1], false), "kind:llm");
    assert_eq!(any_of("kind", &[], false), "");
}

#[test]
fn the_search_for_errors_finds_what_is_counted_as_one() {
    #[expect(clippy::cast_precision_loss, reason = "codes are small")]
    fn finds(expr: &Expr, severity: Severity, status: Status) -> bool {
        match expr {
            Expr::And(parts) => parts.iter().all(|part| finds(part, severity, status)),
            Expr::Or(parts) => parts.iter().any(|part| finds(part, severity, status)),
            Expr::Not(part) => !finds(part, severity, status),
            Expr::Test(test) => {
                let code = match test.field {
                    Field::Column(Column::Severity) => severity.code(),
                    Field::Column(Column::Status) => status.code(),
                    _ => panic!("{test:?}"),
                };
                matches!(&test.matches, Match::Number(range) if range.contains(code as f64))
            }
        }
    }
    let expr = parse(ERRORS).unwrap();
    for severity in Severity::ALL {
        for status in Status::ALL {
            let expected = is_error(*severity, *status);
            assert_eq!(finds(&expr, *severity, *status), expected, "{severity} {status}");
        }
    }
}

proptest! {
    #[test]
    fn every_text_is_read_or_refused_within_it(text in "[ -~é日\t]{0,60}") {
        if let Err(error) = parse(&text) {
            prop_assert!(error.span.start <= error.span.end && error.span.end <= text.len());
            prop_assert!(text.is_char_boundary(error.span.start) && text.is_char_boundary(error.span.end));
        }
        for token in tokens(&text) {
            prop_assert!(text.get(token.span.start..token.span.end).is_some());
        }
    }

    #[test]
    fn tokens_are_in_order(text in "[a-c:()\"\\-* ]{0,30}") {
        let mut end = 0;
        for token in tokens(&text) {
            prop_assert!(token.span.start >= end, "{text}: {token:?}");
            end = token.span.end;
        }
    }

    #[test]
    fn completion_never_panics(text in "\\PC{0,30}", cursor in 0..60_usize) {
        let _ = complete(&text, cursor).names();
    }

    #[test]
    fn written_terms_are_exact(value in "\\PC{0,30}") {
        let text = term("service", &value, false);
        let Ok(Expr::Test(test)) = parse(&text) else { panic!("{text}") };
        prop_assert_eq!(test.matches, Match::Exact(value));
    }
}
