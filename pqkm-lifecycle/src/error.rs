//! Errors: small closed enums without strings. None carries a secret.

use core::{error::Error, fmt};

use pqkm_core::{DecodeError, GenerateError, ReceiveError, SendError, UnixTime};

use crate::{table::KeyState, wire::OperationId};

macro_rules! errors {
    ($(
        $(#[$meta:meta])*
        $name:ident { $( $(#[$vmeta:meta])* $variant:ident $(($inner:ty))? => $text:literal, )+ }
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name { $( $(#[$vmeta])* $variant $(($inner))?, )+ }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $( errors!(@pattern $variant $($inner)?) => $text, )+ })
            }
        }

        impl Error for $name {}
    )+};
    (@pattern $variant:ident) => { Self::$variant };
    (@pattern $variant:ident $inner:ty) => { Self::$variant(_) };
}

errors! {
    /// A store could not read.
    StoreError {
        /// Reading failed.
        Io => "reading the store failed",
        /// What is stored is not a store of this format.
        Malformed => "this is not a store of this format",
        /// Another process has it open.
        Locked => "the store is open elsewhere",
        /// An earlier failure: it must be opened anew.
        Poisoned => "the store must be opened anew",
    }

    /// A batch was not committed, or may not have been.
    CommitError {
        /// A row has not the generation that was expected: nothing was written.
        Conflict => "a row is not of the expected generation",
        /// Nothing was written.
        Failed => "the store refused the batch",
        /// Whether it was written is not known.
        Unknown => "it is not known whether the batch was committed",
        /// An earlier failure: the store must be opened anew. Nothing was written.
        Poisoned => "the store must be opened anew",
    }

    /// A registry could not do what was asked, before it decided anything.
    RegistryError {
        /// There is nothing of that name.
        NotFound => "there is no such key",
        /// A row is not one that this registry wrote, or not where it wrote it.
        Tampered => "a row was not written by this registry",
        /// A row is authentic and makes no sense to this release.
        Malformed => "a row cannot be read by this release",
        /// The registry holds less than a checkpoint that was seen, or something else.
        RolledBack => "the registry contradicts a checkpoint that was seen",
        /// The store could not read.
        Store(StoreError) => "the store failed",
        /// The clock does not know the time.
        Clock => "the time is not known",
        /// The clock is behind this time, which it has been, by more than is tolerated.
        ClockBehind(UnixTime) => "the clock is behind what was recorded",
        /// The random number generator failed.
        Randomness => "the random number generator failed",
        /// The root key is not the one that this registry was made with.
        Root => "this is not the registry's root key",
        /// There is a registry in the store already.
        Exists => "there is a registry in the store already",
        /// An earlier failure: the registry must be opened anew.
        Poisoned => "the registry must be opened anew",
    }

    /// The root key could not be had or used.
    CustodyError {
        /// There is a file there already.
        Exists => "there is something here already",
        /// Reading or writing failed.
        Io => "the root key could not be read or written",
        /// It is not a root key.
        Malformed => "this is not a root key",
        /// The random number generator failed.
        Randomness => "the random number generator failed",
        /// The holder of the root refused.
        Refused => "the holder of the root key refused",
    }

    /// A policy said no, and to what.
    PolicyRefusal {
        /// The algorithm, or it at this time.
        Algorithm => "the policy does not allow the algorithm now",
        /// Where the key is kept.
        Custody => "the policy does not allow this custody",
        /// The period asked for.
        Period => "the policy does not allow so long a period",
        /// Who asks.
        Actor => "the policy does not allow this to whoever asks",
        /// That the key be exportable.
        Exportable => "the policy does not allow exportable keys",
        /// Approvals are missing, or some are not valid for this.
        Approvals => "approvals are missing",
        /// The kind of evidence, for a key in this state.
        Evidence => "the policy does not accept this kind of evidence",
        /// Something that the program's own policy has a reason for.
        Other => "the policy refuses",
    }

    /// Why something was not done. The key and the registry are as they were.
    Refusal {
        /// The key is not in the state of the handle any more.
        State(KeyState) => "the key is in another state",
        /// The standard has no such transition.
        NoTransition => "there is no such transition",
        /// The key's budget of uses is spent.
        BudgetSpent => "the budget of uses is spent",
        /// The originator-usage period has not begun or is over.
        OriginatorPeriod => "outside the originator-usage period",
        /// The recipient-usage period is over.
        RecipientPeriod => "the recipient-usage period is over",
        /// The policy.
        Policy(PolicyRefusal) => "the policy refuses",
        /// So many keys depend on it.
        Dependants(u64) => "other keys depend on it",
        /// Other handles have leases, the last one until then.
        LeasesRunning(UnixTime) => "leases of other handles are running",
        /// Too many leases are running.
        TooManyLeases => "too many leases are running",
        /// The other half, or the key it is linked with, cannot come along.
        Linked(KeyState) => "a key that must come along cannot",
        /// It is linked with another key already.
        AlreadyLinked => "it is linked already",
        /// Its destruction is not planned, or is planned for later.
        NotPlanned => "its destruction is not due",
        /// The evidence is not valid, or does not show what it should.
        Evidence => "the evidence does not show that the data was protected in time",
        /// The same operation was asked for something else before.
        OperationReused => "the operation was another one before",
        /// The key has taken too many steps to be activated again. It can be taken out of use.
        HistoryFull => "the key has taken too many steps",
        /// Others changed the same rows again and again.
        Contended => "others change the same keys",
        /// A name or reason is longer than the format carries.
        TooLong => "a text is too long",
        /// The key's type is not what the record says.
        Type => "the key is of another type",
        /// The key is not the one on record.
        OtherKey => "this is not the key on record",
        /// There is a key of that name on record already.
        Known => "the key is on record already",
        /// It could not be sent.
        Send(SendError) => "the key could not be sent",
        /// What arrived could not be opened, or says something else than what was asked for.
        Receive(ReceiveError) => "the key could not be received",
        /// Wrapping or unwrapping under the root failed.
        Custody => "the root key could not wrap or unwrap",
        /// The key could not be generated.
        Generate(GenerateError) => "the key could not be generated",
        /// The registry could not read.
        Registry(RegistryError) => "the registry failed",
    }

    /// A handle is used up: it must be renewed.
    Stale {
        /// Its allowance is spent.
        Spent => "the lease's allowance is spent",
        /// Its time is over.
        Expired => "the lease is over",
        /// The key changed, or was about to.
        Fenced => "the key has changed",
        /// The originator-usage period is over.
        OriginatorPeriod => "the originator-usage period is over",
        /// The clock does not know the time.
        Clock => "the time is not known",
        /// The clock is behind this time, which it has been, by more than is tolerated.
        ClockBehind(UnixTime) => "the clock is behind what was recorded",
    }

    /// An audit log, or a part of one, does not verify.
    AuditError {
        /// It cannot be read.
        Malformed => "not in the format of an audit log",
        /// A signature is not valid, or by another key.
        Signature => "a checkpoint's signature is not valid",
        /// There is no checkpoint.
        Unsigned => "no checkpoint signs for the log",
        /// Events are missing: a checkpoint is about more of them.
        Truncated => "events are missing at the end",
        /// The events are not those that a checkpoint is about.
        Root => "the events are not those that were signed for",
        /// It is about another registry.
        OtherLog => "it is about another registry",
        /// The proof does not fit.
        Proof => "the proof is not valid",
        /// There is no such event, or no tree of that size.
        Range => "there is no such position",
        /// A row that the log tells of is another one or gone.
        Row => "a row is not the one that the log tells of",
        /// The registry could not read.
        Registry(RegistryError) => "the registry failed",
        /// The signer failed.
        Signing => "the checkpoint could not be signed",
        /// The commit failed, or may have.
        Commit(CommitError) => "the store did not take it",
        /// There is an exported log in the folder already.
        Exists => "there is a log in the folder already",
        /// A file of an exported log could not be read or written.
        Io(std::io::ErrorKind) => "a file of the log could not be read or written",
    }
}

/// Something did not happen, or may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OperationError {
    /// It did not happen.
    Refused(Refusal),
    /// The store does not know. Open the registry again and ask it:
    /// [`Registry::resolve`](crate::Registry::resolve).
    Indeterminate(OperationId),
}

impl fmt::Display for OperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused(_) => "refused",
            Self::Indeterminate(_) => "it is not known whether it happened",
        })
    }
}

impl Error for OperationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(reason) => Some(reason),
            Self::Indeterminate(_) => None,
        }
    }
}

/// A transition did not happen, or may have: with the handle where it is still good for something.
#[non_exhaustive]
pub enum TransitionError<M> {
    /// It did not happen. The handle is as it was, or has to be renewed.
    Refused {
        /// The handle.
        handle: M,
        /// Why.
        reason: Refusal,
    },
    /// The store does not know. The registry refuses work until it is opened again;
    /// [`Registry::resolve`](crate::Registry::resolve) then tells.
    Indeterminate {
        /// Which operation to ask for.
        operation: OperationId,
    },
}

impl<M> TransitionError<M> {
    /// Why it was refused, if it was.
    #[must_use]
    pub const fn reason(&self) -> Option<Refusal> {
        match self {
            Self::Refused { reason, .. } => Some(*reason),
            Self::Indeterminate { .. } => None,
        }
    }

    /// Lets go of the handle.
    pub fn without_handle(self) -> OperationError {
        match self {
            Self::Refused { reason, .. } => OperationError::Refused(reason),
            Self::Indeterminate { operation } => OperationError::Indeterminate(operation),
        }
    }
}

/// Shows the reason and nothing of the handle.
impl<M> fmt::Debug for TransitionError<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { reason, .. } => f.debug_tuple("Refused").field(reason).finish(),
            Self::Indeterminate { operation } => {
                f.debug_tuple("Indeterminate").field(operation).finish()
            }
        }
    }
}

impl<M> fmt::Display for TransitionError<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { reason, .. } => write!(f, "the transition was refused: {reason}"),
            Self::Indeterminate { .. } => {
                f.write_str("it is not known whether the transition happened")
            }
        }
    }
}

impl<M> Error for TransitionError<M> {}

/// A key was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UseError<E> {
    /// The lease is used up: [`Managed::renew`](crate::Managed::renew).
    Stale(Stale),
    /// The registry refused, or does not know whether it recorded the use.
    Registry(OperationError),
    /// The operation itself failed. The use is spent.
    Failed(E),
}

impl<E> fmt::Display for UseError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stale(_) => "the lease is used up",
            Self::Registry(_) => "the registry did not record the use",
            Self::Failed(_) => "the operation failed",
        })
    }
}

impl<E: Error + 'static> Error for UseError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Stale(error) => Some(error),
            Self::Registry(error) => Some(error),
            Self::Failed(error) => Some(error),
        }
    }
}

impl From<RegistryError> for Refusal {
    fn from(error: RegistryError) -> Self {
        Self::Registry(error)
    }
}

impl From<PolicyRefusal> for Refusal {
    fn from(error: PolicyRefusal) -> Self {
        Self::Policy(error)
    }
}

macro_rules! refused {
    ($($reason:ty),+) => {$(
        impl From<$reason> for OperationError {
            fn from(reason: $reason) -> Self {
                Self::Refused(reason.into())
            }
        }
    )+};
}

refused!(Refusal, RegistryError, PolicyRefusal);

impl<E> From<Stale> for UseError<E> {
    fn from(error: Stale) -> Self {
        Self::Stale(error)
    }
}

impl<E> From<OperationError> for UseError<E> {
    fn from(error: OperationError) -> Self {
        Self::Registry(error)
    }
}

impl From<StoreError> for RegistryError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Poisoned => Self::Poisoned,
            other => Self::Store(other),
        }
    }
}

impl From<RegistryError> for AuditError {
    fn from(error: RegistryError) -> Self {
        Self::Registry(error)
    }
}

impl From<StoreError> for AuditError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

impl From<CommitError> for AuditError {
    fn from(error: CommitError) -> Self {
        Self::Commit(error)
    }
}

impl From<der::Error> for RegistryError {
    fn from(_: der::Error) -> Self {
        Self::Malformed
    }
}

impl From<der::Error> for AuditError {
    fn from(_: der::Error) -> Self {
        Self::Malformed
    }
}

impl From<DecodeError> for RegistryError {
    fn from(_: DecodeError) -> Self {
        Self::Malformed
    }
}
