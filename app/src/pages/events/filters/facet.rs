//! The fields that are counted beside the list.

use eventglass_model::FACET_FIELDS;

/// A field that is counted: its name in the API, what to call it, and whether
/// it is unfolded unless somebody folds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facet {
    /// For the API.
    pub(super) name: &'static str,
    /// For people.
    pub(super) label: &'static str,
    /// Whether it is unfolded at first.
    pub(super) open: bool,
}

const fn facet(name: &'static str, label: &'static str, open: bool) -> Facet {
    Facet { name, label, open }
}

/// In the order of the page.
const ALL: &[Facet] = &[
    facet("severity", "Severity", true),
    facet("service", "Service", true),
    facet("kind", "Kind", true),
    facet("environment", "Environment", true),
    facet("endpoint", "Endpoint", false),
    facet("status_code", "Status code", false),
    facet("status", "Status", false),
    facet("method", "Method", false),
    facet("model", "Model", false),
    facet("provider", "Provider", false),
    facet("user_id", "User", false),
    facet("version", "Version", false),
    facet("country", "Country", false),
    facet("device", "Device", false),
];

/// Those that the API can count.
pub(super) fn all() -> impl Iterator<Item = Facet> {
    ALL.iter().copied().filter(|facet| FACET_FIELDS.contains(&facet.name))
}

#[cfg(test)]
mod tests {
    use eventglass_model::search::Column;

    use super::*;

    #[test]
    fn have_names_of_the_language() {
        for facet in ALL {
            assert_eq!(Column::named(facet.name).map(Column::name), Some(facet.name));
        }
        assert!(all().any(|facet| facet.name == "severity"));
    }
}
