//! Charts: ours, as SVG that the server draws too.
//!
//! A [`TimeChart`] shows [`ChartData`] as lines, areas or bars. A slider lies
//! over it, by which mouse, finger, keyboard and screen reader go from one span
//! of time to the next; the charts of a page share where they are and what is
//! done with a span that one drags over ([`ChartGroup`]). Its legend takes
//! series out and puts them back ([`Toggles`]); the same numbers are there as a
//! table. Colours are classes (`hue-*` in `style/chart.css`); lines have dashes of
//! their own besides, and whatever a colour says is said in words too.

mod axis;
mod bar_list;
mod data;
mod days;
mod donut;
mod group;
mod heat;
mod legend;
mod overlay;
mod paths;
mod plot;
mod scale;
mod slider;
mod spark;
mod stat;
mod table;
mod time_chart;

pub(crate) use axis::TimeAxis;
pub(crate) use bar_list::{BarItem, bar_list};
pub(crate) use data::{ChartData, Hue, Series};
pub(crate) use donut::{Slice, donut};
pub(crate) use group::{ChartGroup, Toggles};
pub(crate) use heat::heat_map;
pub(crate) use legend::swatch;
pub(crate) use spark::spark;
pub(crate) use stat::{Better, Stat, delta, stat};
pub(crate) use time_chart::{Shape, TimeChart};
