//! Values that a list shows beside what every event has.

use std::collections::BTreeMap;

use eventglass_model::search::{Column, Kind, Root};
use eventglass_model::{CostSource, FieldError, Severity, Status, Timestamp, Tokens, loc};

use super::filter::{column_name, tokens_of};
use super::json_path;
use crate::store::StoreError;
use crate::store::row::{self, Columns};

/// A value that is asked for, by the name under which it is given.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedField {
    name: String,
    of: Of,
}

#[derive(Clone, Debug, PartialEq)]
enum Of {
    Column(Column),
    Path(Root, String),
}

impl AskedField {
    /// Reads a field's name, or a path as the search language writes it.
    ///
    /// # Errors
    /// When it is neither.
    pub(super) fn new(name: &str) -> Result<Self, FieldError> {
        let path = |root, prefix: &str| {
            let path = name.strip_prefix(prefix).filter(|path| !path.is_empty())?;
            Some(Of::Path(root, path.to_owned()))
        };
        let of = Column::named(name)
            .map(Of::Column)
            .or_else(|| path(Root::Attributes, "attributes."))
            .or_else(|| path(Root::Input, "input."))
            .or_else(|| path(Root::Output, "output."));
        let msg = || format!("unknown field `{name}`; expected a field's name, or a path such as attributes.plan");
        Ok(Self {
            name: name.to_owned(),
            of: of.ok_or_else(|| FieldError::new(loc!["query", "fields"], msg()))?,
        })
    }

    /// The column of a row that it is read from.
    pub(super) fn column(&self) -> &'static str {
        match &self.of {
            Of::Column(column) => column_name(*column),
            Of::Path(root, _) => json_path::column(*root),
        }
    }

    fn value(&self, row: &dyn Columns) -> Result<Option<String>, StoreError> {
        let column = match &self.of {
            Of::Path(root, path) => {
                let payload = row::payload(&row)?;
                return Ok(json_path::of(*root, &payload).and_then(|json| json_path::text_at(json, path)));
            }
            Of::Column(column) => *column,
        };
        let name = column_name(column);
        let number = |scale: f64| {
            #[expect(clippy::cast_precision_loss, reason = "shown to people")]
            let text = |number: i64| (number as f64 / scale).to_string();
            Ok::<_, StoreError>(row.maybe_int(name)?.map(text))
        };
        Ok(match (column, column.info().kind) {
            (Column::Severity, _) => Severity::from_code(row.int(name)?).map(|word| word.to_string()),
            (Column::Status, _) => Status::from_code(row.int(name)?).map(|word| word.to_string()),
            (Column::CostSource, _) => row
                .maybe_int(name)?
                .and_then(CostSource::from_code)
                .map(|word| word.to_string()),
            (Column::StatusCode, _) => row.maybe_int(name)?.map(|code| code.to_string()),
            (Column::Input, _) => row::payload(&row)?.input,
            (Column::Output, _) => row::payload(&row)?.output,
            (_, Kind::Number) => {
                let json = row.maybe_text(name)?;
                let tokens = json.and_then(|json| serde_json::from_str::<Tokens>(&json).ok());
                tokens.map(|tokens| tokens_of(column, &tokens).to_string())
            }
            (_, Kind::Duration) => number(1e3)?,
            (_, Kind::Money) => number(1e9)?,
            (_, Kind::Time) => Some(Timestamp::from_micros(row.int(name)?).to_string()),
            _ => row.maybe_text(name)?,
        })
    }
}

/// The values of a row, without those that it has not.
pub(super) fn values(asked: &[AskedField], row: &dyn Columns) -> Result<BTreeMap<String, String>, StoreError> {
    let mut values = BTreeMap::new();
    for field in asked {
        if let Some(value) = field.value(row)? {
            values.insert(field.name.clone(), value);
        }
    }
    Ok(values)
}
