//! What is printed, and the verdict.

use std::io::{self, Write};

use serde::Serialize;

use super::check::Checked;

/// Whether the server may be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Verdict {
    /// At least 11 of 12.
    #[serde(rename = "READY")]
    Ready,
    /// At least 8.
    #[serde(rename = "CAUTION")]
    Caution,
    /// Fewer.
    #[serde(rename = "NOT READY")]
    NotReady,
}

impl Verdict {
    pub(super) const fn of(passed: usize) -> Self {
        match passed {
            11.. => Self::Ready,
            8..=10 => Self::Caution,
            _ => Self::NotReady,
        }
    }

    /// The program's exit code.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Ready => 0,
            Self::Caution => 1,
            Self::NotReady => 2,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Ready => "READY",
            Self::Caution => "CAUTION",
            Self::NotReady => "NOT READY",
        }
    }
}

/// Everything, as `--json` prints it.
#[derive(Serialize)]
pub(super) struct Summary<'a> {
    pub(super) url: String,
    pub(super) passed: usize,
    pub(super) total: usize,
    /// The mean of the checks' scores.
    pub(super) score: u32,
    pub(super) verdict: Verdict,
    pub(super) checks: &'a [Checked],
}

impl<'a> Summary<'a> {
    pub(super) fn new(url: String, checks: &'a [Checked]) -> Self {
        let passed = checks.iter().filter(|check| check.passed).count();
        let scores: u32 = checks.iter().map(|check| check.score).sum();
        let total = checks.len();
        Self {
            url,
            passed,
            total,
            score: scores / u32::try_from(total).unwrap_or(1).max(1),
            verdict: Verdict::of(passed),
            checks,
        }
    }

    /// The last lines for people.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "\n{} of {} passed, score {} of 100: {}",
            self.passed,
            self.total,
            self.score,
            self.verdict.word()
        )
    }
}

/// A check's line.
pub(super) fn write_check(check: &Checked, out: &mut impl Write) -> io::Result<()> {
    let mark = if check.passed { "PASS" } else { "FAIL" };
    writeln!(
        out,
        "{:>2}  {mark}  {:>3}  {:<22}{:>6} ms  {}",
        check.number, check.score, check.name, check.took_ms, check.seen
    )
}
