//! The wasm entry: hydrate and nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server rendered.
#[wasm_bindgen]
pub fn hydrate() {
    // Costs 5 KB, and a visitor has no use for it.
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));

    leptos::mount::hydrate_body(eventglass_app::App);
}
