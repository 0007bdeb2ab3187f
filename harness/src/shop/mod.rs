//! The visitors of an imaginary shop, as the CartNudge door hears of them:
//! twelve kinds of event that make sense one after the other. What is removed
//! from a cart was put there, what is put there was looked at before, and who
//! orders is logged in and has checked out.

mod browse;
mod buy;
mod catalogue;
mod data;
mod kind;
mod session;
#[cfg(test)]
mod tests;
mod traffic;
mod visitor;

pub(crate) use catalogue::{PageType, Products, Shop};
pub(crate) use data::ShopEvent;
pub(crate) use kind::{Kind, Weights};
pub(crate) use traffic::{Crowd, Traffic};
