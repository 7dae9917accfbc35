//! What RFC 5280 forbids is not read, though it were signed.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests are not recognised as tests"
)]

mod support;

use pqkm_composite::{MlDsa44Ed25519, ReadError, x509::Certificate};
use pqkm_core::AnyPublicKey;
use x509_cert::name::Name;

use support::{Authority, extension, forge::Forged};

type Pair = MlDsa44Ed25519;

const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const KEY_USAGE: &str = "2.5.29.15";
const ALTERNATIVE_NAMES: &str = "2.5.29.17";
const PURPOSES: &str = "2.5.29.37";
const AUTHORITY_KEY: &str = "2.5.29.35";

/// A certificate with one thing wrong.
type Case = (&'static str, Forged, ReadError);

fn wrong_fields(sound: &Forged) -> Vec<Case> {
    let version = |version| Forged {
        version,
        ..sound.clone().with("1.2.3.4", b"")
    };
    let numbered = |octets: &[u8]| Forged {
        serial_number: octets.to_vec(),
        ..sound.clone()
    };
    let mut unique = Forged {
        version: 0,
        ..sound.clone()
    };
    unique.rest = vec![0x81, 2, 0, 7];
    vec![
        (
            "version 1 with an extension",
            version(0),
            ReadError::Version,
        ),
        (
            "version 2 with an extension",
            version(1),
            ReadError::Version,
        ),
        (
            "version 1 with a unique identifier",
            unique,
            ReadError::Version,
        ),
        ("number 0", numbered(&[0]), ReadError::SerialNumber),
        ("number -128", numbered(&[0x80]), ReadError::SerialNumber),
        (
            "a number of 21 octets",
            numbered(&[&[0][..], &[0xff; 20]].concat()),
            ReadError::SerialNumber,
        ),
        (
            "no issuer",
            Forged {
                issuer: Name::default(),
                ..sound.clone()
            },
            ReadError::Name,
        ),
        (
            "no subject",
            Forged {
                subject: Name::default(),
                ..sound.clone()
            },
            ReadError::Name,
        ),
        (
            "no subject but an alternative name that is not critical",
            Forged {
                subject: Name::default(),
                ..sound.clone().with(ALTERNATIVE_NAMES, DNS)
            },
            ReadError::Name,
        ),
        (
            "an empty list of extensions",
            sound.clone().with_extensions(&[]),
            ReadError::Extension,
        ),
        (
            "an extension twice",
            sound.clone().with_extensions(&[
                extension("1.2.3.4", false, b""),
                extension("1.2.3.5", false, b""),
                extension("1.2.3.4", false, b"other"),
            ]),
            ReadError::Extension,
        ),
    ]
}

/// SEQUENCE { dNSName "a" }
const DNS: &[u8] = &[0x30, 3, 0x82, 1, b'a'];

fn wrong_extensions(sound: &Forged) -> Vec<Case> {
    let all = [
        ("no names", ALTERNATIVE_NAMES, &[0x30, 0][..]),
        ("names that are none", ALTERNATIVE_NAMES, b"no DER"),
        ("an empty name", ALTERNATIVE_NAMES, &[0x30, 2, 0x82, 0]),
        ("a blank name", ALTERNATIVE_NAMES, &[0x30, 3, 0x82, 1, b' ']),
        (
            "a name with a zero in it",
            ALTERNATIVE_NAMES,
            &[0x30, 5, 0x82, 3, b'a', 0, b'b'],
        ),
        (
            "an address of 5 octets",
            ALTERNATIVE_NAMES,
            &[0x30, 7, 0x87, 5, 1, 2, 3, 4, 5],
        ),
        (
            "names and a byte more",
            ALTERNATIVE_NAMES,
            &[0x30, 3, 0x82, 1, b'a', 0],
        ),
        ("no purposes", PURPOSES, &[0x30, 0]),
        ("purposes that are none", PURPOSES, &[4, 0]),
        ("FALSE written out", BASIC_CONSTRAINTS, &[0x30, 3, 1, 1, 0]),
        ("TRUE written as 1", BASIC_CONSTRAINTS, &[0x30, 3, 1, 1, 1]),
        (
            "a negative path length",
            BASIC_CONSTRAINTS,
            &[0x30, 6, 1, 1, 0xff, 2, 1, 0xff],
        ),
        ("zeros after the key usage", KEY_USAGE, &[3, 3, 0, 0x80, 0]),
        (
            "an identifier with a long length",
            AUTHORITY_KEY,
            &[0x30, 0x81, 3, 0x80, 1, 7],
        ),
    ];
    let refused = |(what, oid, value)| (what, sound.clone().with(oid, value), ReadError::Extension);
    let mut cases: Vec<Case> = all.into_iter().map(refused).collect();
    let authority = extension(BASIC_CONSTRAINTS, true, &[0x30, 6, 1, 1, 0xff, 2, 1, 0]);
    let with = |oid, value: &[u8]| sound.clone().with(oid, value);
    cases.extend([
        (
            "a path length without authority",
            with(BASIC_CONSTRAINTS, &[0x30, 3, 2, 1, 0]),
            ReadError::BasicConstraints,
        ),
        (
            "keyCertSign without authority",
            with(KEY_USAGE, &[3, 2, 2, 4]),
            ReadError::BasicConstraints,
        ),
        (
            "a path length without keyCertSign",
            sound
                .clone()
                .with_extensions(&[authority, extension(KEY_USAGE, true, &[3, 2, 7, 128])]),
            ReadError::BasicConstraints,
        ),
        (
            "no key usage in the key usage",
            with(KEY_USAGE, &[3, 1, 0]),
            ReadError::KeyUsage,
        ),
    ]);
    cases
}

#[test]
fn certificates_that_break_the_profile_are_not_read() {
    let top = Authority::<Pair>::new("strict");
    let sound = Forged::new(&AnyPublicKey::from(&top.leaf_key.verifying_key()));
    let read = |forged: &Forged| Certificate::from_der(&forged.sign(&top.sub_key));
    for (what, forged, expected) in [wrong_fields(&sound), wrong_extensions(&sound)].concat() {
        assert_eq!(read(&forged), Err(expected), "{what}");
    }
}

/// The other side: what is allowed, and only just.
#[test]
fn certificates_at_the_edge_of_the_profile_are_read() {
    let top = Authority::<Pair>::new("strict");
    let sound = Forged::new(&AnyPublicKey::from(&top.leaf_key.verifying_key()));
    let named = extension(ALTERNATIVE_NAMES, true, DNS);
    let nameless = Forged {
        subject: Name::default(),
        ..sound.clone()
    };
    let mut identified = Forged {
        version: 1,
        ..sound.clone()
    };
    identified.rest = vec![0x81, 2, 0, 7];
    for forged in [
        sound.clone(),
        Forged {
            version: 0,
            ..sound.clone()
        },
        identified,
        Forged {
            serial_number: vec![0x7f; 20],
            ..sound.clone()
        },
        nameless.with_extensions(&[named]),
        sound.with(BASIC_CONSTRAINTS, &[0x30, 6, 1, 1, 0xff, 2, 1, 0]),
    ] {
        let der = forged.sign(&top.sub_key);
        assert_eq!(Certificate::from_der(&der).unwrap().as_der(), der);
    }
}
