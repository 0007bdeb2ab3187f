//! Draws a page whose code may still be on its way.

use std::{
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll, Waker},
};

use leptos::{prelude::*, task::spawn_local, wasm_split::SplitLoaderError};

use super::{Bundle, events, numbers, settings, traces};
use crate::{
    browser,
    components::{Button, EmptyState, Glyph, SkeletonRows},
    view::{IntoPart, Part, el, show},
};

/// A page, if its bundle is here.
pub(super) type Drawn = Result<Part, SplitLoaderError>;

/// Which bundles are here. On the server all are.
static LOADED: [AtomicBool; 4] = [const { AtomicBool::new(cfg!(not(target_family = "wasm"))) }; 4];

impl Bundle {
    fn loaded(self) -> Option<&'static AtomicBool> {
        LOADED.get(self as usize)
    }

    fn is_loaded(self) -> bool {
        self.loaded().is_some_and(|loaded| loaded.load(Ordering::Relaxed))
    }

    /// Fetches it unless it is here; false when it does not come. What failed
    /// once is fetched again the next time.
    async fn load(self) -> bool {
        let result = match self {
            Self::Events => events::load().await,
            Self::Numbers => numbers::load().await,
            Self::Settings => settings::load().await,
            Self::Traces => traces::load().await,
        };
        if result.is_ok()
            && let Some(loaded) = self.loaded()
        {
            loaded.store(true, Ordering::Relaxed);
        }
        result.is_ok()
    }
}

/// Fetches what draws the page in the address bar; false when it does not come.
pub async fn load_this_page() -> bool {
    match Bundle::of(&browser::path()) {
        Some(bundle) => bundle.load().await,
        None => true,
    }
}

/// Fetches what a link leads to, before it is followed.
pub(crate) fn prefetch(path: &str) {
    if let Some(bundle) = Bundle::of(path)
        && !bundle.is_loaded()
    {
        spawn_local(async move {
            bundle.load().await;
        });
    }
}

/// How far the loading is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Loading,
    Loaded,
    Failed,
}

/// Draws a page of a bundle: at once if the bundle is here, which it always is
/// on the server and at hydration, else as soon as it has come.
pub(super) fn lazy<F>(bundle: Bundle, draw: impl Fn() -> F + Send + 'static) -> Part
where
    F: Future<Output = Drawn>,
{
    if bundle.is_loaded() {
        return now(draw());
    }
    let progress = RwSignal::new(Progress::Loading);
    let load = move || {
        progress.set(Progress::Loading);
        spawn_local(async move {
            let done = if bundle.load().await {
                Progress::Loaded
            } else {
                Progress::Failed
            };
            // Nobody may be waiting any more.
            let _ = progress.try_set(done);
        });
    };
    load();
    show(move || match progress.get() {
        Progress::Loading => el("div", "late", vec![view! { <SkeletonRows count=8/> }.part()]),
        Progress::Loaded => now(draw()),
        Progress::Failed => failed(),
    })
    .part()
}

/// The outcome of a drawing that has nothing left to wait for.
fn now(drawing: impl Future<Output = Drawn>) -> Part {
    match pin!(drawing).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(part)) => part,
        Poll::Ready(Err(_)) | Poll::Pending => failed(),
    }
}

/// No connection; or a newer server has taken over, which has other files, and
/// loading the page from it brings those.
fn failed() -> Part {
    let reload = Callback::new(|()| browser::assign(&browser::address()));
    let body = vec![
        el(
            "p",
            "",
            vec!["Its code did not come: the connection is lost, or the server was upgraded.".part()],
        ),
        view! { <Button label="Load the page again" on_press=reload/> }.part(),
    ]
    .part();
    view! { <EmptyState glyph=Glyph::Offline title="This page could not be loaded" body/> }.part()
}
