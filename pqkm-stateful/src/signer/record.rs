//! The key record: what a key is, its public key, and its secrets under the caller's wrapping key.

use alloc::vec::Vec;

use pqkm_core::zeroize::{Zeroize, Zeroizing};
use pqkm_core::{ExposeToken, KeyId, SealKey, Sealed, Unwrap, Wrap, WrapContext, WrappedKey};
use rand_core::TryCryptoRng;

use crate::error::{DecodeError, OpenError};
use crate::hss::{HssParameters, HssVerifyingKey};
use crate::params::{ID_LEN, LmotsAlgorithm, LmsAlgorithm, MAX_LEVELS, MAX_N};
use crate::secret::TreeSecret;
use crate::store::IntegrityKey;
use crate::wire::Reader;

const LABEL: &[u8] = b"pqkm HSS key record v1";
const TAG_LEN: usize = 32;

/// The secrets of a key.
pub(super) struct KeySecrets {
    pub(super) top: TreeSecret,
    pub(super) integrity: IntegrityKey,
}

impl KeySecrets {
    /// Draws seed, identifier and integrity key.
    pub(super) fn generate<R: TryCryptoRng + ?Sized>(
        parameters: &HssParameters,
        rng: &mut R,
    ) -> Result<Self, OpenError> {
        let mut top = TreeSecret {
            seed: [0; MAX_N],
            id: [0; ID_LEN],
        };
        let mut integrity = [0; 32];
        let filled = rng
            .try_fill_bytes(&mut top.seed[..parameters.n()])
            .and_then(|()| rng.try_fill_bytes(&mut top.id))
            .and_then(|()| rng.try_fill_bytes(&mut integrity));
        let key = IntegrityKey::new(integrity);
        integrity.zeroize();
        filled.map_err(|_| OpenError::Rng)?;
        Ok(Self {
            top,
            integrity: key,
        })
    }

    /// Seed (n bytes) and integrity key (32 bytes). The identifier is in the public key.
    fn encode(&self, n: usize) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(n + 32));
        out.extend_from_slice(&self.top.seed[..n]);
        out.extend_from_slice(self.integrity.bytes());
        out
    }

    fn decode(n: usize, id: &[u8; ID_LEN], bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let mut top = TreeSecret {
            seed: [0; MAX_N],
            id: *id,
        };
        top.seed[..n].copy_from_slice(reader.take(n)?);
        let mut integrity: [u8; 32] = reader.array()?;
        let key = IntegrityKey::new(integrity);
        integrity.zeroize();
        reader.finish()?;
        Ok(Self {
            top,
            integrity: key,
        })
    }
}

/// Key id, parameters, public key, sealed secrets, their wrapped key, tag.
pub(super) struct KeyRecord {
    bytes: Vec<u8>,
    key_id: KeyId,
    parameters: HssParameters,
    public: HssVerifyingKey,
}

impl KeyRecord {
    /// Seals the secrets and wraps the key of the seal; both are bound to everything before them.
    pub(super) fn seal<R: TryCryptoRng + ?Sized>(
        parameters: HssParameters,
        public: HssVerifyingKey,
        secrets: &KeySecrets,
        wrapping: &impl Wrap,
        rng: &mut R,
    ) -> Result<Self, OpenError> {
        let key_id = KeyId::generate(rng).map_err(|_| OpenError::Rng)?;
        let mut bytes = key_id.as_bytes().to_vec();
        bytes.push(parameters.depth());
        for (lms, ots) in parameters.levels() {
            bytes.extend(lms.code().to_be_bytes());
            bytes.extend(ots.code().to_be_bytes());
        }
        bytes.extend(public.to_bytes());
        let bound = bound(&bytes);
        let context = WrapContext::new(&bound).map_err(|_| DecodeError::Length)?;
        let (sealed, key) = Sealed::seal(&secrets.encode(parameters.n()), context, rng)?;
        let wrapped = wrapping.wrap_key(&key, context, rng)?;
        push_part(&mut bytes, &sealed.to_der())?;
        push_part(&mut bytes, &wrapped.to_der())?;
        let tag = secrets.integrity.tag(LABEL, &[&bytes]);
        bytes.extend(tag);
        Ok(Self {
            bytes,
            key_id,
            parameters,
            public,
        })
    }

    pub(super) fn unseal(
        bytes: Vec<u8>,
        wrapping: &impl Unwrap,
    ) -> Result<(Self, KeySecrets), OpenError> {
        let mut reader = Reader::new(&bytes);
        let key_id = KeyId::from_bytes(reader.array()?);
        let parameters = read_parameters(&mut reader)?;
        let public_len = 4 + parameters.top().0.public_key_len();
        let public = HssVerifyingKey::from_bytes(reader.take(public_len)?)?;
        let head = 16 + 1 + 8 * parameters.levels().len() + public_len;
        let sealed = Sealed::from_der(part(&mut reader)?).map_err(|_| OpenError::WrongKey)?;
        let wrapped = WrappedKey::from_der(part(&mut reader)?).map_err(|_| OpenError::WrongKey)?;
        let tag: [u8; TAG_LEN] = reader.array()?;
        reader.finish()?;

        let bound = bound(&bytes[..head]);
        let context = WrapContext::new(&bound).map_err(|_| DecodeError::Length)?;
        let key: SealKey = wrapping
            .unwrap_key(&wrapped, context)
            .map_err(|_| OpenError::WrongKey)?;
        let secret = sealed
            .open(&key, context)
            .map_err(|_| OpenError::WrongKey)?;
        let secret = secret.expose(ExposeToken::acknowledge());
        let secrets = KeySecrets::decode(parameters.n(), public.top().id(), secret)?;
        if !secrets
            .integrity
            .verify(LABEL, &[&bytes[..bytes.len() - TAG_LEN]], &tag)
        {
            return Err(OpenError::WrongKey);
        }
        let record = Self {
            bytes,
            key_id,
            parameters,
            public,
        };
        Ok((record, secrets))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) const fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    pub(super) const fn parameters(&self) -> &HssParameters {
        &self.parameters
    }

    pub(super) const fn public(&self) -> &HssVerifyingKey {
        &self.public
    }
}

/// What the secrets are bound to: everything before them.
fn bound(head: &[u8]) -> Vec<u8> {
    [LABEL, head].concat()
}

/// A length in two bytes, and that many.
fn push_part(record: &mut Vec<u8>, part: &[u8]) -> Result<(), DecodeError> {
    let len = u16::try_from(part.len()).map_err(|_| DecodeError::Length)?;
    record.extend(len.to_be_bytes());
    record.extend_from_slice(part);
    Ok(())
}

fn part<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], DecodeError> {
    let len = u16::from_be_bytes(reader.array()?);
    reader.take(usize::from(len))
}

fn read_parameters(reader: &mut Reader<'_>) -> Result<HssParameters, DecodeError> {
    let depth = usize::from(reader.u8()?);
    if depth > MAX_LEVELS {
        return Err(DecodeError::Levels);
    }
    let mut levels = Vec::with_capacity(depth);
    for _ in 0..depth {
        let lms = LmsAlgorithm::from_code(reader.u32()?)?;
        levels.push((lms, LmotsAlgorithm::from_code(reader.u32()?)?));
    }
    HssParameters::new(&levels)
}
