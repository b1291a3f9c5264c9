//! Typed configuration: what a key is called, what it means, its type, its default and what production has instead stand in one place, a
//! [`section!`]. From there come the values in force, the refusals, the names in the environment and the sample file.
//!
//! Why no library does this: `figment` and `confique` know one set of defaults, where production needs another; they stop at the first
//! fault, and quote values, which may be secrets, in what they say of it. The reading of TOML is the library's.

mod sample;
mod section;
mod source;
mod value;

pub use self::{
    sample::sample,
    section::{Flat, Item, Key, Section, Shown, join, one_of},
    source::{Mode, Sources, Values, environment_name},
    value::{Address, Bytes, CENTURY_S, Count, Parsed, Seconds, Secret, Value, Yuan, without_user},
};
