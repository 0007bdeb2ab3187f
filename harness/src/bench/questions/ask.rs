//! Asking, one question at a time.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use hdrhistogram::Histogram;

use super::list::Question;
use crate::server::Session;

/// How often each is asked.
const ROUNDS: u32 = 40;
/// A table takes no longer than this, but each question is asked [`FEWEST`] times.
const LONGEST: Duration = Duration::from_secs(120);
const FEWEST: u32 = 3;
/// A person does not ask faster.
const PAUSE: Duration = Duration::from_millis(5);
const PARTIAL: &[u8] = b"\"partial\":true";

/// The answers to one question.
pub(super) struct Answers {
    pub(super) name: String,
    /// Microseconds.
    pub(super) latency: Histogram<u64>,
    /// Those that said that they are not all.
    pub(super) partial: u64,
}

/// Asks each question once, which is not counted, and then in turn.
///
/// # Errors
/// When an answer is not a success.
pub(super) async fn ask(session: &Session, questions: &[Question]) -> anyhow::Result<Vec<Answers>> {
    let mut answers = Vec::new();
    for question in questions {
        once(session, question).await?;
        answers.push(Answers {
            name: question.name.clone(),
            latency: Histogram::new_with_max(120_000_000, 3)?,
            partial: 0,
        });
    }
    let started = Instant::now();
    for round in 0..ROUNDS {
        if round >= FEWEST && started.elapsed() > LONGEST {
            break;
        }
        for (question, answers) in questions.iter().zip(&mut answers) {
            let asked = Instant::now();
            let partial = once(session, question).await?;
            let micros = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
            answers.latency.saturating_record(micros);
            answers.partial += u64::from(partial);
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(answers)
}

/// Whether the answer is partial.
async fn once(session: &Session, question: &Question) -> anyhow::Result<bool> {
    let answer = if question.is_page() {
        session.browse(&question.path).await
    } else {
        session.look(&question.path).await
    };
    let answer = answer.context(question.name.clone())?;
    if answer.status != 200 {
        let text: String = String::from_utf8_lossy(&answer.body).chars().take(300).collect();
        bail!("{} was answered {}: {text}", question.name, answer.status);
    }
    Ok(answer.body.windows(PARTIAL.len()).any(|part| part == PARTIAL))
}

/// Asks for `duration` what takes long, each question by somebody of their own.
///
/// # Errors
/// When the server cannot be reached.
pub(super) async fn keep_asking(session: &Session, paths: &[String], duration: Duration) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut all = tokio::task::JoinSet::new();
    for path in paths {
        let (session, path) = (session.clone(), path.clone());
        all.spawn(async move {
            while started.elapsed() < duration {
                session.look(&path).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = all.join_next().await {
        ended??;
    }
    Ok(())
}
