//! Doc comments as the document tells them: without the line breaks and the
//! links of the source.

/// Lines of a paragraph joined, links to code as plain names.
pub(super) fn plain(text: &str) -> String {
    let paragraph = |lines: &str| unlinked(&lines.split_whitespace().collect::<Vec<_>>().join(" "));
    let paragraphs: Vec<String> = text.split("\n\n").map(paragraph).collect();
    paragraphs.join("\n\n").trim().to_owned()
}

/// ``[`crate::search`]`` and ``[`a`](b)`` become `` `search` `` and `` `a` ``.
fn unlinked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        out.push_str(before);
        let Some((name, after)) = link.split_once("`]") else {
            out.push_str("[`");
            rest = link;
            continue;
        };
        out.push('`');
        out.push_str(name.rsplit("::").next().unwrap_or(name));
        out.push('`');
        rest = match after.strip_prefix('(').and_then(|target| target.split_once(')')) {
            Some((_, after)) => after,
            None => after,
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_become_sentences() {
        assert_eq!(
            plain("A query of the\n search language ([`crate::search`]).\n\nMore [`Self::x`](y), [1]."),
            "A query of the search language (`search`).\n\nMore `x`, [1]."
        );
        assert_eq!(plain("open [`end"), "open [`end");
    }
}
