//! `/p/{slug}/geo`: where events come from.

mod map;
#[rustfmt::skip]
mod names;
mod page;
mod tables;

pub(crate) use page::GeoPage;

/// What a country is called in the table of codes; a value that is no code is a
/// name already.
fn country_name(value: &str) -> &str {
    find(value).map_or(value, |(_, name, _)| name)
}

fn find(value: &str) -> Option<(&'static str, &'static str, bool)> {
    let by_code = names::COUNTRIES.binary_search_by(|(code, ..)| (*code).cmp(value)).ok();
    match by_code {
        Some(at) => names::COUNTRIES.get(at).copied(),
        // Some senders write names, or small letters.
        None => names::COUNTRIES
            .into_iter()
            .find(|(code, name, _)| code.eq_ignore_ascii_case(value) || name.eq_ignore_ascii_case(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_countries() {
        assert!(names::COUNTRIES.is_sorted_by_key(|(code, ..)| *code));
        assert_eq!(country_name("DE"), "Germany");
        assert_eq!(find("germany").map(|(code, ..)| code), Some("DE"));
        assert_eq!(find("sg"), Some(("SG", "Singapore", true)));
        assert_eq!(country_name("Atlantis"), "Atlantis");
    }
}
