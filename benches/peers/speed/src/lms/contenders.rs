//! The contenders of the rows of [`lms`](super).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crypto_pq::{
    Error as CryptoPqError, HSS_LMS, KeyFormat, StateStore as CryptoPqStore, StatefulKeyGenOptions,
    StatefulLoadOptions, StatefulParameters, StatefulPrivateKey,
};
use hbs_lms::signature::{SignerMut as _, Verifier as _};
use hbs_lms::{HssParameter, Sha256_256};
use pqkm::core::{Aes256Kwp, SysRng, WrappingKey};
use pqkm::stateful::hazmat::LmsTree;
use pqkm::stateful::store::{IntegrityKey, Opened, StateStore, UpperStore};
use pqkm::stateful::{
    HssParameters, HssSigner, HssVerifyingKey, LmotsAlgorithm, LmsAlgorithm, SignerOptions,
    StoreError,
};
use purecrypto::lms::{HssPrivateKey, LmotsType, LmsType};
use purecrypto::rng::OsRng;

use super::{Set, message};
use crate::measure::Contender;

pub(super) type Level = (LmsAlgorithm, LmotsAlgorithm);

/// Indices that are reserved at a time, here and by crypto-pq.
pub(super) const RESERVE: u32 = 256;

/// A store that begins again at zero when the key is used up. **It reuses one-time keys**: for timing, and for nothing else.
#[derive(Clone, Default)]
pub(super) struct Wheel(Arc<Mutex<Spokes>>);

#[derive(Default)]
struct Spokes {
    record: Vec<u8>,
    next: u64,
    upper: BTreeMap<(u8, u64), Vec<u8>>,
}

impl Wheel {
    fn spokes(&self) -> MutexGuard<'_, Spokes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for Wheel {
    fn create(&mut self, record: &[u8], _: &IntegrityKey) -> Result<(), StoreError> {
        self.spokes().record = record.to_vec();
        Ok(())
    }

    fn record(&mut self) -> Result<Vec<u8>, StoreError> {
        Ok(self.spokes().record.clone())
    }

    fn open(&mut self, _: &IntegrityKey) -> Result<Opened, StoreError> {
        Ok(Opened { epoch: 1, next: 0 })
    }

    fn reserve(&mut self, _: u64, count: u64, limit: u64) -> Result<u64, StoreError> {
        let mut spokes = self.spokes();
        if spokes.next + count > limit {
            spokes.next = 0;
        }
        let first = spokes.next;
        spokes.next += count;
        Ok(first)
    }
}

impl UpperStore for Wheel {
    fn put_once(&mut self, _: u64, level: u8, i: u64, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut spokes = self.spokes();
        let stored = spokes.upper.entry((level, i));
        Ok(stored.or_insert_with(|| bytes.to_vec()).clone())
    }
}

/// A signer of ours on the wheel.
fn ours(levels: &[Level], checked: bool, threads: bool) -> HssSigner<Wheel> {
    let wrapping = WrappingKey::<Aes256Kwp>::generate(&mut SysRng).expect("random bytes");
    let parameters = HssParameters::new(levels).expect("one hash function");
    let store = Wheel::default();
    let signer = HssSigner::create(store.clone(), parameters, &wrapping, &mut SysRng);
    let cache = signer.expect("an empty store").node_cache();
    let options = SignerOptions {
        verify_before_release: checked,
        threads,
        ..SignerOptions::default()
    };
    HssSigner::open_cached(store, &wrapping, options, &cache).expect("its own record and nodes")
}

/// Signing as a user does it: reserving many, signing with each.
pub(super) fn ours_sign(
    levels: &[Level],
    checked: bool,
    threads: bool,
) -> impl FnMut(usize) -> Vec<u8> + use<> {
    let signer = ours(levels, checked, threads);
    let mut reservation = signer.reserve(RESERVE).expect("the wheel turns");
    move |turn| {
        if reservation.remaining() == 0 {
            reservation = signer.reserve(RESERVE).expect("the wheel turns");
        }
        let signature = reservation.sign_next(&signer, &message(turn), &mut SysRng);
        signature.expect("a signature").as_bytes().to_vec()
    }
}

pub(super) fn ours_signing(levels: &[Level], checked: bool, threads: bool) -> Contender {
    let len = HssParameters::new(levels).map_or(0, |parameters| parameters.signature_len());
    // The signer checks itself when it is asked to; here only that it made something of the right length.
    let sign = ours_sign(levels, checked, threads);
    Contender::ours(sign, move |_, signature: Vec<u8>| signature.len() == len)
}

pub(super) fn purecrypto_types(lms: LmsAlgorithm, ots: LmotsAlgorithm) -> (LmsType, LmotsType) {
    let lms = match lms.h() {
        10 => LmsType::Sha256M32H10,
        15 => LmsType::Sha256M32H15,
        _ => LmsType::Sha256M32H20,
    };
    let ots = match ots.w() {
        4 => LmotsType::Sha256N32W4,
        _ => LmotsType::Sha256N32W8,
    };
    (lms, ots)
}

pub(super) fn purecrypto_generate(set: Set, expected: Vec<u8>) -> Contender {
    let (lms, ots) = purecrypto_types(set.lms, set.ots);
    Contender::peer(
        "purecrypto",
        move |_| {
            let key = purecrypto::lms::LmsPrivateKey::from_seed(lms, ots, &[1; 16], &[2; 32]);
            key.public_key().to_bytes().to_vec()
        },
        move |_, key| key == expected,
    )
}

/// Signing that does not check.
pub(super) fn purecrypto_sign(levels: &[Level]) -> (impl FnMut(usize) -> Vec<u8> + use<>, Vec<u8>) {
    let types: Vec<_> = levels
        .iter()
        .map(|&(l, o)| purecrypto_types(l, o))
        .collect();
    let mut key = HssPrivateKey::generate(&types, &mut OsRng).expect("one to eight levels");
    let public = key.public_key().to_bytes().to_vec();
    let fresh = key.to_bytes_with_cache();
    let sign = move |turn| {
        if key.remaining() == 0 {
            key = HssPrivateKey::from_bytes(&fresh).expect("its own bytes");
        }
        key.sign(&mut OsRng, &message(turn)).expect("not used up")
    };
    (sign, public)
}

pub(super) fn purecrypto_signing(levels: &[Level]) -> Contender {
    let (sign, public) = purecrypto_sign(levels);
    let public = HssVerifyingKey::from_bytes(&public).expect("a public key");
    Contender::peer("purecrypto", sign, move |turn, signature: Vec<u8>| {
        public.verify(&message(turn), &signature).is_ok()
    })
}

/// Bytes in memory.
#[derive(Clone, Default)]
pub(super) struct Memory(Option<Vec<u8>>);

impl CryptoPqStore for Memory {
    fn read(&mut self) -> Result<Option<Vec<u8>>, CryptoPqError> {
        Ok(self.0.clone())
    }

    fn update(&mut self, previous: Option<&[u8]>, next: &[u8]) -> Result<bool, CryptoPqError> {
        if self.0.as_deref() != previous {
            return Ok(false);
        }
        self.0 = Some(next.to_vec());
        Ok(true)
    }
}

fn crypto_pq_key(levels: &[Level], store: &mut Memory) -> StatefulPrivateKey<Memory> {
    let names: Vec<_> = levels.iter().map(|(l, o)| (l.name(), o.name())).collect();
    let options = StatefulKeyGenOptions::default().with_reserve(u64::from(RESERVE));
    HSS_LMS
        .generate_key_pair(StatefulParameters::Levels(&names), &mut *store, &options)
        .expect("known names");
    let options = StatefulLoadOptions::default().with_reserve(u64::from(RESERVE));
    let key = HSS_LMS.load_private_key(store.clone(), &options);
    key.expect("its own record")
}

pub(super) fn crypto_pq_generate(set: Set) -> Contender {
    Contender::peer(
        "crypto-pq",
        move |_| {
            let names = [(set.lms.name(), set.ots.name())];
            let pair = HSS_LMS.generate_key_pair(
                StatefulParameters::Levels(&names),
                Memory::default(),
                &StatefulKeyGenOptions::default(),
            );
            let pair = pair.expect("known names");
            pair.public_key
                .export_key(KeyFormat::Raw)
                .expect("its bytes")
        },
        |_, key| HssVerifyingKey::from_bytes(&key).is_ok(),
    )
}

/// Signing that always checks.
pub(super) fn crypto_pq_sign(levels: &[Level]) -> (impl FnMut(usize) -> Vec<u8> + use<>, Vec<u8>) {
    let mut store = Memory::default();
    let mut key = crypto_pq_key(levels, &mut store);
    let public = key.public_key().export_key(KeyFormat::Raw);
    let public = public.expect("its bytes");
    let cache = key.export_tree_cache().expect("not used up");
    let sign = move |turn| {
        if key.remaining_signatures() == 0 {
            let options = StatefulLoadOptions::default()
                .with_reserve(u64::from(RESERVE))
                .with_tree_cache(&cache);
            let again = HSS_LMS.load_private_key(store.clone(), &options);
            key = again.expect("its own record");
        }
        key.sign(&message(turn)).expect("not used up")
    };
    (sign, public)
}

pub(super) fn crypto_pq_signing(levels: &[Level]) -> Contender {
    let (sign, public) = crypto_pq_sign(levels);
    let public = HssVerifyingKey::from_bytes(&public).expect("a public key");
    Contender::peer("crypto-pq", sign, move |turn, signature: Vec<u8>| {
        public.verify(&message(turn), &signature).is_ok()
    })
}

fn hbs_lms_parameters(set: Set) -> [HssParameter<Sha256_256>; 1] {
    let ots = match set.ots.w() {
        4 => hbs_lms::LmotsAlgorithm::LmotsW4,
        _ => hbs_lms::LmotsAlgorithm::LmotsW8,
    };
    [HssParameter::new(ots, hbs_lms::LmsAlgorithm::LmsH10)]
}

fn hbs_lms_key(
    set: Set,
) -> (
    hbs_lms::SigningKey<Sha256_256>,
    hbs_lms::VerifyingKey<Sha256_256>,
) {
    let mut seed = hbs_lms::Seed::default();
    seed.as_mut_slice().fill(3);
    hbs_lms::keygen(&hbs_lms_parameters(set), &seed, None).expect("one level")
}

pub(super) fn hbs_lms_generate(set: Set) -> Contender {
    Contender::peer(
        "hbs-lms",
        move |_| hbs_lms_key(set).1.as_slice().to_vec(),
        |_, key| HssVerifyingKey::from_bytes(&key).is_ok(),
    )
}

pub(super) fn hbs_lms_signing(set: Set) -> Contender {
    let (mut key, public) = hbs_lms_key(set);
    let public = HssVerifyingKey::from_bytes(public.as_slice()).expect("a public key");
    let mut used = 0;
    Contender::peer(
        "hbs-lms",
        move |turn| {
            used += 1;
            if used == 1_000 {
                (key, _) = hbs_lms_key(set);
                used = 0;
            }
            key.try_sign(&message(turn))
                .expect("not used up")
                .as_ref()
                .to_vec()
        },
        move |turn, signature| public.verify(&message(turn), &signature).is_ok(),
    )
}

/// Verifying 64 signatures of one tree, over and over.
pub(super) fn verifying(set: Set) -> super::Contest {
    const COUNT: usize = 64;
    let tree = LmsTree::from_seed(set.lms, set.ots, [1; 16], &[2; 32]).expect("one hash");
    let public = tree.verifying_key();
    let signed: Vec<([u8; 32], Vec<u8>)> = (0..COUNT)
        .map(|turn| {
            let q = u32::try_from(turn * 13).expect("a leaf");
            let signature = tree.testing_only_sign(q, &[7; 32], &message(turn));
            (message(turn), signature.expect("a leaf of the tree"))
        })
        .collect();
    drop(tree);
    // One tree is HSS with one level: a word before key and signature.
    let level = |levels: u8, bytes: &[u8]| [&[0, 0, 0, levels], bytes].concat();
    let hss: Vec<_> = signed
        .iter()
        .map(|(message, signature)| (*message, level(0, signature)))
        .collect();
    let key = level(1, &public.to_bytes());
    let at = |turn: usize| turn & (COUNT - 1);

    let all = signed.clone();
    let ours = Contender::ours(
        move |turn| {
            let (message, signature) = all.get(at(turn)).expect("below the count");
            public.verify(message, signature).is_ok()
        },
        |_, good| good,
    );
    let bytes = public.to_bytes();
    let purecrypto = Contender::peer(
        "purecrypto",
        move |turn| {
            let (message, signature) = signed.get(at(turn)).expect("below the count");
            purecrypto::lms::verify_lms(&bytes, message, signature)
        },
        |_, good| good,
    );
    let theirs = HSS_LMS.import_public_key(&key, KeyFormat::Raw);
    let theirs = theirs.expect("a public key");
    let all = hss.clone();
    let crypto_pq = Contender::peer(
        "crypto-pq",
        move |turn| {
            let (message, signature) = all.get(at(turn)).expect("below the count");
            theirs.verify(signature, message)
        },
        |_, good| good,
    );
    let theirs = hbs_lms::VerifyingKey::<Sha256_256>::from_bytes(&key).expect("a public key");
    let hbs = Contender::peer(
        "hbs-lms",
        move |turn| {
            let (message, signature) = hss.get(at(turn)).expect("below the count");
            let signature = hbs_lms::VerifierSignature::from_ref(signature).expect("bytes");
            theirs.verify(message, &signature).is_ok()
        },
        |_, good| good,
    );
    (ours, vec![purecrypto, crypto_pq, hbs])
}
