//! The tables against the drafts' own parameter lists and size tables.
#![expect(
    clippy::unwrap_used,
    clippy::std_instead_of_alloc,
    reason = "helpers of tests are not recognised as tests"
)]

use std::{collections::BTreeMap, fs, path::Path};

use pqkm_composite::{
    KEMS, Length, SIGNATURES, family_verifiers, kem_by_name, kem_by_oid, signature_by_name,
    signature_by_oid,
};
use pqkm_core::PreHash;

/// `algParams.md`: an algorithm a paragraph, a property a line.
fn parameters(path: &Path) -> Vec<(String, BTreeMap<String, String>)> {
    let text = fs::read_to_string(path).unwrap();
    let mut all: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("- id-") {
            all.push((name.trim().into(), BTreeMap::new()));
        } else if let Some((key, value)) = line.trim().trim_start_matches("- ").split_once(": ") {
            let value = value.trim_matches(|c: char| "`\" ".contains(c));
            let (_, properties) = all.last_mut().unwrap();
            properties.insert(key.into(), value.into());
        }
    }
    all
}

/// `sizeTable.md`: lengths in the order of its columns.
fn sizes(path: &Path) -> BTreeMap<String, Vec<Length>> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| line.starts_with("| id-"));
    let row = |line: &str| {
        let mut cells = line
            .split('|')
            .map(str::trim)
            .filter(|cell| !cell.is_empty());
        let name = cells.next().unwrap().trim_start_matches("id-").to_string();
        let lengths = cells.map(|cell| match cell.strip_suffix('*') {
            Some(longest) => Length::AtMost(longest.parse().unwrap()),
            None => Length::Exactly(cell.parse().unwrap()),
        });
        (name, lengths.collect())
    };
    lines.map(row).collect()
}

#[test]
fn signatures_are_those_of_the_draft() {
    let Some(dir) = pqkm_testkit::vectors::dir("signatures_are_those_of_the_draft") else {
        return;
    };
    let dir = dir.join("pki/draft-composite-sigs");
    let parameters = parameters(&dir.join("algParams.md"));
    let sizes = sizes(&dir.join("sizeTable.md"));
    assert_eq!(parameters.len(), SIGNATURES.len());
    for ((name, properties), entry) in parameters.iter().zip(&SIGNATURES) {
        assert_eq!(name, entry.name);
        assert_eq!(properties["OID"], entry.oid.to_string());
        assert_eq!(properties["Label"], entry.label);
        assert_eq!(properties["ML-DSA variant"], entry.post_quantum);
        let pre_hash = match entry.pre_hash {
            PreHash::Sha2_256 => "SHA256",
            PreHash::Sha2_512 => "SHA512",
            PreHash::Shake256 => "SHAKE256/64",
            other => panic!("{other:?}"),
        };
        let given = &properties["Pre-Hash function (PH)"];
        assert!(given.starts_with(pre_hash), "{given}");
        assert_eq!(
            sizes[name],
            [entry.public_key, entry.private_key, entry.signature],
            "{name}"
        );
        assert!(entry.label.len() < 256);
    }
}

#[test]
fn kems_are_those_of_the_draft() {
    let Some(dir) = pqkm_testkit::vectors::dir("kems_are_those_of_the_draft") else {
        return;
    };
    let dir = dir.join("pki/draft-composite-kem");
    let parameters = parameters(&dir.join("algParams.md"));
    let sizes = sizes(&dir.join("sizeTable.md"));
    assert_eq!(parameters.len(), KEMS.len());
    for ((name, properties), entry) in parameters.iter().zip(&KEMS) {
        assert_eq!(name, entry.name);
        assert_eq!(properties["OID"], entry.oid.to_string());
        let label = &properties["Label"];
        match label
            .strip_suffix("` (hex)")
            .or(label.strip_suffix("`\" (hex)"))
        {
            Some(hex) => assert_eq!(entry.label, pqkm_testkit::hex::decode(hex).unwrap()),
            None => assert_eq!(entry.label, label.as_bytes()),
        }
        assert_eq!(properties["ML-KEM variant"], entry.post_quantum);
        let ours = [entry.public_key, entry.private_key, entry.ciphertext];
        assert_eq!(sizes[name][..3], ours, "{name}");
    }
}

#[test]
fn lookup_finds_each_entry_and_nothing_else() {
    for entry in &SIGNATURES {
        assert_eq!(signature_by_oid(entry.oid), Some(entry));
        assert_eq!(signature_by_name(entry.name), Some(entry));
        assert_eq!(
            signature_by_name(&format!("id-{}", entry.name)),
            Some(entry)
        );
        assert_eq!(entry.oid.arc(8), Some(entry.number));
        assert_eq!(kem_by_oid(entry.oid), None);
    }
    for entry in &KEMS {
        assert_eq!(kem_by_oid(entry.oid), Some(entry));
        assert_eq!(kem_by_name(entry.name), Some(entry));
        assert_eq!(entry.oid.arc(8), Some(entry.number));
        assert_eq!(signature_by_oid(entry.oid), None);
    }
    assert_eq!(signature_by_name("MLDSA65-ECDSA-P256"), None);
}

/// The lengths that the types accept are those of the tables, and no identifier is taken twice.
#[test]
fn types_agree_with_the_tables() {
    struct Check(usize);
    impl pqkm_composite::SignatureVisitor for Check {
        type Output = ();
        fn visit<A: pqkm_composite::CompositeSignatureAlgorithm>(&mut self) {
            self.0 += 1;
            let longest = A::ENTRY.signature.longest();
            assert_eq!(*A::OUTPUT_BYTES.end(), longest, "{}", A::NAME);
            let exact = matches!(A::ENTRY.signature, Length::Exactly(_));
            assert_eq!(A::OUTPUT_BYTES.start() == A::OUTPUT_BYTES.end(), exact);
        }
    }
    impl pqkm_composite::KemVisitor for Check {
        type Output = ();
        fn visit<A: pqkm_composite::CompositeKemAlgorithm>(&mut self) {
            self.0 += 1;
            assert_eq!(Length::Exactly(*A::OUTPUT_BYTES.end()), A::ENTRY.ciphertext);
            assert_eq!(
                Length::Exactly(*A::OUTPUT_BYTES.start()),
                A::ENTRY.ciphertext
            );
        }
    }
    let mut check = Check(0);
    pqkm_composite::visit_signatures(&mut check);
    pqkm_composite::visit_kems(&mut check);
    if cfg!(all(
        feature = "rsa",
        feature = "brainpool",
        feature = "unstable-448"
    )) {
        assert_eq!(check.0, SIGNATURES.len() + KEMS.len());
    }
    assert!(family_verifiers().is_ok());
}
