//! What sort of thing a span is, as far as a reader tells them apart.

/// What sort of thing a span is. The wire has more kinds, and clients their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Role {
    /// An agent at work, or a workflow.
    Agent,
    /// A call of a model.
    Model,
    /// Text becoming vectors.
    Embedding,
    /// Something looked up.
    Retrieval,
    /// A tool, called by a model.
    Tool,
    /// A request over the network.
    Request,
    /// A log, a message: a moment.
    Log,
    /// Something that went wrong.
    Error,
    /// What somebody thinks of it.
    Score,
    /// Any other work.
    Span,
}

impl Role {
    /// Of a kind of the wire.
    pub(in super::super) fn of(kind: &str) -> Self {
        match kind {
            "agent_action" => Self::Agent,
            "llm" | "token_usage" => Self::Model,
            "embedding" => Self::Embedding,
            "retrieval" => Self::Retrieval,
            "tool_call" => Self::Tool,
            "api_call" => Self::Request,
            "log" | "message" => Self::Log,
            "error" | "error_event" => Self::Error,
            "eval_metric" => Self::Score,
            _ => Self::Span,
        }
    }

    /// Chooses its colour in the style.
    pub(in super::super) const fn token(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Model => "model",
            Self::Embedding => "embedding",
            Self::Retrieval => "retrieval",
            Self::Tool => "tool",
            Self::Request => "request",
            Self::Log => "log",
            Self::Error => "error",
            Self::Score => "score",
            Self::Span => "span",
        }
    }

    /// For people.
    pub(in super::super) const fn word(self) -> &'static str {
        match self {
            Self::Agent => "Agent",
            Self::Model => "Model call",
            Self::Embedding => "Embedding",
            Self::Retrieval => "Retrieval",
            Self::Tool => "Tool call",
            Self::Request => "Request",
            Self::Log => "Log",
            Self::Error => "Error",
            Self::Score => "Score",
            Self::Span => "Span",
        }
    }

    /// Its shape, for 16 px: shapes differ, so that colours need not be told apart.
    pub(in super::super) const fn shape(self) -> &'static str {
        match self {
            // A head with two eyes.
            Self::Agent => {
                "M4 5.5h8a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-5a1 1 0 0 1 1-1ZM8 2.5v3M6 8.5v1M10 8.5v1"
            }
            // A spark.
            Self::Model => "M8 2c.6 3.8 2.2 5.4 6 6-3.8.6-5.4 2.2-6 6-.6-3.8-2.2-5.4-6-6 3.8-.6 5.4-2.2 6-6Z",
            // Points in a space.
            Self::Embedding => "M2.5 2.5v11h11M6 9.5v.1M8.5 6v.1M11.5 8.5v.1M11 4v.1",
            // A drum of data.
            Self::Retrieval => {
                "M3 4.5c0-1.4 2.2-2 5-2s5 .6 5 2-2.2 2-5 2-5-.6-5-2ZM3 4.5v7c0 1.4 2.2 2 5 2s5-.6 5-2v-7M3 8c0 1.4 2.2 2 5 2s5-.6 5-2"
            }
            // A wrench.
            Self::Tool => {
                "M10.5 2.7a3.6 3.6 0 0 0-3.4 4.9l-4.4 4.4 1.8 1.8 4.4-4.4a3.6 3.6 0 0 0 4.5-4.6L11.2 7 9 4.9Z"
            }
            // There and back.
            Self::Request => "M2.5 5.5h10M9.5 2.5l3 3-3 3M13.5 10.5h-10M6.5 7.5l-3 3 3 3",
            Self::Log => "M3 4h10M3 8h10M3 12h6",
            Self::Error => "M8 2.2 14.6 13.5H1.4ZM8 6.5v3.2M8 11.7v.1",
            Self::Score => "M3 13V9M6.3 13V6M9.7 13V8M13 13V3",
            Self::Span => "M2.5 8h11M2.5 5.5v5M13.5 5.5v5",
        }
    }

    /// Whether it is what an agent did, and not how a program did it.
    pub(in super::super) const fn is_step(self) -> bool {
        matches!(
            self,
            Self::Agent | Self::Model | Self::Embedding | Self::Retrieval | Self::Tool
        )
    }
}
