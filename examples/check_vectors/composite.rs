//! Composite signatures and KEMs, and the plain ML-DSA and ML-KEM that the drafts' files hold too.

use pqkm::composite::{
    CompositeKemAlgorithm, CompositeSignatureAlgorithm, KemVisitor, SignatureVisitor,
    family_verifiers, kem_by_name, signature_by_name, visit_kem, visit_signature,
    x509::Certificate,
};
use pqkm::core::{
    AnyPublicKey, Ciphertext, Context, DecapsulationKey, ExposeToken, KemAlgorithm, MlDsa44,
    MlDsa65, MlDsa87, MlKem768, MlKem1024, PromoteFrom, Signature, SignatureAlgorithm, SigningKey,
    SupportsContext, SysRng, VerifyingKey,
};
use pqkm_testkit::composite::{CompositeCase, CompositeResult};
use pqkm_testkit::mutate;

use crate::report::{Check, Outcome, Tally, ensure};

/// Runs every case of a file.
pub(crate) fn check_all(path: &str, cases: &[CompositeCase]) -> Tally {
    let mut tally = Tally::default();
    for case in cases {
        if let Some(what) = tally.count(check(case)) {
            eprintln!("{path}: {}: {what}", case.name);
        }
    }
    tally
}

fn check(case: &CompositeCase) -> Outcome {
    let visited = match (signature_by_name(&case.name), kem_by_name(&case.name)) {
        (Some(entry), _) => visit_signature(entry.oid, &mut Signing(case)),
        (_, Some(entry)) => visit_kem(entry.oid, &mut Opening(case)),
        _ => plain(case),
    };
    visited.map_or_else(
        || Outcome::Skipped(format!("{} is not built in", case.name)),
        Outcome::from,
    )
}

/// Algorithms that are no composites.
fn plain(case: &CompositeCase) -> Option<Check> {
    Some(match case.name.as_str() {
        "id-ML-DSA-44" => signature::<MlDsa44>(case),
        "id-ML-DSA-65" => signature::<MlDsa65>(case),
        "id-ML-DSA-87" => signature::<MlDsa87>(case),
        "id-alg-ml-kem-768" => kem::<MlKem768>(case),
        "id-alg-ml-kem-1024" => kem::<MlKem1024>(case),
        _ => return None,
    })
}

struct Signing<'a>(&'a CompositeCase);

impl SignatureVisitor for Signing<'_> {
    type Output = Check;

    fn visit<A: CompositeSignatureAlgorithm>(&mut self) -> Check {
        let raw = SigningKey::<A>::from_raw_private_key(&self.0.private_key)?;
        let exposed = raw.expose(ExposeToken::acknowledge())?;
        let is_same = *exposed.to_raw_private_key() == self.0.private_key;
        ensure(is_same, "the private key is written otherwise")?;
        ensure(
            raw.verifying_key().as_bytes() == self.0.public_key,
            "another public key",
        )?;
        signature::<A>(self.0)
    }
}

struct Opening<'a>(&'a CompositeCase);

impl KemVisitor for Opening<'_> {
    type Output = Check;

    fn visit<A: CompositeKemAlgorithm>(&mut self) -> Check {
        let raw = DecapsulationKey::<A>::from_raw_private_key(&self.0.private_key)?;
        let exposed = raw.expose(ExposeToken::acknowledge())?;
        let is_same = *exposed.to_raw_private_key() == self.0.private_key;
        ensure(is_same, "the private key is written otherwise")?;
        kem::<A>(self.0)
    }
}

/// The key in the certificate is the case's, and a certificate of a signing key is signed by it.
fn certificate<K: PromoteFrom<AnyPublicKey> + PartialEq>(case: &CompositeCase, key: &K) -> Check {
    let certificate = Certificate::from_der(&case.certificate)?;
    ensure(
        certificate.key().promote::<K>()? == *key,
        "the certificate has another key",
    )?;
    if certificate.is_self_issued() {
        certificate.verify_signature(certificate.key(), &family_verifiers()?)?;
    }
    Ok(())
}

fn signature<A: SignatureAlgorithm + SupportsContext>(case: &CompositeCase) -> Check {
    let CompositeResult::Signature {
        message,
        signature,
        in_context,
    } = &case.result
    else {
        return Err("no signature".into());
    };
    let public = VerifyingKey::<A>::from_bytes(&case.public_key)?;
    certificate(case, &public)?;
    let private = SigningKey::<A>::from_pkcs8_der(&case.pkcs8)?;
    ensure(
        private.verifying_key() == public,
        "the keys do not belong together",
    )?;
    verify(&public, message, Context::EMPTY, signature)?;
    if let Some((context, signature)) = in_context {
        verify(&public, message, Context::new(context)?, signature)?;
        let plain = Signature::from_bytes(signature)?;
        ensure(
            public.verify(message, &plain).is_err(),
            "valid in another context",
        )?;
    }
    let again = private.sign(message, &mut SysRng)?;
    verify(&public, message, Context::EMPTY, again.as_bytes())
}

/// The signature is valid, and none with a flipped bit near its ends, in either half, is.
fn verify<A: SignatureAlgorithm + SupportsContext>(
    public: &VerifyingKey<A>,
    message: &[u8],
    context: Context<'_>,
    bytes: &[u8],
) -> Check {
    public.verify_with_context(message, context, &Signature::from_bytes(bytes)?)?;
    for position in [0, 8, 8 * bytes.len() - 9, 8 * bytes.len() - 1] {
        let mut flipped = bytes.to_vec();
        mutate::flip(&mut flipped, position);
        let is_valid = Signature::from_bytes(&flipped).is_ok_and(|flipped| {
            public
                .verify_with_context(message, context, &flipped)
                .is_ok()
        });
        ensure(!is_valid, "valid with a flipped bit")?;
    }
    Ok(())
}

fn kem<A: KemAlgorithm>(case: &CompositeCase) -> Check {
    let CompositeResult::Secret { ciphertext, secret } = &case.result else {
        return Err("no shared secret".into());
    };
    let private = DecapsulationKey::<A>::from_pkcs8_der(&case.pkcs8)?;
    let public = private.encapsulation_key();
    ensure(public.as_bytes() == case.public_key, "another public key")?;
    certificate(case, &public)?;
    let open = |ciphertext: &[u8]| {
        let ciphertext = Ciphertext::<A>::from_bytes(ciphertext).ok()?;
        let secret = private.decapsulate(&ciphertext).ok()?;
        Some(secret.expose(ExposeToken::acknowledge()).to_vec())
    };
    ensure(
        open(ciphertext).as_ref() == Some(secret),
        "another shared secret",
    )?;
    for position in [0, 8 * ciphertext.len() - 1] {
        let mut flipped = ciphertext.clone();
        mutate::flip(&mut flipped, position);
        ensure(
            open(&flipped).as_ref() != Some(secret),
            "a flipped bit changes nothing",
        )?;
    }
    let (ciphertext, sent) = public.encapsulate(&mut SysRng)?;
    let sent = sent.expose(ExposeToken::acknowledge());
    ensure(
        open(ciphertext.as_bytes()).as_deref() == Some(sent),
        "does not open its own",
    )
}
