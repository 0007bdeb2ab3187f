//! One JSON object a line.

use eventglass_model::Event;

use super::ExportError;

pub(super) fn lines(events: &[Event]) -> Result<Vec<u8>, ExportError> {
    let mut out = Vec::with_capacity(events.len() * 1_024);
    for event in events {
        let start = out.len();
        serde_json::to_writer(&mut out, event)?;
        // Payloads are as the client wrote them, and it may have written them over several lines.
        for byte in out.iter_mut().skip(start).filter(|byte| matches!(byte, b'\n' | b'\r')) {
            *byte = b' ';
        }
        out.push(b'\n');
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_a_line() {
        let json = "{\"id\":\"i\",\"event_id\":\"e\",\"project_id\":1,\"time\":\"2026-11-21T12:00:00Z\",\"received_at\":\"2026-11-21T12:00:01Z\",\
            \"kind\":\"log\",\"severity\":\"info\",\"status\":\"ok\",\"input\":{\r\n\"a\":\"b\\nc\"}}";
        let event: Event = serde_json::from_str(json).unwrap();
        let text = String::from_utf8(lines(&[event.clone(), event]).unwrap()).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains(r#"{  "a":"b\nc"}"#));
    }
}
