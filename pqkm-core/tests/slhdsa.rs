//! SLH-DSA against RFC 9909's example, and under the regime of every algorithm.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod regime;

use pkcs8::{DecodePrivateKey, DecodePublicKey};
use pqkm_core::{
    Context, DecodeError, Message, PreHash, PreHashed, Sign, SignError, SignatureAlgorithm,
    SigningKey, SlhDsaSha2_128f, SlhDsaSha2_128s, SlhDsaShake128f, SupportsContext,
    SupportsPreHash, Verify, VerifyingKey,
};
use pqkm_testkit::rng::{FailingRng, SeededRng};

#[test]
fn rfc_9909_example() {
    let Some(dir) = pqkm_testkit::vectors::dir("rfc_9909_example") else {
        return;
    };
    let read =
        |name: &str| std::fs::read_to_string(dir.join("pki/rfc9909-slh-dsa").join(name)).unwrap();
    let key =
        SigningKey::<SlhDsaSha2_128s>::from_pkcs8_pem(&read("id-slh-dsa-sha2-128s.priv")).unwrap();
    let public =
        VerifyingKey::<SlhDsaSha2_128s>::from_public_key_pem(&read("id-slh-dsa-sha2-128s.pub"))
            .unwrap();
    assert!(key.verifying_key() == public);
}

fn fast_set<P: SignatureAlgorithm + SupportsContext + SupportsPreHash>() {
    let (key, public) = regime::signature::<P>(4099);
    regime::public_encodings(&public);
    regime::private_encodings(&key, 61);

    let mut rng = SeededRng::from_u64(2);
    let context = Context::new(b"context").unwrap();
    let signature = key
        .sign_with_context(b"message", context, &mut rng)
        .unwrap();
    public
        .verify_with_context(b"message", context, &signature)
        .unwrap();
    assert!(public.verify(b"message", &signature).is_err());
    // Of another context of that length, too, and with the boundary between context and message moved.
    for (context, message) in [(b"konteks", &b"message"[..]), (b"tcontex", b"tmessage")] {
        let context = Context::new(context).unwrap();
        let verified = public.verify_with_context(message, context, &signature);
        assert!(verified.is_err());
    }

    let digest = PreHash::Shake256.digest(b"message");
    let digest = PreHashed::new(PreHash::Shake256, &digest).unwrap();
    let signature = key.sign_prehashed(digest, context, &mut rng).unwrap();
    public
        .verify_prehashed(digest, context, &signature)
        .unwrap();
    assert!(
        public
            .verify_prehashed(digest, Context::EMPTY, &signature)
            .is_err()
    );
    assert!(
        public
            .verify_with_context(digest.as_bytes(), context, &signature)
            .is_err()
    );

    // An external mu is ML-DSA's.
    let mu = Message::Mu(&[0; 64]);
    assert_eq!(key.sign_message(&mu, &mut rng), Err(SignError::Refused));
    assert!(public.verify_message(&mu, &signature).is_err());

    assert_eq!(
        key.sign(b"message", &mut FailingRng::after_calls(0)),
        Err(SignError::Randomness)
    );
}

#[test]
fn sha2_128f_holds_the_regime() {
    fast_set::<SlhDsaSha2_128f>();
}

#[test]
fn shake_128f_holds_the_regime() {
    fast_set::<SlhDsaShake128f>();
}

#[test]
fn a_root_that_is_not_the_seeds_is_refused() {
    let key = SigningKey::<SlhDsaSha2_128f>::generate(&mut SeededRng::from_u64(3)).unwrap();
    let exposed = key.expose(pqkm_core::ExposeToken::acknowledge()).unwrap();
    let sk = exposed.to_raw_private_key();
    for byte in 0..sk.len() {
        let mut damaged = sk.to_vec();
        damaged[byte] ^= 1;
        let result = SigningKey::<SlhDsaSha2_128f>::from_raw_private_key(&damaged);
        // `SK.prf` does not enter the root.
        let expected = (!(16..32).contains(&byte)).then_some(DecodeError::Inconsistent);
        assert_eq!(result.err(), expected, "byte {byte}");
    }
}
