//! The document.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{
    Element, HtmlDialogElement, HtmlElement, HtmlInputElement, ScrollIntoViewOptions, ScrollLogicalPosition,
};

/// Where this page came from: `http://localhost:8000`.
#[must_use]
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The path in the address bar: `/p/shop/events`.
#[must_use]
pub(crate) fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// All of what is in the address bar.
#[must_use]
pub(crate) fn address() -> String {
    window().location().href().unwrap_or_default()
}

/// Leaves for another page by loading it afresh, so that nothing of the
/// session before stays in memory.
pub(crate) fn assign(path: &str) {
    let _ = window().location().assign(path);
}

/// Whether the tab is in the background.
#[must_use]
pub(crate) fn is_hidden() -> bool {
    document().hidden()
}

/// Whether the page is laid out for a phone; the same width as in `style/`.
#[must_use]
pub(crate) fn is_narrow() -> bool {
    window()
        .match_media("(max-width: 47.99rem)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}

/// Moves the focus to an element.
pub(crate) fn focus_id(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// The id of what has the focus.
pub(crate) fn focused_id() -> Option<String> {
    let id = document().active_element()?.id();
    (!id.is_empty()).then_some(id)
}

/// Moves the focus to the first element that a selector matches.
pub(crate) fn focus(selector: &str) {
    let element = document().query_selector(selector).ok().flatten();
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Scrolls no further than needed to show an element.
pub(crate) fn reveal_id(id: &str) {
    if let Some(element) = element(id) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Sets or removes an attribute of `<html>`.
pub(crate) fn set_root_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// Whether the focus is inside of what a selector matches.
#[must_use]
pub(crate) fn focused_within(selector: &str) -> bool {
    document()
        .active_element()
        .is_some_and(|element| matches!(element.closest(selector), Ok(Some(_))))
}

/// Whether a key press belongs to where the focus is (a text field, an open
/// dialog or menu) and is not for the page.
#[must_use]
pub(crate) fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() || event.default_prevented() {
        return true;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return false;
    };
    let owner = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open], [data-menu]";
    matches!(target.closest(owner), Ok(Some(_)))
}

/// Opens a dialog as a modal one (the browser keeps the focus inside and
/// closes it on Esc), or closes it (the browser gives the focus back).
pub(crate) fn set_dialog(id: &str, open: bool) {
    let dialog = element(id).and_then(|element| element.dyn_into::<HtmlDialogElement>().ok());
    let Some(dialog) = dialog else { return };
    match (dialog.open(), open) {
        (false, true) => {
            let _ = dialog.show_modal();
        }
        (true, false) => dialog.close(),
        _ => {}
    }
}

/// Whether an event happened inside of what a selector matches.
pub(crate) fn is_within(target: Option<web_sys::EventTarget>, selector: &str) -> bool {
    target
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_some_and(|element| matches!(element.closest(selector), Ok(Some(_))))
}

/// What was typed into a field of the form that is being submitted.
pub(crate) fn field_of(event: &web_sys::SubmitEvent, name: &str) -> String {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok())
        .and_then(|form| web_sys::FormData::new_with_form(&form).ok())
        .and_then(|data| data.get(name).as_string())
        .unwrap_or_default()
}

/// The text of an input, by its id.
pub(crate) fn input(id: &str) -> Option<HtmlInputElement> {
    element(id)?.dyn_into().ok()
}

/// Left edge, top edge and width of an element on the screen, in pixels.
#[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
pub(crate) fn place_of(id: &str) -> Option<(i32, i32, i32)> {
    let place = element(id)?.get_bounding_client_rect();
    Some((place.left() as i32, place.top() as i32, place.width() as i32))
}

/// Lets an element fill the screen, until Esc.
pub(crate) fn full_screen(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.request_fullscreen();
    }
}

/// All values of the fields with a name of the form that is being submitted.
pub(crate) fn fields_of(event: &web_sys::SubmitEvent, name: &str) -> Vec<String> {
    let form = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
    let data = form.and_then(|form| web_sys::FormData::new_with_form(&form).ok());
    let values = data.map(|data| data.get_all(name)).unwrap_or_default();
    values.iter().filter_map(|value| value.as_string()).collect()
}

/// Sends whatever the pointer does to where it was pressed, until it is let go.
pub(crate) fn hold_pointer(event: &web_sys::PointerEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(target) = target {
        let _ = target.set_pointer_capture(event.pointer_id());
    }
}

/// Sets a property of an element's style, or removes it with an empty value.
/// The server's policy forbids styles in the markup, not by script.
pub(crate) fn set_style(id: &str, property: &str, value: &str) {
    if let Some(element) = element(id) {
        let _ = element.style().set_property(property, value);
    }
}

/// Presses a button, by its id.
pub(crate) fn click(id: &str) {
    if let Some(element) = element(id) {
        element.click();
    }
}
