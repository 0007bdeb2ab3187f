//! The types of Langfuse's events, and what they are here.

/// What a type does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The trace itself: name, user, session, tags.
    Trace,
    /// Something in a trace.
    Observation,
    /// A score.
    Score,
    /// The SDK's own log, which nobody reads.
    SdkLog,
}

/// A type of the envelope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) name: &'static str,
    pub(super) subject: Subject,
    /// Whether it changes what a create has made.
    pub(super) update: bool,
    /// The kind of event; of an update that says nothing new, empty.
    pub(super) kind: &'static str,
}

const fn observation(name: &'static str, kind: &'static str) -> Type {
    Type {
        name,
        subject: Subject::Observation,
        update: false,
        kind,
    }
}

const fn update(name: &'static str) -> Type {
    Type {
        name,
        subject: Subject::Observation,
        update: true,
        kind: "",
    }
}

/// Every type that is taken.
pub(super) const TYPES: &[Type] = &[
    Type {
        name: "trace-create",
        subject: Subject::Trace,
        update: false,
        kind: "span",
    },
    observation("event-create", "log"),
    observation("span-create", "span"),
    update("span-update"),
    observation("generation-create", "llm"),
    update("generation-update"),
    observation("agent-create", "agent_action"),
    observation("tool-create", "tool_call"),
    observation("chain-create", "span"),
    observation("retriever-create", "retrieval"),
    observation("evaluator-create", "span"),
    observation("embedding-create", "embedding"),
    observation("guardrail-create", "span"),
    observation("observation-create", ""),
    update("observation-update"),
    Type {
        name: "score-create",
        subject: Subject::Score,
        update: false,
        kind: "eval_metric",
    },
    Type {
        name: "sdk-log",
        subject: Subject::SdkLog,
        update: false,
        kind: "",
    },
];

/// A type by its name.
pub(super) fn type_of(name: &str) -> Option<&'static Type> {
    TYPES.iter().find(|known| known.name == name)
}

/// The kind of a legacy observation, by its own `type`.
pub(super) fn legacy_kind(name: &str) -> &'static str {
    match name {
        "GENERATION" => "llm",
        "EVENT" => "log",
        _ => "span",
    }
}

/// `production` of ` Production`: lower case, its own prefix away, cut to 40;
/// what is no such name is `default`.
pub(super) fn environment(given: &str) -> String {
    let mut name = given.trim().to_lowercase();
    while let Some(rest) = name
        .strip_prefix("langfuse-")
        .or_else(|| name.strip_prefix("langfuse_"))
    {
        name = rest.to_owned();
    }
    let name: String = name.chars().take(40).collect();
    let sound = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    if sound { name } else { "default".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments() {
        assert_eq!(environment(" Production"), "production");
        assert_eq!(environment("langfuse-langfuse_x"), "x");
        assert_eq!(environment("a b"), "default");
        assert_eq!(environment("langfuse-"), "default");
        assert_eq!(environment(&"é".repeat(50)), "default");
        assert_eq!(environment(&"a".repeat(50)).len(), 40);
    }
}
