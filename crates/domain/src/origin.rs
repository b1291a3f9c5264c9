//! Where a request came from, as it is stored with what was done for it.

/// Where a request came from, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The network address.
    pub address: Option<String>,
    /// The user agent of the browser or program.
    pub device: Option<String>,
}
