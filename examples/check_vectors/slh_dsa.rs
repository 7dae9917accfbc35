//! Cases of SLH-DSA.

use pqkm::core::hazmat::{self, GivenBytes};
use pqkm::core::material::{HeapBytes, SlhDsaSigning, SlhDsaVerification};
use pqkm::core::{
    Context, ExposeToken, Message, PreHashed, Sign, Signature, SignatureAlgorithm, SigningKey,
    SlhDsaParameters, VerificationAlgorithm, Verify, VerifyingKey,
};
use pqkm_testkit::case::{self, KeyPair, Operation, PrivateKey};

use crate::kem::compare;
use crate::report::{Check, Fault, Outcome, ensure};
use crate::signature::pre_hash;

/// A parameter set of SLH-DSA, whose materials the internal functions name.
pub(crate) trait VectorSlhDsa:
    SlhDsaParameters
    + SignatureAlgorithm<Signing = SlhDsaSigning<Self>>
    + VerificationAlgorithm<Verification = SlhDsaVerification<Self>, Signature = HeapBytes<Self>>
{
}

impl<P> VectorSlhDsa for P where
    P: SlhDsaParameters
        + SignatureAlgorithm<Signing = SlhDsaSigning<P>>
        + VerificationAlgorithm<Verification = SlhDsaVerification<P>, Signature = HeapBytes<P>>
{
}

/// Runs one case.
pub(crate) fn check<P: VectorSlhDsa>(operation: &Operation) -> Outcome {
    match operation {
        Operation::KeyGen { seed, expect } => {
            let key = SigningKey::<P>::generate(&mut GivenBytes::new(seed));
            compare(expect, key.map_err(Fault::from), check_pair)
        }
        Operation::Sign {
            key,
            public,
            message,
            randomness,
            expect,
            ..
        } => {
            let signature = signing_key::<P>(key, public.as_deref())
                .and_then(|key| sign(&key, message, randomness.as_deref()));
            compare(expect, signature, |signature, expected| {
                ensure(signature == expected, "another signature")
            })
        }
        Operation::Verify {
            public,
            message,
            signature,
            valid,
        } => match (verify::<P>(public, message, signature), valid) {
            (Ok(()), false) => Err(Fault::from("accepted, and must be refused")),
            (Err(refusal), true) => Err(format!("refused: {refusal}").into()),
            _ => Ok(()),
        },
        _ => Err(Fault::from("not a case of SLH-DSA")),
    }
    .into()
}

fn check_pair<P: VectorSlhDsa>(key: &SigningKey<P>, expected: &KeyPair) -> Check {
    if let Some(public) = &expected.public {
        let own = key.verifying_key();
        ensure(own.as_bytes() == public, "another public key")?;
    }
    if let Some(sk) = &expected.private {
        let exposed = key.expose(ExposeToken::acknowledge())?;
        ensure(
            exposed.to_raw_private_key().as_slice() == sk,
            "another private key",
        )?;
        let imported = SigningKey::<P>::from_raw_private_key(sk)
            .map_err(|error| format!("the expected private key is refused: {error}"))?;
        ensure(
            imported.verifying_key() == key.verifying_key(),
            "import differs",
        )?;
    }
    Ok(())
}

fn signing_key<P: VectorSlhDsa>(
    key: &PrivateKey,
    public: Option<&[u8]>,
) -> Result<SigningKey<P>, Fault> {
    let key = match key {
        PrivateKey::Seed(seeds) => SigningKey::<P>::generate(&mut GivenBytes::new(seeds))?,
        PrivateKey::Expanded(sk) => SigningKey::<P>::from_raw_private_key(sk)?,
    };
    if let Some(public) = public {
        let own = key.verifying_key();
        ensure(own.as_bytes() == public, "another public key")?;
    }
    Ok(key)
}

/// Signs; without `addrnd` in the case, deterministically, which is `PK.seed` in its place
/// (FIPS 205, Algorithm 19 (`slh_sign_internal`)).
fn sign<P: VectorSlhDsa>(
    key: &SigningKey<P>,
    message: &case::Message,
    randomness: Option<&[u8]>,
) -> Result<Vec<u8>, Fault> {
    let public = key.verifying_key();
    let addrnd = match randomness {
        Some(addrnd) => addrnd,
        None => public.as_bytes().get(..P::N).unwrap_or_default(),
    };
    ensure(addrnd.len() == P::N, "addrnd is not of n bytes")?;
    let mut rng = GivenBytes::new(addrnd);
    let signature = match message {
        case::Message::Internal(formatted) => hazmat::slh_sign_internal(key, formatted, &mut rng)?,
        other => with_message(other, |message| Ok(key.sign_message(message, &mut rng)?))?,
    };
    let bytes = signature.as_bytes().to_vec();
    verify::<P>(public.as_bytes(), message, &bytes)
        .map_err(|refusal| format!("its own signature: {refusal}"))?;
    Ok(bytes)
}

fn verify<P: VectorSlhDsa>(public: &[u8], message: &case::Message, signature: &[u8]) -> Check {
    let key = VerifyingKey::<P>::from_bytes(public)?;
    let signature = Signature::<P>::from_bytes(signature)?;
    match message {
        case::Message::Internal(formatted) => {
            Ok(hazmat::slh_verify_internal(&key, formatted, &signature)?)
        }
        other => with_message(
            other,
            |message| Ok(key.verify_message(message, &signature)?),
        ),
    }
}

/// Hands over a vector's message as this library takes it.
fn with_message<T>(
    message: &case::Message,
    act: impl FnOnce(&Message<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    match message {
        case::Message::Pure { message, context } => {
            act(&Message::with_context(message, Context::new(context)?))
        }
        case::Message::PreHash {
            message,
            context,
            hash,
        } => {
            let hash = pre_hash(*hash);
            let digest = hash.digest(message);
            let digest = digest.get(..hash.digest_bytes()).unwrap_or(&digest);
            act(&Message::PreHashed {
                digest: PreHashed::new(hash, digest)?,
                context: Context::new(context)?,
            })
        }
        case::Message::Internal(_) | case::Message::Mu(_) => {
            Err(Fault::from("not a message of SLH-DSA's external interface"))
        }
    }
}
