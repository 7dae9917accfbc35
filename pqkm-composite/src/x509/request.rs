//! Certification requests (PKCS#10, RFC 2986): signed by the key that is to be certified.

use alloc::{string::String, vec::Vec};

use der::{
    Encode,
    oid::AssociatedOid,
    pem::{LineEnding, PemLabel},
};
use pqkm_core::{
    AnyPublicKey, Verifiers, VerifyByOidError,
    rand_core::TryCryptoRng,
    signature::{Keypair, RandomizedSigner},
    spki::{
        DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding,
        SubjectPublicKeyInfoOwned,
    },
};
use x509_cert::{
    attr::{Attribute, Attributes},
    ext::Extension,
    name::Name,
    request::{CertReq, CertReqInfo, ExtensionReq, Version},
};

use super::{
    extensions::{Extensions, MAX_EXTENSIONS},
    kind::{KeyKind, is_sound},
    signed::{Signed, any_key, decode_canonical, no_signature, pem_contents, write},
};
use crate::error::{IssueError, ReadError};

/// A request that was read strictly. Whoever made it held the key: [`verify`](Self::verify) says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    der: Vec<u8>,
    parsed: CertReq,
    signed: Signed,
    key: AnyPublicKey,
    extensions: Vec<Extension>,
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
        let extensions = requested(&parsed.info.attributes)?;
        Extensions::read(Some(&extensions).filter(|all| !all.is_empty()))?;
        Ok(Self {
            der: der.to_vec(),
            parsed,
            signed,
            key,
            extensions,
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

    /// The extensions that are asked for, which is no reason to issue them.
    #[must_use]
    pub fn requested_extensions(&self) -> &[Extension] {
        &self.extensions
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

/// The contents of the attribute `extensionRequest`, which has one value (RFC 2985, section 5.4.2). No
/// attribute is there twice. An empty one is no extension: `x509-cert` writes that where none is asked for.
fn requested(attributes: &Attributes) -> Result<Vec<Extension>, ReadError> {
    if attributes.len() > MAX_EXTENSIONS {
        return Err(ReadError::Malformed);
    }
    let is_of = |attribute: &Attribute, oid| attribute.oid == oid;
    for attribute in attributes.iter() {
        let same = attributes
            .iter()
            .filter(|other| is_of(other, attribute.oid));
        if same.count() > 1 || attribute.values.is_empty() {
            return Err(ReadError::Malformed);
        }
    }
    let mut all = attributes.iter();
    let Some(request) = all.find(|attribute| is_of(attribute, ExtensionReq::OID)) else {
        return Ok(Vec::new());
    };
    match request.values.as_slice() {
        [one] => Ok(one.decode_as::<ExtensionReq>()?.0),
        _ => Err(ReadError::Malformed),
    }
}

/// Makes a request. KEM keys cannot sign one.
///
/// # Errors
/// [`IssueError`]; nothing was signed unless it is `Signing`.
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
    let public_key = SubjectPublicKeyInfoOwned::from_key(&signer.verifying_key());
    let content = CertReqInfo {
        version: Version::V1,
        subject,
        public_key: public_key.map_err(|_| IssueError::SubjectKey)?,
        attributes: Attributes::new(),
    };
    let unsigned = write(&content.to_der()?, &algorithm, &no_signature()?)?;
    let mut request = Request::from_der(&unsigned)?;
    let signature = signer
        .try_sign_with_rng(rng, &request.signed.content)
        .map_err(|_| IssueError::Signing)?
        .to_bitstring()?;
    request.der = request.signed.sign(&signature)?;
    request.parsed.signature = signature;
    Ok(request)
}
