//! What a request, call or query was about.

use super::fields::Field;
use super::slots::Slots;

/// Route, path, remote procedure, table or queue.
pub fn endpoint(slots: &Slots<'_>) -> Option<String> {
    let procedure = || {
        let method = slots.text(Field::RpcMethod)?;
        Some(match slots.text(Field::RpcService) {
            Some(service) => format!("{service}/{method}"),
            None => method.into_owned(),
        })
    };
    let said = || Some(path(&slots.text(Field::Endpoint)?).to_owned());
    let url = || Some(path(&slots.text(Field::Url)?).to_owned());
    said().or_else(procedure).or_else(url)
}

/// The path of a URL or of a request's target, without what was asked of it:
/// there are secrets in queries.
fn path(target: &str) -> &str {
    let after_host = match target.split_once("://") {
        None => target,
        Some((_, rest)) => rest.find(['/', '?', '#']).and_then(|at| rest.get(at..)).unwrap_or("/"),
    };
    let path = after_host.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() { "/" } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_out() {
        for (target, expected) in [
            ("/users/{id}", "/users/{id}"),
            ("/users?token=1", "/users"),
            ("https://shop.example:8443/cart/add?x=/y#z", "/cart/add"),
            ("https://shop.example", "/"),
            ("https://shop.example?x", "/"),
            ("orders", "orders"),
            ("?", "/"),
        ] {
            assert_eq!(path(target), expected, "{target}");
        }
    }
}
