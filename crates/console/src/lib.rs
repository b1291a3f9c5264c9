//! The console's pages as `make console` built them, each file plain and compressed. How they are served is not known here.

/// A file of the console.
#[derive(Debug)]
pub struct Asset {
    /// Its path, as `/_app/immutable/entry/start.js`.
    pub path: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// Its entity tag, with quotation marks.
    pub etag: &'static str,
    /// It as it is.
    pub plain: &'static [u8],
    /// It in gzip.
    pub gzip: &'static [u8],
    /// It in Brotli.
    pub brotli: &'static [u8],
}

mod table {
    #![expect(unreachable_pub, reason = "build.rs writes it")]
    use super::Asset;
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

/// What says that nothing was built.
static MISSING: Asset = {
    const PAGE: &[u8] = include_bytes!("missing.html");
    Asset { path: "/index.html", kind: "text/html; charset=utf-8", etag: "\"missing\"", plain: PAGE, gzip: &[], brotli: &[] }
};

/// The hash of what the pages were built from; none where this binary has none.
pub const STAMP: Option<&str> = table::STAMP;

/// Every file, the start page among them.
#[must_use]
pub fn all() -> &'static [Asset] {
    table::ASSETS
}

/// The file of a path.
#[must_use]
pub fn find(path: &str) -> Option<&'static Asset> {
    all().iter().find(|asset| asset.path == path)
}

/// The page that every page begins as.
#[must_use]
pub fn start() -> &'static Asset {
    find("/index.html").unwrap_or(&MISSING)
}
