//! Dashboards that people arrange: widgets on a grid, each with its query.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::vocabulary::words;
use crate::{FieldError, Loc, MetricsQuery, TimeBound, Timestamp, UnknownWord};

/// Columns of the grid.
pub const GRID_COLUMNS: u16 = 12;
/// The most widgets of a dashboard.
pub const MAX_WIDGETS: usize = 50;
/// The last row of the grid.
const GRID_ROWS: u16 = 1_000;
/// The tallest widget, in rows.
const MAX_HEIGHT: u16 = 40;
const MAX_NAME: usize = 100;
const MAX_DESCRIPTION: usize = 1_000;
/// The longest text of a span of time.
const MAX_SPAN: usize = 40;

words! {
    /// How a widget shows its query.
    WidgetKind ("kind of widget") {
        /// A line for each series.
        Line = 1 "line",
        /// Lines, filled and stacked.
        Area = 2 "area",
        /// Bars over time, or one for each group when there are no points.
        Bar = 3 "bar",
        /// The total, large, with its change.
        Number = 4 "number",
        /// A row for each group.
        Table = 5 "table",
        /// Groups by time, coloured.
        HeatMap = 6 "heat_map",
        /// Each group's share.
        Pie = 7 "pie",
    }
}

/// Where a widget stands on the grid, in columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Columns left of it, 0 to 11.
    pub x: u16,
    /// Rows above it, 0 to 1,000.
    pub y: u16,
    /// Columns that it takes, 1 to 12.
    pub width: u16,
    /// Rows that it takes, 1 to 40.
    pub height: u16,
}

/// A widget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Widget {
    /// Names it within the dashboard; chosen by whoever made it, up to 100 characters.
    pub id: String,
    /// For people, up to 100 characters.
    #[serde(default)]
    pub title: String,
    /// How it is shown.
    pub kind: WidgetKind,
    /// What it shows. The span of time is the dashboard's.
    pub query: MetricsQuery,
    /// Where it stands.
    pub place: Place,
}

/// What is sent to make or to change a dashboard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DashboardDraft {
    /// For people, 1 to 100 characters.
    pub name: String,
    /// For people, up to 1,000 characters.
    #[serde(default)]
    pub description: String,
    /// Its widgets, at most [`MAX_WIDGETS`].
    #[serde(default)]
    pub widgets: Vec<Widget>,
    /// The span of time that it opens with: `-24h`, or a timestamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where that ends; `null` is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// How often it is asked anew, in seconds, 5 to 86,400; `null`: by hand only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_seconds: Option<u32>,
    /// The version that this changes; may be given as `If-Match` instead. Not for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

impl DashboardDraft {
    /// Every fault, each at its place in the body.
    #[must_use]
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut fault = |place: &[Loc], msg: String| {
            let place = std::iter::once(Loc::from("body")).chain(place.iter().cloned());
            errors.push(FieldError::new(place.collect(), msg));
        };
        if self.name.trim().is_empty() || self.name.chars().count() > MAX_NAME {
            fault(&["name".into()], format!("must have 1 to {MAX_NAME} characters"));
        }
        if self.description.chars().count() > MAX_DESCRIPTION {
            fault(
                &["description".into()],
                format!("must have at most {MAX_DESCRIPTION} characters"),
            );
        }
        if self.widgets.len() > MAX_WIDGETS {
            fault(&["widgets".into()], format!("must be at most {MAX_WIDGETS}"));
        }
        for (name, bound) in [("from", &self.from), ("to", &self.to)] {
            if let Some(text) = bound {
                let read = if text.len() > MAX_SPAN {
                    Err("too long")
                } else {
                    TimeBound::parse(text).map(drop)
                };
                if let Err(msg) = read {
                    fault(&[name.into()], msg.to_owned());
                }
            }
        }
        if self
            .refresh_seconds
            .is_some_and(|seconds| !(5..=86_400).contains(&seconds))
        {
            fault(&["refresh_seconds".into()], "must be 5 to 86,400, or null".to_owned());
        }
        for (n, widget) in self.widgets.iter().enumerate() {
            let at = |field: &str| [Loc::from("widgets"), Loc::from(n), Loc::from(field)];
            if widget.id.is_empty() || widget.id.chars().count() > MAX_NAME {
                fault(&at("id"), format!("must have 1 to {MAX_NAME} characters"));
            } else if self.widgets.iter().take(n).any(|earlier| earlier.id == widget.id) {
                fault(&at("id"), "another widget has this id".to_owned());
            }
            if widget.title.chars().count() > MAX_NAME {
                fault(&at("title"), format!("must have at most {MAX_NAME} characters"));
            }
            let Place { x, y, width, height } = widget.place;
            if width == 0 || x >= GRID_COLUMNS || width > GRID_COLUMNS - x {
                fault(
                    &at("place"),
                    format!("must be within the {GRID_COLUMNS} columns of the grid"),
                );
            }
            if height == 0 || height > MAX_HEIGHT || y > GRID_ROWS {
                let msg = format!("must be 1 to {MAX_HEIGHT} rows high and begin in row 0 to {GRID_ROWS}");
                fault(&at("place"), msg);
            }
            for (name, msg) in widget.query.check() {
                let mut place = at("query").to_vec();
                place.push(name.into());
                fault(&place, msg);
            }
        }
        errors
    }
}

/// A dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dashboard {
    /// Names it in the API.
    pub id: String,
    /// For people.
    pub name: String,
    /// For people.
    pub description: String,
    /// Its widgets.
    pub widgets: Vec<Widget>,
    /// The span of time that it opens with: `-24h`, or a timestamp.
    pub from: Option<String>,
    /// Where that ends; `null` is now.
    pub to: Option<String>,
    /// How often it is asked anew, in seconds; `null`: by hand only.
    pub refresh_seconds: Option<u32>,
    /// Rises with each change; also its `ETag`. Give it back to change it.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Who did; `null` when they are gone.
    pub updated_by: Option<String>,
}

/// A dashboard in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DashboardSummary {
    /// Names it in the API.
    pub id: String,
    /// For people.
    pub name: String,
    /// For people.
    pub description: String,
    /// How many widgets it has.
    pub widgets: usize,
    /// Rises with each change.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Who did; `null` when they are gone.
    pub updated_by: Option<String>,
}

/// The dashboards of a project, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DashboardList {
    /// The dashboards.
    pub items: Vec<DashboardSummary>,
    /// Always `null`: a project has a bounded number of them.
    pub next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dimension, Measure};

    fn widget(id: &str, x: u16, width: u16) -> Widget {
        let query = MetricsQuery {
            measure: vec![Measure::P95],
            group: vec![Dimension::Service.into()],
            ..MetricsQuery::default()
        };
        Widget {
            id: id.to_owned(),
            title: String::new(),
            kind: WidgetKind::HeatMap,
            query,
            place: Place {
                x,
                y: 0,
                width,
                height: 4,
            },
        }
    }

    #[test]
    fn a_draft_is_checked_whole() {
        let mut draft = DashboardDraft {
            name: "Sales".to_owned(),
            widgets: vec![widget("a", 0, 12), widget("b", 6, 6)],
            from: Some("-7d".to_owned()),
            ..DashboardDraft::default()
        };
        assert!(draft.check().is_empty(), "{:?}", draft.check());
        draft
            .widgets
            .extend([widget("a", 6, 7), widget("", u16::MAX, u16::MAX)]);
        draft.from = Some("yesterday".to_owned());
        draft.refresh_seconds = Some(1);
        let places: Vec<String> = draft
            .check()
            .iter()
            .map(|e| serde_json::to_string(&e.loc).unwrap())
            .collect();
        assert_eq!(
            places,
            [
                r#"["body","from"]"#,
                r#"["body","refresh_seconds"]"#,
                r#"["body","widgets",2,"id"]"#,
                r#"["body","widgets",2,"place"]"#,
                r#"["body","widgets",3,"id"]"#,
                r#"["body","widgets",3,"place"]"#,
            ]
        );
    }
}
