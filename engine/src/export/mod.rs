//! A whole search as a file: read and written in pieces, so that it takes the
//! same memory however long it is, and ends when nobody takes the pieces.

mod cells;
mod csv;
mod jsonl;
mod parquet;
mod read;

use std::str::FromStr;

use eventglass_model::Event;
use thiserror::Error;

pub use read::ExportRead;

use crate::store::StoreError;

/// What the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One canonical event a line.
    Jsonl,
    /// A header, and one event a line.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// The names of all, as spelled in `format=`.
    pub const NAMES: &'static str = "jsonl, csv, parquet";

    /// The end of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jsonl => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

impl FromStr for Format {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        match name {
            "jsonl" => Ok(Self::Jsonl),
            "csv" => Ok(Self::Csv),
            "parquet" => Ok(Self::Parquet),
            _ => Err(()),
        }
    }
}

/// Why an export ended before its end.
#[derive(Debug, Error)]
pub enum ExportError {
    /// Events could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event could not be written.
    #[error("json: {0}")]
    Json(#[from] serde_json::Error),
    /// A table could not be written.
    #[error("parquet: {0}")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    /// What was written had no place to go.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Turns events into the bytes of a file.
pub enum Encoder {
    /// See [`Format::Jsonl`].
    Jsonl,
    /// See [`Format::Csv`]; whether the header is written.
    Csv(bool),
    /// See [`Format::Parquet`].
    Parquet(Box<parquet::Table>),
}

impl Encoder {
    /// Of a format.
    ///
    /// # Errors
    /// [`ExportError::Parquet`].
    pub fn new(format: Format) -> Result<Self, ExportError> {
        Ok(match format {
            Format::Jsonl => Self::Jsonl,
            Format::Csv => Self::Csv(false),
            Format::Parquet => Self::Parquet(Box::new(parquet::Table::new()?)),
        })
    }

    /// The bytes that can be sent after these events.
    ///
    /// # Errors
    /// [`ExportError::Json`], [`ExportError::Parquet`].
    pub fn add(&mut self, events: Vec<Event>) -> Result<Vec<u8>, ExportError> {
        match self {
            Self::Jsonl => jsonl::lines(&events),
            Self::Csv(has_header) => {
                let header = !std::mem::replace(has_header, true);
                csv::lines(&events, header)
            }
            Self::Parquet(table) => table.add(events),
        }
    }

    /// The bytes that end the file.
    ///
    /// # Errors
    /// [`ExportError::Parquet`].
    pub fn finish(self) -> Result<Vec<u8>, ExportError> {
        match self {
            Self::Jsonl => Ok(Vec::new()),
            Self::Csv(true) => Ok(Vec::new()),
            Self::Csv(false) => csv::lines(&[], true),
            Self::Parquet(table) => table.finish(),
        }
    }
}
