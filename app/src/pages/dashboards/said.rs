//! What the form of a widget says, and the query that it makes of the one that
//! was there.

use eventglass_model::{Dimension, Interval, Measure, MetricField, MetricGroup, MetricsQuery, Widget, WidgetKind};

use super::{values, words};

/// What the form says of a widget, in the words of its fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) measures: Vec<String>,
    pub(super) field: String,
    /// What series are grouped by; empty where there is a choice and none was made.
    pub(super) groups: Vec<String>,
    pub(super) interval: String,
    pub(super) q: String,
    pub(super) limit: String,
    /// The filters: what is filtered, and by which values.
    pub(super) filters: Vec<(Dimension, String)>,
}

impl Said {
    /// The widget as the form says. What the form does not hold stays.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub(super) fn change(&self, widget: &Widget) -> Result<Widget, String> {
        let kind = WidgetKind::parse(&self.kind).map_err(|error| error.to_string())?;
        let query = self.query(&widget.query)?;
        may_be(kind, &query)?;
        Ok(Widget {
            title: self.title.clone(),
            kind,
            query,
            ..widget.clone()
        })
    }

    fn query(&self, before: &MetricsQuery) -> Result<MetricsQuery, String> {
        let mut query = before.clone();
        query.measure = self.measures(&before.measure)?;
        query.group = Vec::new();
        for word in self.groups.iter().filter(|word| !word.is_empty()) {
            let group: MetricGroup = word.parse()?;
            if !query.group.contains(&group) {
                query.group.push(group);
            }
        }
        let named = |name: &str, fault: &str| format!("{name}: {fault}");
        query.field = self.field.parse::<MetricField>().map_err(|e| named("field", e))?;
        query.interval = self.interval.parse::<Interval>().map_err(|e| named("interval", e))?;
        query.q.clone_from(&self.q);
        query.limit = match self.limit.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| named("limit", "must be a number"))?),
        };
        for (dimension, text) in &self.filters {
            if let Some(filter) = filter_mut(&mut query, *dimension) {
                *filter = values::read(text);
            }
        }
        match query.check().into_iter().next() {
            Some((name, fault)) => Err(named(name, &fault)),
            None => Ok(query),
        }
    }

    /// Those that are checked: first those that were there, in their order (by
    /// the first of them groups are chosen), then those that are new.
    fn measures(&self, before: &[Measure]) -> Result<Vec<Measure>, String> {
        let mut checked = Vec::new();
        for word in &self.measures {
            checked.push(Measure::parse(word).map_err(|error| error.to_string())?);
        }
        if checked.is_empty() {
            return Err("Choose at least one measure.".to_owned());
        }
        let mut measures: Vec<Measure> = before.to_vec();
        measures.retain(|measure| checked.contains(measure));
        checked.retain(|measure| !measures.contains(measure));
        measures.extend(checked);
        Ok(measures)
    }
}

/// Whether a kind of widget can show what a query asks for.
fn may_be(kind: WidgetKind, query: &MetricsQuery) -> Result<(), String> {
    if query.interval == Interval::None && query.group.is_empty() && kind == WidgetKind::Line {
        return Err("Lines need points.".to_owned());
    }
    let wrong = query.measure.iter().find(|measure| !words::adds_up(**measure));
    match (kind, wrong) {
        (WidgetKind::Pie, Some(measure)) => Err(format!(
            "Shares are of what adds up: events, errors, sums, tokens or cost, and not of {}.",
            words::measure(*measure)
        )),
        _ => Ok(()),
    }
}

/// The filters that a form holds, with the name and the label of each field.
pub(super) const FILTERS: [(Dimension, &str, &str); 6] = [
    (Dimension::Service, "widget-service", "Services"),
    (Dimension::Endpoint, "widget-endpoint", "Endpoints"),
    (Dimension::Kind, "widget-kind", "Kinds"),
    (Dimension::Environment, "widget-environment", "Environments"),
    (Dimension::Provider, "widget-provider", "Providers"),
    (Dimension::Model, "widget-model", "Models"),
];

fn filter_mut(query: &mut MetricsQuery, dimension: Dimension) -> Option<&mut Vec<String>> {
    Some(match dimension {
        Dimension::Service => &mut query.service,
        Dimension::Endpoint => &mut query.endpoint,
        Dimension::Kind => &mut query.kind,
        Dimension::Environment => &mut query.environment,
        Dimension::Provider => &mut query.provider,
        Dimension::Model => &mut query.model,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use eventglass_model::Place;

    use super::*;

    /// A widget with something in every part of its query.
    fn widget() -> Widget {
        let query = r#"{
            "measure": ["p95", "count"], "field": "attributes.cart.total", "group": ["service", "attributes.cart.currency", "model"],
            "interval": "7m", "q": "card", "service": ["pay*", "a, b"], "endpoint": ["/pay"], "kind": ["api_call"],
            "environment": ["production"], "provider": ["openai"], "model": ["gpt-4o"], "limit": 5, "compare": true
        }"#;
        Widget {
            id: "w1".to_owned(),
            title: "Slow".to_owned(),
            kind: WidgetKind::Table,
            query: serde_json::from_str(query).unwrap(),
            place: Place {
                x: 1,
                y: 2,
                width: 3,
                height: 4,
            },
        }
    }

    /// What the form says of a widget when nothing is touched.
    fn untouched(widget: &Widget) -> Said {
        let query = &widget.query;
        // A form gives what is checked in the order of its boxes.
        let boxes = Measure::ALL.iter().filter(|measure| query.measure.contains(measure));
        Said {
            title: widget.title.clone(),
            kind: widget.kind.as_str().to_owned(),
            measures: boxes.map(|measure| measure.as_str().to_owned()).collect(),
            field: query.field.to_string(),
            groups: query.group.iter().map(ToString::to_string).collect(),
            interval: query.interval.to_string(),
            q: query.q.clone(),
            limit: query.limit.map(|limit| limit.to_string()).unwrap_or_default(),
            filters: query
                .filters()
                .map(|(dimension, list)| (dimension, values::write(list)))
                .into(),
        }
    }

    #[test]
    fn a_form_that_is_not_touched_changes_nothing() {
        let widget = widget();
        assert_eq!(untouched(&widget).change(&widget), Ok(widget));
    }

    #[test]
    fn what_the_form_says_is_taken_and_the_rest_stays() {
        let widget = widget();
        let mut said = untouched(&widget);
        said.title = "Errors".to_owned();
        said.measures = ["count", "errors", "p95"].map(str::to_owned).into();
        said.groups = ["kind", "", "kind", "attributes.shop"].map(str::to_owned).into();
        said.filters = vec![(Dimension::Endpoint, "/a, \"/b,c\"".to_owned())];
        let changed = said.change(&widget).unwrap();
        assert_eq!((changed.title.as_str(), changed.place), ("Errors", widget.place));
        // The first stays the first: by it groups are chosen.
        assert_eq!(changed.query.measure, [Measure::P95, Measure::Count, Measure::Errors]);
        let shop = MetricGroup::Attribute("shop".to_owned());
        assert_eq!(changed.query.group, [Dimension::Kind.into(), shop]);
        assert_eq!(changed.query.endpoint, ["/a", "/b,c"]);
        assert_eq!(changed.query.provider, ["openai"]);
        assert!(changed.query.compare);
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let widget = widget();
        let fault = |change: fn(&mut Said)| {
            let mut said = untouched(&widget);
            change(&mut said);
            said.change(&widget).unwrap_err()
        };
        assert!(fault(|said| said.measures.clear()).contains("at least one measure"));
        assert!(fault(|said| said.limit = "many".to_owned()).starts_with("limit: "));
        assert!(fault(|said| said.limit = "0".to_owned()).starts_with("limit: "));
        assert!(fault(|said| said.field = "speed".to_owned()).starts_with("field: "));
        assert!(fault(|said| said.interval = "1s".to_owned()).starts_with("interval: "));
        assert!(fault(|said| said.kind = "pie".to_owned()).contains("not of p95"));
        let lines = fault(|said| {
            said.kind = "line".to_owned();
            said.interval = "none".to_owned();
            said.groups.clear();
        });
        assert_eq!(lines, "Lines need points.");
    }
}
