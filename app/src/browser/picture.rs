//! Saving a part of the page as a picture.
//!
//! The browser draws that part once more, as an image of SVG that has the
//! page's own HTML, style sheet and font in it, and the image on a canvas. All
//! of it is one `data:` URL: such an image may load nothing, and the policy of
//! our pages allows no images from elsewhere.

use js_sys::{Promise, Uint8Array, encode_uri_component};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, HtmlImageElement, Response, Url,
    XmlSerializer,
};

/// Pixels of the picture for each pixel of the page, as screens have them.
const SCALE: f64 = 2.0;
/// Browsers make no canvas that is longer.
const MOST_PIXELS: f64 = 16_000.0;
/// Pixels of the page around the picture.
const MARGIN: f64 = 16.0;
/// What the style sheet knows an element by that is being drawn.
const IN_PICTURE: &str = "data-picture";
/// The font that most text is in.
const FONT: &str = "/fonts/inter-latin-wght";

/// Saves an element as `NAME.png`, as it looks now.
///
/// # Errors
/// What the browser said; it matters to nobody but a developer.
pub(crate) async fn save_picture(id: &str, name: &str) -> Result<(), JsValue> {
    let element = document().get_element_by_id(id).ok_or(JsValue::NULL)?;
    // What scrolls on the page unfolds in the picture. By the time that the
    // browser paints again, the page is as it was.
    element.set_attribute(IN_PICTURE, "")?;
    let place = element.get_bounding_client_rect();
    let (width, height) = (place.width() + 2.0 * MARGIN, place.height() + 2.0 * MARGIN);
    let html = XmlSerializer::new()?.serialize_to_string(&element);
    element.remove_attribute(IN_PICTURE)?;
    let html = html?;
    let image = draw(&svg(&html, &style().await?, (width, height))).await?;

    let scale = SCALE.min(MOST_PIXELS / width.max(height));
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(pixels(width * scale));
    canvas.set_height(pixels(height * scale));
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.dyn_into()?;
    context.scale(scale, scale)?;
    context.draw_image_with_html_image_element(&image, 0.0, 0.0)?;

    let blob = Promise::new(&mut |done, _| {
        let _ = canvas.to_blob(&done);
    });
    let blob: Blob = JsFuture::from(blob).await?.dyn_into()?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(&format!("{name}.png"));
    link.click();
    Url::revoke_object_url(&url)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most MOST_PIXELS"
)]
fn pixels(length: f64) -> u32 {
    length.round() as u32
}

async fn draw(svg: &str) -> Result<HtmlImageElement, JsValue> {
    let image = HtmlImageElement::new()?;
    image.set_src(&format!("data:image/svg+xml,{}", encode_uri_component(svg)));
    JsFuture::from(image.decode()).await?;
    Ok(image)
}

/// The image. It is as wide as the window, as far as the style sheet can tell,
/// so that what is laid out for a phone stays so, and nothing else becomes so.
fn svg(html: &str, css: &str, (width, height): (f64, f64)) -> String {
    let window_width = window().inner_width().ok().and_then(|width| width.as_f64());
    let (wide, high) = (pixels(window_width.unwrap_or(width).max(width)), pixels(height));
    let across = pixels(width);
    let theme = theme();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" data-theme=\"{theme}\">\
         <style><![CDATA[{css}]]></style><foreignObject width=\"{across}\" height=\"{high}\">\
         <div xmlns=\"http://www.w3.org/1999/xhtml\" class=\"as-picture\">{}</div></foreignObject></svg>",
        without_controls(html)
    )
}

/// XML has no place for control characters, which may be in what clients send.
fn without_controls(html: &str) -> String {
    let may_be = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    html.chars()
        .filter(|c| may_be(c) && !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

/// The theme that one sees.
fn theme() -> &'static str {
    let chosen = document()
        .document_element()
        .and_then(|root| root.get_attribute("data-theme"));
    let is_dark = match chosen.as_deref() {
        Some(chosen) => chosen == "dark",
        None => {
            let query = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
            query.is_some_and(|query| query.matches())
        }
    };
    if is_dark { "dark" } else { "light" }
}

/// The style sheet, with the font in it.
async fn style() -> Result<String, JsValue> {
    let link = document().query_selector("link[rel=stylesheet]")?;
    let href = link.and_then(|link| link.get_attribute("href")).ok_or(JsValue::NULL)?;
    let text = JsFuture::from(fetch(&href).await?.text()?).await?;
    let mut css = text.as_string().unwrap_or_default();
    let font = css.find(FONT).and_then(|at| css.get(at..)?.split(')').next());
    if let Some(font) = font.map(str::to_owned) {
        let bytes = JsFuture::from(fetch(&font).await?.array_buffer()?).await?;
        let data = base64(&Uint8Array::new(&bytes).to_vec());
        css = css.replace(&font, &format!("data:font/woff2;base64,{data}"));
    }
    Ok(css)
}

async fn fetch(path: &str) -> Result<Response, JsValue> {
    JsFuture::from(window().fetch_with_str(path)).await?.dyn_into()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |n: usize| three.get(n).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            let letter = (bits >> (18 - 6 * n)) & 63;
            let letter = LETTERS.get(letter as usize).copied().unwrap_or(b'=');
            text.push(if n > three.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_base64() {
        for (bytes, text) in [
            ("", ""),
            ("M", "TQ=="),
            ("Ma", "TWE="),
            ("Man", "TWFu"),
            ("Many", "TWFueQ=="),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn leaves_out_what_xml_cannot_hold() {
        assert_eq!(without_controls("a\u{1}b\n\u{ffff}ü"), "ab\nü");
    }
}
