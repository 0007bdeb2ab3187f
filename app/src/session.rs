//! Who is here and which project the page is about: asked for once per page,
//! shared by the frame and the pages.

use eventglass_model::{Me, Project};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api::{self, ApiResult};

/// What all pages share.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    /// Who is logged in; status 401 when nobody is.
    pub(crate) me: Resource<ApiResult<Me>>,
    /// The slug of the project that the address is about.
    pub(crate) slug: Memo<Option<String>>,
    /// That project.
    pub(crate) project: Resource<Option<ApiResult<Project>>>,
    /// Whether the list of keyboard shortcuts is open.
    pub(crate) help: RwSignal<bool>,
}

impl Session {
    /// Makes it and offers it to all that is below. Inside of the router.
    pub(crate) fn provide() {
        let pathname = use_location().pathname;
        let slug = Memo::new(move |_| pathname.with(|path| slug_in(path).map(str::to_owned)));
        provide_context(Self {
            me: Resource::new(|| (), |()| api::me()),
            slug,
            project: Resource::new(
                move || slug.get(),
                |slug| async move {
                    match slug {
                        Some(slug) => Some(api::project(&slug).await),
                        None => None,
                    }
                },
            ),
            help: RwSignal::new(false),
        });
    }

    /// What [`Self::provide`] made.
    pub(crate) fn from_context() -> Self {
        expect_context()
    }
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
