//! The key record: what a key is, its public key, and its secrets under the caller's wrapping key.

use alloc::vec::Vec;
use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::{Zeroize, Zeroizing};

use crate::error::{DecodeError, OpenError};
use crate::hss::{HssParameters, HssVerifyingKey};
use crate::params::{LmotsAlgorithm, LmsAlgorithm, MAX_LEVELS};
use crate::secret::TreeSecret;
use crate::signer::random_secret;
use crate::store::IntegrityKey;
use crate::wire::Reader;

const LABEL: &[u8] = b"pqkm HSS key record v1";
const TAG_LEN: usize = 32;

/// The identity of a key: 16 random bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyId(")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// Wrapping or unwrapping failed, for whatever reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrapError;

impl fmt::Display for WrapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrapping or unwrapping failed")
    }
}

impl core::error::Error for WrapError {}

/// What encrypts a key's secrets at rest, bound to a context that is not secret.
pub trait WrappingKey {
    /// Encrypts and authenticates `secret` and authenticates `context`.
    ///
    /// # Errors
    /// [`WrapError`]
    fn wrap<R: TryCryptoRng + ?Sized>(
        &self,
        context: &[u8],
        secret: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, WrapError>;

    /// Undoes [`Self::wrap`].
    ///
    /// # Errors
    /// [`WrapError`] if anything does not fit.
    fn unwrap(&self, context: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, WrapError>;
}

/// The secrets of a key.
pub(super) struct KeySecrets {
    pub(super) top: TreeSecret,
    pub(super) integrity: IntegrityKey,
}

impl KeySecrets {
    pub(super) fn generate<R: TryCryptoRng + ?Sized>(
        parameters: &HssParameters,
        rng: &mut R,
    ) -> Result<Self, OpenError> {
        let (top, integrity) = random_secret(parameters.n(), rng)?;
        Ok(Self { top, integrity })
    }

    /// Seed (n bytes) and integrity key (32 bytes). The identifier is in the public key.
    fn encode(&self, n: usize) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(n + 32));
        out.extend_from_slice(&self.top.seed[..n]);
        out.extend_from_slice(self.integrity.bytes());
        out
    }

    fn decode(n: usize, id: &[u8; 16], bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let mut top = TreeSecret {
            seed: [0; 32],
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

/// Key id, parameters, public key, wrapped secrets, tag.
pub(super) struct KeyRecord {
    bytes: Vec<u8>,
    key_id: KeyId,
    parameters: HssParameters,
    public: HssVerifyingKey,
}

impl KeyRecord {
    pub(super) fn seal<R: TryCryptoRng + ?Sized>(
        parameters: HssParameters,
        public: HssVerifyingKey,
        secrets: &KeySecrets,
        wrapping: &impl WrappingKey,
        rng: &mut R,
    ) -> Result<Self, OpenError> {
        let mut id = [0; 16];
        rng.try_fill_bytes(&mut id).map_err(|_| OpenError::Rng)?;
        let mut bytes = id.to_vec();
        bytes.push(parameters.depth());
        for (lms, ots) in parameters.levels() {
            bytes.extend(lms.code().to_be_bytes());
            bytes.extend(ots.code().to_be_bytes());
        }
        bytes.extend(public.to_bytes());
        let secret = secrets.encode(parameters.n());
        let wrapped = wrapping.wrap(&context(&bytes), &secret, rng)?;
        let len = u16::try_from(wrapped.len()).map_err(|_| WrapError)?;
        bytes.extend(len.to_be_bytes());
        bytes.extend(wrapped);
        let tag = secrets.integrity.tag(LABEL, &[&bytes]);
        bytes.extend(tag);
        Ok(Self {
            bytes,
            key_id: KeyId(id),
            parameters,
            public,
        })
    }

    pub(super) fn unseal(
        bytes: Vec<u8>,
        wrapping: &impl WrappingKey,
    ) -> Result<(Self, KeySecrets), OpenError> {
        let mut reader = Reader::new(&bytes);
        let key_id = KeyId(reader.array()?);
        let parameters = read_parameters(&mut reader)?;
        let public_len = 4 + parameters.top().0.public_key_len();
        let public = HssVerifyingKey::from_bytes(reader.take(public_len)?)?;
        let head = 16 + 1 + 8 * parameters.levels().len() + public_len;
        let wrapped_len = usize::from(u16::from_be_bytes(reader.array()?));
        let wrapped = reader.take(wrapped_len)?;
        let tag: [u8; TAG_LEN] = reader.array()?;
        reader.finish()?;

        let secret = wrapping.unwrap(&context(&bytes[..head]), wrapped)?;
        let secrets = KeySecrets::decode(parameters.n(), public.top().id(), &secret)?;
        if !secrets
            .integrity
            .verify(LABEL, &[&bytes[..bytes.len() - TAG_LEN]], &tag)
        {
            return Err(OpenError::WrongKey);
        }
        Ok((
            Self {
                bytes,
                key_id,
                parameters,
                public,
            },
            secrets,
        ))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
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

/// What the wrapped secrets are bound to: everything before them.
fn context(head: &[u8]) -> Vec<u8> {
    [LABEL, head].concat()
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
