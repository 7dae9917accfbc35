//! ML-DSA groups as typed cases.

use super::ml_kem::expect;
use super::{Group, Kind, Test, Verdict};
use crate::case::{Message, Operation, PrivateKey};
use crate::error::{Problem, VectorError};
use crate::parameter_set::{ParameterSet, Scheme};

pub(super) fn operation(
    algorithm: &str,
    group: &Group,
    test: &Test,
) -> Result<(ParameterSet, Operation), VectorError> {
    let parameter_set = ParameterSet::from_name(algorithm)
        .filter(|set| set.scheme() == Scheme::MlDsa)
        .ok_or_else(|| {
            VectorError::json(String::from("algorithm"), Problem::UnknownParameterSet)
        })?;
    let operation = match group.kind {
        Kind::MlDsaVerify => verify(group, test)?,
        _ => sign(group, test)?,
    };
    Ok((parameter_set, operation))
}

fn verify(group: &Group, test: &Test) -> Result<Operation, VectorError> {
    Ok(Operation::Verify {
        public: key_material(group, test, "publicKey")?
            .ok_or_else(|| group.fields.fault("publicKey", Problem::Missing))?,
        message: message(test)?,
        signature: test.fields.bytes("sig")?,
        valid: test.result == Verdict::Valid,
    })
}

fn sign(group: &Group, test: &Test) -> Result<Operation, VectorError> {
    let seed = key_material(group, test, "privateSeed")?;
    let expanded = key_material(group, test, "privateKey")?;
    let key = match (seed, expanded) {
        (Some(seed), _) => PrivateKey::Seed(seed),
        (None, Some(expanded)) => PrivateKey::Expanded(expanded),
        (None, None) => return Err(group.fields.fault("privateKey", Problem::Missing)),
    };
    let message = message(test)?;
    let mu = match message {
        Message::Mu(_) => None,
        _ => test.fields.optional_bytes("mu")?,
    };
    let randomness = match test.fields.optional_bytes("rnd")? {
        Some(rnd) => Some(rnd),
        None => test.fields.optional_bytes("randomness")?,
    };
    let signature = test.fields.bytes("sig")?;
    Ok(Operation::Sign {
        key,
        public: key_material(group, test, "publicKey")?,
        message,
        mu,
        randomness,
        expect: expect(test.result, Some(signature)),
    })
}

/// A message with its context; a test of the internal interface gives only `mu`.
fn message(test: &Test) -> Result<Message, VectorError> {
    match test.fields.optional_bytes("msg")? {
        Some(message) => {
            let context = test.fields.optional_bytes("ctx")?.unwrap_or_default();
            Ok(Message::Pure { message, context })
        }
        None => test.fields.bytes("mu").map(Message::Mu),
    }
}

/// Keys stand in the group, in some schemas in the test.
fn key_material(group: &Group, test: &Test, name: &str) -> Result<Option<Vec<u8>>, VectorError> {
    match test.fields.optional_bytes(name)? {
        Some(bytes) => Ok(Some(bytes)),
        None => group.fields.optional_bytes(name),
    }
}
