//! What our own reader or verifier would refuse is refused before anything is signed: a signature may be
//! a one-time one, and a certificate cannot be called back.
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "helpers of tests are not recognised as tests"
)]

mod support;

use pqkm_composite::{
    IssueError, MlDsa44Ed25519,
    x509::{
        CertStatus, Certificate, Issuance, OcspResponse, Profile, Request, ResponderRole,
        RevocationList, Revoked, SingleStatus, issue, issue_once, name, sign_ocsp_response,
        sign_request, sign_revocation_list,
    },
};
use pqkm_core::{AnyPublicKey, SigningKey};
use pqkm_testkit::rng::SeededRng;
use x509_cert::{
    der::Decode, ext::pkix::CrlReason, name::Name, serial_number::SerialNumber, time::Validity,
};

use support::{Authority, CountingSigner, DAY, NOW, at, extension, issuance, x509_time};

type Pair = MlDsa44Ed25519;

/// A draft: what is issued below the intermediate, and what the answer must be.
type Draft<'a> = (&'static str, Profile, Issuance<'a>, IssueError);

/// The encoding of an integer, which `SerialNumber::new` would not make.
fn serial(content: &[u8]) -> SerialNumber {
    let length = u8::try_from(content.len()).unwrap();
    SerialNumber::from_der(&[&[2, length], content].concat()).unwrap()
}

fn leaf(top: &Authority<Pair>) -> Profile {
    Profile::end_entity(&top.sub, name("CN=Leaf").unwrap()).unwrap()
}

fn drafts<'a>(top: &Authority<Pair>, public: &'a AnyPublicKey) -> Vec<Draft<'a>> {
    let profile = || leaf(top);
    let order = || issuance(9, public);
    let numbered = |serial_number| Issuance {
        serial_number,
        ..order()
    };
    let valid = |from, until| Issuance {
        validity: Validity::new(x509_time(from), x509_time(until)),
        ..order()
    };
    let with =
        |oid, critical, value: &[u8]| profile().with_extension(extension(oid, critical, value));
    let twice = with("1.2.3.4", false, b"").with_extension(extension("1.2.3.4", false, b""));
    vec![
        (
            "reversed",
            profile(),
            valid(NOW + DAY, NOW),
            IssueError::Validity,
        ),
        (
            "over before its issuer begins",
            profile(),
            valid(NOW - 9 * DAY, NOW - 2 * DAY),
            IssueError::Validity,
        ),
        (
            "begun after its issuer's end",
            profile(),
            valid(NOW + 31 * DAY, NOW + 32 * DAY),
            IssueError::Validity,
        ),
        (
            "number 0",
            profile(),
            numbered(serial(&[0])),
            IssueError::SerialNumber,
        ),
        (
            "number -1",
            profile(),
            numbered(serial(&[0xff])),
            IssueError::SerialNumber,
        ),
        (
            "21 octets",
            profile(),
            numbered(serial(&[&[0][..], &[0xff; 20]].concat())),
            IssueError::SerialNumber,
        ),
        (
            "key usage twice",
            with("2.5.29.15", true, &[3, 2, 7, 128]),
            order(),
            IssueError::Extension,
        ),
        ("an unknown twice", twice, order(), IssueError::Extension),
        (
            "unknown, critical",
            with("1.2.3.4", true, b""),
            order(),
            IssueError::Extension,
        ),
        (
            "no DER",
            with("2.5.29.37", false, b"no DER"),
            order(),
            IssueError::Extension,
        ),
        (
            "no name",
            Profile::end_entity(&top.sub, Name::default()).unwrap(),
            order(),
            IssueError::Name,
        ),
        (
            "no alternative name",
            with("2.5.29.17", false, &[0x30, 0]),
            order(),
            IssueError::Extension,
        ),
        (
            "no purpose",
            with("2.5.29.37", false, &[0x30, 0]),
            order(),
            IssueError::Extension,
        ),
        (
            "another issuer's profile",
            Profile::end_entity(&top.root, name("CN=Leaf").unwrap()).unwrap(),
            order(),
            IssueError::Issuer,
        ),
        (
            "no issuer's profile",
            Profile::root(name("CN=Leaf").unwrap(), None),
            order(),
            IssueError::NotAnAuthority,
        ),
    ]
}

#[test]
fn a_draft_that_would_be_refused_costs_no_signature() {
    let top = Authority::<Pair>::new("drafts");
    let public = AnyPublicKey::from(&top.leaf_key.verifying_key());
    let signer = CountingSigner::new(&top.sub_key);
    let mut rng = SeededRng::from_label("drafts, refused");
    for (what, profile, order, expected) in drafts(&top, &public) {
        let again = issue_once(profile.clone(), order.clone(), Some(&top.sub), &signer);
        let refused = issue(profile, order, Some(&top.sub), &signer, &mut rng);
        assert_eq!(refused, Err(expected), "{what}");
        assert_eq!(again, Err(expected), "{what}");
        assert_eq!(signer.signed(), 0, "{what}");
    }
    issue(
        leaf(&top),
        issuance(9, &public),
        Some(&top.sub),
        &signer,
        &mut rng,
    )
    .unwrap();
    assert_eq!(signer.signed(), 1);
    issue_once(leaf(&top), issuance(9, &public), Some(&top.sub), &signer).unwrap();
    assert_eq!(signer.signed(), 1);
}

#[test]
fn an_issuer_without_the_right_costs_no_signature() {
    let top = Authority::<Pair>::new("issuers");
    let rng = &mut SeededRng::from_label("issuers, refused");
    let public = AnyPublicKey::from(&top.leaf_key.verifying_key());
    // A leaf, with a profile that was made for an authority.
    let signer = CountingSigner::new(&top.leaf_key);
    let profile = leaf(&top);
    let refused = issue(profile, issuance(9, &public), Some(&top.leaf), &signer, rng);
    assert_eq!(refused, Err(IssueError::NotAnAuthority));
    assert_eq!(signer.signed(), 0);
    // The right name and another key.
    let profile = leaf(&top);
    let refused = issue(profile, issuance(9, &public), Some(&top.sub), &signer, rng);
    assert_eq!(refused, Err(IssueError::WrongKey));
    assert_eq!(signer.signed(), 0);
}

#[test]
fn an_authority_too_many_costs_no_signature() {
    let top = Authority::<Pair>::new("depth");
    let rng = &mut SeededRng::from_label("depth, refused");
    // One key with two certificates: the profile is made for the one that allows more.
    let signer = CountingSigner::new(&top.root_key);
    let root = AnyPublicKey::from(&top.root_key.verifying_key());
    let narrow = Profile::root(name("CN=Root").unwrap(), Some(0));
    let narrow = issue(narrow, issuance(8, &root), None, &signer, rng).unwrap();
    assert_eq!(signer.signed(), 1);
    let profile = Profile::authority(&top.root, name("CN=Sub").unwrap(), Some(0)).unwrap();
    let below = AnyPublicKey::from(&top.sub_key.verifying_key());
    let refused = issue(profile, issuance(9, &below), Some(&narrow), &signer, rng);
    assert_eq!(refused, Err(IssueError::PathLength));
    assert_eq!(signer.signed(), 0);
    // A root without a name.
    let profile = Profile::root(Name::default(), None);
    let key = SigningKey::<Pair>::generate(rng).unwrap();
    let signer = CountingSigner::new(&key);
    let public = AnyPublicKey::from(&key.verifying_key());
    let refused = issue(profile, issuance(9, &public), None, &signer, rng);
    assert_eq!(refused, Err(IssueError::Name));
    assert_eq!(signer.signed(), 0);
}

#[test]
fn a_list_that_would_be_refused_costs_no_signature() {
    let top = Authority::<Pair>::new("lists");
    let signer = CountingSigner::new(&top.sub_key);
    let mut rng = SeededRng::from_label("lists, refused");
    let revoked = |reason| Revoked {
        serial_number: top.leaf.serial_number().clone(),
        since: x509_time(NOW - DAY),
        reason,
    };
    let mut sign = |issuer, (from, until), reason| {
        let times = (x509_time(from), x509_time(until));
        let list = sign_revocation_list(issuer, 1, times, &[revoked(reason)], &signer, &mut rng);
        (
            list.map(|list| RevocationList::from_der(list.as_der()) == Ok(list)),
            signer.signed(),
        )
    };
    let (today, reason) = ((NOW, NOW + DAY), CrlReason::Superseded);
    let refused = |error| (Err(error), 0);
    assert_eq!(
        sign(&top.sub, (NOW, NOW - 1), reason),
        refused(IssueError::Validity)
    );
    let for_deltas = CrlReason::RemoveFromCRL;
    assert_eq!(
        sign(&top.sub, today, for_deltas),
        refused(IssueError::Extension)
    );
    assert_eq!(
        sign(&top.root, today, reason),
        refused(IssueError::WrongKey)
    );
    assert_eq!(
        sign(&top.leaf, today, reason),
        refused(IssueError::NotAnAuthority)
    );
    assert_eq!(sign(&top.sub, today, reason), (Ok(true), 1));
    assert_eq!(sign(&top.sub, today, CrlReason::Unspecified), (Ok(true), 1));
}

#[test]
fn a_response_that_would_be_refused_costs_no_signature() {
    let top = Authority::<Pair>::new("responses");
    let signer = CountingSigner::new(&top.sub_key);
    let mut rng = SeededRng::from_label("responses, refused");
    let single = |number: u8, from, until| SingleStatus {
        serial_number: SerialNumber::new(&[number]).unwrap(),
        status: CertStatus::Good,
        this_update: at(from),
        next_update: at(until),
    };
    let mut sign = |statuses: &[SingleStatus], role, nonce: Option<&[u8]>| {
        let when = (at(NOW), nonce);
        let response = sign_ocsp_response(&top.sub, role, when, statuses, &signer, &mut rng);
        let is_read =
            |response: OcspResponse| OcspResponse::from_der(response.as_der()) == Ok(response);
        (response.map(is_read), signer.signed())
    };
    let (one, other) = (single(3, NOW, NOW + DAY), single(4, NOW, NOW + DAY));
    let refused = |error| (Err(error), 0);
    let issuer = ResponderRole::Issuer;
    let mut revoked = one.clone();
    revoked.status = CertStatus::Revoked {
        since: at(NOW),
        reason: None,
    };
    let twice = [one.clone(), other.clone(), revoked];
    assert_eq!(
        sign(&twice, issuer, None),
        refused(IssueError::SerialNumber)
    );
    assert_eq!(sign(&[], issuer, None), refused(IssueError::SerialNumber));
    let over = [one.clone(), single(5, NOW, NOW - 1)];
    assert_eq!(sign(&over, issuer, None), refused(IssueError::Validity));
    let both = [one, other];
    assert_eq!(
        sign(&both, issuer, Some(&[])),
        refused(IssueError::Extension)
    );
    assert_eq!(
        sign(&both, issuer, Some(&[7; 129])),
        refused(IssueError::Extension)
    );
    let delegate = ResponderRole::Delegate(&top.leaf);
    assert_eq!(
        sign(&both, delegate, None),
        refused(IssueError::NotAnAuthority)
    );
    assert_eq!(sign(&both, issuer, Some(&[7; 128])), (Ok(true), 1));
    assert_eq!(sign(&both, issuer, None), (Ok(true), 1));
}

#[test]
fn a_responder_after_its_time_costs_no_signature() {
    let mut top = Authority::<Pair>::new("responder");
    let rng = &mut top.rng;
    let public = AnyPublicKey::from(&top.leaf_key.verifying_key());
    let profile = Profile::ocsp_responder(&top.sub, name("CN=Responder").unwrap()).unwrap();
    let order = issuance(9, &public);
    let responder = issue(profile, order, Some(&top.sub), &top.sub_key, rng).unwrap();
    let signer = CountingSigner::new(&top.leaf_key);
    let single = SingleStatus {
        serial_number: top.leaf.serial_number().clone(),
        status: CertStatus::Good,
        this_update: at(NOW),
        next_update: at(NOW + 40 * DAY),
    };
    let role = ResponderRole::Delegate(&responder);
    let mut sign = |when| {
        let statuses = core::slice::from_ref(&single);
        sign_ocsp_response(&top.sub, role, (at(when), None), statuses, &signer, rng)
    };
    assert_eq!(sign(NOW + 31 * DAY), Err(IssueError::Validity));
    assert_eq!(signer.signed(), 0);
    let signed = sign(NOW).unwrap();
    assert_eq!(OcspResponse::from_der(signed.as_der()), Ok(signed));
    assert_eq!(signer.signed(), 1);
}

/// What is returned is what its bytes are read as.
#[test]
fn what_is_issued_is_what_is_read() {
    let mut top = Authority::<Pair>::new("read again");
    for certificate in [&top.root, &top.sub, &top.leaf] {
        assert_eq!(
            Certificate::from_der(certificate.as_der()).as_ref(),
            Ok(certificate)
        );
    }
    let request = sign_request(name("CN=Subject").unwrap(), &top.leaf_key, &mut top.rng).unwrap();
    assert_eq!(Request::from_der(request.as_der()), Ok(request));
}
