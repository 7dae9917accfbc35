//! Combining shares that say what they are.

use alloc::vec::Vec;

use pqkm_core::{ExposeToken, SealKey, Sealed, SecretBytes, WrapContext, is_operational};

use crate::{
    CombineError, IndexSet, ShareError,
    deal::payload_context,
    decode,
    manifest::VerifiedManifest,
    outcome::{Combined, Recovered},
    raw::RawShare,
    share::{Content, SetInfo, Share},
};

/// Combines shares of a secret without a manifest.
///
/// With more shares than it takes, up to half of the surplus may be wrong: they are named and left out. With exactly as
/// many, nothing can be detected, and the result is [`Combined::Unverified`].
///
/// # Errors
/// [`CombineError`]; [`CombineError::Content`] for shares of a sealed payload, which [`open`] opens.
pub fn combine(shares: &[Share]) -> Result<Combined, CombineError> {
    let set = common(shares)?;
    if set.content != Content::Secret {
        return Err(CombineError::Content);
    }
    join(set, shares)
}

/// Combines shares of a secret under a manifest: every share that is not the dealer's is named, and any k good ones
/// suffice.
///
/// # Errors
/// [`CombineError`]; [`CombineError::Content`] for shares of a sealed payload, which [`open_with`] opens.
pub fn combine_with(
    manifest: &VerifiedManifest,
    shares: &[Share],
) -> Result<Recovered, CombineError> {
    if manifest.set().content != Content::Secret {
        return Err(CombineError::Content);
    }
    join_with(manifest, shares)
}

/// Combines shares and opens the payload that travels with them, without a manifest.
///
/// The payload commits to its key, so that a wrong share cannot give another payload, and the result was always checked.
/// But without a manifest nothing says who dealt the set. All copies of the payload that are given must be equal.
///
/// # Errors
/// [`CombineError`]; [`CombineError::Content`] for shares of a secret itself.
pub fn open(shares: &[Share], context: WrapContext<'_>) -> Result<Recovered, CombineError> {
    let set = common(shares)?;
    if set.content != Content::SealKey {
        return Err(CombineError::Content);
    }
    let mut payloads = shares.iter().filter_map(Share::payload);
    let payload = payloads.next().ok_or(CombineError::Payload)?;
    if payloads.any(|other| other != payload) {
        return Err(CombineError::Payload);
    }
    let (key, wrong) = match join(set, shares)? {
        Combined::Recovered(recovered) => (recovered.secret, recovered.wrong),
        Combined::Unverified(unverified) => (unverified.accept_unverified(), IndexSet::new()),
    };
    unseal(set, payload, &key, context).map(|secret| Recovered { secret, wrong })
}

/// Combines shares and opens the payload that travels with them, under a manifest.
///
/// # Errors
/// [`CombineError`]; [`CombineError::Content`] for shares of a secret itself.
pub fn open_with(
    manifest: &VerifiedManifest,
    shares: &[Share],
    context: WrapContext<'_>,
) -> Result<Recovered, CombineError> {
    let set = manifest.set();
    if set.content != Content::SealKey {
        return Err(CombineError::Content);
    }
    let payload = shares
        .iter()
        .filter_map(Share::payload)
        .find(|payload| manifest.is_payload(payload));
    let Recovered { secret, wrong } = join_with(manifest, shares)?;
    let payload = payload.ok_or(CombineError::Payload)?;
    unseal(set, payload, &secret, context).map(|secret| Recovered { secret, wrong })
}

fn unseal(
    set: SetInfo,
    payload: &Sealed,
    key: &SecretBytes,
    context: WrapContext<'_>,
) -> Result<SecretBytes, CombineError> {
    let bound = payload_context(set.set_id, set.generation, context).ok_or(CombineError::Open)?;
    let bound = WrapContext::new(&bound).map_err(|_| CombineError::Open)?;
    let key =
        SealKey::import(key.expose(ExposeToken::acknowledge())).map_err(|_| CombineError::Open)?;
    payload.open(&key, bound).map_err(|_| CombineError::Open)
}

/// What the shares have in common, if it is all that it should be.
fn common(shares: &[Share]) -> Result<SetInfo, CombineError> {
    let first = shares.first().ok_or(CombineError::TooFew {
        needed: 2,
        given: 0,
    })?;
    let set = first.set();
    for share in shares {
        belongs(share, set)?;
    }
    Ok(set)
}

fn belongs(share: &Share, set: SetInfo) -> Result<(), CombineError> {
    let (index, other) = (share.index(), share.set());
    if other.set_id != set.set_id {
        return Err(CombineError::Set { index });
    }
    if other.generation != set.generation {
        return Err(CombineError::Generation { index });
    }
    if other != set {
        return Err(CombineError::Mismatch { index });
    }
    Ok(())
}

fn join(set: SetInfo, shares: &[Share]) -> Result<Combined, CombineError> {
    if !is_operational() {
        return Err(CombineError::NotOperational);
    }
    let raw: Vec<RawShare<'_>> = shares.iter().map(Share::as_raw).collect();
    let threshold = set.threshold.threshold();
    decode::check(threshold, &raw)?;
    decode::combine(threshold, &raw)
}

fn join_with(manifest: &VerifiedManifest, shares: &[Share]) -> Result<Recovered, CombineError> {
    if !is_operational() {
        return Err(CombineError::NotOperational);
    }
    let set = manifest.set();
    let threshold = set.threshold.threshold();
    let mut seen = IndexSet::new();
    let mut wrong = IndexSet::new();
    let mut good = Vec::with_capacity(shares.len());
    for share in shares {
        belongs(share, set)?;
        let index = share.index();
        if !seen.insert(index) {
            return Err(CombineError::Duplicate { index });
        }
        let verdict = manifest.check(share);
        if verdict.is_err() {
            wrong.insert(index);
        }
        // A damaged payload is named, and leaves the value as good as it was.
        if matches!(verdict, Ok(()) | Err(ShareError::Payload)) {
            good.push(share.as_raw());
        }
    }
    let needed = threshold;
    if seen.len() < usize::from(threshold) {
        let given = u8::try_from(seen.len()).unwrap_or(u8::MAX);
        return Err(CombineError::TooFew { needed, given });
    }
    if good.len() < usize::from(threshold) {
        return Err(CombineError::TooFewGood { needed, wrong });
    }
    // A dealer that dealt values of different lengths dealt wrongly.
    decode::check(threshold, &good).map_err(|_| CombineError::Dealer)?;
    let secret = decode::combine_trusted(threshold, &good)?;
    Ok(Recovered { secret, wrong })
}

#[cfg(test)]
mod tests;
