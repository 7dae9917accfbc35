//! How the secret of a record comes about: by a KEM, or from a symmetric wrapping key.

use alloc::vec::Vec;

use der::Choice;
use rand_core::TryCryptoRng;
use sha2::{Digest, Sha384};
use spki::AlgorithmIdentifierOwned;

use super::{Unwrap, Wrap};
use crate::{
    algorithm::KemAlgorithm,
    error::{DecodeError, UnwrapError, WrapError},
    ident::{Fingerprint, KeyId},
    key::{EncapsulationKey, Key},
    operations::{Decapsulate, Encapsulate},
    output::Ciphertext,
    prepared::{PreparedDecapsulationKey, PreparedEncapsulationKey},
    role::{Decapsulation, Encapsulation, HasKey, UnwrappingRole, Wrapping, WrappingRole},
    secret::{SecretArray, SecretBytes},
    symmetric::WrapAlgorithm,
};

/// Length of the random value that makes each record under a symmetric key unique, in bytes.
const SALT_BYTES: usize = 32;

/// The shortest secret in bytes from which a key-encryption key of 256 bits is derived.
const MIN_SECRET_BYTES: usize = 32;

/// Stops the build where a KEM's secret is too short.
const fn assert_wraps<S: SecretArray>() {
    assert!(
        S::BYTES >= MIN_SECRET_BYTES,
        "the shared secret is too short to wrap keys under"
    );
}

/// The name by which a record finds the key that it was wrapped under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum KekName {
    /// The fingerprint of an encapsulation key: see [`Fingerprint`].
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Fingerprint(Fingerprint),
    /// The identifier of a symmetric wrapping key: see [`KeyId`].
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT")]
    KeyId(KeyId),
}

/// A secret established for one record, from which its key-encryption key is derived.
///
/// It is made by [`Wrap::establish`] and [`Unwrap::recover`]; implementing those for a handle to a key
/// in a module is the only reason to call [`of_kem`](Self::of_kem) or [`of_module`](Self::of_module).
pub struct Kek {
    pub(super) suite: AlgorithmIdentifierOwned,
    pub(super) name: KekName,
    /// SHA-384 of the encapsulation key, or of the identifier of a symmetric key.
    pub(super) name_hash: [u8; 48],
    pub(super) encapsulation: Vec<u8>,
    pub(super) secret: SecretBytes,
}

/// What a record takes from the key it is wrapped under, apart from the secret.
#[derive(Clone)]
pub(crate) struct KekIdentity {
    suite: AlgorithmIdentifierOwned,
    name: KekName,
    name_hash: [u8; 48],
}

impl KekIdentity {
    pub(crate) fn of<A: KemAlgorithm>(key: &EncapsulationKey<A>) -> Self {
        const { assert_wraps::<A::SharedSecret>() };
        Self {
            suite: A::key_algorithm(),
            name: KekName::Fingerprint(key.fingerprint()),
            name_hash: Sha384::digest(key.as_bytes()).into(),
        }
    }

    fn kek(&self, encapsulation: &[u8], secret: &[u8]) -> Kek {
        Kek {
            suite: self.suite.clone(),
            name: self.name,
            name_hash: self.name_hash,
            encapsulation: encapsulation.to_vec(),
            secret: SecretBytes::copy_from(secret),
        }
    }
}

impl Kek {
    /// Length in bytes of the encapsulation of a record under a symmetric key: a random value, the salt.
    pub const SALT_BYTES: usize = SALT_BYTES;

    /// The secret that a KEM established between `key` and its holder. A KEM whose secrets are shorter
    /// than 32 bytes does not build.
    #[must_use]
    pub fn of_kem<A: KemAlgorithm>(
        key: &EncapsulationKey<A>,
        ciphertext: &Ciphertext<A>,
        secret: &crate::output::SharedSecret<A>,
    ) -> Self {
        KekIdentity::of(key).kek(ciphertext.as_bytes(), secret.as_bytes())
    }

    /// The secret of one record under a symmetric key that never leaves its module: what the module
    /// derives, by a pseudorandom function under that key, from the record's salt.
    ///
    /// A handle to such a key implements [`Wrap`] by drawing a fresh salt for every record, and
    /// [`Unwrap`] by taking it from the record. Only the secret of the one record leaves the module.
    /// `A` names the function, so it is an algorithm of the handle's own: a key in memory is used
    /// differently, and its records do not open so.
    ///
    /// # Errors
    /// [`DecodeError::Length`] if the secret is shorter than 32 bytes.
    pub fn of_module<A: WrapAlgorithm>(
        id: KeyId,
        salt: &[u8; SALT_BYTES],
        secret: &SecretBytes,
    ) -> Result<Self, DecodeError> {
        if secret.len() < MIN_SECRET_BYTES {
            return Err(DecodeError::Length);
        }
        Ok(Self::symmetric::<A>(id, salt, secret.as_bytes()))
    }

    /// The secret of a record under a symmetric key: the key itself, made unique by `salt`.
    fn of_symmetric<A: WrapAlgorithm>(key: &Key<A, Wrapping>, salt: &[u8]) -> Self {
        Self::symmetric::<A>(key.id(), salt, key.material().as_bytes())
    }

    fn symmetric<A: WrapAlgorithm>(id: KeyId, salt: &[u8], secret: &[u8]) -> Self {
        Self {
            suite: A::key_algorithm(),
            name: KekName::KeyId(id),
            name_hash: Sha384::digest(id.as_bytes()).into(),
            encapsulation: salt.to_vec(),
            secret: SecretBytes::copy_from(secret),
        }
    }
}

/// May wrap other keys.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{Self}` cannot wrap other keys",
    label = "wrapping needs an `EncapsulationKey` or a `WrappingKey`",
    note = "a shared secret is not a wrapping key: see `SharedSecret::into_derivation_key`"
)]
pub trait MayWrap<A: HasKey<Self>>: WrappingRole + Sized {
    #[doc(hidden)]
    fn establish<R: TryCryptoRng + ?Sized>(
        key: &Key<A, Self>,
        rng: &mut R,
    ) -> Result<Kek, WrapError>;
}

/// May unwrap other keys.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{Self}` cannot unwrap other keys",
    label = "unwrapping needs a `DecapsulationKey` or a `WrappingKey`"
)]
pub trait MayUnwrap<A: HasKey<Self>>: UnwrappingRole + Sized {
    #[doc(hidden)]
    fn recover(key: &Key<A, Self>, encapsulation: &[u8]) -> Result<Kek, UnwrapError>;
}

impl<A: KemAlgorithm> MayWrap<A> for Encapsulation {
    fn establish<R: TryCryptoRng + ?Sized>(
        key: &Key<A, Self>,
        rng: &mut R,
    ) -> Result<Kek, WrapError> {
        let (ciphertext, secret) = Encapsulate::encapsulate(key, rng)?;
        Ok(Kek::of_kem(key, &ciphertext, &secret))
    }
}

impl<A: KemAlgorithm> MayUnwrap<A> for Decapsulation {
    fn recover(key: &Key<A, Self>, encapsulation: &[u8]) -> Result<Kek, UnwrapError> {
        recover_kem(
            key,
            &KekIdentity::of(&key.encapsulation_key()),
            encapsulation,
        )
    }
}

impl<A: WrapAlgorithm> MayWrap<A> for Wrapping {
    fn establish<R: TryCryptoRng + ?Sized>(
        key: &Key<A, Self>,
        rng: &mut R,
    ) -> Result<Kek, WrapError> {
        let mut salt = [0; SALT_BYTES];
        rng.try_fill_bytes(&mut salt)
            .map_err(|_| WrapError::Randomness)?;
        Ok(Kek::of_symmetric(key, &salt))
    }
}

impl<A: WrapAlgorithm> MayUnwrap<A> for Wrapping {
    fn recover(key: &Key<A, Self>, encapsulation: &[u8]) -> Result<Kek, UnwrapError> {
        if encapsulation.len() != SALT_BYTES {
            return Err(UnwrapError);
        }
        Ok(Kek::of_symmetric(key, encapsulation))
    }
}

impl<A: HasKey<R>, R: MayWrap<A>> Wrap for Key<A, R> {
    fn establish<Rng: TryCryptoRng + ?Sized>(&self, rng: &mut Rng) -> Result<Kek, WrapError> {
        R::establish(self, rng)
    }
}

impl<A: HasKey<R>, R: MayUnwrap<A>> Unwrap for Key<A, R> {
    fn recover(&self, encapsulation: &[u8]) -> Result<Kek, UnwrapError> {
        R::recover(self, encapsulation)
    }
}

fn recover_kem<D: Decapsulate>(
    key: &D,
    identity: &KekIdentity,
    encapsulation: &[u8],
) -> Result<Kek, UnwrapError> {
    let ciphertext = Ciphertext::from_bytes(encapsulation).map_err(|_: DecodeError| UnwrapError)?;
    let secret = key.decapsulate(&ciphertext)?;
    Ok(identity.kek(encapsulation, secret.as_bytes()))
}

impl<A: KemAlgorithm> Wrap for PreparedEncapsulationKey<A> {
    fn establish<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Kek, WrapError> {
        let (ciphertext, secret) = self.encapsulate(rng)?;
        Ok(self
            .identity()
            .kek(ciphertext.as_bytes(), secret.as_bytes()))
    }

    fn establish_many<R: TryCryptoRng + ?Sized>(
        &self,
        count: usize,
        rng: &mut R,
    ) -> Result<Vec<Kek>, WrapError> {
        let established = self.encapsulate_many(count, rng)?;
        Ok(established
            .iter()
            .map(|(ciphertext, secret)| {
                self.identity()
                    .kek(ciphertext.as_bytes(), secret.as_bytes())
            })
            .collect())
    }
}

impl<A: KemAlgorithm> Unwrap for PreparedDecapsulationKey<A> {
    fn recover(&self, encapsulation: &[u8]) -> Result<Kek, UnwrapError> {
        recover_kem(self, self.identity(), encapsulation)
    }

    fn recover_many(&self, encapsulations: &[&[u8]]) -> Vec<Result<Kek, UnwrapError>> {
        // Ciphertexts of the right length are decapsulated in one batch; the others fail in place.
        let ciphertexts: Vec<_> = encapsulations
            .iter()
            .map(|bytes| Ciphertext::from_bytes(bytes).ok())
            .collect();
        let valid: Vec<_> = ciphertexts.iter().flatten().collect();
        // By reference: a secret that is moved out of a vector leaves its bytes behind there.
        let secrets = self.decapsulate_many(&valid).unwrap_or_default();
        let mut secrets = secrets.iter();
        ciphertexts
            .iter()
            .map(|ciphertext| {
                let ciphertext = ciphertext.as_ref().ok_or(UnwrapError)?;
                let secret = secrets.next().ok_or(UnwrapError)?;
                let secret = secret.as_ref().map_err(|_| UnwrapError)?;
                Ok(self
                    .identity()
                    .kek(ciphertext.as_bytes(), secret.as_bytes()))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "too short to wrap keys under")]
    fn a_short_secret_wraps_nothing() {
        assert_wraps::<[u8; 32]>();
        assert_wraps::<[u8; 31]>();
    }
}
