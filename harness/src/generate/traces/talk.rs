//! What is said: data alone.

/// A model, and who serves it.
pub(super) struct Model {
    pub(super) provider: &'static str,
    pub(super) name: &'static str,
    /// Tokens a second.
    pub(super) speed: u32,
}

const fn model(provider: &'static str, name: &'static str, speed: u32) -> Model {
    Model { provider, name, speed }
}

pub(super) const MODELS: &[Model] = &[
    model("openai", "gpt-4o-2024-11-20", 80),
    model("openai", "gpt-4o-mini", 110),
    model("anthropic", "claude-sonnet-4-5", 60),
    model("anthropic", "claude-3-5-haiku-20241022", 100),
    model("google", "gemini-2.5-flash", 160),
    model("mistral", "mistral-large-latest", 70),
    // One without a price: it must not be taken for free.
    model("selfhosted", "acme-support-7b", 40),
];

/// A question, the tools that it takes, and the answer.
pub(super) struct Talk {
    pub(super) question: &'static str,
    pub(super) tools: &'static [(&'static str, &'static str, &'static str)],
    pub(super) answer: &'static str,
}

pub(super) const TALKS: &[Talk] = &[
    Talk {
        question: "Where is my parcel? It should have been here on Friday.",
        tools: &[
            (
                "find_order",
                r#"{"customer":"me","status":"shipped"}"#,
                r#"{"order":"A-20417","carrier":"DHL","items":2}"#,
            ),
            (
                "track_parcel",
                r#"{"order":"A-20417"}"#,
                r#"{"status":"in_transit","city":"Leipzig","eta":"tomorrow"}"#,
            ),
        ],
        answer: "Your parcel A-20417 left Leipzig this morning and will be with you tomorrow. I am sorry for the delay.",
    },
    Talk {
        question: "I was charged twice for the same order. I want one of them back!",
        tools: &[
            (
                "list_payments",
                r#"{"days":30}"#,
                r#"[{"id":"p_91","amount":59.9},{"id":"p_92","amount":59.9}]"#,
            ),
            (
                "refund_payment",
                r#"{"payment":"p_92","amount":59.9}"#,
                r#"{"refund":"r_17","state":"accepted"}"#,
            ),
        ],
        answer: "You are right: p_92 is a duplicate of p_91. The 59.90 are on their way back to your card, which takes two to five days.",
    },
    Talk {
        question: "Welche Jacke passt zu minus zehn Grad und regnet nicht durch?",
        tools: &[
            (
                "search_products",
                r#"{"query":"Winterjacke wasserdicht","below":-10}"#,
                r#"[{"sku":"J-7","name":"Nordlicht Parka","price":249}]"#,
            ),
            (
                "check_stock",
                r#"{"sku":"J-7","size":"M"}"#,
                r#"{"in_stock":true,"count":4}"#,
            ),
        ],
        answer: "Der Nordlicht Parka (J-7) hält bis −20 °C warm und ist mit 20.000 mm Wassersäule dicht. In M sind noch vier da.",
    },
    Talk {
        question: "Can I still change the address of the order I made an hour ago?",
        tools: &[(
            "find_order",
            r#"{"customer":"me","since":"-2h"}"#,
            r#"{"order":"A-20533","state":"packing","changeable":true}"#,
        )],
        answer: "Yes: A-20533 is being packed, and the address can be changed until 18:00. Which address shall it be?",
    },
];

/// What the knowledge base has to say.
pub(super) const DOCUMENTS: &[&str] = &[
    "Returns are free of charge within 30 days. The customer prints the label from the order's page.",
    "Refunds go back the way the money came. Cards take 2 to 5 working days, vouchers are at once.",
    "Orders can be changed until they are packed. After that the carrier may be asked to redirect the parcel.",
    "Parcels to islands and mountain huts take one to three days longer.",
];

/// Ways in which a model fails.
pub(super) const MODEL_FAILURES: &[(&str, &str)] = &[
    (
        "RateLimitError",
        "429: rate limit of 90,000 tokens a minute reached, try again in 1.2 s",
    ),
    ("APIConnectionError", "connection reset by peer"),
    ("OverloadedError", "529: the model is overloaded"),
];

/// Ways in which a tool fails.
pub(super) const TOOL_FAILURES: &[(&str, &str)] = &[
    ("TimeoutError", "no answer from the order service within 2000 ms"),
    ("ValidationError", "amount must not be more than was paid"),
    ("HTTPError", "502 Bad Gateway"),
];
