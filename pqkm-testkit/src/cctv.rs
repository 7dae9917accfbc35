//! The C2SP's Community Cryptography Test Vectors for ML-KEM and ML-DSA.
//!
//! # Accumulated vectors
//! `s` and `a` are SHAKE128 instances; `s` absorbs nothing and is read, `a` absorbs what is
//! produced; its first 32 bytes of output at the end are [`Operation::Accumulated`]'s digest. For
//! each iteration:
//!
//! * ML-KEM reads `d`, `z`, `m` (32 bytes each) and `ct` (a ciphertext's length), and absorbs `ek`,
//!   `dk`, the ciphertext and `K` of encapsulating `m` to `ek`, and the secret of decapsulating the
//!   random `ct`.
//! * ML-DSA reads `xi` (32 bytes), and absorbs the public key and the deterministic signature of
//!   the empty message with empty context.
//!
//! # Benchmark messages
//! ASCII messages that, signed deterministically with empty context under the key of the all-zero
//! seed, need a representative number of attempts: the mean time over all of them is the mean time
//! of signing.

mod accumulated;
mod sequence;

use serde_json::Value;

pub(crate) use self::accumulated::recognise as recognise_accumulated;
pub use self::accumulated::{Accumulated, Accumulator};
pub use self::sequence::{Intermediates, Value as IntermediateValue};
pub(crate) use self::sequence::{cases as sequence_cases, sequences};
use crate::case::{Case, CaseId, Expect, Message, Operation, PrivateKey};
use crate::error::{Problem, VectorError};
use crate::hex;
use crate::parameter_set::{ParameterSet, Scheme};

/// Whether every line is one encapsulation key in hexadecimal.
pub(crate) fn recognise_modulus(text: &str) -> bool {
    text.lines()
        .next()
        .is_some_and(|line| key_set(line).is_some())
}

/// Encapsulation keys that the modulus check of FIPS 203 must refuse, one a line.
pub(crate) fn modulus_cases(text: &str) -> Result<Vec<Case>, VectorError> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty());
    lines
        .map(|(index, line)| {
            let fault = |problem| VectorError::line(index + 1, problem);
            let ek = hex::decode(line).map_err(fault)?;
            let parameter_set = key_set(line).ok_or_else(|| fault(Problem::Length))?;
            let operation = Operation::CheckEncapsulationKey { ek, valid: false };
            Ok(case(CaseId::Line(index + 1), parameter_set, operation))
        })
        .collect()
}

fn key_set(line: &str) -> Option<ParameterSet> {
    let mut sets = ParameterSet::all().filter(|set| set.scheme() == Scheme::MlKem);
    let set = sets.find(|set| set.public_key_bytes() * 2 == line.len())?;
    line.bytes()
        .all(|digit| digit.is_ascii_hexdigit())
        .then_some(set)
}

/// Whether a JSON value is an array of benchmark messages.
pub(crate) fn recognise_benchmark(value: &Value) -> bool {
    value.as_array().is_some_and(|items| {
        let text = |item: &Value| {
            item.as_str()
                .is_some_and(|text| text.len() == BENCHMARK_MESSAGE_BYTES && text.is_ascii())
        };
        !items.is_empty() && items.iter().all(text)
    })
}

const BENCHMARK_MESSAGE_BYTES: usize = 26;

/// Benchmark messages as cases of deterministic signing; the file does not give the signatures. Its
/// parameter set stands in its name only.
pub(crate) fn benchmark_cases(value: &Value, set: ParameterSet) -> Result<Vec<Case>, VectorError> {
    let fault = |problem| VectorError::json(String::from("$"), problem);
    let items = value.as_array().ok_or_else(|| fault(Problem::WrongType))?;
    items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let text = item.as_str().ok_or_else(|| fault(Problem::WrongType))?;
            let message = Message::Pure {
                message: text.as_bytes().to_vec(),
                context: Vec::new(),
            };
            let operation = Operation::Sign {
                key: PrivateKey::Seed(vec![0; 32]),
                public: None,
                message,
                mu: None,
                randomness: None,
                expect: Expect::Succeeds,
            };
            Ok(case(CaseId::Item(index), set, operation))
        })
        .collect()
}

fn case(id: CaseId, parameter_set: ParameterSet, operation: Operation) -> Case {
    Case {
        id,
        parameter_set,
        operation,
        comment: String::new(),
        flags: Vec::new(),
    }
}
