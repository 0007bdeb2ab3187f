//! The API as its users meet it: the real router on a temporary database.

mod access;
mod app;
mod native;
mod pulse;
mod reading;
mod service;
