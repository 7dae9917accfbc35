//! Algorithms as types.
//!
//! These traits are open: an algorithm of another crate implements them and gets every key type,
//! operation, encoding and wrapping that the algorithms of this crate have, because all of those are
//! blanket implementations over these traits.

use alloc::vec::Vec;
use core::{cell::Cell, fmt::Debug};

use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::{
    engine::Engine,
    error::{
        DecapsulateError, DecodeError, EncapsulateError, GenerateError, InvalidSignature, SignError,
    },
    message::Message,
    role::{Decapsulation, Encapsulation, HasKey, Signing, Verification},
    secret::SecretArray,
};

/// An algorithm with its parameter set: a type without values worth having.
pub trait Algorithm: Copy + Ord + Debug + Default + Send + Sync + 'static {
    /// The name as its standard prints it, such as `"ML-KEM-768"`.
    const NAME: &'static str;

    /// The `AlgorithmIdentifier` of its keys: in `SubjectPublicKeyInfo` and `OneAsymmetricKey` of
    /// asymmetric keys.
    fn key_algorithm() -> AlgorithmIdentifierOwned;

    /// What the attributes of a wrapped key say: the same, unless algorithms share that identifier. A key of one
    /// must not unwrap as a key of another.
    #[must_use]
    fn record_algorithm() -> AlgorithmIdentifierOwned {
        Self::key_algorithm()
    }
}

/// What a public key is made of.
pub trait PublicMaterial: Clone + PartialEq + Send + Sync + Sized + 'static {
    /// The contents of `subjectPublicKey`: the algorithm's own encoding of a public key.
    fn as_bytes(&self) -> &[u8];

    /// Reads the contents of `subjectPublicKey`.
    ///
    /// # Errors
    /// Everything that `as_bytes` could not have returned is refused.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError>;
}

/// What a secret key is made of. It zeroizes itself when it is dropped.
pub trait SecretMaterial: Send + Sync + Sized + 'static {
    /// The key's bytes: for private keys the contents of the `privateKey` OCTET STRING of PKCS#8 in
    /// the preferred form, for symmetric keys the key itself.
    fn to_bytes(&self) -> Zeroizing<Vec<u8>>;

    /// Reads the key's bytes, in any permitted form.
    ///
    /// # Errors
    /// Everything that is not canonical, out of range, or contradicts itself is refused.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError>;

    /// Whether the two secrets have a part in common: see [`Rotate`](crate::Rotate). By default, whether
    /// they are equal. A secret of several parts, such as a composite's, says so for each of them.
    ///
    /// # Side channels
    /// Constant time for each pair of lengths; the result is public.
    #[must_use]
    fn overlaps(&self, other: &Self) -> bool {
        crate::key::secrets_equal(&self.to_bytes(), &other.to_bytes())
    }
}

/// What a private key is made of: it knows its public half.
pub trait PrivateMaterial: SecretMaterial {
    /// The public half.
    type Public: PublicMaterial;

    /// The public half.
    fn public(&self) -> Self::Public;
}

/// Bytes of a signature or ciphertext: `[u8; N]`, or `Vec<u8>` where the length varies.
pub trait OutputBytes:
    AsRef<[u8]> + Clone + PartialEq + Eq + Send + Sync + for<'a> TryFrom<&'a [u8]> + 'static
{
}

impl<T> OutputBytes for T where
    T: AsRef<[u8]> + Clone + PartialEq + Eq + Send + Sync + for<'a> TryFrom<&'a [u8]> + 'static
{
}

/// A ciphertext and the shared secret in it, as an algorithm returns them.
pub type Encapsulated<A> = (
    <A as KemAlgorithm>::Ciphertext,
    <A as KemAlgorithm>::SharedSecret,
);

/// The materials of a KEM key pair: private, public.
pub type KemMaterials<A> = (
    <A as KemAlgorithm>::Decapsulation,
    <A as KemAlgorithm>::Encapsulation,
);

/// The materials of a signature key pair: private, public.
pub type SignatureMaterials<A> = (
    <A as SignatureAlgorithm>::Signing,
    <A as VerificationAlgorithm>::Verification,
);

/// A key-encapsulation mechanism.
///
/// The `prepare_*` functions do once what only depends on the key. An `engine` that does not cover
/// the algorithm is answered with the reference engine by [`Engine::detect`]'s callers; see
/// [`supports`](Self::supports).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key-encapsulation mechanism",
    label = "a KEM such as `MlKem768` is needed here"
)]
pub trait KemAlgorithm: Algorithm {
    /// An encapsulation key.
    type Encapsulation: PublicMaterial;
    /// A decapsulation key.
    type Decapsulation: PrivateMaterial<Public = Self::Encapsulation>;
    /// An encapsulation key with everything expanded that does not depend on the message.
    type PreparedEncapsulation: Send + Sync + 'static;
    /// A decapsulation key, likewise.
    type PreparedDecapsulation: Send + Sync + 'static;
    /// A ciphertext.
    type Ciphertext: OutputBytes;
    /// A shared secret.
    type SharedSecret: SecretArray;

    /// Whether `engine` covers this algorithm. [`Engine::REFERENCE`] always does.
    #[must_use]
    fn supports(engine: Engine) -> bool {
        engine == Engine::REFERENCE
    }

    /// Generates a key pair.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    fn generate_material<R: TryCryptoRng + ?Sized>(
        engine: Engine,
        rng: &mut R,
    ) -> Result<KemMaterials<Self>, GenerateError>;

    /// Generates `count` key pairs, drawing randomness in the order of the pairs.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails; no pair is returned then.
    fn generate_materials<R: TryCryptoRng + ?Sized>(
        engine: Engine,
        count: usize,
        rng: &mut R,
    ) -> Result<Vec<KemMaterials<Self>>, GenerateError> {
        (0..count)
            .map(|_| Self::generate_material(engine, rng))
            .collect()
    }

    /// Expands an encapsulation key.
    fn prepare_encapsulation(
        engine: Engine,
        key: &Self::Encapsulation,
    ) -> Self::PreparedEncapsulation;

    /// Expands a decapsulation key.
    fn prepare_decapsulation(
        engine: Engine,
        key: &Self::Decapsulation,
    ) -> Self::PreparedDecapsulation;

    /// Encapsulates a fresh shared secret.
    ///
    /// # Errors
    /// [`EncapsulateError::Randomness`] if `rng` fails.
    fn encapsulate<R: TryCryptoRng + ?Sized>(
        key: &Self::PreparedEncapsulation,
        rng: &mut R,
    ) -> Result<Encapsulated<Self>, EncapsulateError>;

    /// Encapsulates `count` fresh shared secrets to one key, drawing randomness in order.
    ///
    /// Each result is turned into something else at once: in the first cache, which a batch is larger than, and
    /// without a copy of its secret in the block of a vector that it is moved out of.
    ///
    /// # Errors
    /// As [`encapsulate`](Self::encapsulate), and [`EncapsulateError::Refused`] if there is no memory
    /// for so many; nothing is returned then.
    fn encapsulate_many<T, R: TryCryptoRng + ?Sized>(
        key: &Self::PreparedEncapsulation,
        count: usize,
        rng: &mut R,
        make: impl Fn(Self::Ciphertext, Self::SharedSecret) -> T,
    ) -> Result<Vec<T>, EncapsulateError> {
        collect_made(count, || {
            let (ciphertext, secret) = Self::encapsulate(key, rng)?;
            Ok(make(ciphertext, secret))
        })
    }

    /// Encapsulates one fresh shared secret to each of many keys, drawing randomness in order; results are made as
    /// in [`encapsulate_many`](Self::encapsulate_many).
    ///
    /// # Errors
    /// As [`encapsulate_many`](Self::encapsulate_many).
    fn encapsulate_each<T, R: TryCryptoRng + ?Sized>(
        engine: Engine,
        keys: &[&Self::Encapsulation],
        rng: &mut R,
        make: impl Fn(Self::Ciphertext, Self::SharedSecret) -> T,
    ) -> Result<Vec<T>, EncapsulateError> {
        let mut keys = keys.iter();
        collect_made(keys.len(), || {
            let key = keys.next().ok_or(EncapsulateError::Refused)?;
            let key = Self::prepare_encapsulation(engine, key);
            let (ciphertext, secret) = Self::encapsulate(&key, rng)?;
            Ok(make(ciphertext, secret))
        })
    }

    /// Decapsulates a shared secret.
    ///
    /// # Errors
    /// [`DecapsulateError::Failed`] where the algorithm rejects explicitly.
    fn decapsulate(
        key: &Self::PreparedDecapsulation,
        ciphertext: &Self::Ciphertext,
    ) -> Result<Self::SharedSecret, DecapsulateError>;

    /// Decapsulates many ciphertexts under one key; results are per item.
    fn decapsulate_many(
        key: &Self::PreparedDecapsulation,
        ciphertexts: &[&Self::Ciphertext],
    ) -> Vec<Result<Self::SharedSecret, DecapsulateError>> {
        ciphertexts
            .iter()
            .map(|ciphertext| Self::decapsulate(key, ciphertext))
            .collect()
    }
}

/// Collects what holds secrets into a vector that never grows: one that does leaves copies of them in the blocks it
/// outgrew.
fn collect_made<T>(
    count: usize,
    mut next: impl FnMut() -> Result<T, EncapsulateError>,
) -> Result<Vec<T>, EncapsulateError> {
    let mut all = Vec::new();
    all.try_reserve_exact(count)
        .map_err(|_| EncapsulateError::Refused)?;
    for _ in 0..count {
        all.push(next()?);
    }
    Ok(all)
}

/// [`KemAlgorithm::encapsulate`] for an algorithm whose work is [`KemAlgorithm::encapsulate_many`]: a batch of one.
///
/// # Errors
/// As [`KemAlgorithm::encapsulate_many`].
pub fn encapsulate_one<A: KemAlgorithm, R: TryCryptoRng + ?Sized>(
    key: &A::PreparedEncapsulation,
    rng: &mut R,
) -> Result<Encapsulated<A>, EncapsulateError> {
    // Not through the vector: what is popped stays in its block.
    let only = Cell::new(None);
    A::encapsulate_many(key, 1, rng, |ciphertext, secret| {
        only.set(Some((ciphertext, secret)));
    })?;
    only.take().ok_or(EncapsulateError::Refused)
}

/// Batches up to this size are not asked about: what they take, programs have.
const SMALL_BATCH: usize = 1 << 16;

/// Whether there is memory for the results of a batch. Without asking, a count that is out of all proportion ends the
/// process instead of being an error.
pub(crate) fn has_room<T>(count: usize) -> bool {
    count <= SMALL_BATCH || Vec::<T>::new().try_reserve_exact(count).is_ok()
}

/// A signature algorithm, as far as verification goes. Stateful algorithms stop here: they have no
/// reusable signer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a signature algorithm",
    label = "a signature algorithm such as `MlDsa65` is needed here"
)]
pub trait VerificationAlgorithm: Algorithm {
    /// A verifying key.
    type Verification: PublicMaterial;
    /// A verifying key with everything expanded that does not depend on the message.
    type PreparedVerification: Send + Sync + 'static;
    /// A signature.
    type Signature: OutputBytes;

    /// The `AlgorithmIdentifier` of a signature in certificates.
    #[must_use]
    fn signature_algorithm() -> AlgorithmIdentifierOwned {
        Self::key_algorithm()
    }

    /// Whether `engine` covers this algorithm. [`Engine::REFERENCE`] always does.
    #[must_use]
    fn supports(engine: Engine) -> bool {
        engine == Engine::REFERENCE
    }

    /// Expands a verifying key.
    fn prepare_verification(engine: Engine, key: &Self::Verification)
    -> Self::PreparedVerification;

    /// Verifies a signature.
    ///
    /// # Errors
    /// [`InvalidSignature`], also for a form of message that the algorithm does not know.
    fn verify(
        key: &Self::PreparedVerification,
        message: &Message<'_>,
        signature: &Self::Signature,
    ) -> Result<(), InvalidSignature>;

    /// Verifies many signatures under one key; results are per item.
    fn verify_many(
        key: &Self::PreparedVerification,
        items: &[(Message<'_>, &Self::Signature)],
    ) -> Vec<Result<(), InvalidSignature>> {
        items
            .iter()
            .map(|(message, signature)| Self::verify(key, message, signature))
            .collect()
    }
}

/// A signature algorithm whose signing key can be used again and again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no reusable signing key",
    label = "a stateless signature algorithm such as `MlDsa65` is needed here",
    note = "a stateful hash-based key signs through a reservation: see `StatefulSign`"
)]
pub trait SignatureAlgorithm: VerificationAlgorithm {
    /// A signing key.
    type Signing: PrivateMaterial<Public = Self::Verification>;
    /// A signing key with everything expanded that does not depend on the message.
    type PreparedSigning: Send + Sync + 'static;

    /// Generates a key pair.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    fn generate_material<R: TryCryptoRng + ?Sized>(
        engine: Engine,
        rng: &mut R,
    ) -> Result<SignatureMaterials<Self>, GenerateError>;

    /// Generates `count` key pairs, drawing randomness in the order of the pairs.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails; no pair is returned then.
    fn generate_materials<R: TryCryptoRng + ?Sized>(
        engine: Engine,
        count: usize,
        rng: &mut R,
    ) -> Result<Vec<SignatureMaterials<Self>>, GenerateError> {
        (0..count)
            .map(|_| Self::generate_material(engine, rng))
            .collect()
    }

    /// Expands a signing key.
    fn prepare_signing(engine: Engine, key: &Self::Signing) -> Self::PreparedSigning;

    /// Signs a message; randomness hedges or randomises as the algorithm's standard says.
    ///
    /// # Errors
    /// [`SignError::Randomness`] if `rng` fails, [`SignError::Refused`] for a form of message that
    /// the algorithm does not know.
    fn sign<R: TryCryptoRng + ?Sized>(
        key: &Self::PreparedSigning,
        message: &Message<'_>,
        rng: &mut R,
    ) -> Result<Self::Signature, SignError>;

    /// Signs many messages, drawing randomness in order.
    ///
    /// # Errors
    /// As [`sign`](Self::sign); nothing is returned then.
    fn sign_many<R: TryCryptoRng + ?Sized>(
        key: &Self::PreparedSigning,
        messages: &[Message<'_>],
        rng: &mut R,
    ) -> Result<Vec<Self::Signature>, SignError> {
        messages
            .iter()
            .map(|message| Self::sign(key, message, rng))
            .collect()
    }
}

/// A signature algorithm whose signatures bind a context string.
#[diagnostic::on_unimplemented(
    message = "`{Self}` signatures have no context string",
    label = "only algorithms with a context parameter, such as `MlDsa65`, take one"
)]
pub trait SupportsContext: VerificationAlgorithm {}

/// A signature algorithm with a pre-hash variant: HashML-DSA, HashSLH-DSA.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no pre-hash variant",
    label = "only ML-DSA and SLH-DSA have one"
)]
pub trait SupportsPreHash: VerificationAlgorithm {}

/// A signature algorithm whose message representative can be computed elsewhere ("external mu").
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not sign a message representative computed elsewhere",
    label = "only ML-DSA has an external mu"
)]
pub trait SupportsMu: VerificationAlgorithm {
    /// The message representative mu of a message in a context, 64 bytes
    /// (FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), line 6).
    fn mu(key: &Self::Verification, message: &Message<'_>) -> [u8; 64];
}

impl<A: KemAlgorithm> HasKey<Encapsulation> for A {
    type Material = A::Encapsulation;
}

impl<A: KemAlgorithm> HasKey<Decapsulation> for A {
    type Material = A::Decapsulation;
}

impl<A: VerificationAlgorithm> HasKey<Verification> for A {
    type Material = A::Verification;
}

impl<A: SignatureAlgorithm> HasKey<Signing> for A {
    type Material = A::Signing;
}
