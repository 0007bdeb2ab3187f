//! The style sheet, and the fonts that it names.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use super::output::hash;
use crate::{paths::Paths, step::step};

/// A font under its final URL.
pub(super) struct Font {
    pub(super) url: String,
    pub(super) content: Vec<u8>,
    /// Needed by every page, so worth asking for before the style sheet is read.
    pub(super) preload: bool,
}

/// The finished style sheet with its fonts.
pub(super) struct Style {
    pub(super) css: String,
    pub(super) fonts: Vec<Font>,
}

/// Runs Tailwind over `style/main.css`, then replaces each font's URL by one
/// with a hash. The style sheet names a font by its file name alone, and may
/// write any path before it: `url("/fonts/inter-latin-wght-normal.woff2")`.
pub(super) fn build(paths: &Paths, release: bool) -> Result<Style> {
    let css = step("Writing the style sheet with Tailwind", "about 1 s", || {
        tailwind(paths, release)
    })?;
    let installed = installed_fonts(&paths.root.join("node_modules/@fontsource-variable"))?;
    place_fonts(&css, |name| {
        let path = installed
            .get(name)
            .with_context(|| format!("the style sheet names {name}, which no font package has"))?;
        Ok(fs::read(path)?)
    })
}

fn tailwind(paths: &Paths, release: bool) -> Result<String> {
    let mut command = Command::new(paths.node_program("tailwindcss")?);
    command.current_dir(&paths.root).args(["--input", "style/main.css"]);
    if release {
        command.arg("--minify");
    }
    let output = command.output().context("cannot run tailwindcss")?;
    ensure!(
        output.status.success(),
        "tailwindcss failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// All woff2 files of the installed font packages, by file name.
fn installed_fonts(packages: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut fonts = BTreeMap::new();
    if !packages.exists() {
        return Ok(fonts);
    }
    for package in fs::read_dir(packages)? {
        let files = package?.path().join("files");
        if !files.exists() {
            continue;
        }
        for file in fs::read_dir(files)? {
            let file = file?;
            fonts.insert(file.file_name().to_string_lossy().into_owned(), file.path());
        }
    }
    Ok(fonts)
}

/// Finds every `url(...woff2)`, reads the font and rewrites the URL.
fn place_fonts(css: &str, read: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Style> {
    let mut written = String::with_capacity(css.len() + 256);
    let mut fonts: BTreeMap<String, Font> = BTreeMap::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("url(") {
        let (target, tail) = after.split_once(')').context("the style sheet has an unclosed url(")?;
        written.push_str(before);
        rest = tail;
        let plain = target.trim_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace());
        let name = plain.rsplit('/').next().unwrap_or(plain);
        let Some(stem) = name.strip_suffix(".woff2") else {
            written.push_str(&format!("url({target})"));
            continue;
        };
        if !fonts.contains_key(name) {
            let content = read(name)?;
            let url = format!("/fonts/{stem}.{}.woff2", hash(&content));
            let preload = stem.contains("-latin-") && !stem.contains("-latin-ext-");
            fonts.insert(name.to_owned(), Font { url, content, preload });
        }
        if let Some(font) = fonts.get(name) {
            written.push_str(&format!("url({})", font.url));
        }
    }
    written.push_str(rest);
    Ok(Style {
        css: written,
        fonts: fonts.into_values().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_get_hashed_urls_and_other_urls_stay() {
        let css = r#"a{src:url("/fonts/inter-latin-wght-normal.woff2") format("woff2")}
            b{src:url(./files/inter-latin-ext-wght-normal.woff2)}c{background:url(data:image/png;base64,AA)}"#;
        let style = place_fonts(css, |name| Ok(name.as_bytes().to_vec())).unwrap();
        let urls: Vec<_> = style
            .fonts
            .iter()
            .map(|font| (font.url.as_str(), font.preload))
            .collect();
        assert_eq!(style.fonts.len(), 2);
        for (url, preload) in urls {
            assert!(style.css.contains(&format!("url({url})")), "{}", style.css);
            assert_eq!(preload, !url.contains("latin-ext"));
        }
        assert!(style.css.contains("url(data:image/png;base64,AA)"));
    }

    #[test]
    fn an_unknown_font_stops_the_build() {
        assert!(place_fonts("url(/fonts/comic.woff2)", |name| anyhow::bail!("no {name}")).is_err());
    }
}
