//! The prices that come with Eventglass: `prices.toml`, read once.

use std::collections::HashMap;
use std::sync::LazyLock;

use eventglass_model::{PricePeriod, PriceTier, Rates, ServiceTier, Timestamp, Usd};
use serde::Deserialize;

use super::rates::scaled;

/// The file, which is also its own documentation.
const FILE: &str = include_str!("prices.toml");

/// The table. A file that makes no sense does not pass the tests, and makes an
/// empty table, in which every model is unpriced.
pub(crate) static SHIPPED: LazyLock<Table> = LazyLock::new(|| {
    Table::read(FILE).unwrap_or_else(|error| {
        tracing::error!(%error, "the built-in prices cannot be read");
        Table::default()
    })
});

/// A model as one provider sells it.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) model: String,
    pub(crate) provider: String,
    pub(crate) aliases: Vec<String>,
    /// Others who sell it at this price.
    pub(crate) hosts: Vec<String>,
    /// What Bedrock's regional profiles cost, as a factor.
    pub(crate) regional: Option<f64>,
    /// Oldest first.
    pub(crate) periods: Vec<PricePeriod>,
}

/// All that is listed, by model and provider, and by any name.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) models: Vec<Listed>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Table {
    /// Those that go by a name.
    pub(crate) fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Listed> + use<'a> {
        let places = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|place| self.models.get(*place))
    }

    /// Reads the file.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut table = Self::default();
        for model in file.model {
            let provider = file.provider.iter().find(|provider| provider.id == model.provider);
            let provider = provider.ok_or_else(|| format!("{}: no provider {}", model.id, model.provider))?;
            table.models.push(model.listed(provider)?);
        }
        table
            .models
            .sort_by(|a, b| (&a.model, &a.provider).cmp(&(&b.model, &b.provider)));
        for (place, listed) in table.models.iter().enumerate() {
            for name in std::iter::once(&listed.model).chain(&listed.aliases) {
                table.by_name.entry(name.clone()).or_default().push(place);
            }
        }
        Ok(table)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Vec<Provider>,
    model: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    id: String,
    name: String,
    #[serde(default)]
    hosts: Vec<String>,
    batch: Option<f64>,
    source: String,
    checked: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    id: String,
    provider: String,
    #[serde(default)]
    aliases: Vec<String>,
    regional: Option<f64>,
    batch: Option<f64>,
    source: Option<String>,
    prices: Vec<Price>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    from: Option<String>,
    input: f64,
    #[serde(default)]
    output: f64,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
    cache_write_1h: Option<f64>,
    input_audio: Option<f64>,
    input_image: Option<f64>,
    output_audio: Option<f64>,
    output_image: Option<f64>,
    output_reasoning: Option<f64>,
    batch: Option<f64>,
    flex: Option<Special>,
    priority: Option<Special>,
    long: Option<Long>,
}

/// Another price, as a factor or in full.
#[derive(Deserialize)]
#[serde(untagged)]
enum Special {
    Times(f64),
    Rates(Box<Price>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Long {
    above: i64,
    input: f64,
    output: f64,
}

impl Model {
    fn listed(self, provider: &Provider) -> Result<Listed, String> {
        let wrong = |what: &str| format!("{}: {what}", self.id);
        let source = self.source.as_ref().map_or_else(
            || format!("{} (checked {})", provider.source, provider.checked),
            |source| format!("{source}; {}", provider.name),
        );
        let batch = self.batch.or(provider.batch);
        let mut periods = Vec::with_capacity(self.prices.len());
        for price in &self.prices {
            let mut period = price.period(batch).ok_or_else(|| wrong("a price out of bounds"))?;
            period.from = match &price.from {
                Some(day) => Some(Timestamp::parse(day).map_err(|_| wrong("a day that is none"))?),
                None => None,
            };
            period.source = Some(source.clone());
            periods.push(period);
        }
        let first_is_open = periods.first().is_some_and(|period| period.from.is_none());
        let rising = periods.iter().zip(periods.iter().skip(1)).all(|(a, b)| a.from < b.from);
        if !(first_is_open && rising) {
            return Err(wrong("the first price has no day, and the days rise"));
        }
        Ok(Listed {
            model: self.id,
            provider: self.provider,
            aliases: self.aliases,
            hosts: provider.hosts.clone(),
            regional: self.regional,
            periods,
        })
    }
}

impl Price {
    fn rates(&self) -> Option<Rates> {
        let usd = |dollars: f64| Usd::from_dollars(dollars).filter(|usd| *usd >= Usd::ZERO);
        let maybe = |dollars: Option<f64>| dollars.map_or(Some(None), |dollars| usd(dollars).map(Some));
        Some(Rates {
            input_usd: usd(self.input)?,
            output_usd: usd(self.output)?,
            cache_read_usd: maybe(self.cache_read)?,
            cache_write_usd: maybe(self.cache_write)?,
            cache_write_1h_usd: maybe(self.cache_write_1h)?,
            input_audio_usd: maybe(self.input_audio)?,
            input_image_usd: maybe(self.input_image)?,
            output_reasoning_usd: maybe(self.output_reasoning)?,
            output_audio_usd: maybe(self.output_audio)?,
            output_image_usd: maybe(self.output_image)?,
        })
    }

    fn period(&self, batch: Option<f64>) -> Option<PricePeriod> {
        let rates = self.rates()?;
        let mut served = vec![(None, rates.clone())];
        let times = |factor: f64| scaled(&rates, factor, factor);
        if let Some(factor) = self.batch.or(batch).filter(|factor| (*factor - 1.0).abs() > 1e-9) {
            served.push((Some(ServiceTier::Batch), times(factor)));
        }
        for (tier, special) in [(ServiceTier::Flex, &self.flex), (ServiceTier::Priority, &self.priority)] {
            match special {
                Some(Special::Times(factor)) => served.push((Some(tier), times(*factor))),
                Some(Special::Rates(price)) => served.push((Some(tier), price.rates()?)),
                None => {}
            }
        }
        let mut tiers = Vec::new();
        for (service_tier, rates) in &served {
            if let Some(long) = &self.long {
                tiers.push(PriceTier {
                    service_tier: *service_tier,
                    above_input_tokens: Some(long.above),
                    rates: scaled(rates, long.input, long.output),
                });
            }
            if service_tier.is_some() {
                tiers.push(PriceTier {
                    service_tier: *service_tier,
                    above_input_tokens: None,
                    rates: rates.clone(),
                });
            }
        }
        Some(PricePeriod {
            rates,
            tiers,
            ..PricePeriod::default()
        })
    }
}
