//! The types of values. What is wrong with one is said without quoting it, as it may be a secret.

use std::{fmt, net::IpAddr, ops::Deref, time::Duration};

use domain::money::Money;

/// The longest span of time that fits into what is counted with, in seconds: a hundred years.
pub const CENTURY_S: u64 = 3_155_760_000;

/// A value of the configuration.
pub trait Value: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What it must be, as "from 1 to 64".
    fn read(value: &toml::Value) -> Result<Self, String>;

    /// It as it may be printed.
    fn show(&self) -> toml::Value;
}

/// A value that the file has as a text.
pub trait Parsed: Sized {
    /// What it must be, as "an address such as 127.0.0.1".
    fn expected() -> String;

    /// Reads the text.
    fn parse(text: &str) -> Option<Self>;

    /// It as it may be printed.
    fn text(&self) -> String;
}

impl<T: Parsed> Value for T {
    fn read(value: &toml::Value) -> Result<Self, String> {
        value.as_str().and_then(Self::parse).ok_or_else(Self::expected)
    }

    fn show(&self) -> toml::Value {
        self.text().into()
    }
}

impl Parsed for String {
    fn expected() -> String {
        "a text in quotation marks".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn text(&self) -> String {
        self.clone()
    }
}

impl Parsed for IpAddr {
    fn expected() -> String {
        "an address such as 10.0.0.2".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for bool {
    fn read(value: &toml::Value) -> Result<Self, String> {
        value.as_bool().ok_or_else(|| "true or false".to_owned())
    }

    fn show(&self) -> toml::Value {
        (*self).into()
    }
}

impl<T: Value> Value for Vec<T> {
    fn read(value: &toml::Value) -> Result<Self, String> {
        let items = value.as_array().ok_or_else(|| "a list in square brackets".to_owned())?;
        items.iter().map(|item| T::read(item).map_err(|expected| format!("a list of which each is {expected}"))).collect()
    }

    fn show(&self) -> toml::Value {
        self.iter().map(T::show).collect::<Vec<_>>().into()
    }
}

/// A whole number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count<const LEAST: u64 = 0, const MOST: u64 = { u32::MAX as u64 }>(u64);

impl<const LEAST: u64, const MOST: u64> Count<LEAST, MOST> {
    /// The number, brought within its bounds.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(if number < LEAST {
            LEAST
        } else if number > MOST {
            MOST
        } else {
            number
        })
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number as a size in memory.
    #[must_use]
    pub fn size(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The number as what a limit allows.
    #[must_use]
    pub fn allowed(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }
}

impl<const LEAST: u64, const MOST: u64> Value for Count<LEAST, MOST> {
    fn read(value: &toml::Value) -> Result<Self, String> {
        let number = value.as_integer().and_then(|number| u64::try_from(number).ok());
        number.filter(|number| (LEAST..=MOST).contains(number)).map(Self).ok_or_else(|| format!("a whole number from {LEAST} to {MOST}"))
    }

    fn show(&self) -> toml::Value {
        i64::try_from(self.0).unwrap_or(i64::MAX).into()
    }
}

/// A number of bytes, at least one.
pub type Bytes = Count<1, { i64::MAX as u64 }>;

/// A span of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds<const LEAST: u64 = 0, const MOST: u64 = CENTURY_S>(Count<LEAST, MOST>);

impl<const LEAST: u64, const MOST: u64> Seconds<LEAST, MOST> {
    /// The number of seconds.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// The span.
    #[must_use]
    pub const fn span(self) -> Duration {
        Duration::from_secs(self.0.get())
    }
}

impl<const LEAST: u64, const MOST: u64> Value for Seconds<LEAST, MOST> {
    fn read(value: &toml::Value) -> Result<Self, String> {
        Count::read(value).map(Self).map_err(|expected| format!("{expected} (seconds)"))
    }

    fn show(&self) -> toml::Value {
        self.0.show()
    }
}

/// An amount of money that is not negative, in the file as a text of yuan: "1.50".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Yuan(pub Money);

impl Yuan {
    /// The amount in the ledger's smallest unit.
    #[must_use]
    pub const fn amount(self) -> i64 {
        self.0.0
    }
}

impl Parsed for Yuan {
    fn expected() -> String {
        "an amount in yuan such as \"0\" or \"1.50\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        Money::parse(text).filter(|money| money.0 >= 0).map(Self)
    }

    fn text(&self) -> String {
        self.0.to_string()
    }
}

/// What opens something: printed as asterisks, whoever prints it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for whoever signs or signs in with it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Parsed for Secret {
    fn expected() -> String {
        String::expected()
    }

    fn parse(text: &str) -> Option<Self> {
        Some(Self(text.to_owned()))
    }

    fn text(&self) -> String {
        if self.0.is_empty() { String::new() } else { MASK.to_owned() }
    }
}

/// An address that may hold a password, or a key in its query: printed without them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Address(String);

impl From<&str> for Address {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Deref for Address {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Parsed for Address {
    fn expected() -> String {
        String::expected()
    }

    fn parse(text: &str) -> Option<Self> {
        Some(Self(text.to_owned()))
    }

    fn text(&self) -> String {
        without_user(&self.0)
    }
}

const MASK: &str = "********";

/// An address without the user and the password, and the values of its query, that may open something. What names a place in words of its
/// own may hold a password anywhere, and is masked whole.
#[must_use]
pub fn without_user(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return if text.contains(['=', '@']) { MASK.to_owned() } else { text.to_owned() };
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = match rest[..end].rfind('@') {
        Some(at) => format!("{MASK}{}", &rest[at..end]),
        None => rest[..end].to_owned(),
    };
    let (path, query) = rest[end..].split_once('?').map_or((&rest[end..], None), |(path, query)| (path, Some(query)));
    let masked = |pair: &str| pair.split_once('=').map_or_else(|| pair.to_owned(), |(name, _)| format!("{name}={MASK}"));
    let query = query.map_or_else(String::new, |query| format!("?{}", query.split('&').map(masked).collect::<Vec<_>>().join("&")));
    format!("{scheme}://{host}{path}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_something_is_masked_by_its_type() {
        let secret = Secret::from("hunter2");
        assert_eq!((secret.text(), format!("{secret:?}")), (MASK.to_owned(), MASK.to_owned()));
        assert_eq!((Secret::default().text(), secret.expose()), (String::new(), "hunter2"));
        for (address, shown) in [
            ("postgres://me:hunter2@localhost/x", "postgres://********@localhost/x"),
            ("https://user:secret@llm.example.com/v1?x=@&key=1", "https://********@llm.example.com/v1?x=********&key=********"),
            ("host=localhost password=hunter2", MASK),
            ("https://api.example.com/v1", "https://api.example.com/v1"),
            ("", ""),
        ] {
            assert_eq!(Address::from(address).text(), shown);
        }
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        type Port = Count<1, 65_535>;
        let read = |number: i64| Port::read(&number.into()).map(Port::get);
        assert_eq!((read(1), read(65_535)), (Ok(1), Ok(65_535)));
        for wrong in [0, -1, 65_536, i64::MIN, i64::MAX] {
            assert_eq!(read(wrong), Err("a whole number from 1 to 65535".to_owned()), "{wrong}");
        }
    }
}
