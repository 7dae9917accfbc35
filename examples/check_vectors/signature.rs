//! Cases of signatures.

use pqkm::core::hazmat::{self, GivenBytes};
use pqkm::core::{
    Context, Engine, ExposeToken, Message, MlDsaParameters, PreHash, PreHashed, PrivateKeyForm,
    SeedForms, Sign, Signature, SignatureAlgorithm, SigningKey, SupportsContext, SupportsMu,
    Verify, VerifyingKey,
};
use pqkm_testkit::case::{self, KeyPair, Operation, PrivateKey};

use crate::accumulated;
use crate::kem::compare;
use crate::report::{Check, Fault, Outcome, ensure};

/// A signature algorithm with everything that vectors ask of it.
pub(crate) trait VectorSignature:
    SignatureAlgorithm<Signing: SeedForms> + SupportsContext + SupportsMu + MlDsaParameters
{
}

impl<A> VectorSignature for A where
    A: SignatureAlgorithm<Signing: SeedForms> + SupportsContext + SupportsMu + MlDsaParameters
{
}

/// FIPS 204, Algorithm 2 (ML-DSA.Sign), line 5: the deterministic variant takes zeros for `rnd`.
pub(crate) const DETERMINISTIC: [u8; 32] = [0; 32];

/// Runs one case.
pub(crate) fn check<A: VectorSignature>(engine: Engine, operation: &Operation) -> Outcome {
    match operation {
        Operation::KeyGen { seed, expect } => {
            compare(expect, key_gen::<A>(engine, seed), check_pair)
        }
        Operation::Sign {
            key,
            public,
            message,
            mu,
            randomness,
            expect,
        } => {
            let key = signing_key::<A>(key, public.as_deref());
            let signature = key.and_then(|key| {
                check_mu(&key, message, mu.as_deref())?;
                sign(engine, &key, message, randomness.as_deref())
            });
            compare(expect, signature, |signature, expected| {
                ensure(signature == expected, "another signature")
            })
        }
        Operation::Verify {
            public,
            message,
            signature,
            valid,
        } => {
            let accepted = verify::<A>(engine, public, message, signature);
            match (accepted, valid) {
                (Ok(()), false) => Err(Fault::from("accepted, and must be refused")),
                (Err(refusal), true) => Err(format!("refused: {refusal}").into()),
                _ => Ok(()),
            }
        }
        Operation::Accumulated { iterations, digest } => {
            accumulated::signature::<A>(engine, *iterations, digest)
        }
        _ => Err(Fault::from("not a case of a signature algorithm")),
    }
    .into()
}

/// Two ways to the same key: generation with the engine, and import of the seed.
fn key_gen<A: VectorSignature>(engine: Engine, seed: &[u8]) -> Result<SigningKey<A>, Fault> {
    let imported = SigningKey::<A>::from_seed(seed)?;
    let pairs = hazmat::generate_signature_pairs::<A, _>(engine, 1, &mut GivenBytes::new(seed));
    let (generated, public) = pairs??.into_iter().next().ok_or("no key was generated")?;
    ensure(
        expanded(&generated)? == expanded(&imported)?,
        "generation and import differ",
    )?;
    ensure(
        public == generated.verifying_key(),
        "the halves of the pair differ",
    )?;
    Ok(generated)
}

fn check_pair<A: VectorSignature>(key: &SigningKey<A>, expected: &KeyPair) -> Check {
    if let Some(public) = &expected.public {
        ensure(
            key.verifying_key().as_bytes() == public,
            "another public key",
        )?;
    }
    if let Some(sk) = &expected.private {
        ensure(expanded(key)?.ends_with(sk), "another private key")?;
        let imported = SigningKey::<A>::from_expanded(sk)
            .map_err(|error| format!("the expected private key is refused: {error}"))?;
        ensure(
            imported.verifying_key() == key.verifying_key(),
            "import differs",
        )?;
    }
    Ok(())
}

/// PKCS#8 of the expanded form, which ends with `sk`.
fn expanded<A: VectorSignature>(key: &SigningKey<A>) -> Result<Vec<u8>, Fault> {
    let exposed = key.expose(ExposeToken::acknowledge())?;
    let der = exposed.to_pkcs8_der_as(PrivateKeyForm::Expanded);
    Ok(der?.as_bytes().to_vec())
}

fn signing_key<A: VectorSignature>(
    key: &PrivateKey,
    public: Option<&[u8]>,
) -> Result<SigningKey<A>, Fault> {
    let key = match key {
        PrivateKey::Seed(seed) => SigningKey::<A>::from_seed(seed),
        PrivateKey::Expanded(sk) => SigningKey::<A>::from_expanded(sk),
    }?;
    if let Some(public) = public {
        ensure(
            key.verifying_key().as_bytes() == public,
            "another public key",
        )?;
    }
    Ok(key)
}

fn check_mu<A: VectorSignature>(
    key: &SigningKey<A>,
    message: &case::Message,
    expected: Option<&[u8]>,
) -> Check {
    let (Some(expected), case::Message::Pure { message, context }) = (expected, message) else {
        return Ok(());
    };
    let context = Context::new(context)?;
    ensure(
        key.verifying_key().mu(message, context) == expected,
        "another mu",
    )
}

fn sign<A: VectorSignature>(
    engine: Engine,
    key: &SigningKey<A>,
    message: &case::Message,
    randomness: Option<&[u8]>,
) -> Result<Vec<u8>, Fault> {
    let public = key.verifying_key();
    let randomness = randomness.unwrap_or(&DETERMINISTIC);
    ensure(
        randomness.len() == DETERMINISTIC.len(),
        "rnd is not of 32 bytes",
    )?;
    let prepared = key.prepare_with(engine)?;
    let signature = with_message(&public, message, |message| {
        let signature = prepared.sign_message(message, &mut GivenBytes::new(randomness));
        Ok(signature?)
    })?;
    let bytes = signature.as_bytes().to_vec();
    verify::<A>(engine, public.as_bytes(), message, &bytes)
        .map_err(|refusal| format!("its own signature: {refusal}"))?;
    Ok(bytes)
}

fn verify<A: VectorSignature>(
    engine: Engine,
    public: &[u8],
    message: &case::Message,
    signature: &[u8],
) -> Check {
    let key = VerifyingKey::<A>::from_bytes(public)?;
    let signature = Signature::<A>::from_bytes(signature)?;
    let prepared = key.prepare_with(engine)?;
    with_message(&key, message, |message| {
        Ok(prepared.verify_message(message, &signature)?)
    })
}

/// Hands over a vector's message as this library takes it.
fn with_message<A: VectorSignature, T>(
    key: &VerifyingKey<A>,
    message: &case::Message,
    act: impl FnOnce(&Message<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    match message {
        case::Message::Internal(formatted) => {
            act(&Message::Mu(&hazmat::mu_of_formatted(key, formatted)))
        }
        case::Message::Mu(mu) => {
            let mu = mu
                .as_slice()
                .try_into()
                .map_err(|_| "mu is not of 64 bytes")?;
            act(&Message::Mu(mu))
        }
        case::Message::Pure {
            message,
            context: bytes,
        } => act(&Message::with_context(message, Context::new(bytes)?)),
        case::Message::PreHash {
            message,
            context: bytes,
            hash,
        } => {
            let hash = pre_hash(*hash);
            let digest = hash.digest(message);
            let digest = digest.get(..hash.digest_bytes()).unwrap_or(&digest);
            let digest = PreHashed::new(hash, digest)?;
            act(&Message::PreHashed {
                digest,
                context: Context::new(bytes)?,
            })
        }
    }
}

fn pre_hash(hash: case::PreHash) -> PreHash {
    match hash {
        case::PreHash::Sha224 => PreHash::Sha2_224,
        case::PreHash::Sha256 => PreHash::Sha2_256,
        case::PreHash::Sha384 => PreHash::Sha2_384,
        case::PreHash::Sha512 => PreHash::Sha2_512,
        case::PreHash::Sha512_224 => PreHash::Sha2_512_224,
        case::PreHash::Sha512_256 => PreHash::Sha2_512_256,
        case::PreHash::Sha3_224 => PreHash::Sha3_224,
        case::PreHash::Sha3_256 => PreHash::Sha3_256,
        case::PreHash::Sha3_384 => PreHash::Sha3_384,
        case::PreHash::Sha3_512 => PreHash::Sha3_512,
        case::PreHash::Shake128 => PreHash::Shake128,
        case::PreHash::Shake256 => PreHash::Shake256,
    }
}
