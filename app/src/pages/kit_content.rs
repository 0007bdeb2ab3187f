//! What is on `/_kit`.

use eventglass_model::{Severity, Timestamp};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::ApiError,
    components::{
        Badge, Button, ButtonKind, CopyButton, Dialog, EmptyState, ErrorView, Field, Glyph, Icon, IconButton, Json,
        Kbd, Menu, Panel, SeverityMark, SkeletonLines, SkeletonRows, Snippet, StatusCode, Table, TimeStyle, TimeText,
        Toasts, Tone,
    },
    status,
};

const JSON: &str = r#"{"id": 12345678901234567890, "ratio": 1.0, "ok": true, "none": null, "tags": ["a", "b"],
  "empty": {}, "nested": {"deep": {"deeper": [1, 2, {"x": "line one\nline two"}]}}, "text": "\u00fcber <b>bold</b>"}"#;

/// Every component once.
pub(super) fn content() -> impl IntoView {
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
    let page = view! {
        <Title text="Kit"/>
        <div class="page">
            <h1 class="page-title">"Kit"</h1>
            <Panel title="Buttons">
                <div class="panel-body row-wrap">
                    <Button kind=ButtonKind::Primary>"Primary"</Button>
                    <Button>"Plain"</Button>
                    <Button kind=ButtonKind::Ghost>"Ghost"</Button>
                    <Button kind=ButtonKind::Danger>"Danger"</Button>
                    <Button busy=true>"Busy"</Button>
                    <Button disabled=true>"Disabled"</Button>
                    <IconButton glyph=Glyph::Search label="Search"/>
                    <CopyButton text=Callback::new(|()| "copied".to_owned()) label="Copy" wordy=true/>
                    <Menu button=|| "Menu" class="btn">
                        <button type="button" class="menu-item">
                            "One"
                        </button>
                        <button type="button" class="menu-item">
                            "Two"
                        </button>
                    </Menu>
                    <Button on:click=move |_| dialog.set(true)>"Dialog"</Button>
                    <Button on:click=move |_| toasts.say("Well done.")>"Toast"</Button>
                    <Button on:click=move |_| toasts.error("That did not work.")>"Bad toast"</Button>
                </div>
            </Panel>
            <Panel title="Marks">
                <div class="panel-body row-wrap">
                    {severities} <Badge>"neutral"</Badge> <Badge tone=Tone::Accent>"accent"</Badge>
                    <Badge tone=Tone::Warning>"warning"</Badge> <Badge tone=Tone::Error>"error"</Badge>
                    <StatusCode code=200/> <StatusCode code=404/> <StatusCode code=503/> <Kbd>"j"</Kbd>
                    <TimeText time style=TimeStyle::Row/> <TimeText time style=TimeStyle::Exact/>
                    <TimeText time style=TimeStyle::Ago/>
                </div>
                <div class="panel-body row-wrap">{glyphs}</div>
            </Panel>
            <Panel title="Form">
                <div class="panel-body form">
                    <Field label="Name" name="kit-name" node=NodeRef::new() hint="A hint."/>
                    <Field
                        label="Broken"
                        name="kit-broken"
                        node=NodeRef::new()
                        error=Signal::stored(Some("must not be empty".to_owned()))
                    />
                </div>
            </Panel>
            <Panel title="Table">
                <Table label="Example" heads=&["Left", "Right"]>
                    <tr>
                        <td>"One"</td>
                        <td class="num">"1"</td>
                    </tr>
                </Table>
            </Panel>
            <Panel title="JSON">
                <div class="panel-body">
                    <Json text=JSON.to_owned()/>
                </div>
            </Panel>
            <Snippet title="Snippet" code="curl http://localhost:8000/healthz"/>
            <Panel title="Waiting">
                <SkeletonRows count=3/>
                <SkeletonLines count=4/>
            </Panel>
            <Panel title="Nothing and trouble">
                <EmptyState glyph=Glyph::Events title="Nothing yet">
                    <p>"And what to do about it."</p>
                </EmptyState>
                <ErrorView error=ApiError::Unreachable retry=Callback::new(|()| ())/>
            </Panel>
        </div>
        <Dialog open=dialog title="A dialog" id="kit-dialog">
            <p>"Esc closes it."</p>
        </Dialog>
    }
    .into_any();
    // The trouble shown above is not this page's.
    status::set(200);
    page
}
