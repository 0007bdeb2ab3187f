//! RFC 4180, with lines that end in CRLF.

use std::io::Write as _;

use eventglass_model::Event;

use super::ExportError;
use super::cells::{COLUMNS, Cell};

pub(super) fn lines(events: &[Event], header: bool) -> Result<Vec<u8>, ExportError> {
    let mut out = Vec::with_capacity(events.len() * 1_024 + 512);
    if header {
        let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
        out.extend_from_slice(names.join(",").as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    for event in events {
        for (place, column) in COLUMNS.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            cell(&mut out, &(column.of)(event));
        }
        out.extend_from_slice(b"\r\n");
    }
    Ok(out)
}

fn cell(out: &mut Vec<u8>, cell: &Cell<'_>) {
    // Writing into memory cannot fail.
    let _ = match cell {
        Cell::Text(Some(value)) => {
            text(out, value);
            Ok(())
        }
        Cell::Int(Some(number)) => write!(out, "{number}"),
        Cell::Float(Some(number)) => write!(out, "{number}"),
        Cell::Time(time) => write!(out, "{time}"),
        Cell::Text(None) | Cell::Int(None) | Cell::Float(None) => Ok(()),
    };
}

/// A text, in quotes where it must be. What a spreadsheet would take for a
/// formula gets an apostrophe before it: anybody who can send an event could
/// otherwise have commands run on the machine of whoever opens the file.
fn text(out: &mut Vec<u8>, text: &str) {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let quoted = text.contains(['"', ',', '\r', '\n']);
    if quoted {
        out.push(b'"');
    }
    if is_formula {
        out.push(b'\'');
    }
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    if quoted {
        out.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> String {
        let mut out = Vec::new();
        text(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn quotes_and_formulas() {
        assert_eq!(written("plain text"), "plain text");
        assert_eq!(written("a,b"), "\"a,b\"");
        assert_eq!(written("say \"hi\"\n"), "\"say \"\"hi\"\"\n\"");
        assert_eq!(written("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(written("-1,5"), "\"'-1,5\"");
        assert_eq!(written("@x"), "'@x");
    }
}
