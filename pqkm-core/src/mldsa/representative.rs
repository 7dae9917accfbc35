//! The message representative mu: what is signed of a message.

use shake::{ExtendableOutput, Shake256, Update, XofReader};

use super::MU_BYTES;
use crate::message::Message;

/// The formatted message M', in pieces (FIPS 204, Algorithm 2 (ML-DSA.Sign), line 10, and Algorithm 4
/// (HashML-DSA.Sign), line 23).
pub(crate) struct Formatted<'a> {
    /// The domain separator and the length of the context.
    head: [u8; 2],
    context: &'a [u8],
    /// Of the hash function, in DER; pure messages have none.
    oid: Option<[u8; 11]>,
    body: &'a [u8],
}

impl<'a> Formatted<'a> {
    /// The pieces of a message.
    ///
    /// # Errors
    /// The representative itself, if it was computed elsewhere.
    pub(crate) fn of(message: &Message<'a>) -> Result<Self, &'a [u8; MU_BYTES]> {
        match *message {
            Message::Pure { message, context } => Ok(Self {
                head: [0, length(context.as_bytes())],
                context: context.as_bytes(),
                oid: None,
                body: message,
            }),
            Message::PreHashed { digest, context } => Ok(Self {
                head: [1, length(context.as_bytes())],
                context: context.as_bytes(),
                oid: Some(digest.hash().oid_der()),
                body: digest.as_bytes(),
            }),
            Message::Mu(mu) => Err(mu),
        }
    }

    /// Their concatenation is M'.
    pub(crate) fn pieces(&self) -> [&[u8]; 4] {
        let oid = self.oid.as_ref().map_or(&[][..], |oid| oid);
        [&self.head, self.context, oid, self.body]
    }
}

/// `tr = H(pk, 64)` (FIPS 204, Algorithm 6 (ML-DSA.KeyGen_internal), line 9).
pub(crate) fn tr(pk: &[u8]) -> [u8; 64] {
    h(&[pk])
}

/// `mu = H(tr || M', 64)` (FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), line 6).
pub(crate) fn mu(tr: &[u8; 64], message: &Message<'_>) -> [u8; MU_BYTES] {
    match Formatted::of(message) {
        Ok(formatted) => {
            let [head, context, oid, body] = formatted.pieces();
            h(&[tr, head, context, oid, body])
        }
        Err(mu) => *mu,
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
