//! Damage that is signed for: whatever an issuer puts its name to is refused, or read as it is, and
//! never a panic.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests are not recognised as tests"
)]

mod support;

use pqkm_composite::{
    MlDsa44Ed25519, family_verifiers,
    x509::{
        CertStatus, Certificate, ChainVerifier, OcspResponse, Policy, Profile, Request,
        ResponderRole, RevocationList, Revoked, SingleStatus, issue, name, sign_ocsp_response,
        sign_request, sign_revocation_list,
    },
};
use pqkm_core::{AnyPublicKey, SigningKey, Verifiers};
use pqkm_testkit::mutate;
use x509_cert::{
    der::{Encode, Reader, SliceReader, asn1::AnyRef},
    ext::pkix::CrlReason,
};

use support::{
    Authority, DAY, NOW, at, extension,
    forge::{element, sequence, sign},
    issuance, x509_time,
};

type Pair = MlDsa44Ed25519;

/// The part of a document that is signed.
fn content(der: &[u8]) -> Vec<u8> {
    let whole: AnyRef<'_> = SliceReader::new(der).unwrap().decode().unwrap();
    SliceReader::new(whole.value())
        .unwrap()
        .tlv_bytes()
        .unwrap()
        .to_vec()
}

/// Signs every truncation, and every flip of a bit outside the key in the middle; how many were read.
fn damage(der: &[u8], key: &SigningKey<Pair>, mut reads: impl FnMut(&[u8]) -> bool) -> usize {
    assert!(reads(der));
    mutate::for_each_truncation(der, |short| assert!(!reads(short), "{} bytes", short.len()));
    let content = content(der);
    let mut read = 0;
    let ends = (0..content.len()).filter(|byte| *byte < 120 || *byte + 240 > content.len());
    for bit in ends.flat_map(|byte| 8 * byte..8 * byte + 8) {
        let mut flipped = content.clone();
        mutate::flip(&mut flipped, bit);
        read += usize::from(reads(&sign(&flipped, key)));
    }
    read
}

fn rich_leaf(top: &mut Authority<Pair>) -> Certificate {
    let purpose = element(6, &[0x2b, 6, 1, 5, 5, 7, 3, 1]);
    let names = [[0x82, 1, b'a'], [0x81, 1, b'b']].concat();
    let profile = Profile::end_entity(&top.sub, name("CN=Leaf").unwrap()).unwrap();
    let profile = profile
        .with_extension(extension("2.5.29.37", false, &sequence(&[&purpose])))
        .with_extension(extension("2.5.29.17", true, &sequence(&[&names])))
        .with_extension(extension("1.2.3.4", false, b"anything"));
    let public = AnyPublicKey::from(&top.leaf_key.verifying_key());
    let order = issuance(9, &public);
    issue(profile, order, Some(&top.sub), &top.sub_key, &mut top.rng).unwrap()
}

#[test]
fn signed_damage_of_certificates_is_refused_or_read_as_it_is() {
    let mut top = Authority::<Pair>::new("damage");
    let leaf = rich_leaf(&mut top);
    let verifiers = family_verifiers().unwrap();
    let anchors = [top.root.clone()];
    let verifier = ChainVerifier::new(&anchors, &verifiers, Policy::RequireComposite);
    let read = damage(leaf.as_der(), &top.sub_key, |der| {
        let Ok(read) = Certificate::from_der(der) else {
            return false;
        };
        assert_eq!(read.as_der(), der);
        assert_eq!(read.inner().to_der().unwrap(), der);
        let chain = [read, top.sub.clone()];
        let _verdict = verifier.verify(&chain, at(NOW));
        let _name = format!("{} {:?}", chain[0].subject(), chain[0].subject_alt_names());
        true
    });
    assert!(read > 0);
}

#[test]
fn signed_damage_of_lists_is_refused_or_read_as_it_is() {
    let mut top = Authority::<Pair>::new("damage");
    let verifiers = family_verifiers().unwrap();
    let revoked = [CrlReason::KeyCompromise, CrlReason::Unspecified].map(|reason| Revoked {
        serial_number: top.leaf.serial_number().clone(),
        since: x509_time(NOW - DAY),
        reason,
    });
    let times = (x509_time(NOW - DAY), x509_time(NOW + DAY));
    let list = sign_revocation_list(&top.sub, 7, times, &revoked, &top.sub_key, &mut top.rng);
    let read = damage(list.unwrap().as_der(), &top.sub_key, |der| {
        let Ok(read) = RevocationList::from_der(der) else {
            return false;
        };
        assert_eq!(read.as_der(), der);
        let _verdict = read.verify(&top.sub, &verifiers, at(NOW));
        let _said = (read.number(), read.is_revoked(top.leaf.serial_number()));
        true
    });
    assert!(read > 0);
}

#[test]
fn signed_damage_of_requests_is_refused_or_read_as_it_is() {
    let mut top = Authority::<Pair>::new("damage");
    let request = sign_request(name("CN=Leaf").unwrap(), &top.leaf_key, &mut top.rng).unwrap();
    // The request that was made, with an attribute that asks for an extension.
    let asked = extension("2.5.29.15", true, &[3, 2, 7, 128]);
    let asks = element(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14]);
    let values = element(0x31, &vec![asked].to_der().unwrap());
    let attributes = element(0xa0, &sequence(&[&asks, &values]));
    let plain = content(request.as_der());
    let fields: AnyRef<'_> = SliceReader::new(&plain).unwrap().decode().unwrap();
    let fields = fields.value().strip_suffix(&[0xa0, 0]).unwrap();
    let request = sign(&sequence(&[fields, &attributes]), &top.leaf_key);
    let verifiers = family_verifiers().unwrap();
    let read = damage(&request, &top.leaf_key, |der| {
        let Ok(read) = Request::from_der(der) else {
            return false;
        };
        assert_eq!(read.as_der(), der);
        let _verdict = read.verify(&verifiers);
        read.requested_extensions().len() <= 1
    });
    assert!(read > 0);
}

/// The signature of a response lies within: it is flipped as a whole, and no damage is believed.
#[test]
fn damage_of_responses_is_refused_or_read_as_it_is() {
    let mut top = Authority::<Pair>::new("damage");
    let verifiers: Verifiers = family_verifiers().unwrap();
    let single = SingleStatus {
        serial_number: top.leaf.serial_number().clone(),
        status: CertStatus::Revoked {
            since: at(NOW - DAY),
            reason: Some(CrlReason::Superseded),
        },
        this_update: at(NOW - DAY),
        next_update: at(NOW + DAY),
    };
    let when = (at(NOW), Some(&b"nonce"[..]));
    let role = ResponderRole::Issuer;
    let key = &top.sub_key;
    let response = sign_ocsp_response(&top.sub, role, when, &[single], key, &mut top.rng).unwrap();
    let mut flips = response.as_der().to_vec();
    for bit in 0..8 * 400 {
        mutate::flip(&mut flips, bit);
        if let Ok(read) = OcspResponse::from_der(&flips) {
            assert_eq!(read.as_der(), flips);
            let status = read.status(&top.leaf, &top.sub, &verifiers, at(NOW), None);
            assert!(status.is_err(), "bit {bit}");
        }
        mutate::flip(&mut flips, bit);
    }
    mutate::for_each_truncation(response.as_der(), |short| {
        assert!(OcspResponse::from_der(short).is_err());
    });
}
