//! What a client says of a file that it sent in parts, of each of them and of the whole.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use engine::upload::object::Witness;
use s3s::dto::CompletedPart;

use super::arrival::Hasher;

/// The headers that name a hash of the whole; the hash of an MD5 there is the request's own.
const WHOLE: [&str; 5] =
    ["x-amz-checksum-crc32", "x-amz-checksum-crc32c", "x-amz-checksum-crc64nvme", "x-amz-checksum-sha1", "x-amz-checksum-sha256"];

/// A hash that was named, and what is seen of what it is of.
struct Claim {
    name: &'static str,
    said: String,
    hasher: Hasher,
}

impl Claim {
    fn new(name: &'static str, said: &str) -> Self {
        Self { name, said: said.to_owned(), hasher: Hasher::of(name) }
    }

    /// The hash of what was seen; what is seen after it is of something else.
    fn digest(&mut self) -> Vec<u8> {
        std::mem::replace(&mut self.hasher, Hasher::of(self.name)).finalize()
    }

    fn agrees(&mut self) -> bool {
        BASE64.encode(self.digest()) == self.said
    }
}

/// The hash of the hashes of the parts, as a client says it: with the number of parts behind it.
struct Composite {
    claim: Claim,
    digests: Vec<u8>,
    parts: usize,
}

impl Composite {
    fn turn(&mut self) {
        self.digests.extend(self.claim.digest());
        self.parts += 1;
    }
}

/// All that was said of a file.
#[derive(Default)]
pub(super) struct Claims {
    parts: Vec<Vec<Claim>>,
    whole: Vec<Claim>,
    composite: Vec<Composite>,
    at: usize,
}

impl Claims {
    pub(super) fn of(headers: &axum::http::HeaderMap, parts: &[CompletedPart]) -> Self {
        let mut claims = Self { parts: parts.iter().map(of_part).collect(), ..Self::default() };
        for name in WHOLE {
            for value in headers.get_all(name) {
                let said = String::from_utf8_lossy(value.as_bytes());
                let claim = Claim::new(name, said.trim());
                match said.contains('-') {
                    true => claims.composite.push(Composite { claim, digests: Vec::new(), parts: 0 }),
                    false => claims.whole.push(claim),
                }
            }
        }
        claims
    }
}

fn of_part(part: &CompletedPart) -> Vec<Claim> {
    let said = [&part.checksum_crc32, &part.checksum_crc32c, &part.checksum_crc64nvme, &part.checksum_sha1, &part.checksum_sha256];
    WHOLE.into_iter().zip(said).filter_map(|(name, said)| Some(Claim::new(name, said.as_deref()?.trim()))).collect()
}

impl Witness for Claims {
    fn see(&mut self, part: usize, bytes: &[u8]) {
        while self.at < part {
            self.composite.iter_mut().for_each(Composite::turn);
            self.at += 1;
        }
        let of_part = self.parts.get_mut(part).into_iter().flatten();
        for claim in of_part.chain(&mut self.whole).chain(self.composite.iter_mut().map(|composite| &mut composite.claim)) {
            claim.hasher.update(bytes);
        }
    }

    fn agrees(&mut self) -> bool {
        let single = self.parts.iter_mut().flatten().chain(&mut self.whole).all(Claim::agrees);
        let composite = |composite: &mut Composite| {
            composite.turn();
            let mut hasher = Hasher::of(composite.claim.name);
            hasher.update(&composite.digests);
            composite.claim.said == format!("{}-{}", BASE64.encode(hasher.finalize()), composite.parts)
        };
        single && self.composite.iter_mut().all(composite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether two parts, "ab" and "c", are what is said of them and of the whole.
    fn agreed(parts: [&str; 2], whole: &str) -> bool {
        let part = |said: &str| CompletedPart { checksum_sha256: (!said.is_empty()).then(|| said.to_owned()), ..CompletedPart::default() };
        let mut headers = axum::http::HeaderMap::new();
        if !whole.is_empty() {
            headers.insert("x-amz-checksum-sha256", whole.parse().unwrap());
        }
        let mut claims = Claims::of(&headers, &parts.map(part));
        for (part, bytes) in [(0, "a"), (0, "b"), (1, "c")] {
            claims.see(part, bytes.as_bytes());
        }
        claims.agrees()
    }

    fn sha256(bytes: &[u8]) -> Vec<u8> {
        let mut hasher = Hasher::of("x-amz-checksum-sha256");
        hasher.update(bytes);
        hasher.finalize()
    }

    #[test]
    fn everything_that_is_said_is_compared() {
        let [ab, c, abc] = ["ab", "c", "abc"].map(|text| sha256(text.as_bytes()));
        let composite = |count: usize| format!("{}-{count}", BASE64.encode(sha256(&[&ab[..], &c].concat())));
        let [zero, ab, c, abc] = [&[0; 32][..], &ab, &c, &abc].map(|bytes| BASE64.encode(bytes));
        for (parts, whole, agrees) in [
            (["", ""], "", true),
            ([&*ab, &*c], "", true),
            ([&*ab, &*zero], "", false),
            ([&*zero, ""], "", false),
            (["", ""], &*abc, true),
            (["", ""], &*zero, false),
            ([&*ab, &*c], &*composite(2), true),
            (["", ""], &*composite(3), false),
        ] {
            assert_eq!(agreed(parts, whole), agrees, "{parts:?} {whole}");
        }
    }
}
