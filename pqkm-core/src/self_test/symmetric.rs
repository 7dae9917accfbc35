//! Known answers of the symmetric algorithms.

use crate::symmetric::{DerivationAlgorithm, HkdfSha256, Kmac256, kwp_unwrap, kwp_wrap};

/// RFC 5869, appendix A.1.
fn hkdf() -> bool {
    const OKM: [u8; 42] = [
        0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90, 0x43, 0x4f, 0x64, 0xd0, 0x36, 0x2f,
        0x2a, 0x2d, 0x2d, 0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0, 0x2d, 0x56, 0xec, 0xc4,
        0xc5, 0xbf, 0x34, 0x00, 0x72, 0x08, 0xd5, 0xb8, 0x87, 0x18, 0x58, 0x65,
    ];
    let salt = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    let info = [0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9];
    let mut okm = [0; 42];
    HkdfSha256::derive(&[0x0b; 22], &salt, &info, &mut okm).is_ok() && okm == OKM
}

/// SP 800-185, KMAC sample 4 (the first 16 bytes of its output).
fn kmac() -> bool {
    const START: [u8; 16] = [
        0x20, 0xc5, 0x70, 0xc3, 0x13, 0x46, 0xf7, 0x03, 0xc9, 0xac, 0x36, 0xc6, 0x1c, 0x03, 0xcb,
        0x64,
    ];
    let mut key = [0; 32];
    for (byte, value) in key.iter_mut().zip(0x40..) {
        *byte = value;
    }
    let mut out = [0; 64];
    Kmac256::derive(&key, b"My Tagged Application", &[0, 1, 2, 3], &mut out).is_ok()
        && out.starts_with(&START)
}

/// A fixed key wraps to itself and refuses a changed byte.
fn kwp() -> bool {
    let Ok(mut wrapped) = kwp_wrap(&[1; 32], &[2; 20]) else {
        return false;
    };
    let returned = kwp_unwrap(&[1; 32], &wrapped).is_ok_and(|bytes| bytes.as_slice() == [2; 20]);
    if let Some(byte) = wrapped.first_mut() {
        *byte ^= 1;
    }
    returned && kwp_unwrap(&[1; 32], &wrapped).is_err()
}

pub(super) fn pass() -> bool {
    hkdf() && kmac() && kwp()
}
