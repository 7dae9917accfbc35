//! Dealing: from a secret or a payload to shares that say what they are, and the manifest.

use alloc::{sync::Arc, vec::Vec};

use der::{
    Encode, Sequence,
    asn1::{OctetStringRef, Utf8StringRef},
};
use pqkm_core::{ExposeToken, KeyId, Sealed, SecretBytes, Sign, Version, WrapContext, WrapError};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::{
    Plan, SplitError,
    manifest::SignedManifest,
    raw,
    share::{Content, MAX_VALUE_BYTES, SALT_BYTES, SetInfo, Share},
    tree::{self, Node},
};

/// Names the context of a shared payload.
const PAYLOAD_LABEL: &str = "pqkm SharedPayload v1";

/// What a dealing gives: a share for each custodian, and the manifest for everyone.
#[derive(Debug)]
pub struct ShareSet {
    /// The shares, by index from 1.
    pub shares: Vec<Share>,
    /// What the dealer says of them.
    pub manifest: SignedManifest,
}

/// Which set is dealt, and to whom.
#[derive(Clone, Copy, Debug)]
pub struct Dealing<'a> {
    /// The logical key that is shared.
    pub set_id: KeyId,
    /// The generation: [`Version::FIRST`] for the first, and the next one whenever it is dealt anew.
    pub generation: Version,
    /// k, and the custodians.
    pub plan: &'a Plan,
}

/// Splits a secret among custodians.
///
/// # Errors
/// [`SplitError`].
pub fn split<S: Sign, R: TryCryptoRng + ?Sized>(
    secret: &SecretBytes,
    dealing: &Dealing<'_>,
    dealer: &S,
    rng: &mut R,
) -> Result<ShareSet, SplitError> {
    let secret = secret.expose(ExposeToken::acknowledge());
    deal(secret, None, dealing, dealer, rng)
}

/// Seals a payload under a fresh key and splits that key among custodians; the sealed payload travels with every share.
///
/// What is dealt is 32 bytes whatever the length of the payload, a wrong combination does not open it, and a context can
/// be bound. This is what a key management system wants.
///
/// # Errors
/// [`SplitError`].
pub fn seal_and_split<S: Sign, R: TryCryptoRng + ?Sized>(
    payload: &[u8],
    context: WrapContext<'_>,
    dealing: &Dealing<'_>,
    dealer: &S,
    rng: &mut R,
) -> Result<ShareSet, SplitError> {
    let bound =
        payload_context(dealing.set_id, dealing.generation, context).ok_or(SplitError::TooLong)?;
    let bound = WrapContext::new(&bound).map_err(|_| SplitError::TooLong)?;
    let (sealed, key) = Sealed::seal(payload, bound, rng)?;
    let key = key
        .expose(ExposeToken::acknowledge())
        .map_err(|_| SplitError::from(WrapError::InvalidKey))?
        .to_bytes();
    deal(&key, Some(Arc::new(sealed)), dealing, dealer, rng)
}

fn deal<S: Sign, R: TryCryptoRng + ?Sized>(
    secret: &[u8],
    payload: Option<Arc<Sealed>>,
    dealing: &Dealing<'_>,
    dealer: &S,
    rng: &mut R,
) -> Result<ShareSet, SplitError> {
    if secret.len() > MAX_VALUE_BYTES {
        return Err(SplitError::TooLong);
    }
    let set = SetInfo {
        set_id: dealing.set_id,
        generation: dealing.generation,
        threshold: dealing.plan.threshold(),
        content: if payload.is_some() {
            Content::SealKey
        } else {
            Content::Secret
        },
    };
    let raw = raw::split(secret, set.threshold, rng)?;
    let mut shares = Vec::with_capacity(dealing.plan.threshold().count().into());
    for (raw, (index, name)) in raw.iter().zip(dealing.plan.custodians()) {
        let mut salt = Zeroizing::new([0; SALT_BYTES]);
        rng.try_fill_bytes(salt.as_mut_slice())
            .map_err(|_| SplitError::Randomness)?;
        shares.push(Share {
            set,
            index,
            custodian: name.into(),
            value: Zeroizing::new(raw.value().to_vec()),
            salt,
            path: Vec::new(),
            payload: payload.clone(),
        });
    }
    let leaves: Option<Vec<Node>> = shares.iter().map(Share::leaf).collect();
    let leaves = leaves.ok_or(SplitError::TooLong)?;
    for (at, share) in shares.iter_mut().enumerate() {
        share.path = tree::path(&leaves, at);
    }
    let manifest = SignedManifest::sign(set, &leaves, payload.as_deref(), dealer, rng)?;
    Ok(ShareSet { shares, manifest })
}

#[derive(Sequence)]
struct PayloadContext<'a> {
    label: Utf8StringRef<'a>,
    set_id: KeyId,
    generation: u64,
    context: &'a OctetStringRef,
}

/// What a shared payload is bound to.
pub(crate) fn payload_context(
    set_id: KeyId,
    generation: Version,
    context: WrapContext<'_>,
) -> Option<Vec<u8>> {
    PayloadContext {
        label: Utf8StringRef::new(PAYLOAD_LABEL).ok()?,
        set_id,
        generation: generation.get(),
        context: OctetStringRef::new(context.as_bytes()).ok()?,
    }
    .to_der()
    .ok()
}
