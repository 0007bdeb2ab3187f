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
    },
    status,
    view::{IntoPart, Part, make},
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
    let page = view! {
        <Title text="Kit"/>
        <div class="page">
            <h1 class="page-title">"Kit"</h1>
            <Panel title="Buttons" body=buttons.part()/>
            <Panel title="Marks" body=marks.part()/>
            <Panel title="Form" body=form.part()/>
            <Panel title="Table" body=table.part()/>
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

fn menu() -> Part {
    view! {
        <MenuItem label="One" on_press=|()| ()/>
        <MenuItem label="Two" chosen=true on_press=|()| ()/>
    }
    .part()
}
