//! Prices as they are reckoned with: whole numbers, nothing to look up.

use eventglass_model::{PricePeriod, Rates, ServiceTier, Timestamp, Tokens, Usd};

/// Buckets of tokens that have a price.
const BUCKETS: usize = 10;

/// Price of a token in each bucket, in trillionths of a dollar, which is
/// millionths for a million.
type Row = [i64; BUCKETS];

/// The prices of a model over time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Oldest first, by their beginning in microseconds.
    periods: Vec<(i64, Period)>,
}

#[derive(Clone, Debug)]
struct Period {
    usual: Row,
    /// The first that applies counts.
    tiers: Vec<Tier>,
}

#[derive(Clone, Debug)]
struct Tier {
    service: Option<ServiceTier>,
    above: i64,
    row: Row,
}

impl Plan {
    /// Of periods in any order; of two that begin at once, the later in the list counts.
    pub(crate) fn new(periods: &[PricePeriod]) -> Self {
        let mut compiled: Vec<(i64, Period)> = periods
            .iter()
            .map(|period| (period.from.map_or(i64::MIN, Timestamp::micros), Period::new(period)))
            .collect();
        compiled.sort_by_key(|(from, _)| *from);
        Self { periods: compiled }
    }

    /// What tokens cost at a moment, in billionths of a dollar; `None` before the first price.
    pub(crate) fn cost(&self, tokens: &Tokens, time: Timestamp) -> Option<i64> {
        let later = self.periods.partition_point(|(from, _)| *from <= time.micros());
        let (_, period) = self.periods.get(later.checked_sub(1)?)?;
        Some(period.cost(tokens))
    }
}

impl Period {
    fn new(period: &PricePeriod) -> Self {
        let mut tiers: Vec<Tier> = period
            .tiers
            .iter()
            .map(|tier| Tier {
                service: tier.service_tier,
                above: tier.above_input_tokens.unwrap_or(-1),
                row: row(&tier.rates),
            })
            .collect();
        // Those of a service tier first, then the highest bound.
        tiers.sort_by_key(|tier| (tier.service.is_none(), -i128::from(tier.above)));
        Self {
            usual: row(&period.rates),
            tiers,
        }
    }

    fn cost(&self, tokens: &Tokens) -> i64 {
        let tier = self.tiers.iter().find(|tier| {
            let served =
                tier.service.is_none() || tier.service == Some(tokens.service_tier.unwrap_or(ServiceTier::Standard));
            served && tokens.input_total > tier.above
        });
        let row = tier.map_or(&self.usual, |tier| &tier.row);
        let pico: i128 = row
            .iter()
            .zip(buckets(tokens))
            .map(|(price, count)| i128::from(*price) * i128::from(count))
            .sum();
        i64::try_from((pico + 500) / 1_000).unwrap_or(i64::MAX)
    }
}

/// Prices in the order of [`buckets`].
fn row(rates: &Rates) -> Row {
    let price = |own: Option<Usd>, fallback: Usd| own.unwrap_or(fallback).micros();
    let (input, output) = (rates.input_usd, rates.output_usd);
    let write = rates.cache_write_usd.unwrap_or(input);
    [
        input.micros(),
        price(rates.cache_read_usd, input),
        write.micros(),
        price(rates.cache_write_1h_usd, write),
        price(rates.input_audio_usd, input),
        price(rates.input_image_usd, input),
        output.micros(),
        price(rates.output_reasoning_usd, output),
        price(rates.output_audio_usd, output),
        price(rates.output_image_usd, output),
    ]
}

/// Counts in the order of [`row`]. Where only a total is known, it is taken to
/// be seven tenths input and three tenths output.
fn buckets(tokens: &Tokens) -> Row {
    if tokens.input_total == 0 && tokens.output_total == 0 {
        let share = |tenths: i128| i64::try_from(i128::from(tokens.total.max(0)) * tenths / 10).unwrap_or(i64::MAX);
        return [share(7), 0, 0, 0, 0, 0, share(3), 0, 0, 0];
    }
    [
        tokens.input_uncached(),
        tokens.cache_read,
        tokens.cache_write,
        tokens.cache_write_1h,
        tokens.input_audio,
        tokens.input_image,
        tokens.output_text(),
        tokens.output_reasoning,
        tokens.output_audio,
        tokens.output_image,
    ]
    .map(|count| count.max(0))
}

/// Rates multiplied by a factor for what goes in and one for what comes out.
pub(crate) fn scaled(rates: &Rates, input: f64, output: f64) -> Rates {
    let by = |usd: Usd, factor: f64| Usd::from_dollars(usd.dollars() * factor).unwrap_or(usd);
    let maybe = |usd: Option<Usd>, factor: f64| usd.map(|usd| by(usd, factor));
    Rates {
        input_usd: by(rates.input_usd, input),
        output_usd: by(rates.output_usd, output),
        cache_read_usd: maybe(rates.cache_read_usd, input),
        cache_write_usd: maybe(rates.cache_write_usd, input),
        cache_write_1h_usd: maybe(rates.cache_write_1h_usd, input),
        input_audio_usd: maybe(rates.input_audio_usd, input),
        input_image_usd: maybe(rates.input_image_usd, input),
        output_reasoning_usd: maybe(rates.output_reasoning_usd, output),
        output_audio_usd: maybe(rates.output_audio_usd, output),
        output_image_usd: maybe(rates.output_image_usd, output),
    }
}

/// A period with all of its rates multiplied.
pub(crate) fn scaled_period(period: &PricePeriod, factor: f64) -> PricePeriod {
    let mut period = period.clone();
    period.rates = scaled(&period.rates, factor, factor);
    for tier in &mut period.tiers {
        tier.rates = scaled(&tier.rates, factor, factor);
    }
    period
}
