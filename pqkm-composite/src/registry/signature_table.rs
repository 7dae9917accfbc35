//! The table of composite signatures (draft-ietf-lamps-pq-composite-sigs-19, sections 5.1 and 6).

use pqkm_core::PreHash::{self, Sha2_256, Sha2_512, Shake256};

use super::{
    Length::{self, AtMost, Exactly},
    SignatureEntry, oid,
};

/// The registered composite signature algorithms, in the order of their numbers.
pub const SIGNATURES: [SignatureEntry; 18] = [
    entry(
        37,
        [
            "MLDSA44-RSA2048-PSS-SHA256",
            "COMPSIG-MLDSA44-RSA2048-PSS-SHA256",
            "ML-DSA-44",
            "RSASSA-PSS-SHA256",
        ],
        Sha2_256,
        [AtMost(1582), AtMost(1226), Exactly(2676)],
    ),
    entry(
        38,
        [
            "MLDSA44-RSA2048-PKCS15-SHA256",
            "COMPSIG-MLDSA44-RSA2048-PKCS15-SHA256",
            "ML-DSA-44",
            "RSASSA-PKCS1-v1_5-SHA256",
        ],
        Sha2_256,
        [AtMost(1582), AtMost(1226), Exactly(2676)],
    ),
    entry(
        39,
        [
            "MLDSA44-Ed25519-SHA512",
            "COMPSIG-MLDSA44-Ed25519-SHA512",
            "ML-DSA-44",
            "Ed25519",
        ],
        Sha2_512,
        [Exactly(1344), Exactly(64), Exactly(2484)],
    ),
    entry(
        40,
        [
            "MLDSA44-ECDSA-P256-SHA256",
            "COMPSIG-MLDSA44-ECDSA-P256-SHA256",
            "ML-DSA-44",
            "ECDSA-P256-SHA256",
        ],
        Sha2_256,
        [Exactly(1377), Exactly(83), AtMost(2492)],
    ),
    entry(
        41,
        [
            "MLDSA65-RSA3072-PSS-SHA512",
            "COMPSIG-MLDSA65-RSA3072-PSS-SHA512",
            "ML-DSA-65",
            "RSASSA-PSS-SHA256",
        ],
        Sha2_512,
        [AtMost(2350), AtMost(1802), Exactly(3693)],
    ),
    entry(
        42,
        [
            "MLDSA65-RSA3072-PKCS15-SHA512",
            "COMPSIG-MLDSA65-RSA3072-PKCS15-SHA512",
            "ML-DSA-65",
            "RSASSA-PKCS1-v1_5-SHA256",
        ],
        Sha2_512,
        [AtMost(2350), AtMost(1802), Exactly(3693)],
    ),
    entry(
        43,
        [
            "MLDSA65-RSA4096-PSS-SHA512",
            "COMPSIG-MLDSA65-RSA4096-PSS-SHA512",
            "ML-DSA-65",
            "RSASSA-PSS-SHA384",
        ],
        Sha2_512,
        [AtMost(2478), AtMost(2383), Exactly(3821)],
    ),
    entry(
        44,
        [
            "MLDSA65-RSA4096-PKCS15-SHA512",
            "COMPSIG-MLDSA65-RSA4096-PKCS15-SHA512",
            "ML-DSA-65",
            "RSASSA-PKCS1-v1_5-SHA384",
        ],
        Sha2_512,
        [AtMost(2478), AtMost(2383), Exactly(3821)],
    ),
    entry(
        45,
        [
            "MLDSA65-ECDSA-P256-SHA512",
            "COMPSIG-MLDSA65-ECDSA-P256-SHA512",
            "ML-DSA-65",
            "ECDSA-P256-SHA256",
        ],
        Sha2_512,
        [Exactly(2017), Exactly(83), AtMost(3381)],
    ),
    entry(
        46,
        [
            "MLDSA65-ECDSA-P384-SHA512",
            "COMPSIG-MLDSA65-ECDSA-P384-SHA512",
            "ML-DSA-65",
            "ECDSA-P384-SHA384",
        ],
        Sha2_512,
        [Exactly(2049), Exactly(96), AtMost(3413)],
    ),
    entry(
        47,
        [
            "MLDSA65-ECDSA-brainpoolP256r1-SHA512",
            "COMPSIG-MLDSA65-ECDSA-BP256-SHA512",
            "ML-DSA-65",
            "ECDSA-brainpoolP256r1-SHA256",
        ],
        Sha2_512,
        [Exactly(2017), Exactly(84), AtMost(3381)],
    ),
    entry(
        48,
        [
            "MLDSA65-Ed25519-SHA512",
            "COMPSIG-MLDSA65-Ed25519-SHA512",
            "ML-DSA-65",
            "Ed25519",
        ],
        Sha2_512,
        [Exactly(1984), Exactly(64), Exactly(3373)],
    ),
    entry(
        49,
        [
            "MLDSA87-ECDSA-P384-SHA512",
            "COMPSIG-MLDSA87-ECDSA-P384-SHA512",
            "ML-DSA-87",
            "ECDSA-P384-SHA384",
        ],
        Sha2_512,
        [Exactly(2689), Exactly(96), AtMost(4731)],
    ),
    entry(
        50,
        [
            "MLDSA87-ECDSA-brainpoolP384r1-SHA512",
            "COMPSIG-MLDSA87-ECDSA-BP384-SHA512",
            "ML-DSA-87",
            "ECDSA-brainpoolP384r1-SHA384",
        ],
        Sha2_512,
        [Exactly(2689), Exactly(100), AtMost(4731)],
    ),
    entry(
        51,
        [
            "MLDSA87-Ed448-SHAKE256",
            "COMPSIG-MLDSA87-Ed448-SHAKE256",
            "ML-DSA-87",
            "Ed448",
        ],
        Shake256,
        [Exactly(2649), Exactly(89), Exactly(4741)],
    ),
    entry(
        52,
        [
            "MLDSA87-RSA3072-PSS-SHA512",
            "COMPSIG-MLDSA87-RSA3072-PSS-SHA512",
            "ML-DSA-87",
            "RSASSA-PSS-SHA256",
        ],
        Sha2_512,
        [AtMost(2990), AtMost(1802), Exactly(5011)],
    ),
    entry(
        53,
        [
            "MLDSA87-RSA4096-PSS-SHA512",
            "COMPSIG-MLDSA87-RSA4096-PSS-SHA512",
            "ML-DSA-87",
            "RSASSA-PSS-SHA384",
        ],
        Sha2_512,
        [AtMost(3118), AtMost(2383), Exactly(5139)],
    ),
    entry(
        54,
        [
            "MLDSA87-ECDSA-P521-SHA512",
            "COMPSIG-MLDSA87-ECDSA-P521-SHA512",
            "ML-DSA-87",
            "ECDSA-P521-SHA512",
        ],
        Sha2_512,
        [Exactly(2725), Exactly(114), AtMost(4766)],
    ),
];

const fn entry(
    number: u32,
    [name, label, post_quantum, traditional]: [&'static str; 4],
    pre_hash: PreHash,
    [public_key, private_key, signature]: [Length; 3],
) -> SignatureEntry {
    SignatureEntry {
        number,
        oid: oid(number),
        name,
        label,
        post_quantum,
        traditional,
        pre_hash,
        public_key,
        private_key,
        signature,
    }
}
