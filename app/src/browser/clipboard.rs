//! Copying.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Puts text on the clipboard; whether that worked.
pub(crate) async fn copy(text: &str) -> bool {
    // Browsers offer the clipboard to https and localhost alone, and many a
    // team runs this on http://some-box:8000.
    if window().is_secure_context() {
        return JsFuture::from(window().navigator().clipboard().write_text(text))
            .await
            .is_ok();
    }
    copy_by_selection(text).unwrap_or(false)
}

fn copy_by_selection(text: &str) -> Option<bool> {
    let document: web_sys::HtmlDocument = document().dyn_into().ok()?;
    let area: web_sys::HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_class_name("sr-only");
    // Inside an open dialog, what is outside cannot take the focus.
    let host = match document.query_selector("dialog[open]").ok()? {
        Some(dialog) => dialog,
        None => document.body()?.into(),
    };
    host.append_child(&area).ok()?;
    area.select();
    let copied = document.exec_command("copy").ok();
    area.remove();
    copied
}
