//! Handles: a key, its state as a type, and a lease.
#![expect(
    clippy::result_large_err,
    reason = "a refused transition hands the handle back, which is as large as the one it would have given"
)]

use core::fmt;

use pqkm_core::{KeyHandle, UnixTime};

use crate::{
    custody::Custody,
    error::{OperationError, TransitionError},
    lease::Lease,
    name::KeyName,
    registry::{Authority, Registry, Wanted},
    state::{
        Active, Compromised, Deactivated, Destroyed, HoldsKey, State, Suspended, TransitionTo,
    },
    table::{KeyState, Use},
    wire::OperationId,
};

mod evidence;
mod uses;

pub(crate) use evidence::named;
pub use evidence::{AcceptRisk, Shown};
pub use uses::{UsedByCaller, confirmation, verify_possession};

/// A key in a state: a lease on it, not the truth about it.
///
/// What the type says was true when the lease was given, and holds for its time and allowance. After that,
/// and at once if this process's registry changes the key, uses are [`Stale`](crate::Stale) until the
/// handle is [renewed](Self::renew).
///
/// Transitions take the handle and give another one. A handle in [`Destroyed`] holds no key.
#[must_use]
pub struct Managed<K, S: State> {
    held: S::Held<K>,
    name: KeyName,
    lease: Lease,
}

impl<K, S: State> Managed<K, S> {
    pub(crate) fn new(key: K, name: KeyName, lease: Lease) -> Self {
        Self {
            held: S::hold(key),
            name,
            lease,
        }
    }

    /// The key's name.
    #[must_use]
    pub const fn name(&self) -> KeyName {
        self.name
    }

    /// The state.
    #[must_use]
    pub const fn state(&self) -> KeyState {
        S::STATE
    }

    /// How many uses of a kind the lease has left.
    #[must_use]
    pub fn uses_left(&self, what: Use) -> u64 {
        self.lease.left(what)
    }

    pub(crate) const fn lease_id(&self) -> OperationId {
        self.lease.id()
    }

    /// The same key under the lease of another state.
    pub(crate) fn in_state<To: State>(self, lease: Lease) -> Managed<K, To>
    where
        S: HoldsKey,
    {
        Managed::new(S::into_key(self.held), self.name, lease)
    }

    pub(crate) fn key(&self) -> &K
    where
        S: HoldsKey,
    {
        S::key(&self.held)
    }

    /// Asks the registry for a new lease. If the key is in another state by now, the handle is of no use
    /// any more. What the old lease has left is spent: renew when it is used up, or over.
    ///
    /// # Errors
    /// [`Refusal::State`](crate::Refusal::State), and what budget, period and policy say.
    pub fn renew<C: Custody>(
        &mut self,
        registry: &Registry<C>,
        by: &str,
    ) -> Result<(), OperationError> {
        let own = Some(self.lease.id());
        self.lease = registry.lease(self.name, S::STATE, own, by)?;
        Ok(())
    }

    /// Gives the rest of the lease back: to its budget, and so that a destruction need not wait for it.
    ///
    /// # Errors
    /// [`Refusal::NotPlanned`](crate::Refusal::NotPlanned) if the lease is over already.
    pub fn give_back<C: Custody>(self, registry: &Registry<C>) -> Result<(), OperationError> {
        let left = self.lease.left(registry.budgeted_use(self.name)?);
        registry.take_back(self.name, self.lease.id(), left)
    }

    fn go<To: State, C: Custody>(
        self,
        registry: &Registry<C>,
        authority: &Authority<'_>,
        since: Option<UnixTime>,
    ) -> Transitioned<K, S, To>
    where
        K: KeyHandle,
        S: TransitionTo<To, K::Role>,
    {
        let wanted = Wanted {
            key: self.name,
            from: S::STATE,
            to: To::STATE,
            own: Some(self.lease.id()),
            linked: None,
            since,
        };
        match registry.transition(&wanted, authority) {
            Ok((lease, _)) => Ok(self.in_state(lease)),
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

/// What a transition gives: the handle in the new state, or why there is none.
pub type Transitioned<K, From, To> = Result<Managed<K, To>, TransitionError<Managed<K, From>>>;

/// Transitions. Each is on stable storage with its event when it returns.
impl<K: KeyHandle, S: State> Managed<K, S> {
    /// To active: from pre-activation, which begins both periods, or from suspended, both halves of a pair
    /// together.
    ///
    /// # Errors
    /// [`TransitionError`].
    pub fn activate<C: Custody>(
        self,
        registry: &Registry<C>,
        authority: &Authority<'_>,
    ) -> Transitioned<K, S, Active>
    where
        S: TransitionTo<Active, K::Role>,
    {
        self.go(registry, authority, None)
    }

    /// To suspended, both halves of a pair together.
    ///
    /// # Errors
    /// [`TransitionError`].
    pub fn suspend<C: Custody>(
        self,
        registry: &Registry<C>,
        authority: &Authority<'_>,
    ) -> Transitioned<K, S, Suspended>
    where
        S: TransitionTo<Suspended, K::Role>,
    {
        self.go(registry, authority, None)
    }

    /// To deactivated.
    ///
    /// # Errors
    /// [`TransitionError`].
    pub fn deactivate<C: Custody>(
        self,
        registry: &Registry<C>,
        authority: &Authority<'_>,
    ) -> Transitioned<K, S, Deactivated>
    where
        S: TransitionTo<Deactivated, K::Role>,
    {
        self.go(registry, authority, None)
    }

    /// To compromised, both halves of a pair together: since `since`, which may lie before now. Data that
    /// is processed on evidence later must have been protected before that.
    ///
    /// # Errors
    /// [`TransitionError`].
    pub fn compromise<C: Custody>(
        self,
        registry: &Registry<C>,
        since: UnixTime,
        authority: &Authority<'_>,
    ) -> Transitioned<K, S, Compromised>
    where
        S: TransitionTo<Compromised, K::Role>,
    {
        self.go(registry, authority, Some(since))
    }

    /// To destroyed: the material leaves the record, and this process's memory with the handle.
    ///
    /// # Errors
    /// [`TransitionError`]; refused while keys depend on it, or leases of other handles run.
    pub fn destroy<C: Custody>(
        self,
        registry: &Registry<C>,
        authority: &Authority<'_>,
    ) -> Transitioned<K, S, Destroyed>
    where
        S: TransitionTo<Destroyed, K::Role>,
    {
        self.go(registry, authority, None)
    }
}

/// Shows name and state, nothing of the key.
impl<K, S: State> fmt::Debug for Managed<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Managed")
            .field("name", &format_args!("{}", self.name))
            .field("state", &S::STATE)
            .finish_non_exhaustive()
    }
}
