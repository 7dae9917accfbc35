//! X-Wing: ML-KEM-768 and X25519 in one KEM (draft-connolly-cfrg-xwing-kem).
//!
//! | decapsulation key (seed) | encapsulation key | ciphertext | shared secret |
//! |---|---|---|---|
//! | 32 | 1216 | 1120 | 32 |
//!
//! (lengths in bytes.) Both halves are this crate's own, so ML-KEM runs on the engine that keys use.
//!
//! Decapsulation never fails: ML-KEM rejects implicitly, and the draft does not test the X25519 secret
//! for zero, which an attacker could bring about only for ciphertexts of its own; the combiner hashes
//! the X25519 ciphertext and public key.

use alloc::{boxed::Box, vec::Vec};

use rand_core::TryCryptoRng;
use sha3::{Digest, Sha3_256};
use shake::{ExtendableOutput, Shake256, Update, XofReader};
use spki::AlgorithmIdentifierOwned;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    algorithm::{
        Algorithm, Encapsulated, KemAlgorithm, KemMaterials, PrivateMaterial, PublicMaterial,
        SecretMaterial, encapsulate_one,
    },
    encoding::{RawPrivateKey, SeedForms},
    engine::Engine,
    error::{DecapsulateError, DecodeError, EncapsulateError, GenerateError},
    given::GivenBytes,
    mlkem::{MlKem768, MlKemDecapsulation, MlKemEncapsulation},
    rfc8410::{self, KEY_BYTES},
    symmetric::identifier,
    x25519::X25519Private,
};

const ML_KEM_KEY_BYTES: usize = 1184;
const ML_KEM_CIPHERTEXT_BYTES: usize = 1088;
const CIPHERTEXT_BYTES: usize = ML_KEM_CIPHERTEXT_BYTES + KEY_BYTES;
/// Length of a shared secret in bytes.
const SECRET_BYTES: usize = 32;
/// What one encapsulation draws: ML-KEM's `m` and the ephemeral X25519 key.
const ENCAPSULATION_SEED_BYTES: usize = 64;

/// The bytes `\.//^\`.
const LABEL: [u8; 6] = [0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c];

/// X-Wing (draft-connolly-cfrg-xwing-kem).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct XWing;

/// An encapsulation key: `pk_M || pk_X`.
#[derive(Clone)]
pub struct XWingEncapsulation {
    bytes: Box<[u8]>,
    pk_m: MlKemEncapsulation<MlKem768>,
    pk_x: [u8; KEY_BYTES],
}

/// A decapsulation key: its seed, and the keys expanded from it.
#[derive(ZeroizeOnDrop)]
pub struct XWingDecapsulation {
    seed: Zeroizing<[u8; KEY_BYTES]>,
    #[zeroize(skip)] // zeroizes itself
    sk_m: MlKemDecapsulation<MlKem768>,
    #[zeroize(skip)] // zeroizes itself
    sk_x: X25519Private,
}

/// An encapsulation key with ML-KEM's half expanded.
pub struct PreparedXWingEncapsulation {
    pk_m: <MlKem768 as KemAlgorithm>::PreparedEncapsulation,
    pk_x: [u8; KEY_BYTES],
}

/// A decapsulation key with ML-KEM's half expanded. Zeroized on drop.
pub struct PreparedXWingDecapsulation {
    sk_m: <MlKem768 as KemAlgorithm>::PreparedDecapsulation,
    sk_x: X25519Private,
}

impl Algorithm for XWing {
    const NAME: &'static str = "X-Wing";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        identifier("1.3.6.1.4.1.62253.25722")
    }
}

impl KemAlgorithm for XWing {
    type Encapsulation = XWingEncapsulation;
    type Decapsulation = XWingDecapsulation;
    type PreparedEncapsulation = PreparedXWingEncapsulation;
    type PreparedDecapsulation = PreparedXWingDecapsulation;
    type Ciphertext = [u8; CIPHERTEXT_BYTES];
    type SharedSecret = [u8; SECRET_BYTES];

    fn supports(engine: Engine) -> bool {
        MlKem768::supports(engine)
    }

    fn generate_material<R: TryCryptoRng + ?Sized>(
        engine: Engine,
        rng: &mut R,
    ) -> Result<KemMaterials<Self>, GenerateError> {
        let (d_z, sk_x, seed) = expand(rfc8410::draw(rng)?);
        let (sk_m, pk_m) =
            MlKem768::generate_material(engine, &mut GivenBytes::new(d_z.as_slice()))?;
        let public = XWingEncapsulation::new(pk_m, *sk_x.public_bytes());
        Ok((XWingDecapsulation { seed, sk_m, sk_x }, public))
    }

    fn prepare_encapsulation(
        engine: Engine,
        key: &XWingEncapsulation,
    ) -> PreparedXWingEncapsulation {
        PreparedXWingEncapsulation {
            pk_m: MlKem768::prepare_encapsulation(engine, &key.pk_m),
            pk_x: key.pk_x,
        }
    }

    fn prepare_decapsulation(
        engine: Engine,
        key: &XWingDecapsulation,
    ) -> PreparedXWingDecapsulation {
        PreparedXWingDecapsulation {
            sk_m: MlKem768::prepare_decapsulation(engine, &key.sk_m),
            sk_x: expand(key.seed.clone()).1,
        }
    }

    fn encapsulate<R: TryCryptoRng + ?Sized>(
        key: &PreparedXWingEncapsulation,
        rng: &mut R,
    ) -> Result<Encapsulated<Self>, EncapsulateError> {
        encapsulate_one::<Self, R>(key, rng)
    }

    fn encapsulate_many<T, R: TryCryptoRng + ?Sized>(
        key: &PreparedXWingEncapsulation,
        count: usize,
        rng: &mut R,
        make: impl Fn(Self::Ciphertext, Self::SharedSecret) -> T,
    ) -> Result<Vec<T>, EncapsulateError> {
        let mut messages = Zeroizing::new(Vec::with_capacity(count * KEY_BYTES));
        let mut ephemerals = Vec::with_capacity(count);
        for _ in 0..count {
            let mut seed = Zeroizing::new([0; ENCAPSULATION_SEED_BYTES]);
            rng.try_fill_bytes(seed.as_mut_slice())
                .map_err(|_| EncapsulateError::Randomness)?;
            let (m, ek_x) = seed.split_at(KEY_BYTES);
            messages.extend_from_slice(m);
            ephemerals.push(X25519Private::from_raw(ek_x).map_err(|_| EncapsulateError::Refused)?);
        }
        let rng = &mut GivenBytes::new(&messages);
        // Nothing secret is moved out of a vector: it would stay in its block.
        let mut inner = MlKem768::encapsulate_many(&key.pk_m, count, rng, |ciphertext, secret| {
            (ciphertext, secret)
        })?;
        let encapsulated = inner
            .iter()
            .zip(&ephemerals)
            .map(|((ct_m, ss_m), ek_x)| {
                let ct_x = ek_x.public_bytes();
                let secret = combine(ss_m, &ek_x.multiply(&key.pk_x), ct_x, &key.pk_x);
                make(join(ct_m, ct_x), secret)
            })
            .collect();
        inner.iter_mut().for_each(|(_, ss_m)| ss_m.zeroize());
        Ok(encapsulated)
    }

    fn decapsulate(
        key: &PreparedXWingDecapsulation,
        ciphertext: &Self::Ciphertext,
    ) -> Result<Self::SharedSecret, DecapsulateError> {
        let (ct_m, ct_x) = split(ciphertext);
        let ss_m = Zeroizing::new(MlKem768::decapsulate(&key.sk_m, &ct_m)?);
        Ok(key.combine(&ss_m, &ct_x))
    }

    fn decapsulate_many(
        key: &PreparedXWingDecapsulation,
        ciphertexts: &[&Self::Ciphertext],
    ) -> Vec<Result<Self::SharedSecret, DecapsulateError>> {
        let halves: Vec<_> = ciphertexts.iter().map(|c| split(c)).collect();
        let inner: Vec<_> = halves.iter().map(|(ct_m, _)| ct_m).collect();
        let mut inner = MlKem768::decapsulate_many(&key.sk_m, &inner);
        inner
            .iter_mut()
            .zip(&halves)
            .map(|(ss_m, (_, ct_x))| {
                let ss_m = ss_m.as_mut().map_err(|error| *error)?;
                let secret = key.combine(ss_m, ct_x);
                ss_m.zeroize();
                Ok(secret)
            })
            .collect()
    }
}

impl PreparedXWingDecapsulation {
    fn combine(&self, ss_m: &[u8; SECRET_BYTES], ct_x: &[u8; KEY_BYTES]) -> [u8; SECRET_BYTES] {
        let ss_x = self.sk_x.multiply(ct_x);
        combine(ss_m, &ss_x, ct_x, self.sk_x.public_bytes())
    }
}

/// `expandDecapsulationKey`: `d || z`, the X25519 key, and the seed again.
fn expand(
    seed: Zeroizing<[u8; KEY_BYTES]>,
) -> (
    Zeroizing<[u8; 64]>,
    X25519Private,
    Zeroizing<[u8; KEY_BYTES]>,
) {
    let mut xof = Shake256::default();
    xof.update(seed.as_slice());
    let mut reader = xof.finalize_xof();
    let mut d_z = Zeroizing::new([0; 64]);
    reader.read(d_z.as_mut_slice());
    let mut sk_x = Zeroizing::new([0; KEY_BYTES]);
    reader.read(sk_x.as_mut_slice());
    (d_z, X25519Private::new(sk_x), seed)
}

/// `Combiner`: SHA3-256(`ss_M || ss_X || ct_X || pk_X || XWingLabel`).
fn combine(
    ss_m: &[u8; SECRET_BYTES],
    ss_x: &[u8; KEY_BYTES],
    ct_x: &[u8; KEY_BYTES],
    pk_x: &[u8; KEY_BYTES],
) -> [u8; SECRET_BYTES] {
    Sha3_256::new()
        .chain_update(ss_m)
        .chain_update(ss_x)
        .chain_update(ct_x)
        .chain_update(pk_x)
        .chain_update(LABEL)
        .finalize()
        .into()
}

fn join(ct_m: &[u8; ML_KEM_CIPHERTEXT_BYTES], ct_x: &[u8; KEY_BYTES]) -> [u8; CIPHERTEXT_BYTES] {
    let mut ciphertext = [0; CIPHERTEXT_BYTES];
    let (m, x) = ciphertext.split_at_mut(ML_KEM_CIPHERTEXT_BYTES);
    m.copy_from_slice(ct_m);
    x.copy_from_slice(ct_x);
    ciphertext
}

fn split(ciphertext: &[u8; CIPHERTEXT_BYTES]) -> ([u8; ML_KEM_CIPHERTEXT_BYTES], [u8; KEY_BYTES]) {
    let mut halves = ([0; ML_KEM_CIPHERTEXT_BYTES], [0; KEY_BYTES]);
    let (m, x) = ciphertext.split_at(ML_KEM_CIPHERTEXT_BYTES);
    halves.0.copy_from_slice(m);
    halves.1.copy_from_slice(x);
    halves
}

impl XWingEncapsulation {
    fn new(pk_m: MlKemEncapsulation<MlKem768>, pk_x: [u8; KEY_BYTES]) -> Self {
        Self {
            bytes: [pk_m.as_bytes(), &pk_x].concat().into(),
            pk_m,
            pk_x,
        }
    }
}

impl PublicMaterial for XWingEncapsulation {
    fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (pk_m, pk_x) = bytes
            .split_at_checked(ML_KEM_KEY_BYTES)
            .ok_or(DecodeError::Length)?;
        let pk_x = pk_x.try_into().map_err(|_| DecodeError::Length)?;
        Ok(Self::new(MlKemEncapsulation::from_bytes(pk_m)?, pk_x))
    }
}

impl PartialEq for XWingEncapsulation {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl PrivateMaterial for XWingDecapsulation {
    type Public = XWingEncapsulation;

    fn public(&self) -> XWingEncapsulation {
        XWingEncapsulation::new(self.sk_m.public(), *self.sk_x.public_bytes())
    }
}

/// The seed itself: the contents of `privateKey` are its 32 bytes.
impl SecretMaterial for XWingDecapsulation {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.seed.to_vec())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (d_z, sk_x, seed) = expand(rfc8410::from_raw(bytes)?);
        let sk_m = MlKemDecapsulation::from_seed(d_z.as_slice())?;
        Ok(Self { seed, sk_m, sk_x })
    }
}

impl RawPrivateKey for XWingDecapsulation {
    fn from_raw(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_bytes(bytes)
    }

    fn to_raw(&self) -> Zeroizing<Vec<u8>> {
        self.to_bytes()
    }
}
