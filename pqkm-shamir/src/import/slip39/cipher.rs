//! The encryption of the master secret: four rounds of Feistel with PBKDF2.

use alloc::{vec, vec::Vec};

use hmac::{Hmac, KeyInit, Mac};
use pqkm_core::{ExposeToken, SecretBytes};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Mnemonic;

/// Iterations of each of the four rounds with iteration exponent 0.
const ROUND_ITERATIONS: u32 = 2500;

/// # Spec
/// SLIP-0039, Encryption of the master secret.
pub(super) fn decrypt(set: &Mnemonic, encrypted: &SecretBytes, passphrase: &str) -> SecretBytes {
    let encrypted = encrypted.expose(ExposeToken::acknowledge());
    let (left, right) = encrypted.split_at(encrypted.len() >> 1);
    let mut left = Zeroizing::new(left.to_vec());
    let mut right = Zeroizing::new(right.to_vec());
    for round in (0..4).rev() {
        let mask = round_function(set, round, passphrase, &right);
        for (byte, mask) in left.iter_mut().zip(mask.iter()) {
            *byte ^= mask;
        }
        core::mem::swap(&mut left, &mut right);
    }
    SecretBytes::new(Zeroizing::new([right.as_slice(), &left].concat()))
}

/// PBKDF2-HMAC-SHA-256 of `round || passphrase` over `salt || half`, as long as the half.
///
/// # Spec
/// RFC 8018, section 5.2; one block is enough for halves of up to 32 bytes, and longer ones take more.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn round_function(set: &Mnemonic, round: u8, passphrase: &str, half: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut password = Zeroizing::new(vec![round]);
    password.reserve_exact(passphrase.len());
    password.extend_from_slice(passphrase.as_bytes());
    let mut mask = Zeroizing::new(vec![0; half.len()]);
    let keyed = <Hmac<Sha256> as KeyInit>::new_from_slice(&password)
        .expect("HMAC takes keys of any length");
    for (number, block) in (1u32..).zip(mask.chunks_mut(32)) {
        let mut mac = keyed.clone();
        mac.update(&set.salt());
        mac.update(half);
        mac.update(&number.to_be_bytes());
        let mut last = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
        let mut sum = last.clone();
        for _ in 1..ROUND_ITERATIONS << set.iteration_exponent {
            let mut mac = keyed.clone();
            mac.update(last.as_slice());
            *last = mac.finalize().into_bytes().into();
            for (byte, next) in sum.iter_mut().zip(last.iter()) {
                *byte ^= next;
            }
        }
        for (byte, sum) in block.iter_mut().zip(sum.iter()) {
            *byte = *sum;
        }
    }
    mask
}
