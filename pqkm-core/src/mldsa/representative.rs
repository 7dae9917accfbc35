//! The message representative mu: what is signed of a message.

use shake::{ExtendableOutput, Shake256, Update, XofReader};

use super::MU_BYTES;
use crate::message::Message;

/// `tr = H(pk, 64)` (FIPS 204, Algorithm 6 (ML-DSA.KeyGen_internal), line 9).
pub(crate) fn tr(pk: &[u8]) -> [u8; 64] {
    h(&[pk])
}

/// `mu = H(tr || M', 64)` (FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), line 6), where M' is built
/// as in Algorithm 2 (ML-DSA.Sign), line 10, or Algorithm 4 (HashML-DSA.Sign), line 23.
pub(crate) fn mu(tr: &[u8; 64], message: &Message<'_>) -> [u8; MU_BYTES] {
    match message {
        Message::Pure { message, context } => {
            let context = context.as_bytes();
            h(&[tr, &[0, length(context)], context, message])
        }
        Message::PreHashed { digest, context } => {
            let context = context.as_bytes();
            let oid = digest.hash().oid_der();
            h(&[tr, &[1, length(context)], context, &oid, digest.as_bytes()])
        }
        Message::Mu(mu) => **mu,
    }
}

/// `Sign_internal` and `Verify_internal` on M' itself: ACVP's internal interface.
#[cfg(feature = "hazmat")]
pub(crate) fn mu_of_formatted(pk: &[u8], formatted: &[u8]) -> [u8; MU_BYTES] {
    h(&[&tr(pk), formatted])
}

/// A context has at most 255 bytes by its type.
fn length(context: &[u8]) -> u8 {
    u8::try_from(context.len()).unwrap_or(u8::MAX)
}

fn h(parts: &[&[u8]]) -> [u8; 64] {
    let mut xof = Shake256::default();
    for part in parts {
        xof.update(part);
    }
    let mut out = [0; 64];
    xof.finalize_xof().read(&mut out);
    out
}
