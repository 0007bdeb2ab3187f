//! The form of a project's settings.

use leptos::{ev, prelude::*, task::spawn_local};

use super::limits::{LIMITS, read};
use crate::{
    api, browser,
    components::{Field, Panel, Record, SubmitButton, Toasts},
    view::{IntoPart, Part, text, word},
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
    let submit = move |event: ev::SubmitEvent| {
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
    let state = word(move || Some(if clean.get() { "All is saved." } else { "Not saved yet." }));
    view! {
        <form class="settings" method="post" novalidate on:submit=submit on:input=move |_| clean.set(false)>
            {duplicates(&record.text("duplicates").unwrap_or_default())}
            {limits(record.within("limits").as_ref(), faults)}
            {plans(record, faults)}
            <p class="form-error" role="alert">
                {text(move || faults.whole.get().unwrap_or_default())}
            </p>
            <div class="settings-foot">
                <SubmitButton busy label="Save"/>
                <span class="note" role="status">
                    {state}
                </span>
            </div>
        </form>
    }
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
    sound.then(|| format!("{{\"duplicates\":{duplicates},\"limits\":{{{limits}}}{plan}}}"))
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
            view! {
                <label class="choice">
                    <input type="radio" name="duplicates" value=name checked=name == chosen/>
                    <span>
                        <span class="choice-name">{label}</span>
                        <span class="choice-meaning">{meaning}</span>
                    </span>
                </label>
            }
            .part()
        })
        .collect();
    let body = view! {
        <fieldset class="panel-body">
            <legend class="note">"What becomes of an event whose id is stored already."</legend>
            {choices}
        </fieldset>
    }
    .part();
    view! { <Panel title="Repeated events" body/> }.part()
}

fn limits(limits: Option<&Record>, faults: Faults) -> Part {
    let fields: Vec<Part> = LIMITS
        .into_iter()
        .zip(faults.limits)
        .map(|((name, label, hint), error)| {
            let value = limits.and_then(|limits| limits.text(name)).unwrap_or_default();
            view! { <Field label name hint value inputmode="numeric" placeholder="no limit" error/> }.part()
        })
        .collect();
    let body = view! {
        <div class="panel-body">
            <p class="note">
                "Beyond a limit, requests are refused with 429 and told when to come again; SDKs do so by themselves. Empty: no limit."
            </p>
            <div class="settings-limits">{fields}</div>
        </div>
    }
    .part();
    view! { <Panel title="Limits" body/> }.part()
}

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
            view! { <option value=name.clone() selected=is_chosen>{name.clone()}</option> }.part()
        })
        .collect();
    let fault = faults.plan;
    let body = view! {
        <div class="panel-body">
            <div class="field">
                <label class="field-label" for="plan">
                    "How much a month may hold"
                </label>
                <select class="input" id="plan" name="plan" aria-describedby="plan-note">
                    {options}
                </select>
                <p class="field-note" id="plan-note" class:field-error=crate::view::flag(move || fault.read().is_some()) aria-live="polite">
                    {text(move || fault.get().unwrap_or_else(|| PLAN_HINT.to_owned()))}
                </p>
            </div>
        </div>
    }
    .part();
    Some(view! { <Panel title="Plan" body/> }.part())
}

const PLAN_HINT: &str = "Its owner chooses it, unless whoever runs this installation has kept that to themselves.";
