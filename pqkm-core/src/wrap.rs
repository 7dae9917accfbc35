//! Wrapping keys under other keys: a KEM or a symmetric key establishes a fresh key-encryption key for
//! each record, and the record binds everything about itself.
//!
//! ```text
//! (K, ct)       = Encaps(ek)                    or K = the wrapping key, ct = 32 fresh random bytes
//! info          = DER(label, header, H(ek), H(ct), caller's context)
//! KEK || commit = HKDF-SHA-384(salt = "", ikm = K, info), 32 + 32 bytes
//! WrappedKey    = DER(header, ct, commit, AES-256-KWP(KEK, key))
//! ```
//!
//! H is SHA-384. A failure to unwrap has one error for every reason. Where a secret was established, which
//! ML-KEM always does, derivation, comparison and KWP are all done before any of them decides. A KEM that
//! rejects explicitly ends sooner, and so does an encapsulation of the wrong length.
//!
//! A key wrapped under a KEM proves nothing about who wrapped it: anyone who has the encapsulation key
//! can make such a record. [`SignedWrappedKey`] adds a signature where that matters.

use alloc::vec::Vec;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::{
    error::{UnwrapError, WrapError},
    ident::Version,
    operations::KeyHandle,
    role::{UnwrappingRole, WrappingRole},
    state,
};

mod attributes;
mod context;
mod establish;
mod record;
mod sealed;
mod signed;

use attributes::Internal;
pub use attributes::{KeyAttributes, Wrappable};
pub use context::WrapContext;
pub(crate) use establish::KekIdentity;
pub use establish::{Kek, KekName, MayUnwrap, MayWrap};
pub use record::{WrapHeader, WrappedKey};
pub use sealed::{PqkmSeal, SealKey, Sealed};
pub use signed::SignedWrappedKey;

/// One key to wrap in a batch, with its own context.
pub struct WrapItem<'a, K> {
    /// The key.
    pub key: &'a K,
    /// The version of the key's material.
    pub generation: Version,
    /// What the record is bound to.
    pub context: WrapContext<'a>,
}

/// One record to unwrap or rewrap in a batch, with its own context.
#[derive(Clone, Copy)]
pub struct UnwrapItem<'a> {
    /// The record.
    pub record: &'a WrappedKey,
    /// What the record is bound to.
    pub context: WrapContext<'a>,
}

/// Wraps other keys: an encapsulation key, a symmetric wrapping key, or a handle to one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot wrap keys",
    label = "wrapping needs an `EncapsulationKey` or a `WrappingKey`"
)]
pub trait Wrap: KeyHandle<Role: WrappingRole> {
    /// Establishes the secret of one new record. Callers use [`wrap_key`](Self::wrap_key).
    ///
    /// # Errors
    /// [`WrapError`].
    fn establish<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Kek, WrapError>;

    /// Establishes the secrets of many new records, drawing randomness in order.
    ///
    /// # Errors
    /// As [`establish`](Self::establish); nothing is returned then.
    fn establish_many<R: TryCryptoRng + ?Sized>(
        &self,
        count: usize,
        rng: &mut R,
    ) -> Result<Vec<Kek>, WrapError> {
        (0..count).map(|_| self.establish(rng)).collect()
    }

    /// Wraps a key's first version.
    ///
    /// # Errors
    /// [`WrapError`].
    fn wrap_key<K: Wrappable, R: TryCryptoRng + ?Sized>(
        &self,
        key: &K,
        context: WrapContext<'_>,
        rng: &mut R,
    ) -> Result<WrappedKey, WrapError> {
        self.wrap_item(
            &WrapItem {
                key,
                generation: Version::FIRST,
                context,
            },
            rng,
        )
    }

    /// Wraps one key of a given version.
    ///
    /// # Errors
    /// [`WrapError`].
    fn wrap_item<K: Wrappable, R: TryCryptoRng + ?Sized>(
        &self,
        item: &WrapItem<'_, K>,
        rng: &mut R,
    ) -> Result<WrappedKey, WrapError> {
        state::check()?;
        wrap_typed(&self.establish(rng)?, item)
    }

    /// Wraps many keys, each in its own context. Randomness is drawn before the first is wrapped.
    ///
    /// # Errors
    /// The outer error is that of establishing the secrets; nothing is returned then. The inner ones
    /// are per item.
    fn wrap_many<K: Wrappable, R: TryCryptoRng + ?Sized>(
        &self,
        items: &[WrapItem<'_, K>],
        rng: &mut R,
    ) -> Result<Vec<Result<WrappedKey, WrapError>>, WrapError> {
        state::check()?;
        let keks = establish_all(self, items.len(), rng)?;
        Ok(for_each(&keks, items, wrap_typed))
    }
}

/// Unwraps other keys: a decapsulation key, a symmetric wrapping key, or a handle to one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot unwrap keys",
    label = "unwrapping needs a `DecapsulationKey` or a `WrappingKey`"
)]
pub trait Unwrap: KeyHandle<Role: UnwrappingRole> {
    /// Recovers the secret of a record from its encapsulation. Callers use
    /// [`unwrap_key`](Self::unwrap_key).
    ///
    /// # Errors
    /// [`UnwrapError`] if the encapsulation has the wrong length or is rejected.
    fn recover(&self, encapsulation: &[u8]) -> Result<Kek, UnwrapError>;

    /// Recovers the secrets of many records; results are per item.
    fn recover_many(&self, encapsulations: &[&[u8]]) -> Vec<Result<Kek, UnwrapError>> {
        encapsulations
            .iter()
            .map(|encapsulation| self.recover(encapsulation))
            .collect()
    }

    /// Unwraps a key. The record must say that it holds a key of type `K`.
    ///
    /// # Errors
    /// [`UnwrapError`], for every reason.
    fn unwrap_key<K: Wrappable>(
        &self,
        record: &WrappedKey,
        context: WrapContext<'_>,
    ) -> Result<K, UnwrapError> {
        state::check().map_err(|_| UnwrapError)?;
        unwrap_typed(
            &self.recover(record.encapsulation()),
            &UnwrapItem { record, context },
        )
    }

    /// Unwraps many keys, each in its own context; results are per item.
    fn unwrap_many<K: Wrappable>(&self, items: &[UnwrapItem<'_>]) -> Vec<Result<K, UnwrapError>> {
        if state::check().is_err() {
            return items.iter().map(|_| Err(UnwrapError)).collect();
        }
        for_each(&recover_all(self, items), items, unwrap_typed)
    }

    /// Wraps the key of a record anew under another key. Its attributes and context stay as they are,
    /// and its type need not be known.
    ///
    /// # Errors
    /// [`RewrapError`].
    fn rewrap<W: Wrap, R: TryCryptoRng + ?Sized>(
        &self,
        item: &UnwrapItem<'_>,
        to: &W,
        rng: &mut R,
    ) -> Result<WrappedKey, RewrapError> {
        state::check().map_err(WrapError::from)?;
        let kek = to.establish(rng)?;
        rewrap_item(&(self.recover(item.record.encapsulation()), kek), item)
    }

    /// Rewraps many records under another key, each in its own context. Randomness is drawn before
    /// the first is rewrapped.
    ///
    /// # Errors
    /// The outer error is that of establishing the new secrets; nothing is returned then. The inner
    /// ones are per item.
    fn rewrap_many<W: Wrap, R: TryCryptoRng + ?Sized>(
        &self,
        items: &[UnwrapItem<'_>],
        to: &W,
        rng: &mut R,
    ) -> Result<Vec<Result<WrappedKey, RewrapError>>, WrapError> {
        state::check()?;
        let new = establish_all(to, items.len(), rng)?;
        let keks: Vec<_> = recover_all(self, items).into_iter().zip(new).collect();
        Ok(for_each(&keks, items, rewrap_item))
    }
}

/// A record could not be wrapped anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RewrapError {
    /// The old record could not be unwrapped. No reason is given.
    Unwrap,
    /// The new record could not be made.
    Wrap(WrapError),
}

impl core::fmt::Display for RewrapError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Unwrap => "the record could not be unwrapped",
            Self::Wrap(_) => "the new record could not be made",
        })
    }
}

impl core::error::Error for RewrapError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Unwrap => None,
            Self::Wrap(error) => Some(error),
        }
    }
}

impl From<WrapError> for RewrapError {
    fn from(error: WrapError) -> Self {
        Self::Wrap(error)
    }
}

/// A key in the encoding that is wrapped, and what is said about it: for payloads that are sealed.
pub(crate) fn to_parts<K: Wrappable>(
    key: &K,
    generation: Version,
) -> (KeyAttributes, Zeroizing<Vec<u8>>) {
    (
        key.attributes(generation, Internal(())),
        key.to_wrap_bytes(Internal(())),
    )
}

/// Undoes [`to_parts`]. The attributes must be those of a `K`.
pub(crate) fn from_parts<K: Wrappable>(
    attributes: &KeyAttributes,
    bytes: &[u8],
) -> Result<K, UnwrapError> {
    if !K::matches(attributes, Internal(())) {
        return Err(UnwrapError);
    }
    K::from_wrap_bytes(bytes, attributes, Internal(())).map_err(|_| UnwrapError)
}

fn wrap_typed<K: Wrappable>(kek: &Kek, item: &WrapItem<'_, K>) -> Result<WrappedKey, WrapError> {
    record::wrap(
        kek,
        item.key.attributes(item.generation, Internal(())),
        &item.key.to_wrap_bytes(Internal(())),
        item.context,
    )
}

fn unwrap_typed<K: Wrappable>(
    kek: &Result<Kek, UnwrapError>,
    item: &UnwrapItem<'_>,
) -> Result<K, UnwrapError> {
    let kek = kek.as_ref().map_err(|error| *error)?;
    let attributes = item.record.attributes();
    let is_right_type = K::matches(attributes, Internal(()));
    let bytes = record::unwrap(kek, item.record, item.context);
    if !is_right_type {
        return Err(UnwrapError);
    }
    K::from_wrap_bytes(&bytes?, attributes, Internal(())).map_err(|_| UnwrapError)
}

fn rewrap_item(
    (old, new): &(Result<Kek, UnwrapError>, Kek),
    item: &UnwrapItem<'_>,
) -> Result<WrappedKey, RewrapError> {
    let old = old.as_ref().map_err(|_| RewrapError::Unwrap)?;
    let bytes: Zeroizing<Vec<u8>> =
        record::unwrap(old, item.record, item.context).map_err(|_| RewrapError::Unwrap)?;
    Ok(record::wrap(
        new,
        item.record.attributes().clone(),
        &bytes,
        item.context,
    )?)
}

/// One secret for each record, or none: a handle that gives another number would have records go
/// missing.
fn establish_all<W: Wrap + ?Sized, R: TryCryptoRng + ?Sized>(
    key: &W,
    count: usize,
    rng: &mut R,
) -> Result<Vec<Kek>, WrapError> {
    let keks = key.establish_many(count, rng)?;
    if keks.len() == count {
        Ok(keks)
    } else {
        Err(WrapError::Refused)
    }
}

/// Likewise: one result for each record.
fn recover_all<U: Unwrap + ?Sized>(
    key: &U,
    items: &[UnwrapItem<'_>],
) -> Vec<Result<Kek, UnwrapError>> {
    let encapsulations: Vec<_> = items
        .iter()
        .map(|item| item.record.encapsulation())
        .collect();
    let keks = key.recover_many(&encapsulations);
    if keks.len() == items.len() {
        keks
    } else {
        items.iter().map(|_| Err(UnwrapError)).collect()
    }
}

/// Runs a step for every pair of established secret and item, over threads where there are some.
fn for_each<A: Sync, B: Sync, T: Send>(
    left: &[A],
    right: &[B],
    step: impl Fn(&A, &B) -> T + Sync + Send,
) -> Vec<T> {
    #[cfg(feature = "rayon")]
    {
        use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
        left.par_iter()
            .zip(right)
            .map(|(a, b)| step(a, b))
            .collect()
    }
    #[cfg(not(feature = "rayon"))]
    left.iter().zip(right).map(|(a, b)| step(a, b)).collect()
}
