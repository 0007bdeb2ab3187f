//! The wasm entry: hydrate and nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server rendered, once the bundle that draws
/// it has arrived. A page whose bundle does not come stays as the server wrote
/// it: its links and forms work without scripts.
#[wasm_bindgen]
pub async fn hydrate() {
    // Costs 5 KB, and a visitor has no use for it.
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));

    if eventglass_app::load_this_page().await {
        leptos::mount::hydrate_body(eventglass_app::App);
    }
}
