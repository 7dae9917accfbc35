//! The key schedule: HPKE's labelled functions, with HKDF in two stages (RFC 9180, sections 4 and 5.1)
//! and with SHAKE256 in one (draft-ietf-hpke-hpke).

use alloc::vec::Vec;

use hkdf::{Hkdf, HkdfExtract};
use hmac::EagerHash;
use sha2::{Sha256, Sha384};
use shake::{
    Shake256,
    digest::{ExtendableOutput, Update, XofReader},
};
use zeroize::Zeroizing;

/// Length of an AES-256-GCM key, bytes (`Nk`).
const KEY_BYTES: usize = 32;
/// Length of its nonces, bytes (`Nn`).
pub(super) const NONCE_BYTES: usize = 12;

/// `"HPKE-v1"`
const VERSION: &[u8] = b"HPKE-v1";
/// `mode_base`
const BASE: u8 = 0;
/// AES-256-GCM.
const AEAD_ID: u16 = 0x0002;

/// The key derivation function of a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HpkeKdf {
    /// HKDF-SHA-256, `0x0001`.
    HkdfSha256,
    /// HKDF-SHA-384, `0x0002`.
    HkdfSha384,
    /// SHAKE256, `0x0011`.
    Shake256,
}

impl HpkeKdf {
    /// The identifier in HPKE's registry.
    #[must_use]
    pub const fn id(self) -> u16 {
        match self {
            Self::HkdfSha256 => 0x0001,
            Self::HkdfSha384 => 0x0002,
            Self::Shake256 => 0x0011,
        }
    }

    /// Length of the exporter secret, bytes (`Nh`).
    const fn secret_bytes(self) -> usize {
        match self {
            Self::HkdfSha256 => 32,
            Self::HkdfSha384 => 48,
            Self::Shake256 => 64,
        }
    }
}

/// `suite_id`, and the function that it names.
#[derive(Clone, Copy)]
pub(super) struct Suite {
    id: [u8; 10],
    kdf: HpkeKdf,
}

impl Suite {
    pub(super) fn new(kem_id: u16, kdf: HpkeKdf) -> Self {
        Self::with_aead(kem_id, kdf, AEAD_ID)
    }

    fn with_aead(kem_id: u16, kdf: HpkeKdf, aead_id: u16) -> Self {
        let mut id = *b"HPKE\0\0\0\0\0\0";
        let numbers = [kem_id, kdf.id(), aead_id].map(u16::to_be_bytes);
        let places = id.iter_mut().skip(4);
        places
            .zip(numbers.as_flattened())
            .for_each(|(place, byte)| *place = *byte);
        Self { id, kdf }
    }
}

/// `key`, `base_nonce` and `exporter_secret`.
pub(super) struct Schedule {
    suite: Suite,
    key: Zeroizing<[u8; KEY_BYTES]>,
    base_nonce: Zeroizing<[u8; NONCE_BYTES]>,
    exporter_secret: Zeroizing<Vec<u8>>,
}

impl Schedule {
    /// `KeySchedule` in base mode; none if `info` is longer than 65,535 bytes.
    pub(super) fn new(suite: Suite, shared_secret: &[u8], info: &[u8]) -> Option<Self> {
        let mut schedule = Self {
            suite,
            key: Zeroizing::new([0; KEY_BYTES]),
            base_nonce: Zeroizing::new([0; NONCE_BYTES]),
            exporter_secret: Zeroizing::new(alloc::vec![0; suite.kdf.secret_bytes()]),
        };
        let info_length = u16::try_from(info.len()).ok()?.to_be_bytes();
        match suite.kdf {
            HpkeKdf::HkdfSha256 => schedule.two_stages::<Sha256>(shared_secret, info)?,
            HpkeKdf::HkdfSha384 => schedule.two_stages::<Sha384>(shared_secret, info)?,
            HpkeKdf::Shake256 => schedule.one_stage(shared_secret, &[&info_length, info])?,
        }
        Some(schedule)
    }

    pub(super) fn key(&self) -> &[u8] {
        self.key.as_slice()
    }

    pub(super) fn base_nonce(&self) -> Zeroizing<[u8; NONCE_BYTES]> {
        self.base_nonce.clone()
    }

    fn two_stages<H: EagerHash>(&mut self, shared_secret: &[u8], info: &[u8]) -> Option<()> {
        let id = &self.suite.id;
        let psk_id_hash = labeled_extract::<H>(id, &[], b"psk_id_hash", &[]).0;
        let info_hash = labeled_extract::<H>(id, &[], b"info_hash", info).0;
        let context = [&[BASE], psk_id_hash.as_slice(), info_hash.as_slice()].concat();
        let (_, secret) = labeled_extract::<H>(id, shared_secret, b"secret", &[]);
        labeled_expand(&secret, id, b"key", &context, self.key.as_mut_slice())?;
        labeled_expand(
            &secret,
            id,
            b"base_nonce",
            &context,
            self.base_nonce.as_mut_slice(),
        )?;
        labeled_expand(&secret, id, b"exp", &context, &mut self.exporter_secret)
    }

    fn one_stage(&mut self, shared_secret: &[u8], info: &[&[u8]]) -> Option<()> {
        let no_length = 0_u16.to_be_bytes();
        let secret_length = u16::try_from(shared_secret.len()).ok()?.to_be_bytes();
        // The pre-shared key and its identifier are empty in base mode.
        let secrets = [no_length.as_slice(), &secret_length, shared_secret];
        let context = [&[&[BASE], no_length.as_slice()], info].concat();
        let length = KEY_BYTES + NONCE_BYTES + self.exporter_secret.len();
        let mut reader = labeled_derive(&self.suite.id, &secrets, b"secret", &context, length)?;
        reader.read(self.key.as_mut_slice());
        reader.read(self.base_nonce.as_mut_slice());
        reader.read(&mut self.exporter_secret);
        Some(())
    }

    /// `Context.Export`; none if it does not give that many bytes.
    pub(super) fn export(&self, context: &[u8], length: usize) -> Option<Zeroizing<Vec<u8>>> {
        u16::try_from(length).ok()?;
        let mut out = Zeroizing::new(alloc::vec![0; length]);
        match self.suite.kdf {
            HpkeKdf::HkdfSha256 => self.expand::<Sha256>(context, &mut out)?,
            HpkeKdf::HkdfSha384 => self.expand::<Sha384>(context, &mut out)?,
            HpkeKdf::Shake256 => {
                let secret = [self.exporter_secret.as_slice()];
                labeled_derive(&self.suite.id, &secret, b"sec", &[context], length)?.read(&mut out);
            }
        }
        Some(out)
    }

    fn expand<H: EagerHash>(&self, context: &[u8], out: &mut [u8]) -> Option<()> {
        let secret = Hkdf::<H>::from_prk(&self.exporter_secret).ok()?;
        labeled_expand(&secret, &self.suite.id, b"sec", context, out)
    }
}

/// `LabeledExtract` (RFC 9180, section 4).
fn labeled_extract<H: EagerHash>(
    suite_id: &[u8],
    salt: &[u8],
    label: &[u8],
    ikm: &[u8],
) -> (hmac::digest::Output<H::Core>, Hkdf<H>) {
    let mut extract = HkdfExtract::<H>::new(Some(salt));
    for part in [VERSION, suite_id, label, ikm] {
        extract.input_ikm(part);
    }
    extract.finalize()
}

/// `LabeledExpand` (RFC 9180, section 4).
fn labeled_expand<H: EagerHash>(
    prk: &Hkdf<H>,
    suite_id: &[u8],
    label: &[u8],
    info: &[u8],
    out: &mut [u8],
) -> Option<()> {
    let length = u16::try_from(out.len()).ok()?.to_be_bytes();
    prk.expand_multi_info(&[&length, VERSION, suite_id, label, info], out)
        .ok()
}

/// `LabeledDerive` (draft-ietf-hpke-hpke, section 4), whose output is read from what it returns.
fn labeled_derive(
    suite_id: &[u8],
    secrets: &[&[u8]],
    label: &[u8],
    context: &[&[u8]],
    length: usize,
) -> Option<impl XofReader + use<>> {
    let label_length = u16::try_from(label.len()).ok()?.to_be_bytes();
    let length = u16::try_from(length).ok()?.to_be_bytes();
    let mut hash = Shake256::default();
    secrets.iter().for_each(|part| hash.update(part));
    for part in [VERSION, suite_id, &label_length, label, &length] {
        hash.update(part);
    }
    context.iter().for_each(|part| hash.update(part));
    Some(hash.finalize_xof())
}

#[cfg(test)]
mod tests;
