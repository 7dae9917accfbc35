//! Bouncy Castle's text form of ACVP's SLH-DSA signature generation: `sk`, `message`, `signature`,
//! and `additionalRandomness` where the signature is hedged. The interface is the internal one.

use crate::case::{Case, CaseId, Expect, Message, Operation, PrivateKey, Unusable};
use crate::error::{Problem, VectorError};
use crate::parameter_set::ParameterSet;
use crate::text::Record;

pub(crate) fn recognise(record: &Record) -> bool {
    record.has_all(&["sk", "messageLength", "message", "signature"])
}

/// The file does not say which parameter set it is of. The lengths leave two, of which its name
/// tells the hash function.
pub(crate) fn cases(records: &[Record], file_name: &str) -> Result<Vec<Case>, VectorError> {
    records
        .iter()
        .map(|record| case(record, file_name))
        .collect()
}

fn case(record: &Record, file_name: &str) -> Result<Case, VectorError> {
    let (sk, signature) = (record.bytes("sk")?, record.bytes("signature")?);
    let family = family(file_name);
    let parameter_set = ParameterSet::all()
        .filter(|set| set.private_key_bytes() == sk.len() && set.output_bytes() == signature.len())
        .find(|set| family.is_some_and(|family| set.name().contains(family)))
        .ok_or_else(|| VectorError::line(record.line, Problem::UnknownParameterSet))?;
    let bits = record.numbers("messageLength")?;
    let operation = if bits.iter().any(|bits| bits & 7 != 0) {
        Operation::Unusable(Unusable::PartialByte)
    } else {
        Operation::Sign {
            key: PrivateKey::Expanded(sk),
            public: None,
            message: Message::Internal(record.bytes("message")?),
            mu: None,
            randomness: record.optional_bytes("additionalRandomness")?,
            expect: Expect::Is(signature),
        }
    };
    let id = CaseId::Line(record.line);
    Ok(Case {
        id,
        parameter_set,
        operation,
        comment: record.comment.clone(),
        flags: Vec::new(),
    })
}

fn family(file_name: &str) -> Option<&'static str> {
    let name = file_name.to_ascii_uppercase();
    ["-SHAKE-", "-SHA2-"]
        .into_iter()
        .find(|family| name.contains(family.trim_matches('-')))
}
