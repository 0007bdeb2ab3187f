//! From what a client reports of its tokens to disjoint buckets: the one
//! place where this is decided, for every door.
//!
//! Conventions differ in whether the input includes what was cached, and the
//! output what was reasoned. `OpenAI`, Gemini, `OpenTelemetry` and
//! `OpenInference` count the cached within the input; Anthropic, Bedrock and
//! Langfuse's maps count it apart. `OpenAI` and Anthropic count reasoning
//! within the output; Gemini and Langfuse's maps apart. Where the numbers show
//! that a part cannot be within its total, it is apart, whatever was said.

use eventglass_model::{ServiceTier, Tokens};

/// How a report counts parts of a total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parts {
    /// They are in the total.
    Within,
    /// They come on top of it.
    Apart,
    /// Not said: within, unless the sum that was reported shows otherwise.
    #[default]
    ByNumbers,
}

/// Tokens as a client reported them. `None` is not reported; what is less
/// than nothing counts as nothing.
#[derive(Clone, Debug, Default)]
pub struct Reported {
    /// Input, and what is within it.
    pub input: Option<i64>,
    /// Output, and what is within it.
    pub output: Option<i64>,
    /// The sum, as the client gave it.
    pub total: Option<i64>,
    /// Read from the provider's cache.
    pub cache_read: i64,
    /// Written to it for its usual time.
    pub cache_write: i64,
    /// Written to it for an hour.
    pub cache_write_1h: i64,
    /// Audio that went in.
    pub input_audio: i64,
    /// Images that went in.
    pub input_image: i64,
    /// Output that was reasoning.
    pub reasoning: i64,
    /// Audio that came out.
    pub output_audio: i64,
    /// Images that came out.
    pub output_image: i64,
    /// How the cached was counted.
    pub cache: Parts,
    /// How reasoning was counted.
    pub thought: Parts,
    /// How audio and images were counted.
    pub media: Parts,
    /// How the call was served.
    pub service_tier: Option<ServiceTier>,
}

impl Reported {
    /// Whether anything was reported.
    #[must_use]
    pub const fn is_some(&self) -> bool {
        self.input.is_some() || self.output.is_some() || self.total.is_some()
    }

    /// The buckets. Their sums are the totals of input and output.
    #[must_use]
    pub fn settle(&self) -> Tokens {
        let total = self.total.unwrap_or(0).max(0);
        let [read, write, write_1h] = [self.cache_read, self.cache_write, self.cache_write_1h].map(|n| n.max(0));
        let [audio_in, image_in] = [self.input_audio, self.input_image].map(|n| n.max(0));
        let [thoughts, audio_out, image_out] = [self.reasoning, self.output_audio, self.output_image].map(|n| n.max(0));
        let cached = sum(&[read, write, write_1h]);
        let known = |given: Option<i64>, other: Option<i64>| match (given, other) {
            (Some(n), _) => n.max(0),
            // Of two numbers and their sum, one may be left out.
            (None, Some(other)) => total.saturating_sub(other.max(0)).max(0),
            (None, None) => 0,
        };
        let (input, output) = (known(self.input, self.output), known(self.output, self.input));
        let adds_up = |parts: &[i64]| total > 0 && sum(parts) == total;

        let cache_apart = match self.cache {
            Parts::Apart => true,
            Parts::Within => cached > input,
            Parts::ByNumbers => {
                cached > input
                    || (cached > 0
                        && (adds_up(&[input, cached, output]) || adds_up(&[input, cached, output, thoughts])))
            }
        };
        let media_apart = |media: i64, whole: i64| self.media == Parts::Apart || media > whole;
        let media_in = sum(&[audio_in, image_in]);
        let mut input_total = input;
        if cache_apart {
            input_total = input_total.saturating_add(cached);
        }
        if media_apart(media_in, input) {
            input_total = input_total.saturating_add(media_in);
        }
        let thought_apart = match self.thought {
            Parts::Apart => true,
            Parts::Within => thoughts > output,
            Parts::ByNumbers => thoughts > output || (thoughts > 0 && adds_up(&[input_total, output, thoughts])),
        };
        let media_out = sum(&[audio_out, image_out]);
        let mut output_total = output;
        if thought_apart {
            output_total = output_total.saturating_add(thoughts);
        }
        if media_apart(media_out, output) {
            output_total = output_total.saturating_add(media_out);
        }
        // Audio may have been cached, and is counted as cached then.
        let [cache_read, cache_write, cache_write_1h, input_audio, input_image] =
            within(input_total, [read, write, write_1h, audio_in, image_in]);
        let [output_reasoning, output_audio, output_image] = within(output_total, [thoughts, audio_out, image_out]);
        Tokens {
            input_total,
            output_total,
            cache_read,
            cache_write,
            cache_write_1h,
            input_audio,
            input_image,
            output_reasoning,
            output_audio,
            output_image,
            total,
            service_tier: self.service_tier.filter(|tier| *tier != ServiceTier::Standard),
        }
    }
}

fn sum(parts: &[i64]) -> i64 {
    parts.iter().fold(0, |sum, part| sum.saturating_add(*part))
}

/// Parts that do not exceed a total together; the later ones give way.
fn within<const N: usize>(total: i64, parts: [i64; N]) -> [i64; N] {
    let mut left = total;
    parts.map(|part| {
        let part = part.min(left);
        left -= part;
        part
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn settled(input: i64, cache_read: i64, output: i64, reasoning: i64, total: i64) -> (i64, i64) {
        let reported = Reported {
            input: Some(input),
            output: Some(output),
            total: Some(total),
            cache_read,
            reasoning,
            ..Reported::default()
        };
        let tokens = reported.settle();
        (tokens.input_total, tokens.output_total)
    }

    #[test]
    fn parts_are_included_unless_they_cannot_be() {
        assert_eq!(settled(100, 80, 50, 20, 0), (100, 50));
        assert_eq!(settled(100, 80, 50, 20, 150), (100, 50));
        assert_eq!(settled(20, 80, 50, 0, 0), (100, 50), "a part is bigger than the whole");
        assert_eq!(settled(100, 80, 50, 0, 230), (180, 50), "the total counts it apart");
        assert_eq!(
            settled(100, 0, 50, 20, 170),
            (100, 70),
            "thoughts are not in the output"
        );
        assert_eq!(settled(100, 80, 10, 20, 210), (180, 30), "both");
        assert_eq!(settled(-5, 0, i64::MAX, 0, 0), (0, i64::MAX));
    }

    #[test]
    fn a_missing_side_is_the_rest_of_the_sum() {
        let of = |input, output, total| {
            let tokens = Reported {
                input,
                output,
                total,
                ..Reported::default()
            }
            .settle();
            (tokens.input_total, tokens.output_total, tokens.total)
        };
        assert_eq!(of(Some(30), None, Some(100)), (30, 70, 100));
        assert_eq!(of(None, Some(30), Some(100)), (70, 30, 100));
        assert_eq!(of(Some(30), None, Some(10)), (30, 0, 10));
        assert_eq!(of(None, None, Some(100)), (0, 0, 100), "only the sum is known");
        assert_eq!(of(Some(5), Some(3), Some(12)), (5, 3, 12), "it need not add up");
    }

    #[test]
    fn audio_that_was_cached_is_counted_once() {
        let tokens = Reported {
            input: Some(100),
            output: Some(10),
            cache_read: 60,
            input_audio: 80,
            cache: Parts::Within,
            media: Parts::Within,
            ..Reported::default()
        }
        .settle();
        assert_eq!((tokens.cache_read, tokens.input_audio), (60, 40));
        assert_eq!(tokens.input_uncached(), 0);
    }

    fn parts() -> impl Strategy<Value = Parts> {
        prop_oneof![Just(Parts::Within), Just(Parts::Apart), Just(Parts::ByNumbers)]
    }

    fn count() -> impl Strategy<Value = i64> {
        prop_oneof![0..2_000_i64, -5..5_i64, Just(i64::MAX), Just(i64::MIN)]
    }

    prop_compose! {
        fn reported()(
            sums in prop::array::uniform3(prop::option::of(count())),
            parts_of in prop::array::uniform8(count()),
            ways in prop::array::uniform3(parts()),
        ) -> Reported {
            let [input, output, total] = sums;
            let [cache_read, cache_write, cache_write_1h, input_audio, input_image, reasoning, output_audio, output_image] = parts_of;
            let [cache, thought, media] = ways;
            Reported {
                input, output, total, cache_read, cache_write, cache_write_1h, input_audio, input_image,
                reasoning, output_audio, output_image, cache, thought, media, service_tier: None,
            }
        }
    }

    proptest! {
        #[test]
        fn buckets_are_disjoint_and_add_up(reported in reported()) {
            let t = reported.settle();
            let input = [t.input_uncached(), t.cache_read, t.cache_write, t.cache_write_1h, t.input_audio, t.input_image];
            let output = [t.output_text(), t.output_reasoning, t.output_audio, t.output_image];
            prop_assert!(input.iter().chain(&output).all(|n| *n >= 0));
            prop_assert_eq!(input.iter().map(|n| i128::from(*n)).sum::<i128>(), i128::from(t.input_total));
            prop_assert_eq!(output.iter().map(|n| i128::from(*n)).sum::<i128>(), i128::from(t.output_total));
            prop_assert!(t.total >= 0);
        }

        #[test]
        fn nothing_that_was_reported_is_lost(reported in reported()) {
            let t = reported.settle();
            prop_assert!(t.input_total >= reported.input.unwrap_or(0).max(0));
            prop_assert!(t.output_total >= reported.output.unwrap_or(0).max(0));
            let cached = [reported.cache_read, reported.cache_write, reported.cache_write_1h];
            prop_assert!(t.input_total >= sum(&cached.map(|n| n.max(0))));
            prop_assert!(t.output_total >= reported.reasoning.max(0));
        }
    }
}
