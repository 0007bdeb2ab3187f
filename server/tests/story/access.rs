//! Accounts, sessions, projects and keys.

use axum::http::Method;
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_newcomer_registers_logs_in_and_out() {
    let app = TestApp::new().await;
    let anonymous = app.anonymous();
    let ada = json!({ "email": " Ada@Example.com", "password": "correct horse" });
    let registered = anonymous.post("/api/auth/register", &ada).await.expect(201);
    assert_eq!(registered["user_id"], 1);
    anonymous.post("/api/auth/register", &ada).await.expect(409);

    let answer = anonymous.post("/api/auth/login", &ada).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(
        cookie.contains("; HttpOnly; SameSite=Lax; Max-Age=2592000") && !cookie.contains("Secure"),
        "{cookie}"
    );
    let token = answer.expect(200)["token"].as_str().unwrap().to_owned();
    assert_ne!(token, registered["token"].as_str().unwrap());

    let session = anonymous.with("authorization", &format!("Bearer {token}"));
    let me = session.get("/api/auth/me").await.expect(200);
    assert_eq!(
        me,
        json!({ "user_id": 1, "email": "ada@example.com", "created_at": crate::app::NOON })
    );
    session.post("/api/auth/logout", &json!({})).await.expect(204);
    session.get("/api/auth/me").await.expect(401);
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_said_at_once() {
    let app = TestApp::new().await;
    let answer = app
        .anonymous()
        .post("/api/auth/register", &json!({ "email": "nobody", "password": "short" }))
        .await;
    assert_eq!(answer.header("content-type"), "application/problem+json");
    insta::assert_json_snapshot!(answer.expect(422), @r#"
    {
      "code": "invalid",
      "detail": "must be an e-mail address such as ada@example.com",
      "errors": [
        {
          "loc": [
            "body",
            "email"
          ],
          "msg": "must be an e-mail address such as ada@example.com"
        },
        {
          "loc": [
            "body",
            "password"
          ],
          "msg": "must have at least 8 characters"
        }
      ],
      "status": 422,
      "title": "Unprocessable Entity",
      "type": "about:blank"
    }
    "#);
    app.anonymous()
        .post("/api/auth/register", &json!({ "email": "ada@example.com" }))
        .await
        .expect(422);
    app.anonymous()
        .with("content-type", "application/json")
        .send("POST".parse().unwrap(), "/api/auth/register", "{")
        .await
        .expect(400);
    app.anonymous()
        .with("content-type", "text/plain")
        .send("POST".parse().unwrap(), "/api/auth/register", "{}")
        .await
        .expect(415);
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let wrong = json!({ "email": "ada@example.com", "password": "wrong horse" });
    let nobody = json!({ "email": "nobody@example.com", "password": "wrong horse" });
    let unknown = app.anonymous().post("/api/auth/login", &nobody).await.expect(401);
    for _ in 0..10 {
        let known = app.anonymous().post("/api/auth/login", &wrong).await.expect(401);
        assert_eq!(known, unknown, "whether there is an account is not told");
    }
    let right = json!({ "email": "ada@example.com", "password": "correct horse" });
    let answer = app.anonymous().post("/api/auth/login", &right).await;
    assert_eq!(answer.header("retry-after"), "900");
    assert_eq!(answer.expect(429)["code"], "too_many_attempts");
    app.clock.advance_micros(900_000_000);
    app.anonymous().post("/api/auth/login", &right).await.expect(200);
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    app.clock.advance_micros(30 * 86_400_000_000 - 1);
    ada.get("/api/auth/me").await.expect(200);
    app.clock.advance_micros(1);
    ada.get("/api/auth/me").await.expect(401);
}

#[tokio::test]
async fn the_cookie_serves_our_pages_and_no_others() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let credentials = json!({ "email": "ada@example.com", "password": "correct horse" });
    let answer = app.anonymous().post("/api/auth/login", &credentials).await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let browser = app.anonymous().with("cookie", &cookie);
    let new = json!({ "name": "Shop" });
    browser.get("/api/auth/me").await.expect(200);
    assert_eq!(
        browser.post("/api/v1/projects", &new).await.expect(403)["code"],
        "cross_site"
    );
    browser
        .with("sec-fetch-site", "cross-site")
        .post("/api/v1/projects", &new)
        .await
        .expect(403);
    browser
        .with("sec-fetch-site", "same-origin")
        .post("/api/v1/projects", &new)
        .await
        .expect(201);
}

#[tokio::test]
async fn registration_can_be_closed() {
    let app = TestApp::with(&[("open_registration", "false")]).await;
    let answer = app
        .anonymous()
        .post(
            "/api/auth/register",
            &json!({ "email": "a@example.com", "password": "12345678" }),
        )
        .await;
    assert_eq!(answer.expect(403)["code"], "registration_closed");
}

#[tokio::test]
async fn a_project_comes_with_a_key_that_is_shown_once() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let created = ada
        .post(
            "/api/v1/projects",
            &json!({ "name": " My Shop ", "description": "sells" }),
        )
        .await
        .expect(201);
    insta::assert_json_snapshot!(created["project"], @r#"
    {
      "created_at": "2026-11-21T12:00:00.000000Z",
      "description": "sells",
      "event_count": 0,
      "id": 1,
      "name": "My Shop",
      "slug": "my-shop"
    }
    "#);
    let key = created["api_key"].as_str().unwrap();
    assert!(key.starts_with("proj_1_") && key.len() > 40, "{key}");

    // The older path makes projects, too, and lists them in its own way.
    let second = ada
        .post("/api/projects", &json!({ "name": "My Shop" }))
        .await
        .expect(201);
    assert_eq!(second["project"]["slug"], "my-shop-2");
    assert_eq!(ada.get("/api/projects").await.expect(200)["projects"][1]["id"], 2);
    assert_eq!(
        ada.get("/api/projects/2").await.expect(200)["project"]["slug"],
        "my-shop-2"
    );

    let list = ada.get("/api/v1/projects?limit=1").await.expect(200);
    assert_eq!(list["items"][0]["slug"], "my-shop");
    let rest = ada
        .get(&format!(
            "/api/v1/projects?cursor={}",
            list["next_cursor"].as_str().unwrap()
        ))
        .await
        .expect(200);
    assert_eq!(
        (rest["items"][0]["slug"].as_str(), rest["next_cursor"].as_str()),
        (Some("my-shop-2"), None)
    );
    for path in ["/api/v1/projects", "/api/v1/projects/1", "/api/v1/projects/1/keys"] {
        let text = ada.get(path).await.expect(200).to_string();
        assert!(!text.contains(key), "{path} shows a key: {text}");
    }
    ada.post("/api/v1/projects", &json!({ "name": " " })).await.expect(422);
    ada.post("/api/v1/projects", &json!({ "name": "x".repeat(101) }))
        .await
        .expect(422);
}

#[tokio::test]
async fn strangers_stay_outside() {
    let app = TestApp::new().await;
    let (ada, project, sdk) = app.project("shop").await;
    sdk.post("/api/v1/events", &json!({ "kind": "log", "event_id": "secret-1" }))
        .await
        .expect(202);
    let mallory = app.user("mallory").await;
    let id = project["id"].as_i64().unwrap();
    for path in [
        format!("/api/v1/projects/{id}"),
        "/api/v1/projects/shop".to_owned(),
        format!("/api/projects/{id}"),
        format!("/api/v1/projects/{id}/events"),
        format!("/api/v1/projects/{id}/events/secret-1"),
        format!("/api/v1/projects/{id}/facets"),
        format!("/api/v1/projects/{id}/keys"),
    ] {
        ada.get(&path).await.expect(200);
        mallory.get(&path).await.expect(403);
        app.anonymous().get(&path).await.expect(401);
        sdk.get(&path).await.expect(401);
    }
    mallory
        .post(&format!("/api/v1/projects/{id}/keys"), &json!({}))
        .await
        .expect(403);
    mallory
        .delete(&format!("/api/v1/projects/{id}/keys/1"))
        .await
        .expect(403);
    assert_eq!(mallory.get("/api/v1/projects").await.expect(200)["items"], json!([]));
    ada.get("/api/v1/projects/999").await.expect(404);
    ada.get("/api/v1/projects/nowhere").await.expect(404);
}

#[tokio::test]
async fn keys_are_made_and_revoked() {
    let app = TestApp::new().await;
    let (ada, _, first) = app.project("shop").await;
    let made = ada
        .post("/api/v1/projects/shop/keys", &json!({ "name": "ci" }))
        .await
        .expect(201);
    let ci = app.anonymous().with(
        "authorization",
        &format!("Bearer {}", made["api_key"].as_str().unwrap()),
    );
    let event = json!({ "kind": "log" });
    ci.post("/api/v1/events", &event).await.expect(202);
    let keys = ada.get("/api/v1/projects/shop/keys").await.expect(200);
    assert_eq!(keys["items"][0], made["key"]);
    assert!(
        made["api_key"]
            .as_str()
            .unwrap()
            .starts_with(made["key"]["prefix"].as_str().unwrap())
    );

    ada.delete(&format!("/api/v1/projects/shop/keys/{}", made["key"]["id"]))
        .await
        .expect(204);
    assert_eq!(
        ci.post("/api/v1/events", &event).await.expect(401)["code"],
        "invalid_api_key"
    );
    first.post("/api/v1/events", &event).await.expect(202);
    ada.delete(&format!("/api/v1/projects/shop/keys/{}", made["key"]["id"]))
        .await
        .expect(404);
    ada.delete("/api/v1/projects/shop/keys/x").await.expect(404);
    app.anonymous().post("/api/v1/events", &event).await.expect(401);
    for wrong in [
        "proj_1_",
        "nonsense",
        "proj_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        app.anonymous()
            .with("x-api-key", wrong)
            .post("/api/v1/events", &event)
            .await
            .expect(401);
    }
}

#[tokio::test]
async fn the_forms_work_without_scripts() {
    let app = TestApp::new().await;
    let page = app.anonymous().with("sec-fetch-site", "same-origin");
    let register = "/api/auth/register/form";
    let filled = "email=ada%40example.com&password=correct+horse&next=%2Fp%2Fshop%2Fevents%3Fq%3Da";

    let answer = page
        .send(
            Method::POST,
            register,
            "email=ada&password=correct+horse&next=%2Fp%2Fshop",
        )
        .await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), "/register?error=email&next=%2Fp%2Fshop");

    let answer = page.send(Method::POST, register, filled).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/p/shop/events?q=a")
    );
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("eg_session=") && cookie.contains("HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let again = page.send(Method::POST, register, filled).await;
    assert!(again.header("location").starts_with("/register?error=email_taken&"));

    let login = "/api/auth/login/form";
    let wrong = page.send(Method::POST, login, filled.replace("horse", "cow")).await;
    assert!(
        wrong
            .header("location")
            .starts_with("/login?error=invalid_credentials&")
    );
    assert_eq!(wrong.header("set-cookie"), "");
    let elsewhere = filled.replace("%2Fp%2Fshop%2Fevents%3Fq%3Da", "%2F%2Fevil.example");
    let answer = page.send(Method::POST, login, elsewhere).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/projects"));

    // A form on another site does not log anybody in.
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let answer = app
            .anonymous()
            .with(name, value)
            .send(Method::POST, login, filled)
            .await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (403, ""));
    }
}
