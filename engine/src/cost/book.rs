//! The prices of a project: what it has set itself, and what comes with Eventglass.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use eventglass_model::{CostSource, PricePeriod, Timestamp, Tokens, is_aggregate};

use super::names::{Names, seller_of};
use super::rates::{Plan, scaled_period};
use super::table::{Listed, SHIPPED};
use crate::ingest::NewEvent;

/// Models of a project that are remembered; more begin anew.
const REMEMBERED: usize = 4_096;

/// A model that a project has set a price for, and for which provider.
pub(crate) type OwnKey = (String, Option<String>);

/// What applies to a model.
#[derive(Debug, Default)]
struct Found {
    own: Option<Arc<Plan>>,
    shipped: Option<Plan>,
}

/// Who sells it, if only for them, and for how much.
type Sold = (Option<String>, Arc<Plan>);

/// Compiled prices, looked up by the names that events use.
#[derive(Debug, Default)]
pub struct Book {
    /// The project's own prices as they were set: lower case.
    own: BTreeMap<OwnKey, Vec<PricePeriod>>,
    /// By model: for which provider, and its prices.
    plans: HashMap<String, Vec<Sold>>,
    /// What was looked up before, by provider and model.
    known: RwLock<HashMap<Box<str>, Option<Arc<Found>>>>,
}

/// The book of every project without prices of its own.
static PLAIN: LazyLock<Arc<Book>> = LazyLock::new(Arc::default);

impl Book {
    /// Only what comes with Eventglass.
    #[must_use]
    pub fn shipped() -> Arc<Self> {
        Arc::clone(&PLAIN)
    }

    /// With a project's own prices.
    pub(crate) fn new(own: BTreeMap<OwnKey, Vec<PricePeriod>>) -> Arc<Self> {
        if own.is_empty() {
            return Self::shipped();
        }
        let mut plans: HashMap<String, Vec<Sold>> = HashMap::new();
        for ((model, provider), periods) in &own {
            let plan = Arc::new(Plan::new(periods));
            plans.entry(model.clone()).or_default().push((provider.clone(), plan));
        }
        Arc::new(Self {
            own,
            plans,
            known: RwLock::default(),
        })
    }

    /// The project's own prices, by model and provider.
    pub(crate) const fn own(&self) -> &BTreeMap<OwnKey, Vec<PricePeriod>> {
        &self.own
    }

    /// What tokens of a model cost at a moment, in billionths of a dollar;
    /// `None`: nobody knows.
    #[must_use]
    pub fn cost(&self, provider: Option<&str>, model: &str, tokens: &Tokens, time: Timestamp) -> Option<i64> {
        let mut key = String::with_capacity(64);
        // Writing to a string does not fail.
        let _ = write!(key, "{}\u{1f}{model}", provider.unwrap_or_default());
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = known.get(key.as_str()) {
                return found.as_ref()?.cost(tokens, time);
            }
        }
        let found = self.find(provider, model).map(Arc::new);
        let cost = found.as_ref().and_then(|found| found.cost(tokens, time));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key.into_boxed_str(), found);
        cost
    }

    /// Prices an event that has tokens and no cost of its client's.
    pub fn price(&self, event: &mut NewEvent) {
        if let Some((cost, source)) = self.reckon(
            &event.kind,
            event.provider.as_deref(),
            event.model.as_deref(),
            event.tokens.as_ref(),
            event.cost_source,
            event.time,
        ) {
            (event.cost_nano_usd, event.cost_source) = (cost, source);
        }
    }

    /// What an event costs by this book, and who says so. `None`: it keeps
    /// what it has, since that is its client's word.
    #[must_use]
    pub fn reckon(
        &self,
        kind: &str,
        provider: Option<&str>,
        model: Option<&str>,
        tokens: Option<&Tokens>,
        source: Option<CostSource>,
        time: Timestamp,
    ) -> Option<(Option<i64>, Option<CostSource>)> {
        if source == Some(CostSource::Client) {
            return None;
        }
        let counted = tokens.filter(|tokens| tokens.sum() > 0);
        let Some(tokens) = counted.filter(|_| !is_aggregate(kind, model.is_some())) else {
            return Some((None, None));
        };
        let cost = model.and_then(|model| self.cost(provider, model, tokens, time));
        let source = if cost.is_some() {
            CostSource::Computed
        } else {
            CostSource::Unpriced
        };
        Some((cost, Some(source)))
    }

    /// Whether a model has a price at a moment.
    #[must_use]
    pub fn knows(&self, provider: Option<&str>, model: &str, time: Timestamp) -> bool {
        self.cost(provider, model, &Tokens::default(), time).is_some()
    }

    /// Whether a model goes by a name: as it stands, without date or
    /// provider, or as the table calls it.
    #[must_use]
    pub fn goes_by(provider: Option<&str>, model: &str, name: &str) -> bool {
        let names = Names::of(provider, model);
        names.candidates.iter().any(|candidate| candidate == name)
            || listed(&names).is_some_and(|listed| listed.model == name)
    }

    fn find(&self, provider: Option<&str>, model: &str) -> Option<Found> {
        let names = Names::of(provider, model);
        let listed = listed(&names);
        let by_name = || names.candidates.iter().map(String::as_str);
        let own = by_name()
            .chain(listed.map(|listed| listed.model.as_str()))
            .find_map(|name| self.own_plan(name, provider, &names));
        let shipped = listed.map(|listed| match listed.regional.filter(|_| names.regional) {
            Some(factor) => {
                let periods: Vec<PricePeriod> = listed
                    .periods
                    .iter()
                    .map(|period| scaled_period(period, factor))
                    .collect();
                Plan::new(&periods)
            }
            None => Plan::new(&listed.periods),
        });
        (own.is_some() || shipped.is_some()).then_some(Found { own, shipped })
    }

    /// A price for the very provider comes before one for all.
    fn own_plan(&self, model: &str, provider: Option<&str>, names: &Names) -> Option<Arc<Plan>> {
        let plans = self.plans.get(model)?;
        let same = |wanted: &str| {
            let seller = names.host.or_else(|| seller_of(provider?));
            provider.is_some_and(|provider| provider.trim().eq_ignore_ascii_case(wanted))
                || (seller.is_some() && seller == seller_of(wanted))
        };
        let of_provider = plans.iter().find(|(wanted, _)| wanted.as_deref().is_some_and(same));
        of_provider
            .or_else(|| plans.iter().find(|(wanted, _)| wanted.is_none()))
            .map(|(_, plan)| Arc::clone(plan))
    }
}

impl Found {
    /// The project's own price where it has one for that time.
    fn cost(&self, tokens: &Tokens, time: Timestamp) -> Option<i64> {
        let own = self.own.as_ref().and_then(|plan| plan.cost(tokens, time));
        own.or_else(|| self.shipped.as_ref()?.cost(tokens, time))
    }
}

/// The entry of the table that a model has, by the first of its names that is listed.
fn listed(names: &Names) -> Option<&'static Listed> {
    names.candidates.iter().find_map(|name| {
        let mut all = SHIPPED.named(name);
        if let Some(host) = names.host {
            let sells = |listed: &&Listed| listed.provider == host;
            let resells = |listed: &&Listed| listed.hosts.iter().any(|other| other == host);
            return SHIPPED.named(name).find(sells).or_else(|| all.find(resells));
        }
        let makers: fn(&&Listed) -> bool = |listed| !super::names::is_host(&listed.provider);
        // A name that one host alone uses says who it is.
        SHIPPED
            .named(name)
            .find(makers)
            .or_else(|| all.next().filter(|_| all.next().is_none()))
    })
}
