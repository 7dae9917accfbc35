//! Formats read back, and nothing else does: every truncation, every flipped bit, every form.

use pqkm_core::DecodeError;
use pqkm_shamir::{Attestation, Challenge, PaperError, Share, SignedManifest, Transcript};
use pqkm_testkit::mutate::{for_each_bit_flip, for_each_extension, for_each_truncation};
use proptest::prelude::*;

use crate::fixture::{Fixture, damaged, time, value_position};

fn share() -> Share {
    Fixture::new("encodings").seal(1, 1, 3, 5).shares.remove(1)
}

fn plain() -> Share {
    Fixture::new("encodings").deal(1, 1, 3, 5).shares.remove(1)
}

#[test]
fn shares_read_back_in_every_form() {
    for share in [share(), plain()] {
        let der = share.to_der();
        assert_eq!(Share::from_der(&der).unwrap().to_der(), der);
        assert!(share.to_pem().starts_with("-----BEGIN PQKM SHARE-----\n"));
        assert_eq!(Share::from_pem(&share.to_pem()).unwrap().to_der(), der);
        let paper = share.to_paper().unwrap();
        let read = Share::from_paper(&paper).unwrap();
        assert_eq!(read.to_paper().unwrap(), paper);
        assert_eq!(read.payload(), None);
        let whole = match share.payload() {
            Some(payload) => read.with_payload(payload.clone()).unwrap(),
            None => read,
        };
        assert_eq!(whole.to_der(), der);
    }
}

#[test]
fn nothing_secret_is_printed() {
    let share = plain();
    let printed = format!("{share:?}");
    let at = value_position(&share);
    let value = share.to_der()[at..at + 32].to_vec();
    assert!(printed.contains("Bela") && printed.contains("value_bytes: 32"));
    for window in value.windows(3) {
        let decimal = format!("{}, {}, {}", window[0], window[1], window[2]);
        let hexadecimal = format!("{:02x}{:02x}{:02x}", window[0], window[1], window[2]);
        assert!(!printed.contains(&decimal) && !printed.contains(&hexadecimal));
    }
}

#[test]
fn what_is_cut_or_extended_is_refused() {
    fn check<T, E>(der: &[u8], read: fn(&[u8]) -> Result<T, E>) {
        assert!(read(der).is_ok());
        for_each_truncation(der, |cut| assert!(read(cut).is_err()));
        for_each_extension(der, |long| assert!(read(long).is_err()));
    }
    for share in [share(), plain()] {
        check(&share.to_der(), Share::from_der);
    }
    let mut fixture = Fixture::new("encodings");
    let set = fixture.deal(1, 1, 3, 5);
    check(&set.manifest.to_der(), SignedManifest::from_der);
    let manifest = fixture.verify(&set);
    let challenge = Challenge::new([3; 32], manifest.hash());
    let (share, key) = (&set.shares[0], &fixture.dealer);
    let rng = &mut fixture.rng;
    let attestation = Attestation::make(share, &manifest, &challenge, key, time(3), rng).unwrap();
    check(&attestation.to_der(), Attestation::from_der);
    check(
        &crate::ceremonies::transcript().to_der(),
        Transcript::from_der,
    );
}

/// A share that reads after a flipped bit is written as it was read, and differs under the manifest.
#[test]
fn every_flipped_bit_is_refused_or_found() {
    let mut fixture = Fixture::new("bits");
    let set = fixture.deal(1, 1, 3, 5);
    let manifest = fixture.verify(&set);
    let der = set.shares[2].to_der();
    let mut read = 0;
    for_each_bit_flip(&der, |bit, wrong| {
        if let Ok(share) = Share::from_der(wrong) {
            assert_eq!(*share.to_der(), wrong);
            assert!(manifest.check(&share).is_err(), "bit {bit}");
            read += 1;
        }
    });
    assert!(
        read > 8 * 32 * 4,
        "values, salts and paths read whatever they are: {read}"
    );
}

#[test]
fn numbers_that_no_share_has_are_refused() {
    let share = plain();
    let der = share.to_der();
    let name_at = value_position(&share) - 5 - share.custodian().len();
    // Each INTEGER of one byte stands before the name: threshold, count, index, then two bytes of header.
    let (threshold, count, index) = (name_at - 2 - 7, name_at - 2 - 4, name_at - 2 - 1);
    assert_eq!((der[threshold], der[count], der[index]), (3, 5, 2));
    for (at, value) in [
        (threshold, 0),
        (threshold, 1),
        (threshold, 6),
        (count, 2),
        (index, 0),
        (index, 6),
    ] {
        let mut wrong = der.to_vec();
        wrong[at] = value;
        assert_eq!(
            Share::from_der(&wrong).err(),
            Some(DecodeError::Range),
            "{at} {value}"
        );
    }
    let mut wrong = der.to_vec();
    assert_eq!(wrong[3..6], [2, 1, 1], "the version");
    wrong[5] = 2;
    assert_eq!(Share::from_der(&wrong).err(), Some(DecodeError::Version));
    assert_eq!(
        Share::from_pem("-----BEGIN PQKM SHARD-----\n").err(),
        Some(DecodeError::Pem)
    );
}

/// Every other character of the alphabet, at every place of a real share's line.
#[test]
fn every_mistyped_character_of_a_share_is_found() {
    let paper = plain().to_paper().unwrap();
    let body: Vec<char> = paper.chars().collect();
    for at in 6..body.len() {
        if body[at] == '-' {
            continue;
        }
        for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
            .chars()
            .filter(|other| *other != body[at])
        {
            let mut wrong = body.clone();
            wrong[at] = other;
            let wrong: String = wrong.into_iter().collect();
            assert_eq!(
                Share::from_paper(&wrong).err(),
                Some(PaperError::Checksum),
                "{at} {other}"
            );
        }
    }
}

#[test]
fn damage_shows_in_the_line() {
    let share = plain();
    assert_ne!(
        damaged(&share, 3).to_paper().unwrap(),
        share.to_paper().unwrap()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_refused_or_canonical(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(share) = Share::from_der(&bytes) {
            prop_assert_eq!(&*share.to_der(), &bytes);
        }
        if let Ok(manifest) = SignedManifest::from_der(&bytes) {
            prop_assert_eq!(manifest.to_der(), bytes);
        }
    }

    #[test]
    fn any_text_is_refused(text in "PQKM1-[A-Za-z2-7 -]{0,200}") {
        prop_assert!(Share::from_paper(&text).is_err());
    }

    #[test]
    fn three_mistyped_characters_of_a_short_line_are_found(
        places in prop::collection::vec((6usize..400, 0usize..32), 1..=3),
    ) {
        let paper = plain().to_paper().unwrap();
        let mut typed: Vec<char> = paper.chars().collect();
        for (at, value) in places {
            if let Some(c) = typed.get_mut(at).filter(|c| **c != '-') {
                *c = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".chars().nth(value).unwrap();
            }
        }
        let typed: String = typed.into_iter().collect();
        prop_assert_eq!(Share::from_paper(&typed).is_ok(), typed == **paper);
    }
}
