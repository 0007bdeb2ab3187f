//! `eventglass export`: a whole search as a file, read from the database without a server.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use eventglass_engine::clock::{Clock, SystemClock};
use eventglass_engine::export::{Encoder, ExportRead, Format};
use eventglass_engine::query::EventSearch;
use eventglass_engine::store;
use eventglass_model::{EventQuery, TimeRange};

use crate::config::Settings;

/// How long it may take to know how many events there are.
const COUNTING: Duration = Duration::from_secs(2);

/// What `eventglass export` is asked.
#[derive(clap::Args)]
pub struct ExportArgs {
    /// Project, by slug or id
    pub project: String,
    /// Which events: a query of the search language (docs/search.md)
    #[arg(long, default_value = "")]
    pub q: String,
    /// When: `last 7d`, `2026-11-01..2026-11-21` [default: all]
    #[arg(long, default_value = "")]
    pub time: String,
    /// jsonl, csv or parquet [default: by the end of the output's name, else jsonl]
    #[arg(long)]
    pub format: Option<String>,
    /// File to write [default: standard output]
    #[arg(long, short)]
    pub output: Option<PathBuf>,
    /// Folder of the database [default: ./data]
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Settings file [default: ./eventglass.toml, if there is one]
    #[arg(long, env = "EVENTGLASS_CONFIG")]
    pub config: Option<PathBuf>,
}

/// Writes the file.
///
/// # Errors
/// What is wrong with the question, the database or the file.
pub async fn export(args: &ExportArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let by_name = args.output.as_ref().and_then(|path| path.extension()?.to_str());
    let name = args.format.as_deref().or(by_name).unwrap_or("jsonl");
    let Ok(format) = name.parse::<Format>() else {
        bail!("unknown format `{name}`; expected one of: {}", Format::NAMES);
    };
    let range = match args.time.as_str() {
        "" => TimeRange::default(),
        text => TimeRange::parse(text).map_err(anyhow::Error::msg)?,
    };
    let query = EventQuery {
        q: args.q.clone(),
        from: range.from,
        to: range.to,
        ..EventQuery::default()
    };
    let search = EventSearch::new(query, SystemClock.now()).map_err(|error| {
        let place = error
            .position
            .map(|at| format!(" (at character {at})"))
            .unwrap_or_default();
        anyhow::anyhow!("--q: {}{place}", error.msg)
    })?;
    let file = settings.data.join(crate::serve::DATABASE);
    if settings.database_url.expose().is_empty() && !file.exists() {
        bail!("there is no database at {}", file.display());
    }
    let store = store::open(settings.database_url.expose(), &file, settings.room())
        .await
        .context("opening the database")?;
    let project = match args.project.parse() {
        Ok(id) => store.project_by_id(id).await?,
        Err(_) => store.project_by_slug(&args.project).await?,
    };
    let project = project.with_context(|| format!("there is no project `{}`", args.project))?;

    let mut reading = ExportRead::new(store.clone(), project.id, &search).await?;
    let total = reading.count(COUNTING).await?;
    let mut out: Box<dyn Write> = match &args.output {
        Some(path) => {
            Box::new(std::fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?)
        }
        None => Box::new(std::io::stdout()),
    };
    let mut encoder = Encoder::new(format)?;
    let mut progress = Progress::new(total, args.output.is_some());
    while let Some(events) = reading.next().await? {
        progress.add(events.len());
        out.write_all(&encoder.add(events)?)?;
    }
    out.write_all(&encoder.finish()?)?;
    out.flush()?;
    progress.finish();
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Tells how far it is on standard error, each time another 10,000 are done.
struct Progress {
    done: usize,
    told: usize,
    total: Option<u64>,
    is_wanted: bool,
}

impl Progress {
    const fn new(total: Option<u64>, is_wanted: bool) -> Self {
        Self {
            done: 0,
            told: 0,
            total,
            is_wanted,
        }
    }

    fn add(&mut self, events: usize) {
        self.done += events;
        if self.done >= self.told + 10_000 {
            self.told = self.done;
            self.tell();
        }
    }

    fn finish(&self) {
        self.tell();
    }

    #[expect(clippy::print_stderr, reason = "standard output may be the file")]
    fn tell(&self) {
        match self.total {
            _ if !self.is_wanted => {}
            Some(total) => eprintln!("{} of {total} events", self.done),
            None => eprintln!("{} events", self.done),
        }
    }
}
