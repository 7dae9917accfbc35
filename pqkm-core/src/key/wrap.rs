//! Operations of keys that wrap other keys.

use rand_core::TryCryptoRng;

use crate::{
    error::{UnwrapError, WrapError},
    key::Key,
    role::{HasKey, MayUnwrap, MayWrap, Role},
    wrap::{Unwrap, Wrap, WrapContext, Wrappable, WrappedKey},
};

/// Wrapping. [`Wrap`] and [`Unwrap`] have the forms for versions, batches and rewrapping.
impl<A: HasKey<R>, R: Role> Key<A, R> {
    /// Wraps a key so that only the holder of the decapsulation key, or of this wrapping key, unwraps
    /// it, and only in the same context.
    ///
    /// # Errors
    /// [`WrapError::Randomness`] if `rng` fails.
    pub fn wrap_key<K: Wrappable, Rng: TryCryptoRng + ?Sized>(
        &self,
        key: &K,
        context: WrapContext<'_>,
        rng: &mut Rng,
    ) -> Result<WrappedKey, WrapError>
    where
        R: MayWrap<A>,
    {
        Wrap::wrap_key(self, key, context, rng)
    }

    /// Unwraps a key. The record must say that it holds a key of type `K`.
    ///
    /// # Errors
    /// [`UnwrapError`], for every reason.
    pub fn unwrap_key<K: Wrappable>(
        &self,
        record: &WrappedKey,
        context: WrapContext<'_>,
    ) -> Result<K, UnwrapError>
    where
        R: MayUnwrap<A>,
    {
        Unwrap::unwrap_key(self, record, context)
    }
}
