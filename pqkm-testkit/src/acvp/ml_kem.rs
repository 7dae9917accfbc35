//! ML-KEM: modes `keyGen` and `encapDecap`.

use super::question::Question;
use crate::case::{Encapsulated, Expect, KeyPair, Operation, PrivateKey, Unusable};
use crate::error::VectorError;

const OPEN: Operation = Operation::Unusable(Unusable::NoExpectedResult);

pub(super) fn operation(mode: &str, question: &Question<'_>) -> Result<Operation, VectorError> {
    match mode {
        "keyGen" => key_gen(question),
        "encapDecap" => match question.word("function")? {
            Some("encapsulation") => encapsulation(question),
            Some("decapsulation") => decapsulation(question),
            Some("encapsulationKeyCheck") => encapsulation_key_check(question),
            Some("decapsulationKeyCheck") => decapsulation_key_check(question),
            Some(_) => Err(question.unknown("function")),
            None => {
                question.test.need("function", None::<()>)?;
                Ok(OPEN)
            }
        },
        _ => Err(question.unknown("mode")),
    }
}

fn key_gen(question: &Question<'_>) -> Result<Operation, VectorError> {
    let seed = [question.input("d")?, question.input("z")?].concat();
    let (public, private) = (question.answer("ek")?, question.answer("dk")?);
    if public.is_none() && private.is_none() {
        return Ok(OPEN);
    }
    Ok(Operation::KeyGen {
        seed,
        expect: Expect::Is(KeyPair { public, private }),
    })
}

fn encapsulation(question: &Question<'_>) -> Result<Operation, VectorError> {
    let (ek, m) = (question.input("ek")?, question.input("m")?);
    let (Some(c), Some(k)) = (question.answer("c")?, question.answer("k")?) else {
        return Ok(OPEN);
    };
    Ok(Operation::Encapsulate {
        ek,
        m,
        expect: Expect::Is(Encapsulated { c, k }),
    })
}

fn decapsulation(question: &Question<'_>) -> Result<Operation, VectorError> {
    let c = question.input("c")?;
    let key = match question.word("keyFormat")? {
        Some("seed") => PrivateKey::Seed([question.input("d")?, question.input("z")?].concat()),
        Some("expanded" | "none") | None => PrivateKey::Expanded(question.input("dk")?),
        Some(_) => return Err(question.unknown("keyFormat")),
    };
    let Some(k) = question.answer("k")? else {
        return Ok(OPEN);
    };
    Ok(Operation::Decapsulate {
        key,
        ek: question.optional_input("ek")?,
        c,
        expect: Expect::Is(k),
    })
}

fn encapsulation_key_check(question: &Question<'_>) -> Result<Operation, VectorError> {
    let Some(ek) = question.optional_input("ek")? else {
        return Ok(Operation::Unusable(Unusable::NoKey));
    };
    let Some(valid) = question.verdict()? else {
        return Ok(OPEN);
    };
    Ok(Operation::CheckEncapsulationKey { ek, valid })
}

/// Prompts of revision `FIPS203-tr1` may ask about a key that they do not contain.
fn decapsulation_key_check(question: &Question<'_>) -> Result<Operation, VectorError> {
    let Some(dk) = question.optional_input("dk")? else {
        return Ok(Operation::Unusable(Unusable::NoKey));
    };
    let Some(valid) = question.verdict()? else {
        return Ok(OPEN);
    };
    Ok(Operation::CheckDecapsulationKey { dk, valid })
}
