//! Where widgets stand: twelve columns, and no gaps above anything.

use std::cmp::Ordering;

use eventglass_model::{GRID_COLUMNS, Place, Widget};

/// How far widgets may be stretched.
pub(super) const MAX_HEIGHT: u16 = 40;

/// Lets every widget rise until it meets another, and puts them in the order
/// in which one reads them. The one that was moved keeps its place before those
/// whose upper half it was put on.
pub(super) fn settle(widgets: &mut [Widget], moved: Option<&str>) {
    let target = widgets.iter().find(|widget| Some(widget.id.as_str()) == moved);
    let target = target.map(|widget| widget.place);
    let key = |widget: &Widget| {
        let place = widget.place;
        let is_moved = Some(widget.id.as_str()) == moved;
        let gives_way = target.is_some_and(|target| {
            !is_moved && beside(place, target) && place.y <= target.y && target.y < place.y + place.height.div_ceil(2)
        });
        let y = if gives_way {
            target.map_or(place.y, |target| target.y)
        } else {
            place.y
        };
        (y, !is_moved, place.x)
    };
    sort(widgets, |a, b| key(a).cmp(&key(b)));
    let mut floor = [0_u16; GRID_COLUMNS as usize];
    for widget in widgets.iter_mut() {
        let place = &mut widget.place;
        place.width = place.width.clamp(1, GRID_COLUMNS);
        place.x = place.x.min(GRID_COLUMNS - place.width);
        place.height = place.height.clamp(1, MAX_HEIGHT);
        let columns = usize::from(place.x)..usize::from(place.x + place.width);
        if let Some(below) = floor.get_mut(columns) {
            place.y = below.iter().copied().max().unwrap_or(0);
            below.fill(place.y + place.height);
        }
    }
    sort(widgets, |a, b| (a.place.y, a.place.x).cmp(&(b.place.y, b.place.x)));
}

/// By changing places: there are few of them.
fn sort(widgets: &mut [Widget], compare: impl Fn(&Widget, &Widget) -> Ordering) {
    for end in 1..widgets.len() {
        let mut at = end;
        while at > 0
            && let (Some(a), Some(b)) = (widgets.get(at - 1), widgets.get(at))
            && compare(a, b) == Ordering::Greater
        {
            widgets.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// Whether two places have columns in common.
fn beside(a: Place, b: Place) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width
}

/// Moves a widget by a step of the keyboard: columns, or past the widget above
/// or below it.
pub(super) fn step(widgets: &mut [Widget], id: &str, across: i32, down: i32) {
    let Some(place) = widgets.iter().find(|widget| widget.id == id).map(|widget| widget.place) else {
        return;
    };
    let others = widgets
        .iter()
        .filter(|widget| widget.id != id && beside(widget.place, place))
        .map(|widget| widget.place);
    let y = match down {
        1 => others
            .filter(|other| other.y >= place.y + place.height)
            .map(|other| other.y + other.height)
            .min(),
        -1 => others.filter(|other| other.y < place.y).map(|other| other.y).max(),
        _ => None,
    };
    if let Some(widget) = widgets.iter_mut().find(|widget| widget.id == id) {
        widget.place.x = shifted(place.x, across, 0, GRID_COLUMNS - place.width);
        widget.place.y = y.unwrap_or(place.y);
    }
    settle(widgets, Some(id));
}

/// Makes a widget wider or narrower, higher or lower.
pub(super) fn stretch(widgets: &mut [Widget], id: &str, across: i32, down: i32) {
    if let Some(widget) = widgets.iter_mut().find(|widget| widget.id == id) {
        let place = &mut widget.place;
        place.width = shifted(place.width, across, 1, GRID_COLUMNS - place.x);
        place.height = shifted(place.height, down, 1, MAX_HEIGHT);
    }
    settle(widgets, Some(id));
}

fn shifted(n: u16, by: i32, least: u16, most: u16) -> u16 {
    let n = (i32::from(n) + by).clamp(i32::from(least), i32::from(most.max(least)));
    u16::try_from(n).unwrap_or(least)
}

#[cfg(test)]
mod tests {
    use eventglass_model::{MetricsQuery, WidgetKind};
    use proptest::prelude::*;

    use super::*;

    fn widget(id: &str, [x, y, width, height]: [u16; 4]) -> Widget {
        Widget {
            id: id.to_owned(),
            title: String::new(),
            kind: WidgetKind::Line,
            query: MetricsQuery::default(),
            place: Place { x, y, width, height },
        }
    }

    fn told(widgets: &[Widget]) -> Vec<(&str, u16, u16)> {
        widgets.iter().map(|w| (w.id.as_str(), w.place.x, w.place.y)).collect()
    }

    #[test]
    fn widgets_rise() {
        let mut widgets = [
            widget("b", [6, 9, 6, 4]),
            widget("a", [0, 3, 6, 2]),
            widget("c", [0, 20, 12, 2]),
        ];
        settle(&mut widgets, None);
        assert_eq!(told(&widgets), [("a", 0, 0), ("b", 6, 0), ("c", 0, 4)]);
    }

    #[test]
    fn what_is_moved_onto_another_pushes_it_down() {
        let mut widgets = [widget("a", [0, 0, 12, 4]), widget("b", [0, 1, 12, 2])];
        settle(&mut widgets, Some("b"));
        assert_eq!(told(&widgets), [("b", 0, 0), ("a", 0, 2)]);
        // Onto its lower half: it goes below.
        let mut widgets = [widget("a", [0, 0, 12, 4]), widget("b", [0, 2, 12, 2])];
        settle(&mut widgets, Some("b"));
        assert_eq!(told(&widgets), [("a", 0, 0), ("b", 0, 4)]);
    }

    #[test]
    fn the_keyboard_moves_past_others() {
        let mut widgets = [
            widget("a", [0, 0, 6, 4]),
            widget("b", [0, 4, 6, 2]),
            widget("c", [6, 0, 6, 6]),
        ];
        step(&mut widgets, "b", 0, -1);
        assert_eq!(told(&widgets), [("b", 0, 0), ("c", 6, 0), ("a", 0, 2)]);
        step(&mut widgets, "b", 0, 1);
        assert_eq!(told(&widgets), [("a", 0, 0), ("c", 6, 0), ("b", 0, 4)]);
        step(&mut widgets, "b", 9, 0);
        assert_eq!(told(&widgets)[2], ("b", 6, 6));
        stretch(&mut widgets, "a", 3, -1);
        let a = widgets.iter().find(|w| w.id == "a").unwrap().place;
        assert_eq!((a.width, a.height), (9, 3));
    }

    proptest! {
        #[test]
        fn nothing_overlaps_or_leaves_the_grid(places in prop::collection::vec(any::<[u16; 4]>(), 0..20), moved in 0..20_usize) {
            let mut widgets: Vec<Widget> =
                places.iter().enumerate().map(|(n, place)| widget(&n.to_string(), place.map(|n| n % 60))).collect();
            settle(&mut widgets, Some(&moved.to_string()));
            for (n, a) in widgets.iter().enumerate() {
                let a = a.place;
                prop_assert!(a.width >= 1 && a.x + a.width <= GRID_COLUMNS && (1..=MAX_HEIGHT).contains(&a.height));
                for b in &widgets[n + 1..] {
                    let b = b.place;
                    prop_assert!(!beside(a, b) || a.y + a.height <= b.y || b.y + b.height <= a.y);
                }
            }
            let before = widgets.clone();
            settle(&mut widgets, None);
            prop_assert_eq!(before, widgets, "what has settled stays");
        }
    }
}
