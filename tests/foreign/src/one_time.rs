//! A stateful signer: every index of [`ToyOneTime`] signs once.

use core::{ops::Range, sync::atomic};

use pqkm_core::{
    KeyHandle, ReserveError, Reserved, SignError, Signature, StatefulSign, VerifyingKey, role,
};
use rand_core::TryCryptoRng;

use crate::algorithms::{ToyOneTime, toy_signature};

/// Signs `capacity` times. Its "stable storage" is an atomic number.
pub struct ToySigner {
    public: [u8; 32],
    next: atomic::AtomicU64,
    capacity: u64,
}

/// The right to make one signature.
pub struct ToyIndex(u64);

/// Spent indices.
pub struct ToyReservation(Range<u64>);

impl ToySigner {
    /// A signer with nothing spent.
    #[must_use]
    pub const fn new(public: [u8; 32], capacity: u64) -> Self {
        Self {
            public,
            next: atomic::AtomicU64::new(0),
            capacity,
        }
    }
}

impl KeyHandle for ToySigner {
    type Algorithm = ToyOneTime;
    type Role = role::Signing;
}

impl Reserved for ToyReservation {
    type Index = ToyIndex;

    fn take(&mut self) -> Option<ToyIndex> {
        self.0.next().map(ToyIndex)
    }

    fn remaining(&self) -> u64 {
        self.0.end - self.0.start
    }
}

impl StatefulSign for ToySigner {
    type Index = ToyIndex;
    type Reservation = ToyReservation;

    fn reserve(&self, count: u32) -> Result<ToyReservation, ReserveError> {
        let advance = |next: u64| {
            next.checked_add(count.into())
                .filter(|n| *n <= self.capacity)
        };
        self.next
            .try_update(atomic::Ordering::SeqCst, atomic::Ordering::SeqCst, advance)
            .map(|first| ToyReservation(first..first + u64::from(count)))
            .map_err(|next| ReserveError::Exhausted {
                remaining: self.capacity - next,
            })
    }

    fn sign_at<R: TryCryptoRng + ?Sized>(
        &self,
        index: ToyIndex,
        message: &[u8],
        _: &mut R,
    ) -> Result<Signature<ToyOneTime>, SignError> {
        if index.0 >= self.capacity {
            return Err(SignError::Refused);
        }
        Signature::from_bytes(&toy_signature(&self.public, message)).map_err(|_| SignError::Fault)
    }

    fn verifying_key(&self) -> VerifyingKey<ToyOneTime> {
        VerifyingKey::from_bytes(&self.public).unwrap_or_else(|_| unreachable!("it is 32 bytes"))
    }

    fn remaining(&self) -> u64 {
        self.capacity - self.next.load(atomic::Ordering::SeqCst)
    }
}
