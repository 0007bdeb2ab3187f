//! What the disk's promise costs: the floor under every acknowledgement.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::figures::{DiskFigures, Latency};

const BLOCK: usize = 8_192;
/// The file is this long from the start and is overwritten, like a write-ahead
/// log: a file that grows costs more.
const BLOCKS: u64 = 512;

/// Writes 8 kB and `fdatasync`s, again and again for `duration`. Blocks.
pub(super) fn measure(folder: &Path, duration: Duration) -> anyhow::Result<DiskFigures> {
    let mut file = tempfile::tempfile_in(folder)?;
    let block = vec![0xa5_u8; BLOCK];
    for _ in 0..BLOCKS {
        file.write_all(&block)?;
    }
    file.sync_all()?;
    let mut latency = Histogram::<u64>::new_with_max(60_000_000, 3)?;
    let started = Instant::now();
    let mut blocks = 0;
    while started.elapsed() < duration {
        if blocks % BLOCKS == 0 {
            file.seek(SeekFrom::Start(0))?;
        }
        blocks += 1;
        let begun = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        latency.saturating_record(u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    Ok(DiskFigures {
        writes: latency.len(),
        latency: Latency::new(&latency),
    })
}

/// Bytes of all files in a folder.
pub(super) fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?, entry.path())))
        .map(|(about, path)| if about.is_dir() { size_of(&path) } else { about.len() })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_this_disk() {
        let folder = tempfile::tempdir().unwrap();
        let figures = measure(folder.path(), Duration::from_millis(30)).unwrap();
        assert!(figures.writes > 0 && figures.latency.max_ms > 0.0);
        std::fs::write(folder.path().join("a"), [0; 1_000]).unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        std::fs::write(folder.path().join("b/c"), [0; 500]).unwrap();
        assert_eq!(size_of(folder.path()), 1_500);
    }
}
