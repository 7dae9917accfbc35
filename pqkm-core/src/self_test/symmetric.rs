//! Known answers of the symmetric algorithms: what records are made with, and what keys derive by.

use crate::symmetric::{
    DerivationAlgorithm, HkdfSha256, HkdfSha384, HkdfSha512, Kmac128, Kmac256, kw_unwrap, kw_wrap,
    kwp_unwrap, kwp_wrap,
};

/// The bytes `start`, `start + 1`, ...
fn counting<const N: usize>(start: u8) -> [u8; N] {
    let mut bytes = [0; N];
    for (byte, value) in bytes.iter_mut().zip(start..) {
        *byte = value;
    }
    bytes
}

/// HKDF with one key, salt and info for all three hash functions.
fn hkdf() -> bool {
    /// RFC 5869, appendix A.1.
    const SHA_256: [u8; 42] = [
        0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90, 0x43, 0x4f, 0x64, 0xd0, 0x36, 0x2f,
        0x2a, 0x2d, 0x2d, 0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0, 0x2d, 0x56, 0xec, 0xc4,
        0xc5, 0xbf, 0x34, 0x00, 0x72, 0x08, 0xd5, 0xb8, 0x87, 0x18, 0x58, 0x65,
    ];
    /// The same inputs; computed with Python's `hmac` and `hashlib`.
    const SHA_384: [u8; 16] = [
        0x9b, 0x50, 0x97, 0xa8, 0x60, 0x38, 0xb8, 0x05, 0x30, 0x90, 0x76, 0xa4, 0x4b, 0x3a, 0x9f,
        0x38,
    ];
    /// Likewise.
    const SHA_512: [u8; 16] = [
        0x83, 0x23, 0x90, 0x08, 0x6c, 0xda, 0x71, 0xfb, 0x47, 0x62, 0x5b, 0xb5, 0xce, 0xb1, 0x68,
        0xe4,
    ];

    fn gives<A: DerivationAlgorithm, const N: usize>(answer: [u8; N]) -> bool {
        let mut output = [0; N];
        A::derive(
            &[0x0b; 22],
            &counting::<13>(0),
            &counting::<10>(0xf0),
            &mut output,
        )
        .is_ok()
            && output == answer
    }

    gives::<HkdfSha256, 42>(SHA_256)
        && gives::<HkdfSha384, 16>(SHA_384)
        && gives::<HkdfSha512, 16>(SHA_512)
}

/// NIST's samples of SP 800-185: KMAC samples 2 and 4, the first 16 bytes of each.
fn kmac() -> bool {
    const KMAC_128: [u8; 16] = [
        0x3b, 0x1f, 0xba, 0x96, 0x3c, 0xd8, 0xb0, 0xb5, 0x9e, 0x8c, 0x1a, 0x6d, 0x71, 0x88, 0x8b,
        0x71,
    ];
    const KMAC_256: [u8; 16] = [
        0x20, 0xc5, 0x70, 0xc3, 0x13, 0x46, 0xf7, 0x03, 0xc9, 0xac, 0x36, 0xc6, 0x1c, 0x03, 0xcb,
        0x64,
    ];

    fn gives<A: DerivationAlgorithm, const N: usize>(answer: [u8; 16]) -> bool {
        let mut output = [0; N];
        let label = b"My Tagged Application";
        A::derive(&counting::<32>(0x40), label, &counting::<4>(0), &mut output).is_ok()
            && output.starts_with(&answer)
    }

    gives::<Kmac128, 32>(KMAC_128) && gives::<Kmac256, 64>(KMAC_256)
}

/// RFC 3394, section 4.6; and a changed byte is refused.
fn kw() -> bool {
    const WRAPPED: [u8; 40] = [
        0x28, 0xc9, 0xf4, 0x04, 0xc4, 0xb8, 0x10, 0xf4, 0xcb, 0xcc, 0xb3, 0x5c, 0xfb, 0x87, 0xf8,
        0x26, 0x3f, 0x57, 0x86, 0xe2, 0xd8, 0x0e, 0xd3, 0x26, 0xcb, 0xc7, 0xf0, 0xe7, 0x1a, 0x99,
        0xf4, 0x3b, 0xfb, 0x98, 0x8b, 0x9b, 0x7a, 0x02, 0xdd, 0x21,
    ];
    let kek = counting::<32>(0);
    let mut key = [0; 32];
    for (byte, value) in key.iter_mut().zip((0..=0xff).step_by(0x11).chain(0..)) {
        *byte = value;
    }
    let mut damaged = WRAPPED;
    damaged[39] ^= 1;
    kw_wrap(&kek, &key).is_ok_and(|wrapped| wrapped == WRAPPED)
        && kw_unwrap(&kek, &WRAPPED).is_ok_and(|unwrapped| *unwrapped == key)
        && kw_unwrap(&kek, &damaged).is_err()
}

/// Wycheproof, `aes_kwp_test.json`, test 161; and a changed byte is refused.
fn kwp() -> bool {
    const KEK: [u8; 32] = [
        0xfc, 0xe0, 0x42, 0x9c, 0x61, 0x06, 0x58, 0xef, 0x8e, 0x7c, 0xfb, 0x01, 0x54, 0xc5, 0x1d,
        0xe2, 0x23, 0x9a, 0x8a, 0x31, 0x7f, 0x5a, 0xf5, 0xb6, 0x71, 0x4f, 0x98, 0x5f, 0xb5, 0xc4,
        0xd7, 0x5c,
    ];
    const KEY: [u8; 16] = [
        0x28, 0x73, 0x26, 0xb5, 0xed, 0x00, 0x78, 0xe7, 0xca, 0x01, 0x64, 0xd7, 0x48, 0xf6, 0x67,
        0xe7,
    ];
    const WRAPPED: [u8; 24] = [
        0xe3, 0xea, 0xb9, 0x6d, 0x9a, 0x2f, 0xda, 0x12, 0xf9, 0xe2, 0x52, 0x05, 0x3a, 0xff, 0x15,
        0xe7, 0x53, 0xe5, 0xea, 0x6f, 0x51, 0x72, 0xc9, 0x2b,
    ];
    let mut damaged = WRAPPED;
    damaged[0] ^= 1;
    kwp_wrap(&KEK, &KEY).is_ok_and(|wrapped| wrapped == WRAPPED)
        && kwp_unwrap(&KEK, &WRAPPED).is_ok_and(|unwrapped| *unwrapped == KEY)
        && kwp_unwrap(&KEK, &damaged).is_err()
}

/// AES-256-GCM as [`Sealed`](crate::Sealed) uses it: "The Galois/Counter Mode of Operation", test
/// case 14; and a changed byte is refused.
fn gcm() -> bool {
    use aes_gcm::{Aes256Gcm, KeyInit, aead::Aead};

    const SEALED: [u8; 32] = [
        0xce, 0xa7, 0x40, 0x3d, 0x4d, 0x60, 0x6b, 0x6e, 0x07, 0x4e, 0xc5, 0xd3, 0xba, 0xf3, 0x9d,
        0x18, 0xd0, 0xd1, 0xc8, 0xa7, 0x99, 0x99, 0x6b, 0xf0, 0x26, 0x5b, 0x98, 0xb5, 0xd4, 0x8a,
        0xb9, 0x19,
    ];
    let cipher = Aes256Gcm::new(&[0; 32].into());
    let nonce = [0; 12].into();
    let mut damaged = SEALED;
    damaged[31] ^= 1;
    cipher
        .encrypt(&nonce, [0; 16].as_slice())
        .is_ok_and(|sealed| sealed == SEALED)
        && cipher
            .decrypt(&nonce, SEALED.as_slice())
            .is_ok_and(|opened| opened == [0; 16])
        && cipher.decrypt(&nonce, damaged.as_slice()).is_err()
}

pub(super) fn pass() -> bool {
    hkdf() && kmac() && kw() && kwp() && gcm()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_gives_its_known_answer() {
        assert!(hkdf(), "HKDF");
        assert!(kmac(), "KMAC");
        assert!(kw(), "KW");
        assert!(kwp(), "KWP");
        assert!(gcm(), "GCM");
    }
}
