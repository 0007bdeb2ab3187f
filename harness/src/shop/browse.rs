//! Looking around, and coming and going.

use super::catalogue::nouns;
use super::data::Data;
use super::session::{Page, Scene, Session};
use super::visitor::Visitor;

impl Visitor {
    pub(super) fn view(&mut self, scene: &mut Scene<'_>) -> Option<Data> {
        let page = scene.page?;
        let user_id = self.user_id.clone();
        let session = self.arrive(scene);
        let category = match page.name.as_str() {
            "product" => session.found.take(),
            _ => session.found.clone(),
        };
        let product = scene.shop.product(scene.rng, category.as_deref());
        let url = page.url(&product, &session.query);
        let referrer = if session.page.is_none() {
            scene.word(&["", "google", "facebook"])
        } else {
            ""
        };
        session.page = Some(Page {
            name: page.name.clone(),
            url: url.clone(),
        });
        let product_id = (page.name == "product").then(|| product.id.clone());
        let page_title = page.title(&product);
        if product_id.is_some() {
            session.viewed = Some(product);
        }
        Some(Data::PageView {
            user_id,
            session_id: session.id.clone(),
            page_url: url,
            page_title,
            page_type: page.name.clone(),
            referrer,
            product_id,
        })
    }

    pub(super) fn click(&mut self, scene: &mut Scene<'_>) -> Option<Data> {
        let user_id = self.user_id.clone();
        let session = self.arrive(scene);
        let page = session.page.as_ref()?;
        let element_id = scene.word(match page.name.as_str() {
            "product" => &["add-to-cart", "buy-now", "nav-home"],
            "category" | "search" => &["view-details", "filter-btn", "nav-home"],
            "home" => &["view-details", "nav-home"],
            _ => &["nav-home"],
        });
        let element_type = scene.word(match element_id {
            "view-details" => &["link", "image", "card"],
            "nav-home" => &["nav", "link"],
            _ => &["button"],
        });
        Some(Data::PageClick {
            user_id,
            session_id: session.id.clone(),
            element_id,
            element_type,
            page_url: page.url.clone(),
        })
    }

    pub(super) fn search(&mut self, scene: &mut Scene<'_>) -> Data {
        let user_id = self.user_id.clone();
        let category = scene.shop.product(scene.rng, None).category.clone();
        let query = scene
            .rng
            .choice(nouns(&category))
            .map_or(category.as_str(), |noun| noun);
        let results_count = scene.rng.u32(0..=150);
        let session = self.arrive(scene);
        session.query = query.to_owned();
        session.found = (results_count > 0).then_some(category);
        Data::PageSearch {
            user_id,
            session_id: session.id.clone(),
            search_query: session.query.clone(),
            results_count,
        }
    }

    /// More sign-ups than visitors are more accounts of the same people.
    pub(super) fn sign_up(&mut self, scene: &mut Scene<'_>) -> Data {
        self.signups += 1;
        let user = &self.user_id;
        let email = match self.signups {
            1 => format!("{user}@example.com"),
            n => format!("{user}+{n}@example.com"),
        };
        Data::UserSignup {
            user_id: user.clone(),
            email,
            signup_source: scene.word(&["organic", "google_ads", "facebook", "referral"]),
        }
    }

    pub(super) fn log_in(&mut self, scene: &mut Scene<'_>) -> Data {
        let session = Session::begin(scene.rng, scene.now, true);
        let session_id = session.id.clone();
        self.session = Some(session);
        Data::UserLogin {
            user_id: self.user_id.clone(),
            session_id,
            login_method: scene.word(&["password", "google", "facebook", "magic_link"]),
            device_type: scene.word(&["desktop", "mobile", "tablet"]),
        }
    }
}
