//! A small authority: root, intermediate, leaf; requests, revocation, OCSP. And what must be refused.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::integer_division_remainder_used,
    reason = "helpers of tests are not recognised as tests"
)]

mod support;

use pqkm_composite::{
    ChainError, IssueError, MlDsa44EcdsaP256, MlDsa65EcdsaP256, MlDsa65Ed25519, MlKem768X25519,
    ReadError, family_verifiers,
    x509::{
        CertStatus, Certificate, ChainVerifier, Issuance, OcspResponse, Policy, Profile, Request,
        ResponderRole, RevocationList, Revoked, SingleStatus, issue, name, sign_ocsp_response,
        sign_request, sign_revocation_list, verify_issued,
    },
};
use pqkm_core::{
    AnyPublicKey, DecapsulationKey, MlDsa65, MlKem768, SignatureAlgorithm, SigningKey, Verifiers,
    VerifyingKey,
};
use pqkm_testkit::{
    mutate,
    rng::{FailingRng, SeededRng},
};
use x509_cert::ext::pkix::CrlReason;

use support::{Authority, DAY, NOW, at, extension, issuance, x509_time};

fn verify<A: SignatureAlgorithm>(
    authority: &Authority<A>,
    policy: Policy,
    time: u64,
) -> Result<(), ChainError> {
    let verifiers = family_verifiers().unwrap();
    let anchors = [authority.root.clone()];
    let chain = [authority.leaf.clone(), authority.sub.clone()];
    ChainVerifier::new(&anchors, &verifiers, policy).verify(&chain, at(time))
}

#[test]
fn chains_verify_and_policies_hold() {
    let composite = Authority::<MlDsa65EcdsaP256>::new("composite");
    assert_eq!(verify(&composite, Policy::RequireComposite, NOW), Ok(()));
    assert_eq!(verify(&composite, Policy::PostQuantum, NOW), Ok(()));
    assert_eq!(
        verify(&composite, Policy::Pure, NOW),
        Err(ChainError::Policy)
    );
    assert_eq!(
        verify(&composite, Policy::RequireComposite, NOW - 2 * DAY),
        Err(ChainError::NotYetValid)
    );
    assert_eq!(
        verify(&composite, Policy::RequireComposite, NOW + 31 * DAY),
        Err(ChainError::Expired)
    );
    let pure = Authority::<MlDsa65>::new("pure");
    assert_eq!(verify(&pure, Policy::Pure, NOW), Ok(()));
    assert_eq!(verify(&pure, Policy::PostQuantum, NOW), Ok(()));
    assert_eq!(
        verify(&pure, Policy::RequireComposite, NOW),
        Err(ChainError::Policy)
    );
}

#[test]
fn chains_that_do_not_hold_together_are_refused() {
    let one = Authority::<MlDsa65EcdsaP256>::new("one");
    let other = Authority::<MlDsa65EcdsaP256>::new("other");
    let verifiers = family_verifiers().unwrap();
    let anchors = [one.root.clone()];
    let verifier = ChainVerifier::new(&anchors, &verifiers, Policy::RequireComposite);
    let verify = |chain: &[&Certificate]| {
        let chain: Vec<_> = chain.iter().map(|&one| one.clone()).collect();
        verifier.verify(&chain, at(NOW))
    };
    assert_eq!(verify(&[&one.leaf, &one.sub, &one.root]), Ok(()));
    assert_eq!(verify(&[]), Err(ChainError::Empty));
    assert_eq!(verify(&[&one.leaf]), Err(ChainError::UnknownAnchor));
    assert_eq!(
        verify(&[&one.sub, &one.leaf]),
        Err(ChainError::UnknownAnchor)
    );
    // The same names, other keys: identifiers tell, and without them the signature would.
    assert_eq!(
        verify(&[&one.leaf, &other.sub]),
        Err(ChainError::UnknownAnchor)
    );
    assert_eq!(verify(&[&other.leaf, &one.sub]), Err(ChainError::Issuer));
    assert_eq!(
        verify(&[&other.leaf, &other.sub, &other.root]),
        Err(ChainError::UnknownAnchor)
    );
    // A leaf issues nothing.
    assert_eq!(
        verify(&[&one.leaf, &one.leaf, &one.sub]),
        Err(ChainError::Issuer)
    );
    let many = vec![&one.leaf; 20];
    assert_eq!(verify(&many), Err(ChainError::TooLong));
}

/// A chain of two kinds satisfies neither policy that asks for one.
#[test]
fn mixed_chains_are_refused() {
    let mut top = Authority::<MlDsa65EcdsaP256>::new("mixed");
    let leaf_key = SigningKey::<MlDsa65>::generate(&mut top.rng).unwrap();
    let public = AnyPublicKey::from(&leaf_key.verifying_key());
    let profile = Profile::end_entity(&top.sub, name("CN=Stripped").unwrap()).unwrap();
    let leaf = issue(
        profile,
        issuance(9, &public),
        Some(&top.sub),
        &top.sub_key,
        &mut top.rng,
    );
    let chain = [leaf.unwrap(), top.sub.clone()];
    let verifiers = family_verifiers().unwrap();
    let anchors = [top.root.clone()];
    let verify = |policy| ChainVerifier::new(&anchors, &verifiers, policy).verify(&chain, at(NOW));
    assert_eq!(verify(Policy::RequireComposite), Err(ChainError::Policy));
    assert_eq!(verify(Policy::Pure), Err(ChainError::Policy));
    assert_eq!(verify(Policy::PostQuantum), Ok(()));
}

#[test]
fn kem_subjects_get_their_key_usage() {
    let mut top = Authority::<MlDsa65EcdsaP256>::new("kem");
    let verifiers = family_verifiers().unwrap();
    let anchors = [top.root.clone()];
    let composite = DecapsulationKey::<MlKem768X25519>::generate(&mut top.rng).unwrap();
    let pure = DecapsulationKey::<MlKem768>::generate(&mut top.rng).unwrap();
    for (key, policy) in [
        (
            AnyPublicKey::from(&composite.encapsulation_key()),
            Policy::RequireComposite,
        ),
        (
            AnyPublicKey::from(&pure.encapsulation_key()),
            Policy::PostQuantum,
        ),
    ] {
        let profile = Profile::end_entity(&top.sub, name("CN=KEM").unwrap()).unwrap();
        let leaf = issue(
            profile,
            issuance(4, &key),
            Some(&top.sub),
            &top.sub_key,
            &mut top.rng,
        );
        let leaf = leaf.unwrap();
        assert!(leaf.key_usage().unwrap().key_encipherment());
        assert_eq!(leaf.key_usage().unwrap().0.bits().count_ones(), 1);
        let chain = [leaf, top.sub.clone()];
        let verifier = ChainVerifier::new(&anchors, &verifiers, policy);
        assert_eq!(verifier.verify(&chain, at(NOW)), Ok(()));
        // Nor may it be an authority.
        let profile = Profile::root(name("CN=KEM").unwrap(), None);
        let refused = issue(
            profile,
            issuance(5, &key),
            None,
            &top.root_key,
            &mut top.rng,
        );
        assert_eq!(refused, Err(IssueError::KeyUsage));
    }
}

#[test]
fn issuers_keep_to_their_rights() {
    let mut top = Authority::<MlDsa65EcdsaP256>::new("rights");
    let key = AnyPublicKey::from(&top.leaf_key.verifying_key());
    // The wrong key, a leaf as an issuer, an authority too many, no issuer's certificate.
    let profile = Profile::end_entity(&top.sub, name("CN=X").unwrap()).unwrap();
    let refused = issue(
        profile.clone(),
        issuance(6, &key),
        Some(&top.sub),
        &top.root_key,
        &mut top.rng,
    );
    assert_eq!(refused, Err(IssueError::WrongKey));
    let refused = issue(profile, issuance(6, &key), None, &top.sub_key, &mut top.rng);
    assert_eq!(refused, Err(IssueError::NotAnAuthority));
    let subject = name("CN=X").unwrap();
    let refused = Profile::end_entity(&top.leaf, subject.clone()).err();
    assert_eq!(refused, Some(IssueError::NotAnAuthority));
    let refused = Profile::authority(&top.sub, subject.clone(), Some(0)).err();
    assert_eq!(refused, Some(IssueError::PathLength));
    let refused = Profile::authority(&top.root, subject, None).err();
    assert_eq!(refused, Some(IssueError::PathLength));
}

/// Whoever asks for a certificate that no verifier would take gets none, and no signature is made.
#[test]
fn what_would_not_verify_is_not_signed() {
    let top = Authority::<MlDsa65EcdsaP256>::new("out of order");
    let public = AnyPublicKey::from(&top.leaf_key.verifying_key());
    let mut failing = FailingRng::after_calls(0);
    let mut refused = |profile: Profile, issuance: Issuance<'_>| {
        let issued = issue(
            profile,
            issuance,
            Some(&top.sub),
            &top.sub_key,
            &mut failing,
        );
        issued.unwrap_err()
    };
    let profile = || Profile::end_entity(&top.sub, name("CN=Leaf").unwrap()).unwrap();
    let mut backwards = issuance(9, &public);
    (backwards.validity.not_before, backwards.validity.not_after) =
        (backwards.validity.not_after, backwards.validity.not_before);
    assert_eq!(refused(profile(), backwards), IssueError::Validity);
    assert_eq!(
        refused(profile(), issuance(0, &public)),
        IssueError::SerialNumber
    );
    for (oid, critical, value) in [
        ("2.5.29.37", false, b"no DER".as_slice()),
        ("1.2.3.4", true, b""),
        ("2.5.29.15", false, b""),
    ] {
        let with = profile().with_extension(extension(oid, critical, value));
        assert_eq!(
            refused(with, issuance(9, &public)),
            IssueError::Extension,
            "{oid}"
        );
    }
    let profile = Profile::end_entity(&top.root, name("CN=Leaf").unwrap()).unwrap();
    assert_eq!(refused(profile, issuance(9, &public)), IssueError::Issuer);
}

#[test]
fn requests_prove_possession() {
    let mut rng = SeededRng::from_label("requests");
    let verifiers = family_verifiers().unwrap();
    let key = SigningKey::<MlDsa65Ed25519>::generate(&mut rng).unwrap();
    let request = sign_request(name("CN=Subject").unwrap(), &key, &mut rng).unwrap();
    assert_eq!(request.verify(&verifiers), Ok(()));
    assert_eq!(request.key().promote(), Ok(key.verifying_key()));
    assert_eq!(Request::from_pem(&request.to_pem()).unwrap(), request);
    refuses_damage(request.as_der(), |der| {
        Request::from_der(der).is_ok_and(|read| read.verify(&verifiers).is_ok())
    });
}

/// Every truncation is refused, and every bit flip (a sample of those in large keys and signatures).
fn refuses_damage(der: &[u8], accepts: impl Fn(&[u8]) -> bool) {
    assert!(accepts(der));
    for length in (0..der.len()).filter(|length| length % 97 == 0 || *length < 200) {
        assert!(!accepts(&der[..length]), "{length} bytes");
    }
    let mut copy = der.to_vec();
    for byte in (0..der.len()).filter(|byte| byte % 61 == 0 || *byte < 120) {
        mutate::flip(&mut copy, 8 * byte + byte % 8);
        assert!(!accepts(&copy), "byte {byte}");
        mutate::flip(&mut copy, 8 * byte + byte % 8);
    }
    assert!(!accepts(&[der, &[0]].concat()));
}

#[test]
fn damaged_certificates_are_refused() {
    let top = Authority::<MlDsa44EcdsaP256>::new("damage");
    let verifiers = family_verifiers().unwrap();
    let anchors = [top.root.clone()];
    let verifier = ChainVerifier::new(&anchors, &verifiers, Policy::RequireComposite);
    let leaf = top.leaf.as_der();
    refuses_damage(leaf, |der| {
        let Ok(read) = Certificate::from_der(der) else {
            return false;
        };
        assert_eq!(read.as_der(), der);
        verifier.verify(&[read, top.sub.clone()], at(NOW)).is_ok()
    });
}

/// Every single-bit flip and truncation of a whole certificate, read and not verified: refused, or
/// canonical.
#[test]
#[ignore = "24 000 flips, a decoding each: half a minute"]
fn every_flip_is_refused_or_canonical() {
    let top = Authority::<MlDsa44EcdsaP256>::new("flips");
    let leaf = top.leaf.as_der();
    mutate::for_each_truncation(leaf, |short| assert!(Certificate::from_der(short).is_err()));
    let verifiers = family_verifiers().unwrap();
    let mut read_at_all = 0_u32;
    mutate::for_each_bit_flip(leaf, |position, flipped| {
        let Ok(read) = Certificate::from_der(flipped) else {
            return;
        };
        read_at_all += 1;
        assert_eq!(read.as_der(), flipped);
        assert_ne!(read, top.leaf, "bit {position}");
        assert!(
            read.verify_signature(top.sub.key(), &verifiers).is_err(),
            "bit {position}"
        );
    });
    assert!(read_at_all > 0);
}

#[test]
fn revocation_lists() {
    let mut top = Authority::<MlDsa65EcdsaP256>::new("crl");
    let verifiers = family_verifiers().unwrap();
    let times = (x509_time(NOW - DAY), x509_time(NOW + DAY));
    let revoked = [Revoked {
        serial_number: top.leaf.serial_number().clone(),
        since: x509_time(NOW - DAY),
        reason: CrlReason::KeyCompromise,
    }];
    let sub = top.sub.clone();
    let mut sign = |revoked: &[Revoked], issuer: &Certificate| {
        sign_revocation_list(issuer, 7, times, revoked, &top.sub_key, &mut top.rng)
    };
    assert_eq!(sign(&revoked, &top.root), Err(IssueError::WrongKey));
    assert_eq!(sign(&revoked, &top.leaf), Err(IssueError::NotAnAuthority));
    let list = sign(&revoked, &sub).unwrap();
    assert_eq!(list.verify(&sub, &verifiers, at(NOW)), Ok(()));
    assert!(list.verify(&top.root, &verifiers, at(NOW)).is_err());
    assert!(list.verify(&sub, &verifiers, at(NOW + 2 * DAY)).is_err());
    assert!(list.verify(&sub, &verifiers, at(NOW - 2 * DAY)).is_err());
    assert!(list.is_revoked(top.leaf.serial_number()));
    assert!(!list.is_revoked(top.sub.serial_number()));
    assert_eq!(RevocationList::from_pem(&list.to_pem()).unwrap(), list);
    let empty = sign(&[], &sub).unwrap();
    assert_eq!(empty.verify(&sub, &verifiers, at(NOW)), Ok(()));
    assert!(!empty.is_revoked(top.leaf.serial_number()));
    refuses_damage(list.as_der(), |der| {
        RevocationList::from_der(der)
            .is_ok_and(|list| list.verify(&sub, &verifiers, at(NOW)).is_ok())
    });
}

#[test]
fn ocsp_responses() {
    let mut top = Authority::<MlDsa65EcdsaP256>::new("ocsp");
    let verifiers = family_verifiers().unwrap();
    let single = |status| SingleStatus {
        serial_number: top.leaf.serial_number().clone(),
        status,
        this_update: at(NOW - DAY),
        next_update: at(NOW + DAY),
    };
    let nonce = Some(b"asked for this".as_slice());
    let by_issuer = sign_ocsp_response(
        &top.sub,
        ResponderRole::Issuer,
        (at(NOW), nonce),
        &[single(CertStatus::Good)],
        &top.sub_key,
        &mut top.rng,
    )
    .unwrap();
    let status = |response: &OcspResponse, time, nonce| {
        response.status(&top.leaf, &top.sub, &verifiers, at(time), nonce)
    };
    assert_eq!(status(&by_issuer, NOW, nonce), Ok(CertStatus::Good));
    assert!(status(&by_issuer, NOW, Some(b"asked for that")).is_err());
    assert!(status(&by_issuer, NOW + 2 * DAY, nonce).is_err());
    // Of another certificate nothing was said.
    assert!(
        by_issuer
            .status(&top.sub, &top.root, &verifiers, at(NOW), nonce)
            .is_err()
    );
    assert!(
        by_issuer
            .status(&top.sub, &top.sub, &verifiers, at(NOW), nonce)
            .is_err()
    );

    // A certificate of another issuer may have the same number; and what is answered twice is not answered.
    let stranger = Authority::<MlDsa65EcdsaP256>::new("ocsp, another issuer");
    let twice = [CertStatus::Good, CertStatus::Unknown].map(single);
    let public = AnyPublicKey::from(&stranger.leaf_key.verifying_key());
    let profile = Profile::end_entity(&stranger.root, name("CN=Stranger").unwrap()).unwrap();
    let mut rng = SeededRng::from_label("ocsp, a stranger");
    let theirs = issue(
        profile,
        issuance(3, &public),
        Some(&stranger.root),
        &stranger.root_key,
        &mut rng,
    )
    .unwrap();
    assert_eq!(theirs.serial_number(), top.leaf.serial_number());
    assert!(
        by_issuer
            .status(&theirs, &top.sub, &verifiers, at(NOW), nonce)
            .is_err()
    );
    let by_issuer = sign_ocsp_response(
        &top.sub,
        ResponderRole::Issuer,
        (at(NOW), None),
        &twice,
        &top.sub_key,
        &mut top.rng,
    );
    assert!(by_issuer.is_err() || status(&by_issuer.unwrap(), NOW, None).is_err());

    let responder_key = SigningKey::<MlDsa65Ed25519>::generate(&mut top.rng).unwrap();
    let public = AnyPublicKey::from(&responder_key.verifying_key());
    let profile = Profile::ocsp_responder(&top.sub, name("CN=Responder").unwrap()).unwrap();
    let responder = issue(
        profile,
        issuance(8, &public),
        Some(&top.sub),
        &top.sub_key,
        &mut top.rng,
    );
    let responder = responder.unwrap();
    let revoked = CertStatus::Revoked {
        since: at(NOW - DAY),
        reason: Some(CrlReason::Superseded),
    };
    let by_delegate = sign_ocsp_response(
        &top.sub,
        ResponderRole::Delegate(&responder),
        (at(NOW), None),
        &[single(revoked)],
        &responder_key,
        &mut top.rng,
    )
    .unwrap();
    assert_eq!(status(&by_delegate, NOW, None), Ok(revoked));
    refuses_damage(by_delegate.as_der(), |der| {
        OcspResponse::from_der(der).is_ok_and(|read| status(&read, NOW, None).is_ok())
    });
    // A certificate that does not say so is no responder's.
    let refused = sign_ocsp_response(
        &top.sub,
        ResponderRole::Delegate(&top.leaf),
        (at(NOW), None),
        &[single(CertStatus::Good)],
        &top.leaf_key,
        &mut top.rng,
    );
    assert_eq!(refused, Err(IssueError::NotAnAuthority));
}

#[test]
fn many_certificates_under_one_issuer() {
    let mut top = Authority::<MlDsa65EcdsaP256>::new("many");
    let verifiers = family_verifiers().unwrap();
    let key = AnyPublicKey::from(&top.leaf_key.verifying_key());
    let leaves: Vec<_> = (10..14)
        .map(|number| {
            let profile = Profile::end_entity(&top.sub, name("CN=Leaf").unwrap()).unwrap();
            issue(
                profile,
                issuance(number, &key),
                Some(&top.sub),
                &top.sub_key,
                &mut top.rng,
            )
            .unwrap()
        })
        .collect();
    let mut all: Vec<_> = leaves.iter().collect();
    all.insert(2, &top.sub);
    let results = verify_issued(&top.sub, &all, &verifiers);
    let expected = [Ok(()), Ok(()), Err(ChainError::Signature), Ok(()), Ok(())];
    assert_eq!(results, expected);
    // Pure keys too, and the others through the verifiers.
    let pure = Authority::<MlDsa65>::new("many pure");
    let results = verify_issued(&pure.sub, &[&pure.leaf, &pure.sub], &verifiers);
    assert_eq!(results, [Ok(()), Err(ChainError::Signature)]);
}

#[test]
fn nothing_is_verified_without_a_verifier() {
    let top = Authority::<MlDsa65EcdsaP256>::new("verifiers");
    let verifiers = Verifiers::core();
    let anchors = [top.root.clone()];
    let verifier = ChainVerifier::new(&anchors, &verifiers, Policy::RequireComposite);
    let chain = [top.leaf.clone(), top.sub.clone()];
    assert_eq!(verifier.verify(&chain, at(NOW)), Err(ChainError::Signature));
    assert_eq!(Certificate::from_pem(&top.leaf.to_pem()).unwrap(), top.leaf);
    assert_eq!(Certificate::from_pem("-----BEGIN"), Err(ReadError::Pem));
    let key: VerifyingKey<MlDsa65EcdsaP256> = top.leaf.key().promote().unwrap();
    assert_eq!(key, top.leaf_key.verifying_key());
}
