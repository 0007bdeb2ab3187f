//! What is counted apart from what, and for which spans of time.

use eventglass_model::{Dimension, Timestamp, is_error};

use super::Facts;

/// A span of time that has counts of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Kept for some days.
    Minute = 0,
    /// Kept for some weeks.
    Hour = 1,
    /// Kept for good. In UTC.
    Day = 2,
}

impl Tier {
    /// Every tier, the finest first.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// The number that stores keep.
    #[must_use]
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// Its length in seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }

    /// The number of the span that a moment lies in, counted from the epoch.
    #[must_use]
    pub const fn bucket_of(self, time: Timestamp) -> i64 {
        time.micros().div_euclid(self.seconds() * 1_000_000)
    }
}

/// A set of dimensions by which events are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Every event, by what most questions are about.
    Series = 0,
    /// Events that say where their user was.
    Places = 1,
    /// Events that say which version of a service sent them.
    Versions = 2,
    /// Events that name a model, by user.
    Users = 3,
    /// Events that name a model, by session.
    Sessions = 4,
    /// Errors, and nothing but how many, by what they are called.
    Errors = 5,
}

impl Family {
    /// How many there are.
    pub const COUNT: usize = 6;
    /// Every family, in the order of its number.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Series,
        Self::Places,
        Self::Versions,
        Self::Users,
        Self::Sessions,
        Self::Errors,
    ];

    /// The family of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// What its keys consist of.
    #[must_use]
    pub const fn dimensions(self) -> &'static [Dimension] {
        match self {
            Self::Series => &[
                Dimension::Service,
                Dimension::Endpoint,
                Dimension::Kind,
                Dimension::Environment,
                Dimension::Provider,
                Dimension::Model,
            ],
            Self::Places => &[Dimension::Country, Dimension::City, Dimension::Environment],
            Self::Versions => &[Dimension::Service, Dimension::Version, Dimension::Environment],
            Self::Users => &[Dimension::UserId, Dimension::Environment],
            Self::Sessions => &[Dimension::SessionId, Dimension::Environment],
            Self::Errors => &[Dimension::Name, Dimension::Service, Dimension::Environment],
        }
    }

    /// The finest span of time that it is counted for.
    #[must_use]
    pub const fn finest(self) -> Tier {
        match self {
            Self::Series | Self::Errors => Tier::Minute,
            _ => Tier::Hour,
        }
    }

    /// Whether an event is counted in it.
    #[must_use]
    pub const fn holds(self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Series => true,
            Self::Places => facts.country.is_some() || facts.city.is_some(),
            Self::Versions => facts.version.is_some(),
            Self::Users => facts.model.is_some() && facts.user_id.is_some(),
            Self::Sessions => facts.model.is_some() && facts.session_id.is_some(),
            Self::Errors => is_error(facts.severity, facts.status),
        }
    }

    /// What it counts of an event that it holds.
    #[must_use]
    pub const fn counted<'a>(self, facts: &Facts<'a>) -> Facts<'a> {
        match self {
            Self::Errors => Facts {
                duration_us: None,
                tokens: None,
                cost_nano_usd: None,
                cost_source: None,
                ..*facts
            },
            _ => *facts,
        }
    }

    /// Whether it counts distinct users.
    #[must_use]
    pub const fn counts_users(self) -> bool {
        matches!(self, Self::Series | Self::Places)
    }
}
