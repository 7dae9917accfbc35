//! LMS and HSS signatures in `key = value` text.

use crate::case::CaseId;
use crate::error::VectorError;
use crate::text::Record;

/// A signature that must be accepted, with the key that made it where the file tells how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LmsCase {
    /// Which case of its file.
    pub id: CaseId,
    /// What `public_key` and `signature` are.
    pub form: PublicKeyForm,
    /// Public key.
    pub public_key: Vec<u8>,
    /// Message.
    pub message: Vec<u8>,
    /// Signature; its `q` says which index it was made with.
    pub signature: Vec<u8>,
    /// How the key was generated.
    pub key_gen: Option<LmsKeyGen>,
    /// The author's remark; may be empty.
    pub comment: String,
}

/// Whether a public key and its signatures begin with the number of HSS levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicKeyForm {
    /// HSS: `u32str(L) || pub[0]`, 60 bytes for n = 32.
    Hss,
    /// One LMS tree, 56 bytes for n = 32.
    Lms,
}

/// The inputs of a reference key generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LmsKeyGen {
    /// LMS type codes, the root's first.
    pub lms_types: Vec<u32>,
    /// LM-OTS type codes, the root's first.
    pub lm_ots_types: Vec<u32>,
    /// What the generator's random source gave: 48 bytes.
    pub random: Vec<u8>,
}

/// The key names of Botan, liboqs and Bouncy Castle, in this order.
const DIALECTS: [[&str; 3]; 3] = [
    ["PublicKey", "Msg", "Signature"],
    ["pk", "msg", "sm"],
    ["HSSPublicKey", "Message", "Signature"],
];

/// Whether a record is an LMS or HSS signature: the names, and a public key that begins with a
/// plausible level or type.
pub(crate) fn recognise(record: &Record) -> bool {
    dialect(record).is_some_and(|[key, ..]| record.bytes(key).is_ok_and(|pk| form(&pk).is_some()))
}

fn dialect(record: &Record) -> Option<[&'static str; 3]> {
    DIALECTS.into_iter().find(|keys| record.has_all(keys))
}

/// HSS public keys have a level count of 1..=8 in front of an LMS type code of 5..=24; LMS public
/// keys begin with the type code, followed by an LM-OTS type code of 1..=16. The lengths (n = 24 or
/// 32) tell the two apart.
fn form(public_key: &[u8]) -> Option<PublicKeyForm> {
    match public_key.len() {
        52 | 60 => Some(PublicKeyForm::Hss),
        48 | 56 => Some(PublicKeyForm::Lms),
        _ => None,
    }
}

pub(crate) fn cases(records: &[Record]) -> Result<Vec<LmsCase>, VectorError> {
    records.iter().map(case).collect()
}

fn case(record: &Record) -> Result<LmsCase, VectorError> {
    use crate::error::Problem;
    let fault = |problem| VectorError::line(record.line, problem);
    let [public_key, message, signature] =
        dialect(record).ok_or_else(|| fault(Problem::Missing))?;
    let public_key = record.bytes(public_key)?;
    let form = form(&public_key).ok_or_else(|| fault(Problem::Length))?;
    let key_gen = match record.optional_bytes("Rand")? {
        None => None,
        Some(random) => Some(LmsKeyGen {
            lms_types: record.numbers("LMType")?,
            lm_ots_types: record.numbers("LMOtsType")?,
            random,
        }),
    };
    Ok(LmsCase {
        id: CaseId::Line(record.line),
        form,
        public_key,
        message: record.bytes(message)?,
        signature: record.bytes(signature)?,
        key_gen,
        comment: record.comment.clone(),
    })
}
