//! Linked pairs: two keys that live and die together.
#![expect(
    clippy::result_large_err,
    reason = "a refused transition hands both handles back, which are as large as those it would have given"
)]

use core::fmt;

use pqkm_core::{KeyHandle, UnixTime, rand_core::TryCryptoRng};

use crate::{
    custody::Custody,
    error::{OperationError, Refusal, TransitionError},
    keep::Generated,
    managed::Managed,
    registry::{Authority, Registry, Wanted},
    state::{
        Active, Compromised, Deactivated, Destroyed, HoldsKey, State, Suspended, TransitionTo,
    },
};

/// Two keys that belong together, in one state: the halves of a hybrid, or the keys of dual certificates.
///
/// A transition takes both in one commit, and so does a rotation; their periods end together. A pair is used
/// through its two handles.
#[must_use]
pub struct LinkedPair<P, K, S: State> {
    one: Managed<P, S>,
    other: Managed<K, S>,
}

/// Handles to two keys in one state.
pub type TwoHandles<P, K, S> = (Managed<P, S>, Managed<K, S>);

/// What a transition of a pair gives: the pair in the new state, or why there is none.
pub type PairTransitioned<P, K, From, To> =
    Result<LinkedPair<P, K, To>, TransitionError<LinkedPair<P, K, From>>>;

impl<P: KeyHandle, K: KeyHandle, S: HoldsKey> LinkedPair<P, K, S> {
    /// Links two keys: see [`Registry::link`]. Of active keys, the handle to the one whose periods become shorter has
    /// to be [renewed](Self::renew).
    ///
    /// # Errors
    /// [`TransitionError`], with both handles.
    pub fn link<C: Custody>(
        (one, other): TwoHandles<P, K, S>,
        registry: &Registry<C>,
        authority: &Authority<'_>,
    ) -> Result<Self, TransitionError<TwoHandles<P, K, S>>> {
        match registry.link(one.name().id, other.name().id, authority) {
            Ok(()) => Ok(Self { one, other }),
            Err(OperationError::Refused(reason)) => Err(TransitionError::Refused {
                handle: (one, other),
                reason,
            }),
            Err(OperationError::Indeterminate(operation)) => {
                Err(TransitionError::Indeterminate { operation })
            }
        }
    }

    /// The pair of two handles to keys that are linked already.
    ///
    /// # Errors
    /// [`Refusal::Linked`] if they are not linked with each other, or are not the same version and half of both.
    pub fn of<C: Custody>(
        (one, other): TwoHandles<P, K, S>,
        registry: &Registry<C>,
    ) -> Result<Self, OperationError> {
        let (name, partner) = (one.name(), other.name());
        let is_same = name.version == partner.version && name.half == partner.half;
        if is_same && registry.find(name)?.linked() == Some(partner.id) {
            Ok(Self { one, other })
        } else {
            Err(Refusal::Linked(S::STATE).into())
        }
    }

    fn go<To: State, C: Custody>(
        self,
        registry: &Registry<C>,
        authority: &Authority<'_>,
        since: Option<UnixTime>,
    ) -> PairTransitioned<P, K, S, To>
    where
        S: TransitionTo<To, P::Role> + TransitionTo<To, K::Role>,
    {
        let wanted = Wanted {
            key: self.one.name(),
            from: S::STATE,
            to: To::STATE,
            own: Some(self.one.lease_id()),
            linked: Some(self.other.lease_id()),
            since,
        };
        match registry.transition(&wanted, authority) {
            Ok((lease, Some(linked))) => Ok(LinkedPair {
                one: self.one.in_state(lease),
                other: self.other.in_state(linked),
            }),
            Ok((_, None)) => Err(TransitionError::Refused {
                handle: self,
                reason: Refusal::Linked(To::STATE),
            }),
            Err(OperationError::Refused(reason)) => Err(TransitionError::Refused {
                handle: self,
                reason,
            }),
            Err(OperationError::Indeterminate(operation)) => {
                Err(TransitionError::Indeterminate { operation })
            }
        }
    }
}

impl<P, K, S: State> LinkedPair<P, K, S> {
    /// The handle to the one.
    pub const fn one(&self) -> &Managed<P, S> {
        &self.one
    }

    /// The handle to the other.
    pub const fn other(&self) -> &Managed<K, S> {
        &self.other
    }

    /// Renews both handles: see [`Managed::renew`].
    ///
    /// # Errors
    /// Those of [`Managed::renew`]; if it is the other handle's, the one is renewed.
    pub fn renew<C: Custody>(
        &mut self,
        registry: &Registry<C>,
        by: &str,
    ) -> Result<(), OperationError> {
        self.one.renew(registry, by)?;
        self.other.renew(registry, by)
    }
}

macro_rules! transitions {
    ($( $(#[$meta:meta])* $name:ident -> $to:ident; )+) => {
        /// Transitions: see those of [`Managed`].
        impl<P: KeyHandle, K: KeyHandle, S: HoldsKey> LinkedPair<P, K, S> {$(
            $(#[$meta])*
            ///
            /// # Errors
            /// [`TransitionError`], with the pair.
            pub fn $name<C: Custody>(
                self,
                registry: &Registry<C>,
                authority: &Authority<'_>,
            ) -> PairTransitioned<P, K, S, $to>
            where
                S: TransitionTo<$to, P::Role> + TransitionTo<$to, K::Role>,
            {
                self.go(registry, authority, None)
            }
        )+}
    };
}

transitions! {
    /// Both to active.
    activate -> Active;
    /// Both to suspended.
    suspend -> Suspended;
    /// Both to deactivated.
    deactivate -> Deactivated;
    /// Both to destroyed.
    destroy -> Destroyed;
}

impl<P: KeyHandle, K: KeyHandle, S: HoldsKey> LinkedPair<P, K, S> {
    /// Both to compromised: whoever has one half of a hybrid has an attack on the other one to make.
    ///
    /// # Errors
    /// [`TransitionError`], with the pair.
    pub fn compromise<C: Custody>(
        self,
        registry: &Registry<C>,
        since: UnixTime,
        authority: &Authority<'_>,
    ) -> PairTransitioned<P, K, S, Compromised>
    where
        S: TransitionTo<Compromised, P::Role> + TransitionTo<Compromised, K::Role>,
    {
        self.go(registry, authority, Some(since))
    }
}

impl<P: Generated, K: Generated> LinkedPair<P, K, Active> {
    /// The successors of both, linked as these are: see [`Registry::rotate_linked`].
    ///
    /// # Errors
    /// Those of [`Registry::rotate_linked`].
    pub fn rotate<C: Custody, R: TryCryptoRng + ?Sized>(
        &self,
        registry: &Registry<C>,
        authority: &Authority<'_>,
        rng: &mut R,
    ) -> Result<Self, OperationError> {
        let pair = (self.one.name().id, self.other.name().id);
        let (one, other) = registry.rotate_linked(pair, authority, rng)?;
        Ok(Self { one, other })
    }
}

/// Shows names and state, nothing of the keys.
impl<P, K, S: State> fmt::Debug for LinkedPair<P, K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkedPair")
            .field("one", &self.one)
            .field("other", &self.other)
            .finish()
    }
}
