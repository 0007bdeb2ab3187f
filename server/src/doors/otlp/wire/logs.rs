//! Log records.

use super::json::{id, integer, named, nullable, wide};
use super::{AnyValue, KeyValue};

/// One record. Times are nanoseconds since the epoch; 0 is not said.
#[derive(Clone, PartialEq, prost::Message, serde::Deserialize, serde::Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LogRecord {
    #[prost(fixed64, tag = "1")]
    #[serde(alias = "time_unix_nano", with = "wide")]
    pub time_unix_nano: u64,
    /// 1 to 24: four each of trace, debug, info, warn, error, fatal.
    #[prost(int32, tag = "2")]
    #[serde(alias = "severity_number", deserialize_with = "severity_number")]
    pub severity_number: i32,
    #[prost(string, tag = "3")]
    #[serde(alias = "severity_text", deserialize_with = "nullable")]
    pub severity_text: String,
    #[prost(message, optional, tag = "5")]
    pub body: Option<AnyValue>,
    #[prost(message, repeated, tag = "6")]
    #[serde(deserialize_with = "nullable")]
    pub attributes: Vec<KeyValue>,
    #[prost(uint32, tag = "7")]
    #[serde(alias = "dropped_attributes_count", deserialize_with = "integer")]
    pub dropped_attributes_count: u32,
    #[prost(fixed32, tag = "8")]
    #[serde(deserialize_with = "integer")]
    pub flags: u32,
    #[prost(bytes = "vec", tag = "9")]
    #[serde(alias = "trace_id", with = "id")]
    pub trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "10")]
    #[serde(alias = "span_id", with = "id")]
    pub span_id: Vec<u8>,
    #[prost(fixed64, tag = "11")]
    #[serde(alias = "observed_time_unix_nano", with = "wide")]
    pub observed_time_unix_nano: u64,
    #[prost(string, tag = "12")]
    #[serde(alias = "event_name", deserialize_with = "nullable")]
    pub event_name: String,
}

/// `SEVERITY_NUMBER_INFO` is 9, `SEVERITY_NUMBER_INFO2` is 10.
fn severity_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    named(deserializer, |name| {
        let name = name.strip_prefix("SEVERITY_NUMBER_").unwrap_or(name);
        let level = name.trim_end_matches(['2', '3', '4']);
        let within: i128 = match name.strip_prefix(level)? {
            "" => 0,
            digit => digit.parse::<i128>().ok().filter(|n| *n <= 4)? - 1,
        };
        if level == "UNSPECIFIED" {
            return Some(0);
        }
        let levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
        let place = levels.iter().position(|known| *known == level)?;
        Some(4 * i128::try_from(place).ok()? + 1 + within)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_have_numbers_and_names() {
        let read = |json: &str| {
            serde_json::from_str::<LogRecord>(&format!(r#"{{"severityNumber":{json}}}"#)).map(|log| log.severity_number)
        };
        for (json, number) in [
            ("9", 9),
            ("\"9\"", 9),
            ("\"SEVERITY_NUMBER_INFO\"", 9),
            ("\"SEVERITY_NUMBER_FATAL4\"", 24),
            ("\"SEVERITY_NUMBER_UNSPECIFIED\"", 0),
            ("null", 0),
        ] {
            assert_eq!(read(json).unwrap(), number, "{json}");
        }
        assert!(read("\"LOUD\"").is_err());
        assert!(read("\"SEVERITY_NUMBER_INFO22\"").is_err());
    }
}
