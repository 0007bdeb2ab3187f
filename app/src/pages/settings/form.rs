//! The form of a project's settings.

use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

use super::limits::{LIMITS, read};
use crate::{
    api, browser,
    components::{Field, Panel, Record, SubmitButton, Toasts, field_note, form_error},
    view::{IntoPart, Part, el, tag, text},
};

/// What becomes of an event whose id is stored already: its name in the API,
/// what to call it, what it means.
const DUPLICATES: [(&str, &str, &str); 2] = [
    (
        "accept",
        "Accept",
        "The answer is a success, marked as a duplicate. Right for SDKs that send again when in doubt.",
    ),
    (
        "conflict",
        "Refuse with 409",
        "The sender is told of the conflict, unless it never heard that the first one was stored.",
    ),
];

/// What is wrong, at each field and with the whole.
#[derive(Clone, Copy)]
struct Faults {
    limits: [RwSignal<Option<String>>; LIMITS.len()],
    plan: RwSignal<Option<String>>,
    whole: RwSignal<Option<String>>,
}

impl Faults {
    fn new() -> Self {
        let none = || RwSignal::new(None::<String>);
        Self {
            limits: [(); LIMITS.len()].map(|()| none()),
            plan: none(),
            whole: none(),
        }
    }

    fn show(self, error: &api::ApiError) {
        let mut placed = false;
        for ((name, ..), fault) in LIMITS.iter().zip(self.limits) {
            placed |= place(fault, name, error.field(name));
        }
        let plan = match error.code() {
            "admin_token_required" => Some(error.message()),
            _ => error.field("plan"),
        };
        placed |= place(self.plan, "plan", plan);
        self.whole.set((!placed).then(|| error.message()));
    }
}

/// Says what is wrong with a field, and moves there; whether anything is.
fn place(fault: RwSignal<Option<String>>, id: &str, what: Option<String>) -> bool {
    let is_wrong = what.is_some();
    if is_wrong {
        browser::focus_id(id);
    }
    fault.set(what);
    is_wrong
}

/// The settings as they are ([`ProjectSettingsView`](eventglass_model::ProjectSettingsView)), to be changed.
pub(super) fn settings_form(slug: Memo<String>, record: &Record, saved: Callback<()>) -> Part {
    let faults = Faults::new();
    let busy = RwSignal::new(false);
    // Whether what the form says is what the server has.
    let clean = RwSignal::new(true);
    let plan = StoredValue::new(record.text("plan").unwrap_or_default());
    let toasts = Toasts::from_context();
    let submit = move |event: ev::Event| {
        let event: ev::SubmitEvent = event.unchecked_into();
        event.prevent_default();
        let chosen_plan = browser::field_of(&event, "plan");
        let Some(body) = body_of(&event, &chosen_plan, &plan.read_value(), faults) else {
            return;
        };
        busy.set(true);
        spawn_local(async move {
            let answer = api::change_settings(&slug.get_untracked(), body).await;
            // By now the page may be gone.
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    plan.set_value(chosen_plan);
                    faults.plan.set(None);
                    clean.set(true);
                    toasts.say("The settings are saved.");
                    saved.run(());
                }
                Err(error) => faults.show(&error),
            }
        });
    };
    let state = text(move || if clean.get() { "All is saved." } else { "Not saved yet." }.to_owned());
    let foot = vec![
        view! { <SubmitButton busy label="Save"/> }.part(),
        tag("span")
            .class("note")
            .attr("role", "status")
            .child(state.part())
            .part(),
    ];
    tag("form")
        .class("settings")
        .attr("method", "post")
        .attr("novalidate", "")
        .on("submit", submit)
        .on("input", move |_| clean.set(false))
        .child(duplicates(&record.text("duplicates").unwrap_or_default()))
        .child(links(record.value("trace_links") == Some(true)))
        .child(limits(record.within("limits").as_ref(), faults))
        .children(plans(record, faults).into_iter().collect())
        .child(form_error(faults.whole))
        .child(el("div", "settings-foot", foot))
        .part()
}

/// What was typed, as the body of the request; none where something is wrong.
fn body_of(event: &ev::SubmitEvent, chosen_plan: &str, plan: &str, faults: Faults) -> Option<String> {
    faults.whole.set(None);
    let mut limits = String::new();
    let mut sound = true;
    for ((name, ..), fault) in LIMITS.iter().zip(faults.limits) {
        match read(&browser::field_of(event, name)) {
            Ok(value) => {
                fault.set(None);
                let comma = if limits.is_empty() { "" } else { "," };
                limits.push_str(&format!("{comma}\"{name}\":{value}"));
            }
            Err(what) => {
                // The first of them.
                if sound {
                    browser::focus_id(name);
                }
                fault.set(Some(what.to_owned()));
                sound = false;
            }
        }
    }
    // Said only when it is another one: to change it may take more than to change the rest.
    let plan = if chosen_plan.is_empty() || chosen_plan == plan {
        String::new()
    } else {
        format!(",\"plan\":{}", quoted(chosen_plan))
    };
    let duplicates = quoted(&browser::field_of(event, "duplicates"));
    // A box that is not ticked is not in the form.
    let links = !browser::field_of(event, "trace_links").is_empty();
    sound.then(|| format!("{{\"duplicates\":{duplicates},\"trace_links\":{links},\"limits\":{{{limits}}}{plan}}}"))
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    // A string: nothing in it can fail to serialise.
    serde_json::to_string(text).unwrap_or_default()
}

fn duplicates(chosen: &str) -> Part {
    let choices: Vec<Part> = DUPLICATES
        .into_iter()
        .map(|(name, label, meaning)| {
            let words = vec![
                el("span", "choice-name", vec![label.part()]),
                el("span", "choice-meaning", vec![meaning.part()]),
            ];
            let input = tag("input")
                .attr("type", "radio")
                .attr("name", "duplicates")
                .attr("value", name)
                .when(name == chosen, "checked");
            el("label", "choice", vec![input.part(), el("span", "", words)])
        })
        .collect();
    let legend = el(
        "legend",
        "note",
        vec!["What becomes of an event whose id is stored already.".part()],
    );
    let body = el("fieldset", "panel-body", vec![legend, choices.part()]);
    view! { <Panel title="Repeated events" body/> }.part()
}

fn links(allowed: bool) -> Part {
    let words = vec![
        el("span", "choice-name", vec!["Allow links to single traces".part()]),
        el("span", "choice-meaning", vec![LINKS_NOTE.part()]),
    ];
    let input = tag("input")
        .attr("type", "checkbox")
        .attr("name", "trace_links")
        .attr("value", "yes")
        .when(allowed, "checked");
    let choice = el("label", "choice", vec![input.part(), el("span", "", words)]);
    let body = el("div", "panel-body", vec![choice]);
    view! { <Panel title="Shared traces" body/> }.part()
}

const LINKS_NOTE: &str = "Members can then make links to a trace that show it to whoever has the link, without login. \
    While this is off, links made before lead nowhere.";

fn limits(limits: Option<&Record>, faults: Faults) -> Part {
    let fields: Vec<Part> = LIMITS
        .into_iter()
        .zip(faults.limits)
        .map(|((name, label, hint), error)| {
            let value = limits.and_then(|limits| limits.text(name)).unwrap_or_default();
            view! { <Field label name hint value inputmode="numeric" placeholder="no limit" error/> }.part()
        })
        .collect();
    let parts = vec![
        el("p", "note", vec![LIMITS_NOTE.part()]),
        el("div", "settings-limits", fields),
    ];
    let body = el("div", "panel-body", parts);
    view! { <Panel title="Limits" body/> }.part()
}

const LIMITS_NOTE: &str = "Beyond a limit, requests are refused with 429 and told when to come again; \
    SDKs do so by themselves. Empty: no limit.";

/// The plan; to be chosen where there is more than one.
fn plans(record: &Record, faults: Faults) -> Option<Part> {
    let names: Vec<String> = record.value("plans")?;
    if names.len() < 2 {
        return None;
    }
    let chosen = record.text("plan");
    let options: Vec<Part> = names
        .into_iter()
        .map(|name| {
            let is_chosen = chosen.as_ref() == Some(&name);
            let option = tag("option").attr("value", name.clone()).when(is_chosen, "selected");
            option.child(name.part()).part()
        })
        .collect();
    let label = tag("label").class("field-label").attr("for", "plan");
    let select = tag("select")
        .class("input")
        .attr("id", "plan")
        .attr("name", "plan")
        .attr("aria-describedby", "plan-note");
    let parts = vec![
        label.child("How much a month may hold".part()).part(),
        select.children(options).part(),
        field_note("plan", PLAN_HINT, faults.plan.into()),
    ];
    let body = el("div", "panel-body", vec![el("div", "field", parts)]);
    Some(view! { <Panel title="Plan" body/> }.part())
}

const PLAN_HINT: &str = "Its owner chooses it, unless whoever runs this installation has kept that to themselves.";
