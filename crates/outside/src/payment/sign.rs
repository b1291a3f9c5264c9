//! The signatures of epay (docs/protocols.md, epay): MD5 with the key appended to the text, and RSA.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use domain::text::hex;
use md5::{Digest, Md5};
use ports::{fault::Fault, payment::Config};
use subtle::ConstantTimeEq;

/// The text that is signed: every field except the signature and empty ones, sorted by name, not encoded.
pub(super) fn text(fields: &[(String, String)]) -> String {
    let mut signed: Vec<&(String, String)> = fields
        .iter()
        .filter(|(name, value)| {
            !matches!(name.as_str(), "sign" | "sign_type") && !value.trim_matches([' ', '\t', '\n', '\r', '\0', '\x0b']).is_empty()
        })
        .collect();
    signed.sort_by(|one, other| one.0.as_bytes().cmp(other.0.as_bytes()));
    signed.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// The MD5 signature of a text.
pub(super) fn md5(config: &Config, text: &str) -> String {
    let between = if config.text("sign_key_mode") == "amp_key" { "&key=" } else { "" };
    hex(&Md5::digest(format!("{text}{between}{}", config.text("key")).as_bytes()))
}

/// Whether a method signs with RSA, the second version of the protocol.
pub(super) fn rsa(config: &Config) -> bool {
    config.text("sign_type").eq_ignore_ascii_case("rsa") || matches!(config.text("version").as_str(), "v2" | "2")
}

/// Whether a signature over these fields verifies.
pub(super) fn verifies(config: &Config, fields: &[(String, String)]) -> bool {
    let Some((_, given)) = fields.iter().find(|(name, _)| name == "sign") else { return false };
    let text = text(fields);
    if rsa(config) {
        let (Ok(signature), Some(key)) = (BASE64.decode(given.trim()), der(&config.text("platform_key"))) else { return false };
        return UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(text.as_bytes(), &signature).is_ok();
    }
    let expected = md5(config, &text);
    bool::from(expected.as_bytes().ct_eq(given.to_ascii_lowercase().as_bytes()))
}

/// The fields with their signature, as they are sent.
pub(super) fn signed(config: &Config, mut fields: Vec<(String, String)>) -> Result<Vec<(String, String)>, Fault> {
    let text = text(&fields);
    let (sign, kind) = if rsa(config) { (rsa_sign(config, &text)?, "RSA") } else { (md5(config, &text), "MD5") };
    fields.push(("sign".to_owned(), sign));
    fields.push(("sign_type".to_owned(), kind.to_owned()));
    Ok(fields)
}

fn rsa_sign(config: &Config, text: &str) -> Result<String, Fault> {
    let pair = private(config).ok_or_else(|| Fault::lasting("the merchant's private key cannot be read"))?;
    let mut signature = vec![0; pair.public_modulus_len()];
    // This padding uses no randomness: the same text has the same signature.
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
        .map_err(|_| Fault::lasting("the text cannot be signed"))?;
    Ok(BASE64.encode(signature))
}

/// The merchant's private key, in either form.
pub(super) fn private(config: &Config) -> Option<RsaKeyPair> {
    let der = der(&config.text("private_key"))?;
    RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der)).ok()
}

/// The bytes of a key in PEM or bare base64.
pub(super) fn der(text: &str) -> Option<Vec<u8>> {
    let bare: String = text.lines().filter(|line| !line.starts_with("-----")).flat_map(str::chars).filter(|c| !c.is_whitespace()).collect();
    BASE64.decode(bare).ok().filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config(value: serde_json::Value) -> Config {
        Config(value.as_object().unwrap().clone())
    }

    fn fields(text: &[(&str, &str)]) -> Vec<(String, String)> {
        text.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    const K2: &str = "89unJUB8HZ54Hj7x4nUj56HN4nUzUJ8i";
    const K3: &str = "gongfang-test-key-0123456789abcdef";
    const N1: [(&str, &str); 7] = [
        ("money", "100"),
        ("name", "工坊充值 100.00"),
        ("out_trade_no", "gf0000000001"),
        ("pid", "1001"),
        ("trade_no", "2026112011460012345"),
        ("trade_status", "TRADE_SUCCESS"),
        ("type", "wxpay"),
    ];

    /// N1 with one field changed or added.
    fn n1(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
        let mut fields: Vec<_> = N1.into_iter().filter(|field| field.0 != name).collect();
        fields.push((name, value));
        fields
    }

    /// The vectors E0 (published) to E3, S1, and N1 to N8 (docs/protocols.md, epay).
    #[test]
    fn the_vectors_of_the_md5_signature_hold() {
        let notify = "http://127.0.0.1:8000/api/v1/payment/notify/11111111-2222-4333-8444-555555555555";
        let s1 = "https://gf.example/api/v1/payment/notify/6f1f4a52-0c3e-4a4e-9b0f-0d6c2b1a9e11";
        let mut n8 = N1.to_vec();
        n8.extend([("empty", ""), ("blank", "  ")]);
        /// A name, a key, the fields, and their signature.
        type Vector<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>, &'a str);
        let vectors: Vec<Vector<'_>> = vec![
            ("E0", "1234567", vec![("money", "moneyv"), ("device", "devicev")], "3854cc9f022e0fb821bd2e002260245d"),
            (
                "E1",
                "k",
                vec![("a", "1"), ("b10", "4"), ("_b", "3"), ("c", ""), ("A", "2"), ("b2", "5")],
                "473cb98c580a568200089853e58f7b00",
            ),
            (
                "E2",
                K2,
                vec![
                    ("pid", "1001"),
                    ("type", "alipay"),
                    ("out_trade_no", "20160806151343349"),
                    ("notify_url", "http://www.pay.com/notify_url.php"),
                    ("return_url", "http://www.pay.com/return_url.php"),
                    ("name", "VIP会员"),
                    ("money", "1.00"),
                ],
                "427724b6656aa612cfdbe7a2262036a3",
            ),
            (
                "E3",
                K2,
                vec![
                    ("clientip", "127.0.0.1"),
                    ("device", "pc"),
                    ("money", "100.00"),
                    ("name", "充值 100.00 & more"),
                    ("notify_url", notify),
                    ("out_trade_no", "gf_0000000001"),
                    ("pid", "1001"),
                    ("return_url", "http://127.0.0.1:8000/console/#/pay?a=1&b=2"),
                    ("type", "wxpay"),
                ],
                "0c8d3c0b8c56873381aae9dc49ce43ef",
            ),
            (
                "S1",
                K3,
                vec![
                    ("money", "100.00"),
                    ("name", "工坊充值 100.00"),
                    ("notify_url", s1),
                    ("out_trade_no", "gf0000000001"),
                    ("pid", "1001"),
                    ("return_url", "https://gf.example/pay/done/gf0000000001"),
                    ("type", "alipay"),
                ],
                "22b6a4ee91a7d7d06e03c9270774f1c7",
            ),
            ("N1", K3, N1.to_vec(), "7baa2c74d05f77695167bea96ad89fef"),
            ("N2", K3, n1("money", "100.00"), "ef4de31738b75391ca0a713e9eeae89d"),
            ("N3", K3, n1("param", "a=1&b=2 +/中"), "18e0237b61f83cadf4d4f3119f246a66"),
            ("N4", K3, n1("trade_status", "WAIT_BUYER_PAY"), "67618218b1c67f2861410841fe252e00"),
            ("N5", K3, n1("money", "0.01"), "1eb721378fee5b8cb5f57089f8ccc71d"),
            ("N6", K3, n1("pid", "1002"), "b8fe710eecadaa9b9d603b6d665de0fc"),
            ("N7", K3, n1("money", "1.0E+15"), "43063b792b7144cbd0c838fba1b42f54"),
            ("N8", K3, n8, "7baa2c74d05f77695167bea96ad89fef"),
        ];
        for (name, key, given, expected) in vectors {
            let config = config(json!({ "key": key }));
            assert_eq!(md5(&config, &text(&fields(&given))), expected, "{name}");
            let mut whole = fields(&given);
            assert!(!verifies(&config, &whole), "{name} without a signature");
            whole.push(("sign".to_owned(), expected.to_owned()));
            whole.push(("sign_type".to_owned(), "MD5".to_owned()));
            assert!(verifies(&config, &whole), "{name}");
            whole[0].1.push('x');
            assert!(!verifies(&config, &whole), "{name} with another value");
        }
    }

    #[test]
    fn a_few_gateways_join_the_key_otherwise() {
        let plain = config(json!({ "key": "k" }));
        let joined = config(json!({ "key": "k", "sign_key_mode": "amp_key" }));
        assert_eq!(md5(&joined, "a=1"), md5(&plain, "a=1&key="));
    }

    #[test]
    fn the_second_version_signs_with_the_merchants_key_and_believes_the_platforms() {
        use aws_lc_rs::{
            encoding::AsDer,
            rsa::{KeyPair, KeySize},
            signature::KeyPair as _,
        };
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let private: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let private = BASE64.encode(private.as_ref());
        let spki: aws_lc_rs::encoding::PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let spki = BASE64.encode(spki.as_ref());
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{spki}\n-----END PUBLIC KEY-----\n");
        for platform_key in [spki.clone(), pem, BASE64.encode(pair.public_key().as_ref())] {
            let config = config(json!({ "version": "v2", "private_key": private, "platform_key": platform_key }));
            let once = signed(&config, fields(&N1)).unwrap();
            assert_eq!(once, signed(&config, fields(&N1)).unwrap(), "the same text has the same signature");
            assert!(verifies(&config, &once));
            let mut other = once;
            other[0].1 = "101".to_owned();
            assert!(!verifies(&config, &other));
        }
    }
}
