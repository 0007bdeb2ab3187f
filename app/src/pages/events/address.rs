//! The page's address, which holds its whole state.

use eventglass_model::{EventQuery, FieldError, decode_pairs, encode_pairs, loc};

use super::terms;

/// The parameters that are the API's.
const NAMES: &[&str] = &[
    "q",
    "from",
    "to",
    "time",
    "severity",
    "kind",
    "service",
    "environment",
    "cursor",
];

/// How the list follows what arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tail {
    /// New events are counted, and shown when asked for.
    #[default]
    Count,
    /// New events come in by themselves while the reader is at the top.
    Follow,
    /// New events are not asked for.
    Off,
}

/// How high the rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Rows {
    /// One line each.
    #[default]
    Dense,
    /// Two lines each.
    Comfortable,
}

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Address {
    /// What is looked for. Parameters of old (`severity=error`) stand in its
    /// text; only `q`, the time and the cursor are set.
    pub(super) query: EventQuery,
    /// The columns; none for those that this browser shows.
    pub(super) columns: Vec<String>,
    /// How high the rows are, if it says so.
    pub(super) rows: Option<Rows>,
    /// How the list follows what arrives.
    pub(super) tail: Tail,
    /// The saved view that was opened.
    pub(super) view: Option<i64>,
    /// What cannot be read.
    pub(super) faults: Vec<FieldError>,
}

impl Address {
    /// Reads the query of an address. Names that are not this page's are somebody else's.
    pub(super) fn read(search: &str) -> Self {
        let mut address = Self::default();
        let mut pairs = Vec::new();
        for (name, value) in decode_pairs(search) {
            let fault = match name.as_str() {
                name if NAMES.contains(&name) => {
                    pairs.push((name.to_owned(), value));
                    None
                }
                "columns" => {
                    address.columns = list(&value);
                    None
                }
                "rows" => match value.as_str() {
                    "dense" => set(&mut address.rows, Some(Rows::Dense)),
                    "comfortable" => set(&mut address.rows, Some(Rows::Comfortable)),
                    _ => Some("expected one of: dense, comfortable"),
                },
                "live" => match value.as_str() {
                    "on" => None,
                    "follow" => set(&mut address.tail, Tail::Follow),
                    "off" => set(&mut address.tail, Tail::Off),
                    _ => Some("expected one of: on, follow, off"),
                },
                "view" => match value.parse() {
                    Ok(view) => set(&mut address.view, Some(view)),
                    Err(_) => Some("expected a number"),
                },
                _ => None,
            };
            if let Some(fault) = fault {
                address
                    .faults
                    .push(FieldError::new(loc!["query", name.as_str()], fault));
            }
        }
        match EventQuery::from_pairs(pairs) {
            Ok(query) => address.query = terms::folded(query),
            Err(faults) => address.faults.extend(faults),
        }
        address
    }

    /// Writes it, with its `?` unless it is empty.
    pub(super) fn write(&self) -> String {
        let mut pairs = self.query.to_pairs();
        pairs.push(("columns", self.columns.join(",")));
        pairs.push(("rows", self.rows.map_or("", Rows::word).to_owned()));
        let tail = match self.tail {
            Tail::Count => "",
            Tail::Follow => "follow",
            Tail::Off => "off",
        };
        pairs.push(("live", tail.to_owned()));
        pairs.push(("view", self.view.map(|view| view.to_string()).unwrap_or_default()));
        pairs.retain(|(_, value)| !value.is_empty());
        let pairs = encode_pairs(pairs);
        if pairs.is_empty() { pairs } else { format!("?{pairs}") }
    }
}

impl Rows {
    /// As the address spells it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Dense => "dense",
            Self::Comfortable => "comfortable",
        }
    }
}

fn set<T>(place: &mut T, value: T) -> Option<&'static str> {
    *place = value;
    None
}

/// Names with commas between.
pub(super) fn list(names: &str) -> Vec<String> {
    let names = names.split(',').filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// Whether an address is this page's.
pub(super) fn is_events(path: &str) -> bool {
    path.strip_prefix("/p/").and_then(|rest| rest.split('/').nth(1)) == Some("events")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives() {
        let said = "?q=a+b&from=-1h&columns=time,summary&rows=comfortable&live=follow&view=7";
        let address = Address::read(said);
        assert_eq!(address.faults, []);
        assert_eq!(address.write(), said);
        assert_eq!(Address::default().write(), "");
    }

    #[test]
    fn reads_old_ones_and_leaves_out_what_is_not_its_own() {
        let address = Address::read("?severity=error&utm_source=mail&limit=5&q=a+b&time=last+3h");
        assert_eq!(address.write(), "?q=a+b+severity:error&from=-3h");
    }

    #[test]
    fn says_what_cannot_be_read() {
        let address = Address::read("severity=loud&rows=high&live=maybe&view=mine");
        assert_eq!(address.faults.len(), 4);
    }

    #[test]
    fn knows_its_own() {
        assert!(is_events("/p/shop/events") && is_events("/p/shop/events/7"));
        assert!(!is_events("/p/events/settings/keys") && !is_events("/projects"));
    }
}
