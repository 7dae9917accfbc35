//! Indices as values that can be used once.

use core::ops::Range;

use pqkm_core::{KeyId, Signature};
use rand_core::TryCryptoRng;

use crate::algorithm::Hss;
use crate::error::SignError;
use crate::signer::HssSigner;
use crate::store::UpperStore;

/// Whose index it is: key, epoch and process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) key_id: KeyId,
    pub(super) epoch: u64,
    pub(super) process: u32,
}

/// Indices that are spent on stable storage and not used yet. They belong to this value alone.
///
/// It can be sent to another thread and split; it cannot be cloned, stored or made. What is left in it when it is dropped is burned.
#[derive(Debug)]
#[must_use = "dropping a reservation burns its indices"]
pub struct Reservation {
    ticket: Ticket,
    range: Range<u64>,
}

/// The right to make one signature.
///
/// Signing takes it by value, so that the compiler refuses a second use.
#[derive(Debug)]
#[must_use = "dropping an index burns it"]
pub struct OneTimeIndex {
    ticket: Ticket,
    index: u64,
}

impl Reservation {
    pub(super) const fn new(ticket: Ticket, range: Range<u64>) -> Self {
        Self { ticket, range }
    }

    /// Takes the lowest index out; `None` when nothing is left.
    pub fn take(&mut self) -> Option<OneTimeIndex> {
        let index = self.range.next()?;
        Some(OneTimeIndex {
            ticket: self.ticket,
            index,
        })
    }

    /// Splits off a reservation of the lowest `count` indices, or of all that are left if those are fewer.
    pub fn split(&mut self, count: u64) -> Self {
        let middle = self.range.start.saturating_add(count).min(self.range.end);
        let lower = self.range.start..middle;
        self.range.start = middle;
        Self {
            ticket: self.ticket,
            range: lower,
        }
    }

    /// How many indices are left in it.
    #[must_use]
    pub const fn remaining(&self) -> u64 {
        self.range.end - self.range.start
    }

    /// Signs with the lowest index.
    ///
    /// # Errors
    /// [`SignError::ReservationEmpty`], or what [`HssSigner::sign_at`] says.
    pub fn sign_next<S: UpperStore, R: TryCryptoRng + ?Sized>(
        &mut self,
        signer: &HssSigner<S>,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Signature<Hss>, SignError> {
        let index = self.take().ok_or(SignError::ReservationEmpty)?;
        signer.sign_at(index, message, rng)
    }
}

impl OneTimeIndex {
    /// The number, for logs.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.index
    }

    /// Makes it an index of another process.
    #[cfg(all(test, feature = "hazmat"))]
    pub(super) const fn leave_process(&mut self) {
        self.ticket.process ^= 1;
    }

    /// The number, if the index was reserved by the signer of this ticket. Either way the index is gone.
    pub(super) fn redeem(self, signer: &Ticket) -> Result<u64, SignError> {
        if self.ticket.key_id != signer.key_id {
            return Err(SignError::ForeignIndex);
        }
        if self.ticket.epoch != signer.epoch {
            return Err(SignError::StaleIndex);
        }
        if self.ticket.process != signer.process {
            return Err(SignError::Forked);
        }
        Ok(self.index)
    }
}
