//! ML-DSA and SLH-DSA: modes `keyGen`, `sigGen` and `sigVer`.

use super::question::Question;
use crate::case::{Expect, KeyPair, Message, Operation, PreHash, PrivateKey, Unusable};
use crate::error::VectorError;
use crate::parameter_set::Scheme;

const OPEN: Operation = Operation::Unusable(Unusable::NoExpectedResult);

pub(super) fn operation(
    scheme: Scheme,
    mode: &str,
    question: &Question<'_>,
) -> Result<Operation, VectorError> {
    match mode {
        "keyGen" => key_gen(scheme, question),
        "sigGen" => sig_gen(scheme, question),
        "sigVer" => sig_ver(question),
        _ => Err(question.unknown("mode")),
    }
}

fn key_gen(scheme: Scheme, question: &Question<'_>) -> Result<Operation, VectorError> {
    let seed = match scheme {
        Scheme::SlhDsa => ["skSeed", "skPrf", "pkSeed"]
            .into_iter()
            .map(|key| question.input(key))
            .collect::<Result<Vec<_>, _>>()?
            .concat(),
        Scheme::MlKem | Scheme::MlDsa => question.input("seed")?,
    };
    let (public, private) = (question.answer("pk")?, question.answer("sk")?);
    if public.is_none() && private.is_none() {
        return Ok(OPEN);
    }
    Ok(Operation::KeyGen {
        seed,
        expect: Expect::Is(KeyPair { public, private }),
    })
}

fn sig_gen(scheme: Scheme, question: &Question<'_>) -> Result<Operation, VectorError> {
    let Some(key) = private_key(question)? else {
        return Ok(Operation::Unusable(Unusable::NoKey));
    };
    let Some(message) = message(question)? else {
        return Ok(Operation::Unusable(Unusable::PartialByte));
    };
    let randomness = randomness(scheme, question)?;
    let Some(signature) = question.answer("signature")? else {
        return Ok(OPEN);
    };
    Ok(Operation::Sign {
        key,
        public: question.optional_input("pk")?,
        message,
        mu: None,
        randomness,
        expect: Expect::Is(signature),
    })
}

fn sig_ver(question: &Question<'_>) -> Result<Operation, VectorError> {
    let Some(message) = message(question)? else {
        return Ok(Operation::Unusable(Unusable::PartialByte));
    };
    let (public, signature) = (question.input("pk")?, question.input("signature")?);
    let Some(valid) = question.verdict()? else {
        return Ok(OPEN);
    };
    Ok(Operation::Verify {
        public,
        message,
        signature,
        valid,
    })
}

fn private_key(question: &Question<'_>) -> Result<Option<PrivateKey>, VectorError> {
    match question.word("keyFormat")? {
        Some("seed") => Ok(question.optional_input("seed")?.map(PrivateKey::Seed)),
        Some("expanded" | "none") | None => {
            Ok(question.optional_input("sk")?.map(PrivateKey::Expanded))
        }
        Some(_) => Err(question.unknown("keyFormat")),
    }
}

/// The randomness of a hedged signature. Where the document does not say whether it is
/// deterministic, a random value in the test says that it is not.
fn randomness(scheme: Scheme, question: &Question<'_>) -> Result<Option<Vec<u8>>, VectorError> {
    let key = match scheme {
        Scheme::SlhDsa => "additionalRandomness",
        Scheme::MlKem | Scheme::MlDsa => "rnd",
    };
    match question.flag("deterministic")? {
        Some(true) => Ok(None),
        Some(false) => question.input(key).map(Some),
        None => question.optional_input(key),
    }
}

/// What is signed; `None` when it ends inside a byte.
fn message(question: &Question<'_>) -> Result<Option<Message>, VectorError> {
    if question
        .test
        .number("messageLength")?
        .is_some_and(|bits| bits & 7 != 0)
    {
        return Ok(None);
    }
    match question.word("signatureInterface")? {
        Some("internal") | None => internal_message(question).map(Some),
        Some("external") => external_message(question).map(Some),
        Some(_) => Err(question.unknown("signatureInterface")),
    }
}

fn internal_message(question: &Question<'_>) -> Result<Message, VectorError> {
    if question.flag("externalMu")? == Some(true) {
        return question.input("mu").map(Message::Mu);
    }
    question.input("message").map(Message::Internal)
}

fn external_message(question: &Question<'_>) -> Result<Message, VectorError> {
    let message = question.input("message")?;
    let context = question.optional_input("context")?.unwrap_or_default();
    match question.word("preHash")? {
        Some("pure" | "none") | None => Ok(Message::Pure { message, context }),
        Some("preHash") => {
            let name = question.word("hashAlg")?.unwrap_or_default();
            let hash = PreHash::from_name(name).ok_or_else(|| question.unknown("hashAlg"))?;
            Ok(Message::PreHash {
                message,
                context,
                hash,
            })
        }
        Some(_) => Err(question.unknown("preHash")),
    }
}
