//! What a new dashboard begins with.

use eventglass_model::{DashboardDraft, Dimension, Measure, MetricsQuery, Place, Widget, WidgetKind};

/// A few widgets that say something of any project.
pub(super) fn starter(name: &str) -> DashboardDraft {
    let query = |measures: &[Measure], group: &[Dimension]| MetricsQuery {
        measure: measures.to_vec(),
        group: group.iter().copied().map(Into::into).collect(),
        ..MetricsQuery::default()
    };
    let widget = |id: &str, title: &str, kind, query, [x, y, width, height]: [u16; 4]| Widget {
        id: id.to_owned(),
        title: title.to_owned(),
        kind,
        query,
        place: Place { x, y, width, height },
    };
    let number = |id, title, measure, x| widget(id, title, WidgetKind::Number, query(&[measure], &[]), [x, 0, 3, 3]);
    DashboardDraft {
        name: name.to_owned(),
        widgets: vec![
            number("events", "Events", Measure::Count, 0),
            number("errors", "Error rate", Measure::ErrorRate, 3),
            number("latency", "p95", Measure::P95, 6),
            number("cost", "Cost", Measure::Cost, 9),
            widget(
                "volume",
                "Events by service",
                WidgetKind::Bar,
                query(&[Measure::Count], &[Dimension::Service]),
                [0, 3, 12, 7],
            ),
        ],
        refresh_seconds: Some(30),
        ..DashboardDraft::default()
    }
}

/// A widget to be changed into what one wants.
pub(super) fn blank(id: String) -> Widget {
    Widget {
        id,
        // Called by what it shows.
        title: String::new(),
        kind: WidgetKind::Line,
        query: MetricsQuery {
            measure: vec![Measure::Count],
            ..MetricsQuery::default()
        },
        // Below all others: it rises.
        place: Place {
            x: 0,
            y: 1_000,
            width: 6,
            height: 7,
        },
    }
}
