//! The prices of each project, kept compiled.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use eventglass_model::{
    FieldError, Loc, ModelPrice, PriceList, PriceOrigin, PricePeriod, PriceTier, Rates, SetPrice, Timestamp,
    UnpricedList, UnpricedModel, Usd, loc,
};
use thiserror::Error;

use super::book::{Book, OwnKey};
use super::table::SHIPPED;
use crate::clock::SharedClock;
use crate::store::{OwnPrice, SharedStore, StoreError};

/// Seconds after which a project's prices are read again, as another server
/// may have changed them.
pub(super) const FRESH_SECS: i64 = 5;
/// Projects whose prices are remembered.
const REMEMBERED: usize = 10_000;
/// Prices that a project may set.
const OWN_PRICES: usize = 1_000;
/// Tiers of a price.
const TIERS: usize = 20;
/// The most that a million tokens may cost.
const MOST: Usd = Usd::from_micros(1_000_000_000_000);
/// Events of a model without a price that are counted.
const COUNTED: usize = 10_000;

/// Why a price was not set.
#[derive(Debug, Error)]
pub enum PriceError {
    /// It makes no sense.
    #[error("invalid price")]
    Invalid(Vec<FieldError>),
    /// The project has set too many.
    #[error("a project may set at most {OWN_PRICES} prices")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds out what models cost a project, and changes it.
pub struct Prices {
    store: SharedStore,
    clock: SharedClock,
    known: RwLock<HashMap<i64, Known>>,
}

struct Known {
    book: Arc<Book>,
    until: i64,
}

impl Prices {
    /// Over a store.
    #[must_use]
    pub fn new(store: SharedStore, clock: SharedClock) -> Self {
        Self {
            store,
            clock,
            known: RwLock::default(),
        }
    }

    /// The prices of a project, as of at most five seconds ago.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, project_id: i64) -> Result<Arc<Book>, StoreError> {
        let now = self.clock.now().micros();
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = known.get(&project_id)
                && known.until > now
            {
                return Ok(Arc::clone(&known.book));
            }
        }
        self.reread(project_id).await
    }

    /// The prices of a project as of now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reread(&self, project_id: i64) -> Result<Arc<Book>, StoreError> {
        let mut own: BTreeMap<OwnKey, Vec<PricePeriod>> = BTreeMap::new();
        for price in self.store.own_prices(project_id).await? {
            own.entry((price.model, price.provider)).or_default().push(price.period);
        }
        let until = self.clock.now().plus_micros(FRESH_SECS * 1_000_000).micros();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        // Unchanged, it is the same book: what was looked up stays looked up.
        let book = match known.get(&project_id) {
            Some(known) if *known.book.own() == own => Arc::clone(&known.book),
            _ => Book::new(own),
        };
        known.insert(
            project_id,
            Known {
                book: Arc::clone(&book),
                until,
            },
        );
        Ok(book)
    }

    /// Sets a price, at once on this server and within seconds on others. The
    /// model's name is taken in lower case.
    ///
    /// # Errors
    /// See [`PriceError`].
    pub async fn set(&self, project_id: i64, model: &str, price: SetPrice, by: &str) -> Result<ModelPrice, PriceError> {
        let (model, provider) = names(model, price.provider.as_deref());
        check(&model, provider.as_deref(), &price).map_err(PriceError::Invalid)?;
        let book = self.reread(project_id).await?;
        let there = book.own().get(&(model.clone(), provider.clone()));
        let replaces = there.is_some_and(|periods| periods.iter().any(|period| period.from == price.from));
        if !replaces && book.own().values().map(Vec::len).sum::<usize>() >= OWN_PRICES {
            return Err(PriceError::TooMany);
        }
        let own = OwnPrice {
            model: model.clone(),
            provider: provider.clone(),
            period: PricePeriod {
                from: price.from.filter(|from| from.micros() != 0),
                rates: price.rates,
                tiers: price.tiers,
                source: price.source.filter(|source| !source.trim().is_empty()),
                set_at: Some(self.clock.now()),
                set_by: Some(by.to_owned()),
            },
        };
        self.store.set_price(project_id, &own).await?;
        let book = self.reread(project_id).await?;
        let found = self.listing(&book).remove(&(model.clone(), provider.clone()));
        found.ok_or_else(|| StoreError::Inconsistent(format!("the price of {model} is gone")).into())
    }

    /// Takes a model's own prices away: all of them, or that with one
    /// beginning. `None` when there were none; else what holds now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove(
        &self,
        project_id: i64,
        model: &str,
        provider: Option<&str>,
        from: Option<Option<Timestamp>>,
    ) -> Result<Option<Option<ModelPrice>>, StoreError> {
        let (model, provider) = names(model, provider);
        let removed = self
            .store
            .remove_prices(project_id, &model, provider.as_deref(), from)
            .await?;
        if removed == 0 {
            return Ok(None);
        }
        let book = self.reread(project_id).await?;
        Ok(Some(self.listing(&book).remove(&(model, provider))))
    }

    /// What models cost a project, by model and provider: those whose name,
    /// alias or provider holds a text, after one, at most `limit`.
    ///
    /// # Errors
    /// When the store fails, or [`StoreError::BadToken`].
    pub async fn list(
        &self,
        project_id: i64,
        search: &str,
        own_only: bool,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<PriceList, StoreError> {
        let book = self.reread(project_id).await?;
        let after: Option<OwnKey> = cursor
            .map(|cursor| serde_json::from_str(cursor).map_err(|_| StoreError::BadToken("cursor")))
            .transpose()?;
        let wanted = search.trim().to_lowercase();
        let matches = |price: &ModelPrice| {
            let holds = |text: &str| text.contains(wanted.as_str());
            let named = wanted.is_empty()
                || holds(&price.model)
                || price.provider.as_deref().is_some_and(holds)
                || price.aliases.iter().any(|alias| holds(alias));
            named && (!own_only || !price.own.is_empty())
        };
        let mut items: Vec<ModelPrice> = self
            .listing(&book)
            .into_iter()
            .filter(|(key, price)| after.as_ref().is_none_or(|after| key > after) && matches(price))
            .map(|(_, price)| price)
            .take(limit + 1)
            .collect();
        let more = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| more);
        let next_cursor = last.and_then(|last| serde_json::to_string(&(&last.model, &last.provider)).ok());
        Ok(PriceList { items, next_cursor })
    }

    /// Models that were used and have no price, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn unpriced(&self, project_id: i64, after: &str, limit: usize) -> Result<UnpricedList, StoreError> {
        let book = self.reread(project_id).await?;
        let mut rows = self.store.unpriced(project_id, after, limit + 1, COUNTED + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let most = u64::try_from(COUNTED).unwrap_or(u64::MAX);
        let items: Vec<UnpricedModel> = rows
            .into_iter()
            .map(|row| UnpricedModel {
                priced_now: book.knows(row.provider.as_deref(), &row.model, row.last_seen),
                events: row.events.min(most),
                more: row.events > most,
                model: row.model,
                provider: row.provider,
                last_seen: row.last_seen,
            })
            .collect();
        let next_cursor = items.last().filter(|_| more).map(|last| last.model.clone());
        Ok(UnpricedList { items, next_cursor })
    }

    /// Every model that has a price, shipped or own.
    fn listing(&self, book: &Book) -> BTreeMap<OwnKey, ModelPrice> {
        let now = self.clock.now();
        let mut listing: BTreeMap<OwnKey, ModelPrice> = BTreeMap::new();
        for listed in &SHIPPED.models {
            let price = ModelPrice {
                model: listed.model.clone(),
                provider: Some(listed.provider.clone()),
                aliases: listed.aliases.clone(),
                current: None,
                origin: PriceOrigin::Shipped,
                own: Vec::new(),
                shipped: newest_first(&listed.periods),
            };
            listing.insert((listed.model.clone(), price.provider.clone()), price);
        }
        for ((model, provider), periods) in book.own() {
            let entry = listing.entry((model.clone(), provider.clone()));
            let price = entry.or_insert_with(|| ModelPrice {
                model: model.clone(),
                provider: provider.clone(),
                aliases: Vec::new(),
                current: None,
                origin: PriceOrigin::Project,
                own: Vec::new(),
                shipped: Vec::new(),
            });
            price.own = newest_first(periods);
        }
        let any_provider: HashMap<&str, &Vec<PricePeriod>> = book
            .own()
            .iter()
            .filter(|((_, provider), _)| provider.is_none())
            .map(|((model, _), periods)| (model.as_str(), periods))
            .collect();
        for price in listing.values_mut() {
            // What is set for whoever sells it holds for each who does.
            let own = holding(&price.own, now).or_else(|| {
                let periods = any_provider.get(price.model.as_str())?;
                holding(&newest_first(periods), now)
            });
            price.origin = if own.is_some() || price.shipped.is_empty() {
                PriceOrigin::Project
            } else {
                PriceOrigin::Shipped
            };
            price.current = own.or_else(|| holding(&price.shipped, now));
        }
        listing
    }
}

/// The names of a model and its provider as they are stored.
fn names(model: &str, provider: Option<&str>) -> (String, Option<String>) {
    let provider = provider.map(|provider| provider.trim().to_lowercase());
    (
        model.trim().to_lowercase(),
        provider.filter(|provider| !provider.is_empty()),
    )
}

fn newest_first(periods: &[PricePeriod]) -> Vec<PricePeriod> {
    let mut periods = periods.to_vec();
    periods.sort_by_key(|period| std::cmp::Reverse(period.from));
    periods
}

/// The period that holds at a moment, of some that are newest first.
fn holding(periods: &[PricePeriod], now: Timestamp) -> Option<PricePeriod> {
    periods
        .iter()
        .find(|period| period.from.is_none_or(|from| from <= now))
        .cloned()
}

/// Every fault of a price that is to be set.
fn check(model: &str, provider: Option<&str>, price: &SetPrice) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut fault = |place: Vec<Loc>, msg: &str| errors.push(FieldError::new(place, msg));
    let is_name = |name: &str| !name.is_empty() && name.chars().count() <= 200 && !name.chars().any(char::is_control);
    if !is_name(model) {
        fault(loc!["path", "model"], "must be a name of at most 200 characters");
    }
    if provider.is_some_and(|provider| !is_name(provider)) {
        fault(loc!["body", "provider"], "must be a name of at most 200 characters");
    }
    if price
        .source
        .as_deref()
        .is_some_and(|source| source.chars().count() > 500)
    {
        fault(loc!["body", "source"], "must have at most 500 characters");
    }
    if price.tiers.len() > TIERS {
        fault(loc!["body", "tiers"], "must be at most 20");
    }
    if price.from.is_some_and(|from| from.micros() < 0) {
        fault(loc!["body", "from"], "must be after 1970, or null for always");
    }
    check_rates(&price.rates, loc!["body", "rates"], &mut fault);
    for (n, tier) in price.tiers.iter().enumerate() {
        check_tier(tier, loc!["body", "tiers", n], &mut fault);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn check_tier(tier: &PriceTier, place: Vec<Loc>, fault: &mut impl FnMut(Vec<Loc>, &str)) {
    let inner = |name: &str| place.iter().cloned().chain([Loc::from(name)]).collect::<Vec<Loc>>();
    if tier.service_tier.is_none() && tier.above_input_tokens.is_none() {
        fault(
            place.clone(),
            "must say for which calls: service_tier or above_input_tokens",
        );
    }
    if tier.above_input_tokens.is_some_and(|above| above < 0) {
        fault(inner("above_input_tokens"), "must not be negative");
    }
    check_rates(&tier.rates, inner("rates"), fault);
}

fn check_rates(rates: &Rates, place: Vec<Loc>, fault: &mut impl FnMut(Vec<Loc>, &str)) {
    let all = [
        ("input_usd", Some(rates.input_usd)),
        ("output_usd", Some(rates.output_usd)),
        ("cache_read_usd", rates.cache_read_usd),
        ("cache_write_usd", rates.cache_write_usd),
        ("cache_write_1h_usd", rates.cache_write_1h_usd),
        ("input_audio_usd", rates.input_audio_usd),
        ("input_image_usd", rates.input_image_usd),
        ("output_reasoning_usd", rates.output_reasoning_usd),
        ("output_audio_usd", rates.output_audio_usd),
        ("output_image_usd", rates.output_image_usd),
    ];
    for (name, usd) in all {
        if usd.is_some_and(|usd| usd < Usd::ZERO || usd > MOST) {
            let place = place.iter().cloned().chain([Loc::from(name)]).collect();
            fault(place, "must be from 0 to 1,000,000 dollars for a million tokens");
        }
    }
}
