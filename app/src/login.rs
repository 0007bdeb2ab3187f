//! The way to the login page and back.

use eventglass_model::{decode_pairs, encode_pairs};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::view::{Part, nothing};

/// Where one goes who logs in from nowhere in particular.
pub const HOME: &str = "/projects";

/// Sends the visitor to the login page, which brings them back here.
pub(crate) fn send_there() -> Part {
    let location = use_location();
    let here = location.pathname.get_untracked();
    let search = location.search.get_untracked();
    let here = if search.is_empty() {
        here
    } else {
        format!("{here}?{search}")
    };
    let path = format!("/login?{}", encode_pairs([("next", here)]));
    // By loading it afresh, so that nothing of the session that ended stays.
    #[cfg(not(feature = "ssr"))]
    crate::browser::assign(&path);
    #[cfg(feature = "ssr")]
    let _ = view! { <leptos_router::components::Redirect path=path/> };
    nothing()
}

/// Where to go after logging in: the `next` of the login page's own address.
pub(crate) fn next(search: &str) -> String {
    decode_pairs(search)
        .into_iter()
        .find(|(name, _)| name == "next")
        .map(|(_, next)| next)
        .filter(|next| is_local(next))
        .unwrap_or_else(|| HOME.to_owned())
}

/// What went wrong with the form that was sent without scripts, in a word.
pub(crate) fn fault(search: &str) -> Option<String> {
    let pairs = decode_pairs(search);
    pairs
        .into_iter()
        .find(|(name, _)| name == "error")
        .map(|(_, word)| word)
}

/// The query that hands `next` on from the login page to the register page and back.
pub(crate) fn hand_on(search: &str) -> String {
    let next = next(search);
    if next == HOME {
        return String::new();
    }
    format!("?{}", encode_pairs([("next", next)]))
}

/// Whether a path stays on this site. A security boundary: without it, a
/// link to our login page could lead on to somebody else's. Browsers read
/// `\` as `/` and skip tabs and line breaks, so neither may be in it.
#[must_use]
pub fn is_local(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next() == Some(b'/')
        && bytes.next() != Some(b'/')
        && !path.contains('\\')
        && !path.chars().any(char::is_control)
        // Going from the login page to itself would never end.
        && !path.starts_with("/login")
        && !path.starts_with("/register")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_to_local_paths_only() {
        for good in ["/projects", "/p/shop/events?q=a%20b", "/"] {
            assert_eq!(next(&encode_pairs([("next", good)])), good);
        }
        for bad in [
            "",
            "projects",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/login?next=/login",
        ] {
            assert_eq!(next(&encode_pairs([("next", bad)])), HOME, "{bad}");
        }
        assert_eq!(next("?a=b"), HOME);
    }

    #[test]
    fn hands_on() {
        assert_eq!(hand_on("next=/p/shop"), "?next=%2Fp%2Fshop");
        assert_eq!(hand_on(""), "");
    }
}
