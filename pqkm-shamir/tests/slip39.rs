//! SLIP-0039 against its published vectors: 45, of which those with an empty secret must be refused.
#![cfg(feature = "slip39")]

use pqkm_core::ExposeToken;
use pqkm_shamir::import::slip39::{Mnemonic, Slip39Error, combine};
use pqkm_testkit::{hex, vectors};

fn recover<S: AsRef<str>>(mnemonics: &[S], passphrase: &str) -> Result<Vec<u8>, Slip39Error> {
    let read: Result<Vec<_>, _> = mnemonics
        .iter()
        .map(|words| Mnemonic::from_words(words.as_ref()))
        .collect();
    combine(&read?, passphrase).map(|secret| secret.expose(ExposeToken::acknowledge()).to_vec())
}

#[test]
fn every_published_vector() {
    let Some(dir) = vectors::dir("every_published_vector") else {
        return;
    };
    let text = std::fs::read_to_string(dir.join("slip39/vectors.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let (mut right, mut refused) = (0, 0);
    for vector in document.as_array().unwrap() {
        let name = vector[0].as_str().unwrap();
        let mnemonics: Vec<&str> = vector[1]
            .as_array()
            .unwrap()
            .iter()
            .map(|words| words.as_str().unwrap())
            .collect();
        let expected = vector[2].as_str().unwrap();
        match recover(&mnemonics, "TREZOR") {
            Ok(secret) => {
                assert_eq!(hex::encode(&secret), expected, "{name}");
                right += 1;
            }
            Err(error) => {
                assert_eq!(expected, "", "{name}: {error}");
                refused += 1;
            }
        }
        // Another passphrase gives another secret, and no error.
        if right == 1 && !expected.is_empty() {
            assert_ne!(hex::encode(&recover(&mnemonics, "").unwrap()), expected);
        }
    }
    assert_eq!(right + refused, 45);
    assert!(right >= 15 && refused >= 15, "{right} {refused}");
}

const SINGLE: &str = "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal \
                      husband erode duke ajar critical decision keyboard";

#[test]
fn mistakes_are_named() {
    let refused = |text: &str| Mnemonic::from_words(text).err();
    assert_eq!(refused(""), Some(Slip39Error::Length));
    assert_eq!(
        refused(&SINGLE.replace(" keyboard", "")),
        Some(Slip39Error::Length)
    );
    assert_eq!(
        refused(&SINGLE.replace("husband", "husbend")),
        Some(Slip39Error::Word { position: 13 })
    );
    assert_eq!(
        refused(&SINGLE.replace("husband", "academic")),
        Some(Slip39Error::Checksum)
    );
    assert!(refused(&SINGLE.to_uppercase()).is_none());
    assert_eq!(recover(&[SINGLE], "\n"), Err(Slip39Error::Passphrase));
    assert_eq!(recover(&[SINGLE, SINGLE], ""), Err(Slip39Error::Duplicate));
    assert_eq!(recover::<&str>(&[], ""), Err(Slip39Error::Count));
}
