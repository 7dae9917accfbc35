//! The formats of this project: wrapped keys, sealed payloads, replication envelopes; and messages of HPKE.

use std::sync::LazyLock;

use pqkm_core::{
    Aes256Key, Ciphertext, DecapsulationKey, ExposeToken, HpkeKdf, HpkeRecipient, HpkeSender,
    KeyId, MlDsa44, MlKem512, Sealed, SecretBytes, SignedWrappedKey, SigningKey, UnixTime, Version,
    WrapContext, WrappedKey,
    transfer::{About, ReplicationEnvelope, SecretEnvelope},
};

use crate::{Target, rng::TestRng, target};

pub const TARGETS: &[Target] = &[
    target!(wrapped_key, || records().0),
    target!(signed_wrapped_key, || records().1),
    target!(sealed, || records().2),
    target!(replication_envelope, || records().3),
    target!(secret_envelope, || records().4),
    target!(hpke_message, || vec![HPKE.1.clone()]),
];

/// Reads DER, and the same as PEM where the input is text: what is read is written again as it was.
macro_rules! record {
    ($($name:ident: $record:ty;)+) => {$(
        fn $name(data: &[u8]) -> bool {
            if let Ok(record) = <$record>::from_der(data) {
                assert_eq!(record.to_der(), data);
                return true;
            }
            let pem = core::str::from_utf8(data).ok().and_then(|pem| <$record>::from_pem(pem).ok());
            // PEM may be broken into lines in more than one way, so its contents are compared.
            pem.is_some_and(|record| <$record>::from_pem(&record.to_pem()) == Ok(record))
        }
    )+};
}

record! {
    wrapped_key: WrappedKey;
    signed_wrapped_key: SignedWrappedKey;
    sealed: Sealed;
    replication_envelope: ReplicationEnvelope;
    secret_envelope: SecretEnvelope;
}

/// A recipient's key, and an encapsulation with a message after it.
static HPKE: LazyLock<(DecapsulationKey<MlKem512>, Vec<u8>)> = LazyLock::new(|| {
    let mut rng = TestRng::new(16);
    let key = DecapsulationKey::<MlKem512>::generate(&mut rng).unwrap();
    let public = key.encapsulation_key();
    let sender = HpkeSender::new(&public, HpkeKdf::HkdfSha384, b"info", &mut rng);
    let (encapsulated, mut sender) = sender.unwrap();
    let message = sender.seal(b"aad", b"message").unwrap();
    (key, [encapsulated.as_bytes(), &message].concat())
});

/// Only the message that was sent opens.
fn hpke_message(data: &[u8]) -> bool {
    let Some((encapsulated, message)) = data.split_at_checked(768) else {
        return false;
    };
    let encapsulated = Ciphertext::from_bytes(encapsulated).unwrap();
    let mut recipient =
        HpkeRecipient::new(&HPKE.0, HpkeKdf::HkdfSha384, b"info", &encapsulated).unwrap();
    let Ok(opened) = recipient.open(b"aad", message) else {
        return false;
    };
    assert_eq!(opened.expose(ExposeToken::acknowledge()), b"message");
    assert_eq!(data, HPKE.1);
    true
}

type Inputs = Vec<Vec<u8>>;

/// One of each, in DER and in PEM.
fn records() -> (Inputs, Inputs, Inputs, Inputs, Inputs) {
    let mut rng = TestRng::new(3);
    let context = WrapContext::new(b"context").unwrap();
    let kek = DecapsulationKey::<MlKem512>::generate(&mut rng)
        .unwrap()
        .encapsulation_key();
    let signer = SigningKey::<MlDsa44>::generate(&mut rng).unwrap();
    let key = Aes256Key::generate(&mut rng).unwrap();
    let record = kek.wrap_key(&key, context, &mut rng).unwrap();
    let signed = SignedWrappedKey::sign(record.clone(), &signer, &mut rng).unwrap();
    let (sealed, _) = Sealed::seal(b"payload", context, &mut rng).unwrap();
    let about = About {
        key_id: KeyId::from_bytes([1; 16]),
        generation: Version::FIRST,
        purpose: "backup",
        not_before: UnixTime::from_seconds(1_800_000_000).unwrap(),
        expires: UnixTime::from_seconds(1_800_003_600).unwrap(),
    };
    let (envelope, _) = ReplicationEnvelope::send(&key, &about, &signer, &kek, &mut rng).unwrap();
    let bytes = SecretBytes::copy_from(b"secret");
    let (secret, _) = SecretEnvelope::send(&bytes, &about, &signer, &kek, &mut rng).unwrap();
    (
        vec![record.to_der(), record.to_pem().into_bytes()],
        vec![signed.to_der(), signed.to_pem().into_bytes()],
        vec![sealed.to_der(), sealed.to_pem().into_bytes()],
        vec![envelope.to_der(), envelope.to_pem().into_bytes()],
        vec![secret.to_der(), secret.to_pem().into_bytes()],
    )
}
