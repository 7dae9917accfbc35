//! Prepared keys: what depends on the key alone is computed once, and many operations run in one call.
//!
//! The `*_many` functions draw their randomness in the order of the items before any work starts, so
//! the results do not depend on lanes or threads, and equal the one-by-one results wherever the
//! generator gives the same bytes in one draw as in several. Results are per item.

use alloc::vec::Vec;

use rand_core::TryCryptoRng;

use crate::{
    algorithm::{KemAlgorithm, SignatureAlgorithm, VerificationAlgorithm, has_room},
    engine::Engine,
    error::{DecapsulateError, EncapsulateError, InvalidSignature, SignError},
    key::{DecapsulationKey, EncapsulationKey, SigningKey, VerifyingKey},
    message::Message,
    operations::{Decapsulate, Encapsulate, KeyHandle, Sign, Verify},
    output::{Ciphertext, EncapsulatedSecret, SharedSecret, Signature},
    role::{Decapsulation, Encapsulation, Signing, Verification},
    state,
    wrap::KekIdentity,
};

#[cfg(test)]
mod tests;

/// An encapsulation key, expanded for many operations.
#[must_use]
pub struct PreparedEncapsulationKey<A: KemAlgorithm> {
    expanded: A::PreparedEncapsulation,
    key: EncapsulationKey<A>,
    identity: KekIdentity,
}

/// A decapsulation key, expanded for many operations. Zeroized on drop, as its algorithm says.
#[must_use]
pub struct PreparedDecapsulationKey<A: KemAlgorithm> {
    expanded: A::PreparedDecapsulation,
    encapsulation_key: EncapsulationKey<A>,
    identity: KekIdentity,
}

/// A signing key, expanded for many signatures. Zeroized on drop, as its algorithm says.
#[must_use]
pub struct PreparedSigningKey<A: SignatureAlgorithm> {
    expanded: A::PreparedSigning,
    verifying_key: VerifyingKey<A>,
    engine: Engine,
    /// Of the public key, where signatures are verified before they are released.
    check: Option<A::PreparedVerification>,
}

/// A verifying key, expanded for many verifications.
#[must_use]
pub struct PreparedVerifyingKey<A: VerificationAlgorithm> {
    expanded: A::PreparedVerification,
    key: VerifyingKey<A>,
}

impl<A: KemAlgorithm> PreparedEncapsulationKey<A> {
    pub(crate) fn new(engine: Engine, key: &EncapsulationKey<A>) -> Self {
        Self {
            expanded: A::prepare_encapsulation(engine, key.material()),
            key: key.clone(),
            identity: KekIdentity::of(key),
        }
    }

    pub(crate) const fn identity(&self) -> &KekIdentity {
        &self.identity
    }

    /// The key that was prepared.
    pub const fn key(&self) -> &EncapsulationKey<A> {
        &self.key
    }

    /// Encapsulates a fresh shared secret.
    ///
    /// # Errors
    /// [`EncapsulateError::Randomness`] if `rng` fails.
    pub fn encapsulate<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
    ) -> Result<EncapsulatedSecret<A>, EncapsulateError> {
        state::check()?;
        let (ciphertext, secret) = A::encapsulate(&self.expanded, rng)?;
        Ok(typed(ciphertext, secret))
    }

    /// Encapsulates `count` fresh shared secrets.
    ///
    /// # Errors
    /// As [`encapsulate`](Self::encapsulate), and [`EncapsulateError::Refused`] if there is no memory for so many;
    /// nothing is returned then.
    pub fn encapsulate_many<R: TryCryptoRng + ?Sized>(
        &self,
        count: usize,
        rng: &mut R,
    ) -> Result<Vec<EncapsulatedSecret<A>>, EncapsulateError> {
        state::check()?;
        if !has_room::<EncapsulatedSecret<A>>(count) {
            return Err(EncapsulateError::Refused);
        }
        A::encapsulate_many(&self.expanded, count, rng, typed)
    }
}

impl<A: KemAlgorithm> EncapsulationKey<A> {
    /// Encapsulates one fresh shared secret to each of many keys, with the fastest engine.
    ///
    /// # Errors
    /// As [`Key::encapsulate`](crate::Key::encapsulate); nothing is returned then.
    pub fn encapsulate_each<R: TryCryptoRng + ?Sized>(
        keys: &[&Self],
        rng: &mut R,
    ) -> Result<Vec<EncapsulatedSecret<A>>, EncapsulateError> {
        Self::encapsulate_each_with(Engine::detect().or_reference_for_kem::<A>(), keys, rng)
    }

    pub(crate) fn encapsulate_each_with<R: TryCryptoRng + ?Sized>(
        engine: Engine,
        keys: &[&Self],
        rng: &mut R,
    ) -> Result<Vec<EncapsulatedSecret<A>>, EncapsulateError> {
        state::check()?;
        let materials: Vec<_> = keys.iter().map(|key| key.material()).collect();
        A::encapsulate_each(engine, &materials, rng, typed)
    }
}

fn typed<A: KemAlgorithm>(
    ciphertext: A::Ciphertext,
    secret: A::SharedSecret,
) -> EncapsulatedSecret<A> {
    (Ciphertext(ciphertext), SharedSecret::new(secret))
}

impl<A: KemAlgorithm> PreparedDecapsulationKey<A> {
    pub(crate) fn new(engine: Engine, key: &DecapsulationKey<A>) -> Self {
        let encapsulation_key = key.encapsulation_key();
        Self {
            expanded: A::prepare_decapsulation(engine, key.material()),
            identity: KekIdentity::of(&encapsulation_key),
            encapsulation_key,
        }
    }

    pub(crate) const fn identity(&self) -> &KekIdentity {
        &self.identity
    }

    pub(crate) const fn encapsulation_key_ref(&self) -> &EncapsulationKey<A> {
        &self.encapsulation_key
    }

    /// Decapsulates a shared secret.
    ///
    /// # Errors
    /// As [`Key::decapsulate`](crate::Key::decapsulate).
    pub fn decapsulate(
        &self,
        ciphertext: &Ciphertext<A>,
    ) -> Result<SharedSecret<A>, DecapsulateError> {
        state::check()?;
        A::decapsulate(&self.expanded, &ciphertext.0).map(SharedSecret::new)
    }

    /// Decapsulates many ciphertexts; results are per item.
    ///
    /// # Errors
    /// [`DecapsulateError::NotOperational`] for the whole batch; others per item.
    pub fn decapsulate_many(
        &self,
        ciphertexts: &[&Ciphertext<A>],
    ) -> Result<Vec<Result<SharedSecret<A>, DecapsulateError>>, DecapsulateError> {
        state::check()?;
        let inner: Vec<_> = ciphertexts.iter().map(|ciphertext| &ciphertext.0).collect();
        let secrets = A::decapsulate_many(&self.expanded, &inner);
        Ok(secrets
            .into_iter()
            .map(|secret| secret.map(SharedSecret::new))
            .collect())
    }
}

impl<A: SignatureAlgorithm> PreparedSigningKey<A> {
    pub(crate) fn new(engine: Engine, key: &SigningKey<A>) -> Self {
        Self {
            expanded: A::prepare_signing(engine, key.material()),
            verifying_key: key.verifying_key(),
            engine,
            check: None,
        }
    }

    /// From now on verifies every signature before it is released, for the time of a verification and the memory of
    /// a prepared verifying key.
    ///
    /// A fault while signing (a flipped bit in the expanded key, a skipped instruction) makes signatures that do not
    /// verify, and some of these give the private key away. They stay inside, and the caller sees
    /// [`SignError::Fault`]. The check uses the public key alone: nothing that the fault may have touched.
    pub fn verifying_each(mut self) -> Self {
        let material = self.verifying_key.material();
        self.check = Some(A::prepare_verification(self.engine, material));
        self
    }

    /// Signs a message in the empty context.
    ///
    /// # Errors
    /// [`SignError::Randomness`] if `rng` fails; [`SignError::Fault`] if no signature was made, or one that does not
    /// verify after [`verifying_each`](Self::verifying_each).
    pub fn sign<R: TryCryptoRng + ?Sized>(
        &self,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Signature<A>, SignError> {
        self.sign_message(&Message::pure(message), rng)
    }

    /// Signs many messages, each in its own context: see [`Message::with_context`].
    ///
    /// # Errors
    /// As [`sign`](Self::sign); nothing is returned then.
    pub fn sign_many<R: TryCryptoRng + ?Sized>(
        &self,
        messages: &[Message<'_>],
        rng: &mut R,
    ) -> Result<Vec<Signature<A>>, SignError> {
        state::check()?;
        let signatures = A::sign_many(&self.expanded, messages, rng)?;
        self.verified(messages, &signatures)?;
        Ok(signatures.into_iter().map(Signature).collect())
    }

    /// Whether signatures may be released: all of them verify, or nobody asked.
    fn verified(
        &self,
        messages: &[Message<'_>],
        signatures: &[A::Signature],
    ) -> Result<(), SignError> {
        let Some(check) = &self.check else {
            return Ok(());
        };
        let items: Vec<_> = messages.iter().copied().zip(signatures).collect();
        let verify = A::verify_many(check, &items);
        if verify.len() == messages.len() && verify.iter().all(Result::is_ok) {
            Ok(())
        } else {
            Err(SignError::Fault)
        }
    }
}

impl<A: VerificationAlgorithm> PreparedVerifyingKey<A> {
    pub(crate) fn new(engine: Engine, key: &VerifyingKey<A>) -> Self {
        Self {
            expanded: A::prepare_verification(engine, key.material()),
            key: key.clone(),
        }
    }

    /// The key that was prepared.
    pub const fn key(&self) -> &VerifyingKey<A> {
        &self.key
    }

    /// Verifies a signature on a message in the empty context.
    ///
    /// # Errors
    /// [`InvalidSignature`], without a reason.
    pub fn verify(&self, message: &[u8], signature: &Signature<A>) -> Result<(), InvalidSignature> {
        self.verify_message(&Message::pure(message), signature)
    }

    /// Verifies many signatures, each in its own context; results are per item.
    #[must_use]
    pub fn verify_many(
        &self,
        items: &[(Message<'_>, &Signature<A>)],
    ) -> Vec<Result<(), InvalidSignature>> {
        if state::check().is_err() {
            return items.iter().map(|_| Err(InvalidSignature)).collect();
        }
        let inner: Vec<_> = items
            .iter()
            .map(|(message, signature)| (*message, &signature.0))
            .collect();
        A::verify_many(&self.expanded, &inner)
    }
}

macro_rules! handle {
    ($($name:ident: $bound:ident, $role:ident;)+) => {$(
        impl<A: $bound> KeyHandle for $name<A> {
            type Algorithm = A;
            type Role = $role;
        }
    )+};
}

handle! {
    PreparedEncapsulationKey: KemAlgorithm, Encapsulation;
    PreparedDecapsulationKey: KemAlgorithm, Decapsulation;
    PreparedSigningKey: SignatureAlgorithm, Signing;
    PreparedVerifyingKey: VerificationAlgorithm, Verification;
}

impl<A: KemAlgorithm> Encapsulate for PreparedEncapsulationKey<A> {
    fn encapsulate<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
    ) -> Result<EncapsulatedSecret<A>, EncapsulateError> {
        Self::encapsulate(self, rng)
    }
}

impl<A: KemAlgorithm> Decapsulate for PreparedDecapsulationKey<A> {
    fn decapsulate(&self, ciphertext: &Ciphertext<A>) -> Result<SharedSecret<A>, DecapsulateError> {
        Self::decapsulate(self, ciphertext)
    }

    fn encapsulation_key(&self) -> EncapsulationKey<A> {
        self.encapsulation_key.clone()
    }
}

impl<A: SignatureAlgorithm> Sign for PreparedSigningKey<A> {
    fn sign_message<R: TryCryptoRng + ?Sized>(
        &self,
        message: &Message<'_>,
        rng: &mut R,
    ) -> Result<Signature<A>, SignError> {
        state::check()?;
        let signature = A::sign(&self.expanded, message, rng)?;
        let (message, signature) = (core::slice::from_ref(message), [signature]);
        self.verified(message, &signature)?;
        let [signature] = signature;
        Ok(Signature(signature))
    }

    fn verifying_key(&self) -> VerifyingKey<A> {
        self.verifying_key.clone()
    }
}

impl<A: VerificationAlgorithm> Verify for PreparedVerifyingKey<A> {
    fn verify_message(
        &self,
        message: &Message<'_>,
        signature: &Signature<A>,
    ) -> Result<(), InvalidSignature> {
        state::check().map_err(|_| InvalidSignature)?;
        A::verify(&self.expanded, message, &signature.0)
    }
}
