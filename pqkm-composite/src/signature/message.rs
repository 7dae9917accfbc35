//! The representative of a message, which both halves sign
//! (draft-ietf-lamps-pq-composite-sigs-19, section 2.2).

use alloc::vec::Vec;

use pqkm_core::{Context, Message};

use crate::registry::SignatureEntry;

/// `Prefix`: what every representative begins with.
const PREFIX: &[u8] = b"CompositeAlgorithmSignatures2025";

/// `M' = Prefix || Label || len(ctx) || ctx || PH(M)`
pub(super) struct Representative(Vec<u8>);

impl Representative {
    /// Of a message, or of its digest if that is by the pair's own hash function; none for other forms
    /// of messages.
    pub(super) fn new(entry: &SignatureEntry, message: &Message<'_>) -> Option<Self> {
        match message {
            Message::Pure { message, context } => {
                let digest = entry.pre_hash.digest(message);
                let digest = digest.get(..entry.pre_hash.digest_bytes())?;
                Self::of_digest(entry, *context, digest)
            }
            Message::PreHashed { digest, context } if digest.hash() == entry.pre_hash => {
                Self::of_digest(entry, *context, digest.as_bytes())
            }
            _ => None,
        }
    }

    fn of_digest(entry: &SignatureEntry, context: Context<'_>, digest: &[u8]) -> Option<Self> {
        let context = context.as_bytes();
        let length = u8::try_from(context.len()).ok()?;
        let parts = [PREFIX, entry.label.as_bytes(), &[length], context, digest];
        Some(Self(parts.concat()))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// What ML-DSA signs: the representative, in a context that is the pair's label. So its half of a
/// composite signature is no ML-DSA signature of anything else.
pub(super) fn in_label<'a>(entry: &SignatureEntry, representative: &'a [u8]) -> Message<'a> {
    // All labels are far shorter than the 255 bytes of a context: a test compares.
    let context = Context::new(entry.label.as_bytes()).unwrap_or(Context::EMPTY);
    Message::with_context(representative, context)
}
