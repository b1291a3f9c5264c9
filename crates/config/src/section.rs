//! Sections of keys, and the macro that declares them.

use std::{collections::BTreeMap, ops::Deref};

use crate::{Value, Values};

/// A part of the configuration: one value, or a table of parts.
pub trait Section: Sized {
    /// Appends what stands at `path`, in the order of the declaration. `key` holds the default and production's, as TOML; a table has none.
    fn describe(path: &str, about: &'static str, key: Option<(&'static str, Option<&'static str>)>, items: &mut Vec<Item>);

    /// What is in force at `path`. `None` where something below it is no value for its key, which is added to what is wrong.
    fn read(path: &str, values: &mut Values) -> Option<Self>;

    /// Appends every value below `path` as it may be printed.
    fn show(&self, path: &str, shown: &mut Shown);
}

/// Values by their paths, as they may be printed: secrets masked.
pub type Shown = BTreeMap<String, toml::Value>;

/// A line of the sample.
#[derive(Debug, Clone)]
pub enum Item {
    /// A table begins.
    Table {
        /// Where it is, as `ai.image`.
        path: String,
        /// What it holds.
        about: &'static str,
    },
    /// A key.
    Key(Key),
}

/// A key of the configuration.
#[derive(Debug, Clone)]
pub struct Key {
    /// Where it is, as `anime.price`.
    pub path: String,
    /// What it means.
    pub about: &'static str,
    /// Its default as TOML.
    pub default: &'static str,
    /// What production has instead, as TOML.
    pub production: Option<&'static str>,
}

impl<T: Value> Section for T {
    fn describe(path: &str, about: &'static str, key: Option<(&'static str, Option<&'static str>)>, items: &mut Vec<Item>) {
        let (default, production) = key.unwrap_or(("\"\"", None));
        items.push(Item::Key(Key { path: path.to_owned(), about, default, production }));
    }

    fn read(path: &str, values: &mut Values) -> Option<Self> {
        values.read(path)
    }

    fn show(&self, path: &str, shown: &mut Shown) {
        shown.insert(path.to_owned(), Value::show(self));
    }
}

/// A section whose keys stand where its own name would stand: it adds keys to tables that others declare, too.
#[derive(Debug, Clone, PartialEq)]
pub struct Flat<T>(pub T);

impl<T: Section> Section for Flat<T> {
    fn describe(path: &str, _: &'static str, _: Option<(&'static str, Option<&'static str>)>, items: &mut Vec<Item>) {
        T::describe(parent(path), "", None, items);
    }

    fn read(path: &str, values: &mut Values) -> Option<Self> {
        T::read(parent(path), values).map(Self)
    }

    fn show(&self, path: &str, shown: &mut Shown) {
        self.0.show(parent(path), shown);
    }
}

impl<T> Deref for Flat<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// The path of a name below a path.
#[must_use]
pub fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Words to choose from, as "`a`, `b` or `c`".
#[must_use]
pub fn one_of(words: &[&str]) -> String {
    let quoted = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} or `{last}`", quoted(rest)),
        all => quoted(all),
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// Declares a section: each key with what it means, its type, its default as TOML and, behind `=>`, what production has instead. A field
/// without a default is a table of its own.
///
/// ```
/// config::section! {
///     /// WebSockets.
///     pub Sockets {
///         /// Whether a token may stand in the query.
///         query_token: bool = true => false,
///         /// Seconds between pings.
///         ping_s: config::Seconds<1, 3600> = 25,
///     }
/// }
/// # assert!(!config::Sources::default().check::<Sockets>(config::Mode::Production).unwrap().query_token);
/// ```
#[macro_export]
macro_rules! section {
    ($(#[doc = $doc:literal])* $vis:vis $name:ident {
        $($(#[doc = $about:literal])* $field:ident: $type:ty $(= $default:tt $(=> $production:tt)?)?),* $(,)?
    }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name { $($(#[doc = $about])* $vis $field: $type),* }

        impl $crate::Section for $name {
            fn describe(
                path: &str, about: &'static str, _: Option<(&'static str, Option<&'static str>)>, items: &mut Vec<$crate::Item>,
            ) {
                items.push($crate::Item::Table { path: path.to_owned(), about });
                $(
                    #[allow(unused_mut, unused_assignments, reason = "a table has no default, and most keys have nothing else in production")]
                    let key = {
                        let mut key: Option<(&'static str, Option<&'static str>)> = None;
                        $(
                            key = Some((stringify!($default), None));
                            $(key = Some((stringify!($default), Some(stringify!($production))));)?
                        )?
                        key
                    };
                    let about = concat!($($about, "\n"),*);
                    <$type as $crate::Section>::describe(&$crate::join(path, stringify!($field)), about, key, items);
                )*
            }

            fn read(path: &str, values: &mut $crate::Values) -> Option<Self> {
                // All are read before the first that failed ends it, so that every fault is known.
                $(let $field = <$type as $crate::Section>::read(&$crate::join(path, stringify!($field)), values);)*
                Some(Self { $($field: $field?),* })
            }

            fn show(&self, path: &str, shown: &mut $crate::Shown) {
                $($crate::Section::show(&self.$field, &$crate::join(path, stringify!($field)), shown);)*
            }
        }
    };
}

/// Declares a key's choices: an enum whose values are the words that the file has.
#[macro_export]
macro_rules! choice {
    ($(#[doc = $doc:literal])* $vis:vis $name:ident { $($(#[doc = $about:literal])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name { $($(#[doc = $about])* $variant),* }

        impl $name {
            /// The word in the file.
            $vis const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl $crate::Parsed for $name {
            fn expected() -> String {
                $crate::one_of(&[$($word),*])
            }

            fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }

            fn text(&self) -> String {
                self.word().to_owned()
            }
        }
    };
}
