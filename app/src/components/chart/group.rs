//! What the charts of a page share.

use leptos::prelude::*;

use crate::view::memo;

/// Takes the span of time that somebody dragged over, in seconds since the epoch.
pub(crate) type Zoom = Callback<(i64, i64)>;

/// What the charts of a page share.
#[derive(Clone, Copy)]
pub(crate) struct ChartGroup {
    /// The moment that is pointed at, in seconds since the epoch.
    pub(super) at: RwSignal<Option<i64>>,
    /// Which of the charts is pointed at, by its number.
    pub(super) owner: RwSignal<Option<u32>>,
    /// How many charts there have been.
    count: StoredValue<u32>,
    /// What becomes of a span that one drags over.
    pub(super) zoom: Option<Zoom>,
}

impl ChartGroup {
    /// Makes it and offers it to all charts that are below.
    pub(crate) fn provide(zoom: Option<Zoom>) -> Self {
        let group = Self::new(zoom);
        provide_context(group);
        group
    }

    fn new(zoom: Option<Zoom>) -> Self {
        Self {
            at: RwSignal::new(None),
            owner: RwSignal::new(None),
            count: StoredValue::new(0),
            zoom,
        }
    }

    /// What [`Self::provide`] made; a chart by itself has its own.
    pub(super) fn from_context() -> Self {
        use_context().unwrap_or_else(|| Self::new(None))
    }

    /// A number for another chart.
    pub(super) fn number(self) -> u32 {
        let number = self.count.get_value().wrapping_add(1);
        self.count.set_value(number);
        number
    }
}

/// Which series a chart leaves out.
#[derive(Clone, Copy)]
pub(crate) struct Toggles {
    hidden: Memo<Vec<String>>,
    set: Callback<Vec<String>>,
}

impl Toggles {
    /// Kept by somebody else, for instance in the address.
    pub(crate) fn new(hidden: Memo<Vec<String>>, set: Callback<Vec<String>>) -> Self {
        Self { hidden, set }
    }

    /// Kept for as long as the chart is there.
    pub(crate) fn local() -> Self {
        let hidden = RwSignal::new(Vec::new());
        Self {
            hidden: memo(move |_| hidden.get()),
            set: Callback::new(move |names| hidden.set(names)),
        }
    }

    /// Whether a series is shown.
    pub(crate) fn shows(self, name: &str) -> bool {
        !self.hidden.read().iter().any(|hidden| hidden == name)
    }

    /// Takes a series out, or puts it back.
    pub(crate) fn toggle(self, name: &str) {
        let mut hidden = self.hidden.get_untracked();
        match hidden.iter().position(|known| known == name) {
            Some(at) => drop(hidden.remove(at)),
            None => hidden.push(name.to_owned()),
        }
        self.set.run(hidden);
    }

    /// Shows one alone; and if it is alone already, all.
    pub(super) fn isolate(self, name: &str, all: &[String]) {
        let others: Vec<String> = all.iter().filter(|known| *known != name).cloned().collect();
        let is_alone = others.iter().all(|other| !self.shows(other)) && self.shows(name);
        self.set.run(if is_alone { Vec::new() } else { others });
    }
}
