//! Where the crates of the family meet: rotation, evidence, stateful signers.

use core::convert::Infallible;

use pqkm_core::{
    Aes256Kwp, AssertedAt, DataKey, DecapsulationKey, Evidence, ExposeToken, GenerateError,
    HkdfSha384, MlKem768, NotEvidence, ProtectedAt, ProtectionTime, ReserveError, Reserved, Rotate,
    SignError, SigningKey, StatefulSign, UnixTime, WrappingKey, X25519,
};
use pqkm_foreign_test::{OwnDevice, ToyKem, ToyMac, ToyReservation, ToySigner};
use pqkm_testkit::rng::{FailingRng, SeededRng};
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

/// Draws 32 bytes from a script, over and over.
struct Scripted([u8; 32]);

impl TryRng for Scripted {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for (to, from) in out.iter_mut().zip(self.0.iter().cycle()) {
            *to = *from;
        }
        Ok(())
    }
}

impl TryCryptoRng for Scripted {}

fn halves(first: u8, second: u8) -> Scripted {
    let mut bytes = [first; 32];
    bytes[16..].fill(second);
    Scripted(bytes)
}

#[test]
fn every_kind_of_secret_key_has_a_successor() {
    fn check<K: Rotate>(key: &K) {
        let mut rng = SeededRng::from_label("successor");
        let successor = key.rotate(&mut rng).unwrap();
        assert!(!successor.overlaps(key));
        assert!(successor.overlaps(&successor));
        let failed = key.rotate(&mut FailingRng::after_calls(0));
        assert_eq!(failed.err(), Some(GenerateError::Randomness));
        // A generator that begins anew gives the same key again.
        let repeated = successor.rotate(&mut SeededRng::from_label("successor"));
        assert_eq!(repeated.err(), Some(GenerateError::Repeated));
    }
    let mut rng = SeededRng::from_label("keys to rotate");
    check(&DecapsulationKey::<MlKem768>::generate(&mut rng).unwrap());
    check(&SigningKey::<pqkm_core::MlDsa44>::generate(&mut rng).unwrap());
    check(&pqkm_core::AgreementKey::<X25519>::generate(&mut rng).unwrap());
    check(&WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap());
    check(&pqkm_core::DerivationKey::<HkdfSha384>::generate(&mut rng).unwrap());
    check(&DataKey::<pqkm_core::Aes256Gcm>::generate(&mut rng).unwrap());
    check(&DecapsulationKey::<ToyKem>::generate(&mut rng).unwrap());
    check(&OwnDevice::new(SigningKey::generate(&mut rng).unwrap()));
}

#[test]
fn a_successor_has_the_rights_and_the_name_of_its_predecessor() {
    let mut rng = SeededRng::from_label("rights");
    let key = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
    let successor = key.rotate(&mut rng).unwrap();
    assert_eq!(successor.id(), key.id());
    assert!(successor.is_exportable());
    let key = key.into_non_exportable();
    let successor = key.rotate(&mut rng).unwrap();
    assert!(successor.expose(ExposeToken::acknowledge()).is_err());
}

#[test]
fn a_successor_keeps_neither_half() {
    let key = SigningKey::<ToyMac>::generate(&mut halves(1, 2)).unwrap();
    for (first, second) in [(1, 2), (1, 3), (3, 2)] {
        let result = key.rotate(&mut halves(first, second));
        assert_eq!(result.err(), Some(GenerateError::Repeated));
    }
    assert!(key.rotate(&mut halves(3, 4)).is_ok());
}

#[test]
fn keys_that_belong_together_are_replaced_together() {
    let pair = || {
        (
            SigningKey::<ToyMac>::generate(&mut halves(1, 2)).unwrap(),
            DecapsulationKey::<ToyKem>::generate(&mut halves(3, 4)).unwrap(),
        )
    };
    let old = pair();
    assert!(old.rotate(&mut halves(5, 6)).is_ok());
    for (first, second) in [(1, 6), (5, 4)] {
        let result = old.rotate(&mut halves(first, second));
        assert_eq!(result.err(), Some(GenerateError::Repeated));
    }
    // The signing key takes one draw; its checks take none. The generator fails at the second key.
    let failed = old.rotate(&mut FailingRng::after_calls(1));
    assert_eq!(failed.err(), Some(GenerateError::Randomness));
}

/// A "log" of one event, and the proof that it is there.
struct Inclusion {
    digest: [u8; 32],
    at: UnixTime,
}

impl ProtectedAt for Inclusion {
    fn protected_at(&self, protected: &[u8]) -> Result<ProtectionTime, NotEvidence> {
        if self.digest != <[u8; 32]>::from(Sha256::digest(protected)) {
            return Err(NotEvidence);
        }
        Ok(ProtectionTime {
            latest: self.at,
            evidence: Evidence::Logged { leaf: self.digest },
        })
    }
}

#[test]
fn evidence_is_about_the_protected_bytes() {
    let at = |seconds| UnixTime::from_seconds(seconds).unwrap();
    let digest: [u8; 32] = Sha256::digest(b"signature").into();
    let inclusion = Inclusion {
        digest,
        at: at(100),
    };
    assert_eq!(inclusion.protected_at(b"another"), Err(NotEvidence));
    let time = inclusion.protected_at(b"signature").unwrap();
    assert_eq!(time.evidence, Evidence::Logged { leaf: digest });
    assert!(time.is_before(at(101)));
    assert!(!time.is_before(at(100)));

    let evidence: &dyn ProtectedAt = &AssertedAt::new(at(100));
    let time = evidence.protected_at(b"anything").unwrap();
    assert_eq!(time.evidence, Evidence::Asserted);
}

/// What a caller writes who knows the trait and not the signer.
fn sign_all<S: StatefulSign>(
    signer: &S,
    reservation: &mut S::Reservation,
    messages: &[&[u8]],
) -> Result<(), SignError> {
    let mut rng = SeededRng::from_label("one time");
    let key = signer.verifying_key();
    for message in messages {
        let signature = signer.sign_next(reservation, message, &mut rng)?;
        key.verify(message, &signature)
            .map_err(|_| SignError::Fault)?;
    }
    Ok(())
}

#[test]
fn a_stateful_signer_signs_from_reservations() {
    let signer = ToySigner::new([5; 32], 3);
    let mut reservation: ToyReservation = signer.reserve(2).unwrap();
    assert_eq!((reservation.remaining(), signer.remaining()), (2, 1));
    let error = ReserveError::Exhausted { remaining: 1 };
    assert_eq!(signer.reserve(2).err(), Some(error));
    assert_eq!(signer.remaining(), 1);
    assert_eq!(
        sign_all(&signer, &mut reservation, &[b"a", b"b", b"c"]),
        Err(SignError::NoIndex)
    );
    assert_eq!(reservation.remaining(), 0);
}
