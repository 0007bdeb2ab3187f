//! Which rows are in sight.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::super::state::Page;
use crate::{api::FIRST_ROWS, pages::traces::tree::row_of};

/// Names what scrolls.
pub(super) const SCROLLER: &str = "spans-scroll";
/// The height of a row, in pixels; the same as in the style.
pub(super) const ROW: i32 = 28;
/// How many rows are drawn above and below of those in sight.
const OVERSCAN: usize = 12;
/// The rows that are drawn change by so many at a time.
const STEP: usize = 4;

/// The rows that are drawn: from one to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Drawn {
    /// What the server draws, who knows nothing of the screen.
    pub(super) const FIRST: Self = Self {
        from: 0,
        to: FIRST_ROWS,
    };

    /// Those in sight, and some more.
    fn at(top: i32, height: i32) -> Self {
        let row = |pixels: i32| usize::try_from(pixels / ROW).unwrap_or(0);
        let from = row(top).saturating_sub(OVERSCAN) / STEP * STEP;
        let to = (row(top + height) + OVERSCAN) / STEP * STEP + STEP;
        Self { from, to }
    }

    /// Those that fit into the window, before there is a list to measure.
    pub(super) fn in_window() -> Self {
        let height = window().inner_height().ok().and_then(|height| height.as_f64());
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
        height.map_or(Self::FIRST, |height| Self::at(0, height as i32))
    }

    /// What is in sight now.
    pub(super) fn now() -> Option<Self> {
        let scroller = scroller()?;
        Some(Self::at(scroller.scroll_top(), scroller.client_height()))
    }
}

fn scroller() -> Option<web_sys::HtmlElement> {
    document().get_element_by_id(SCROLLER)?.dyn_into().ok()
}

/// Scrolls no further than needed to show a row. By the next frame the list
/// has its new height.
pub(in super::super) fn scroll_to_row(row: usize) {
    request_animation_frame(move || {
        let Some(scroller) = scroller() else { return };
        let top = i32::try_from(row).unwrap_or(i32::MAX / ROW).saturating_mul(ROW);
        let height = scroller.client_height() - ROW;
        let now = scroller.scroll_top();
        // Two rows of what is around it can be seen as well.
        if top < now + 2 * ROW {
            scroller.set_scroll_top((top - 2 * ROW).max(0));
        } else if top > now + height - 3 * ROW {
            scroller.set_scroll_top(top - height + 3 * ROW);
        }
    });
}

/// The span at the top of what is in sight, and how far below the edge it is.
pub(in super::super) fn anchor(page: Page) -> Option<(String, i32)> {
    let top = scroller()?.scroll_top();
    if top == 0 {
        return None;
    }
    let row = usize::try_from(top / ROW).ok()?;
    let span = page.rows.read_untracked().get(row).copied()? as usize;
    Some((page.tree.read_untracked().id(span).to_owned(), top % ROW))
}

/// Scrolls so that it is there again.
pub(in super::super) fn restore(page: Page, anchor: Option<(String, i32)>) {
    let Some((id, offset)) = anchor else { return };
    let Some(span) = page.tree.read_untracked().spans.position(&id) else {
        return;
    };
    let row = row_of(&page.rows.read_untracked(), span);
    let top = i32::try_from(row).unwrap_or(0).saturating_mul(ROW) + offset;
    // The list grows with the effects of what was just set, before this frame is painted.
    request_animation_frame(move || {
        if let Some(scroller) = scroller() {
            scroller.set_scroll_top(top);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_what_is_in_sight_and_some_more() {
        assert_eq!(Drawn::at(0, 280), Drawn { from: 0, to: 24 });
        let drawn = Drawn::at(28_000, 280);
        assert_eq!(drawn, Drawn { from: 988, to: 1_024 });
        // A few pixels more change nothing.
        assert_eq!(Drawn::at(28_027, 280), drawn);
    }
}
