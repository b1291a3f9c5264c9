//! Where a request came from, as it is kept beside what was done for it.

/// Where something was asked for, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The network address.
    pub address: Option<String>,
    /// What the browser or program called itself.
    pub device: Option<String>,
}
