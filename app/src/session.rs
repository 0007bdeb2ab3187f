//! Who is here and which project the page is about: asked for once per page,
//! shared by the frame and the pages.

use eventglass_model::Me;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

use crate::{
    api::{self, Fetched},
    view::memo,
};

/// What all pages share.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    /// Who is logged in; status 401 when nobody is.
    me: Fetched,
    /// The slug of the project that the address is about.
    pub(crate) slug: Memo<Option<String>>,
    /// That project, if there is one.
    pub(crate) project: Fetched,
    /// Whether the list of keyboard shortcuts is open.
    pub(crate) help: RwSignal<bool>,
}

impl Session {
    /// Makes it and offers it to all that is below. Inside of the router.
    pub(crate) fn provide() {
        let pathname = use_location().pathname;
        let slug = memo(move |_| pathname.with(|path| slug_in(path).map(str::to_owned)));
        provide_context(Self {
            me: Fetched::one(|| api::ME.to_owned()),
            slug,
            project: Fetched::all(move || slug.get().iter().map(|slug| api::project_path(slug)).collect()),
            help: RwSignal::new(false),
        });
    }

    /// What [`Self::provide`] made.
    pub(crate) fn from_context() -> Self {
        expect_context()
    }

    /// Who is logged in: not known yet, nobody, or somebody.
    pub(crate) fn me(self) -> Option<Option<Me>> {
        self.me.read().map(Result::ok)
    }
}

/// The slug of the project that the page is about; empty where it is about none.
pub(crate) fn project_slug() -> Memo<String> {
    let params = use_params_map();
    memo(move |_| params.read().get("project").unwrap_or_default())
}

/// `shop` in `/p/shop/events`.
fn slug_in(path: &str) -> Option<&str> {
    let slug = path.strip_prefix("/p/")?.split('/').next()?;
    (!slug.is_empty()).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_slug() {
        assert_eq!(slug_in("/p/shop/events/1"), Some("shop"));
        assert_eq!(slug_in("/p/shop"), Some("shop"));
        assert_eq!(slug_in("/p/"), None);
        assert_eq!(slug_in("/projects"), None);
    }
}
