//! Cases of key encapsulation.

use pqkm::core::hazmat::{self, GivenBytes};
use pqkm::core::{
    Ciphertext, DecapsulationKey, EncapsulationKey, Engine, ExposeToken, KemAlgorithm,
    PrivateKeyForm, SeedForms,
};
use pqkm_testkit::case::{Encapsulated, Expect, KeyPair, Operation, PrivateKey};

use crate::accumulated;
use crate::report::{Check, Fault, Outcome, ensure};

/// A KEM with the two forms of private keys that vectors have.
pub(crate) trait VectorKem: KemAlgorithm<Decapsulation: SeedForms> {}

impl<A: KemAlgorithm<Decapsulation: SeedForms>> VectorKem for A {}

/// FIPS 203, Algorithm 17 (ML-KEM.Encaps_internal) takes 32 bytes.
const M_BYTES: usize = 32;

/// Runs one case.
pub(crate) fn check<A: VectorKem>(engine: Engine, operation: &Operation) -> Outcome {
    match operation {
        Operation::KeyGen { seed, expect } => {
            compare(expect, key_gen::<A>(engine, seed), |pair, expected| {
                check_pair(pair, expected)
            })
        }
        Operation::Encapsulate { ek, m, expect } => compare(
            expect,
            encapsulate::<A>(engine, ek, m),
            |output, expected| {
                ensure(output.c == expected.c, "another ciphertext")?;
                ensure(output.k == expected.k, "another shared secret key")
            },
        ),
        Operation::Decapsulate { key, ek, c, expect } => {
            let output = decapsulate::<A>(engine, key, ek.as_deref(), c);
            compare(expect, output, |k, expected| {
                ensure(k == expected, "another shared secret key")
            })
        }
        Operation::CheckEncapsulationKey { ek, valid } => ensure(
            EncapsulationKey::<A>::from_bytes(ek).is_ok() == *valid,
            "the other verdict",
        ),
        Operation::CheckDecapsulationKey { dk, valid } => ensure(
            DecapsulationKey::<A>::from_expanded(dk).is_ok() == *valid,
            "the other verdict",
        ),
        Operation::Accumulated { iterations, digest } => {
            accumulated::kem::<A>(engine, *iterations, digest)
        }
        _ => Err(Fault::from("not a case of a KEM")),
    }
    .into()
}

/// What must come of an operation, against what came; `Err` is a refusal, and says whose.
pub(crate) fn compare<T, E>(
    expect: &Expect<E>,
    output: Result<T, Fault>,
    same: impl FnOnce(&T, &E) -> Check,
) -> Check {
    match (expect, output) {
        (Expect::Is(expected) | Expect::RefusedOr(expected), Ok(output)) => same(&output, expected),
        (Expect::Is(_) | Expect::Succeeds, Err(refusal)) => {
            Err(format!("refused: {refusal}").into())
        }
        (Expect::Refused, Ok(_)) => Err(Fault::from("accepted, and must be refused")),
        (Expect::Succeeds, Ok(_)) | (Expect::Refused | Expect::RefusedOr(_), Err(_)) => Ok(()),
        (Expect::Any, _) => Ok(()),
    }
}

/// Two ways to the same key: generation with the engine, and import of the seed.
fn key_gen<A: VectorKem>(engine: Engine, seed: &[u8]) -> Result<DecapsulationKey<A>, Fault> {
    let imported = DecapsulationKey::<A>::from_seed(seed)?;
    let pairs = hazmat::generate_kem_pairs::<A, _>(engine, 1, &mut GivenBytes::new(seed));
    let (generated, ek) = pairs??.into_iter().next().ok_or("no key was generated")?;
    ensure(
        expanded(&generated)? == expanded(&imported)?,
        "generation and import differ",
    )?;
    ensure(
        ek == generated.encapsulation_key(),
        "the halves of the pair differ",
    )?;
    Ok(generated)
}

fn check_pair<A: VectorKem>(key: &DecapsulationKey<A>, expected: &KeyPair) -> Check {
    if let Some(ek) = &expected.public {
        ensure(
            key.encapsulation_key().as_bytes() == ek,
            "another encapsulation key",
        )?;
    }
    if let Some(dk) = &expected.private {
        ensure(expanded(key)?.ends_with(dk), "another decapsulation key")?;
        let imported = DecapsulationKey::<A>::from_expanded(dk)
            .map_err(|error| format!("the expected decapsulation key is refused: {error}"))?;
        ensure(
            imported.encapsulation_key() == key.encapsulation_key(),
            "import differs",
        )?;
    }
    Ok(())
}

/// PKCS#8 of the expanded form, which ends with `dk`.
fn expanded<A: VectorKem>(key: &DecapsulationKey<A>) -> Result<Vec<u8>, Fault> {
    let exposed = key.expose(ExposeToken::acknowledge())?;
    let der = exposed.to_pkcs8_der_as(PrivateKeyForm::Expanded);
    Ok(der?.as_bytes().to_vec())
}

fn encapsulate<A: VectorKem>(engine: Engine, ek: &[u8], m: &[u8]) -> Result<Encapsulated, Fault> {
    let key = EncapsulationKey::<A>::from_bytes(ek)?;
    ensure(m.len() == M_BYTES, "m is not of 32 bytes")?;
    let prepared = key.prepare_with(engine)?;
    let output = prepared.encapsulate(&mut GivenBytes::new(m));
    let (c, k) = output?;
    Ok(Encapsulated {
        c: c.as_bytes().to_vec(),
        k: k.expose(ExposeToken::acknowledge()).to_vec(),
    })
}

fn decapsulate<A: VectorKem>(
    engine: Engine,
    key: &PrivateKey,
    ek: Option<&[u8]>,
    c: &[u8],
) -> Result<Vec<u8>, Fault> {
    let key = match key {
        PrivateKey::Seed(seed) => DecapsulationKey::<A>::from_seed(seed),
        PrivateKey::Expanded(dk) => DecapsulationKey::<A>::from_expanded(dk),
    }?;
    if let Some(ek) = ek {
        ensure(
            key.encapsulation_key().as_bytes() == ek,
            "another encapsulation key",
        )?;
    }
    let c = Ciphertext::<A>::from_bytes(c)?;
    let prepared = key.prepare_with(engine)?;
    let k = prepared.decapsulate(&c)?;
    Ok(k.expose(ExposeToken::acknowledge()).to_vec())
}
