//! The site over files made up here: what a browser sees of caching, encodings
//! and policies.

mod crowd;

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
    response::Response,
    routing::get,
};
use eventglass_app::api::transport::ApiRequest;
use tokio::runtime::Handle;
use tower::ServiceExt;

use super::{Site, build, files::File, in_process::transport, security_headers};

const JS: &str = "/pkg/eventglass.0123456789abcdef.js";

fn test_site() -> Router {
    let manifest = format!(r#"{{"js":"{JS}","wasm":"/pkg/e.wasm","css":"/pkg/e.css","fonts":["/fonts/a.woff2"]}}"#);
    let files = BTreeMap::from([
        ("manifest.json".to_owned(), manifest),
        (JS.trim_start_matches('/').to_owned(), "plain".to_owned()),
        (format!("{}.br", JS.trim_start_matches('/')), "as brotli".to_owned()),
        (format!("{}.gz", JS.trim_start_matches('/')), "as gzip".to_owned()),
        ("favicon.svg".to_owned(), "<svg/>".to_owned()),
    ]);
    site_of(files)
}

fn site_of(files: BTreeMap<String, String>) -> Router {
    let api = Router::new().fallback(|| async { (StatusCode::UNAUTHORIZED, "{}") });
    site_with(api, files)
}

fn site_with(api: Router, files: BTreeMap<String, String>) -> Router {
    let find = move |path: &str| {
        files.get(path).map(|content| File {
            content: content.clone().into(),
            hash: [content.len() as u8; 32],
        })
    };
    build(Site {
        api,
        find: Arc::new(find),
    })
    .layer(security_headers())
}

async fn send(site: Router, method: &str, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response: Response = site.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

async fn get_page(site: Router, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    send(site, "GET", path, headers).await
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> &str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_hashed_file_comes_in_the_best_encoding_both_have() {
    for (accepted, encoding, body) in [
        ("gzip, deflate, br, zstd", "br", "as brotli"),
        ("gzip, br;q=0", "gzip", "as gzip"),
        ("gzip;q=0.5", "gzip", "as gzip"),
        ("identity", "", "plain"),
        ("", "", "plain"),
        ("br;q=0.0", "", "plain"),
    ] {
        let (status, headers, got) = get_page(test_site(), JS, &[("accept-encoding", accepted)]).await;
        assert_eq!((status, got.as_str()), (StatusCode::OK, body), "{accepted}");
        assert_eq!(text(&headers, header::CONTENT_ENCODING), encoding, "{accepted}");
        assert_eq!(text(&headers, header::VARY), "accept-encoding");
        assert_eq!(text(&headers, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
    }
}

#[tokio::test]
async fn a_hashed_file_is_kept_for_good_and_others_are_asked_about() {
    let (_, headers, _) = get_page(test_site(), JS, &[]).await;
    assert_eq!(
        text(&headers, header::CACHE_CONTROL),
        "public, max-age=31536000, immutable"
    );
    let (_, headers, _) = get_page(test_site(), "/favicon.svg", &[]).await;
    assert_eq!(text(&headers, header::CACHE_CONTROL), "public, no-cache");
    assert_eq!(text(&headers, header::CONTENT_TYPE), "image/svg+xml");
}

#[tokio::test]
async fn a_known_file_is_not_sent_again() {
    for path in [JS, "/favicon.svg"] {
        let (_, headers, _) = get_page(test_site(), path, &[]).await;
        let tag = text(&headers, header::ETAG).to_owned();
        for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let (status, _, body) = get_page(test_site(), path, &[("if-none-match", &known)]).await;
            assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{known}");
        }
        let (status, ..) = get_page(test_site(), path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!(status, StatusCode::OK);
    }
    // The same file in another encoding is another thing.
    let (_, plain, _) = get_page(test_site(), JS, &[]).await;
    let known = text(&plain, header::ETAG);
    let (status, ..) = get_page(test_site(), JS, &[("if-none-match", known), ("accept-encoding", "br")]).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn head_has_the_headers_and_no_body() {
    for path in [JS, "/favicon.svg", "/login"] {
        let (status, headers, body) = send(test_site(), "HEAD", path, &[]).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, ""), "{path}");
        assert!(headers.contains_key(header::CONTENT_TYPE), "{path}");
    }
}

#[tokio::test]
async fn what_is_no_file_of_the_site_is_not_served() {
    let compressed = format!("{JS}.br");
    for path in [
        "/pkg/other.js",
        compressed.as_str(),
        "/pkg/../manifest.json",
        "/manifest.json",
    ] {
        let (status, ..) = get_page(test_site(), path, &[]).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_page_names_its_files_and_only_its_nonce_lets_inline_scripts_run() {
    let (status, headers, html) = get_page(test_site(), "/login", &[("accept", "text/html")]).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains(JS), "{html}");
    assert_eq!(text(&headers, header::CACHE_CONTROL), "private, no-store");
    assert_eq!(text(&headers, header::CONTENT_TYPE), "text/html; charset=utf-8");

    let policy = text(&headers, header::CONTENT_SECURITY_POLICY);
    let scripts = policy.split("; ").find(|part| part.starts_with("script-src ")).unwrap();
    assert!(
        !scripts.contains("unsafe-inline") && !scripts.contains("'unsafe-eval'"),
        "{scripts}"
    );
    let nonce = scripts.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(nonce.len() >= 16);
    for script in html.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap();
        assert!(
            tag.contains(&format!("nonce=\"{nonce}\"")),
            "<script{tag}> has no nonce"
        );
    }
    assert!(
        !html.contains("<style") && !html.contains(" style=\""),
        "the policy allows no inline style"
    );

    let (_, again, _) = get_page(test_site(), "/login", &[]).await;
    assert!(
        !text(&again, header::CONTENT_SECURITY_POLICY).contains(nonce),
        "a nonce is used once"
    );
}

#[tokio::test]
async fn a_page_is_compressed_for_those_who_can_read_it() {
    for encoding in ["br", "gzip"] {
        let (_, headers, _) = get_page(test_site(), "/login", &[("accept-encoding", encoding)]).await;
        assert_eq!(text(&headers, header::CONTENT_ENCODING), encoding);
    }
}

#[tokio::test]
async fn an_unknown_path_is_the_apps_404() {
    let (status, headers, html) = get_page(test_site(), "/no/such/page", &[("accept", "text/html")]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(html.contains("</html>") && headers.contains_key(header::CONTENT_SECURITY_POLICY));
    let (status, ..) = send(test_site(), "POST", "/no/such/page", &[]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    for path in [JS, "/favicon.svg", "/login", "/no/such/page", "/pkg/nothing"] {
        let (_, headers, _) = get_page(test_site(), path, &[]).await;
        assert_eq!(text(&headers, header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        for name in [
            "referrer-policy",
            "permissions-policy",
            "cross-origin-opener-policy",
            "content-security-policy",
        ] {
            assert!(headers.contains_key(name), "{path} lacks {name}");
        }
    }
}

#[tokio::test]
async fn a_server_without_its_site_says_what_to_do() {
    for manifest in [None, Some(String::new())] {
        let files = manifest
            .map(|content| ("manifest.json".to_owned(), content))
            .into_iter()
            .collect();
        let (status, _, body) = get_page(site_of(files), "/login", &[]).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains("cargo xtask site"));
    }
}

#[tokio::test]
async fn a_page_calls_the_api_as_its_visitor() {
    let api = Router::new().route(
        "/echo",
        get(|headers: HeaderMap| async move {
            let names = [
                "cookie",
                "x-forwarded-for",
                "user-agent",
                "sec-fetch-site",
                "authorization",
            ];
            Json(names.map(|name| text(&headers, name).to_owned()))
        }),
    );
    let (page, ()) = Request::builder()
        .header("cookie", "session=1")
        .header("x-forwarded-for", "192.0.2.7")
        .header("user-agent", "reader")
        .header("authorization", "Basic stays-outside")
        .body(())
        .unwrap()
        .into_parts();
    let call = |path: &str| ApiRequest {
        method: "GET",
        path: path.to_owned(),
        body: None,
    };

    let transport = transport(api, Handle::current(), &page);
    let answer = (transport.0)(call("/echo")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, r#"["session=1","192.0.2.7","reader","same-origin",""]"#);
    assert_eq!((transport.0)(call("/nothing")).await.status, 404);
    assert_eq!((transport.0)(call("not a path")).await.status, 500);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_refused() {
    let api = Router::new().route("/long", get(|| async { "x".repeat(16 * 1024 * 1024 + 1) }));
    let (page, ()) = Request::new(()).into_parts();
    let request = ApiRequest {
        method: "GET",
        path: "/long".to_owned(),
        body: None,
    };
    assert_eq!((transport(api, Handle::current(), &page).0)(request).await.status, 500);
}
