//! What a page shows: fetched while the server renders it, handed to the
//! browser with the page, fetched again when the question changes.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    str::FromStr,
    task::Poll,
};

use leptos::{
    prelude::{Effect, Get, Resource, RwSignal, Track},
    server::codee::string::FromToStringCodec,
};
use serde::de::DeserializeOwned;

use super::{
    error::{ApiError, ApiResult},
    portion::Portion,
    send::get_text,
};
use crate::json::{NotRead, from_text};

/// The path of a `GET`, and how much of its answer a page carries.
type Question = (String, Portion);

/// The answers to some questions, each the path of a `GET`. They are kept as
/// text and read where they are shown: thus all pages share one type of
/// resource, of which the browser downloads the code once.
#[derive(Clone, Copy)]
pub struct Fetched(Resource<Answers, FromToStringCodec>);

/// Answers, which a page that the server renders hands to the browser as JSON.
#[derive(Clone)]
struct Answers(Vec<ApiResult<String>>);

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Answers {
    type Err = NotRead;

    fn from_str(text: &str) -> Result<Self, NotRead> {
        from_text(text).map(Self)
    }
}

impl Fetched {
    /// Asks, and asks again whenever the paths change.
    pub fn all(paths: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        Self::boxed(Box::new(move || {
            paths().into_iter().map(|path| (path, Portion::Whole)).collect()
        }))
    }

    /// As [`Self::one`], for an answer that may be too large for the page that
    /// the server renders: of such a one the page carries a portion, and the
    /// browser asks for the whole. Nothing is asked while there is no path.
    pub fn portion<P>(portion: Portion, path: impl Fn() -> P + Send + Sync + 'static) -> Self
    where
        P: Into<Option<String>>,
    {
        Self::boxed(Box::new(move || {
            path().into().into_iter().map(|path| (path, portion)).collect()
        }))
    }

    /// Not generic: the browser downloads it once and not once per question.
    fn boxed(paths: Box<dyn Fn() -> Vec<Question> + Send + Sync>) -> Self {
        Self(Resource::new_str(paths, ask_all))
    }

    /// As [`Self::all`], for one question.
    pub fn one(path: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self::all(move || vec![path()])
    }

    /// The answers, once they are there.
    #[must_use]
    pub fn read_all<T: DeserializeOwned>(self) -> Option<ApiResult<Vec<T>>> {
        let Answers(answers) = self.0.get()?;
        Some(answers.into_iter().map(|answer| read(&answer?)).collect())
    }

    /// The answer, once it is there.
    #[must_use]
    pub fn read<T: DeserializeOwned>(self) -> Option<ApiResult<T>> {
        let text = self.text()?;
        Some(text.and_then(|text| read(&text)))
    }

    /// The answer as it came.
    #[must_use]
    pub fn text(self) -> Option<ApiResult<String>> {
        self.0.get()?.0.into_iter().next()
    }

    /// Asks again whenever a signal is raised.
    pub(crate) fn again_when(self, raised: RwSignal<u32>) {
        Effect::new(move |before: Option<()>| {
            raised.track();
            if before.is_some() {
                self.refetch();
            }
        });
    }

    /// Asks again.
    pub fn refetch(self) {
        self.0.refetch();
    }
}

/// Asks everything at once and waits for all of it.
async fn ask_all(paths: Vec<Question>) -> Answers {
    type Asked = Pin<Box<dyn Future<Output = ApiResult<String>> + Send>>;
    let mut asked: Vec<(Asked, Option<ApiResult<String>>)> = paths
        .into_iter()
        .map(|question| (Box::pin(ask(question)) as Asked, None))
        .collect();
    let answers = poll_fn(move |cx| {
        for (question, answer) in &mut asked {
            if answer.is_none()
                && let Poll::Ready(ready) = question.as_mut().poll(cx)
            {
                *answer = Some(ready);
            }
        }
        if asked.iter().all(|(_, answer)| answer.is_some()) {
            Poll::Ready(asked.drain(..).filter_map(|(_, answer)| answer).collect())
        } else {
            Poll::Pending
        }
    });
    Answers(answers.await)
}

#[cfg(feature = "ssr")]
fn ask((path, portion): Question) -> impl Future<Output = ApiResult<String>> + Send {
    let answer = get_text(path);
    async move { answer.await.map(|text| portion.of(text)) }
}

#[cfg(not(feature = "ssr"))]
fn ask((path, _): Question) -> impl Future<Output = ApiResult<String>> + Send {
    get_text(path)
}

/// Reads an answer.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> ApiResult<T> {
    from_text(text).map_err(|_| ApiError::Unreadable(200))
}
