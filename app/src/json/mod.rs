//! JSON as the pages read it: taken apart and left as it was written
//! ([`members`], [`items`]), or as a type ([`from_text`]).

mod members;
mod scan;
mod typed;
#[cfg(test)]
mod typed_tests;

pub(crate) use members::{items, members};
pub(crate) use scan::Scanner;
pub(crate) use typed::{NotRead, from_text};
