//! Looks over a request in protobuf without making anything of it: how many
//! items it holds, and how much memory what is made of it would take. An empty
//! message is two bytes there, and a hundred here.

use prost::bytes::Buf;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use super::request::{Resource, ResourceItems, Scope, ScopeItems};
use super::{AnyValue, KeyValue, Link, Signal, SpanEvent};

/// What is deeper is not read: so deep do messages nest for prost, too.
const DEPTH: u32 = 100;
/// What a text of its own takes, besides what it says.
const TEXT_BYTES: usize = 16;

/// How far to look.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most items.
    pub items: usize,
    /// The most bytes of memory.
    pub bytes: usize,
}

/// Why a look did not come to the end.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// There are more items than that.
    Items,
    /// It would take more memory than that.
    Bytes,
    /// It is no such request.
    Malformed(String),
}

/// How many items a request holds.
///
/// # Errors
/// When there are too many or too much of it, or its outer parts cannot be
/// read. An item that cannot be read is an item.
pub fn survey(request: &[u8], signal: Signal, bounds: Bounds) -> Result<usize, Stop> {
    let mut survey = Survey {
        bounds,
        items: 0,
        bytes: 0,
    };
    let message = match signal {
        Signal::Traces => &TRACES,
        Signal::Logs => &LOGS,
        Signal::Metrics => &METRICS,
    };
    survey.walk(request, message, DEPTH)?;
    Ok(survey.items)
}

/// A message: what one takes in memory, and which of its fields are messages.
struct Message {
    bytes: usize,
    is_item: bool,
    fields: &'static [(u32, &'static Self)],
}

const fn part(bytes: usize, fields: &'static [(u32, &'static Message)]) -> Message {
    Message {
        bytes,
        is_item: false,
        fields,
    }
}

const fn item(fields: &'static [(u32, &'static Message)]) -> Message {
    Message {
        bytes: size_of::<prost::bytes::Bytes>(),
        is_item: true,
        fields,
    }
}

static TRACES: Message = part(0, &[(1, &RESOURCE_SPANS)]);
static RESOURCE_SPANS: Message = part(size_of::<ResourceItems>(), &[(1, &RESOURCE), (2, &SCOPE_SPANS)]);
static SCOPE_SPANS: Message = part(size_of::<ScopeItems>(), &[(1, &SCOPE), (2, &SPAN)]);
static SPAN: Message = item(&[(9, &KEY_VALUE), (11, &SPAN_EVENT), (13, &LINK)]);
static SPAN_EVENT: Message = part(size_of::<SpanEvent>() + TEXT_BYTES, &[(3, &KEY_VALUE)]);
static LINK: Message = part(size_of::<Link>() + 3 * TEXT_BYTES, &[(4, &KEY_VALUE)]);

static LOGS: Message = part(0, &[(1, &RESOURCE_LOGS)]);
static RESOURCE_LOGS: Message = part(size_of::<ResourceItems>(), &[(1, &RESOURCE), (2, &SCOPE_LOGS)]);
static SCOPE_LOGS: Message = part(size_of::<ScopeItems>(), &[(1, &SCOPE), (2, &LOG)]);
static LOG: Message = item(&[(5, &VALUE), (6, &KEY_VALUE)]);

static RESOURCE: Message = part(size_of::<Resource>(), &[(1, &KEY_VALUE)]);
static SCOPE: Message = part(size_of::<Scope>() + 2 * TEXT_BYTES, &[(3, &KEY_VALUE)]);
static KEY_VALUE: Message = part(size_of::<KeyValue>() + 2 * TEXT_BYTES, &[(2, &VALUE)]);
/// A value that stands in what holds it.
static VALUE: Message = part(0, &[(5, &VALUES), (6, &KEY_VALUES)]);
/// A value of a list.
static ELEMENT: Message = part(size_of::<AnyValue>() + TEXT_BYTES, &[(5, &VALUES), (6, &KEY_VALUES)]);
static VALUES: Message = part(0, &[(1, &ELEMENT)]);
static KEY_VALUES: Message = part(0, &[(1, &KEY_VALUE)]);

/// Of metrics nothing is made: data points are counted.
static METRICS: Message = part(0, &[(1, &RESOURCE_METRICS)]);
static RESOURCE_METRICS: Message = part(0, &[(2, &SCOPE_METRICS)]);
static SCOPE_METRICS: Message = part(0, &[(2, &METRIC)]);
/// A oneof of five kinds, which all have their points at tag 1.
static METRIC: Message = part(
    0,
    &[(5, &POINTS), (7, &POINTS), (9, &POINTS), (10, &POINTS), (11, &POINTS)],
);
static POINTS: Message = part(0, &[(1, &POINT)]);
static POINT: Message = Message {
    bytes: 0,
    is_item: true,
    fields: &[],
};

struct Survey {
    bounds: Bounds,
    items: usize,
    bytes: usize,
}

impl Survey {
    fn walk(&mut self, mut rest: &[u8], message: &Message, depth: u32) -> Result<(), Stop> {
        if message.fields.is_empty() || depth == 0 {
            return Ok(());
        }
        while !rest.is_empty() {
            let (tag, wire) = decode_key(&mut rest).map_err(malformed)?;
            let inner = message.fields.iter().find(|(known, _)| *known == tag);
            let (Some((_, inner)), WireType::LengthDelimited) = (inner, wire) else {
                skip_field(wire, tag, &mut rest, DecodeContext::default()).map_err(malformed)?;
                continue;
            };
            let length = decode_varint(&mut rest).map_err(malformed)?;
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let bytes = rest.get(..length).ok_or_else(|| malformed("it ends too early"))?;
            rest.advance(length);
            self.note(inner)?;
            match self.walk(bytes, inner, depth - 1) {
                // It harms no other.
                Err(Stop::Malformed(_)) if inner.is_item => {}
                walked => walked?,
            }
        }
        Ok(())
    }

    fn note(&mut self, message: &Message) -> Result<(), Stop> {
        self.items += usize::from(message.is_item);
        if self.items > self.bounds.items {
            return Err(Stop::Items);
        }
        self.bytes = self.bytes.saturating_add(message.bytes);
        if self.bytes > self.bounds.bytes {
            return Err(Stop::Bytes);
        }
        Ok(())
    }
}

fn malformed(why: impl ToString) -> Stop {
    Stop::Malformed(why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Bounds = Bounds {
        items: usize::MAX,
        bytes: usize::MAX,
    };

    /// A field that is a message.
    fn field(tag: u8, message: &[u8]) -> Vec<u8> {
        let mut bytes = vec![tag << 3 | 2];
        prost::encoding::encode_varint(message.len() as u64, &mut bytes);
        bytes.extend_from_slice(message);
        bytes
    }

    #[test]
    fn data_points_of_all_kinds_are_counted() {
        let points = |kind: u8, n: usize| field(2, &field(kind, &field(1, &[8, 1]).repeat(n)));
        let metrics = [
            points(5, 1),
            points(7, 2),
            points(9, 3),
            points(10, 4),
            points(11, 5),
            field(2, b""),
        ]
        .concat();
        let request = field(1, &field(2, &metrics)).repeat(2);
        assert_eq!(survey(&request, Signal::Metrics, FREE), Ok(30));
        assert!(matches!(
            survey(&request[..request.len() - 1], Signal::Metrics, FREE),
            Err(Stop::Malformed(_))
        ));
    }

    #[test]
    fn looks_no_further_than_it_must() {
        let scope = field(2, &field(2, b"").repeat(100));
        let request = field(1, &scope);
        assert_eq!(survey(&request, Signal::Traces, FREE), Ok(100));
        let bounds = |items, bytes| Bounds { items, bytes };
        assert_eq!(survey(&request, Signal::Logs, bounds(99, usize::MAX)), Err(Stop::Items));
        assert_eq!(survey(&request, Signal::Logs, bounds(100, 3_000)), Err(Stop::Bytes));
    }

    #[test]
    fn what_is_made_of_nothing_weighs_much() {
        let attributes = field(9, b"").repeat(1_000);
        let request = field(1, &field(2, &field(2, &attributes)));
        let bounds = |bytes| Bounds { items: 1, bytes };
        assert_eq!(survey(&request, Signal::Traces, bounds(50_000)), Err(Stop::Bytes));
        assert_eq!(survey(&request, Signal::Traces, bounds(200_000)), Ok(1));
        // The same bytes are nothing that is read in a log record.
        assert_eq!(survey(&request, Signal::Logs, bounds(50_000)), Ok(1));
    }

    #[test]
    fn an_item_that_cannot_be_read_is_an_item() {
        let scope = [field(2, &[0xff; 9]), field(2, b"")].concat();
        assert_eq!(survey(&field(1, &field(2, &scope)), Signal::Traces, FREE), Ok(2));
        let deep = (0..5_000).fold(Vec::new(), |inner, _| field(5, &field(1, &inner)));
        let request = field(1, &field(2, &field(2, &field(5, &deep))));
        assert_eq!(survey(&request, Signal::Logs, FREE), Ok(1));
    }
}
