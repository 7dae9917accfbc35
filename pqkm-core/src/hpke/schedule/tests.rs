//! The key schedules of draft-ietf-hpke-pq's test vectors for X-Wing: from the shared secret to what is
//! exported. Their AEAD is ChaCha20-Poly1305 (`0x0003`), whose keys and nonces are as long.

use pqkm_testkit::hex;

use super::*;

const INFO: &[u8] = b"4f6465206f6e2061204772656369616e2055726e";

struct Vector {
    kdf: HpkeKdf,
    shared_secret: &'static str,
    key: &'static str,
    base_nonce: &'static str,
    exporter_secret: &'static str,
    /// Of the contexts `pseudorandom0` to `pseudorandom2`.
    exported: [&'static str; 3],
}

const VECTORS: [Vector; 2] = [
    Vector {
        kdf: HpkeKdf::HkdfSha256,
        shared_secret: "58200ed1f137bd95a921bb47f6aaecf2395b26f7fd24efd3a5ffae4849e8dea3",
        key: "131c2ebb469b909a40915914afd7ff5e638888ac7195dcaaaef8f9a84f0e4030",
        base_nonce: "2b7a68f19e6cdbd43dda3c6d",
        exporter_secret: "c5362ef3c0008d0e573000c5c25a3f62a3bc7061cd41a384c86c27b37d945bbb",
        exported: [
            "5a78d37f40e078c17ef43fa40963f1ff7dcdee56e366da9099dc181c3eccaee5",
            "19b8f5e1d7c02e44ad99d8332124b5c71fa9e81c5327ca485054f859e442bde5",
            "60c955a15a48ea5f98cb86f54fb13b840c6fb9c676f72b2fb612c4a096ddf796",
        ],
    },
    Vector {
        kdf: HpkeKdf::Shake256,
        shared_secret: "d9994083f7879bfd2333bab88dad36c0473eb67daeabb4f7d4e4dca56c63ddb4",
        key: "fde2cb86e35b2adbc0730e09b87aff8e71703975b90512c9d5b9816bc26b2719",
        base_nonce: "cebe8333792f645648e6188e",
        exporter_secret: "ce13bbb4db2f720aa4fa0778afadacc0a7c03f2658548119c3584998bc672c29\
                          e455a5fe5d82f8f12b974af8fab4dfffe048495ff0d02851a8d6be4105e4d039",
        exported: [
            "51aa31c5abe8b1785a8abe0ecc54870f4290839084259e12bd44cac46e09dedb",
            "f5514fb3f03ba111219e5df93e2212d1d612b11d23caa4ae4eb0d5a5aaaa209b",
            "b184436c8c4bd6aaa0ddfca28a500a1d6314ed4be4ddaa4c92d9e46725e857de",
        ],
    },
];

#[test]
fn the_draft_s_vectors() {
    for vector in VECTORS {
        let suite = Suite::with_aead(0x647a, vector.kdf, 0x0003);
        let secret = hex::decode(vector.shared_secret).unwrap();
        let schedule = Schedule::new(suite, &secret, INFO).unwrap();
        assert_eq!(schedule.key(), hex::decode(vector.key).unwrap());
        assert_eq!(
            schedule.base_nonce.as_slice(),
            hex::decode(vector.base_nonce).unwrap()
        );
        assert_eq!(
            *schedule.exporter_secret,
            hex::decode(vector.exporter_secret).unwrap()
        );
        for (number, expected) in vector.exported.iter().enumerate() {
            let context = alloc::format!("pseudorandom{number}");
            let exported = schedule.export(context.as_bytes(), 32).unwrap();
            assert_eq!(*exported, hex::decode(expected).unwrap());
        }
    }
}

#[test]
fn lengths_have_limits() {
    for kdf in [HpkeKdf::HkdfSha256, HpkeKdf::HkdfSha384, HpkeKdf::Shake256] {
        let suite = Suite::new(0x0041, kdf);
        let long = alloc::vec![0; 65_536];
        assert!(Schedule::new(suite, &[0; 32], &long).is_none());
        let schedule = Schedule::new(suite, &[0; 32], &long[1..]).unwrap();
        let most = if kdf == HpkeKdf::Shake256 {
            65_535
        } else {
            255 * kdf.secret_bytes()
        };
        assert!(schedule.export(b"", most).is_some());
        assert!(schedule.export(b"", most + 1).is_none());
        assert!(schedule.export(b"", 0).is_some());
    }
}
