//! Memos and effects, each of one type however it is computed.

use leptos::prelude::{Effect, Memo};

/// Something computed from signals; what depends on it is told only when it
/// is another one. It is given what it was before.
pub(crate) fn memo<T>(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    boxed(Box::new(compute))
}

/// Computes a value from the one before.
type Compute<T> = Box<dyn Fn(Option<&T>) -> T + Send + Sync>;

/// Compiled once for each type of value, and not once for each computation.
fn boxed<T>(compute: Compute<T>) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    Memo::new(compute)
}

/// Does something in the browser, and does it again whenever a signal that it
/// reads changes.
pub(crate) fn effect(act: impl FnMut() + 'static) {
    boxed_effect(Box::new(act));
}

fn boxed_effect(mut act: Box<dyn FnMut()>) {
    Effect::new(move |_| act());
}
