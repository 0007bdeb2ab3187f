//! A trace in the browser's memory: the arrays that came, and arithmetic on
//! them. There are no objects for spans, and nothing here knows of a page.

mod find;
mod folds;
mod graph;
mod kind;
mod read;
mod scale;
mod steps;
#[cfg(test)]
pub(super) mod tests;

pub(super) use find::{Found, next_error};
pub(super) use folds::{Folds, row_of, visible};
pub(super) use graph::{Actor, Graph, HEIGHT, WIDTH};
pub(super) use kind::Role;
pub(super) use read::{Tree, dollars, millis};
pub(super) use scale::{Window, micros_text};
pub(super) use steps::{Step, first_error, steps};
