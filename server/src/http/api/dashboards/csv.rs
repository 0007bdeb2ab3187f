//! A dashboard's numbers as CSV (RFC 4180): a line for each point, and one
//! without a time for each total.

use eventglass_model::{MetricSeries, Metrics, Timestamp, Widget};

const HEADER: &str = "widget,title,measure,group,time,value,partial\r\n";

/// Lines of a dashboard.
pub(super) struct Table(String);

impl Table {
    pub(super) fn new() -> Self {
        Self(HEADER.to_owned())
    }

    pub(super) fn metrics(&mut self, widget: &Widget, metrics: &Metrics) {
        for series in &metrics.series {
            self.line(widget, series, None, series.total, metrics.partial);
            for point in &series.points {
                self.line(widget, series, Some(point.time), point.value, metrics.partial);
            }
        }
    }

    /// A widget whose query makes no sense: what is wrong stands where the group does.
    pub(super) fn fault(&mut self, widget: &Widget, msg: &str) {
        let cells = [&widget.id, &widget.title, "error", msg, "", "", ""].map(cell);
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }

    fn line(
        &mut self,
        widget: &Widget,
        series: &MetricSeries,
        time: Option<Timestamp>,
        value: Option<f64>,
        partial: bool,
    ) {
        let time = time.map(|time| time.to_string()).unwrap_or_default();
        let value = value.map(|value| value.to_string()).unwrap_or_default();
        let partial = if partial { "true" } else { "false" };
        let cells = [
            cell(&widget.id),
            cell(&widget.title),
            series.measure.as_str().to_owned(),
            cell(&series.group),
            time,
            value,
            partial.to_owned(),
        ];
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// Quoted where it must be. A spreadsheet takes a text that begins like a
/// formula for one, and runs it: those get an apostrophe.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_harmless() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
        assert_eq!(cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(cell("@x,y"), "\"'@x,y\"");
    }
}
