//! Files that are fetched piece by piece, so that one sees how far they are and
//! can stop them.

use js_sys::{Array, Reflect, Uint8Array};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, HtmlAnchorElement, ReadableStreamDefaultReader, RequestInit, Response, Url};

/// So many bytes become one part, which the browser may keep on its disk.
const PART: usize = 8 << 20;

/// Why there is no file.
pub(crate) enum NoFile {
    /// The server said no: the status and what it answered.
    Refused(u16, String),
    /// It broke off, or was stopped.
    Broken,
}

impl From<JsValue> for NoFile {
    fn from(_: JsValue) -> Self {
        Self::Broken
    }
}

/// A file that comes.
pub(crate) struct Incoming {
    response: Response,
    reader: ReadableStreamDefaultReader,
    /// What has not become a part yet, and how many bytes that is.
    pieces: (Array, usize),
    parts: Array,
}

impl Incoming {
    /// Asks for it.
    ///
    /// # Errors
    /// [`NoFile`].
    pub(crate) async fn ask(path: &str, stop: &AbortController) -> Result<Self, NoFile> {
        let init = RequestInit::new();
        init.set_signal(Some(&stop.signal()));
        let response = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await?;
        let response: Response = response.dyn_into()?;
        if !response.ok() {
            let text = JsFuture::from(response.text()?).await?;
            return Err(NoFile::Refused(response.status(), text.as_string().unwrap_or_default()));
        }
        let body = response.body().ok_or(NoFile::Broken)?;
        Ok(Self {
            reader: body.get_reader().dyn_into().map_err(|_| NoFile::Broken)?,
            response,
            pieces: (Array::new(), 0),
            parts: Array::new(),
        })
    }

    /// What its answer says in a header.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.response.headers().get(name).ok().flatten()
    }

    /// The next piece; none when it is complete.
    ///
    /// # Errors
    /// [`NoFile::Broken`].
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, NoFile> {
        let read = JsFuture::from(self.reader.read()).await?;
        let value = Reflect::get(&read, &JsValue::from_str("value"))?;
        if value.is_undefined() {
            return Ok(None);
        }
        let piece: Uint8Array = value.dyn_into().map_err(|_| NoFile::Broken)?;
        let bytes = piece.to_vec();
        let (pieces, length) = &mut self.pieces;
        pieces.push(&piece);
        *length += bytes.len();
        if *length >= PART {
            self.part()?;
        }
        Ok(Some(bytes))
    }

    fn part(&mut self) -> Result<(), NoFile> {
        let (pieces, _) = std::mem::replace(&mut self.pieces, (Array::new(), 0));
        self.parts.push(&Blob::new_with_u8_array_sequence(&pieces)?.into());
        Ok(())
    }

    /// Saves what has come.
    ///
    /// # Errors
    /// [`NoFile::Broken`].
    pub(crate) fn save(mut self, name: &str) -> Result<(), NoFile> {
        self.part()?;
        let url = Url::create_object_url_with_blob(&Blob::new_with_blob_sequence(&self.parts)?)?;
        let link = document().create_element("a")?;
        let link: HtmlAnchorElement = link.dyn_into().map_err(|_| NoFile::Broken)?;
        link.set_href(&url);
        link.set_download(name);
        link.click();
        Ok(Url::revoke_object_url(&url)?)
    }
}
