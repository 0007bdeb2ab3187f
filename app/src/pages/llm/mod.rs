//! `/p/{slug}/llm`: what models cost, and how they fare.

mod page;
mod table;
mod unpriced;

pub(crate) use page::LlmPage;
