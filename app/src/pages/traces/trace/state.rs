//! What the parts of the page share.

use std::{sync::Arc, time::Duration};

use eventglass_model::encode_segment;
use leptos::{leptos_dom::helpers::debounce, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_params_map},
};

use super::{
    address::{Address, View},
    rows::scroll_to_row,
};
use crate::{
    api::{self, ApiError, ApiResult, Fetched, Portion},
    browser,
    live::Live,
    pages::traces::tree::{Folds, Found, Step, Tree, Window, next_error, row_of, steps, visible},
    session::project_slug,
    view::{effect, memo},
};

/// How long the keyboard must rest on a span before it is opened in the panel.
const REST: Duration = Duration::from_millis(120);

/// The pause before the whole trace is asked for again, when it did not come.
const AGAIN: Duration = Duration::from_secs(2);

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(in super::super) struct Page {
    /// The project; empty where the trace was shared.
    pub(super) slug: Memo<String>,
    /// The id of the trace; the secret of the link where it was shared.
    pub(super) trace: Memo<String>,
    /// Where the trace is in the API.
    pub(in super::super) api: Memo<String>,
    /// Where this page is, without its query.
    path: Memo<String>,
    /// What its query says.
    pub(super) address: Memo<Address>,
    /// The trace, once it is there.
    pub(in super::super) tree: RwSignal<Arc<Tree>>,
    /// Raised whenever the trace is another one, or has changed.
    pub(super) version: RwSignal<u32>,
    /// Which spans are collapsed.
    pub(super) folds: RwSignal<Folds>,
    /// The spans that have a row.
    pub(super) rows: Memo<Arc<Vec<u32>>>,
    /// The span that the keyboard is at.
    pub(super) cursor: RwSignal<usize>,
    /// The span that is open.
    pub(super) open: Memo<Option<usize>>,
    /// What the search found.
    pub(super) found: Memo<Arc<Found>>,
    /// The stretch of time that is shown.
    pub(super) window: RwSignal<Window>,
    /// Where on the axis one points, in hundredths of a percent.
    pub(super) pointing: RwSignal<Option<i64>>,
    /// What the agent did.
    pub(super) steps: Memo<Arc<Vec<Step>>>,
    /// The span that is open, whole.
    pub(super) span: Fetched,
    /// How it stands with the asking for what is new.
    pub(super) asking: Live,
    go: StoredValue<Box<dyn Fn(Address, bool) + Send + Sync>>,
    open_soon: StoredValue<Box<dyn Fn() + Send + Sync>>,
}

impl Page {
    /// Makes it and offers it to all that is below.
    pub(super) fn provide() -> Self {
        let params = use_params_map();
        let location = use_location();
        let navigate = use_navigate();
        let slug = project_slug();
        let param = move |name: &'static str| memo(move |_| params.read().get(name).unwrap_or_default());
        let (trace_id, token) = (param("trace"), param("token"));
        let trace = memo(move |_| {
            if slug.read().is_empty() {
                token.get()
            } else {
                trace_id.get()
            }
        });
        let api = memo(move |_| {
            if slug.read().is_empty() {
                api::shared_path(&token.read())
            } else {
                api::trace_path(&slug.read(), &trace.read())
            }
        });
        let path = memo(move |_| {
            if slug.read().is_empty() {
                format!("/shared/{}", encode_segment(&token.read()))
            } else {
                format!("/p/{}/traces/{}", slug.read(), encode_segment(&trace.read()))
            }
        });
        // On the way to another page the address changes before this one is gone.
        let address = memo(move |before: Option<&Address>| {
            let here = location.pathname.with(|path| is_trace(path));
            match before {
                Some(before) if !here => before.clone(),
                _ => location.search.with(|search| Address::parse(search)),
            }
        });
        let tree = RwSignal::new(Arc::new(Tree::default()));
        let folds = RwSignal::new(Folds::to_depth(address.read_untracked().depth));
        let open = memo(move |_| {
            let address = address.read();
            let span = address.span.as_deref()?;
            tree.read().spans.position(span)
        });
        let found = memo(move |_| Arc::new(Found::search(&tree.read(), &address.read().find)));
        let page = Self {
            slug,
            trace,
            api,
            path,
            address,
            tree,
            version: RwSignal::new(0),
            folds,
            rows: memo(move |_| Arc::new(visible(&tree.read(), &folds.read()))),
            cursor: RwSignal::new(0),
            open,
            found,
            window: RwSignal::new(Window::whole(1)),
            pointing: RwSignal::new(None),
            steps: memo(move |_| Arc::new(steps(&tree.read()))),
            span: Fetched::portion(Portion::IfSmall, move || {
                let span = address.read().span.clone();
                span.map(|span| api::span_path(&api.read(), &span))
            }),
            asking: Live::new(),
            go: StoredValue::new(Box::new(move |address: Address, replace| {
                let options = NavigateOptions {
                    replace,
                    scroll: false,
                    ..NavigateOptions::default()
                };
                navigate(&address.write(&path.read_untracked()), options);
            })),
            open_soon: StoredValue::new(Box::new(|| {})),
        };
        page.follow();
        provide_context(page);
        page
    }

    /// What [`Self::provide`] made.
    pub(in super::super) fn from_context() -> Self {
        expect_context()
    }

    /// What happens by itself in the browser.
    fn follow(self) {
        effect(move || {
            let soon = debounce(REST, move |()| {
                if self
                    .address
                    .try_get_untracked()
                    .is_some_and(|address| address.span.is_some())
                {
                    self.show(self.cursor.get_untracked(), true);
                }
            });
            let soon = send_wrapper::SendWrapper::new(std::cell::RefCell::new(soon));
            self.open_soon.set_value(Box::new(move || (soon.borrow_mut())(())));
        });
        // Back, or a link: the list goes where the address says. By the span's
        // id: a live trace moves its spans, and the list must stay then.
        let id = memo(move |_| self.address.read().span.clone());
        let is_here = memo(move |_| self.tree.read().len() > 0);
        effect(move || {
            id.track();
            if is_here.get()
                && let Some(open) = self.open.get_untracked()
            {
                self.cursor.set(open);
                self.reveal(open);
            }
        });
        effect(move || {
            let depth = self.address.read().depth;
            if depth != self.folds.read_untracked().depth {
                self.folds.set(Folds::to_depth(depth));
            }
        });
    }

    /// Takes a trace in, or the same trace as it is now.
    pub(super) fn load(self, json: &str) -> ApiResult<()> {
        let tree = Tree::read(json).ok_or(ApiError::Unreadable(200))?;
        self.take(tree);
        Ok(())
    }

    fn take(self, tree: Tree) {
        let before = self.tree.get_untracked();
        let is_same = before.head.trace_id == tree.head.trace_id;
        if is_same && before.watermark == tree.watermark && before.len() == tree.len() {
            return;
        }
        let total = tree.total_us;
        if is_same {
            // What is being read stays where it is.
            let carried = self.folds.read_untracked().carry(&before, &tree);
            let cursor = tree.spans.position(before.id(self.cursor.get_untracked()));
            let zoomed = self.window.get_untracked();
            let anchor = super::rows::anchor(self);
            self.tree.set(Arc::new(tree));
            self.folds.set(carried);
            self.cursor.set(cursor.unwrap_or(0));
            if !zoomed.is_zoomed(before.total_us) {
                self.window.set(Window::whole(total));
            }
            super::rows::restore(self, anchor);
        } else {
            self.tree.set(Arc::new(tree));
            self.folds.set(Folds::to_depth(self.address.read_untracked().depth));
            self.cursor.set(self.open.get_untracked().unwrap_or(0));
            self.window.set(Window::whole(total));
        }
        self.version.update(|version| *version += 1);
    }

    /// Where all of the trace is. The browser asks for the form that it reads
    /// fastest; the server cuts the other to the rows that it draws.
    pub(super) fn whole(self) -> String {
        let api = self.api.get();
        if cfg!(feature = "ssr") {
            api
        } else {
            format!("{api}?form=packed")
        }
    }

    /// Fetches all of the trace, where the page came with its first rows only;
    /// again and again while the server does not answer.
    pub(super) fn load_whole(self) {
        let (api, path) = (self.api.get_untracked(), untrack(|| self.whole()));
        spawn_local(async move {
            let is_here = || self.api.try_get_untracked().as_ref() == Some(&api);
            loop {
                let loaded = api::get_text(path.clone()).await;
                if !is_here() {
                    return;
                }
                if loaded.and_then(|text| self.load(&text)).is_ok() {
                    break;
                }
                browser::sleep(AGAIN).await;
                if !is_here() {
                    return;
                }
            }
            if let Some(open) = self.open.get_untracked() {
                self.cursor.set(open);
                self.reveal(open);
            }
        });
    }

    /// The address of a span of this trace.
    pub(super) fn span_href(self, span: usize) -> String {
        let address = Address {
            span: Some(self.tree.read_untracked().id(span).to_owned()),
            ..self.address.get_untracked()
        };
        address.write(&self.path.read_untracked())
    }

    /// The address of a view of this trace.
    pub(super) fn view_href(self, view: View) -> String {
        let address = Address {
            view,
            ..self.address.get_untracked()
        };
        address.write(&self.path.read_untracked())
    }

    /// Changes the address. What replaces leaves no trace in the history.
    pub(super) fn change(self, replace: bool, change: impl FnOnce(&mut Address)) {
        let mut address = self.address.get_untracked();
        change(&mut address);
        if address != *self.address.read_untracked() {
            self.go.with_value(|go| go(address, replace));
        }
    }

    /// Opens a span. Going from one to the next leaves no trace in the history.
    pub(super) fn show(self, span: usize, replace: bool) {
        let id = self.tree.read_untracked().id(span).to_owned();
        self.cursor.set(span);
        let replace = replace || self.address.read_untracked().span.is_some();
        self.change(replace, |address| address.span = Some(id));
    }

    /// Closes the span that is open.
    pub(super) fn close(self) {
        self.change(false, |address| address.span = None);
    }

    /// Moves the keyboard to a span; where one is open, that one is opened when the keyboard rests.
    pub(super) fn go_to(self, span: usize) {
        self.cursor.set(span);
        self.reveal(span);
        if self.address.read_untracked().span.is_some() {
            self.open_soon.with_value(|open| open());
        }
    }

    /// Unfolds what a span is in, and scrolls to it.
    fn reveal(self, span: usize) {
        let mut folds = self.folds.get_untracked();
        folds.reveal(&self.tree.read_untracked(), span);
        if folds != *self.folds.read_untracked() {
            self.folds.set(folds);
        }
        scroll_to_row(row_of(&self.rows.read_untracked(), span));
    }

    /// Collapses a span, or unfolds it.
    pub(super) fn fold(self, span: usize, folded: bool) {
        let tree = self.tree.get_untracked();
        self.folds.update(|folds| folds.set(&tree, span, folded));
        // The keyboard must not be where nothing can be seen.
        let inside = span + 1..tree.spans.after(span);
        if folded && inside.contains(&self.cursor.get_untracked()) {
            self.go_to(span);
        }
    }

    /// Collapses everything this deep; nothing, with none.
    pub(super) fn fold_to(self, depth: Option<u32>) {
        self.folds.set(Folds::to_depth(depth));
        let rows = self.rows.get_untracked();
        let row = row_of(&rows, self.cursor.get_untracked());
        self.cursor.set(rows.get(row).map_or(0, |span| *span as usize));
        scroll_to_row(row);
        self.change(true, |address| address.depth = depth);
    }

    /// Goes to the next span that failed.
    pub(super) fn next_error(self, back: bool) {
        let next = next_error(&self.tree.read_untracked(), Some(self.cursor.get_untracked()), back);
        if let Some(span) = next {
            self.go_to(span);
        }
    }

    /// Goes to the next span that was found.
    pub(super) fn next_found(self, back: bool) {
        let next = self
            .found
            .read_untracked()
            .next(Some(self.cursor.get_untracked()), back);
        if let Some(span) = next {
            self.go_to(span);
        }
    }

    /// Changes the stretch of time that is shown.
    pub(super) fn zoom(self, change: impl FnOnce(Window, i64) -> Window) {
        let total = self.tree.read_untracked().total_us;
        self.window.update(|window| *window = change(*window, total));
    }
}

fn is_trace(path: &str) -> bool {
    path.starts_with("/shared/")
        || path
            .strip_prefix("/p/")
            .is_some_and(|rest| rest.split('/').nth(1) == Some("traces") && rest.split('/').nth(2).is_some())
}
