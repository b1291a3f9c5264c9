//! Addresses as people type them: with the page they copied, with blanks around, with slashes at the end.

/// An address that paths are put behind: without blanks, slashes at the end, and the `pages` that belong to whoever answers there.
/// What stands before them, a folder say, stays. A page `*.php` is any file of that sort.
#[must_use]
pub fn base(text: &str, pages: &[&str]) -> String {
    let mut base = text.trim().trim_end_matches('/');
    // Never into the host's name.
    let path = base.find("://").map_or(0, |at| at + 3);
    let is_page = |rest: &str, page: &str| match page.strip_prefix('*') {
        Some(ending) => {
            rest.rsplit('/').next().is_some_and(|last| last.ends_with(ending)).then(|| rest.rsplit('/').next().map_or(0, str::len))
        }
        None => rest.ends_with(page).then_some(page.len()),
    };
    loop {
        let rest = base.get(path..).unwrap_or_default().to_ascii_lowercase();
        let length = pages.iter().filter_map(|page| is_page(&rest, page)).max().unwrap_or(0);
        let cut = base.len() - length;
        if length == 0 || cut <= path || !base[..cut].ends_with('/') {
            return base.to_owned();
        }
        base = base[..cut].trim_end_matches('/');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_taken_off_and_folders_stay() {
        let pages = ["*.php", "api/pay/submit", "api/pay"];
        for (typed, expected) in [
            ("https://pay.example.com", "https://pay.example.com"),
            (" https://pay.example.com/ \n", "https://pay.example.com"),
            ("http://host/submit.php", "http://host"),
            ("http://host/mapi.php/", "http://host"),
            ("http://host/pay/Submit.PHP", "http://host/pay"),
            ("http://host/submit.php/submit.php", "http://host"),
            ("http://host/x/api/pay/submit", "http://host/x"),
            ("http://host/api/pay/", "http://host"),
            ("http://host.php", "http://host.php"),
            ("http://host/therapi/pay", "http://host/therapi/pay"),
            ("http://host/pay", "http://host/pay"),
            ("", ""),
        ] {
            assert_eq!(base(typed, &pages), expected, "{typed}");
        }
    }
}
