//! Searches that are kept by name.

use eventglass_model::{TimeRange, ViewSettings};
use leptos::{prelude::*, task::spawn_local};

use super::{
    super::{address::Address, state::Page},
    view_form::{Purpose, ViewForm},
};
use crate::{
    api::{self, ApiError, ApiResult, Fetched},
    components::{Dialog, Glyph, Icon, IconButton, LinkButton, Menu, MenuItem, Record, SkeletonLines, Toasts, wait},
    format::time_text,
    view::{IntoPart, Part, el, make, nothing, show, show_some, tag},
};

/// A search that is kept by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Saved {
    pub(super) id: i64,
    pub(super) settings: ViewSettings,
    /// Whether it is this viewer's own.
    mine: bool,
    /// Whether this viewer may change it.
    editable: bool,
    owner: String,
}

impl Saved {
    fn of(record: &Record) -> Self {
        let text = |key| record.text(key).unwrap_or_default();
        Self {
            id: record.number("id"),
            settings: ViewSettings {
                name: text("name"),
                q: text("q"),
                time: text("time"),
                columns: record.value("columns").unwrap_or_default(),
                shared: record.value("shared").unwrap_or_default(),
            },
            mine: record.value("mine").unwrap_or_default(),
            editable: record.value("editable").unwrap_or_default(),
            owner: text("owner"),
        }
    }

    /// Reads an answer that is one view.
    pub(super) fn read(json: &str) -> ApiResult<Self> {
        let record = Record::read(json).ok_or(ApiError::Unreadable(200))?;
        Ok(Self::of(&record))
    }

    fn read_list(json: &str) -> ApiResult<Vec<Self>> {
        let record = Record::read(json).ok_or(ApiError::Unreadable(200))?;
        Ok(record.list("items").iter().map(Self::of).collect())
    }

    /// Makes an address show it.
    fn apply(&self, address: &mut Address) {
        let range = TimeRange::parse(&self.settings.time).unwrap_or_default();
        *address = Address {
            columns: self.settings.columns.clone(),
            rows: address.rows,
            tail: address.tail,
            view: Some(self.id),
            ..Address::default()
        };
        address.query.q.clone_from(&self.settings.q);
        (address.query.from, address.query.to) = (range.from, range.to);
    }
}

/// What the page shows now, as a view of some name.
pub(super) fn current(page: Page, name: String, shared: bool) -> ViewSettings {
    let address = page.address.get_untracked();
    ViewSettings {
        name,
        time: time_text::write(address.query.from, address.query.to),
        q: address.query.q,
        columns: address.columns,
        shared,
    }
}

/// Opens, keeps, renames and forgets searches.
#[component]
pub(super) fn ViewsMenu() -> impl IntoView {
    let page = Page::from_context();
    let open = RwSignal::new(false);
    let naming = RwSignal::new(false);
    let purpose = RwSignal::new(Purpose::Create);
    let changed = RwSignal::new(0);
    let button = make(|| {
        let label = el("span", "wide-only", vec!["Views".part()]);
        vec![view! { <Icon glyph=Glyph::Bookmark/> }.part(), label].part()
    });
    let ask = Callback::new(move |what: Purpose| {
        open.set(false);
        purpose.set(what);
        naming.set(true);
    });
    let body = make(move || {
        let views = Fetched::one(move || api::views_path(&page.slug.read()));
        views.again_when(changed);
        let list = show_some(move || Some(list(page, open, ask, changed, views.text()?)));
        let meanwhile = view! { <SkeletonLines count=3/> }.part();
        let save = Callback::new(move |()| ask.run(Purpose::Create));
        vec![
            wait(meanwhile, list, RwSignal::new(false)),
            el(
                "div",
                "menu-last",
                vec![view! { <MenuItem label="Save this search…" glyph=Glyph::Plus on_press=save/> }.part()],
            ),
        ]
        .part()
    });
    let form = make(move || {
        let purpose = purpose.get_untracked();
        view! { <ViewForm purpose naming changed/> }.part()
    });
    vec![
        view! { <Menu id="views" open label="Saved views" button class="btn" end=true body/> }.part(),
        view! { <Dialog open=naming title="Saved view" id="view-dialog" body=form/> }.part(),
    ]
    .part()
}

fn list(
    page: Page,
    open: RwSignal<bool>,
    ask: Callback<Purpose>,
    changed: RwSignal<u32>,
    answer: ApiResult<String>,
) -> Part {
    let views = match answer.and_then(|json| Saved::read_list(&json)) {
        Ok(views) => views,
        Err(error) => return el("p", "menu-note", vec![error.message().part()]),
    };
    if views.is_empty() {
        let hint = "Nothing is saved yet. A view keeps the search, its time and the columns.";
        return el("p", "menu-note", vec![hint.part()]);
    }
    let (mine, others): (Vec<Saved>, Vec<Saved>) = views.into_iter().partition(|view| view.mine);
    let mut parts = Vec::new();
    for (title, views) in [("Yours", mine), ("Shared with the project", others)] {
        if !views.is_empty() {
            parts.push(el("p", "menu-note", vec![title.part()]));
            let rows = views.into_iter().map(|view| row(page, open, ask, changed, view));
            parts.push(el("ul", "views-list", rows.collect()));
        }
    }
    parts.part()
}

fn row(page: Page, open: RwSignal<bool>, ask: Callback<Purpose>, changed: RwSignal<u32>, view: Saved) -> Part {
    let id = view.id;
    let name = view.settings.name.clone();
    let is_open = move || page.address.read().view == Some(id);
    let opened = view.clone();
    let path = page.path_with(|address| view.apply(address));
    let mut link = tag("a")
        .class("menu-item")
        .attr("href", path)
        .word("aria-current", move || is_open().then_some("true"))
        .press(move |event| {
            event.prevent_default();
            open.set(false);
            page.open_view(|address| opened.apply(address));
        })
        .child(el("span", "truncate", vec![name.clone().part()]));
    if view.settings.shared {
        let by = if view.mine {
            "shared".to_owned()
        } else {
            view.owner.clone()
        };
        link = link.child(el("span", "menu-what", vec![by.part()]));
    }
    let mut parts = vec![link.part()];
    if view.editable {
        let edited = view.clone();
        let edit = Callback::new(move |()| ask.run(Purpose::Change(edited.clone())));
        let label = format!("Rename or share {name}");
        parts.push(view! { <IconButton glyph=Glyph::Sliders label on_press=edit/> }.part());
        parts.push(delete(page, changed, &view));
    }
    let row = el("div", "view-line", parts);
    let toasts = Toasts::from_context();
    // What it showed when it was saved is not what is shown now.
    let update = show(move || {
        let is_other = is_open()
            && view.editable
            && current(page, view.settings.name.clone(), view.settings.shared) != view.settings;
        if !is_other {
            return nothing();
        }
        let kept = view.clone();
        let keep = Callback::new(move |()| update(page, toasts, changed, &kept));
        view! { <LinkButton label="Save the changes" on_press=keep/> }.part()
    });
    el("li", "view-row", vec![row, update.part()])
}

fn update(page: Page, toasts: Toasts, changed: RwSignal<u32>, view: &Saved) {
    let slug = page.slug.get_untracked();
    let settings = current(page, view.settings.name.clone(), view.settings.shared);
    let id = view.id;
    spawn_local(async move {
        match api::change_view(&slug, id, &settings).await {
            Ok(_) => {
                toasts.say("Saved.");
                changed.try_update(|n| *n += 1);
            }
            Err(error) => toasts.error(error.message()),
        }
    });
}

/// Deletes upon the second press.
fn delete(page: Page, changed: RwSignal<u32>, view: &Saved) -> Part {
    let (id, name) = (view.id, view.settings.name.clone());
    let sure = RwSignal::new(false);
    let toasts = Toasts::from_context();
    let press = move |_| {
        if !sure.get_untracked() {
            sure.set(true);
            return;
        }
        let slug = page.slug.get_untracked();
        spawn_local(async move {
            match api::delete_view(&slug, id).await {
                Ok(()) => {
                    if page
                        .address
                        .try_get_untracked()
                        .is_some_and(|address| address.view == Some(id))
                    {
                        page.show_as(|address| address.view = None);
                    }
                    changed.try_update(|n| *n += 1);
                }
                Err(error) => toasts.error(error.message()),
            }
        });
    };
    let content = show(move || {
        if sure.get() {
            "Delete?".part()
        } else {
            view! { <Icon glyph=Glyph::Trash/> }.part()
        }
    });
    tag("button")
        .attr("type", "button")
        .word("class", move || {
            Some(if sure.get() {
                "btn btn-danger"
            } else {
                "btn btn-ghost btn-icon"
            })
        })
        .attr("title", "Delete")
        .text("aria-label", move || {
            if sure.get() {
                format!("Delete {name} for good")
            } else {
                format!("Delete {name}")
            }
        })
        .press(press)
        .on("blur", move |_| sure.set(false))
        .child(content.part())
        .part()
}
