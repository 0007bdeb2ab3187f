//! What is stored of a span of time: a blob for each part of it, so that a
//! question for counts does not read durations.

use std::collections::BTreeMap;

use super::Map;
use super::cell::{Cell, Numbers, read_steps, write_steps};
use super::codec::{Reader, Writer, unpack};
use super::histogram::Steps;
use super::key::{Key, Texts, read_key, read_values};
use super::users::Users;
use crate::store::StoreError;

/// Cells of a bucket, by the number of their series.
pub(super) type SeriesCells = BTreeMap<u32, Cell>;

/// Writes one cell: all events of the bucket.
pub(super) fn write_total(cell: &mut Cell) -> Vec<u8> {
    let mut writer = Writer::default();
    cell.write(&mut writer);
    writer.finish()
}

pub(super) fn read_total(blob: &[u8]) -> Result<Cell, StoreError> {
    Cell::read(&mut Reader(&unpack(blob)?))
}

/// Writes something of each series that has it, with the difference to the number before.
fn write_each(cells: &mut SeriesCells, mut each: impl FnMut(&mut Cell, &mut Writer) -> bool) -> Vec<u8> {
    let mut writer = Writer::default();
    let mut last = 0;
    for (id, cell) in cells {
        let mut own = Writer::default();
        if each(cell, &mut own) {
            writer.unsigned(u128::from(*id - last));
            writer.append(own);
            last = *id;
        }
    }
    writer.finish()
}

fn read_each(
    blob: &[u8],
    mut each: impl FnMut(u32, &mut Reader<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let plain = unpack(blob)?;
    let mut reader = Reader(&plain);
    let mut id = 0_u32;
    while !reader.is_empty() {
        id = id.saturating_add(u32::try_from(reader.small()?).unwrap_or(u32::MAX));
        each(id, &mut reader)?;
    }
    Ok(())
}

pub(super) fn write_numbers(cells: &mut SeriesCells) -> Vec<u8> {
    write_each(cells, |cell, writer| {
        let some = cell.numbers != Numbers::default();
        if some {
            cell.numbers.write(writer);
        }
        some
    })
}

pub(super) fn read_numbers(blob: &[u8], mut each: impl FnMut(u32, &Numbers)) -> Result<(), StoreError> {
    read_each(blob, |id, reader| {
        each(id, &Numbers::read(reader)?);
        Ok(())
    })
}

pub(super) fn write_durations(cells: &mut SeriesCells) -> Vec<u8> {
    write_each(cells, |cell, writer| {
        let some = !cell.durations.tidied().is_empty();
        if some {
            write_steps(&mut cell.durations, writer);
        }
        some
    })
}

/// Gives each step of each series, and how many values there are in it.
pub(super) fn read_durations(blob: &[u8], mut each: impl FnMut(u32, u16, i64)) -> Result<(), StoreError> {
    read_each(blob, |id, reader| {
        read_steps(reader, |step, count| each(id, step, count))
    })
}

pub(super) fn write_users(cells: &mut SeriesCells) -> Vec<u8> {
    write_each(cells, |cell, writer| {
        let some = !cell.users.is_empty();
        if some {
            cell.users.write(writer);
        }
        some
    })
}

pub(super) fn read_users(blob: &[u8], mut each: impl FnMut(u32, Users)) -> Result<(), StoreError> {
    read_each(blob, |id, reader| {
        each(id, Users::read(reader)?);
        Ok(())
    })
}

/// All that is stored of the series of a bucket.
pub(super) fn read_series(
    numbers: Option<&[u8]>,
    durations: Option<&[u8]>,
    users: Option<&[u8]>,
) -> Result<SeriesCells, StoreError> {
    let mut cells = SeriesCells::new();
    if let Some(blob) = numbers {
        read_numbers(blob, |id, numbers| cells.entry(id).or_default().numbers = *numbers)?;
    }
    if let Some(blob) = durations {
        let mut steps: Vec<(u32, u16, i64)> = Vec::new();
        read_durations(blob, |id, step, count| steps.push((id, step, count)))?;
        for (id, step, count) in steps {
            let durations: &mut Steps = &mut cells.entry(id).or_default().durations;
            durations.add(step, count);
        }
    }
    if let Some(blob) = users {
        read_users(blob, |id, users| cells.entry(id).or_default().users = users)?;
    }
    Ok(cells)
}

/// Writes cells with their names, the names in order.
pub(super) fn write_table(cells: &mut Map<Key, Cell>) -> Vec<u8> {
    let mut rows: Vec<(&Key, &mut Cell)> = cells
        .iter_mut()
        .filter_map(|(key, cell)| (!cell.is_empty()).then_some((key, cell)))
        .collect();
    rows.sort_unstable_by_key(|(key, _)| *key);
    let mut texts = Texts::default();
    let mut body = Writer::default();
    for (key, cell) in rows {
        for value in key.iter() {
            body.unsigned(u128::from(texts.number_of(value)));
        }
        cell.write(&mut body);
    }
    let mut writer = Writer::default();
    texts.write(&mut writer);
    writer.append(body);
    writer.finish()
}

pub(super) fn read_table(blob: &[u8], dimensions: usize, mut each: impl FnMut(Key, Cell)) -> Result<(), StoreError> {
    let plain = unpack(blob)?;
    let mut reader = Reader(&plain);
    let values = read_values(&mut reader)?;
    while !reader.is_empty() {
        let key = read_key(&mut reader, &values, dimensions)?;
        each(key, Cell::read(&mut reader)?);
    }
    Ok(())
}
