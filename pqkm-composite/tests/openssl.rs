//! What is issued here, as OpenSSL's command reads it: it knows no composite algorithm, but it parses
//! every field, and writes the same bytes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use pqkm_composite::{
    MlDsa65EcdsaP256,
    x509::{Issuance, Profile, issue, name, sign_request},
    x509_cert::{serial_number::SerialNumber, time::Validity},
};
use pqkm_core::{AnyPublicKey, SigningKey};
use pqkm_testkit::rng::SeededRng;

/// Runs `openssl`; none if it is not installed.
#[expect(clippy::print_stderr, reason = "a skip must be seen")]
fn openssl(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let command = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = command else {
        eprintln!("SKIPPED: openssl is not installed");
        return None;
    };
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    Some(output.stdout)
}

#[test]
fn openssl_reads_certificates_and_requests() {
    let mut rng = SeededRng::from_label("openssl");
    let key = SigningKey::<MlDsa65EcdsaP256>::generate(&mut rng).unwrap();
    let public = AnyPublicKey::from(&key.verifying_key());
    let lifetime = core::time::Duration::from_secs(86_400);
    let issuance = Issuance {
        serial_number: SerialNumber::new(&[0x2a]).unwrap(),
        validity: Validity::from_now(lifetime).unwrap(),
        subject_key: &public,
    };
    let profile = Profile::root(name("CN=Root,O=Example").unwrap(), Some(3));
    let root = issue(profile, issuance, None, &key, &mut rng).unwrap();
    let request = sign_request(name("CN=Subject,O=Example").unwrap(), &key, &mut rng).unwrap();

    let read = [
        "x509", "-inform", "DER", "-noout", "-subject", "-serial", "-ext",
    ];
    let arguments = [&read[..], &["basicConstraints,keyUsage"]].concat();
    let Some(text) = openssl(&arguments, root.as_der()) else {
        return;
    };
    let text = String::from_utf8(text).unwrap();
    for expected in [
        "CN",
        "Root",
        "serial=2A",
        "CA:TRUE, pathlen:3",
        "Certificate Sign, CRL Sign",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    let convert = |kind: &str| {
        vec![
            kind.to_owned(),
            "-inform".into(),
            "DER".into(),
            "-outform".into(),
            "DER".into(),
        ]
    };
    for (kind, der) in [("x509", root.as_der()), ("req", request.as_der())] {
        let arguments = convert(kind);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        assert_eq!(openssl(&arguments, der).unwrap(), der, "{kind}");
    }
}
