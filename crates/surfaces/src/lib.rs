//! The faces of Gongfang: one folder a published document, each with its own envelope and words.
//!
//! A surface decodes a request, calls one engine function and encodes its answer. It knows neither its own address nor any
//! other surface; what all share stands in [`speak`].

pub mod anime;
pub mod campus;
pub mod docs;
pub mod mail;
pub mod media;
pub mod phone;
pub mod sandbox;
pub mod speak;
pub mod studio;
pub mod uploads;

pub use speak::{App, Surface};
