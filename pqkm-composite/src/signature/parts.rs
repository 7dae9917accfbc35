//! Signers whose halves are held elsewhere, each in a module of its own.

use pqkm_core::{
    DecodeError, KeyHandle, Message, Sign, SignError, Signature, VerifyingKey,
    rand_core::TryCryptoRng,
    role::Signing,
    signature::{self, Keypair, RandomizedSigner},
    spki::{self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier},
};

use super::{
    CompositeSignature, PostQuantumSignature, RegisteredSignature, TraditionalSignature,
    message::{Representative, in_label},
};

/// The holder's statement that both halves were generated for this composite key and are used in
/// nothing else.
///
/// The drafts demand it (section 3: key material must not be reused in other contexts): a half with a
/// life of its own lets its signatures be torn out of the composite or put into it. A module that can
/// prove how its keys came to be is asked before this is made; a search for `FreshHalves::attest`
/// finds every place where somebody vouches.
#[derive(Debug)]
pub struct FreshHalves(());

impl FreshHalves {
    /// Vouches that both halves are fresh and serve nothing else.
    #[must_use]
    pub const fn attest() -> Self {
        Self(())
    }
}

/// A composite signing key whose halves are handles: to a hardware module, or to two.
pub struct CompositeSigner<P, T>
where
    P: Sign<Algorithm: PostQuantumSignature>,
    T: Sign<Algorithm: TraditionalSignature>,
    CompositeSignature<P::Algorithm, T::Algorithm>: RegisteredSignature,
{
    post_quantum: P,
    traditional: T,
    verifying_key: VerifyingKey<CompositeSignature<P::Algorithm, T::Algorithm>>,
}

impl<P, T> CompositeSigner<P, T>
where
    P: Sign<Algorithm: PostQuantumSignature>,
    T: Sign<Algorithm: TraditionalSignature>,
    CompositeSignature<P::Algorithm, T::Algorithm>: RegisteredSignature,
{
    /// Joins two halves. A pair that is not registered does not compile.
    ///
    /// # Errors
    /// [`DecodeError`] if a handle's public key does not stand the checks of its algorithm.
    pub fn from_parts(
        post_quantum: P,
        traditional: T,
        _: FreshHalves,
    ) -> Result<Self, DecodeError> {
        let halves = (post_quantum.verifying_key(), traditional.verifying_key());
        let bytes = [halves.0.as_bytes(), halves.1.as_bytes()].concat();
        Ok(Self {
            post_quantum,
            traditional,
            verifying_key: VerifyingKey::from_bytes(&bytes)?,
        })
    }

    /// The public half: of the composite, never of a half.
    pub fn verifying_key(&self) -> VerifyingKey<CompositeSignature<P::Algorithm, T::Algorithm>> {
        self.verifying_key.clone()
    }
}

impl<P, T> KeyHandle for CompositeSigner<P, T>
where
    P: Sign<Algorithm: PostQuantumSignature>,
    T: Sign<Algorithm: TraditionalSignature>,
    CompositeSignature<P::Algorithm, T::Algorithm>: RegisteredSignature,
{
    type Algorithm = CompositeSignature<P::Algorithm, T::Algorithm>;
    type Role = Signing;
}

impl<P, T> Sign for CompositeSigner<P, T>
where
    P: Sign<Algorithm: PostQuantumSignature>,
    T: Sign<Algorithm: TraditionalSignature>,
    CompositeSignature<P::Algorithm, T::Algorithm>: RegisteredSignature,
{
    fn sign_message<R: TryCryptoRng + ?Sized>(
        &self,
        message: &Message<'_>,
        rng: &mut R,
    ) -> Result<Signature<Self::Algorithm>, SignError> {
        let entry = <Self::Algorithm as RegisteredSignature>::ENTRY;
        let representative = Representative::new(entry, message).ok_or(SignError::Refused)?;
        let message = in_label(entry, representative.as_bytes());
        let post_quantum = self.post_quantum.sign_message(&message, rng)?;
        let message = Message::pure(representative.as_bytes());
        let traditional = self.traditional.sign_message(&message, rng)?;
        CompositeSignature::join(post_quantum.as_inner(), traditional.as_inner())
            .map(Signature::from_inner)
            .ok_or(SignError::Fault)
    }

    fn verifying_key(&self) -> VerifyingKey<Self::Algorithm> {
        self.verifying_key.clone()
    }
}

/// What certificate builders ask of a signer.
impl<P, T> RandomizedSigner<Signature<<Self as KeyHandle>::Algorithm>> for CompositeSigner<P, T>
where
    P: Sign<Algorithm: PostQuantumSignature>,
    T: Sign<Algorithm: TraditionalSignature>,
    CompositeSignature<P::Algorithm, T::Algorithm>: RegisteredSignature,
{
    fn try_sign_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> Result<Signature<<Self as KeyHandle>::Algorithm>, signature::Error> {
        self.sign_message(&Message::pure(message), rng)
            .map_err(|_| signature::Error::new())
    }
}

impl<P, T> Keypair for CompositeSigner<P, T>
where
    P: Sign<Algorithm: PostQuantumSignature>,
    T: Sign<Algorithm: TraditionalSignature>,
    CompositeSignature<P::Algorithm, T::Algorithm>: RegisteredSignature,
{
    type VerifyingKey = VerifyingKey<CompositeSignature<P::Algorithm, T::Algorithm>>;

    fn verifying_key(&self) -> Self::VerifyingKey {
        self.verifying_key.clone()
    }
}

impl<P, T> DynSignatureAlgorithmIdentifier for CompositeSigner<P, T>
where
    P: Sign<Algorithm: PostQuantumSignature>,
    T: Sign<Algorithm: TraditionalSignature>,
    CompositeSignature<P::Algorithm, T::Algorithm>: RegisteredSignature,
{
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned {
            oid: CompositeSignature::<P::Algorithm, T::Algorithm>::ENTRY.oid,
            parameters: None,
        })
    }
}
