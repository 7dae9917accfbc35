use der::{
    Encode,
    asn1::{BitStringRef, OctetStringRef},
};
use pqkm_testkit::rng::SeededRng;
use spki::AlgorithmIdentifierRef;

use super::*;
use crate::{
    DecapsulationKey, EncapsulationKey, ExposeToken, MlDsa65, MlKem512, MlKem768, PrivateKeyForm,
    SigningKey, VerifyingKey, algorithm::Algorithm,
};

fn document<'a>(
    version: u8,
    private_key: &'a [u8],
    attributes: Option<SetOfVec<Attribute>>,
    public_key: Option<&'a [u8]>,
) -> Vec<u8> {
    OneAsymmetricKey {
        version,
        algorithm: AlgorithmIdentifierRef {
            oid: MlDsa65::key_algorithm().oid,
            parameters: None,
        },
        private_key: OctetStringRef::new(private_key).unwrap(),
        attributes,
        public_key: public_key.map(|bytes| BitStringRef::from_bytes(bytes).unwrap()),
    }
    .to_der()
    .unwrap()
}

fn friendly_name() -> SetOfVec<Attribute> {
    let attribute = Attribute {
        oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.20"),
        values: SetOfVec::try_from([Any::new(der::Tag::Utf8String, *b"name").unwrap()]).unwrap(),
    };
    SetOfVec::try_from([attribute]).unwrap()
}

fn signing_key(label: &str) -> SigningKey<MlDsa65> {
    SigningKey::generate(&mut SeededRng::from_label(label)).unwrap()
}

fn contents(key: &SigningKey<MlDsa65>) -> Zeroizing<Vec<u8>> {
    key.expose(ExposeToken::acknowledge()).unwrap().to_bytes()
}

#[test]
fn public_keys_promote_to_their_type_and_no_other() {
    let key = signing_key("a").verifying_key();
    let any = AnyPublicKey::from_pem(&AnyPublicKey::from(&key).to_pem()).unwrap();
    assert_eq!(any.oid(), MlDsa65::key_algorithm().oid);
    assert_eq!(any.fingerprint(), key.fingerprint());
    assert_eq!(any.key_bytes(), key.as_bytes());
    assert_eq!(any.promote::<VerifyingKey<MlDsa65>>().unwrap(), key);
    assert_eq!(any.known().unwrap(), KnownPublicKey::MlDsa65(key));
    assert_eq!(
        any.promote::<EncapsulationKey<MlKem768>>().unwrap_err(),
        DecodeError::Algorithm
    );
}

#[test]
fn every_private_form_is_known_and_gives_the_same_public_key() {
    let key = DecapsulationKey::<MlKem512>::generate(&mut SeededRng::from_label("b")).unwrap();
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    for form in [
        PrivateKeyForm::Seed,
        PrivateKeyForm::Expanded,
        PrivateKeyForm::Both,
    ] {
        let der = exposed.to_pkcs8_der_as(form).unwrap();
        let any = AnyPrivateKey::from_pkcs8_der(der.as_bytes()).unwrap();
        let known = any.known().unwrap();
        assert_eq!(known.algorithm_name(), "ML-KEM-512");
        assert_eq!(
            known.public_key(),
            KnownPublicKey::MlKem512(key.encapsulation_key())
        );
        assert!(any.promote::<SigningKey<MlDsa65>>().is_err());
        assert_eq!(any.expose(ExposeToken::acknowledge()), der.as_bytes());
    }
}

#[test]
fn attributes_are_kept_here_and_refused_by_the_static_types() {
    let key = signing_key("c");
    let der = document(0, &contents(&key), Some(friendly_name()), None);
    let any = AnyPrivateKey::from_pkcs8_der(&der).unwrap();
    assert_eq!(any.attributes(), friendly_name().as_slice());
    let promoted: SigningKey<MlDsa65> = any.promote().unwrap();
    assert_eq!(promoted.verifying_key(), key.verifying_key());
    assert_eq!(
        SigningKey::<MlDsa65>::from_pkcs8_der(&der).err(),
        Some(DecodeError::Malformed)
    );
}

#[test]
fn a_public_key_inside_must_belong_and_needs_version_2() {
    let key = signing_key("d");
    let (own, other) = (key.verifying_key(), signing_key("e").verifying_key());
    let private = contents(&key);
    let read = |version, public: Option<&[u8]>| {
        let any = AnyPrivateKey::from_pkcs8_der(&document(version, &private, None, public))?;
        assert_eq!(any.public_key_bytes(), public);
        any.known().map(|known| known.public_key())
    };
    assert_eq!(
        read(1, Some(own.as_bytes())),
        Ok(KnownPublicKey::MlDsa65(own.clone()))
    );
    assert_eq!(
        read(1, Some(other.as_bytes())),
        Err(DecodeError::Inconsistent)
    );
    assert_eq!(read(0, Some(own.as_bytes())), Err(DecodeError::Version));
    assert_eq!(read(1, None), Err(DecodeError::Version));
}

#[test]
fn damaged_containers_are_refused_and_never_read_as_another_key() {
    let key = signing_key("f");
    let spki = key.verifying_key().to_spki_der();
    pqkm_testkit::mutate::for_each_truncation(&spki, |damaged| {
        assert!(AnyPublicKey::from_spki_der(damaged).is_err());
    });
    pqkm_testkit::mutate::for_each_extension(&spki, |damaged| {
        assert!(AnyPublicKey::from_spki_der(damaged).is_err());
    });
    let der = document(0, &contents(&key), Some(friendly_name()), None);
    pqkm_testkit::mutate::for_each_truncation(&der, |damaged| {
        assert!(AnyPrivateKey::from_pkcs8_der(damaged).is_err());
    });
    let position = |part: &[u8]| der.windows(part.len()).position(|w| w == part).unwrap();
    let private = contents(&key);
    let seed = &private[private.len() - 32..];
    let seed_bits = position(seed) * 8..(position(seed) + 32) * 8;
    let attribute_bits = (position(b"name") - 20) * 8..der.len() * 8;
    pqkm_testkit::mutate::for_each_bit_flip(&der, |bit, damaged| {
        let known = AnyPrivateKey::from_pkcs8_der(damaged).and_then(|any| any.known());
        let own = KnownPublicKey::MlDsa65(key.verifying_key());
        if seed_bits.contains(&bit) {
            assert_ne!(known.unwrap().public_key(), own);
        } else if bit == OID_END || bit == OID_END + 1 {
            // The same seed under the identifier of ML-DSA-87 or of HashML-DSA-44.
            assert!(known.is_err() || known.unwrap().algorithm_name() == "ML-DSA-87");
        } else if !attribute_bits.contains(&bit) {
            assert!(known.is_err(), "bit {bit}");
        }
    });
}

/// The lowest bit of the last byte of the algorithm's object identifier.
const OID_END: usize = 17 * 8;
