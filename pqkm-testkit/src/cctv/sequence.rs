//! Sequences of named values of one run of ML-KEM: `intermediate`, `unluckysample` and `strcmp`.

use sha3::{Digest, Sha3_512};

use crate::case::{Case, CaseId, Encapsulated, Expect, KeyPair, Operation, PrivateKey};
use crate::error::{Problem, VectorError};
use crate::hex;
use crate::parameter_set::{ParameterSet, Scheme};
use crate::text::Record;

/// Every value on the way, under the names of FIPS 203.
///
/// A name can occur more than once (`r` is a seed first and a vector later): they are in the order
/// of the file.
#[derive(Clone, Debug)]
pub struct Intermediates {
    /// Which parameter set.
    pub parameter_set: ParameterSet,
    /// Names and values.
    pub values: Vec<(String, Value)>,
}

/// A value of a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A byte string, or polynomials in `ByteEncode_12`.
    Bytes(Vec<u8>),
    /// The 256 coefficients of one polynomial.
    Coefficients(Vec<u16>),
}

/// The sequences of a text, if it is of this kind: one a record, or one in all, whose names repeat.
pub(crate) fn sequences(text: &str) -> Option<Vec<Record>> {
    let complete = |record: &Record| record.has_all(&["dk", "c", "K"]);
    let records = crate::text::records(text).ok()?;
    if !records.is_empty() && records.iter().all(complete) {
        return Some(records);
    }
    crate::text::single_record(text)
        .ok()
        .filter(complete)
        .map(|record| vec![record])
}

/// The cases that the values make.
///
/// Decapsulation and encapsulation always; key generation and decapsulation from the seed where a
/// seed is given that FIPS 203 turns into these keys; else the import of the keys. (The published
/// `intermediate` and `unluckysample` files are older than the final standard: their `d` was hashed
/// without k.)
pub(crate) fn cases(records: &[Record]) -> Result<Vec<Case>, VectorError> {
    let cases = records
        .iter()
        .map(record_cases)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(cases.into_iter().flatten().collect())
}

fn record_cases(record: &Record) -> Result<Vec<Case>, VectorError> {
    let dk = record.bytes("dk")?;
    let parameter_set = key_set(record, dk.len())?;
    let (c, k) = (record.bytes("c")?, record.bytes("K")?);
    let ek = record.optional_bytes("ek")?;
    let key = PrivateKey::Expanded(dk.clone());
    let mut operations = vec![("decapsulation", decapsulate(key, ek.as_ref(), &c, &k))];
    if let Some(seed) = final_seed(record, ek.as_deref())? {
        let pair = KeyPair {
            public: ek.clone(),
            private: Some(dk),
        };
        let expect = Expect::Is(pair);
        operations.push((
            "key generation",
            Operation::KeyGen {
                seed: seed.clone(),
                expect,
            },
        ));
        let again = decapsulate(PrivateKey::Seed(seed), ek.as_ref(), &c, &k);
        operations.push(("decapsulation from the seed", again));
    } else {
        let valid = true;
        operations.push((
            "import of dk",
            Operation::CheckDecapsulationKey { dk, valid },
        ));
        operations.extend(ek.clone().map(|ek| {
            (
                "import of ek",
                Operation::CheckEncapsulationKey { ek, valid },
            )
        }));
    }
    if let (Some(ek), Some(m)) = (ek, record.optional_bytes("m")?) {
        let expect = Expect::Is(Encapsulated { c, k });
        operations.push(("encapsulation", Operation::Encapsulate { ek, m, expect }));
    }
    let case = |(part, operation)| super::case(CaseId::Part(part), parameter_set, operation);
    Ok(operations.into_iter().map(case).collect())
}

fn decapsulate(key: PrivateKey, ek: Option<&Vec<u8>>, c: &[u8], k: &[u8]) -> Operation {
    let expect = Expect::Is(k.to_vec());
    Operation::Decapsulate {
        key,
        ek: ek.cloned(),
        c: c.to_vec(),
        expect,
    }
}

/// The seed `d || z`, unless there is none or the keys were made of it as drafts of FIPS 203 made
/// them: with rho from G(d), where FIPS 203, Algorithm 13 (K-PKE.KeyGen), line 1 has G(d || k).
fn final_seed(record: &Record, ek: Option<&[u8]>) -> Result<Option<Vec<u8>>, VectorError> {
    let Some((d, z)) = record.optional_bytes("d")?.zip(record.optional_bytes("z")?) else {
        return Ok(None);
    };
    let draft = Sha3_512::digest(&d);
    let is_draft = ek.is_some_and(|ek| draft.first_chunk::<32>() == ek.last_chunk::<32>());
    Ok((!is_draft).then(|| [d, z].concat()))
}

impl Intermediates {
    /// Reads an `intermediate` file.
    ///
    /// # Errors
    /// What is missing or wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, VectorError> {
        let record = crate::text::single_record(text)?;
        let parameter_set = key_set(&record, record.bytes("dk")?.len())?;
        let mut values = Vec::new();
        for (key, line, value) in record.entries() {
            let value = parse_value(value).map_err(|problem| VectorError::line(line, problem))?;
            values.push((key.to_owned(), value));
        }
        Ok(Self {
            parameter_set,
            values,
        })
    }

    /// The values under a name, in the order of the file.
    pub fn get(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.values
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value)
    }
}

fn parse_value(text: &str) -> Result<Value, Problem> {
    let Some(list) = text.strip_prefix('{') else {
        // `dkPKE = NTT(s) = 82b2..`: the value is what stands after the last name.
        let digits = text.rsplit('=').next().unwrap_or(text).trim();
        return hex::decode(digits).map(Value::Bytes);
    };
    let list = list.strip_suffix('}').ok_or(Problem::Syntax)?;
    let numbers = list.split(',').map(|number| number.trim().parse::<u16>());
    let numbers = numbers
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| Problem::Number)?;
    if numbers.len() == 256 {
        Ok(Value::Coefficients(numbers))
    } else {
        Err(Problem::Length)
    }
}

fn key_set(record: &Record, dk_bytes: usize) -> Result<ParameterSet, VectorError> {
    let mut sets = ParameterSet::all().filter(|set| set.scheme() == Scheme::MlKem);
    let set = sets.find(|set| set.private_key_bytes() == dk_bytes);
    set.ok_or_else(|| VectorError::line(record.line_of("dk"), Problem::Length))
}
