//! What a model may be called: the same model goes by its plain name, with a
//! date, with the name of who sells it before it, or all of them.

/// What begins a provider's name, and who that is. The first that is found
/// anywhere in the name counts, so that those that hold others stand first.
const SELLERS: &[(&str, &str)] = &[
    ("azure", "azure"),
    ("az.ai", "azure"),
    ("bedrock", "bedrock"),
    ("sagemaker", "sagemaker"),
    ("aws", "bedrock"),
    ("amazon", "bedrock"),
    ("vertex", "vertex"),
    ("groq", "groq"),
    ("together", "together"),
    ("fireworks", "fireworks"),
    ("cerebras", "cerebras"),
    ("sambanova", "sambanova"),
    ("deepinfra", "deepinfra"),
    ("perplexity", "perplexity"),
    ("databricks", "databricks"),
    ("watsonx", "watsonx"),
    ("replicate", "replicate"),
    ("hugging", "huggingface"),
    ("nvidia", "nvidia"),
    ("cloudflare", "cloudflare"),
    ("nebius", "nebius"),
    ("novita", "novita"),
    ("baseten", "baseten"),
    ("ollama", "ollama"),
    ("vllm", "vllm"),
    ("sglang", "sglang"),
    ("lmstudio", "lmstudio"),
    ("lm_studio", "lmstudio"),
    ("lm-studio", "lmstudio"),
    ("llamacpp", "llamacpp"),
    ("llama_cpp", "llamacpp"),
    ("llama.cpp", "llamacpp"),
    ("localai", "localai"),
    ("openai_like", ""),
    ("openai-compatible", ""),
    ("openai_compatible", ""),
    ("openai", "openai"),
    ("anthropic", "anthropic"),
    ("claude", "anthropic"),
    ("gemini", "google"),
    ("google", "google"),
    ("gcp", "google"),
    ("mistral", "mistral"),
    ("cohere", "cohere"),
    ("deepseek", "deepseek"),
    ("xai", "xai"),
    ("x_ai", "xai"),
    ("x-ai", "xai"),
    ("grok", "xai"),
];

/// Those who make models: their name is no more than a hint, since every
/// server that speaks `OpenAI`'s dialect is reported as `openai`. All others
/// have prices of their own, or none: a local model costs no fee.
const MAKERS: &[&str] = &[
    "openai",
    "anthropic",
    "google",
    "mistral",
    "cohere",
    "deepseek",
    "xai",
    "meta",
    "amazon",
];

/// Words before a slash or a colon that say who sells, and those that mean nothing.
const PREFIXES: &[(&str, &str)] = &[
    ("openai", "openai"),
    ("anthropic", "anthropic"),
    ("google", "google"),
    ("gemini", "google"),
    ("google-gla", "google"),
    ("google-vertex", "vertex"),
    ("vertex_ai", "vertex"),
    ("vertex", "vertex"),
    ("mistral", "mistral"),
    ("mistralai", "mistral"),
    ("cohere", "cohere"),
    ("cohere_chat", "cohere"),
    ("deepseek", "deepseek"),
    ("deepseek-ai", "deepseek"),
    ("xai", "xai"),
    ("x-ai", "xai"),
    ("azure", "azure"),
    ("azure_ai", "azure"),
    ("bedrock", "bedrock"),
    ("converse", "bedrock"),
    ("groq", "groq"),
    ("together", "together"),
    ("together_ai", "together"),
    ("fireworks", "fireworks"),
    ("fireworks_ai", "fireworks"),
    ("cerebras", "cerebras"),
    ("sambanova", "sambanova"),
    ("deepinfra", "deepinfra"),
    ("perplexity", "perplexity"),
    ("databricks", "databricks"),
    ("ollama", "ollama"),
    ("ollama_chat", "ollama"),
    ("hosted_vllm", "vllm"),
    ("vllm", "vllm"),
    ("lm_studio", "lmstudio"),
    ("huggingface", "huggingface"),
    ("replicate", "replicate"),
    ("nvidia_nim", "nvidia"),
    ("openrouter", ""),
    ("litellm_proxy", ""),
];

/// Regions of Bedrock's inference profiles.
const REGIONS: &[&str] = &[
    "us", "eu", "apac", "ap", "au", "jp", "ca", "in", "sa", "me", "af", "us-gov", "global",
];

/// Makers as Bedrock writes them before a model's name.
const VENDORS: &[&str] = &[
    "anthropic",
    "amazon",
    "meta",
    "mistral",
    "cohere",
    "ai21",
    "deepseek",
    "openai",
    "google",
    "qwen",
    "moonshotai",
    "moonshot",
    "minimax",
    "nvidia",
    "writer",
    "zai",
    "stability",
    "luma",
    "twelvelabs",
];

/// Longest name that is looked at, in bytes; events have at most 200 characters.
const LONGEST: usize = 800;

/// The names a model may be listed under, and who sells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Lower case; the first that is listed counts: what was sent comes first,
    /// then without its date, then without what stands before it, then without both.
    pub candidates: Vec<String>,
    /// Who sells it, where that is known and has prices of its own.
    pub host: Option<&'static str>,
    /// Whether Bedrock serves it from one region or a group of them.
    pub regional: bool,
}

impl Names {
    /// Of a model as an event names it, and its provider.
    #[must_use]
    pub fn of(provider: Option<&str>, model: &str) -> Self {
        let mut names = Self::default();
        let mut model = model.trim().to_lowercase();
        if model.len() > LONGEST {
            return names;
        }
        if let Some(rest) = model.strip_prefix("ft:") {
            // `ft:gpt-4o-mini-2024-07-18:org:name:id`
            model = format!("ft:{}", rest.split(':').next().unwrap_or_default());
        }
        let mut global = false;
        let mut rest = model.as_str();
        names.push(rest);
        while let Some((word, inner)) = split_prefix(rest) {
            if let Some((_, seller)) = PREFIXES.iter().find(|(prefix, _)| *prefix == word) {
                names.sold_by(seller);
            }
            rest = inner;
            names.push(rest);
        }
        if let Some((region, inner)) = rest.split_once('.')
            && REGIONS.contains(&region)
            && inner
                .split_once('.')
                .is_some_and(|(vendor, _)| VENDORS.contains(&vendor))
        {
            global = region == "global";
            rest = inner;
            names.push(rest);
        }
        if let Some((vendor, inner)) = rest.split_once('.')
            && VENDORS.contains(&vendor)
            && !inner.is_empty()
        {
            names.sold_by("bedrock");
            names.push(inner);
        }
        if names.host.is_none() {
            names.host = provider.and_then(seller_of).filter(|seller| is_host(seller));
        }
        names.regional = names.host == Some("bedrock") && !global;
        names
    }

    /// The first that has prices of its own counts.
    fn sold_by(&mut self, seller: &'static str) {
        if self.host.is_none() && is_host(seller) {
            self.host = Some(seller);
        }
    }

    /// A name, and the same without its date and version.
    fn push(&mut self, name: &str) {
        let mut name = name;
        loop {
            if name.is_empty() {
                return;
            }
            if !self.candidates.iter().any(|known| known == name) {
                self.candidates.push(name.to_owned());
            }
            match strip_suffix(name) {
                Some(shorter) => name = shorter,
                None => return,
            }
        }
    }
}

/// Who a provider's name means, in the words of the price table.
#[must_use]
pub fn seller_of(provider: &str) -> Option<&'static str> {
    let provider = provider.trim().to_lowercase();
    if provider.len() > LONGEST {
        return None;
    }
    let found = SELLERS.iter().find(|(word, _)| provider.contains(word));
    let meta = || {
        ["meta", "meta_ai", "meta-llama", "llama_api"]
            .contains(&provider.as_str())
            .then_some("meta")
    };
    found
        .map(|(_, seller)| *seller)
        .or_else(meta)
        .filter(|seller| !seller.is_empty())
}

/// Whether a seller has prices of its own, whoever made the model.
#[must_use]
pub fn is_host(seller: &str) -> bool {
    !seller.is_empty() && !MAKERS.contains(&seller)
}

/// `openai/gpt-4o`, `openai:gpt-4o`, and ARNs, whose name stands after the last slash.
fn split_prefix(name: &str) -> Option<(&str, &str)> {
    if name.starts_with("arn:") {
        return name.rsplit_once('/').map(|(_, rest)| ("bedrock", rest));
    }
    if let Some(split) = name.split_once('/') {
        return Some(split);
    }
    let (word, rest) = name.split_once(':')?;
    PREFIXES
        .iter()
        .any(|(prefix, _)| *prefix == word)
        .then_some((word, rest))
}

/// A name without the date, version or `latest` at its end.
fn strip_suffix(name: &str) -> Option<&str> {
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((rest, tag)) = name.rsplit_once(['@', ':'])
        && (all_digits(tag) || tag == "default" || tag == "latest")
    {
        return Some(rest);
    }
    let (rest, last) = name.rsplit_once('-')?;
    if last == "latest" {
        return Some(rest);
    }
    if let Some(version) = last.strip_prefix('v') {
        return version.split('.').all(all_digits).then_some(rest);
    }
    if !all_digits(last) {
        return None;
    }
    match last.len() {
        // -20240229
        8 => is_date(last.get(..4)?, last.get(4..6)?, last.get(6..)?).then_some(rest),
        // -0613, or the year of -08-2024
        4 => {
            let month_before = rest
                .rsplit_once('-')
                .filter(|(_, month)| is_date(last, month, "01") && month.len() == 2);
            match month_before {
                Some((rest, _)) => Some(rest),
                None => is_date("2023", last.get(..2)?, last.get(2..)?).then_some(rest),
            }
        }
        // -001
        3 => last.starts_with("00").then_some(rest),
        // -2024-08-06, or -05-06
        2 => {
            let (before, month) = rest.rsplit_once('-')?;
            if month.len() != 2 || !is_date("2023", month, last) {
                return None;
            }
            match before.rsplit_once('-') {
                Some((name, year)) if is_date(year, month, last) => Some(name),
                _ => Some(before),
            }
        }
        _ => None,
    }
}

fn is_date(year: &str, month: &str, day: &str) -> bool {
    let number = |text: &str| text.parse::<u16>().unwrap_or(0);
    year.len() == 4
        && (2020..2100).contains(&number(year))
        && (1..=12).contains(&number(month))
        && (1..=31).contains(&number(day))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn last(model: &str) -> String {
        Names::of(None, model).candidates.pop().unwrap()
    }

    #[test]
    fn dates_and_versions_go() {
        for (name, plain) in [
            ("gpt-4o-2024-08-06", "gpt-4o"),
            ("claude-3-opus-20240229", "claude-3-opus"),
            ("gpt-4-0613", "gpt-4"),
            ("gemini-1.5-pro-002", "gemini-1.5-pro"),
            ("command-r-plus-08-2024", "command-r-plus"),
            ("gemini-2.5-pro-preview-05-06", "gemini-2.5-pro-preview"),
            ("claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"),
            ("claude-opus-4@20250514", "claude-opus-4"),
            ("claude-3-5-sonnet-v2@20241022", "claude-3-5-sonnet"),
            ("chatgpt-4o-latest", "chatgpt-4o"),
            ("mixtral-8x7b-instruct-v0:1", "mixtral-8x7b-instruct"),
            // What looks like one and is none.
            ("mistral-large-2402", "mistral-large-2402"),
            ("claude-opus-4-1", "claude-opus-4-1"),
            ("claude-3-7-sonnet", "claude-3-7-sonnet"),
            ("llama-3.3-70b:free", "llama-3.3-70b:free"),
            ("mixtral-8x7b-32768", "mixtral-8x7b-32768"),
            ("gpt-4-32k", "gpt-4-32k"),
        ] {
            assert_eq!(last(name), plain, "{name}");
        }
    }

    #[test]
    fn what_stands_before_goes() {
        for (name, plain, host) in [
            ("openai/gpt-4o", "gpt-4o", None),
            ("openai:gpt-4o", "gpt-4o", None),
            ("OpenRouter/Anthropic/Claude-3.5-Sonnet", "claude-3.5-sonnet", None),
            ("azure/gpt-4o", "gpt-4o", Some("azure")),
            ("models/gemini-2.5-pro", "gemini-2.5-pro", None),
            ("publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro", None),
            ("vertex_ai/claude-opus-4@20250514", "claude-opus-4", Some("vertex")),
            (
                "bedrock/us.anthropic.claude-sonnet-4-20250514-v1:0",
                "claude-sonnet-4",
                Some("bedrock"),
            ),
            (
                "meta.llama3-3-70b-instruct-v1:0",
                "llama3-3-70b-instruct",
                Some("bedrock"),
            ),
            (
                "arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "claude-sonnet-4-5",
                Some("bedrock"),
            ),
            ("groq/openai/gpt-oss-120b", "gpt-oss-120b", Some("groq")),
            ("ft:gpt-4o-mini-2024-07-18:org:name:id", "ft:gpt-4o-mini", None),
        ] {
            let names = Names::of(None, name);
            assert_eq!(names.candidates.last().map(String::as_str), Some(plain), "{name}");
            assert_eq!(names.host, host, "{name}");
            assert_eq!(
                names.candidates.first(),
                Some(&name.to_lowercase().split(":org").next().unwrap().to_owned())
            );
        }
    }

    #[test]
    fn who_sells() {
        for (provider, model, host, regional) in [
            (
                "aws.bedrock",
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
                Some("bedrock"),
                false,
            ),
            (
                "aws.bedrock",
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                Some("bedrock"),
                true,
            ),
            ("aws.bedrock", "claude-sonnet-4-5", Some("bedrock"), true),
            ("az.ai.openai", "gpt-4o", Some("azure"), false),
            ("azure-openai.chat", "gpt-4o", Some("azure"), false),
            ("google.vertex.chat", "gemini-2.5-pro", Some("vertex"), false),
            ("openai.responses", "gpt-4o", None, false),
            ("groq", "openai/gpt-oss-20b", Some("groq"), false),
            ("openai", "ollama/llama3", Some("ollama"), false),
            ("my-gateway", "gpt-4o", None, false),
        ] {
            let names = Names::of(Some(provider), model);
            assert_eq!((names.host, names.regional), (host, regional), "{provider} {model}");
        }
    }

    proptest! {
        #[test]
        fn any_name_has_few_candidates(provider in "\\PC{0,40}", model in "\\PC{0,200}", made in "[a-z0-9./:@-]{0,200}") {
            for model in [&model, &made] {
                let names = Names::of(Some(&provider), model);
                prop_assert!(names.candidates.len() <= 2 * model.len() + 1);
                prop_assert!(names.candidates.iter().all(|name| !name.is_empty()));
            }
        }
    }
}
