//! What was looked for before, in this browser.

use crate::{
    browser::{self, Store},
    json::from_text,
};

/// How many searches are kept.
const MOST: usize = 30;

fn key(slug: &str) -> String {
    format!("eg_searches:{slug}")
}

/// The last searches in a project, the last one first.
pub(super) fn recall(slug: &str) -> Vec<String> {
    let kept = browser::recall(Store::Browser, &key(slug)).unwrap_or_default();
    from_text(&kept).unwrap_or_default()
}

/// Keeps a search.
pub(super) fn keep(slug: &str, text: &str) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    let searches = with(recall(slug), text);
    let json = serde_json::to_string(&searches).unwrap_or_default();
    browser::remember(Store::Browser, &key(slug), &json);
}

/// Forgets all of them.
pub(super) fn forget(slug: &str) {
    browser::forget(Store::Browser, &key(slug));
}

fn with(mut searches: Vec<String>, text: &str) -> Vec<String> {
    searches.retain(|known| known != text);
    searches.insert(0, text.to_owned());
    searches.truncate(MOST);
    searches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_comes_first_and_once() {
        let searches = with(vec!["a".into(), "b".into()], "b");
        assert_eq!(searches, ["b", "a"]);
        let many = (0..100).fold(Vec::new(), |searches, n| with(searches, &n.to_string()));
        assert_eq!((many.len(), many.first().map(String::as_str)), (MOST, Some("99")));
    }
}
