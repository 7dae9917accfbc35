//! Mnemonics of SLIP-0039, as hardware wallets write them: two levels of sharing, and a passphrase.
//!
//! A master secret is encrypted under the passphrase; the ciphertext is shared among groups, and each group's share among
//! its members. The secret of each level is the value at x = 255, and the value at 254 holds a digest of it, so that a
//! wrong share is noticed (and not named). Member and group indices begin at 0.
//!
//! # Spec
//! SLIP-0039: Shamir's Secret-Sharing for Mnemonic Codes.
//!
//! # Side channels
//! Words are found by comparing with the whole list, not by an address that depends on them.

use alloc::vec::Vec;
use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use pqkm_core::{ExposeToken, SecretBytes};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{decode::interpolate, raw::RawShare};

mod cipher;
mod mnemonic;
mod words;

pub use mnemonic::Mnemonic;

/// Where a level's secret is.
const SECRET_INDEX: u8 = 255;

/// Where its digest is.
const DIGEST_INDEX: u8 = 254;

/// Length of the digest in bytes.
const DIGEST_BYTES: usize = 4;

/// Mnemonics did not give a master secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Slip39Error {
    /// A word is not in the list.
    Word {
        /// Its place, from 0.
        position: u16,
    },
    /// Not a number of words that a mnemonic has, or padding that is not zero.
    Length,
    /// The checksum does not fit: a word is mistyped.
    Checksum,
    /// A mnemonic's own parameters contradict each other.
    Parameters,
    /// The mnemonics belong to different sets, or to groups that describe themselves differently.
    Mixed,
    /// Not as many groups, or members of a group, as the thresholds say.
    Count,
    /// Two members of one group have one index.
    Duplicate,
    /// The digest does not fit: some mnemonic is wrong.
    Digest,
    /// The passphrase has characters that are not printable ASCII.
    Passphrase,
}

impl fmt::Display for Slip39Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Word { position } => return write!(f, "word {position} is not in the list"),
            Self::Length => "the mnemonic has the wrong length",
            Self::Checksum => "the mnemonic's checksum does not fit",
            Self::Parameters => "the mnemonic contradicts itself",
            Self::Mixed => "the mnemonics do not belong together",
            Self::Count => "too few or too many mnemonics",
            Self::Duplicate => "a mnemonic was given twice",
            Self::Digest => "the mnemonics do not give a secret",
            Self::Passphrase => "the passphrase is not printable ASCII",
        };
        f.write_str(text)
    }
}

impl core::error::Error for Slip39Error {}

/// Recovers a master secret from as many mnemonics of as many groups as their thresholds say.
///
/// Every passphrase gives some secret: whether it is the right one, SLIP-0039 cannot tell.
///
/// # Errors
/// [`Slip39Error`].
pub fn combine(mnemonics: &[Mnemonic], passphrase: &str) -> Result<SecretBytes, Slip39Error> {
    if !passphrase.bytes().all(|byte| (32..=126).contains(&byte)) {
        return Err(Slip39Error::Passphrase);
    }
    let first = mnemonics.first().ok_or(Slip39Error::Count)?;
    if mnemonics.iter().any(|other| !first.is_of_one_set(other)) {
        return Err(Slip39Error::Mixed);
    }
    let mut groups: Vec<(u8, SecretBytes)> = Vec::new();
    for index in 0..16 {
        let members: Vec<&Mnemonic> = mnemonics
            .iter()
            .filter(|mnemonic| mnemonic.group_index == index)
            .collect();
        if !members.is_empty() {
            groups.push((index, combine_group(&members)?));
        }
    }
    let shares: Vec<(u8, &[u8])> = groups
        .iter()
        .map(|(index, secret)| (*index, secret.expose(ExposeToken::acknowledge())))
        .collect();
    let encrypted = recover(first.group_threshold, &shares)?;
    Ok(cipher::decrypt(first, &encrypted, passphrase))
}

fn combine_group(members: &[&Mnemonic]) -> Result<SecretBytes, Slip39Error> {
    let threshold = members.first().map_or(0, |member| member.threshold);
    if members.iter().any(|member| member.threshold != threshold) {
        return Err(Slip39Error::Mixed);
    }
    let shares: Vec<(u8, &[u8])> = members
        .iter()
        .map(|member| (member.index, member.value.as_slice()))
        .collect();
    recover(threshold, &shares)
}

/// The secret of one level.
fn recover(threshold: u8, shares: &[(u8, &[u8])]) -> Result<SecretBytes, Slip39Error> {
    let mut length = None;
    for (at, (index, value)) in shares.iter().enumerate() {
        if shares.iter().take(at).any(|(other, _)| other == index) {
            return Err(Slip39Error::Duplicate);
        }
        if *length.get_or_insert(value.len()) != value.len() {
            return Err(Slip39Error::Mixed);
        }
    }
    if shares.len() != usize::from(threshold) {
        return Err(Slip39Error::Count);
    }
    if let [(_, value)] = shares {
        return Ok(SecretBytes::copy_from(value));
    }
    let shares: Vec<RawShare<'_>> = shares
        .iter()
        .map(|(index, value)| RawShare::of(*index, value))
        .collect();
    let secret = interpolate(&shares, SECRET_INDEX);
    let digest = interpolate(&shares, DIGEST_INDEX);
    let (digest, key) = digest
        .expose(ExposeToken::acknowledge())
        .split_at_checked(DIGEST_BYTES)
        .ok_or(Slip39Error::Length)?;
    let expected = hmac(key, secret.expose(ExposeToken::acknowledge()))?;
    // CT: whether the shares are right is what is reported.
    let is_right = expected
        .get(..DIGEST_BYTES)
        .map(|start| start.ct_eq(digest));
    if is_right.is_some_and(Into::into) {
        Ok(secret)
    } else {
        Err(Slip39Error::Digest)
    }
}

fn hmac(key: &[u8], message: &[u8]) -> Result<Zeroizing<[u8; 32]>, Slip39Error> {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).map_err(|_| Slip39Error::Length)?;
    mac.update(message);
    Ok(Zeroizing::new(mac.finalize().into_bytes().into()))
}
