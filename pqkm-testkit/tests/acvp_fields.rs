//! The field names of ACVP documents, old and current, and the pairing of prompts with results.
//!
//! The documents here are made up: they show the shapes, with bytes too short to be real.
#![expect(clippy::unwrap_used, reason = "helpers outside #[test] functions")]

use std::fs;
use std::path::PathBuf;

use pqkm_testkit::case::{
    Case, CaseId, Encapsulated, Expect, KeyPair, Message, Operation, PreHash, PrivateKey, Unusable,
};
use pqkm_testkit::error::Problem;
use pqkm_testkit::file::VectorFile;
use pqkm_testkit::parameter_set::ParameterSet;

/// A document with one group: `head` are the fields of the group, `tests` its tests.
fn document(algorithm: &str, mode: &str, head: &str, tests: &str) -> String {
    let revision = "FIPS";
    format!(
        r#"{{"vsId":7,"algorithm":"{algorithm}","mode":"{mode}","revision":"{revision}",
            "testGroups":[{{"tgId":1,"testType":"AFT",{head},"tests":[{tests}]}}]}}"#
    )
}

fn read(text: &str) -> Vec<Case> {
    match VectorFile::parse(text, "x.json").unwrap().unwrap() {
        VectorFile::Cases(cases) => cases,
        other => panic!("{other:?}"),
    }
}

fn operation(algorithm: &str, mode: &str, head: &str, test: &str) -> Operation {
    let head = format!(r#""parameterSet":"{head}"#);
    let test = format!(r#"{{"tcId":3,{test}}}"#);
    let mut cases = read(&document(algorithm, mode, &head, &test));
    assert_eq!(cases.len(), 1);
    let case = cases.remove(0);
    assert_eq!(case.id, CaseId::Test(3));
    case.operation
}

#[test]
fn ml_kem_functions() {
    let kem = |head: &str, test: &str| operation("ML-KEM", "encapDecap", head, test);
    let encapsulate = kem(
        r#"ML-KEM-512","function":"encapsulation""#,
        r#""ek":"01","m":"02","c":"03","k":"04""#,
    );
    let expect = Expect::Is(Encapsulated {
        c: vec![3],
        k: vec![4],
    });
    assert_eq!(
        encapsulate,
        Operation::Encapsulate {
            ek: vec![1],
            m: vec![2],
            expect
        }
    );
    let old_decapsulate = kem(
        r#"ML-KEM-512","function":"decapsulation","dk":"05","ek":"06""#,
        r#""c":"03","k":"04""#,
    );
    let decapsulate = |key, ek: Option<Vec<u8>>| Operation::Decapsulate {
        key,
        ek,
        c: vec![3],
        expect: Expect::Is(vec![4]),
    };
    assert_eq!(
        old_decapsulate,
        decapsulate(PrivateKey::Expanded(vec![5]), Some(vec![6]))
    );
    let from_seed = kem(
        r#"ML-KEM-1024","function":"decapsulation","keyFormat":"seed""#,
        r#""z":"08","d":"07","c":"03","k":"04""#,
    );
    assert_eq!(from_seed, decapsulate(PrivateKey::Seed(vec![7, 8]), None));
    let check = kem(
        r#"ML-KEM-768","function":"encapsulationKeyCheck""#,
        r#""ek":"01","testPassed":false"#,
    );
    assert_eq!(
        check,
        Operation::CheckEncapsulationKey {
            ek: vec![1],
            valid: false
        }
    );
    let check = kem(
        r#"ML-KEM-768","function":"decapsulationKeyCheck""#,
        r#""dk":"01","testPassed":true"#,
    );
    assert_eq!(
        check,
        Operation::CheckDecapsulationKey {
            dk: vec![1],
            valid: true
        }
    );
    let keyless = kem(
        r#"ML-KEM-768","function":"decapsulationKeyCheck","keyFormat":"none""#,
        r#""testPassed":true"#,
    );
    assert_eq!(keyless, Operation::Unusable(Unusable::NoKey));
}

#[test]
fn ml_dsa_interfaces() {
    let message = |head: &str, test: &str| {
        let head = format!("ML-DSA-44\"{head}");
        let test = format!(r#""pk":"01","signature":"02","testPassed":true,{test}"#);
        match operation("ML-DSA", "sigVer", &head, &test) {
            Operation::Verify {
                message,
                valid: true,
                ..
            } => message,
            other => panic!("{other:?}"),
        }
    };
    let (text, context) = (vec![9], vec![8]);
    assert_eq!(
        message("", r#""message":"09""#),
        Message::Internal(text.clone())
    );
    let internal = r#","signatureInterface":"internal","preHash":"none""#;
    assert_eq!(
        message(internal, r#""message":"09""#),
        Message::Internal(text.clone())
    );
    let mu = r#","signatureInterface":"internal","externalMu":true"#;
    assert_eq!(message(mu, r#""mu":"07""#), Message::Mu(vec![7]));
    let pure = r#","signatureInterface":"external","preHash":"pure""#;
    let expected = Message::Pure {
        message: text.clone(),
        context: context.clone(),
    };
    assert_eq!(
        message(pure, r#""message":"09","context":"08","hashAlg":"none""#),
        expected
    );
    let pre_hash = r#","signatureInterface":"external","preHash":"preHash""#;
    let hash = PreHash::Sha512_256;
    let expected = Message::PreHash {
        message: text,
        context,
        hash,
    };
    let fields = r#""message":"09","context":"08","hashAlg":"SHA2-512/256""#;
    assert_eq!(message(pre_hash, fields), expected);
}

#[test]
fn ml_dsa_randomness_and_key_forms() {
    let sign = |head: &str, test: &str| {
        let head = format!("ML-DSA-65\"{head}");
        let test = format!(r#""message":"","signature":"02",{test}"#);
        match operation("ML-DSA", "sigGen", &head, &test) {
            Operation::Sign {
                key, randomness, ..
            } => (key, randomness),
            other => panic!("{other:?}"),
        }
    };
    let expanded = PrivateKey::Expanded(vec![1]);
    let deterministic = r#","deterministic":true"#;
    assert_eq!(
        sign(deterministic, r#""sk":"01","rnd":"00""#),
        (expanded.clone(), None)
    );
    let hedged = r#","deterministic":false,"keyFormat":"expanded""#;
    assert_eq!(
        sign(hedged, r#""sk":"01","rnd":"05""#),
        (expanded, Some(vec![5]))
    );
    let seed = r#","deterministic":true,"keyFormat":"seed""#;
    assert_eq!(
        sign(seed, r#""seed":"03""#),
        (PrivateKey::Seed(vec![3]), None)
    );
}

#[test]
fn slh_dsa_fields() {
    let test = r#""skSeed":"01","skPrf":"02","pkSeed":"03","sk":"04","pk":"05""#;
    let made = operation("SLH-DSA", "keyGen", "SLH-DSA-SHAKE-192s\"", test);
    let pair = KeyPair {
        public: Some(vec![5]),
        private: Some(vec![4]),
    };
    assert_eq!(
        made,
        Operation::KeyGen {
            seed: vec![1, 2, 3],
            expect: Expect::Is(pair)
        }
    );
    let test = r#""sk":"01","message":"02","messageLength":8,"additionalRandomness":"03",
        "signature":"04""#;
    let signed = operation(
        "SLH-DSA",
        "sigGen",
        r#"SLH-DSA-SHA2-128f","deterministic":false"#,
        test,
    );
    assert!(matches!(signed, Operation::Sign { randomness: Some(r), .. } if r == [3]));
    let partial =
        r#""pk":"01","message":"02","messageLength":7,"signature":"04","testPassed":true"#;
    let partial = operation("SLH-DSA", "sigVer", "SLH-DSA-SHA2-128f\"", partial);
    assert_eq!(partial, Operation::Unusable(Unusable::PartialByte));
}

#[test]
fn unknown_words_and_sets_are_refused() {
    let fault = |head: &str, test: &str| {
        let test = format!(r#"{{"tcId":1,{test}}}"#);
        let text = document("ML-DSA", "sigVer", head, &test);
        VectorFile::parse(&text, "x.json").unwrap_err().to_string()
    };
    let test = r#""pk":"","message":"","signature":"","testPassed":true"#;
    let at = "testGroups[0]";
    let cases = [
        (
            r#""parameterSet":"ML-KEM-512""#,
            "parameterSet: no parameter set that the standards know",
        ),
        (
            r#""parameterSet":"ML-DSA-44","signatureInterface":"outer""#,
            "signatureInterface: a word that the format does not know",
        ),
        (
            r#""parameterSet":"ML-DSA-44","signatureInterface":"external","preHash":"preHash","hashAlg":"MD5""#,
            "hashAlg: a word that the format does not know",
        ),
    ];
    for (head, problem) in cases {
        assert_eq!(fault(head, test), format!("{at}.{problem}"));
    }
}

#[test]
fn other_algorithms_are_counted() {
    let text = document(
        "ACVP-AES-KW",
        "x",
        r#""kwCipher":"cipher""#,
        r#"{"tcId":1},{"tcId":2}"#,
    );
    let file = VectorFile::parse(&text, "x.json").unwrap().unwrap();
    assert_eq!(file.count(), 2);
    assert!(matches!(file, VectorFile::OtherAcvp { algorithm, .. } if algorithm == "ACVP-AES-KW"));
}

/// A folder of its own, removed when the test is done.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        drop(fs::remove_dir_all(&path));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

const ANSWERS: &str =
    r#"{"vsId":7,"testGroups":[{"tgId":1,"tests":[{"tcId":1,"ek":"03","dk":"04"}]}]}"#;

fn prompt(tests: &str) -> String {
    document("ML-KEM", "keyGen", r#""parameterSet":"ML-KEM-512""#, tests)
}

#[test]
fn prompts_are_paired_with_their_results() {
    let folder = Folder::new("prompts_are_paired");
    let question = prompt(r#"{"tcId":1,"d":"01","z":"02"}"#);
    let pairs = [
        ("prompt.json", "expectedResults.json"),
        (
            "ML-KEM-keyGen.prompt.json",
            "ML-KEM-keyGen.expectedResults.json",
        ),
    ];
    for (asked, answered) in pairs {
        let asked = folder.write(asked, &question);
        let open = || VectorFile::open(&asked).unwrap().unwrap();
        let VectorFile::Cases(alone) = open() else {
            panic!()
        };
        assert_eq!(
            alone[0].operation,
            Operation::Unusable(Unusable::NoExpectedResult)
        );
        let answered = folder.write(answered, ANSWERS);
        let VectorFile::Cases(paired) = open() else {
            panic!()
        };
        let pair = KeyPair {
            public: Some(vec![3]),
            private: Some(vec![4]),
        };
        let expected = Operation::KeyGen {
            seed: vec![1, 2],
            expect: Expect::Is(pair),
        };
        assert_eq!(paired[0].operation, expected);
        assert_eq!(paired[0].parameter_set, ParameterSet::MlKem512);
        let read = VectorFile::open(&answered).unwrap().unwrap();
        assert!(matches!(read, VectorFile::ExpectedResults));
    }
}

#[test]
fn a_question_without_its_answer_is_an_error() {
    let folder = Folder::new("a_question_without_its_answer");
    let question = prompt(r#"{"tcId":1,"d":"01","z":"02"},{"tcId":2,"d":"01","z":"02"}"#);
    let asked = folder.write("prompt.json", &question);
    let answered = folder.write("expectedResults.json", ANSWERS);
    let error = VectorFile::open(&asked).unwrap_err();
    assert_eq!(error.problem(), Problem::Unpaired);
    assert_eq!(error.file(), asked);
    fs::write(&answered, "{").unwrap();
    let error = VectorFile::open(&asked).unwrap_err();
    assert_eq!(
        (error.problem(), error.file()),
        (Problem::Json, answered.as_path())
    );
}

#[test]
fn a_server_s_wrapping_is_removed() {
    let text = prompt(r#"{"tcId":1,"d":"01","z":"02","ek":"03","dk":"04"}"#);
    let wrapped = format!(r#"[{{"acvVersion":"1.0"}},{text}]"#);
    assert_eq!(read(&wrapped), read(&text));
}
