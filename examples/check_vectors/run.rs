//! Which code a case goes to.

use pqkm::core::{
    Engine, KemAlgorithm, MlDsa44, MlDsa65, MlDsa87, MlKem512, MlKem768, MlKem1024,
    SlhDsaSha2_128f, SlhDsaSha2_128s, SlhDsaSha2_192f, SlhDsaSha2_192s, SlhDsaSha2_256f,
    SlhDsaSha2_256s, SlhDsaShake128f, SlhDsaShake128s, SlhDsaShake192f, SlhDsaShake192s,
    SlhDsaShake256f, SlhDsaShake256s, VerificationAlgorithm,
};
use pqkm_testkit::case::{Case, Operation, Unusable};
use pqkm_testkit::file::VectorFile;
use pqkm_testkit::parameter_set::ParameterSet;

use crate::report::{Outcome, Tally};
use crate::{composite, kem, lms, signature, slh_dsa};

/// What the command line says.
pub(crate) struct Options {
    /// The engine that was named.
    pub(crate) engine: Option<Engine>,
    /// Whether to run what takes hours.
    pub(crate) long: bool,
}

/// Accumulated vectors of more iterations are run only when asked for.
const ITERATIONS: u64 = 10_000;

/// Runs every case of a file.
pub(crate) fn check_file(options: &Options, path: &str, vectors: &VectorFile) -> Tally {
    match vectors {
        VectorFile::Cases(cases) => check_cases(options, path, cases),
        VectorFile::Composite(cases) => composite::check_all(path, cases),
        VectorFile::Lms(cases) => lms::check_all(path, cases),
        VectorFile::Xmss(cases) => Tally::skipped(cases.len(), "XMSS is not covered yet"),
        VectorFile::Wycheproof(suite) => not_covered(&suite.algorithm, suite.count()),
        VectorFile::OtherAcvp { algorithm, tests } => not_covered(algorithm, *tests),
        other => Tally::skipped(other.count(), "not covered yet"),
    }
}

/// What the tests of `pqkm-core` run through typed keys, and this program does not read.
const IN_TESTS: [&str; 7] = [
    "ECDSA",
    "EDDSA",
    "ECDH",
    "XDH",
    "RSASSA-PSS",
    "RSASSA-PKCS1-v1_5",
    "RSAES-OAEP",
];

fn not_covered(algorithm: &str, tests: usize) -> Tally {
    let reason = if IN_TESTS.contains(&algorithm) {
        "is run by the tests of pqkm-core, and not here"
    } else {
        "is not covered yet"
    };
    Tally::skipped(tests, &format!("{algorithm} {reason}"))
}

fn check_cases(options: &Options, path: &str, cases: &[Case]) -> Tally {
    let mut tally = Tally::default();
    for case in cases {
        // A case of a draft is no case of the standard: it is said, and not counted.
        if case.operation == Operation::Unusable(Unusable::Draft) {
            tally.note(Unusable::Draft.to_string());
            continue;
        }
        if let Operation::Accumulated { iterations, .. } = case.operation
            && iterations > ITERATIONS
            && !options.long
        {
            tally.note(format!(
                "published for {iterations} iterations as well: --long"
            ));
            continue;
        }
        if let Some(what) = tally.count(check_case(options, case)) {
            let Case {
                id,
                parameter_set,
                comment,
                ..
            } = case;
            eprintln!("{path}: {id}: {parameter_set}: {what} [{comment}]");
        }
    }
    tally
}

fn check_case(options: &Options, case: &Case) -> Outcome {
    if let Operation::Unusable(reason) = case.operation {
        return Outcome::Skipped(reason.to_string());
    }
    match case.parameter_set {
        ParameterSet::MlKem512 => kem_case::<MlKem512>(options, &case.operation),
        ParameterSet::MlKem768 => kem_case::<MlKem768>(options, &case.operation),
        ParameterSet::MlKem1024 => kem_case::<MlKem1024>(options, &case.operation),
        ParameterSet::MlDsa44 => signature_case::<MlDsa44>(options, &case.operation),
        ParameterSet::MlDsa65 => signature_case::<MlDsa65>(options, &case.operation),
        ParameterSet::MlDsa87 => signature_case::<MlDsa87>(options, &case.operation),
        ParameterSet::SlhDsaSha2_128s => slh_dsa_case::<SlhDsaSha2_128s>(options, &case.operation),
        ParameterSet::SlhDsaSha2_128f => slh_dsa_case::<SlhDsaSha2_128f>(options, &case.operation),
        ParameterSet::SlhDsaSha2_192s => slh_dsa_case::<SlhDsaSha2_192s>(options, &case.operation),
        ParameterSet::SlhDsaSha2_192f => slh_dsa_case::<SlhDsaSha2_192f>(options, &case.operation),
        ParameterSet::SlhDsaSha2_256s => slh_dsa_case::<SlhDsaSha2_256s>(options, &case.operation),
        ParameterSet::SlhDsaSha2_256f => slh_dsa_case::<SlhDsaSha2_256f>(options, &case.operation),
        ParameterSet::SlhDsaShake128s => slh_dsa_case::<SlhDsaShake128s>(options, &case.operation),
        ParameterSet::SlhDsaShake128f => slh_dsa_case::<SlhDsaShake128f>(options, &case.operation),
        ParameterSet::SlhDsaShake192s => slh_dsa_case::<SlhDsaShake192s>(options, &case.operation),
        ParameterSet::SlhDsaShake192f => slh_dsa_case::<SlhDsaShake192f>(options, &case.operation),
        ParameterSet::SlhDsaShake256s => slh_dsa_case::<SlhDsaShake256s>(options, &case.operation),
        ParameterSet::SlhDsaShake256f => slh_dsa_case::<SlhDsaShake256f>(options, &case.operation),
    }
}

fn kem_case<A: kem::VectorKem>(options: &Options, operation: &Operation) -> Outcome {
    match choose(options, <A as KemAlgorithm>::supports, A::NAME) {
        Ok(engine) => kem::check::<A>(engine, operation),
        Err(reason) => Outcome::Skipped(reason),
    }
}

fn signature_case<A: signature::VectorSignature>(
    options: &Options,
    operation: &Operation,
) -> Outcome {
    match choose(options, <A as VerificationAlgorithm>::supports, A::NAME) {
        Ok(engine) => signature::check::<A>(engine, operation),
        Err(reason) => Outcome::Skipped(reason),
    }
}

fn slh_dsa_case<A: slh_dsa::VectorSlhDsa>(options: &Options, operation: &Operation) -> Outcome {
    match choose(options, <A as VerificationAlgorithm>::supports, A::NAME) {
        Ok(_) => slh_dsa::check::<A>(operation),
        Err(reason) => Outcome::Skipped(reason),
    }
}

/// The named engine if it can run here, otherwise what ordinary callers get.
fn choose(options: &Options, supports: fn(Engine) -> bool, name: &str) -> Result<Engine, String> {
    let Some(engine) = options.engine else {
        let detected = Engine::detect();
        return Ok(if supports(detected) {
            detected
        } else {
            Engine::REFERENCE
        });
    };
    if !engine.is_available() {
        return Err(format!("this CPU does not run the engine {engine}"));
    }
    if !supports(engine) {
        return Err(format!("the engine {engine} does not cover {name}"));
    }
    Ok(engine)
}
