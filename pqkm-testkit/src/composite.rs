//! The vectors of the composite drafts: a JSON document with a list `tests`, a name, keys, a
//! certificate and results each, all in base64.

use serde_json::Value;

use crate::base64;
use crate::error::{Problem, VectorError};
use crate::json::Node;

/// One algorithm's vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompositeCase {
    /// The algorithm's name, with `id-`.
    pub name: String,
    /// The public key, raw.
    pub public_key: Vec<u8>,
    /// A certificate of that key.
    pub certificate: Vec<u8>,
    /// The private key, raw.
    pub private_key: Vec<u8>,
    /// The private key in PKCS#8.
    pub pkcs8: Vec<u8>,
    /// What the keys did.
    pub result: CompositeResult,
}

/// What the keys of a [`CompositeCase`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompositeResult {
    /// A signature.
    Signature {
        /// The message.
        message: Vec<u8>,
        /// Its signature in the empty context.
        signature: Vec<u8>,
        /// A context and the signature in it, if the file has them.
        in_context: Option<(Vec<u8>, Vec<u8>)>,
    },
    /// A shared secret.
    Secret {
        /// The ciphertext.
        ciphertext: Vec<u8>,
        /// The secret in it.
        secret: Vec<u8>,
    },
}

pub(crate) fn recognise(value: &Value) -> bool {
    let first = value.get("tests").and_then(|tests| tests.get(0));
    first.is_some_and(|test| test.get("tcId").is_some() && test.get("x5c").is_some())
}

pub(crate) fn cases(value: &Value) -> Result<Vec<CompositeCase>, VectorError> {
    let root = Node::root(value)?;
    let message = optional(&root, "m")?;
    let context = optional(&root, "ctx")?;
    let case = |test: &Node<'_>| {
        let name = test.need("tcId", test.text("tcId")?)?.to_owned();
        let result = match &message {
            Some(message) => CompositeResult::Signature {
                message: message.clone(),
                signature: bytes(test, "s")?,
                in_context: context.clone().zip(optional(test, "sWithContext")?),
            },
            None => CompositeResult::Secret {
                ciphertext: bytes(test, "c")?,
                secret: bytes(test, "k")?,
            },
        };
        let [public, private, pkcs8] = match result {
            CompositeResult::Signature { .. } => ["pk", "sk", "sk_pkcs8"],
            CompositeResult::Secret { .. } => ["ek", "dk", "dk_pkcs8"],
        };
        Ok(CompositeCase {
            name,
            public_key: bytes(test, public)?,
            certificate: bytes(test, "x5c")?,
            private_key: bytes(test, private)?,
            pkcs8: bytes(test, pkcs8)?,
            result,
        })
    };
    root.items("tests")?.iter().map(case).collect()
}

fn optional(node: &Node<'_>, key: &str) -> Result<Option<Vec<u8>>, VectorError> {
    let Some(text) = node.text(key)? else {
        return Ok(None);
    };
    base64::decode(text)
        .map(Some)
        .map_err(|problem| node.fault(key, problem))
}

fn bytes(node: &Node<'_>, key: &str) -> Result<Vec<u8>, VectorError> {
    optional(node, key)?.ok_or_else(|| node.fault(key, Problem::Missing))
}
