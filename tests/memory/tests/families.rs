//! The same for keys under a password, HPKE, shares, composite keys and LMS.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail loudly"
)]

use pkcs8::EncodePrivateKey as _;
use pqkm_composite::{MlDsa65EcdsaP256, MlDsa65Ed25519, MlKem768EcdhP256, MlKem768X25519};
use pqkm_core::{
    Aes256Kwp, DecapsulationKey, EncapsulationKey, EncryptedPrivateKey, ExposeToken, HpkeKdf,
    HpkeRecipient, HpkeSender, KeyId, MlDsa44, MlKem768, PasswordWork, SecretBytes, SigningKey,
    Version, WrapContext, WrappingKey,
};
use pqkm_memory_test::{Watching, clean};
use pqkm_shamir::{Dealing, Plan, Share, Threshold, combine, open, raw, seal_and_split, split};
use pqkm_stateful::{
    HssParameters, HssSigner, LmotsAlgorithm, LmsAlgorithm, hazmat::LmsTree, store::MemoryStore,
};
use pqkm_testkit::rng::SeededRng;

#[global_allocator]
static ALLOCATOR: Watching = Watching;

fn token() -> ExposeToken {
    ExposeToken::acknowledge()
}

#[test]
fn keys_under_a_password() {
    let seed = SeededRng::from_label("password").bytes(32);
    let work = PasswordWork::Pbkdf2 { iterations: 1000 };
    clean("encrypt and decrypt", &[&seed], || {
        let key = SigningKey::<MlDsa44>::from_seed(&seed).unwrap();
        let exposed = key.expose(token()).unwrap();
        let mut rng = SeededRng::from_label("salt");
        let encrypted = exposed.encrypt_pkcs8(b"horse", work, &mut rng).unwrap();
        let pem = encrypted.to_pem();
        let read = EncryptedPrivateKey::from_pem(&pem).unwrap();
        assert!(read.decrypt(b"battery").is_err());
        let any = read.decrypt(b"horse").unwrap();
        drop(any.promote::<SigningKey<MlDsa44>>().unwrap());
        any
    });
}

#[test]
fn hpke_messages_and_exported_secrets() {
    let dk = DecapsulationKey::<MlKem768>::generate(&mut SeededRng::from_label("dk")).unwrap();
    let ek = dk.encapsulation_key();
    let message = SeededRng::from_label("message").bytes(100);
    let sender = |kdf| HpkeSender::new(&ek, kdf, b"info", &mut SeededRng::from_label("coins"));
    for kdf in [HpkeKdf::HkdfSha384, HpkeKdf::Shake256] {
        let (encapsulated, learned) = sender(kdf).unwrap();
        let exported = learned.export(b"context", 64).unwrap();
        let secrets = [message.as_slice(), exported.expose(token())];
        clean("HPKE", &secrets, || {
            let (_, mut sender) = sender(kdf).unwrap();
            let sealed = sender.seal(b"aad", &message).unwrap();
            let mut recipient = HpkeRecipient::new(&dk, kdf, b"info", &encapsulated).unwrap();
            assert!(recipient.open(b"other", &sealed).is_err());
            drop(recipient.open(b"aad", &sealed).unwrap());
            drop(sender.export(b"context", 64).unwrap());
            recipient.export(b"context", 64).unwrap()
        });
    }
}

#[test]
fn raw_shares() {
    let secret = SeededRng::from_label("raw").bytes(48);
    let threshold = Threshold::new(3, 5).unwrap();
    let deal = || raw::split(&secret, threshold, &mut SeededRng::from_label("deal")).unwrap();
    let shares = deal();
    let mut looked_for: Vec<&[u8]> = shares.iter().map(|share| share.value()).collect();
    looked_for.push(&secret);
    clean("raw", &looked_for, || {
        let shares = deal();
        let given: Vec<_> = shares.iter().collect();
        drop(raw::combine(3, &given[..3]).unwrap());
        raw::combine(3, &given).unwrap().recovered().unwrap().secret
    });
}

#[test]
fn shares_in_every_form_and_what_they_give() {
    let secret = SeededRng::from_label("secret").bytes(32);
    let dealer = SigningKey::<MlDsa44>::from_seed(&[1; 32]).unwrap();
    let plan = Plan::new(2, &["a", "b", "c"]).unwrap();
    let dealing = Dealing {
        set_id: KeyId::from_bytes([1; 16]),
        generation: Version::FIRST,
        plan: &plan,
    };
    let deal = || {
        let bytes = SecretBytes::copy_from(&secret);
        split(
            &bytes,
            &dealing,
            &dealer,
            &mut SeededRng::from_label("deal"),
        )
        .unwrap()
    };
    let mut values = values(&deal().shares);
    values.push(secret.clone());
    let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
    clean("shares", &values, || {
        let shares = deal().shares;
        for share in &shares {
            drop(Share::from_pem(&share.to_pem()).unwrap());
            drop(Share::from_paper(&share.to_paper().unwrap()).unwrap());
        }
        drop(combine(&shares[..2]).unwrap());
        combine(&shares).unwrap().recovered().unwrap().secret
    });
    let context = WrapContext::new(b"memory").unwrap();
    clean("sealed payload", &[&secret], || {
        let rng = &mut SeededRng::from_label("deal");
        let set = seal_and_split(&secret, context, &dealing, &dealer, rng).unwrap();
        open(&set.shares, context).unwrap().secret
    });
}

/// The values: in DER the OCTET STRING of 32 bytes before the one of the salt.
fn values(shares: &[Share]) -> Vec<Vec<u8>> {
    let value = |share: &Share| {
        let der = share.to_der();
        let strings = der
            .windows(36)
            .position(|window| window[..2] == [0x04, 32] && window[34..] == [0x04, 32]);
        let at = strings.unwrap() + 2;
        der[at..at + 32].to_vec()
    };
    shares.iter().map(value).collect()
}

#[test]
fn composite_signing_keys() {
    macro_rules! check {
        ($($set:ty),+) => {$(
            let key = SigningKey::<$set>::generate(&mut SeededRng::from_label("key")).unwrap();
            let raw = key.expose(token()).unwrap().to_raw_private_key().to_vec();
            // The seed, and the end of the traditional key: behind its headers or all of it.
            let secrets = [&raw[..32], scalar(&raw[32..])];
            clean(stringify!($set), &secrets, || {
                let key = SigningKey::<$set>::from_raw_private_key(&raw).unwrap();
                drop(key.sign(b"message", &mut SeededRng::from_label("sign")).unwrap());
                let der = key.expose(token()).unwrap().to_pkcs8_der().unwrap();
                drop(SigningKey::<$set>::from_pkcs8_der(der.as_bytes()).unwrap());
                drop(Box::new(key.prepare()));
                Box::new(key)
            });
        )+};
    }
    check!(MlDsa65EcdsaP256, MlDsa65Ed25519);
}

#[test]
fn composite_decapsulation_keys() {
    macro_rules! check {
        ($($set:ty),+) => {$(
            let key = DecapsulationKey::<$set>::generate(&mut SeededRng::from_label("key")).unwrap();
            let raw = key.expose(token()).unwrap().to_raw_private_key().to_vec();
            let ek = key.encapsulation_key();
            // Outside: their blocks would hold what happened to be on the stack when they were made.
            let (prepared, opener) = (ek.prepare(), key.prepare());
            let (ciphertext, shared) = ek.encapsulate(&mut SeededRng::from_label("kem")).unwrap();
            // ML-KEM's part of the key stands first, and m is drawn first.
            let inner = EncapsulationKey::<MlKem768>::from_bytes(&ek.as_bytes()[..1184]).unwrap();
            let (_, first) = inner.encapsulate(&mut SeededRng::from_label("kem")).unwrap();
            let secrets = [&raw[..64], scalar(&raw[64..]), shared.expose(token()), first.expose(token())];
            clean(stringify!($set), &secrets, || {
                let key = DecapsulationKey::<$set>::from_raw_private_key(&raw).unwrap();
                drop(Box::new(key.decapsulate(&ciphertext).unwrap()));
                drop(Box::new(ek.encapsulate(&mut SeededRng::from_label("kem")).unwrap()));
                let der = key.expose(token()).unwrap().to_pkcs8_der().unwrap();
                drop(DecapsulationKey::<$set>::from_pkcs8_der(der.as_bytes()).unwrap());
                drop(prepared.encapsulate_many(9, &mut SeededRng::from_label("kem")).unwrap());
                drop(opener.decapsulate_many(&[&ciphertext; 3]).unwrap());
                Box::new(key)
            });
        )+};
    }
    check!(MlKem768EcdhP256, MlKem768X25519);
}

/// The 32 secret bytes of a traditional half: alone, or behind two headers and the version of `ECPrivateKey`.
fn scalar(half: &[u8]) -> &[u8] {
    if half.len() == 32 { half } else { &half[7..39] }
}

#[test]
fn lms_trees_and_hss_keys() {
    let lms = LmsAlgorithm::Sha256M32H5;
    let ots = LmotsAlgorithm::Sha256N32W4;
    let seed: [u8; 32] = SeededRng::from_label("lms").bytes(32).try_into().unwrap();
    let tree = LmsTree::from_seed(lms, ots, [1; 16], &seed).unwrap();
    let (child, _) = tree.child_seed(6);
    clean("LMS", &[&seed, &child], || {
        let tree = Box::new(LmsTree::from_seed(lms, ots, [1; 16], &seed).unwrap());
        drop(tree.testing_only_sign(3, &[4; 32], b"message").unwrap());
        tree
    });
    let parameters = HssParameters::new(&[(lms, ots); 2]).unwrap();
    let wrapping = WrappingKey::<Aes256Kwp>::import(KeyId::from_bytes([3; 16]), &[3; 32]).unwrap();
    let create = |rng: &mut SeededRng| {
        HssSigner::create(MemoryStore::new(), parameters, &wrapping, rng).unwrap()
    };
    // Seed and identifier of the top are drawn first, as its public key shows.
    let drawn = SeededRng::from_label("hss").bytes(48);
    let (seed, id) = (
        drawn[..32].try_into().unwrap(),
        drawn[32..].try_into().unwrap(),
    );
    let top = LmsTree::from_seed(lms, ots, id, seed).unwrap();
    let key = create(&mut SeededRng::from_label("hss"))
        .verifying_key()
        .to_bytes();
    assert_eq!(key[4..], top.verifying_key().to_bytes());
    clean("HSS", &[seed, &top.child_seed(0).0], || {
        let mut rng = SeededRng::from_label("hss");
        let signer = create(&mut rng);
        let mut reservation = signer.reserve(1).unwrap();
        drop(
            reservation
                .sign_next(&signer, b"message", &mut rng)
                .unwrap(),
        );
        Box::new(signer)
    });
}
