//! One module per wire dialect. A door turns bytes into canonical events and
//! the canonical outcome into its dialect's answer; it knows nothing of
//! storage, and the pipeline knows nothing of it.

mod cart;
mod fastapi;
mod fields;
mod forge;
mod gate;
mod items;
mod langfuse;
mod native;
mod otlp;
mod pulse;
mod replay;
mod text;
mod watch;

use crate::http::openapi::ApiRouter;

pub use gate::{Handover, InFlight, PERMIT_BYTES, Spoken, room};
pub use replay::replay;

/// The routes of every door.
pub fn routes() -> ApiRouter {
    ApiRouter::default()
        .merge(native::routes())
        .merge(pulse::routes())
        .merge(forge::routes())
        .merge(cart::routes())
        .merge(langfuse::routes())
        .merge(otlp::routes())
        .merge(watch::routes())
}
