//! Two traces side by side: `/p/{slug}/traces/compare?a=&b=`.

mod choose;
mod page;
mod prompts;
mod rows;

pub(crate) use page::ComparePage;
