//! The faces of Gongfang: one folder a published document, each with its own envelope and words.
//!
//! A surface decodes a request, calls one engine function and encodes its answer. It knows neither its own address nor any
//! other surface; what all share stands in [`http`].

pub mod anime;
pub mod campus;
pub mod console;
pub mod docs;
pub mod http;
pub mod mail;
pub mod media;
pub mod native;
mod openapi;
pub mod phone;
pub mod sandbox;
pub mod studio;
pub mod uploads;

pub use http::{App, Surface};

/// Every surface there is. To add one: its folder, its `mod` above, its line here.
pub const ALL: &[Surface] = &[
    anime::SURFACE,
    campus::SURFACE,
    console::SURFACE,
    mail::SURFACE,
    media::SURFACE,
    native::SURFACE,
    phone::SURFACE,
    sandbox::SURFACE,
    studio::SURFACE,
    uploads::SURFACE,
];

/// The surface of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Surface> {
    ALL.iter().find(|surface| surface.name == name)
}

config::section! {
    /// What surfaces alone read of the configuration, each in the table that has its name.
    pub Settings {
        /// The phone surface.
        phone: phone::Settings,
        /// The studio surface and its kind of task.
        studio: studio::Settings,
        /// The anime surface and its kind of task.
        anime: anime::Settings,
        /// The campus surface and its kind of task.
        campus: campus::Settings,
        /// The native surface.
        native: native::Settings,
    }
}
