//! Key derivation: HKDF (RFC 5869; SP 800-56C Rev. 2) and KMAC (SP 800-185, section 4; SP 800-108
//! Rev. 1, section 4.4).

use cshake::{
    CShake,
    digest::{ExtendableOutput, Update, XofReader},
};
use hkdf::{Hkdf, hmac::EagerHash};
use sha2::{Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierOwned;

use crate::{
    algorithm::Algorithm,
    error::DeriveError,
    symmetric::{DerivationAlgorithm, SymmetricAlgorithm, identifier},
};

macro_rules! algorithms {
    ($( $(#[$meta:meta])* $name:ident = $text:literal, $oid:literal, $bytes:literal; )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name;

        impl Algorithm for $name {
            const NAME: &'static str = $text;

            fn key_algorithm() -> AlgorithmIdentifierOwned {
                identifier($oid)
            }
        }

        impl SymmetricAlgorithm for $name {
            const KEY_BYTES: usize = $bytes;
            const MIN_KEY_BYTES: usize = 16;
            const MAX_KEY_BYTES: usize = 1024;
        }
    )+};
}

algorithms! {
    /// HKDF with SHA-256 (RFC 5869). Generated keys are 32 bytes; 16 to 1024 are accepted.
    HkdfSha256 = "HKDF-SHA-256", "1.2.840.113549.1.9.16.3.28", 32;
    /// HKDF with SHA-384 (RFC 5869). Generated keys are 48 bytes; 16 to 1024 are accepted.
    HkdfSha384 = "HKDF-SHA-384", "1.2.840.113549.1.9.16.3.29", 48;
    /// HKDF with SHA-512 (RFC 5869). Generated keys are 64 bytes; 16 to 1024 are accepted.
    HkdfSha512 = "HKDF-SHA-512", "1.2.840.113549.1.9.16.3.30", 64;
    /// KMAC128 (SP 800-185). Generated keys are 32 bytes; 16 to 1024 are accepted.
    Kmac128 = "KMAC128", "2.16.840.1.101.3.4.2.19", 32;
    /// KMAC256 (SP 800-185). Generated keys are 64 bytes; 16 to 1024 are accepted.
    Kmac256 = "KMAC256", "2.16.840.1.101.3.4.2.20", 64;
}

fn hkdf<H: EagerHash>(
    key: &[u8],
    salt: &[u8],
    info: &[u8],
    output: &mut [u8],
) -> Result<(), DeriveError> {
    Hkdf::<H>::new(Some(salt), key)
        .expand(info, output)
        .map_err(|_| DeriveError)
}

impl DerivationAlgorithm for HkdfSha256 {
    /// RFC 5869, section 2.3.
    const MAX_OUTPUT_BYTES: usize = 255 * 32;

    fn derive(key: &[u8], salt: &[u8], info: &[u8], output: &mut [u8]) -> Result<(), DeriveError> {
        hkdf::<Sha256>(key, salt, info, output)
    }
}

impl DerivationAlgorithm for HkdfSha384 {
    /// RFC 5869, section 2.3.
    const MAX_OUTPUT_BYTES: usize = 255 * 48;

    fn derive(key: &[u8], salt: &[u8], info: &[u8], output: &mut [u8]) -> Result<(), DeriveError> {
        hkdf::<Sha384>(key, salt, info, output)
    }
}

impl DerivationAlgorithm for HkdfSha512 {
    /// RFC 5869, section 2.3.
    const MAX_OUTPUT_BYTES: usize = 255 * 64;

    fn derive(key: &[u8], salt: &[u8], info: &[u8], output: &mut [u8]) -> Result<(), DeriveError> {
        hkdf::<Sha512>(key, salt, info, output)
    }
}

impl DerivationAlgorithm for Kmac128 {
    fn derive(key: &[u8], salt: &[u8], info: &[u8], output: &mut [u8]) -> Result<(), DeriveError> {
        kmac::<168>(key, salt, info, output)
    }
}

impl DerivationAlgorithm for Kmac256 {
    fn derive(key: &[u8], salt: &[u8], info: &[u8], output: &mut [u8]) -> Result<(), DeriveError> {
        kmac::<136>(key, salt, info, output)
    }
}

/// SP 800-185, section 4.3: KMAC(K, X, L, S) with X = `info` and S = `customization`. As SP 800-108
/// Rev. 1, section 4.4 derives keys: K is the key-derivation key, X the context, S the label.
fn kmac<const RATE: usize>(
    key: &[u8],
    customization: &[u8],
    info: &[u8],
    output: &mut [u8],
) -> Result<(), DeriveError> {
    const ZEROS: [u8; 168] = [0; 168];

    let output_bits = bits(output.len())?;
    let mut sponge = CShake::<RATE>::new_with_function_name(b"KMAC", customization);

    // bytepad(encode_string(K), rate)
    let rate = encode_length(bits(RATE)?.div_euclid(8));
    let key_bits = encode_length(bits(key.len())?);
    sponge.update(rate.left());
    sponge.update(key_bits.left());
    sponge.update(key);
    let written = rate.left().len() + key_bits.left().len() + key.len();
    let padding = written.next_multiple_of(RATE) - written;
    sponge.update(ZEROS.get(..padding).ok_or(DeriveError)?);

    sponge.update(info);
    sponge.update(encode_length(output_bits).right());
    sponge.finalize_xof().read(output);
    Ok(())
}

fn bits(bytes: usize) -> Result<u64, DeriveError> {
    u64::try_from(bytes)
        .ok()
        .and_then(|bytes| bytes.checked_mul(8))
        .ok_or(DeriveError)
}

/// An integer as SP 800-185, section 2.3.1 encodes it: its length stands before or after it.
struct EncodedLength {
    /// Room for the leading length, the big-endian integer, and the trailing length.
    bytes: [u8; 10],
    start: usize,
}

fn encode_length(value: u64) -> EncodedLength {
    let mut bytes = [0; 10];
    let integer = value.to_be_bytes();
    for (to, from) in bytes.iter_mut().skip(1).zip(integer) {
        *to = from;
    }
    let leading_zeros = integer
        .iter()
        .take(7)
        .take_while(|byte| **byte == 0)
        .count();
    // 1 ..= 8
    let length = u8::try_from(8 - leading_zeros).unwrap_or(8);
    if let Some(before) = bytes.get_mut(leading_zeros) {
        *before = length;
    }
    bytes[9] = length;
    EncodedLength {
        bytes,
        start: leading_zeros,
    }
}

impl EncodedLength {
    /// `left_encode`
    fn left(&self) -> &[u8] {
        self.bytes.get(self.start..9).unwrap_or_default()
    }

    /// `right_encode`
    fn right(&self) -> &[u8] {
        self.bytes.get(self.start + 1..).unwrap_or_default()
    }
}

/// HMAC-SHA-384 in one piece, for tests that build HKDF from its definition.
#[cfg(test)]
fn hmac_sha384(key: &[u8], data: &[&[u8]]) -> [u8; 48] {
    use hkdf::hmac::{Hmac, KeyInit as _, Mac};

    let mut mac = Hmac::<Sha384>::new_from_slice(key).unwrap();
    for part in data {
        Mac::update(&mut mac, part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SP 800-185 sample values (NIST, `KMAC_samples.pdf`): samples 1, 2, 4, 6.
    #[test]
    fn kmac_samples() {
        let key: [u8; 32] = core::array::from_fn(|i| 0x40 + u8::try_from(i).unwrap());
        let short: [u8; 4] = [0, 1, 2, 3];
        let long: [u8; 200] = core::array::from_fn(|i| u8::try_from(i).unwrap());
        let label = b"My Tagged Application";

        let mut out = [0; 32];
        Kmac128::derive(&key, b"", &short, &mut out).unwrap();
        assert_eq!(out[..8], [0xe5, 0x78, 0x0b, 0x0d, 0x3e, 0xa6, 0xf7, 0xd3]);
        Kmac128::derive(&key, label, &short, &mut out).unwrap();
        assert_eq!(out[..8], [0x3b, 0x1f, 0xba, 0x96, 0x3c, 0xd8, 0xb0, 0xb5]);

        let mut out = [0; 64];
        Kmac256::derive(&key, label, &short, &mut out).unwrap();
        assert_eq!(out[..8], [0x20, 0xc5, 0x70, 0xc3, 0x13, 0x46, 0xf7, 0x03]);
        Kmac256::derive(&key, label, &long, &mut out).unwrap();
        assert_eq!(out[..8], [0xb5, 0x86, 0x18, 0xf7, 0x1f, 0x92, 0xe1, 0xd5]);
    }

    #[test]
    fn hkdf_is_extract_then_expand() {
        let mut out = [0; 96];
        HkdfSha384::derive(&[7; 48], b"salt", b"info", &mut out).unwrap();
        let prk = hmac_sha384(b"salt", &[&[7; 48]]);
        let first = hmac_sha384(&prk, &[b"info", &[1]]);
        let second = hmac_sha384(&prk, &[&first, b"info", &[2]]);
        assert_eq!(out, *[first, second].concat());
    }

    #[test]
    fn lengths_beyond_the_standard_are_refused() {
        let mut out = alloc::vec![0; 255 * 32 + 1];
        assert_eq!(
            HkdfSha256::derive(&[1; 32], b"", b"", &mut out),
            Err(DeriveError)
        );
        assert!(out.iter().all(|byte| *byte == 0));
    }

    #[test]
    fn integers_are_encoded_as_in_sp_800_185() {
        assert_eq!(encode_length(0).left(), [1, 0]);
        assert_eq!(encode_length(0).right(), [0, 1]);
        assert_eq!(encode_length(168).left(), [1, 168]);
        assert_eq!(encode_length(0x0100).left(), [2, 1, 0]);
        assert_eq!(encode_length(0x0100).right(), [1, 0, 2]);
        assert_eq!(
            encode_length(u64::MAX).left(),
            [8, 255, 255, 255, 255, 255, 255, 255, 255]
        );
    }
}
