//! No block that is freed holds a secret, for every type that owns one and every operation that makes
//! copies on the way. Inline secrets are put into a box, so that their drop is a block's.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use pkcs8::EncodePrivateKey as _;
use pqkm_core::{
    Aes256Key, Aes256Kwp, DecapsulationKey, DerivationKey, EncapsulationKey, ExposeToken,
    HkdfSha384, Key, KeyId, MlDsa44, MlDsa65, MlDsa87, MlKem512, MlKem768, MlKem1024,
    PrivateKeyForm, Sealed, SecretBytes, SharedSecret, SigningKey, Unwrap, UnwrapItem, Version,
    Wrap, WrapContext, WrapItem, WrappingKey, XWing, hazmat::GivenBytes, role,
};
use pqkm_memory_test::{Watch, Watching, clean};
use pqkm_testkit::rng::SeededRng;
use rand_core::TryRng as _;

#[global_allocator]
static ALLOCATOR: Watching = Watching;

fn token() -> ExposeToken {
    ExposeToken::acknowledge()
}

#[test]
fn the_watch_sees_what_is_not_zeroized() {
    let secret = SeededRng::from_label("control").bytes(48);
    let watch = Watch::start(&[&secret]);
    drop(Box::new(<[u8; 48]>::try_from(secret.as_slice()).unwrap()));
    assert_eq!(watch.found(), (2, 1));
    // A vector that grows leaves its old block behind.
    let watch = Watch::start(&[&secret]);
    let mut grown = Vec::with_capacity(48);
    grown.extend_from_slice(&secret);
    grown.reserve_exact(4096);
    grown.fill(0);
    drop(grown);
    assert_eq!(watch.found(), (2, 2));
}

#[test]
fn secret_bytes() {
    let secret = SeededRng::from_label("bytes").bytes(64);
    clean("SecretBytes", &[&secret], || {
        SecretBytes::copy_from(&secret)
    });
}

/// Every secret of an expanded private key: the stretches that hold no public bytes.
fn private<A: role::HasKey<R>, R: role::PrivateRole>(
    what: &str,
    seed: &[u8],
    secrets: impl Fn(&[u8]) -> Vec<Vec<u8>>,
    use_it: impl Fn(&Key<A, R>),
) where
    A::Material: pqkm_core::SeedForms + pqkm_core::PrivateMaterial,
{
    let key = Key::<A, R>::from_seed(seed).unwrap();
    let exposed = key.expose(token()).unwrap();
    let der = exposed.to_pkcs8_der_as(PrivateKeyForm::Expanded).unwrap();
    let expanded = der.as_bytes().to_vec();
    let mut looked_for = secrets(&expanded);
    looked_for.push(seed.to_vec());
    let looked_for: Vec<&[u8]> = looked_for.iter().map(Vec::as_slice).collect();
    clean(what, &looked_for, || {
        let key = Key::<A, R>::from_seed(seed).unwrap();
        use_it(&key);
        let exposed = key.expose(token()).unwrap();
        for form in [
            PrivateKeyForm::Seed,
            PrivateKeyForm::Expanded,
            PrivateKeyForm::Both,
        ] {
            let der = exposed.to_pkcs8_der_as(form).unwrap();
            drop(Key::<A, R>::from_pkcs8_der(der.as_bytes()).unwrap());
        }
        drop(exposed.to_bytes());
    });
}

#[test]
fn decapsulation_keys() {
    macro_rules! check {
        ($($algorithm:ty),+) => {$(
            let seed = SeededRng::from_label(stringify!($algorithm)).bytes(64);
            private::<$algorithm, role::Decapsulation>(
                stringify!($algorithm),
                &seed,
                // s_hat stands first, z last.
                |der| vec![der[28..60].to_vec(), der[der.len() - 32..].to_vec()],
                |key| {
                    let mut rng = SeededRng::from_label("use");
                    let prepared = Box::new(key.prepare());
                    let (ciphertext, _) = key.encapsulation_key().encapsulate(&mut rng).unwrap();
                    assert!(prepared.decapsulate(&ciphertext).is_ok());
                },
            );
        )+};
    }
    check!(MlKem512, MlKem768, MlKem1024);
}

#[test]
fn signing_keys() {
    macro_rules! check {
        ($($algorithm:ty: $bytes:literal),+) => {$(
            let seed = SeededRng::from_label(stringify!($algorithm)).bytes(32);
            private::<$algorithm, role::Signing>(
                stringify!($algorithm),
                &seed,
                // rho || K || tr || s_1 || s_2 || t_0
                |der| {
                    let sk = &der[der.len() - $bytes..];
                    vec![sk[32..64].to_vec(), sk[128..160].to_vec()]
                },
                |key| {
                    let mut rng = SeededRng::from_label("use");
                    let prepared = Box::new(key.prepare());
                    assert!(prepared.sign(b"message", &mut rng).is_ok());
                },
            );
        )+};
    }
    check!(MlDsa44: 2560, MlDsa65: 4032, MlDsa87: 4896);
}

#[test]
fn pem_of_a_private_key() {
    let seed = SeededRng::from_label("pem").bytes(32);
    clean("PEM", &[&seed], || {
        let key = SigningKey::<MlDsa65>::from_seed(&seed).unwrap();
        let exposed = key.expose(token()).unwrap();
        let pem = exposed.to_pkcs8_pem(pkcs8::LineEnding::LF).unwrap();
        <SigningKey<MlDsa65> as pkcs8::DecodePrivateKey>::from_pkcs8_pem(&pem).unwrap()
    });
}

#[test]
fn symmetric_keys() {
    let secret = SeededRng::from_label("symmetric").bytes(32);
    let id = KeyId::from_bytes([9; 16]);
    clean("data key", &[&secret], || {
        let key = Aes256Key::import(&secret).unwrap();
        drop(key.expose(token()).unwrap().to_bytes());
        key
    });
    clean("wrapping key", &[&secret], || {
        let key = WrappingKey::<Aes256Kwp>::import(id, &secret).unwrap();
        drop(key.expose(token()).unwrap().to_bytes());
        drop(key.kwp_unwrap(&key.kwp_wrap(&SecretBytes::copy_from(&secret)).unwrap()));
        key
    });
    clean("generated key", &[&secret], || {
        Aes256Key::generate(&mut GivenBytes::new(&secret)).unwrap()
    });
    let kdk = DerivationKey::<HkdfSha384>::import(&secret).unwrap();
    let derived = kdk.derive_bytes(b"", b"info", 64).unwrap();
    let derived = derived.expose(token()).to_vec();
    clean("derived bytes", &[&secret, &derived], || {
        let kdk = DerivationKey::<HkdfSha384>::import(&secret).unwrap();
        drop(
            kdk.derive_data_key::<pqkm_core::Aes256Gcm>(b"info")
                .unwrap(),
        );
        drop(kdk.derive_wrapping_key::<Aes256Kwp>(id, b"info").unwrap());
        kdk.derive_bytes(b"", b"info", 64).unwrap()
    });
}

/// The shared secrets that a generator makes of a key, revealed beforehand.
fn shared_secrets(dk: &DecapsulationKey<MlKem768>, count: usize) -> Vec<Vec<u8>> {
    let mut rng = SeededRng::from_label("shared");
    let prepared = dk.encapsulation_key().prepare();
    let encapsulated = prepared.encapsulate_many(count, &mut rng).unwrap();
    encapsulated
        .iter()
        .map(|(_, secret)| secret.expose(token()).to_vec())
        .collect()
}

#[test]
fn shared_secrets_alone_and_in_batches() {
    let dk = DecapsulationKey::<MlKem768>::generate(&mut SeededRng::from_label("dk")).unwrap();
    let secrets = shared_secrets(&dk, 33);
    let secrets: Vec<&[u8]> = secrets.iter().map(Vec::as_slice).collect();
    let ek = dk.encapsulation_key();
    let prepared = ek.prepare();
    clean("one", &secrets, || {
        Box::new(
            ek.encapsulate(&mut SeededRng::from_label("shared"))
                .unwrap()
                .1,
        )
    });
    clean("many", &secrets, || {
        prepared
            .encapsulate_many(33, &mut SeededRng::from_label("shared"))
            .unwrap()
    });
    clean("each", &secrets, || {
        let keys = vec![&ek; 33];
        Key::encapsulate_each(&keys, &mut SeededRng::from_label("shared")).unwrap()
    });
    clean("a batch that fails", &secrets, || {
        // 32 draws of 32 bytes succeed, the last does not.
        let mut given = [0; 32 * 32];
        assert!(
            SeededRng::from_label("shared")
                .try_fill_bytes(&mut given)
                .is_ok()
        );
        let failed = prepared.encapsulate_many(33, &mut GivenBytes::new(&given));
        assert!(failed.is_err());
        Box::new(0)
    });
    let batch = prepared
        .encapsulate_many(33, &mut SeededRng::from_label("shared"))
        .unwrap();
    let ciphertexts: Vec<_> = batch.iter().map(|(ciphertext, _)| ciphertext).collect();
    clean("decapsulated", &secrets, || {
        dk.prepare().decapsulate_many(&ciphertexts).unwrap()
    });
    clean("derivation key", &secrets, || {
        let (_, secret) = ek
            .encapsulate(&mut SeededRng::from_label("shared"))
            .unwrap();
        secret.into_derivation_key::<HkdfSha384>()
    });
    clean("imported", &secrets, || {
        Box::new(SharedSecret::<MlKem768>::import(secrets[0]).unwrap())
    });
}

/// X-Wing's secrets, and those of the ML-KEM inside.
#[test]
fn x_wing() {
    const COUNT: usize = 33;
    let dk = DecapsulationKey::<XWing>::from_raw_private_key(&[7; 32]).unwrap();
    let ek = dk.encapsulation_key();
    // Each draws m, then the seed of an ephemeral key.
    let rng = || SeededRng::from_label("x-wing");
    let drawn = rng().bytes(64 * COUNT);
    let inner = EncapsulationKey::<MlKem768>::from_bytes(&ek.as_bytes()[..1184]).unwrap();
    let batch = ek.prepare().encapsulate_many(COUNT, &mut rng()).unwrap();
    let mut secrets = Vec::new();
    for (draw, (_, secret)) in drawn.chunks(64).zip(&batch) {
        let (_, ss_m) = inner
            .encapsulate(&mut GivenBytes::new(&draw[..32]))
            .unwrap();
        secrets.push(ss_m.expose(token()).to_vec());
        secrets.push(draw[32..].to_vec());
        secrets.push(secret.expose(token()).to_vec());
    }
    let secrets: Vec<&[u8]> = secrets.iter().map(Vec::as_slice).collect();
    clean("one", &secrets, || {
        Box::new(ek.encapsulate(&mut rng()).unwrap())
    });
    clean("many", &secrets, || {
        ek.prepare().encapsulate_many(COUNT, &mut rng()).unwrap()
    });
    clean("each", &secrets, || {
        Key::encapsulate_each(&[&ek; COUNT], &mut rng()).unwrap()
    });
    let ciphertexts: Vec<_> = batch.iter().map(|(ciphertext, _)| ciphertext).collect();
    // Prepared outside: its block would hold what happened to be on the stack when it was made.
    let prepared = dk.prepare();
    clean("decapsulated", &secrets, || {
        prepared.decapsulate_many(&ciphertexts).unwrap()
    });
}

#[test]
fn wrapping_unwrapping_and_rewrapping() {
    use hkdf::Hkdf;
    use sha2::{Digest as _, Sha384};

    let dk = DecapsulationKey::<MlKem768>::generate(&mut SeededRng::from_label("dk")).unwrap();
    let ek = dk.encapsulation_key();
    let shared = shared_secrets(&dk, 2);
    let data = SeededRng::from_label("data key").bytes(32);
    let context = WrapContext::new(b"memory").unwrap();
    let key = Aes256Key::import(&data).unwrap();
    let record = ek
        .wrap_key(&key, context, &mut SeededRng::from_label("shared"))
        .unwrap();

    // The key-encryption key, derived by hand as the format says.
    let header = {
        let der = record.to_der();
        let length = usize::from(der[5]) + 2;
        assert_eq!((der[0], der[1], der[4]), (0x30, 0x82, 0x30));
        der[4..4 + length].to_vec()
    };
    let octets = |bytes: &[u8]| [&[0x04, u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let label = b"pqkm WrappedKey v1";
    let body = [
        [
            &[0x0c, u8::try_from(label.len()).unwrap()],
            label.as_slice(),
        ]
        .concat(),
        header,
        octets(&Sha384::digest(ek.as_bytes())),
        octets(&Sha384::digest(record.encapsulation())),
        octets(b"memory"),
    ]
    .concat();
    let info = if body.len() < 128 {
        [&[0x30, u8::try_from(body.len()).unwrap()], body.as_slice()].concat()
    } else {
        [
            &[0x30, 0x81, u8::try_from(body.len()).unwrap()],
            body.as_slice(),
        ]
        .concat()
    };
    let mut derived = [0; 64];
    Hkdf::<Sha384>::new(Some(b""), &shared[0])
        .expand(&info, &mut derived)
        .unwrap();
    let (kek, commitment) = derived.split_at(32);
    let is_committed = record
        .to_der()
        .windows(32)
        .any(|window| window == commitment);
    assert!(is_committed, "the derivation by hand is not the format's");

    let secrets = [shared[0].as_slice(), &shared[1], &data, kek];
    clean("wrap", &secrets, || {
        let key = Aes256Key::import(&data).unwrap();
        ek.wrap_key(&key, context, &mut SeededRng::from_label("shared"))
            .unwrap()
    });
    clean("unwrap", &secrets, || {
        dk.unwrap_key::<Aes256Key>(&record, context).unwrap()
    });
    clean("refuse", &secrets, || {
        let other = WrapContext::new(b"other").unwrap();
        assert!(dk.unwrap_key::<Aes256Key>(&record, other).is_err());
        Box::new(0)
    });
    let key = Aes256Key::import(&data).unwrap();
    let item = || WrapItem {
        key: &key,
        generation: Version::FIRST,
        context,
    };
    clean("wrap many", &secrets, || {
        let mut rng = SeededRng::from_label("shared");
        ek.prepare().wrap_many(&[item(), item()], &mut rng).unwrap()
    });
    let items = [UnwrapItem {
        record: &record,
        context,
    }; 3];
    clean("unwrap many", &secrets, || {
        dk.prepare().unwrap_many::<Aes256Key>(&items)
    });
    clean("rewrap many", &secrets, || {
        let mut rng = SeededRng::from_label("rewrap");
        dk.prepare().rewrap_many(&items, &ek, &mut rng).unwrap()
    });
}

#[test]
fn sealed_payloads() {
    let payload = SeededRng::from_label("payload").bytes(300);
    let key_bytes = SeededRng::from_label("seal").bytes(32);
    let context = WrapContext::new(b"memory").unwrap();
    clean("seal and open", &[&payload, &key_bytes], || {
        let mut rng = GivenBytes::new(&key_bytes);
        let (sealed, key) = Sealed::seal(&payload, context, &mut rng).unwrap();
        let opened = sealed.open(&key, context).unwrap();
        assert_eq!(opened.expose(token()), payload);
        (key, opened)
    });
}
