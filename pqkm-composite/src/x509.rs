//! Certificates, requests, revocation lists and OCSP responses for the keys of the whole family.
//!
//! Reading is strict: DER that writes back to the same bytes, one signature algorithm inside and out,
//! a subject key that decodes as what its identifier says, a key usage that its algorithm allows.
//! What a verdict is about is always the bytes that were read, never a copy that was written again.

mod batch;
mod certificate;
mod chain;
mod crl;
mod extensions;
mod issue;
mod kind;
mod name;
mod ocsp;
mod profile;
mod request;
mod signed;

pub use batch::verify_issued;
pub use certificate::Certificate;
pub use chain::{ChainVerifier, MAX_CHAIN};
pub use crl::{RevocationList, Revoked, sign_revocation_list};
pub use issue::{Issuance, issue, issue_once};
pub use kind::{KeyKind, Policy, Strength};
pub use name::name;
pub use ocsp::{CertStatus, OcspResponse, ResponderRole, SingleStatus, sign_ocsp_response};
pub use profile::Profile;
pub use request::{Request, sign_request};
