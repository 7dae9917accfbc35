//! ML-KEM against aws-lc-rs (mlkem-native in C and assembly): each side reads the other's keys and
//! opens what the other encapsulated, and both reject alike.

use aws_lc_rs::kem::{self, Ciphertext as Foreign, DecapsulationKey as Dk, EncapsulationKey as Ek};
use pqkm::core::hazmat::{self, GivenBytes};
use pqkm::core::{
    Ciphertext, DecapsulationKey, EncapsulationKey, Engine, ExposeToken, KemAlgorithm, MlKem512,
    MlKem768, MlKem1024, PrivateKeyForm, SeedForms, SysRng,
};

use super::{bytes, engines, tail};

const ROUNDS: usize = 100;

type Set = kem::Algorithm<kem::AlgorithmId>;

/// Runs a test for every parameter set, on every engine that this CPU runs.
macro_rules! for_every_set {
    ($($name:ident = $check:ident;)+) => {$(
        #[test]
        fn $name() {
            for engine in engines() {
                $check::<MlKem512>(engine, &kem::ML_KEM_512);
                $check::<MlKem768>(engine, &kem::ML_KEM_768);
                $check::<MlKem1024>(engine, &kem::ML_KEM_1024);
            }
        }
    )+};
}

for_every_set! {
    they_encapsulate_to_our_keys = encapsulated_by_them;
    we_encapsulate_to_their_keys = encapsulated_by_us;
    both_reject_an_altered_ciphertext_alike = rejected_alike;
    neither_takes_a_coefficient_that_is_not_reduced = unreduced_key;
    neither_takes_a_private_key_with_another_hash = wrong_hash;
}

/// A key of ours, from a seed.
fn ours<A: KemAlgorithm<Decapsulation: SeedForms>>(round: usize) -> DecapsulationKey<A> {
    DecapsulationKey::from_seed(&bytes::<64>(round)).unwrap()
}

/// The same key as they read it from its expanded form.
fn read_by_them<A: KemAlgorithm<Decapsulation: SeedForms>>(
    set: &'static Set,
    key: &DecapsulationKey<A>,
) -> Dk {
    Dk::new(set, &expanded(key)).unwrap()
}

fn expanded<A: KemAlgorithm<Decapsulation: SeedForms>>(key: &DecapsulationKey<A>) -> Vec<u8> {
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    let document = exposed.to_pkcs8_der_as(PrivateKeyForm::Expanded).unwrap();
    let k = (key.encapsulation_key().as_bytes().len() - 32) / 384;
    tail(document.as_bytes(), 768 * k + 96)
}

/// What our key makes of a ciphertext, on that engine.
fn open<A: KemAlgorithm>(engine: Engine, key: &DecapsulationKey<A>, ciphertext: &[u8]) -> Vec<u8> {
    let key = key.prepare_with(engine).unwrap();
    let secret = key
        .decapsulate(&Ciphertext::from_bytes(ciphertext).unwrap())
        .unwrap();
    secret.expose(ExposeToken::acknowledge()).to_vec()
}

fn encapsulated_by_them<A: KemAlgorithm<Decapsulation: SeedForms>>(
    engine: Engine,
    set: &'static Set,
) {
    for round in 0..ROUNDS {
        let seed = bytes::<64>(round);
        let pair = hazmat::generate_kem_pairs::<A, _>(engine, 1, &mut GivenBytes::new(&seed));
        let (dk, ek) = pair.unwrap().unwrap().remove(0);
        let (ciphertext, sent) = Ek::new(set, ek.as_bytes()).unwrap().encapsulate().unwrap();
        assert_eq!(open(engine, &dk, ciphertext.as_ref()), sent.as_ref());
        assert_eq!(
            ek.as_bytes(),
            ours::<A>(round).encapsulation_key().as_bytes()
        );
    }
}

fn encapsulated_by_us<A: KemAlgorithm<Decapsulation: SeedForms>>(
    engine: Engine,
    set: &'static Set,
) {
    for _ in 0..ROUNDS {
        let theirs = Dk::generate(set).unwrap();
        let ek = theirs.encapsulation_key().unwrap();
        let ek = EncapsulationKey::<A>::from_bytes(ek.key_bytes().unwrap().as_ref()).unwrap();
        let prepared = ek.prepare_with(engine).unwrap();
        let (ciphertext, sent) = prepared.encapsulate(&mut SysRng).unwrap();
        let sent = sent.expose(ExposeToken::acknowledge());

        let received = theirs
            .decapsulate(Foreign::from(ciphertext.as_bytes()))
            .unwrap();
        assert_eq!(received.as_ref(), sent);

        let dk = theirs.key_bytes().unwrap();
        let dk = DecapsulationKey::<A>::from_expanded(dk.as_ref()).unwrap();
        assert_eq!(open(engine, &dk, ciphertext.as_bytes()), sent);
    }
}

/// FIPS 203, Algorithm 18 (ML-KEM.Decaps_internal): an altered ciphertext gives a secret that looks
/// like any other, and both sides must come to the same one.
fn rejected_alike<A: KemAlgorithm<Decapsulation: SeedForms>>(engine: Engine, set: &'static Set) {
    for round in 0..ROUNDS {
        let key = ours::<A>(round);
        let theirs = read_by_them(set, &key);
        let (ciphertext, sent) = key.encapsulation_key().encapsulate(&mut SysRng).unwrap();
        let mut altered = ciphertext.as_bytes().to_vec();
        let place = (round * 997) % altered.len();
        altered[place] ^= 1 << (round % 8);

        let opened = open(engine, &key, &altered);
        let rejected = theirs
            .decapsulate(Foreign::from(altered.as_slice()))
            .unwrap();
        assert_eq!(opened, rejected.as_ref());
        assert_ne!(opened, sent.expose(ExposeToken::acknowledge()));
    }
}

/// FIPS 203, section 7.2: the modulus check on an encapsulation key.
fn unreduced_key<A: KemAlgorithm<Decapsulation: SeedForms>>(_: Engine, set: &'static Set) {
    let good = ours::<A>(0).encapsulation_key().as_bytes().to_vec();
    let coefficients = (good.len() - 32) * 8 / 12;
    for coefficient in [
        0,
        1,
        2,
        3,
        coefficients / 2,
        coefficients - 2,
        coefficients - 1,
    ] {
        for value in [3329_u16, 3330, 4095] {
            let mut bad = good.clone();
            set_coefficient(&mut bad, coefficient, value);
            assert!(EncapsulationKey::<A>::from_bytes(&bad).is_err());
            // They check when they use the key.
            assert!(!Ek::new(set, &bad).is_ok_and(|key| key.encapsulate().is_ok()));
        }
        let mut fine = good.clone();
        set_coefficient(&mut fine, coefficient, 3328);
        assert!(EncapsulationKey::<A>::from_bytes(&fine).is_ok());
        assert!(Ek::new(set, &fine).unwrap().encapsulate().is_ok());
    }
}

/// Writes a 12-bit coefficient of `ByteEncode_12`.
fn set_coefficient(key: &mut [u8], coefficient: usize, value: u16) {
    let [low, high] = value.to_le_bytes();
    let at = coefficient / 2 * 3;
    if coefficient.is_multiple_of(2) {
        key[at] = low;
        key[at + 1] = (key[at + 1] & 0xf0) | high;
    } else {
        key[at + 1] = (key[at + 1] & 0x0f) | (low << 4);
        key[at + 2] = (low >> 4) | (high << 4);
    }
}

/// FIPS 203, section 7.3: the hash check on a decapsulation key. H(ek) stands before the last 32 bytes.
fn wrong_hash<A: KemAlgorithm<Decapsulation: SeedForms>>(engine: Engine, set: &'static Set) {
    let key = ours::<A>(0);
    let good = expanded(&key);
    let (ciphertext, _) = key.encapsulation_key().encapsulate(&mut SysRng).unwrap();
    for back in [33, 48, 64] {
        let mut bad = good.clone();
        let place = bad.len() - back;
        bad[place] ^= 0x10;
        assert!(DecapsulationKey::<A>::from_expanded(&bad).is_err());
        let open = |key: Dk| {
            key.decapsulate(Foreign::from(ciphertext.as_bytes()))
                .is_ok()
        };
        assert!(!Dk::new(set, &bad).is_ok_and(open));
    }
    let dk = DecapsulationKey::<A>::from_expanded(&good).unwrap();
    assert_eq!(
        open(engine, &dk, ciphertext.as_bytes()),
        open(engine, &key, ciphertext.as_bytes())
    );
}
