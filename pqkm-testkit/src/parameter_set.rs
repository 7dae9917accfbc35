//! The parameter sets of FIPS 203, 204 and 205, by their printed names and lengths.

use core::fmt;

/// One row of the standards' parameter tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ParameterSet {
    /// FIPS 203.
    MlKem512,
    /// FIPS 203.
    MlKem768,
    /// FIPS 203.
    MlKem1024,
    /// FIPS 204.
    MlDsa44,
    /// FIPS 204.
    MlDsa65,
    /// FIPS 204.
    MlDsa87,
    /// FIPS 205.
    SlhDsaSha2_128s,
    /// FIPS 205.
    SlhDsaSha2_128f,
    /// FIPS 205.
    SlhDsaSha2_192s,
    /// FIPS 205.
    SlhDsaSha2_192f,
    /// FIPS 205.
    SlhDsaSha2_256s,
    /// FIPS 205.
    SlhDsaSha2_256f,
    /// FIPS 205.
    SlhDsaShake128s,
    /// FIPS 205.
    SlhDsaShake128f,
    /// FIPS 205.
    SlhDsaShake192s,
    /// FIPS 205.
    SlhDsaShake192f,
    /// FIPS 205.
    SlhDsaShake256s,
    /// FIPS 205.
    SlhDsaShake256f,
}

/// The three standards whose vectors become typed [`Case`](crate::case::Case)s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// FIPS 203.
    MlKem,
    /// FIPS 204.
    MlDsa,
    /// FIPS 205.
    SlhDsa,
}

/// Printed name; public key, private key and (ciphertext or signature), in bytes.
type Row = (ParameterSet, &'static str, usize, usize, usize);

const ROWS: [Row; 18] = [
    (ParameterSet::MlKem512, "ML-KEM-512", 800, 1632, 768),
    (ParameterSet::MlKem768, "ML-KEM-768", 1184, 2400, 1088),
    (ParameterSet::MlKem1024, "ML-KEM-1024", 1568, 3168, 1568),
    (ParameterSet::MlDsa44, "ML-DSA-44", 1312, 2560, 2420),
    (ParameterSet::MlDsa65, "ML-DSA-65", 1952, 4032, 3309),
    (ParameterSet::MlDsa87, "ML-DSA-87", 2592, 4896, 4627),
    (
        ParameterSet::SlhDsaSha2_128s,
        "SLH-DSA-SHA2-128s",
        32,
        64,
        7856,
    ),
    (
        ParameterSet::SlhDsaSha2_128f,
        "SLH-DSA-SHA2-128f",
        32,
        64,
        17088,
    ),
    (
        ParameterSet::SlhDsaSha2_192s,
        "SLH-DSA-SHA2-192s",
        48,
        96,
        16224,
    ),
    (
        ParameterSet::SlhDsaSha2_192f,
        "SLH-DSA-SHA2-192f",
        48,
        96,
        35664,
    ),
    (
        ParameterSet::SlhDsaSha2_256s,
        "SLH-DSA-SHA2-256s",
        64,
        128,
        29792,
    ),
    (
        ParameterSet::SlhDsaSha2_256f,
        "SLH-DSA-SHA2-256f",
        64,
        128,
        49856,
    ),
    (
        ParameterSet::SlhDsaShake128s,
        "SLH-DSA-SHAKE-128s",
        32,
        64,
        7856,
    ),
    (
        ParameterSet::SlhDsaShake128f,
        "SLH-DSA-SHAKE-128f",
        32,
        64,
        17088,
    ),
    (
        ParameterSet::SlhDsaShake192s,
        "SLH-DSA-SHAKE-192s",
        48,
        96,
        16224,
    ),
    (
        ParameterSet::SlhDsaShake192f,
        "SLH-DSA-SHAKE-192f",
        48,
        96,
        35664,
    ),
    (
        ParameterSet::SlhDsaShake256s,
        "SLH-DSA-SHAKE-256s",
        64,
        128,
        29792,
    ),
    (
        ParameterSet::SlhDsaShake256f,
        "SLH-DSA-SHAKE-256f",
        64,
        128,
        49856,
    ),
];

impl ParameterSet {
    /// All of them, in the order of the standards.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.0)
    }

    /// The set with this printed name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The set whose printed name occurs in `text`, such as a title or a file name. The longest
    /// name wins.
    #[must_use]
    pub fn named_in(text: &str) -> Option<Self> {
        let text = text.replace('_', "-");
        let found = ROWS.iter().filter(|row| text.contains(row.1));
        found.max_by_key(|row| row.1.len()).map(|row| row.0)
    }

    /// The printed name, such as `ML-KEM-768`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The standard it belongs to.
    #[must_use]
    pub fn scheme(self) -> Scheme {
        match self.name().as_bytes() {
            [b'M', b'L', b'-', b'K', ..] => Scheme::MlKem,
            [b'M', ..] => Scheme::MlDsa,
            _ => Scheme::SlhDsa,
        }
    }

    /// Length of a public key in bytes.
    #[must_use]
    pub fn public_key_bytes(self) -> usize {
        self.row().2
    }

    /// Length of a private key in the standard's own encoding, in bytes.
    #[must_use]
    pub fn private_key_bytes(self) -> usize {
        self.row().3
    }

    /// Length of a ciphertext or a signature in bytes.
    #[must_use]
    pub fn output_bytes(self) -> usize {
        self.row().4
    }

    fn row(self) -> &'static Row {
        // The table has a row for every variant; the test below says so.
        ROWS.iter().find(|row| row.0 == self).unwrap_or(&ROWS[0])
    }
}

impl fmt::Display for ParameterSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_variant_has_a_row_of_its_own() {
        for set in ParameterSet::all() {
            assert_eq!(ParameterSet::from_name(set.name()), Some(set));
            assert_eq!(set.row().0, set);
        }
        assert_eq!(ParameterSet::all().collect::<BTreeSet<_>>().len(), 18);
        assert_eq!(
            ParameterSet::all().last(),
            ParameterSet::all().max(),
            "the last variant has a row"
        );
    }

    #[test]
    fn names_are_found_in_titles() {
        let named = ParameterSet::named_in;
        assert_eq!(
            named("SLH-DSA-sigGen_SLH-DSA-SHA2-192s.txt"),
            Some(ParameterSet::SlhDsaSha2_192s)
        );
        assert_eq!(named("### ML-DSA-87"), Some(ParameterSet::MlDsa87));
        assert_eq!(named("ML_KEM_1024.txt"), Some(ParameterSet::MlKem1024));
        assert_eq!(named("ML-KEM"), None);
    }
}
