//! Every file of vectors/ is recognised for what it is, with the number of cases that its authors
//! intended.
#![expect(clippy::std_instead_of_alloc, reason = "a test has std")]

use std::collections::BTreeMap;

use pqkm_testkit::file::VectorFile;
use pqkm_testkit::{vectors, walk};

/// Path, kind, number of cases. Everything else in vectors/ is no vector file to this crate.
const FILES: &str = "
acvp/ML-DSA-keyGen-FIPS204.json cases 75
acvp/ML-DSA-sigGen-FIPS204.json cases 60
acvp/ML-DSA-sigVer-FIPS204.json cases 45
acvp/ML-KEM-encapDecap-FIPS203.json cases 105
acvp/ML-KEM-keyGen-FIPS203.json cases 75
acvp/SLH-DSA-keyGen-FIPS205.json cases 40
acvp/SLH-DSA-sigGen_SHA2-192s.txt cases 14
acvp/SLH-DSA-sigGen_SHAKE-128f.txt cases 20
acvp/SLH-DSA-sigGen_SHAKE-192s.txt cases 14
acvp/SLH-DSA-sigVer-FIPS205.json cases 36
cctv/ML-DSA-44.bench.json cases 188
cctv/ML-DSA-65.bench.json cases 147
cctv/ML-DSA-87.bench.json cases 114
cctv/ML-DSA.accumulated.README.md cases 9
cctv/ML-KEM-1024.intermediate.txt cases 4
cctv/ML-KEM-1024.modulus.txt.gz cases 1040
cctv/ML-KEM-1024.strcmp.txt cases 2
cctv/ML-KEM-1024.unluckysample.txt cases 4
cctv/ML-KEM-512.intermediate.txt cases 4
cctv/ML-KEM-512.modulus.txt.gz cases 775
cctv/ML-KEM-512.strcmp.txt cases 2
cctv/ML-KEM-512.unluckysample.txt cases 4
cctv/ML-KEM-768.intermediate.txt cases 4
cctv/ML-KEM-768.modulus.txt.gz cases 780
cctv/ML-KEM-768.strcmp.txt cases 2
cctv/ML-KEM-768.unluckysample.txt cases 4
cctv/ML-KEM.accumulated.README.md cases 6
lms/bc_depth_1.txt lms 10
lms/bc_testcase_1.txt lms 1
lms/bc_testcase_2.txt lms 1
lms/botan_hss_lms_verify.vec lms 5
lms/oqs_LMS_SHA256_H10_W4.rsp lms 1
lms/oqs_LMS_SHA256_H10_W8.rsp lms 1
lms/oqs_LMS_SHA256_H5_W1.rsp lms 1
lms/oqs_LMS_SHA256_H5_W2.rsp lms 1
lms/oqs_LMS_SHA256_H5_W4.rsp lms 1
lms/oqs_LMS_SHA256_H5_W8.rsp lms 1
pki/draft-composite-kem/testvectors.json composite 14
pki/draft-composite-sigs/bc_composite_sig.json composite 21
pki/draft-composite-sigs/testvectors.json composite 21
wycheproof/mldsa_44_verify_test.json cases 180
wycheproof/mldsa_65_sign_seed_test.json cases 105
wycheproof/mldsa_65_verify_test.json cases 210
wycheproof/mlkem_512_test.json cases 193
wycheproof/mlkem_768_encaps_test.json cases 265
wycheproof/mlkem_768_keygen_seed_test.json cases 100
wycheproof/mlkem_768_semi_expanded_decaps_test.json cases 9
wycheproof/mlkem_768_test.json cases 193
xmss/botan_xmss_keygen_reference.vec xmss 7
xmss/botan_xmss_sig.vec xmss 27
";

#[test]
fn every_file_is_recognised_and_counted() {
    let Some(dir) = vectors::dir("every_file_is_recognised_and_counted") else {
        return;
    };
    let mut found = BTreeMap::new();
    for path in walk::files(&dir).unwrap() {
        let Some(file) = VectorFile::open(&path).unwrap_or_else(|error| panic!("{error}")) else {
            continue;
        };
        let kind = match &file {
            VectorFile::Cases(_) => "cases",
            VectorFile::Lms(_) => "lms",
            VectorFile::Xmss(_) => "xmss",
            VectorFile::Composite(_) => "composite",
            other => panic!("{}: {other:?}", path.display()),
        };
        let name = path.strip_prefix(&dir).unwrap().display().to_string();
        found.insert(name, format!("{kind} {}", file.count()));
    }
    let expected: BTreeMap<_, _> = FILES
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, rest)| (name.to_owned(), rest.to_owned()))
        .collect();
    assert_eq!(found, expected);
}
