//! Against the `openssl` command (3.0 or later): keys made by one and read by the other, signatures
//! verified both ways, agreed secrets equal. Without the command each test says that it is skipped;
//! `PQKM_REQUIRE_OPENSSL=1` makes that a failure.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod regime;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use pqkm_core::{
    AgreementAlgorithm, AgreementKey, AgreementPublicKey, EcdhP256, EcdhP384, EcdhP521, EcdsaP256,
    EcdsaP384, EcdsaP521, Ed25519, ExposeToken, Signature, SignatureAlgorithm, SigningKey,
    VerifyingKey, X25519,
};
#[cfg(feature = "rsa")]
use pqkm_core::{
    DecapsulationKey, EncapsulationKey, RsaOaepSha256, RsaPkcs1Sha256, RsaPkcs1Sha384,
    RsaPkcs1Sha512, RsaPssSha256, RsaPssSha384, RsaPssSha512,
};
#[cfg(feature = "brainpool")]
use pqkm_core::{
    EcdhBrainpoolP256r1, EcdhBrainpoolP384r1, EcdsaBrainpoolP256r1, EcdsaBrainpoolP384r1,
};
use pqkm_testkit::rng::SeededRng;

const REQUIRE: &str = "PQKM_REQUIRE_OPENSSL";

/// A folder of one test's own.
struct Bench(PathBuf);

impl Bench {
    fn new(test: &str) -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            assert!(
                env::var_os(REQUIRE).is_none_or(|value| value != "1"),
                "{test}: {REQUIRE}=1 and there is no openssl"
            );
            eprintln!("{test}: SKIPPED, there is no openssl");
            return None;
        }
        let name = format!("pqkm-openssl-{test}-{}", std::process::id());
        let path = env::temp_dir().join(name.replace([' ', '/'], "-"));
        fs::create_dir_all(&path).unwrap();
        Some(Self(path))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Runs a command line, split at white space, in the folder; whether it succeeded.
    fn openssl(&self, line: &str) -> bool {
        let output = Command::new("openssl")
            .args(line.split_whitespace())
            .current_dir(&self.0)
            .output()
            .unwrap();
        if !output.status.success() {
            eprintln!("{line}: {}", String::from_utf8_lossy(&output.stderr));
        }
        output.status.success()
    }

    fn make_key(&self, options: &str) {
        assert!(self.openssl(&format!("genpkey {options} -outform DER -out raw.der")));
        assert!(
            self.openssl(
                "pkcs8 -topk8 -nocrypt -inform DER -in raw.der -outform DER -out theirs.der"
            )
        );
        assert!(self.openssl(
            "pkey -inform DER -in theirs.der -pubout -outform DER -out theirs_public.der"
        ));
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // A folder that stays behind in the temporary directory is no failure.
        drop(fs::remove_dir_all(Path::new(&self.0)));
    }
}

fn signature<A: SignatureAlgorithm>(test: &str, key_options: &str, sign_options: &str) {
    let Some(bench) = Bench::new(&format!("{test}-{}", A::NAME)) else {
        return;
    };
    bench.write("message", b"a message");
    let verify = |public: &str, signature: &str| {
        bench.openssl(&format!(
            "pkeyutl -verify -pubin -keyform DER -inkey {public} -rawin -in message -sigfile {signature} {sign_options}"))
    };

    // Theirs.
    bench.make_key(key_options);
    let theirs = SigningKey::<A>::from_pkcs8_der(&bench.read("theirs.der")).unwrap();
    let public = VerifyingKey::<A>::from_spki_der(&bench.read("theirs_public.der")).unwrap();
    assert!(theirs.verifying_key() == public);
    assert_eq!(public.to_spki_der(), bench.read("theirs_public.der"));
    assert!(bench.openssl(&format!(
        "pkeyutl -sign -keyform DER -inkey theirs.der -rawin -in message -out their_signature {sign_options}")) );
    let signature = Signature::<A>::from_bytes(&bench.read("their_signature")).unwrap();
    public.verify(b"a message", &signature).unwrap();

    // Ours.
    let mut rng = SeededRng::from_label(A::NAME);
    let ours = SigningKey::<A>::generate(&mut rng).unwrap();
    bench.write("ours.der", &regime::pkcs8(&ours));
    bench.write("ours_public.der", &ours.verifying_key().to_spki_der());
    assert!(bench.openssl("pkey -inform DER -in ours.der -pubout -outform DER -out derived.der"));
    assert_eq!(bench.read("derived.der"), bench.read("ours_public.der"));
    for key in [&theirs, &ours] {
        let signature = key.sign(b"a message", &mut rng).unwrap();
        bench.write("our_signature", signature.as_bytes());
        bench.write("public.der", &key.verifying_key().to_spki_der());
        assert!(verify("public.der", "our_signature"));
        let mut damaged = signature.as_bytes().to_vec();
        *damaged.last_mut().unwrap() ^= 1;
        bench.write("damaged_signature", &damaged);
        assert!(
            !verify("public.der", "damaged_signature"),
            "the harness can fail"
        );
    }
}

fn agreement<A: AgreementAlgorithm>(key_options: &str) {
    let Some(bench) = Bench::new(A::NAME) else {
        return;
    };
    bench.make_key(key_options);
    let theirs = AgreementKey::<A>::from_pkcs8_der(&bench.read("theirs.der")).unwrap();
    let public = AgreementPublicKey::<A>::from_spki_der(&bench.read("theirs_public.der")).unwrap();
    assert!(theirs.agreement_public_key() == public);

    let ours = AgreementKey::<A>::generate(&mut SeededRng::from_label(A::NAME)).unwrap();
    bench.write("ours.der", &regime::pkcs8(&ours));
    bench.write(
        "ours_public.der",
        &ours.agreement_public_key().to_spki_der(),
    );
    let secret = ours.agree(&public).unwrap();
    let secret = secret.expose(ExposeToken::acknowledge());
    for (private, peer) in [("ours", "theirs"), ("theirs", "ours")] {
        assert!(bench.openssl(&format!(
            "pkeyutl -derive -keyform DER -inkey {private}.der -peerform DER -peerkey {peer}_public.der -out secret"
        )));
        assert_eq!(bench.read("secret"), secret);
    }
}

#[test]
fn ecdsa() {
    let curve = |name: &str| format!("-algorithm EC -pkeyopt ec_paramgen_curve:{name}");
    signature::<EcdsaP256>("ecdsa", &curve("P-256"), "-digest sha256");
    signature::<EcdsaP384>("ecdsa", &curve("P-384"), "-digest sha384");
    signature::<EcdsaP521>("ecdsa", &curve("P-521"), "-digest sha512");
    #[cfg(feature = "brainpool")]
    {
        signature::<EcdsaBrainpoolP256r1>("ecdsa", &curve("brainpoolP256r1"), "-digest sha256");
        signature::<EcdsaBrainpoolP384r1>("ecdsa", &curve("brainpoolP384r1"), "-digest sha384");
    }
}

#[test]
fn ed25519() {
    signature::<Ed25519>("ed25519", "-algorithm ED25519", "");
}

#[test]
fn ecdh() {
    let curve = |name: &str| format!("-algorithm EC -pkeyopt ec_paramgen_curve:{name}");
    agreement::<EcdhP256>(&curve("P-256"));
    agreement::<EcdhP384>(&curve("P-384"));
    agreement::<EcdhP521>(&curve("P-521"));
    #[cfg(feature = "brainpool")]
    {
        agreement::<EcdhBrainpoolP256r1>(&curve("brainpoolP256r1"));
        agreement::<EcdhBrainpoolP384r1>(&curve("brainpoolP384r1"));
    }
}

#[test]
fn x25519() {
    agreement::<X25519>("-algorithm X25519");
}

/// Keys under a password: theirs read here, ours read there, with each function and each PRF.
#[cfg(feature = "pbes2")]
fn encrypted<A: SignatureAlgorithm>(key_options: &str) {
    use pqkm_core::{EncryptedPrivateKey, PasswordWork};

    let Some(bench) = Bench::new(&format!("encrypted-{}", A::NAME)) else {
        return;
    };
    bench.make_key(key_options);
    let public = bench.read("theirs_public.der");
    for (options, password) in [
        ("-v2 aes-256-cbc", "secret"),
        ("-v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 5000", "s"),
        ("-v2 aes-256-cbc -v2prf hmacWithSHA384", "secret"),
        ("-v2 aes-256-cbc -v2prf hmacWithSHA512", "secret"),
        ("-scrypt", "secret"),
        ("-scrypt -scrypt_N 32768 -scrypt_r 4 -scrypt_p 2", "secret"),
    ] {
        assert!(bench.openssl(&format!(
            "pkcs8 -topk8 -inform DER -in theirs.der {options} -passout pass:{password} -out theirs.pem"
        )));
        let pem = String::from_utf8(bench.read("theirs.pem")).unwrap();
        let read = EncryptedPrivateKey::from_pem(&pem).unwrap();
        assert_eq!(read.to_pem(), pem);
        let key: SigningKey<A> = read
            .decrypt(password.as_bytes())
            .unwrap()
            .promote()
            .unwrap();
        assert_eq!(key.verifying_key().to_spki_der(), public, "{options}");
    }
    assert!(bench.openssl(
        "pkcs8 -topk8 -inform DER -in theirs.der -v2 aes-128-cbc -passout pass:s -out theirs.pem"
    ));
    let pem = String::from_utf8(bench.read("theirs.pem")).unwrap();
    assert_eq!(
        EncryptedPrivateKey::from_pem(&pem).err(),
        Some(pqkm_core::DecryptKeyError::Algorithm)
    );

    let mut rng = SeededRng::from_label(A::NAME);
    let ours = SigningKey::<A>::generate(&mut rng).unwrap();
    let exposed = ours.expose(ExposeToken::acknowledge()).unwrap();
    for work in [PasswordWork::PBKDF2, PasswordWork::SCRYPT] {
        let document = exposed.encrypt_pkcs8(b"secret", work, &mut rng).unwrap();
        bench.write("ours.pem", document.to_pem().as_bytes());
        let read = |password: &str| {
            bench.openssl(&format!(
                "pkey -in ours.pem -passin pass:{password} -pubout -outform DER -out derived.der"
            ))
        };
        assert!(read("secret"));
        assert_eq!(
            bench.read("derived.der"),
            ours.verifying_key().to_spki_der()
        );
        assert!(!read("wrong"), "the harness can fail");
    }
}

#[cfg(feature = "pbes2")]
#[test]
fn encrypted_keys() {
    encrypted::<EcdsaP384>("-algorithm EC -pkeyopt ec_paramgen_curve:P-384");
    encrypted::<Ed25519>("-algorithm ED25519");
    #[cfg(feature = "rsa")]
    encrypted::<RsaPssSha256<2048>>("-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
}

/// Forms of private keys on curves that the command writes: with and without the public key, with the
/// parameters only outside.
#[test]
fn forms_of_keys_on_curves() {
    let Some(bench) = Bench::new("forms") else {
        return;
    };
    bench.make_key("-algorithm EC -pkeyopt ec_paramgen_curve:P-521");
    let public = bench.read("theirs_public.der");
    assert!(
        bench.openssl("ec -inform DER -in theirs.der -no_public -outform DER -out traditional.der")
    );
    assert!(bench.openssl(
        "pkcs8 -topk8 -nocrypt -inform DER -in traditional.der -outform DER -out bare.der"
    ));
    for file in ["theirs.der", "bare.der"] {
        let key = SigningKey::<EcdsaP521>::from_pkcs8_der(&bench.read(file)).unwrap();
        assert_eq!(key.verifying_key().to_spki_der(), public, "{file}");
        let key = AgreementKey::<EcdhP521>::from_pkcs8_der(&bench.read(file)).unwrap();
        assert_eq!(key.agreement_public_key().to_spki_der(), public, "{file}");
    }
    assert!(bench.read("bare.der").len() < bench.read("theirs.der").len());
    // A compressed point is another encoding of the same key, and there is one encoding a key.
    assert!(bench.openssl(
        "ec -inform DER -in theirs.der -pubout -conv_form compressed -outform DER -out compressed.der"
    ));
    assert_eq!(
        VerifyingKey::<EcdsaP521>::from_spki_der(&bench.read("compressed.der")).err(),
        Some(pqkm_core::DecodeError::Length)
    );
}

#[cfg(feature = "rsa")]
#[test]
fn rsa_signatures() {
    let bits = |bits: u32| format!("-algorithm RSA -pkeyopt rsa_keygen_bits:{bits}");
    signature::<RsaPkcs1Sha256<2048>>(
        "rsa-2048",
        &bits(2048),
        "-digest sha256 -pkeyopt rsa_padding_mode:pkcs1",
    );
    signature::<RsaPssSha256<3072>>(
        "rsa-3072",
        &bits(3072),
        "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:32",
    );
    signature::<RsaPssSha384<3072>>(
        "rsa-3072-384",
        &bits(3072),
        "-digest sha384 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:48",
    );
    signature::<RsaPssSha512<2048>>(
        "rsa-2048-512",
        &bits(2048),
        "-digest sha512 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:64",
    );
    signature::<RsaPkcs1Sha384<3072>>(
        "rsa-3072-pkcs1",
        &bits(3072),
        "-digest sha384 -pkeyopt rsa_padding_mode:pkcs1",
    );
    signature::<RsaPkcs1Sha512<2048>>(
        "rsa-2048-pkcs1",
        &bits(2048),
        "-digest sha512 -pkeyopt rsa_padding_mode:pkcs1",
    );
}

#[cfg(feature = "rsa")]
#[test]
#[ignore = "making keys of 4096 bits takes most of a minute without optimisation"]
fn rsa_4096() {
    let bits = "-algorithm RSA -pkeyopt rsa_keygen_bits:4096";
    signature::<RsaPssSha384<4096>>(
        "rsa-4096-pss",
        bits,
        "-digest sha384 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:48",
    );
    signature::<RsaPkcs1Sha384<4096>>(
        "rsa-4096-pkcs1",
        bits,
        "-digest sha384 -pkeyopt rsa_padding_mode:pkcs1",
    );
}

#[cfg(feature = "rsa")]
#[test]
fn rsa_oaep() {
    let Some(bench) = Bench::new("rsa_oaep") else {
        return;
    };
    const OPTIONS: &str = "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 \
                           -pkeyopt rsa_mgf1_md:sha256";
    bench.make_key("-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
    let key = DecapsulationKey::<RsaOaepSha256<2048>>::from_pkcs8_der(&bench.read("theirs.der"));
    let key = key.unwrap();
    let public =
        EncapsulationKey::<RsaOaepSha256<2048>>::from_spki_der(&bench.read("theirs_public.der"))
            .unwrap();
    let (ciphertext, sent) = public.encapsulate(&mut SeededRng::from_u64(1)).unwrap();
    bench.write("ciphertext", ciphertext.as_bytes());
    assert!(bench.openssl(&format!(
        "pkeyutl -decrypt -keyform DER -inkey theirs.der -in ciphertext -out secret {OPTIONS}"
    )));
    assert_eq!(
        bench.read("secret"),
        sent.expose(ExposeToken::acknowledge())
    );

    bench.write("their_secret", &[0x5a; 32]);
    assert!(bench.openssl(&format!(
        "pkeyutl -encrypt -pubin -keyform DER -inkey theirs_public.der -in their_secret -out their_ciphertext {OPTIONS}"
    )));
    let ciphertext = pqkm_core::Ciphertext::from_bytes(&bench.read("their_ciphertext")).unwrap();
    let received = key.decapsulate(&ciphertext).unwrap();
    assert_eq!(received.expose(ExposeToken::acknowledge()), [0x5a; 32]);
}
