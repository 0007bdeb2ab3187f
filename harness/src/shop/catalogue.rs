//! What the shop sells, and its pages.

use std::sync::Arc;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use super::data::Cents;

const ADJECTIVES: [&str; 8] = [
    "Classic", "Compact", "Everyday", "Light", "Modern", "Premium", "Smart", "Vintage",
];
/// Where the shop would be, were it real (RFC 2606).
const SITE: &str = "https://shop.example.com";

/// What is for sale: the `products` of the configuration.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Products {
    pub(crate) count: u32,
    pub(crate) price_range: PriceRange,
    pub(crate) categories: Vec<String>,
}

/// Lowest and highest price, in dollars.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct PriceRange {
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Default for PriceRange {
    fn default() -> Self {
        Self { min: 9.99, max: 499.99 }
    }
}

impl Default for Products {
    fn default() -> Self {
        let categories = ["electronics", "clothing", "home", "sports", "books", "toys"];
        Self {
            count: 50,
            price_range: PriceRange::default(),
            categories: categories.map(str::to_owned).to_vec(),
        }
    }
}

/// A kind of page: one of the `pages.types` of the configuration.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct PageType {
    /// `home`, `category`, `product`, `cart`, `checkout`, `search`, or a page of one's own.
    pub(crate) name: String,
    /// May hold `{category}`, `{product_id}` and `{query}`.
    pub(crate) path: String,
    /// How often it is viewed, compared with the others.
    pub(crate) weight: f64,
}

impl PageType {
    /// The six pages that are there without a configuration.
    pub(crate) fn usual() -> Vec<Self> {
        let page = |name: &str, path: &str, weight| Self {
            name: name.to_owned(),
            path: path.to_owned(),
            weight,
        };
        vec![
            page("home", "/", 20.0),
            page("category", "/category/{category}", 25.0),
            page("product", "/product/{product_id}", 35.0),
            page("cart", "/cart", 10.0),
            page("checkout", "/checkout", 5.0),
            page("search", "/search?q={query}", 5.0),
        ]
    }

    /// Its address.
    pub(super) fn url(&self, product: &Product, query: &str) -> String {
        let path = self
            .path
            .replace("{category}", &product.category)
            .replace("{product_id}", &product.id)
            .replace("{query}", &query.replace(' ', "+"));
        format!("{SITE}{path}")
    }

    /// What stands on its tab.
    pub(super) fn title(&self, product: &Product) -> String {
        match self.name.as_str() {
            "home" => "Home".to_owned(),
            "category" => capitalised(&product.category),
            "product" => product.name.clone(),
            "cart" => "Your cart".to_owned(),
            "checkout" => "Checkout".to_owned(),
            "search" => "Search results".to_owned(),
            other => capitalised(other),
        }
    }
}

/// Something for sale.
#[derive(Debug, PartialEq)]
pub(super) struct Product {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) category: String,
    pub(super) price: Cents,
}

impl Product {
    fn invent(rng: &mut Rng, number: u32, plan: &Products) -> Self {
        let place = number as usize - 1;
        let category = plan.categories.get(place % plan.categories.len().max(1));
        let category = category.cloned().unwrap_or_else(|| "general".to_owned());
        let nouns = nouns(&category);
        let noun = rng.choice(nouns).map_or(category.as_str(), |noun| noun);
        let adjective = rng.choice(ADJECTIVES).unwrap_or("Plain");
        let PriceRange { min, max } = plan.price_range;
        Self {
            id: format!("prod_{number:04}"),
            name: format!("{adjective} {noun}"),
            price: Cents::from_dollars(min + (max - min) * rng.f64()),
            category,
        }
    }
}

/// What a visitor may look for in a category, and find.
pub(super) fn nouns(category: &str) -> &'static [&'static str] {
    match category {
        "electronics" => &["headphones", "keyboard", "speaker", "charger", "camera"],
        "clothing" => &["jacket", "t-shirt", "sneakers", "jeans", "men's scarf"],
        "home" => &["lamp", "blanket", "kettle", "chair", "mirror"],
        "sports" => &["yoga mat", "dumbbells", "tennis racket", "bike helmet", "football"],
        "books" => &["novel", "cookbook", "travel guide", "children's book", "atlas"],
        "toys" => &["puzzle", "building blocks", "board game", "teddy bear", "kite"],
        _ => &[],
    }
}

/// Products and pages.
#[derive(Clone, Debug)]
pub(crate) struct Shop {
    first: Arc<Product>,
    products: Vec<Arc<Product>>,
    pages: Vec<Arc<PageType>>,
}

impl Shop {
    /// Invents the products.
    pub(crate) fn new(products: &Products, pages: &[PageType], rng: &mut Rng) -> Self {
        let invented: Vec<_> = (1..=products.count.max(1))
            .map(|number| Arc::new(Product::invent(rng, number, products)))
            .collect();
        let first = invented
            .first()
            .cloned()
            .unwrap_or_else(|| Arc::new(Product::invent(rng, 1, products)));
        Self {
            first,
            products: invented,
            pages: pages.iter().cloned().map(Arc::new).collect(),
        }
    }

    /// Any product, or any of a category.
    pub(super) fn product(&self, rng: &mut Rng, category: Option<&str>) -> Arc<Product> {
        if let Some(category) = category {
            let of_it = || self.products.iter().filter(|product| product.category == category);
            let count = of_it().count();
            if count > 0
                && let Some(product) = of_it().nth(rng.usize(0..count))
            {
                return Arc::clone(product);
            }
        }
        Arc::clone(rng.choice(&self.products).unwrap_or(&self.first))
    }

    /// The page of that name, if there is one and it is viewed at all.
    pub(super) fn page(&self, name: &str) -> Option<Arc<PageType>> {
        let page = self.pages.iter().find(|page| page.name == name && page.weight > 0.0);
        page.cloned()
    }

    /// A page by its weight.
    pub(super) fn draw_page(&self, rng: &mut Rng) -> Option<Arc<PageType>> {
        let pages = self.pages.iter().map(|page| (page, page.weight));
        draw(rng, pages).cloned()
    }
}

/// Draws from a list of choices and their weights; nothing when all weights are 0.
pub(super) fn draw<T>(rng: &mut Rng, choices: impl Iterator<Item = (T, f64)> + Clone) -> Option<T> {
    let total: f64 = choices.clone().map(|(_, weight)| weight).sum();
    let mut left = rng.f64() * total;
    let mut last = None;
    for (choice, weight) in choices.filter(|(_, weight)| *weight > 0.0) {
        if left < weight {
            return Some(choice);
        }
        left -= weight;
        // Rounding may leave a crumb after the last.
        last = Some(choice);
    }
    last
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
