//! The document around the app, which only the server writes.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use crate::{App, assets::SiteAssets};

/// Before the first paint: the theme that was chosen here, if any. Without
/// it, the page would flash in the other one.
const THEME_SCRIPT: &str =
    "try{const t=localStorage.getItem('eg_theme');if(t)document.documentElement.dataset.theme=t}catch{}";

/// The document of the page at a path: head, app and what wakes it in the browser.
///
/// No inline style and no inline script without the nonce: the policy that
/// the server sends forbids both.
pub fn shell(assets: &SiteAssets, path: &str) -> impl IntoView + use<> {
    let preloads = assets
        .wasm_of(path)
        .into_iter()
        .map(|file| view! { <link rel="preload" r#as="fetch" type="application/wasm" crossorigin="" href=file/> })
        .collect_view();
    let SiteAssets {
        js, wasm, css, fonts, ..
    } = assets.clone();
    let wake = format!("import init,{{hydrate}} from {js:?};init({{module_or_path:{wasm:?}}}).then(()=>hydrate())");
    let fonts = fonts
        .into_iter()
        .map(|font| view! { <link rel="preload" r#as="font" type="font/woff2" crossorigin="" href=font/> })
        .collect_view();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f8f9fa"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0d1013"/>
                <meta name="robots" content="noindex"/>
                <script nonce=use_nonce()>{THEME_SCRIPT}</script>
                <link rel="stylesheet" href=css/>
                {fonts}
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <link rel="modulepreload" href=js/>
                {preloads}
                <script type="module" nonce=use_nonce()>
                    {wake}
                </script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
