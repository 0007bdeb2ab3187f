//! Sets a project's own price of a model.

use eventglass_model::{ModelPrice, Rates, SetPrice, Usd, parse_decimal};
use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    api, browser,
    components::{Dialog, Field, SubmitButton, Toasts, form_error},
    pages::scope::Refresh,
    view::{IntoPart, Part, el, make, tag},
};

/// The form of a price, and for which model it is open.
#[derive(Clone, Copy)]
pub(super) struct PriceForm {
    slug: Memo<String>,
    open: RwSignal<bool>,
    model: StoredValue<String>,
    provider: StoredValue<Option<String>>,
    rates: StoredValue<Rates>,
    /// Asks how far the pricing of the past is.
    pub(super) progress: Refresh,
    rest: Refresh,
}

impl PriceForm {
    pub(super) fn new(slug: Memo<String>, progress: Refresh, rest: Refresh) -> Self {
        Self {
            slug,
            open: RwSignal::new(false),
            model: StoredValue::new(String::new()),
            provider: StoredValue::new(None),
            rates: StoredValue::new(Rates::default()),
            progress,
            rest,
        }
    }

    /// Opens it for a model, with what it costs now.
    pub(super) fn open(self, model: &str, price: Option<&ModelPrice>) {
        self.model.set_value(model.to_owned());
        self.provider.set_value(price.and_then(|price| price.provider.clone()));
        let rates = price
            .and_then(|price| price.current.as_ref())
            .map(|period| period.rates.clone());
        self.rates.set_value(rates.unwrap_or_default());
        self.open.set(true);
    }
}

/// The form in its window.
pub(super) fn price_dialog(form: PriceForm) -> Part {
    let body = make(move || fields(form));
    view! { <Dialog open=form.open title="Price of a model" id="price-dialog" body/> }.part()
}

fn fields(form: PriceForm) -> Part {
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let toasts = Toasts::from_context();
    let submit = move |event: ev::Event| {
        use wasm_bindgen::JsCast;
        event.prevent_default();
        let event: &web_sys::SubmitEvent = event.unchecked_ref();
        let text = |name: &str| browser::field_of(event, name).trim().to_owned();
        let model = text("price-model");
        if model.is_empty() {
            fault.set(Some("Name the model.".to_owned()));
            return;
        }
        let rates = match read(text) {
            Ok(rates) => rates,
            Err(said) => {
                fault.set(Some(said));
                return;
            }
        };
        let body = SetPrice {
            provider: form.provider.get_value(),
            rates,
            source: Some(text("price-source")).filter(|source| !source.is_empty()),
            recompute: !text("price-past").is_empty(),
            ..SetPrice::default()
        };
        busy.set(true);
        spawn_local(async move {
            let answer = api::set_price(&form.slug.get_untracked(), &model, &body).await;
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    form.open.set(false);
                    form.rest.now();
                    form.progress.now();
                    toasts.say("The price is set.");
                }
                Err(error) => {
                    fault.try_set(Some(error.message()));
                }
            }
        });
    };
    let rates = form.rates.get_value();
    let known = !form.model.with_value(String::is_empty);
    let amount = |rate: Option<Usd>| rate.map(|rate| rate.to_string()).unwrap_or_default();
    let field = |label: &'static str, name: &'static str, value: String, hint: &'static str| {
        view! { <Field label name value hint inputmode="decimal"/> }.part()
    };
    let first = known.then_some(rates.input_usd).filter(|rate| *rate != Usd::ZERO);
    let second = known.then_some(rates.output_usd).filter(|rate| *rate != Usd::ZERO);
    let past = tag("input")
        .attr("type", "checkbox")
        .attr("name", "price-past")
        .attr("value", "yes")
        .attr("checked", "");
    let parts = vec![
        view! { <Field label="Model" name="price-model" value=form.model.get_value() hint="As your events name it."/> }
            .part(),
        el("p", "note", vec!["In US dollars for a million tokens.".part()]),
        el(
            "div",
            "form-row",
            vec![
                field("Input", "price-input", amount(first), ""),
                field("Output", "price-output", amount(second), ""),
                field(
                    "Read from the cache",
                    "price-read",
                    amount(rates.cache_read_usd),
                    "Empty: as input.",
                ),
                field(
                    "Written to the cache",
                    "price-write",
                    amount(rates.cache_write_usd),
                    "Empty: as input.",
                ),
            ],
        ),
        view! { <Field label="Where it is from" name="price-source" hint="A note for the others."/> }.part(),
        el(
            "label",
            "check",
            vec![past.part(), "Price the stored events of this model too".part()],
        ),
        form_error(fault),
        view! { <SubmitButton busy label="Set the price"/> }.part(),
    ];
    tag("form")
        .class("form")
        .attr("novalidate", "")
        .on("submit", submit)
        .children(parts)
        .part()
}

fn read(text: impl Fn(&str) -> String) -> Result<Rates, String> {
    let rate = |name: &str, label: &str| match text(name) {
        empty if empty.is_empty() => Ok(None),
        written => {
            let dollars = parse_decimal(&written);
            let usd = dollars.and_then(Usd::from_dollars);
            usd.map(Some)
                .ok_or_else(|| format!("{label}: write a number of dollars, such as 0.25."))
        }
    };
    let needed =
        |name: &str, label: &str| rate(name, label)?.ok_or_else(|| format!("{label}: give a number, 0 if it is free."));
    Ok(Rates {
        input_usd: needed("price-input", "Input")?,
        output_usd: needed("price-output", "Output")?,
        cache_read_usd: rate("price-read", "Read from the cache")?,
        cache_write_usd: rate("price-write", "Written to the cache")?,
        ..Rates::default()
    })
}
