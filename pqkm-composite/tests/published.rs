//! The certificates that others published are all read: strictness that refuses them would be a mistake.
#![expect(
    clippy::unwrap_used,
    clippy::std_instead_of_alloc,
    reason = "a test fails by panicking, and says what it counted"
)]

use std::{collections::BTreeMap, fs, path::Path};

use pqkm_composite::x509::Certificate;
use pqkm_testkit::{base64, vectors, walk};
use x509_cert::der::{Reader, SliceReader, Tag, Tagged, asn1::AnyRef};

/// How many there are, by the last count: fewer would mean that some were not looked at.
const PUBLISHED: usize = 181;

/// Whether something has the outline of a certificate of version 3, and not that of a request, a list or
/// a signed message: SEQUENCE { SEQUENCE { [0] ...
fn is_certificate(der: &[u8]) -> bool {
    let sequence = |der| {
        let any = SliceReader::new(der).ok()?.decode::<AnyRef<'_>>().ok()?;
        (any.tag() == Tag::Sequence).then_some(any.value())
    };
    let first = sequence(der).and_then(sequence).and_then(<[u8]>::first);
    first == Some(&0xa0)
}

/// The certificates of a file: DER, PEM among other text, or the field `x5c` of a file of vectors.
fn certificates(path: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).unwrap();
    if is_certificate(&bytes) {
        return vec![bytes];
    }
    let Ok(text) = String::from_utf8(bytes) else {
        return Vec::new();
    };
    let encoded: Vec<&str> = if path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        let fields = text.split("\"x5c\": \"").skip(1);
        fields.filter_map(|rest| rest.split('"').next()).collect()
    } else {
        let blocks = text.split("-----BEGIN CERTIFICATE-----").skip(1);
        blocks
            .filter_map(|rest| rest.split("-----END").next())
            .collect()
    };
    let one_line = |text: &str| text.split_whitespace().collect::<String>();
    encoded
        .iter()
        .map(|text| base64::decode(&one_line(text)).unwrap())
        .collect()
}

#[test]
fn every_published_certificate_is_read() {
    let Some(dir) = vectors::dir("published") else {
        return;
    };
    let mut counts = BTreeMap::new();
    let mut refused = Vec::new();
    for path in walk::files(&dir.join("pki")).unwrap() {
        let name = path.strip_prefix(&dir).unwrap().to_owned();
        if name.starts_with("pki/negative") {
            continue;
        }
        for der in certificates(&path) {
            let folder = name.parent().unwrap().to_owned();
            *counts.entry(folder).or_insert(0_usize) += 1;
            match Certificate::from_der(&der) {
                Ok(read) => assert_eq!(read.as_der(), der),
                Err(error) => refused.push((name.clone(), error)),
            }
        }
    }
    for (folder, count) in &counts {
        eprintln!("{count:4}  {}", folder.display());
    }
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(counts.values().sum::<usize>(), PUBLISHED);
}
