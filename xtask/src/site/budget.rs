//! The size that a first visit may cost. A build over budget fails, so that the
//! page stays quick by decision and not by luck.

use anyhow::{Result, ensure};

use crate::step::{human_size, say};

/// wasm and JavaScript of the first page, as brotli.
const LIMIT: usize = 300 * 1024;

/// One compressed file of the site.
pub(super) struct Size {
    pub(super) path: String,
    pub(super) raw: usize,
    pub(super) brotli: usize,
}

/// Prints the figures and fails over budget.
pub(super) fn check(sizes: &[Size]) -> Result<()> {
    let mut first_page = 0;
    for size in sizes {
        let counts = size.path.ends_with(".js") || size.path.ends_with(".wasm");
        if counts {
            first_page += size.brotli;
        }
        if size.path.starts_with("pkg/") {
            say(&format!(
                "  {:>9} brotli, {:>9} raw  {}",
                human_size(size.brotli),
                human_size(size.raw),
                size.path
            ));
        }
    }
    ensure!(
        first_page <= LIMIT,
        "wasm and JavaScript of the first page are {} of brotli, over the budget of {}",
        human_size(first_page),
        human_size(LIMIT)
    );
    say(&format!(
        "  {:>9} of {} for wasm and JavaScript of the first page",
        human_size(first_page),
        human_size(LIMIT)
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(path: &str, brotli: usize) -> Size {
        Size {
            path: path.to_owned(),
            raw: brotli * 4,
            brotli,
        }
    }

    #[test]
    fn style_does_not_count_and_wasm_with_javascript_does() {
        assert!(
            check(&[
                size("pkg/a.wasm", LIMIT - 10),
                size("pkg/a.js", 10),
                size("pkg/a.css", LIMIT)
            ])
            .is_ok()
        );
        assert!(check(&[size("pkg/a.wasm", LIMIT - 10), size("pkg/a.js", 11)]).is_err());
    }
}
