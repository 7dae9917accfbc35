//! Composite signatures (draft-ietf-lamps-pq-composite-sigs-19): ML-DSA and a traditional algorithm
//! sign the same representative of a message, and a signature is valid if both halves are.
//!
//! Keys, signatures and private keys are the halves' own encodings, ML-DSA first, without anything
//! between them. A pair is an algorithm of its own, with its own object identifier; what is not
//! registered is no algorithm.

use alloc::vec::Vec;
use core::{fmt::Debug, marker::PhantomData, ops::RangeInclusive};

use pqkm_core::{
    Algorithm, DecodeError, Engine, GenerateError, InvalidSignature, Message, OutputLength,
    PrivateMaterial as _, SignError, SignatureAlgorithm, SignatureMaterials, SupportsContext,
    SupportsPreHash, VerificationAlgorithm,
    material::{GivenBytes, HeapBytes},
    rand_core::TryCryptoRng,
    spki::AlgorithmIdentifierOwned,
};
use zeroize::Zeroizing;

use crate::{
    draw::draw,
    material::{CompositePrivate, CompositePublic, Halves},
    registry::SignatureEntry,
};

mod halves;
mod message;
pub(crate) mod pairs;
mod parts;

use halves::SEED_BYTES;
pub(crate) use halves::decode_exact;
pub use halves::{PostQuantumSignature, TraditionalSignature};
pub use parts::{CompositeSigner, FreshHalves};

use message::{Representative, in_label};

/// Length of ML-DSA's signing randomness `rnd` in bytes.
const RND_BYTES: usize = 32;

/// The composite of a post-quantum and a traditional signature algorithm.
///
/// Use it through its aliases, such as [`MlDsa65EcdsaP256`](crate::MlDsa65EcdsaP256).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CompositeSignature<P, T>(PhantomData<(P, T)>);

/// A pair that is registered.
///
/// Sealed: it is implemented for the entries of [`SIGNATURES`](crate::SIGNATURES).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a registered composite signature algorithm",
    label = "no such pair of algorithms is registered",
    note = "draft-ietf-lamps-pq-composite-sigs registers 18 pairs: see `SIGNATURES`"
)]
pub trait RegisteredSignature: sealed::Sealed {
    /// Its line in the table.
    const ENTRY: &'static SignatureEntry;
}

mod sealed {
    #[expect(unnameable_types, reason = "seals `RegisteredSignature`")]
    pub trait Sealed {}
}

/// Both halves' verifying keys, expanded.
pub struct PreparedVerification<P: VerificationAlgorithm, T: VerificationAlgorithm> {
    post_quantum: P::PreparedVerification,
    traditional: T::PreparedVerification,
}

/// Both halves' signing keys, expanded. Zeroized on drop, as the halves say.
pub struct PreparedSigning<P: SignatureAlgorithm, T: SignatureAlgorithm> {
    post_quantum: P::PreparedSigning,
    traditional: T::PreparedSigning,
}

impl<P, T> Algorithm for CompositeSignature<P, T>
where
    P: PostQuantumSignature,
    T: TraditionalSignature,
    Self: RegisteredSignature,
{
    const NAME: &'static str = Self::ENTRY.name;

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: Self::ENTRY.oid,
            parameters: None,
        }
    }
}

impl<P: PostQuantumSignature, T: TraditionalSignature> Halves for CompositeSignature<P, T> {
    type PostQuantumPublic = P::Verification;
    type PostQuantumPrivate = P::Signing;
    type TraditionalPublic = T::Verification;
    type TraditionalPrivate = T::Signing;

    const PUBLIC_KEY_BYTES: usize = P::PUBLIC_KEY_BYTES;
    const SEED_BYTES: usize = SEED_BYTES;

    fn encode_private(key: &T::Signing) -> Zeroizing<Vec<u8>> {
        T::encode_private(key)
    }

    fn decode_private(bytes: &[u8]) -> Result<T::Signing, DecodeError> {
        T::decode_private(bytes)
    }
}

impl<P, T> OutputLength for CompositeSignature<P, T>
where
    P: PostQuantumSignature,
    T: TraditionalSignature,
    Self: RegisteredSignature,
{
    const OUTPUT_BYTES: RangeInclusive<usize> = P::SIGNATURE_BYTES + *T::SIGNATURE_BYTES.start()
        ..=P::SIGNATURE_BYTES + *T::SIGNATURE_BYTES.end();
}

impl<P, T> CompositeSignature<P, T>
where
    P: PostQuantumSignature,
    T: TraditionalSignature,
    Self: RegisteredSignature,
{
    /// The halves of a signature. Where the split falls is fixed by the algorithm, never by the input.
    fn split(signature: &HeapBytes<Self>) -> Option<(P::Signature, T::Signature)> {
        let (post_quantum, traditional) =
            signature.as_ref().split_at_checked(P::SIGNATURE_BYTES)?;
        Some((
            P::Signature::try_from(post_quantum).ok()?,
            T::Signature::try_from(traditional).ok()?,
        ))
    }

    /// The signature of two halves.
    fn join(post_quantum: &P::Signature, traditional: &T::Signature) -> Option<HeapBytes<Self>> {
        let bytes = [post_quantum.as_ref(), traditional.as_ref()].concat();
        HeapBytes::try_from(bytes.as_slice()).ok()
    }
}

impl<P, T> VerificationAlgorithm for CompositeSignature<P, T>
where
    P: PostQuantumSignature,
    T: TraditionalSignature,
    Self: RegisteredSignature,
{
    type Verification = CompositePublic<Self>;
    type PreparedVerification = PreparedVerification<P, T>;
    type Signature = HeapBytes<Self>;

    fn supports(engine: Engine) -> bool {
        P::supports(engine)
    }

    fn prepare_verification(
        engine: Engine,
        key: &Self::Verification,
    ) -> Self::PreparedVerification {
        PreparedVerification {
            post_quantum: P::prepare_verification(engine, key.post_quantum()),
            traditional: T::prepare_verification(Engine::REFERENCE, key.traditional()),
        }
    }

    /// Both halves are always evaluated, and nothing says which one failed.
    fn verify(
        key: &Self::PreparedVerification,
        message: &Message<'_>,
        signature: &Self::Signature,
    ) -> Result<(), InvalidSignature> {
        let representative = Representative::new(Self::ENTRY, message).ok_or(InvalidSignature)?;
        let (post_quantum, traditional) = Self::split(signature).ok_or(InvalidSignature)?;
        let first = P::verify(
            &key.post_quantum,
            &in_label(Self::ENTRY, representative.as_bytes()),
            &post_quantum,
        );
        let second = T::verify(
            &key.traditional,
            &Message::pure(representative.as_bytes()),
            &traditional,
        );
        both(first, second)
    }

    fn verify_many(
        key: &Self::PreparedVerification,
        items: &[(Message<'_>, &Self::Signature)],
    ) -> Vec<Result<(), InvalidSignature>> {
        // What has no representative or does not split is invalid and takes no part.
        let readable: Vec<_> = items
            .iter()
            .map(|(message, signature)| {
                Some((
                    Representative::new(Self::ENTRY, message)?,
                    Self::split(signature)?,
                ))
            })
            .collect();
        let first: Vec<_> = readable
            .iter()
            .flatten()
            .map(|(representative, (post_quantum, _))| {
                (
                    in_label(Self::ENTRY, representative.as_bytes()),
                    post_quantum,
                )
            })
            .collect();
        let second: Vec<_> = readable
            .iter()
            .flatten()
            .map(|(representative, (_, traditional))| {
                (Message::pure(representative.as_bytes()), traditional)
            })
            .collect();
        let mut results = P::verify_many(&key.post_quantum, &first)
            .into_iter()
            .zip(T::verify_many(&key.traditional, &second))
            .map(|(first, second)| both(first, second));
        readable
            .iter()
            .map(|item| match item {
                Some(_) => results.next().unwrap_or(Err(InvalidSignature)),
                None => Err(InvalidSignature),
            })
            .collect()
    }
}

/// Valid if both are: the one place where the verdict on a composite is formed.
fn both(
    first: Result<(), InvalidSignature>,
    second: Result<(), InvalidSignature>,
) -> Result<(), InvalidSignature> {
    if first.is_ok() & second.is_ok() {
        Ok(())
    } else {
        Err(InvalidSignature)
    }
}

impl<P, T> SignatureAlgorithm for CompositeSignature<P, T>
where
    P: PostQuantumSignature,
    T: TraditionalSignature,
    Self: RegisteredSignature,
{
    type Signing = CompositePrivate<Self>;
    type PreparedSigning = PreparedSigning<P, T>;

    /// Both halves are fresh: there is no way to bring one along; an error leaves nothing of either.
    fn generate_material<R: TryCryptoRng + ?Sized>(
        engine: Engine,
        rng: &mut R,
    ) -> Result<SignatureMaterials<Self>, GenerateError> {
        let (post_quantum, _) = P::generate_material(engine, rng)?;
        let (traditional, _) = T::generate_material(Engine::REFERENCE, rng)?;
        let private =
            CompositePrivate::of(post_quantum, traditional).ok_or(GenerateError::Refused)?;
        let public = private.public();
        Ok((private, public))
    }

    fn prepare_signing(engine: Engine, key: &Self::Signing) -> Self::PreparedSigning {
        PreparedSigning {
            post_quantum: P::prepare_signing(engine, key.post_quantum()),
            traditional: T::prepare_signing(Engine::REFERENCE, key.traditional()),
        }
    }

    fn sign<R: TryCryptoRng + ?Sized>(
        key: &Self::PreparedSigning,
        message: &Message<'_>,
        rng: &mut R,
    ) -> Result<Self::Signature, SignError> {
        let representative = Representative::new(Self::ENTRY, message).ok_or(SignError::Refused)?;
        let message = in_label(Self::ENTRY, representative.as_bytes());
        let post_quantum = P::sign(&key.post_quantum, &message, rng)?;
        let message = Message::pure(representative.as_bytes());
        let traditional = T::sign(&key.traditional, &message, rng)?;
        Self::join(&post_quantum, &traditional).ok_or(SignError::Fault)
    }

    /// The generator is asked for the same bytes in the same order as one by one; ML-DSA works on all
    /// messages together.
    fn sign_many<R: TryCryptoRng + ?Sized>(
        key: &Self::PreparedSigning,
        messages: &[Message<'_>],
        rng: &mut R,
    ) -> Result<Vec<Self::Signature>, SignError> {
        let representatives: Vec<_> = messages
            .iter()
            .map(|message| Representative::new(Self::ENTRY, message).ok_or(SignError::Refused))
            .collect::<Result<_, _>>()?;
        let mut rnds = Zeroizing::new(Vec::with_capacity(RND_BYTES * messages.len()));
        let mut traditional = Vec::with_capacity(messages.len());
        for representative in &representatives {
            let rnd = draw::<RND_BYTES, R>(rng).ok_or(SignError::Randomness)?;
            rnds.extend_from_slice(rnd.as_slice());
            let message = Message::pure(representative.as_bytes());
            traditional.push(T::sign(&key.traditional, &message, rng)?);
        }
        let labelled: Vec<_> = representatives
            .iter()
            .map(|representative| in_label(Self::ENTRY, representative.as_bytes()))
            .collect();
        P::sign_many(&key.post_quantum, &labelled, &mut GivenBytes::new(&rnds))?
            .iter()
            .zip(&traditional)
            .map(|(first, second)| Self::join(first, second).ok_or(SignError::Fault))
            .collect()
    }
}

impl<P, T> SupportsContext for CompositeSignature<P, T>
where
    P: PostQuantumSignature,
    T: TraditionalSignature,
    Self: RegisteredSignature,
{
}

/// A digest by the pair's own hash function may stand for its message: what is signed is the same, so
/// unlike HashML-DSA's the signature is that of the message.
impl<P, T> SupportsPreHash for CompositeSignature<P, T>
where
    P: PostQuantumSignature,
    T: TraditionalSignature,
    Self: RegisteredSignature,
{
}
