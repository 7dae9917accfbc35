//! Certification requests (PKCS#10, RFC 2986): signed by the key that is to be certified.

use alloc::{string::String, vec::Vec};

use der::{
    Encode,
    pem::{LineEnding, PemLabel},
};
use pqkm_core::{
    AnyPublicKey, Verifiers, VerifyByOidError,
    rand_core::TryCryptoRng,
    signature::{Keypair, RandomizedSigner},
    spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding},
};
use x509_cert::{
    builder::Builder,
    name::Name,
    request::{CertReq, RequestBuilder},
};

use super::{
    kind::{KeyKind, is_sound},
    signed::{Signed, any_key, decode_canonical, pem_contents},
};
use crate::error::{IssueError, ReadError};

/// A request that was read strictly. Whoever made it held the key: [`verify`](Self::verify) says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    der: Vec<u8>,
    parsed: CertReq,
    signed: Signed,
    key: AnyPublicKey,
}

impl Request {
    /// Reads a request in DER.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn from_der(der: &[u8]) -> Result<Self, ReadError> {
        let parsed: CertReq = decode_canonical(der)?;
        let signed = Signed::read(der)?;
        let key = any_key(&parsed.info.public_key)?;
        if !is_sound(&key) {
            return Err(ReadError::Key);
        }
        Ok(Self {
            der: der.to_vec(),
            parsed,
            signed,
            key,
        })
    }

    /// Reads a PEM document with the label `CERTIFICATE REQUEST`.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn from_pem(pem: &str) -> Result<Self, ReadError> {
        Self::from_der(&pem_contents(pem, CertReq::PEM_LABEL)?)
    }

    /// The bytes that were read.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The request in PEM.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "what was read or written as DER is short enough for PEM"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        der::pem::encode_string(CertReq::PEM_LABEL, LineEnding::LF, &self.der)
            .expect("short enough for PEM")
    }

    /// The subject.
    #[must_use]
    pub const fn subject(&self) -> &Name {
        &self.parsed.info.subject
    }

    /// The key that is to be certified.
    #[must_use]
    pub const fn key(&self) -> &AnyPublicKey {
        &self.key
    }

    /// All fields, as `x509-cert` has them.
    #[must_use]
    pub const fn inner(&self) -> &CertReq {
        &self.parsed
    }

    /// Whether the holder of the key made the request (proof of possession).
    ///
    /// # Errors
    /// [`VerifyByOidError`].
    pub fn verify(&self, verifiers: &Verifiers) -> Result<(), VerifyByOidError> {
        self.signed.verify(&self.key, verifiers)
    }
}

/// Makes a request. KEM keys cannot sign one.
///
/// # Errors
/// [`IssueError`].
pub fn sign_request<S, Sig, R>(
    subject: Name,
    signer: &S,
    rng: &mut R,
) -> Result<Request, IssueError>
where
    S: RandomizedSigner<Sig> + Keypair<VerifyingKey: EncodePublicKey>,
    S: DynSignatureAlgorithmIdentifier,
    Sig: SignatureBitStringEncoding,
    R: TryCryptoRng + ?Sized,
{
    let algorithm = signer
        .signature_algorithm_identifier()
        .map_err(|_| IssueError::Encoding)?;
    if !matches!(KeyKind::of(algorithm.oid), KeyKind::Signature(_)) {
        return Err(IssueError::SubjectKey);
    }
    let mut builder = RequestBuilder::new(subject).map_err(|_| IssueError::Encoding)?;
    let message = builder.finalize(signer).map_err(|_| IssueError::Encoding)?;
    let signature = signer
        .try_sign_with_rng(rng, &message)
        .map_err(|_| IssueError::Signing)?
        .to_bitstring()?;
    let request = builder
        .assemble(signature, signer)
        .map_err(|_| IssueError::Encoding)?;
    Request::from_der(&request.to_der()?).map_err(|_| IssueError::Encoding)
}
