//! Composite KEMs (draft-ietf-lamps-pq-composite-kem-17): ML-KEM and a traditional algorithm, whose
//! secrets one hash combines.
//!
//! `SHA3-256(mlkemSS || tradSS || tradCT || tradPK || Label)`, 32 bytes. The traditional public key is
//! derived from the private key whenever a ciphertext is opened; it is never taken from elsewhere.
//!
//! ML-KEM rejects implicitly; the traditional half may reject explicitly (a point that is not on its
//! curve, RSA padding), and that is one opaque error, after both halves were evaluated.

use alloc::vec::Vec;
use core::{fmt::Debug, marker::PhantomData, ops::RangeInclusive};

use pqkm_core::{
    Algorithm, DecapsulateError, DecodeError, EncapsulateError, Encapsulated, Engine,
    GenerateError, KemAlgorithm, KemMaterials, OutputLength, PrivateMaterial as _,
    PublicMaterial as _,
    material::{GivenBytes, HeapBytes, encapsulate_one},
    rand_core::TryCryptoRng,
    spki::AlgorithmIdentifierOwned,
};
use sha3::{Digest, Sha3_256};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    draw::draw,
    material::{CompositePrivate, CompositePublic, Halves},
    registry::KemEntry,
};

mod halves;
pub(crate) mod pairs;
mod traditional;

use halves::SEED_BYTES;
pub use halves::{PostQuantumKem, SECRET_BYTES, TraditionalEncapsulated, TraditionalKem};

/// Length of ML-KEM's message `m` in bytes: what an encapsulation draws.
const M_BYTES: usize = 32;

/// The composite of a post-quantum KEM and a traditional one.
///
/// Use it through its aliases, such as [`MlKem768X25519`](crate::MlKem768X25519).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CompositeKem<P, T>(PhantomData<(P, T)>);

/// A pair that is registered.
///
/// Sealed: it is implemented for the entries of [`KEMS`](crate::KEMS).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a registered composite KEM",
    label = "no such pair of algorithms is registered",
    note = "draft-ietf-lamps-pq-composite-kem registers 12 pairs: see `KEMS`"
)]
pub trait RegisteredKem: sealed::Sealed {
    /// Its line in the table.
    const ENTRY: &'static KemEntry;
}

mod sealed {
    #[expect(unnameable_types, reason = "seals `RegisteredKem`")]
    pub trait Sealed {}
}

/// Both halves' encapsulation keys, expanded, and the bytes of the traditional one.
pub struct PreparedEncapsulation<P: PostQuantumKem, T: TraditionalKem> {
    post_quantum: P::PreparedEncapsulation,
    traditional: T::PreparedPublic,
    traditional_bytes: Vec<u8>,
}

/// Both halves' decapsulation keys, expanded. Zeroized on drop, as the halves say.
pub struct PreparedDecapsulation<P: PostQuantumKem, T: TraditionalKem> {
    post_quantum: P::PreparedDecapsulation,
    traditional: T::PreparedPrivate,
    traditional_bytes: Vec<u8>,
}

impl<P, T> Algorithm for CompositeKem<P, T>
where
    P: PostQuantumKem,
    T: TraditionalKem,
    Self: RegisteredKem,
{
    const NAME: &'static str = Self::ENTRY.name;

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: Self::ENTRY.oid,
            parameters: None,
        }
    }
}

impl<P: PostQuantumKem, T: TraditionalKem> Halves for CompositeKem<P, T> {
    type PostQuantumPublic = P::Encapsulation;
    type PostQuantumPrivate = P::Decapsulation;
    type TraditionalPublic = T::Public;
    type TraditionalPrivate = T::Private;

    const PUBLIC_KEY_BYTES: usize = P::PUBLIC_KEY_BYTES;
    const SEED_BYTES: usize = SEED_BYTES;

    fn encode_private(key: &T::Private) -> Zeroizing<Vec<u8>> {
        T::encode_private(key)
    }

    fn decode_private(bytes: &[u8]) -> Result<T::Private, DecodeError> {
        T::decode_private(bytes)
    }
}

impl<P, T> OutputLength for CompositeKem<P, T>
where
    P: PostQuantumKem,
    T: TraditionalKem,
    Self: RegisteredKem,
{
    const OUTPUT_BYTES: RangeInclusive<usize> =
        P::CIPHERTEXT_BYTES + T::CIPHERTEXT_BYTES..=P::CIPHERTEXT_BYTES + T::CIPHERTEXT_BYTES;
}

impl<P, T> CompositeKem<P, T>
where
    P: PostQuantumKem,
    T: TraditionalKem,
    Self: RegisteredKem,
{
    /// `KemCombiner<KDF>` with SHA3-256 (section 3.4).
    fn combine(
        post_quantum: &[u8],
        traditional: &[u8],
        ciphertext: &[u8],
        public_key: &[u8],
    ) -> [u8; SECRET_BYTES] {
        Sha3_256::new()
            .chain_update(post_quantum)
            .chain_update(traditional)
            .chain_update(ciphertext)
            .chain_update(public_key)
            .chain_update(Self::ENTRY.label)
            .finalize()
            .into()
    }

    fn split(ciphertext: &HeapBytes<Self>) -> Option<(P::Ciphertext, &[u8])> {
        let (first, second) = ciphertext.as_ref().split_at_checked(P::CIPHERTEXT_BYTES)?;
        Some((P::Ciphertext::try_from(first).ok()?, second))
    }

    /// Opens the traditional half and combines it with ML-KEM's secret, which is zeroized where it is:
    /// both have been evaluated before either is looked at.
    fn finish(
        key: &PreparedDecapsulation<P, T>,
        post_quantum: &mut Result<P::SharedSecret, DecapsulateError>,
        ciphertext: &[u8],
    ) -> Result<[u8; SECRET_BYTES], DecapsulateError> {
        let traditional = T::decapsulate(&key.traditional, ciphertext);
        let post_quantum = post_quantum.as_mut().map_err(|error| *error)?;
        let combined = traditional.map(|traditional| {
            Self::combine(
                post_quantum.as_ref(),
                &traditional,
                ciphertext,
                &key.traditional_bytes,
            )
        });
        post_quantum.zeroize();
        combined
    }
}

impl<P, T> KemAlgorithm for CompositeKem<P, T>
where
    P: PostQuantumKem,
    T: TraditionalKem,
    Self: RegisteredKem,
{
    type Encapsulation = CompositePublic<Self>;
    type Decapsulation = CompositePrivate<Self>;
    type PreparedEncapsulation = PreparedEncapsulation<P, T>;
    type PreparedDecapsulation = PreparedDecapsulation<P, T>;
    type Ciphertext = HeapBytes<Self>;
    type SharedSecret = [u8; SECRET_BYTES];

    fn supports(engine: Engine) -> bool {
        P::supports(engine)
    }

    /// Both halves are fresh; an error leaves nothing of either.
    fn generate_material<R: TryCryptoRng + ?Sized>(
        engine: Engine,
        rng: &mut R,
    ) -> Result<KemMaterials<Self>, GenerateError> {
        let (post_quantum, _) = P::generate_material(engine, rng)?;
        let traditional = T::generate(rng)?;
        let private =
            CompositePrivate::of(post_quantum, traditional).ok_or(GenerateError::Refused)?;
        let public = private.public();
        Ok((private, public))
    }

    fn prepare_encapsulation(
        engine: Engine,
        key: &Self::Encapsulation,
    ) -> Self::PreparedEncapsulation {
        PreparedEncapsulation {
            post_quantum: P::prepare_encapsulation(engine, key.post_quantum()),
            traditional: T::prepare_public(key.traditional()),
            traditional_bytes: key.traditional().as_bytes().to_vec(),
        }
    }

    fn prepare_decapsulation(
        engine: Engine,
        key: &Self::Decapsulation,
    ) -> Self::PreparedDecapsulation {
        PreparedDecapsulation {
            post_quantum: P::prepare_decapsulation(engine, key.post_quantum()),
            traditional: T::prepare_private(key.traditional()),
            traditional_bytes: key.traditional().public().as_bytes().to_vec(),
        }
    }

    fn encapsulate<R: TryCryptoRng + ?Sized>(
        key: &Self::PreparedEncapsulation,
        rng: &mut R,
    ) -> Result<Encapsulated<Self>, EncapsulateError> {
        encapsulate_one::<Self, R>(key, rng)
    }

    /// Each item draws ML-KEM's `m`, then what the traditional half draws; ML-KEM works on all of them
    /// together.
    fn encapsulate_many<M, R: TryCryptoRng + ?Sized>(
        key: &Self::PreparedEncapsulation,
        count: usize,
        rng: &mut R,
        make: impl Fn(Self::Ciphertext, Self::SharedSecret) -> M,
    ) -> Result<Vec<M>, EncapsulateError> {
        let mut messages = Zeroizing::new(Vec::with_capacity(count * M_BYTES));
        let mut traditional = Vec::with_capacity(count);
        for _ in 0..count {
            let m = draw::<M_BYTES, R>(rng).ok_or(EncapsulateError::Randomness)?;
            messages.extend_from_slice(m.as_slice());
            traditional.push(T::encapsulate(&key.traditional, rng)?);
        }
        let rng = &mut GivenBytes::new(&messages);
        // Nothing secret is moved out of a vector, and none grows: it would stay in the block.
        let mut post_quantum =
            P::encapsulate_many(&key.post_quantum, count, rng, |ciphertext, secret| {
                (ciphertext, secret)
            })?;
        let mut encapsulated = Vec::with_capacity(count);
        for ((first, secret), (second, traditional)) in post_quantum.iter_mut().zip(&traditional) {
            let bytes = [first.as_ref(), second.as_slice()].concat();
            let combined =
                Self::combine(secret.as_ref(), traditional, second, &key.traditional_bytes);
            secret.zeroize();
            let ciphertext =
                HeapBytes::try_from(bytes.as_slice()).map_err(|_| EncapsulateError::InvalidKey)?;
            encapsulated.push(make(ciphertext, combined));
        }
        Ok(encapsulated)
    }

    fn decapsulate(
        key: &Self::PreparedDecapsulation,
        ciphertext: &Self::Ciphertext,
    ) -> Result<Self::SharedSecret, DecapsulateError> {
        let (first, second) = Self::split(ciphertext).ok_or(DecapsulateError::Failed)?;
        let mut post_quantum = P::decapsulate(&key.post_quantum, &first);
        Self::finish(key, &mut post_quantum, second)
    }

    fn decapsulate_many(
        key: &Self::PreparedDecapsulation,
        ciphertexts: &[&Self::Ciphertext],
    ) -> Vec<Result<Self::SharedSecret, DecapsulateError>> {
        // The lengths of all were checked when they were read, so all of them split.
        let halves: Vec<_> = ciphertexts.iter().map(|both| Self::split(both)).collect();
        let first: Vec<_> = halves.iter().flatten().map(|(first, _)| first).collect();
        let mut opened = P::decapsulate_many(&key.post_quantum, &first);
        let mut opened = opened.iter_mut();
        halves
            .iter()
            .map(|item| {
                let (_, second) = item.as_ref().ok_or(DecapsulateError::Failed)?;
                let post_quantum = opened.next().ok_or(DecapsulateError::Failed)?;
                Self::finish(key, post_quantum, second)
            })
            .collect()
    }
}
