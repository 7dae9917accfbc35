//! Wycheproof JSON, version 1 of the schemas.
//!
//! Every file is read into a [`Suite`] of groups and tests with their fields; those of ML-KEM and
//! ML-DSA also become typed [`Case`]s.

mod fields;
mod ml_dsa;
mod ml_kem;

use serde_json::Value;

pub use self::fields::Fields;
use crate::case::Case;
use crate::error::{Problem, VectorError};
use crate::json::{self, Node};

/// A whole file.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The algorithm as the file prints it, such as `ECDSA` or `ML-DSA-65`.
    pub algorithm: String,
    /// The schema's file name.
    pub schema: String,
    /// Groups of tests that share a key or parameters.
    pub groups: Vec<Group>,
}

/// Tests that share a key or parameters.
#[derive(Clone, Debug)]
pub struct Group {
    /// What kind of test.
    pub kind: Kind,
    /// Everything else that the group says.
    pub fields: Fields,
    /// The tests.
    pub tests: Vec<Test>,
}

/// One test.
#[derive(Clone, Debug)]
pub struct Test {
    /// `tcId`.
    pub id: u64,
    /// The author's remark; may be empty.
    pub comment: String,
    /// What the test is about, in the file's own words.
    pub flags: Vec<String>,
    /// What must come of it.
    pub result: Verdict,
    /// Everything else that the test says.
    pub fields: Fields,
}

/// What must come of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It succeeds.
    Valid,
    /// It is refused.
    Invalid,
    /// It may succeed or be refused.
    Acceptable,
}

/// The kinds of groups that this project has a use for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// ML-KEM: seed and ciphertext to shared secret key.
    MlKem,
    /// ML-KEM: encapsulation.
    MlKemEncaps,
    /// ML-KEM: key generation from a seed.
    MlKemKeyGen,
    /// ML-KEM: decapsulation with an expanded key.
    MlKemDecaps,
    /// ML-DSA: signing.
    MlDsaSign,
    /// ML-DSA: verification.
    MlDsaVerify,
    /// ECDSA with DER signatures.
    Ecdsa,
    /// ECDSA with signatures `r || s`.
    EcdsaP1363,
    /// ECDH with public keys in SPKI.
    Ecdh,
    /// ECDH with public keys as points.
    EcdhPoint,
    /// Ed25519 and Ed448.
    Eddsa,
    /// X25519 and X448.
    Xdh,
    /// RSASSA-PSS.
    RsaPss,
    /// RSASSA-PKCS1-v1_5, verification.
    RsaPkcs1,
    /// RSASSA-PKCS1-v1_5, generation.
    RsaPkcs1Generate,
    /// RSAES-OAEP.
    RsaOaep,
    /// HKDF.
    Hkdf,
    /// AES-KW, AES-KWP and others of their form.
    KeyWrap,
    /// AES-GCM and other authenticated encryption.
    Aead,
    /// HMAC, KMAC and other message authentication.
    Mac,
    /// A kind without a name here.
    Other(String),
}

/// Says whether a JSON value has the frame of a Wycheproof file.
pub(crate) fn recognise(value: &Value) -> bool {
    value.get("testGroups").is_some_and(Value::is_array)
        && value.get("algorithm").is_some()
        && (value.get("numberOfTests").is_some() || value.get("schema").is_some())
}

impl Suite {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// What is missing or wrong, with its JSON path; [`Problem::Count`] when `numberOfTests` does
    /// not agree.
    pub fn parse(text: &str) -> Result<Self, VectorError> {
        Self::from_value(&json::parse(text)?)
    }

    pub(crate) fn from_value(value: &Value) -> Result<Self, VectorError> {
        let root = Node::root(value)?;
        let algorithm = root.need("algorithm", root.text("algorithm")?)?.to_owned();
        let schema = root.text("schema")?.unwrap_or_default().to_owned();
        let groups = root
            .items("testGroups")?
            .iter()
            .map(Group::read)
            .collect::<Result<Vec<_>, _>>()?;
        let suite = Self {
            algorithm,
            schema,
            groups,
        };
        let declared = root.number("numberOfTests")?;
        let counted = u64::try_from(suite.count()).ok();
        if declared.is_some() && declared != counted {
            return Err(root.fault("numberOfTests", Problem::Count));
        }
        if counted == Some(0) {
            return Err(root.fault("testGroups", Problem::Empty));
        }
        Ok(suite)
    }

    /// Number of tests.
    #[must_use]
    pub fn count(&self) -> usize {
        self.groups.iter().map(|group| group.tests.len()).sum()
    }

    /// The typed cases of an ML-KEM or ML-DSA suite; `None` for every other.
    ///
    /// # Errors
    /// A field that is missing or wrong.
    pub fn cases(&self) -> Result<Option<Vec<Case>>, VectorError> {
        let mut cases = Vec::new();
        for group in &self.groups {
            for test in &group.tests {
                let (parameter_set, operation) = match group.kind {
                    Kind::MlKem | Kind::MlKemEncaps | Kind::MlKemKeyGen | Kind::MlKemDecaps => {
                        ml_kem::operation(group, test)?
                    }
                    Kind::MlDsaSign | Kind::MlDsaVerify => {
                        ml_dsa::operation(&self.algorithm, group, test)?
                    }
                    _ => return Ok(None),
                };
                cases.push(Case {
                    id: crate::case::CaseId::Test(test.id),
                    parameter_set,
                    operation,
                    comment: test.comment.clone(),
                    flags: test.flags.clone(),
                });
            }
        }
        Ok(Some(cases))
    }
}

impl Group {
    fn read(node: &Node<'_>) -> Result<Self, VectorError> {
        let kind = Kind::from_name(node.need("type", node.text("type")?)?);
        let tests = node
            .items("tests")?
            .iter()
            .map(Test::read)
            .collect::<Result<_, _>>()?;
        let fields = Fields::read(node, &["type", "source", "tests"]);
        Ok(Self {
            kind,
            fields,
            tests,
        })
    }
}

impl Test {
    fn read(node: &Node<'_>) -> Result<Self, VectorError> {
        let result = match node.need("result", node.text("result")?)? {
            "valid" => Verdict::Valid,
            "invalid" => Verdict::Invalid,
            "acceptable" => Verdict::Acceptable,
            _ => return Err(node.fault("result", Problem::UnknownWord)),
        };
        Ok(Self {
            id: node.need("tcId", node.number("tcId")?)?,
            comment: node.text("comment")?.unwrap_or_default().to_owned(),
            flags: node.words("flags")?,
            result,
            fields: Fields::read(node, &["tcId", "comment", "flags", "result"]),
        })
    }
}

impl Kind {
    fn from_name(name: &str) -> Self {
        match name {
            "MLKEMTest" => Self::MlKem,
            "MLKEMEncapsTest" => Self::MlKemEncaps,
            "MLKEMKeyGen" => Self::MlKemKeyGen,
            "MLKEMDecapsValidationTest" | "MLKEMDecapsTest" => Self::MlKemDecaps,
            "MlDsaSign" => Self::MlDsaSign,
            "MlDsaVerify" => Self::MlDsaVerify,
            "EcdsaVerify" => Self::Ecdsa,
            "EcdsaP1363Verify" => Self::EcdsaP1363,
            "EcdhTest" => Self::Ecdh,
            "EcdhEcpointTest" => Self::EcdhPoint,
            "EddsaVerify" => Self::Eddsa,
            "XdhComp" => Self::Xdh,
            "RsassaPssVerify" | "RsassaPssWithParametersVerify" => Self::RsaPss,
            "RsassaPkcs1Verify" => Self::RsaPkcs1,
            "RsassaPkcs1Generate" => Self::RsaPkcs1Generate,
            "RsaesOaepDecrypt" => Self::RsaOaep,
            "HkdfTest" => Self::Hkdf,
            "KeywrapTest" => Self::KeyWrap,
            "AeadTest" => Self::Aead,
            "MacTest" => Self::Mac,
            other => Self::Other(other.to_owned()),
        }
    }
}
