//! Files of the git-ignored folder `vectors`, as text or as lists of records.
#![allow(dead_code, reason = "each test binary uses a part")]

pub(crate) mod keys;

use std::collections::HashMap;
use std::path::PathBuf;

pub(crate) type Record = HashMap<String, Vec<u8>>;

/// The text of a file of LMS vectors.
pub(crate) fn load(name: &str) -> Option<String> {
    load_from("lms", name)
}

/// The text of a vector file; `None` (with a note) if the folder is absent and not required.
pub(crate) fn load_from(folder: &str, name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../vectors")
        .join(folder)
        .join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            assert!(
                std::env::var_os("PQKM_REQUIRE_VECTORS").is_none(),
                "{}: {error}",
                path.display()
            );
            eprintln!("SKIPPED: no vectors/{folder}/{name}; run scripts/vectors");
            None
        }
    }
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(c.to_digit(16).expect("hex digit")).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// Records of `key = hex` or `key: hex` lines. A record begins with the key that the first line has;
/// a key that comes again within one adds its bytes; decimal numbers of odd length are one byte.
pub(crate) fn records(text: &str, separator: char) -> Vec<Record> {
    let mut all: Vec<Record> = Vec::new();
    let mut first = None;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((key, value)) = line.split_once(separator) else {
            continue;
        };
        let (key, value) = (key.trim().to_owned(), value.trim().trim_matches('"'));
        if *first.get_or_insert_with(|| key.clone()) == key {
            all.push(Record::new());
        }
        let bytes = if value.len().is_multiple_of(2) {
            hex(value)
        } else {
            vec![value.parse().unwrap()]
        };
        all.last_mut()
            .unwrap()
            .entry(key)
            .or_default()
            .extend(bytes);
    }
    all
}
