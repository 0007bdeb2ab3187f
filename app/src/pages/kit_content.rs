//! What is on `/_kit`.

use eventglass_model::{Severity, Timestamp};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::ApiError,
    components::{
        Badge, Button, ButtonKind, CopyButton, Dialog, EmptyState, ErrorView, Field, Glyph, Icon, IconButton, Json,
        Kbd, LinkButton, Menu, MenuItem, Panel, SeverityMark, SkeletonLines, SkeletonRows, Snippet, StatusCode,
        SubmitButton, Table, TimeStyle, TimeText, Toasts, Tone,
        chart::{
            BarItem, Better, ChartData, ChartGroup, Hue, Series, Shape, Slice, Stat, TimeAxis, TimeChart, bar_list,
            donut, heat_map, stat,
        },
    },
    format::Unit,
    status,
    view::{IntoPart, Part, el, make},
};

const JSON: &str = r#"{"id": 12345678901234567890, "ratio": 1.0, "ok": true, "none": null, "tags": ["a", "b"],
  "empty": {}, "nested": {"deep": {"deeper": [1, 2, {"x": "line one\nline two"}]}}, "text": "\u00fcber <b>bold</b>"}"#;

/// Every component once.
pub(super) fn content() -> Part {
    let dialog = RwSignal::new(false);
    let toasts = Toasts::from_context();
    let time = Timestamp::from_micros(1_763_726_400_123_456);
    let severities = Severity::ALL
        .iter()
        .map(|severity| view! { <SeverityMark severity=*severity/> })
        .collect_view();
    let glyphs = Glyph::ALL
        .iter()
        .map(|glyph| {
            view! {
                <span title=format!("{glyph:?}")>
                    <Icon glyph=*glyph/>
                </span>
            }
        })
        .collect_view();
    let buttons = view! {
        <div class="panel-body row-wrap">
            <Button kind=ButtonKind::Primary label="Primary" on_press=|()| ()/>
            <Button label="Plain" on_press=|()| ()/>
            <Button kind=ButtonKind::Ghost label="Ghost" on_press=|()| ()/>
            <Button kind=ButtonKind::Danger label="Danger" on_press=|()| ()/>
            <Button busy=true label="Busy" on_press=|()| ()/>
            <IconButton glyph=Glyph::Search label="Search" on_press=|()| ()/>
            <LinkButton label="link" on_press=|()| ()/>
            <CopyButton what=|()| "copied".to_owned() label="Copy" wordy=true/>
            <Menu id="kit-menu" open=RwSignal::new(false) button=make(|| "Menu".part()) class="btn" body=make(menu)/>
            <Button label="Dialog" on_press=move |()| dialog.set(true)/>
            <Button label="Toast" on_press=move |()| toasts.say("Well done.")/>
            <Button label="Bad toast" on_press=move |()| toasts.error("That did not work.")/>
        </div>
    };
    let marks = view! {
        <div class="panel-body row-wrap">
            {severities} <Badge word="neutral"/> <Badge tone=Tone::Accent word="accent"/>
            <Badge tone=Tone::Error word="error"/> <StatusCode code=200/> <StatusCode code=404/> <StatusCode code=503/>
            <Kbd key="j"/> <TimeText time style=TimeStyle::Row/> <TimeText time style=TimeStyle::Exact/>
            <TimeText time style=TimeStyle::Ago/>
        </div>
        <div class="panel-body row-wrap">{glyphs}</div>
    };
    let broken = Signal::stored(Some("must not be empty".to_owned()));
    let form = view! {
        <div class="panel-body form">
            <Field label="Name" name="kit-name" hint="A hint."/>
            <Field label="Broken" name="kit-broken" error=broken/>
            <SubmitButton busy=false label="Submit"/>
        </div>
    };
    let rows = vec![view! { <tr><td>"One"</td><td>"1"</td></tr> }.part()];
    let table = view! { <Table label="Example" heads=&["Left", "Right"] rows/> };
    let json = view! {
        <div class="panel-body">
            <Json text=JSON.to_owned()/>
        </div>
    };
    let waiting = view! {
        <SkeletonRows count=3/>
        <SkeletonLines count=4/>
    };
    let nothing = view! { <p>"And what to do about it."</p> }.part();
    let trouble = view! {
        <EmptyState glyph=Glyph::Events title="Nothing yet" body=nothing/>
        <ErrorView error=ApiError::Unreachable retry=Callback::new(|()| ())/>
    };
    let charts = charts();
    let page = view! {
        <Title text="Kit"/>
        <div class="page">
            <h1 class="page-title">"Kit"</h1>
            <Panel title="Buttons" body=buttons.part()/>
            <Panel title="Marks" body=marks.part()/>
            <Panel title="Form" body=form.part()/>
            <Panel title="Table" body=table.part()/>
            {charts}
            <Panel title="JSON" body=json.part()/>
            <Snippet title="Snippet" code="curl http://localhost:8000/healthz"/>
            <Panel title="Waiting" body=waiting.part()/>
            <Panel title="Nothing and trouble" body=trouble.part()/>
        </div>
        <Dialog open=dialog title="A dialog" id="kit-dialog" body=make(|| view! { <p>"Esc closes it."</p> }.part())/>
    }
    .part();
    // The trouble shown above is not this page's.
    status::set(200);
    page
}

/// Every kind of chart, of numbers made up.
fn charts() -> Part {
    ChartGroup::provide(Some(Callback::new(move |(from, to)| {
        Toasts::from_context().say(format!("From {from} to {to}"));
    })));
    let wave = |height: f64, phase: usize| -> Vec<Option<f64>> {
        (0..96)
            .map(|n| {
                let x = (n + phase * 7) % 24;
                #[expect(clippy::cast_precision_loss, reason = "less than 24")]
                let x = x.min(24 - x) as f64;
                (n % 41 != 40).then_some(height * (1.0 + x / 6.0))
            })
            .collect()
    };
    let data = move |count: usize, height: f64| {
        let names = [
            "checkout", "search", "payments", "agent", "mail", "cart", "users", "stock",
        ];
        let series = names.into_iter().take(count).enumerate().map(|(n, name)| {
            #[expect(clippy::cast_precision_loss, reason = "at most eight")]
            let points = wave(height / (n + 1) as f64, n);
            Series {
                name: name.to_owned(),
                hue: Hue::Nth(n),
                total: Some(points.iter().flatten().sum()),
                points,
            }
        });
        let data = ChartData {
            axis: TimeAxis {
                first: 1_763_640_000,
                step: 900,
                count: 96,
            },
            series: series.collect(),
        };
        Memo::new(move |_| data.clone())
    };
    let chart = |id: &str, title: &str, shape, unit, data| {
        view! { <Panel title=title body=TimeChart::new(id, title, shape, unit, data).part()/> }.part()
    };
    let bars = data(5, 900.0).get_untracked().series.into_iter().map(|series| BarItem {
        value: series.total.unwrap_or(0.0),
        text: ("some".to_owned(), "some exactly".to_owned()),
        name: series.name,
        href: None,
        note: None,
        hue: series.hue,
    });
    let slices = data(5, 0.02).get_untracked().series.into_iter().map(|series| Slice {
        value: series.total.unwrap_or(0.0),
        name: series.name,
        hue: series.hue,
    });
    let stats = [(12_345.0, 11_000.0), (12_345.0, 14_000.0), (1.0, 0.0)].map(|(now, before)| {
        stat(Stat {
            label: "A number".into(),
            unit: Unit::Count,
            value: Some(now),
            previous: Some(before),
            better: Better::Less,
            points: wave(10.0, 1),
        })
    });
    vec![
        chart("kit-bars", "Bars", Shape::Bar, Unit::Count, data(3, 900.0)),
        chart("kit-lines", "Lines", Shape::Line, Unit::Ms, data(8, 340.0)),
        chart("kit-areas", "Areas", Shape::Area, Unit::Usd, data(4, 0.003)),
        view! { <Panel title="Heat map" body=heat_map("Heat map", Unit::Count, data(6, 50.0))/> }.part(),
        view! { <Panel title="Donut" body=donut("Shares", Unit::Usd, slices.collect())/> }.part(),
        view! { <Panel title="The greatest" body=bar_list("The greatest", bars.collect())/> }.part(),
        el("div", "panel stats", stats.into()),
    ]
    .part()
}

fn menu() -> Part {
    view! {
        <MenuItem label="One" on_press=|()| ()/>
        <MenuItem label="Two" chosen=true on_press=|()| ()/>
    }
    .part()
}
