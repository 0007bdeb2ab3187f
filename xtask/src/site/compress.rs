//! Brotli and gzip at their slowest and smallest: done once here, served a
//! million times. Results are remembered by the hash of what was compressed.

use std::{
    collections::BTreeSet,
    fs,
    io::{Cursor, Write},
    path::PathBuf,
};

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

use super::output::hash;

/// Both forms of one file.
pub(super) struct Pair {
    pub(super) brotli: Vec<u8>,
    pub(super) gzip: Vec<u8>,
}

/// Compresses, or remembers having done so.
pub(super) struct Compressor {
    memory: PathBuf,
    used: BTreeSet<String>,
}

impl Compressor {
    pub(super) fn new(memory: PathBuf) -> Self {
        Self {
            memory,
            used: BTreeSet::new(),
        }
    }

    pub(super) fn compress(&mut self, content: &[u8]) -> Result<Pair> {
        let key = hash(content);
        let brotli_name = format!("{key}.br");
        let gzip_name = format!("{key}.gz");
        let remembered = fs::read(self.memory.join(&brotli_name))
            .ok()
            .zip(fs::read(self.memory.join(&gzip_name)).ok());
        let pair = match remembered {
            Some((brotli, gzip)) => Pair { brotli, gzip },
            None => {
                let pair = Pair {
                    brotli: brotli(content)?,
                    gzip: gzip(content)?,
                };
                fs::create_dir_all(&self.memory)?;
                fs::write(self.memory.join(&brotli_name), &pair.brotli)?;
                fs::write(self.memory.join(&gzip_name), &pair.gzip)?;
                pair
            }
        };
        self.used.extend([brotli_name, gzip_name]);
        Ok(pair)
    }

    /// Keeps the memory as small as one site.
    pub(super) fn forget_unused(&self) -> Result<()> {
        for entry in fs::read_dir(&self.memory)? {
            let entry = entry?;
            if !self.used.contains(entry.file_name().to_string_lossy().as_ref()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut Cursor::new(content), &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}
