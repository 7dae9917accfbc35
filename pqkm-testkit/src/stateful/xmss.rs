//! Botan's XMSS files.

use crate::case::CaseId;
use crate::error::VectorError;
use crate::text::Record;

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmssCase {
    /// Which case of its file.
    pub id: CaseId,
    /// Parameter set as the file prints it: with or without `XMSS-` in front, such as
    /// `SHA2_10_256`.
    pub parameters: String,
    /// What to do.
    pub operation: XmssOperation,
    /// The author's remark; may be empty.
    pub comment: String,
}

/// What to do, and what must come of it. Private keys are in Botan's format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum XmssOperation {
    /// Generate a key.
    KeyGen {
        /// Secret seed, n bytes.
        secret_seed: Vec<u8>,
        /// Public seed, n bytes.
        public_seed: Vec<u8>,
        /// PRF key, n bytes.
        prf: Vec<u8>,
        /// Public key: 4-byte OID, root, public seed.
        public_key: Vec<u8>,
        /// Private key.
        private_key: Vec<u8>,
    },
    /// Sign.
    Sign {
        /// Private key; its index is the one that signs.
        private_key: Vec<u8>,
        /// Message.
        message: Vec<u8>,
        /// Signature.
        signature: Vec<u8>,
    },
    /// Verify.
    Verify {
        /// Public key: 4-byte OID, root, public seed.
        public_key: Vec<u8>,
        /// Message.
        message: Vec<u8>,
        /// Signature, which must be accepted.
        signature: Vec<u8>,
    },
}

pub(crate) fn recognise(record: &Record) -> bool {
    let signs = record.has_all(&["Params", "Msg", "Signature"]);
    let generates = record.has_all(&["Params", "SecretSeed", "PublicSeed"]);
    (signs || generates)
        && record
            .text("Params")
            .is_ok_and(|name| name.starts_with("XMSS") || name.starts_with("SHA"))
}

pub(crate) fn cases(records: &[Record]) -> Result<Vec<XmssCase>, VectorError> {
    let case = |record: &Record| {
        Ok(XmssCase {
            id: CaseId::Line(record.line),
            parameters: record.text("Params")?.to_owned(),
            operation: operation(record)?,
            comment: record.comment.clone(),
        })
    };
    records.iter().map(case).collect()
}

fn operation(record: &Record) -> Result<XmssOperation, VectorError> {
    if record.has_all(&["SecretSeed"]) {
        return Ok(XmssOperation::KeyGen {
            secret_seed: record.bytes("SecretSeed")?,
            public_seed: record.bytes("PublicSeed")?,
            prf: record.bytes("SecretPrf")?,
            public_key: record.bytes("PublicKey")?,
            private_key: record.bytes("PrivateKey")?,
        });
    }
    let (message, signature) = (record.bytes("Msg")?, record.bytes("Signature")?);
    if record.has_all(&["PrivateKey"]) {
        let private_key = record.bytes("PrivateKey")?;
        return Ok(XmssOperation::Sign {
            private_key,
            message,
            signature,
        });
    }
    Ok(XmssOperation::Verify {
        public_key: record.bytes("PublicKey")?,
        message,
        signature,
    })
}
