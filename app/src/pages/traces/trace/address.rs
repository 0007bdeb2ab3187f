//! What the address of a trace says.

use eventglass_model::{decode_pairs, encode_pairs};

/// How a trace is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum View {
    /// Its spans with their figures.
    #[default]
    Tree,
    /// Its spans in time.
    Waterfall,
    /// What was said to models, and by them.
    Talk,
    /// Who called whom.
    Graph,
    /// One step after another.
    Steps,
}

impl View {
    pub(super) const ALL: [Self; 5] = [Self::Tree, Self::Waterfall, Self::Talk, Self::Graph, Self::Steps];

    /// In the address.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Waterfall => "waterfall",
            Self::Talk => "conversation",
            Self::Graph => "graph",
            Self::Steps => "steps",
        }
    }

    /// For people.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Tree => "Tree",
            Self::Waterfall => "Waterfall",
            Self::Talk => "Conversation",
            Self::Graph => "Graph",
            Self::Steps => "Steps",
        }
    }

    /// Whether it shows the list of spans.
    pub(super) const fn is_list(self) -> bool {
        matches!(self, Self::Tree | Self::Waterfall)
    }
}

/// What the query of the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// How the trace is shown.
    pub(super) view: View,
    /// The span that is open.
    pub(super) span: Option<String>,
    /// From which depth on spans are collapsed.
    pub(super) depth: Option<u32>,
    /// What is looked for inside of the trace.
    pub(super) find: String,
}

impl Address {
    /// Reads it; what it does not know is somebody else's.
    pub(super) fn parse(search: &str) -> Self {
        let mut address = Self::default();
        for (name, value) in decode_pairs(search) {
            match name.as_str() {
                "view" => {
                    let known = View::ALL.into_iter().find(|view| view.name() == value);
                    address.view = known.unwrap_or_default();
                }
                "span" => address.span = Some(value).filter(|span| !span.is_empty()),
                "depth" => address.depth = value.parse().ok(),
                "find" => address.find = value,
                _ => {}
            }
        }
        address
    }

    /// Writes it behind a path.
    pub(super) fn write(&self, path: &str) -> String {
        let mut pairs = Vec::new();
        if self.view != View::Tree {
            pairs.push(("view", self.view.name().to_owned()));
        }
        pairs.extend(self.span.clone().map(|span| ("span", span)));
        pairs.extend(self.depth.map(|depth| ("depth", depth.to_string())));
        if !self.find.is_empty() {
            pairs.push(("find", self.find.clone()));
        }
        if pairs.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", encode_pairs(pairs))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives() {
        let address = Address {
            view: View::Steps,
            span: Some("a&b".into()),
            depth: Some(2),
            find: "x y".into(),
        };
        let url = address.write("/p/shop/traces/1");
        assert_eq!(url, "/p/shop/traces/1?view=steps&span=a%26b&depth=2&find=x+y");
        assert_eq!(Address::parse(url.split_once('?').unwrap().1), address);
        assert_eq!(Address::default().write("/x"), "/x");
        assert_eq!(Address::parse("view=none&depth=-1&utm=1"), Address::default());
    }
}
