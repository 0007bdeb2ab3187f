//! The fields that can be filtered by.

use eventglass_model::{EventQuery, Severity};

/// A field that can be filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Severity,
    Service,
    Kind,
    Environment,
}

impl Field {
    /// In the order of the page.
    pub(super) const ALL: &'static [Self] = &[Self::Severity, Self::Service, Self::Kind, Self::Environment];

    /// For people.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Severity => "Severity",
            Self::Service => "Service",
            Self::Kind => "Kind",
            Self::Environment => "Environment",
        }
    }

    /// For the API.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Service => "service",
            Self::Kind => "kind",
            Self::Environment => "environment",
        }
    }

    /// The values that are looked for.
    pub(super) fn chosen(self, query: &EventQuery) -> Vec<String> {
        match self {
            Self::Severity => query
                .severity
                .iter()
                .map(|severity| severity.as_str().to_owned())
                .collect(),
            Self::Service => query.service.clone(),
            Self::Kind => query.kind.clone(),
            Self::Environment => query.environment.clone(),
        }
    }

    /// Looks for any value.
    pub(super) fn clear(self, query: &mut EventQuery) {
        match self {
            Self::Severity => query.severity.clear(),
            Self::Service => query.service.clear(),
            Self::Kind => query.kind.clear(),
            Self::Environment => query.environment.clear(),
        }
    }

    /// Looks for a value, or no longer.
    pub(super) fn toggle(self, query: &mut EventQuery, value: &str) {
        match self {
            Self::Severity => {
                if let Ok(severity) = Severity::parse(value) {
                    toggle(&mut query.severity, severity);
                }
            }
            Self::Service => toggle(&mut query.service, value.to_owned()),
            Self::Kind => toggle(&mut query.kind, value.to_owned()),
            Self::Environment => toggle(&mut query.environment, value.to_owned()),
        }
    }
}

fn toggle<T: PartialEq>(values: &mut Vec<T>, value: T) {
    match values.iter().position(|known| *known == value) {
        Some(at) => {
            values.remove(at);
        }
        None => values.push(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toggles_there_and_back() {
        for field in Field::ALL {
            let mut query = EventQuery::default();
            field.toggle(&mut query, "error");
            field.toggle(&mut query, "info");
            assert_eq!(field.chosen(&query).len(), 2);
            field.toggle(&mut query, "error");
            assert_eq!(field.chosen(&query), ["info"]);
            field.toggle(&mut query, "info");
            assert_eq!(query, EventQuery::default());
            field.toggle(&mut query, "info");
            field.clear(&mut query);
            assert_eq!(query, EventQuery::default());
        }
    }
}
