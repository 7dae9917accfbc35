//! ML-KEM groups as typed cases.

use super::{Group, Kind, Test, Verdict};
use crate::case::{Encapsulated, Expect, KeyPair, Operation, PrivateKey};
use crate::error::{Problem, VectorError};
use crate::parameter_set::{ParameterSet, Scheme};

pub(super) fn operation(
    group: &Group,
    test: &Test,
) -> Result<(ParameterSet, Operation), VectorError> {
    let parameter_set = ParameterSet::from_name(group.fields.text("parameterSet")?)
        .filter(|set| set.scheme() == Scheme::MlKem)
        .ok_or_else(|| {
            group
                .fields
                .fault("parameterSet", Problem::UnknownParameterSet)
        })?;
    let operation = match group.kind {
        Kind::MlKemKeyGen => key_gen(test)?,
        Kind::MlKemEncaps => encaps(test)?,
        Kind::MlKemDecaps => decaps(test, PrivateKey::Expanded(test.fields.bytes("dk")?))?,
        _ => decaps(test, PrivateKey::Seed(test.fields.bytes("seed")?))?,
    };
    Ok((parameter_set, operation))
}

fn key_gen(test: &Test) -> Result<Operation, VectorError> {
    let seed = test.fields.bytes("seed")?;
    let public = test.fields.optional_bytes("ek")?;
    let private = test.fields.optional_bytes("dk")?;
    Ok(Operation::KeyGen {
        seed,
        expect: expect(test.result, Some(KeyPair { public, private })),
    })
}

fn encaps(test: &Test) -> Result<Operation, VectorError> {
    let (ek, m) = (test.fields.bytes("ek")?, test.fields.bytes("m")?);
    let c = test.fields.optional_bytes("c")?;
    let k = test.fields.optional_bytes("K")?;
    let output = c.zip(k).map(|(c, k)| Encapsulated { c, k });
    Ok(Operation::Encapsulate {
        ek,
        m,
        expect: expect(test.result, output),
    })
}

/// Decapsulation; the encapsulation key, where it is given, must be the one in the decapsulation
/// key.
fn decaps(test: &Test, key: PrivateKey) -> Result<Operation, VectorError> {
    let ek = test.fields.optional_bytes("ek")?;
    let c = test.fields.bytes("c")?;
    let k = test.fields.optional_bytes("K")?;
    Ok(Operation::Decapsulate {
        key,
        ek,
        c,
        expect: expect(test.result, k),
    })
}

/// What a verdict and an output, if the file gives one, say together.
pub(super) fn expect<T>(verdict: Verdict, output: Option<T>) -> Expect<T> {
    match (verdict, output) {
        (Verdict::Valid, Some(output)) => Expect::Is(output),
        (Verdict::Valid, None) => Expect::Succeeds,
        (Verdict::Acceptable, Some(output)) => Expect::RefusedOr(output),
        (Verdict::Acceptable, None) => Expect::Any,
        (Verdict::Invalid, _) => Expect::Refused,
    }
}
