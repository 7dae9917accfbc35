//! Uses that the state permits without conditions. Each takes one from the lease before anything happens.

use der::{
    Encode as _, Sequence,
    asn1::{OctetStringRef, Utf8StringRef},
};
use pqkm_core::{
    Agree, AgreeError, AgreedSecret, AgreementPublicKey, AnyPublicKey, Ciphertext, Decapsulate,
    DecapsulateError, DeriveError, Encapsulate, EncapsulateError, EncapsulatedSecret, HkdfSha384,
    InvalidSignature, KeyHandle, Message, SecretBytes, SharedSecret, Sign, SignError, Signature,
    Unwrap, UnwrapError, Verify, Wrap, WrapContext, WrapError, Wrappable, WrappedKey,
    rand_core::TryCryptoRng,
    role::{DataEncryption, Derivation, PublicAgreement, Role},
};

use super::Managed;
use crate::{
    error::UseError,
    state::{Confirms, Processes, Protects, State},
    table::Use,
};

/// Names what proves possession.
const POSSESSION: &str = "pqkm proof of possession v1";

/// Names what confirms a key.
const CONFIRMATION: &[u8] = b"pqkm key confirmation v1";

/// A role whose operations are the caller's: the handle lends the key for one use. Where a trait of `pqkm-core` says
/// what the operation is, the handle has a method for that instead, and keeps the key.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{Self}` is used through its own methods",
    label = "`sign`, `verify`, `encapsulate`, `decapsulate`, `agree`, `wrap_key` and `unwrap_key` say what they do"
)]
pub trait UsedByCaller: Role {}

impl UsedByCaller for DataEncryption {}
impl UsedByCaller for Derivation {}
impl UsedByCaller for PublicAgreement {}

#[derive(Sequence)]
struct Possession<'a> {
    label: Utf8StringRef<'a>,
    key: &'a OctetStringRef,
    challenge: &'a OctetStringRef,
}

/// What a proof of possession signs.
fn possession(key: &AnyPublicKey, challenge: &[u8]) -> Option<Vec<u8>> {
    Possession {
        label: Utf8StringRef::new(POSSESSION).ok()?,
        key: OctetStringRef::new(key.as_spki_der()).ok()?,
        challenge: OctetStringRef::new(challenge).ok()?,
    }
    .to_der()
    .ok()
}

impl<K: KeyHandle, S: State> Managed<K, S> {
    fn permit<E>(&self, what: Use) -> Result<(), UseError<E>> {
        self.lease.take(what).map_err(UseError::Stale)
    }

    /// Signs a message in the empty context.
    ///
    /// # Errors
    /// [`UseError`].
    pub fn sign<R: TryCryptoRng + ?Sized>(
        &self,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Signature<K::Algorithm>, UseError<SignError>>
    where
        K: Sign,
        S: Protects<K::Role>,
    {
        self.sign_message(&Message::pure(message), rng)
    }

    /// Signs a message, its digest or its representative.
    ///
    /// # Errors
    /// [`UseError`].
    pub fn sign_message<R: TryCryptoRng + ?Sized>(
        &self,
        message: &Message<'_>,
        rng: &mut R,
    ) -> Result<Signature<K::Algorithm>, UseError<SignError>>
    where
        K: Sign,
        S: Protects<K::Role>,
    {
        self.permit(Use::Protect)?;
        self.key()
            .sign_message(message, rng)
            .map_err(UseError::Failed)
    }

    /// Verifies a signature on a message in the empty context.
    ///
    /// # Errors
    /// [`UseError`].
    pub fn verify(
        &self,
        message: &[u8],
        signature: &Signature<K::Algorithm>,
    ) -> Result<(), UseError<InvalidSignature>>
    where
        K: Verify,
        S: Processes<K::Role>,
    {
        self.permit(Use::Process)?;
        self.key()
            .verify_message(&Message::pure(message), signature)
            .map_err(UseError::Failed)
    }

    /// Encapsulates a fresh shared secret.
    ///
    /// # Errors
    /// [`UseError`].
    pub fn encapsulate<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
    ) -> Result<EncapsulatedSecret<K::Algorithm>, UseError<EncapsulateError>>
    where
        K: Encapsulate,
        S: Protects<K::Role>,
    {
        self.permit(Use::Protect)?;
        self.key().encapsulate(rng).map_err(UseError::Failed)
    }

    /// Decapsulates a shared secret.
    ///
    /// # Errors
    /// [`UseError`].
    pub fn decapsulate(
        &self,
        ciphertext: &Ciphertext<K::Algorithm>,
    ) -> Result<SharedSecret<K::Algorithm>, UseError<DecapsulateError>>
    where
        K: Decapsulate,
        S: Processes<K::Role>,
    {
        self.permit(Use::Process)?;
        self.key().decapsulate(ciphertext).map_err(UseError::Failed)
    }

    /// Computes the secret that this key and the peer's have in common.
    ///
    /// # Errors
    /// [`UseError`].
    pub fn agree(
        &self,
        peer: &AgreementPublicKey<K::Algorithm>,
    ) -> Result<AgreedSecret<K::Algorithm>, UseError<AgreeError>>
    where
        K: Agree,
        S: Protects<K::Role>,
    {
        self.permit(Use::Protect)?;
        self.key().agree(peer).map_err(UseError::Failed)
    }

    /// Wraps another key.
    ///
    /// # Errors
    /// [`UseError`].
    pub fn wrap_key<W: Wrappable, R: TryCryptoRng + ?Sized>(
        &self,
        key: &W,
        context: WrapContext<'_>,
        rng: &mut R,
    ) -> Result<WrappedKey, UseError<WrapError>>
    where
        K: Wrap,
        S: Protects<K::Role>,
    {
        self.permit(Use::Protect)?;
        self.key()
            .wrap_key(key, context, rng)
            .map_err(UseError::Failed)
    }

    /// Unwraps another key.
    ///
    /// # Errors
    /// [`UseError`].
    pub fn unwrap_key<W: Wrappable>(
        &self,
        record: &WrappedKey,
        context: WrapContext<'_>,
    ) -> Result<W, UseError<UnwrapError>>
    where
        K: Unwrap,
        S: Processes<K::Role>,
    {
        self.permit(Use::Process)?;
        self.key()
            .unwrap_key(record, context)
            .map_err(UseError::Failed)
    }

    /// Lends the key to protect something, once: to encrypt, to derive, to agree with an ephemeral key. What the
    /// caller does with it counts as one use.
    ///
    /// # Errors
    /// [`UseError`], with the caller's own error.
    pub fn protect<T, E>(&self, protect: impl FnOnce(&K) -> Result<T, E>) -> Result<T, UseError<E>>
    where
        K::Role: UsedByCaller,
        S: Protects<K::Role>,
    {
        self.permit(Use::Protect)?;
        protect(self.key()).map_err(UseError::Failed)
    }

    /// Lends the key to process something that is protected, once: to decrypt.
    ///
    /// # Errors
    /// [`UseError`], with the caller's own error.
    pub fn process<T, E>(&self, process: impl FnOnce(&K) -> Result<T, E>) -> Result<T, UseError<E>>
    where
        K::Role: UsedByCaller,
        S: Processes<K::Role>,
    {
        self.permit(Use::Process)?;
        process(self.key()).map_err(UseError::Failed)
    }

    /// Proves possession of a signing key before it is activated: signs the challenge, and nothing that
    /// could be taken for anything else.
    ///
    /// # Errors
    /// [`UseError`].
    pub fn prove_possession<R: TryCryptoRng + ?Sized>(
        &self,
        challenge: &[u8],
        rng: &mut R,
    ) -> Result<Signature<K::Algorithm>, UseError<SignError>>
    where
        K: Sign,
        S: Confirms<K::Role>,
    {
        self.permit(Use::Confirm)?;
        let public = AnyPublicKey::from(&self.key().verifying_key());
        let message = possession(&public, challenge).ok_or(UseError::Failed(SignError::Refused))?;
        self.key()
            .sign_message(&Message::pure(&message), rng)
            .map_err(UseError::Failed)
    }

    /// Confirms a decapsulation key before it is activated: 32 bytes that only who knows the shared secret
    /// of `ciphertext` has too. The shared secret itself stays here.
    ///
    /// # Errors
    /// [`UseError`].
    pub fn confirm_decapsulation(
        &self,
        ciphertext: &Ciphertext<K::Algorithm>,
    ) -> Result<SecretBytes, UseError<DecapsulateError>>
    where
        K: Decapsulate,
        S: Confirms<K::Role>,
    {
        self.permit(Use::Confirm)?;
        let secret = self
            .key()
            .decapsulate(ciphertext)
            .map_err(UseError::Failed)?;
        confirmation(secret).map_err(|_| UseError::Failed(DecapsulateError::Failed))
    }

    /// Confirms a symmetric key before it is activated: lends it, once, to compare it with another copy.
    ///
    /// # Errors
    /// [`UseError`], with the caller's own error.
    pub fn confirm<T, E>(&self, confirm: impl FnOnce(&K) -> Result<T, E>) -> Result<T, UseError<E>>
    where
        S: Confirms<K::Role>,
        K::Role: UsedByCaller,
    {
        self.permit(Use::Confirm)?;
        confirm(self.key()).map_err(UseError::Failed)
    }

    /// Confirms a wrapping key before it is activated: that it unwraps a record of another copy. What is
    /// in the record stays there.
    ///
    /// # Errors
    /// [`UseError`].
    pub fn confirm_unwrapping<W: Wrappable>(
        &self,
        record: &WrappedKey,
        context: WrapContext<'_>,
    ) -> Result<(), UseError<UnwrapError>>
    where
        K: Unwrap,
        S: Confirms<K::Role>,
    {
        self.permit(Use::Confirm)?;
        let key: Result<W, _> = self.key().unwrap_key(record, context);
        key.map(drop).map_err(UseError::Failed)
    }
}

/// What [`Managed::confirm_decapsulation`] gives, computed by whoever encapsulated.
///
/// # Errors
/// None with a shared secret of a KEM of `pqkm-core`.
pub fn confirmation<A: pqkm_core::KemAlgorithm>(
    secret: SharedSecret<A>,
) -> Result<SecretBytes, DeriveError> {
    let key = secret.into_derivation_key::<HkdfSha384>();
    key.derive_bytes(b"", CONFIRMATION, 32)
}

/// Verifies a proof of possession.
///
/// # Errors
/// [`InvalidSignature`].
pub fn verify_possession<K: Verify<Algorithm = A>, A: pqkm_core::VerificationAlgorithm>(
    key: &K,
    public: &AnyPublicKey,
    challenge: &[u8],
    signature: &Signature<A>,
) -> Result<(), InvalidSignature> {
    let message = possession(public, challenge).ok_or(InvalidSignature)?;
    key.verify_message(&Message::pure(&message), signature)
}
