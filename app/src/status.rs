//! The HTTP status of a page that the server renders: 200 unless a page says
//! otherwise.

/// Sets the status of the page being rendered; nothing in the browser.
pub(crate) fn set(status: u16) {
    #[cfg(feature = "ssr")]
    if let Some(page) = leptos::prelude::use_context::<crate::assets::PageStatus>() {
        page.set(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}
