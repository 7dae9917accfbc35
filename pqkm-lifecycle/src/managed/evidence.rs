//! Uses that a state permits on evidence of when the data was protected. Each leaves an event, which is on
//! stable storage before the result is returned.

use pqkm_core::{
    Ciphertext, Decapsulate, DecapsulateError, Evidence, InvalidSignature, KeyHandle, Message,
    ProtectedAt, SharedSecret, Signature, Unwrap, UnwrapError, Verify, WrapContext, Wrappable,
    WrappedKey,
};

use super::{Managed, UsedByCaller};
use crate::{
    custody::Custody,
    error::UseError,
    registry::{Authority, Registry},
    state::{ProcessesWithEvidence, State},
};

/// States that the caller knows the risk: somebody else may have the key, so that what comes out may be
/// known to them, or be theirs.
#[derive(Clone, Copy, Debug)]
pub struct AcceptRisk(());

impl AcceptRisk {
    /// Takes the risk over. The event says who did.
    #[must_use]
    pub const fn knowingly() -> Self {
        Self(())
    }
}

/// Who asks, and what shows when the data was protected.
#[derive(Clone, Copy)]
pub struct Shown<'a, P: ProtectedAt> {
    /// Who asks, and why.
    pub authority: Authority<'a>,
    /// What shows it.
    pub evidence: P,
}

impl<K: KeyHandle, S: State> Managed<K, S> {
    /// Verifies a signature that was made in time. The evidence is about the signature's bytes.
    ///
    /// # Errors
    /// [`UseError`]; [`Refusal::Evidence`](crate::Refusal::Evidence) if it does not show that, or is a log's
    /// ([`Evidence::Logged`]) and this registry took no [note](Registry::note) of the same bytes by then.
    pub fn verify_with<C: Custody, P: ProtectedAt>(
        &self,
        registry: &Registry<C>,
        message: &[u8],
        signature: &Signature<K::Algorithm>,
        shown: &Shown<'_, P>,
    ) -> Result<(), UseError<InvalidSignature>>
    where
        K: Verify,
        S: ProcessesWithEvidence<K::Role>,
    {
        self.permit_with::<C, P, _>(registry, signature.as_bytes(), shown)?;
        self.key()
            .verify_message(&Message::pure(message), signature)
            .map_err(UseError::Failed)
    }

    /// Decapsulates a ciphertext that was made in time. The evidence is about the ciphertext's bytes.
    ///
    /// # Errors
    /// As [`verify_with`](Self::verify_with).
    pub fn decapsulate_with<C: Custody, P: ProtectedAt>(
        &self,
        registry: &Registry<C>,
        ciphertext: &Ciphertext<K::Algorithm>,
        shown: &Shown<'_, P>,
        _: AcceptRisk,
    ) -> Result<SharedSecret<K::Algorithm>, UseError<DecapsulateError>>
    where
        K: Decapsulate,
        S: ProcessesWithEvidence<K::Role>,
    {
        self.permit_with::<C, P, _>(registry, ciphertext.as_bytes(), shown)?;
        self.key().decapsulate(ciphertext).map_err(UseError::Failed)
    }

    /// Unwraps a key that was wrapped in time. The evidence is about the record's DER.
    ///
    /// # Errors
    /// As [`verify_with`](Self::verify_with).
    pub fn unwrap_key_with<W: Wrappable, C: Custody, P: ProtectedAt>(
        &self,
        registry: &Registry<C>,
        (record, context): (&WrappedKey, WrapContext<'_>),
        shown: &Shown<'_, P>,
        _: AcceptRisk,
    ) -> Result<W, UseError<UnwrapError>>
    where
        K: Unwrap,
        S: ProcessesWithEvidence<K::Role>,
    {
        self.permit_with::<C, P, _>(registry, &record.to_der(), shown)?;
        self.key()
            .unwrap_key(record, context)
            .map_err(UseError::Failed)
    }

    /// Lends the key to process something that was protected in time, once: to decrypt `protected`.
    ///
    /// # Errors
    /// As [`verify_with`](Self::verify_with).
    pub fn process_with<T, E, C: Custody, P: ProtectedAt>(
        &self,
        registry: &Registry<C>,
        protected: &[u8],
        shown: &Shown<'_, P>,
        process: impl FnOnce(&K) -> Result<T, E>,
    ) -> Result<T, UseError<E>>
    where
        K::Role: UsedByCaller,
        S: ProcessesWithEvidence<K::Role>,
    {
        self.permit_with::<C, P, _>(registry, protected, shown)?;
        process(self.key()).map_err(UseError::Failed)
    }

    fn permit_with<C: Custody, P: ProtectedAt, E>(
        &self,
        registry: &Registry<C>,
        protected: &[u8],
        shown: &Shown<'_, P>,
    ) -> Result<(), UseError<E>> {
        let found = shown
            .evidence
            .protected_at(protected)
            .map_err(|_| UseError::Registry(crate::error::Refusal::Evidence.into()))?;
        registry
            .record_evidence(self.name, S::STATE, protected, &found, &shown.authority)
            .map_err(UseError::Registry)
    }
}

/// The number and reference by which an event names evidence.
pub(crate) const fn named(evidence: &Evidence) -> (u8, Option<[u8; 32]>) {
    match evidence {
        Evidence::Asserted => (0, None),
        Evidence::Logged { leaf } => (1, Some(*leaf)),
        Evidence::TimeStamped { token } => (2, Some(*token)),
    }
}
