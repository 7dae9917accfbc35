//! Damaged files: an error that says where, or another reading, and never a panic.
#![expect(clippy::unwrap_used, reason = "a helper outside #[test] functions")]

use pqkm_testkit::error::Problem;
use pqkm_testkit::file::VectorFile;
use pqkm_testkit::{source, vectors};

/// One file of every format, the smallest there is.
const SAMPLES: [&str; 12] = [
    "acvp/SLH-DSA-keyGen-FIPS205.json",
    "acvp/SLH-DSA-sigGen_SHAKE-128f.txt",
    "cctv/ML-DSA-87.bench.json",
    "cctv/ML-DSA.accumulated.README.md",
    "cctv/ML-KEM-512.intermediate.txt",
    "cctv/ML-KEM-512.modulus.txt.gz",
    "cctv/ML-KEM-512.strcmp.txt",
    "cctv/ML-KEM.accumulated.README.md",
    "lms/bc_testcase_1.txt",
    "lms/botan_hss_lms_verify.vec",
    "wycheproof/mlkem_768_semi_expanded_decaps_test.json",
    "xmss/botan_xmss_keygen_reference.vec",
];

fn each_sample(test: &str, check: impl Fn(&str, &str)) {
    let Some(dir) = vectors::dir(test) else {
        return;
    };
    for sample in SAMPLES {
        let mut text = source::read_text(&dir.join(sample)).unwrap();
        text.truncate(text.floor_char_boundary(200_000));
        check(sample, &text);
    }
}

#[test]
fn truncated_text_never_panics() {
    each_sample("truncated_text_never_panics", |name, text| {
        let whole = VectorFile::parse(text, name)
            .ok()
            .flatten()
            .map_or(0, |file| file.count());
        let step = text.len().div_ceil(400).max(1);
        for end in (0..text.len())
            .step_by(step)
            .chain(text.len().saturating_sub(40)..text.len())
        {
            let end = text.floor_char_boundary(end);
            if let Ok(Some(file)) = VectorFile::parse(&text[..end], name) {
                assert!(file.count() <= whole.max(1), "{name}: {end}");
            }
        }
    });
}

#[test]
fn garbled_text_never_panics() {
    each_sample("garbled_text_never_panics", |name, text| {
        let step = text.len().div_ceil(400).max(1);
        for position in (0..text.len())
            .step_by(step)
            .filter(|&at| text.is_char_boundary(at))
        {
            let end = text.ceil_char_boundary(position + 1);
            for garbage in ["", "Z", "\n", "\"", "{", "=", "\u{fffd}", "$!#["] {
                let garbled = [&text[..position], garbage, &text[end..]].concat();
                drop(VectorFile::parse(&garbled, name));
            }
        }
    });
}

#[test]
fn a_damaged_archive_is_an_error() {
    let Some(dir) = vectors::dir("a_damaged_archive_is_an_error") else {
        return;
    };
    let packed = std::fs::read(dir.join("cctv/ML-KEM-512.modulus.txt.gz")).unwrap();
    assert_eq!(source::unpack(packed.clone()).unwrap().len(), 775 * 1601);
    for end in [2, 10, packed.len() >> 1, packed.len() - 1] {
        let error = source::unpack(packed[..end].to_vec()).unwrap_err();
        assert_eq!(error.problem(), Problem::Gzip, "{end}");
    }
    let mut flipped = packed;
    let middle = flipped.len() >> 1;
    flipped[middle] ^= 1;
    assert_eq!(
        source::unpack(flipped).unwrap_err().problem(),
        Problem::Gzip
    );
}

#[test]
fn errors_say_where() {
    let place = |text: &str, name: &str| VectorFile::parse(text, name).unwrap_err().to_string();
    let group =
        r#""tgId":1,"testType":"AFT","parameterSet":"ML-KEM-512","function":"encapsulation""#;
    let acvp = |test: &str| {
        let test = format!(r#"{{"tcId":1,{test}}}"#);
        let groups = format!(r#"[{{{group},"tests":[{test}]}}]"#);
        format!(
            r#"{{"vsId":1,"algorithm":"ML-KEM","mode":"encapDecap","revision":"FIPS203","testGroups":{groups}}}"#
        )
    };
    let at = "testGroups[0].tests[0]";
    let cases = [
        (
            r#""ek":"0g","m":"00""#,
            format!("{at}.ek: not an even number of hexadecimal digits"),
        ),
        (
            r#""ek":5,"m":"00""#,
            format!("{at}.ek: of the wrong JSON type"),
        ),
        (r#""ek":"00""#, format!("{at}.m: missing")),
    ];
    for (test, expected) in cases {
        assert_eq!(place(&acvp(test), "x.json"), expected);
    }
    let truncated = "{\"vsId\":1,\n\"testGroups\":[{";
    assert_eq!(place(truncated, "x.json"), "line 2: not JSON");
    let short = format!("{}\n{}\n", "00".repeat(800), "00".repeat(799));
    assert_eq!(place(&short, "x.txt"), "line 2: of the wrong length");
    let lms = format!("pk = {}\nmsg = 00\nsm = 0\n", "00".repeat(60));
    assert_eq!(
        place(&lms, "x.rsp"),
        "line 3: not an even number of hexadecimal digits"
    );
}

#[test]
fn wycheproof_counts_are_checked() {
    let text = r#"{"algorithm":"HKDF","numberOfTests":2,"testGroups":[{"type":"HkdfTest","tests":
        [{"tcId":1,"result":"valid","okm":"00"}]}]}"#;
    let error = VectorFile::parse(text, "hkdf.json").unwrap_err();
    assert_eq!(
        error.to_string(),
        "numberOfTests: another number of tests than declared"
    );
}

#[test]
fn what_is_no_vector_file_is_none() {
    let others = [
        "",
        "\n",
        "Apache License\nVersion 2.0",
        "# Title\n\nProse: with a colon.\n",
        "key = value\n",
        "{}",
        "[]",
        "[1, 2]",
        r#"{"algorithm": "ML-KEM", "revision": "FIPS203", "parameterSets": []}"#,
        r#"{"name": "package", "dependencies": {}}"#,
    ];
    for text in others {
        assert!(
            VectorFile::parse(text, "ML-DSA-44").unwrap().is_none(),
            "{text}"
        );
    }
}

/// What a name promises is not passed over when it is damaged.
#[test]
fn damage_under_the_name_of_vectors_is_an_error() {
    for text in [
        "",
        "Apache License\nVersion 2.0",
        "{",
        "\u{feff}{}",
        "[1, 2",
    ] {
        let read = VectorFile::parse(text, "ML-DSA-44.json");
        assert!(read.is_err(), "{text}");
        assert!(VectorFile::parse(text, "README").unwrap().is_none());
    }
    let read = VectorFile::parse("", "ML-KEM-768.rsp.gz");
    assert!(read.is_err());
    assert!(
        VectorFile::parse(r#"{"name": "package"}"#, "package.json")
            .unwrap()
            .is_none()
    );
}
