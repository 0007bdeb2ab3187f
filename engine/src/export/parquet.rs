//! Apache Parquet, a group of rows at a time.

use std::sync::Arc;

use eventglass_model::Event;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::ExportError;
use super::cells::{COLUMNS, Cell, Kind};

/// The most events of a group of rows.
const GROUP: usize = 10_000;
/// The most bytes of payload of a group of rows.
const GROUP_BYTES: usize = 8 << 20;

/// A table that is being written.
pub struct Table {
    file: SerializedFileWriter<Vec<u8>>,
    rows: Vec<Event>,
    bytes: usize,
}

impl Table {
    pub(super) fn new() -> Result<Self, ExportError> {
        let columns = COLUMNS.iter().map(|column| {
            let repetition = if column.kind == Kind::Time {
                Repetition::REQUIRED
            } else {
                Repetition::OPTIONAL
            };
            let (physical, logical) = match column.kind {
                Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
                Kind::Int => (Physical::INT64, None),
                Kind::Float => (Physical::DOUBLE, None),
                Kind::Time => {
                    let is_adjusted_to_u_t_c = true;
                    let unit = TimeUnit::MICROS;
                    (
                        Physical::INT64,
                        Some(LogicalType::timestamp(is_adjusted_to_u_t_c, unit)),
                    )
                }
            };
            let column = Type::primitive_type_builder(column.name, physical)
                .with_repetition(repetition)
                .with_logical_type(logical);
            column.build().map(Arc::new)
        });
        let columns = columns.collect::<Result<Vec<_>, ParquetError>>()?;
        let schema = Type::group_type_builder("event").with_fields(columns).build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
            .set_created_by(concat!("eventglass ", env!("CARGO_PKG_VERSION")).to_owned())
            // Statistics of each group are small; those of each page add up over a long file.
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        Ok(Self {
            file: SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?,
            rows: Vec::new(),
            bytes: 0,
        })
    }

    pub(super) fn add(&mut self, events: Vec<Event>) -> Result<Vec<u8>, ExportError> {
        for event in events {
            let payloads = [&event.input, &event.output, &event.attributes];
            self.bytes += payloads
                .into_iter()
                .flatten()
                .map(|json| json.get().len())
                .sum::<usize>();
            self.rows.push(event);
            if self.rows.len() >= GROUP || self.bytes >= GROUP_BYTES {
                self.write_group()?;
            }
        }
        self.written()
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, ExportError> {
        self.write_group()?;
        Ok(self.file.into_inner()?)
    }

    /// The bytes that are complete.
    fn written(&mut self) -> Result<Vec<u8>, ExportError> {
        self.file.flush()?;
        Ok(std::mem::take(self.file.inner_mut()))
    }

    fn write_group(&mut self) -> Result<(), ExportError> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        let mut columns = COLUMNS.iter();
        while let (Some(mut writer), Some(column)) = (group.next_column()?, columns.next()) {
            let cells = rows.iter().map(column.of);
            let mut there = Vec::with_capacity(rows.len());
            match column.kind {
                Kind::Text => {
                    let mut values = Vec::with_capacity(rows.len());
                    for cell in cells {
                        let Cell::Text(text) = cell else { continue };
                        there.push(i16::from(text.is_some()));
                        values.extend(text.map(|text| ByteArray::from(text.as_bytes().to_vec())));
                    }
                    writer
                        .typed::<ByteArrayType>()
                        .write_batch(&values, Some(&there), None)?;
                }
                Kind::Int => {
                    let mut values = Vec::with_capacity(rows.len());
                    for cell in cells {
                        let Cell::Int(number) = cell else { continue };
                        there.push(i16::from(number.is_some()));
                        values.extend(number);
                    }
                    writer.typed::<Int64Type>().write_batch(&values, Some(&there), None)?;
                }
                Kind::Float => {
                    let mut values = Vec::with_capacity(rows.len());
                    for cell in cells {
                        let Cell::Float(number) = cell else { continue };
                        there.push(i16::from(number.is_some()));
                        values.extend(number);
                    }
                    writer.typed::<DoubleType>().write_batch(&values, Some(&there), None)?;
                }
                Kind::Time => {
                    let times = cells.filter_map(|cell| match cell {
                        Cell::Time(time) => Some(time.micros()),
                        Cell::Text(_) | Cell::Int(_) | Cell::Float(_) => None,
                    });
                    let values: Vec<i64> = times.collect();
                    writer.typed::<Int64Type>().write_batch(&values, None, None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;

    use super::*;

    fn event(n: usize) -> Event {
        let json = format!(
            r#"{{"id":"i{n}","event_id":"e{n}","project_id":1,"time":"2026-11-21T12:00:00Z","received_at":"2026-11-21T12:00:01Z",
            "kind":"log","severity":"info","status":"ok","name":"ünï","status_code":{n},"duration_ms":1.5,"attributes":{{"a":[1, 2]}}}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        let mut table = Table::new().unwrap();
        let mut file = Vec::new();
        for from in [0, 6_000, 12_000] {
            file.extend(table.add((from..from + 6_000).map(event).collect()).unwrap());
        }
        assert!(file.len() > 1_000, "groups are given away when they are full");
        file.extend(table.finish().unwrap());
        let reader = SerializedFileReader::new(::bytes::Bytes::from(file)).unwrap();
        assert_eq!(reader.metadata().num_row_groups(), 2);
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(rows.len(), 18_000);
        let last: std::collections::HashMap<&str, &Field> = rows
            .last()
            .unwrap()
            .get_column_iter()
            .map(|(name, field)| (name.as_str(), field))
            .collect();
        assert_eq!(last["name"], &Field::Str("ünï".to_owned()));
        assert_eq!(last["time"], &Field::TimestampMicros(1_795_262_400_000_000));
        assert_eq!(last["status_code"], &Field::Long(17_999));
        assert_eq!(last["duration_ms"], &Field::Double(1.5));
        assert_eq!(last["attributes"], &Field::Str(r#"{"a":[1, 2]}"#.to_owned()));
        assert_eq!(last["message"], &Field::Null);
    }
}
