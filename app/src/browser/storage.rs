//! Small things kept in the browser. A browser may refuse (private windows,
//! policies); nothing here is needed for anything to work.

use leptos::prelude::window;

/// Where to keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// Until the tab is closed.
    Tab,
    /// For good.
    Browser,
}

fn open(store: Store) -> Option<web_sys::Storage> {
    match store {
        Store::Tab => window().session_storage(),
        Store::Browser => window().local_storage(),
    }
    .ok()?
}

/// Keeps a value.
pub(crate) fn remember(store: Store, key: &str, value: &str) {
    if let Some(storage) = open(store) {
        let _ = storage.set_item(key, value);
    }
}

/// The value that was kept.
#[must_use]
pub(crate) fn recall(store: Store, key: &str) -> Option<String> {
    open(store)?.get_item(key).ok()?
}

/// Drops a value.
pub(crate) fn forget(store: Store, key: &str) {
    if let Some(storage) = open(store) {
        let _ = storage.remove_item(key);
    }
}
