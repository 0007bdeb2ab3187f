//! Reads the file on a thread of its own and cuts it into batches.

use std::io::{self, BufRead, Read};

use tokio::sync::mpsc;

use super::events::{Parsed, events_of};

/// A line longer than this is not one event, whatever it is: 64 MB.
const LONGEST_LINE: u64 = 64 * 1_024 * 1_024;

/// Events that are sent together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// As JSON text.
    pub(super) events: Vec<String>,
    /// What was found instead of an event: place and reason.
    pub(super) malformed: Vec<String>,
    /// How many bytes of input this took.
    pub(super) bytes: u64,
}

/// What the reader says.
pub(super) type Chunk = io::Result<Batch>;

/// Cuts input into batches of `size` and gives them to the senders, until
/// `limit` events were read or nobody takes them any more.
///
/// Lines are read one by one. A document that is spread over lines is read
/// whole: an array, an envelope, or objects one after the other.
pub(super) struct Reader {
    size: usize,
    limit: u64,
    read: u64,
    batch: Batch,
    to: mpsc::Sender<Chunk>,
}

/// Nobody takes events any more, or there are enough.
struct Stop;

impl Reader {
    pub(super) fn new(size: usize, limit: Option<u64>, to: mpsc::Sender<Chunk>) -> Self {
        Self {
            size,
            limit: limit.unwrap_or(u64::MAX),
            read: 0,
            batch: Batch::default(),
            to,
        }
    }

    /// Reads to the end. Blocks: for a thread of its own.
    pub(super) fn run(mut self, mut input: impl BufRead) {
        if let Err(error) = self.read_all(&mut input) {
            let _ = self.to.blocking_send(Err(error));
        }
        if !self.batch.events.is_empty() || !self.batch.malformed.is_empty() {
            let _ = self.to.blocking_send(Ok(std::mem::take(&mut self.batch)));
        }
    }

    fn read_all(&mut self, input: &mut impl BufRead) -> io::Result<()> {
        let mut line = Vec::new();
        let mut number = 0_u64;
        let mut started = false;
        loop {
            line.clear();
            let bytes = input.take(LONGEST_LINE).read_until(b'\n', &mut line)? as u64;
            if bytes == 0 {
                return Ok(());
            }
            number += 1;
            self.batch.bytes += bytes;
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_start_matches('\u{feff}').trim();
            if text.is_empty() {
                continue;
            }
            let taken = match events_of(text) {
                Ok(events) => self.take(events, number),
                // Only at the start: after a good line, a bad one is a bad line.
                Err(_) if !started && text.starts_with(['{', '[']) => {
                    let mut rest = String::from_utf8_lossy(&line).trim_start_matches('\u{feff}').to_owned();
                    self.batch.bytes += input.read_to_string(&mut rest)? as u64;
                    return self.document(&rest, number);
                }
                Err(error) => self.take(vec![Err(error.to_string())], number),
            };
            if taken.is_err() {
                return Ok(());
            }
            started = true;
        }
    }

    /// A text whose first line is not a whole value.
    fn document(&mut self, text: &str, first_line: u64) -> io::Result<()> {
        let values: Result<Vec<&serde_json::value::RawValue>, _> =
            serde_json::Deserializer::from_str(text).into_iter().collect();
        match values {
            Ok(values) => {
                for value in values {
                    let events = events_of(value.get()).unwrap_or_default();
                    if self.take(events, first_line).is_err() {
                        break;
                    }
                }
            }
            Err(error) if text.starts_with('[') => return Err(error.into()),
            // Lines after all, the first of them bad.
            Err(_) => {
                for (number, line) in (first_line..)
                    .zip(text.lines())
                    .filter(|(_, line)| !line.trim().is_empty())
                {
                    let events = events_of(line).unwrap_or_else(|error| vec![Err(error.to_string())]);
                    if self.take(events, number).is_err() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, events: Vec<Parsed>, line: u64) -> Result<(), Stop> {
        for event in events {
            if self.read >= self.limit {
                return Err(Stop);
            }
            self.read += 1;
            match event {
                Ok(event) => self.batch.events.push(event),
                Err(reason) => self.batch.malformed.push(format!("line {line}: {reason}")),
            }
            if self.batch.events.len() >= self.size || self.batch.malformed.len() >= 1_000 {
                let full = std::mem::take(&mut self.batch);
                self.to.blocking_send(Ok(full)).map_err(|_| Stop)?;
            }
        }
        if self.read >= self.limit { Err(Stop) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, size: usize, limit: Option<u64>) -> (Vec<usize>, Vec<String>, Option<String>) {
        let (to, mut from) = mpsc::channel(100);
        Reader::new(size, limit, to).run(text.as_bytes());
        let (mut sizes, mut malformed, mut fault) = (vec![], vec![], None);
        while let Some(chunk) = from.blocking_recv() {
            match chunk {
                Ok(batch) => {
                    sizes.push(batch.events.len());
                    malformed.extend(batch.malformed);
                }
                Err(error) => fault = Some(error.to_string()),
            }
        }
        (sizes, malformed, fault)
    }

    fn lines(count: usize) -> String {
        (0..count).map(|n| format!("{{\"event_id\":\"{n}\"}}\n")).collect()
    }

    #[test]
    fn lines_are_cut_into_batches() {
        assert_eq!(read(&lines(25), 10, None), (vec![10, 10, 5], vec![], None));
        assert_eq!(read(&lines(20), 10, None).0, [10, 10]);
        assert_eq!(read(&lines(25), 10, Some(12)).0, [10, 2]);
        assert_eq!(read("", 10, None), (vec![], vec![], None));
        let windows = format!("\u{feff}{}", lines(3).replace('\n', "\r\n\r\n"));
        assert_eq!(read(&windows, 10, None), (vec![3], vec![], None));
    }

    #[test]
    fn documents_over_several_lines() {
        let array = format!("[\n{}\n]\n", lines(7).trim_end().replace('\n', ",\n"));
        assert_eq!(read(&array, 5, None), (vec![5, 2], vec![], None));
        assert_eq!(read(&array, 5, Some(3)).0, [3]);
        assert_eq!(read(&format!("{{\n\"events\": {array}}}"), 5, None).0, [5, 2]);
        assert_eq!(read("{\n\"event_id\":\n\"1\"}\n{\n\"event_id\":\"2\"}", 5, None).0, [2]);
        assert_eq!(read(&array.replace('\n', ""), 5, None).0, [5, 2]);
    }

    #[test]
    fn a_bad_line_is_named_and_harms_nobody() {
        let text = format!("{}{{\"event_id\":\n{}", lines(2), lines(2));
        let (sizes, malformed, fault) = read(&text, 10, None);
        assert_eq!((sizes, fault), (vec![4], None));
        assert!(malformed[0].starts_with("line 3: EOF"), "{malformed:?}");
        let (sizes, malformed, _) = read(&format!("{{\"cut\": \n{}", lines(2)), 10, None);
        assert_eq!((sizes, malformed.len()), (vec![2], 1));
    }

    #[test]
    fn a_broken_array_is_an_error() {
        let (sizes, _, fault) = read("[\n{\"event_id\":1},\n{\"ev", 10, None);
        assert!(sizes.is_empty());
        assert!(fault.unwrap().contains("line 3"));
    }
}
