//! What an attacker who has broken one half would try.

use pqkm::composite::{
    x509::{Certificate, ChainVerifier},
    x509_cert::{
        der::{Any, Decode, Encode, asn1::BitString},
        spki::{AlgorithmIdentifierOwned, ObjectIdentifier},
    },
};
use pqkm::core::{Algorithm, MlDsa65, UnixTime};

use crate::{Fault, authority::Named};

/// Length of ML-DSA-65's half of a signature.
const FIRST_HALF: usize = 3309;

/// A certificate taken apart: what is signed, and the signature.
struct Parts {
    content: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
}

impl Parts {
    fn of(certificate: &Certificate) -> Result<Self, Fault> {
        let inner = certificate.inner();
        Ok(Self {
            content: inner.tbs_certificate().to_der()?,
            algorithm: inner.signature_algorithm().clone(),
            signature: inner.signature().raw_bytes().to_vec(),
        })
    }

    fn halves(&self) -> (&[u8], &[u8]) {
        self.signature
            .split_at(FIRST_HALF.min(self.signature.len()))
    }

    /// A certificate with this content and another signature.
    fn with(&self, signature: &[u8]) -> Result<Vec<u8>, Fault> {
        self.labelled(&self.algorithm, signature)
    }

    fn labelled(
        &self,
        algorithm: &AlgorithmIdentifierOwned,
        signature: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        let fields = [
            self.content.clone(),
            algorithm.to_der()?,
            BitString::from_bytes(signature)?.to_der()?,
        ];
        let fields: Vec<_> = fields
            .iter()
            .map(|der| Any::from_der(der))
            .collect::<Result<_, _>>()?;
        Ok(fields.to_der()?)
    }
}

/// Tries them all and prints each; how many succeeded.
pub(crate) fn all(
    chains: &ChainVerifier<'_>,
    issuer: &Named,
    leaf: &Named,
    other: &Named,
    now: UnixTime,
) -> Result<usize, Fault> {
    let parts = Parts::of(&leaf.certificate)?;
    let others = Parts::of(&other.certificate)?;
    let ((first, second), (_, foreign)) = (parts.halves(), others.halves());
    let zeros = |half: &[u8]| vec![0; half.len()];
    let pure = MlDsa65::key_algorithm();
    let sibling = AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new("1.3.6.1.5.5.7.6.46")?,
        parameters: None,
    };
    let forgeries = [
        ("ML-DSA's half alone", parts.with(first)?),
        ("ECDSA's half alone", parts.with(second)?),
        (
            "ECDSA's half zeroed",
            parts.with(&[first, &zeros(second)].concat())?,
        ),
        (
            "ML-DSA's half zeroed",
            parts.with(&[&zeros(first), second].concat())?,
        ),
        ("halves swapped", parts.with(&[second, first].concat())?),
        (
            "a half of another certificate",
            parts.with(&[first, foreign].concat())?,
        ),
        ("named pure ML-DSA", parts.labelled(&pure, first)?),
        (
            "named another composite",
            parts.labelled(&sibling, &parts.signature)?,
        ),
        (
            "another certificate's signature",
            parts.with(&others.signature)?,
        ),
        (
            "a byte more",
            parts.with(&[&parts.signature[..], &[0]].concat())?,
        ),
    ];
    let mut succeeded = 0;
    for (what, der) in forgeries {
        let refused = match Certificate::from_der(&der) {
            Err(error) => Some(error.to_string()),
            Ok(read) => chains
                .verify(&[read, issuer.certificate.clone()], now)
                .err()
                .map(|error| error.to_string()),
        };
        succeeded += usize::from(refused.is_none());
        let verdict = refused.unwrap_or_else(|| "ACCEPTED".into());
        say!("attack    {what}: {verdict}");
    }
    Ok(succeeded)
}
