//! The table of composite KEMs (draft-ietf-lamps-pq-composite-kem-17, sections 6.4 and 7).

use super::{
    KemEntry,
    Length::{self, AtMost, Exactly},
    oid,
};

/// The label of X-Wing, the bytes `5c2e2f2f5e5c`: the pair with X25519 is the same combiner.
const X_WING: &[u8] = br"\.//^\";

/// The registered composite KEMs, in the order of their numbers.
pub const KEMS: [KemEntry; 12] = [
    entry(
        55,
        [
            "MLKEM768-RSA2048-SHA3-256",
            "ML-KEM-768",
            "RSAES-OAEP-SHA256",
        ],
        b"MLKEM768-RSAOAEP2048",
        [AtMost(1454), AtMost(1258), Exactly(1344)],
    ),
    entry(
        56,
        [
            "MLKEM768-RSA3072-SHA3-256",
            "ML-KEM-768",
            "RSAES-OAEP-SHA256",
        ],
        b"MLKEM768-RSAOAEP3072",
        [AtMost(1582), AtMost(1834), Exactly(1472)],
    ),
    entry(
        57,
        [
            "MLKEM768-RSA4096-SHA3-256",
            "ML-KEM-768",
            "RSAES-OAEP-SHA256",
        ],
        b"MLKEM768-RSAOAEP4096",
        [AtMost(1710), AtMost(2415), Exactly(1600)],
    ),
    entry(
        58,
        ["MLKEM768-X25519-SHA3-256", "ML-KEM-768", "X25519"],
        X_WING,
        [Exactly(1216), Exactly(96), Exactly(1120)],
    ),
    entry(
        59,
        ["MLKEM768-ECDH-P256-SHA3-256", "ML-KEM-768", "ECDH-P256"],
        b"MLKEM768-P256",
        [Exactly(1249), Exactly(115), Exactly(1153)],
    ),
    entry(
        60,
        ["MLKEM768-ECDH-P384-SHA3-256", "ML-KEM-768", "ECDH-P384"],
        b"MLKEM768-P384",
        [Exactly(1281), Exactly(128), Exactly(1185)],
    ),
    entry(
        61,
        [
            "MLKEM768-ECDH-brainpoolP256r1-SHA3-256",
            "ML-KEM-768",
            "ECDH-brainpoolP256r1",
        ],
        b"MLKEM768-BP256",
        [Exactly(1249), Exactly(116), Exactly(1153)],
    ),
    entry(
        62,
        [
            "MLKEM1024-RSA3072-SHA3-256",
            "ML-KEM-1024",
            "RSAES-OAEP-SHA256",
        ],
        b"MLKEM1024-RSAOAEP3072",
        [AtMost(1966), AtMost(1834), Exactly(1952)],
    ),
    entry(
        63,
        ["MLKEM1024-ECDH-P384-SHA3-256", "ML-KEM-1024", "ECDH-P384"],
        b"MLKEM1024-P384",
        [Exactly(1665), Exactly(128), Exactly(1665)],
    ),
    entry(
        64,
        [
            "MLKEM1024-ECDH-brainpoolP384r1-SHA3-256",
            "ML-KEM-1024",
            "ECDH-brainpoolP384r1",
        ],
        b"MLKEM1024-BP384",
        [Exactly(1665), Exactly(132), Exactly(1665)],
    ),
    entry(
        65,
        ["MLKEM1024-X448-SHA3-256", "ML-KEM-1024", "X448"],
        b"MLKEM1024-X448",
        [Exactly(1624), Exactly(120), Exactly(1624)],
    ),
    entry(
        66,
        ["MLKEM1024-ECDH-P521-SHA3-256", "ML-KEM-1024", "ECDH-P521"],
        b"MLKEM1024-P521",
        [Exactly(1701), Exactly(146), Exactly(1701)],
    ),
];

const fn entry(
    number: u32,
    [name, post_quantum, traditional]: [&'static str; 3],
    label: &'static [u8],
    [public_key, private_key, ciphertext]: [Length; 3],
) -> KemEntry {
    KemEntry {
        number,
        oid: oid(number),
        name,
        label,
        post_quantum,
        traditional,
        public_key,
        private_key,
        ciphertext,
    }
}
