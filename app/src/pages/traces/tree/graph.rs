//! Who called whom: agents, models and tools as a graph, and where to draw them.

use std::collections::BTreeMap;

use eventglass_model::span_flags;

use super::{Role, Tree};
use crate::order::in_order;

/// More actors than this do not make a picture; the rest are one of each sort.
const MOST_ACTORS: usize = 60;
/// Sizes of the picture, in pixels.
pub(in super::super) const WIDTH: i32 = 176;
/// Height of an actor.
pub(in super::super) const HEIGHT: i32 = 52;
const GAP_X: i32 = 28;
const GAP_Y: i32 = 56;

/// Somebody who did something, once or often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Actor {
    /// What sort.
    pub(in super::super) role: Role,
    /// Its name; of a model call, the model's.
    pub(in super::super) name: String,
    /// The first of its spans.
    pub(in super::super) first: usize,
    /// How often.
    pub(in super::super) calls: u32,
    /// How often it failed.
    pub(in super::super) errors: u32,
    /// Its own tokens.
    pub(in super::super) tokens: i64,
    /// Its own cost in billionths of a dollar.
    pub(in super::super) nano_usd: i64,
    /// How long, all calls together, in microseconds.
    pub(in super::super) duration_us: i64,
    /// The left edge.
    pub(in super::super) x: i32,
    /// The upper edge.
    pub(in super::super) y: i32,
    layer: usize,
}

/// A graph with a place for everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Graph {
    /// Everybody.
    pub(in super::super) actors: Vec<Actor>,
    /// Who called whom, and how often.
    pub(in super::super) calls: Vec<(usize, usize, u32)>,
    /// The size of the picture.
    pub(in super::super) width: i32,
    /// The size of the picture.
    pub(in super::super) height: i32,
}

impl Graph {
    /// Of the agents, models, tools and look-ups of a trace; what is in
    /// between them is left out. The roots are there in any case.
    pub(in super::super) fn of(tree: &Tree) -> Self {
        let mut graph = Self::default();
        let mut known: BTreeMap<(Role, String), usize> = BTreeMap::new();
        let mut calls: BTreeMap<(usize, usize), u32> = BTreeMap::new();
        // The actor at work in each open span, innermost last.
        let mut open: Vec<(usize, usize)> = Vec::new();
        for span in 0..tree.len() {
            while open.last().is_some_and(|(end, _)| *end <= span) {
                open.pop();
            }
            let caller = open.last().map(|(_, actor)| *actor);
            let role = tree.role(span);
            let is_root = tree.depth(span) == 0 && !tree.has(span, span_flags::MOMENT);
            if !role.is_step() && !is_root {
                continue;
            }
            let actor = graph.actor(tree, span, role, &mut known);
            if let Some(caller) = caller {
                *calls.entry((caller, actor)).or_default() += 1;
            }
            open.push((tree.spans.after(span), actor));
        }
        graph.calls = calls.into_iter().map(|((from, to), count)| (from, to, count)).collect();
        graph.lay_out();
        graph
    }

    /// The actor of a span, who did this as well.
    fn actor(&mut self, tree: &Tree, span: usize, role: Role, known: &mut BTreeMap<(Role, String), usize>) -> usize {
        let model = tree.model(span);
        let name = if role == Role::Model && !model.is_empty() {
            model
        } else {
            tree.name(span)
        };
        let key = (role, name.to_owned());
        let key = if self.actors.len() < MOST_ACTORS || known.contains_key(&key) {
            key
        } else {
            (role, "others".to_owned())
        };
        let at = *known.entry(key).or_insert_with_key(|(role, name)| {
            self.actors.push(Actor {
                role: *role,
                name: name.clone(),
                first: span,
                calls: 0,
                errors: 0,
                tokens: 0,
                nano_usd: 0,
                duration_us: 0,
                x: 0,
                y: 0,
                layer: 0,
            });
            self.actors.len() - 1
        });
        if let Some(actor) = self.actors.get_mut(at) {
            let own = tree.spans.own(span);
            actor.calls += 1;
            actor.errors += own.errors;
            actor.tokens = actor
                .tokens
                .saturating_add(own.input_tokens)
                .saturating_add(own.output_tokens);
            actor.nano_usd = actor.nano_usd.saturating_add(own.cost_nano_usd);
            actor.duration_us = actor.duration_us.saturating_add(tree.duration_us(span).unwrap_or(0));
        }
        at
    }

    /// Layers from top to bottom: who is called stands below the first who
    /// calls; within a layer, near those who call.
    fn lay_out(&mut self) {
        let count = self.actors.len();
        let down = self.downward();
        // At most as many layers as actors: so often, each pass may push some further down.
        for _ in 0..count {
            let mut moved = false;
            for (from, to) in &down {
                let below = self.actors.get(*from).map_or(0, |actor| actor.layer + 1);
                if let Some(actor) = self.actors.get_mut(*to).filter(|actor| actor.layer < below) {
                    actor.layer = below;
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
        let layers = self.actors.iter().map(|actor| actor.layer + 1).max().unwrap_or(0);
        let mut x = vec![0_i32; count];
        for layer in 0..layers {
            let members: Vec<(i32, usize)> = (0..count)
                .filter(|at| self.actors.get(*at).is_some_and(|actor| actor.layer == layer))
                .map(|at| (self.wish(at, &x), at))
                .collect();
            let members = in_order(members, Ord::cmp);
            let mut next = i32::MIN;
            for (wish, at) in &members {
                let place = (*wish).max(next);
                if let Some(x) = x.get_mut(*at) {
                    *x = place;
                }
                next = place + WIDTH + GAP_X;
            }
            // What was pushed to the right is moved back, all of it together.
            let pushed: i32 = members.iter().map(|(wish, at)| x.get(*at).unwrap_or(&0) - wish).sum();
            let back = pushed / i32::try_from(members.len()).unwrap_or(1).max(1);
            for (_, at) in &members {
                if let Some(x) = x.get_mut(*at) {
                    *x -= back;
                }
            }
        }
        let left = x.iter().copied().min().unwrap_or(0);
        for (actor, x) in self.actors.iter_mut().zip(&x) {
            actor.x = x - left;
            actor.y = i32::try_from(actor.layer).unwrap_or(0) * (HEIGHT + GAP_Y);
        }
        self.width = self.actors.iter().map(|actor| actor.x + WIDTH).max().unwrap_or(0);
        self.height = self.actors.iter().map(|actor| actor.y + HEIGHT).max().unwrap_or(0);
    }

    /// The calls less those that go back to somebody who is still at work: no
    /// circle is left in them.
    fn downward(&self) -> Vec<(usize, usize)> {
        let count = self.actors.len();
        let mut down = Vec::new();
        let mut is_done = vec![false; count];
        let mut at_work = vec![false; count];
        for root in 0..count {
            // Who is at work, innermost last, and which of their calls is next.
            let mut stack = vec![(root, 0)];
            while let Some((at, next)) = stack.pop() {
                if is_done.get(at) != Some(&false) {
                    continue;
                }
                if let Some(at_work) = at_work.get_mut(at) {
                    *at_work = true;
                }
                let callee = self
                    .calls
                    .iter()
                    .enumerate()
                    .skip(next)
                    .find(|(_, (from, ..))| *from == at);
                let Some((place, (_, to, _))) = callee else {
                    for state in [&mut at_work, &mut is_done] {
                        if let Some(state) = state.get_mut(at) {
                            *state = !*state;
                        }
                    }
                    continue;
                };
                stack.push((at, place + 1));
                if at_work.get(*to) == Some(&false) {
                    down.push((at, *to));
                    stack.push((*to, 0));
                }
            }
        }
        down
    }

    /// Where an actor would like to stand: below the middle of its callers.
    fn wish(&self, at: usize, x: &[i32]) -> i32 {
        let callers: Vec<i32> = self
            .calls
            .iter()
            .filter(|(from, to, _)| *to == at && self.is_above(*from, at))
            .filter_map(|(from, ..)| x.get(*from).copied())
            .collect();
        let count = i32::try_from(callers.len()).unwrap_or(1).max(1);
        callers.iter().sum::<i32>() / count
    }

    fn is_above(&self, a: usize, b: usize) -> bool {
        let layer = |at: usize| self.actors.get(at).map_or(0, |actor| actor.layer);
        layer(a) < layer(b)
    }
}
