//! The signer: opens a key from a store, reserves indices, signs with them.

mod ahead;
mod family;
mod generation;
mod one_shot;
mod record;
mod reservation;
mod subtrees;
mod transfer;

use alloc::vec::Vec;

use pqkm_core::{KeyId, Signature, Unwrap, Wrap, is_operational};
use rand_core::TryCryptoRng;
use zeroize::Zeroize as _;

pub use generation::{KeyGeneration, Progress};
pub use one_shot::OneShot;
pub use reservation::{OneTimeIndex, Reservation};
pub use transfer::{TransferError, Transferred};

use crate::algorithm::Hss;

use crate::error::{OpenError, ReserveError, SignError, StoreError};
use crate::hash::Node;
use crate::hss::{HssParameters, HssVerifyingKey};
use crate::store::{IntegrityKey, UpperStore};
use crate::sync::{Mutex, MutexGuard, PoisonError};
use crate::tree::Tree;
use record::{KeyRecord, KeySecrets};
use reservation::Ticket;
use subtrees::Subtrees;

/// An HSS private key, open for signing. There is one a key and process; threads share it by reference.
///
/// Dropping it releases the store; what was reserved and not used is burned.
#[expect(missing_debug_implementations, reason = "holds a private key")]
pub struct HssSigner<S> {
    key_id: KeyId,
    epoch: u64,
    process: u32,
    parameters: HssParameters,
    public: HssVerifyingKey,
    /// What the store keeps of the key, for another store.
    record: Vec<u8>,
    integrity: IntegrityKey,
    store: Mutex<Shelf<S>>,
    subtrees: Mutex<Subtrees>,
    check: bool,
    low_water: u64,
}

/// The store, and what it said last.
struct Shelf<S> {
    store: S,
    next: u64,
}

/// How a signer works; [`Default`] is right unless a measurement says otherwise.
#[derive(Clone, Copy, Debug)]
pub struct SignerOptions {
    /// Verify every signature before it is released, against faults in computing it. On by default.
    pub verify_before_release: bool,
    /// [`HssSigner::is_low`] answers yes when fewer one-time keys than this are left. 1,024 by default.
    pub low_water: u64,
    /// Threads make the next tree of each level while the present one is used, one a level at a time. On by default. Without them
    /// every signature does its share of it, which is more work for each.
    pub threads: bool,
}

impl Default for SignerOptions {
    fn default() -> Self {
        Self {
            verify_before_release: true,
            low_water: 1024,
            threads: true,
        }
    }
}

impl<S: UpperStore> HssSigner<S> {
    /// Generates a key into an empty store and opens it. [`KeyGeneration`] does the same in slices.
    ///
    /// # Errors
    /// [`OpenError`]; a store that a failed creation leaves behind says `Incomplete` and may be deleted.
    pub fn create<R: TryCryptoRng + ?Sized>(
        store: S,
        parameters: HssParameters,
        wrapping: &impl Wrap,
        rng: &mut R,
    ) -> Result<Self, OpenError> {
        KeyGeneration::new(parameters, rng)?.finish(store, wrapping, rng)
    }

    /// Opens the key of a store: recovers its counter and begins a new epoch.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn open(store: S, wrapping: &impl Unwrap) -> Result<Self, OpenError> {
        Self::open_with(store, wrapping, SignerOptions::default())
    }

    /// As [`Self::open`], with options.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn open_with(
        mut store: S,
        wrapping: &impl Unwrap,
        options: SignerOptions,
    ) -> Result<Self, OpenError> {
        let bytes = store.record()?;
        let (record, secrets) = KeyRecord::unseal(bytes, wrapping)?;
        let (lms, ots) = record.parameters().top();
        let top = Tree::generate(lms, ots, &secrets.top);
        Self::start(store, record, secrets, top, options)
    }

    fn start(
        mut store: S,
        record: KeyRecord,
        secrets: KeySecrets,
        top: Tree,
        options: SignerOptions,
    ) -> Result<Self, OpenError> {
        let (parameters, public, key_id) =
            (*record.parameters(), *record.public(), *record.key_id());
        if top.verifying_key() != *public.top() {
            return Err(OpenError::WrongKey);
        }
        let opened = store.open(&secrets.integrity)?;
        Ok(Self {
            key_id,
            epoch: opened.epoch,
            process: std::process::id(),
            parameters,
            public,
            record: record.into_bytes(),
            integrity: secrets.integrity,
            store: Mutex::new(Shelf {
                store,
                next: opened.next,
            }),
            subtrees: Mutex::new(Subtrees::new(parameters, options.threads, secrets.top, top)),
            check: options.verify_before_release,
            low_water: options.low_water,
        })
    }

    /// Spends `count` indices durably and returns them.
    ///
    /// # Errors
    /// [`ReserveError::Exhausted`] spends nothing. After [`ReserveError::Store`] the key must be opened anew.
    pub fn reserve(&self, count: u32) -> Result<Reservation, ReserveError> {
        self.same_process().map_err(|_| ReserveError::Forked)?;
        if !is_operational() {
            return Err(ReserveError::NotOperational);
        }
        let mut shelf = self.shelf();
        let count = u64::from(count);
        let first = shelf
            .store
            .reserve(self.epoch, count, self.parameters.capacity())?;
        let end = first.checked_add(count).ok_or(StoreError::Corrupt)?;
        shelf.next = shelf.next.max(end);
        Ok(Reservation::new(self.ticket(), first..end))
    }

    /// Signs with an index, which is gone afterwards whatever the outcome.
    ///
    /// # Errors
    /// [`SignError`]; the index is burned.
    pub fn sign_at<R: TryCryptoRng + ?Sized>(
        &self,
        index: OneTimeIndex,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Signature<Hss>, SignError> {
        let c = draw(self.parameters.n(), rng)?;
        self.sign_with(index, message, &c)
    }

    fn sign_with(
        &self,
        index: OneTimeIndex,
        message: &[u8],
        c: &Node,
    ) -> Result<Signature<Hss>, SignError> {
        self.same_process()?;
        let index = index.redeem(&self.ticket())?;
        if !is_operational() {
            return Err(SignError::NotOperational);
        }
        let entered = self.lock_subtrees().bottom(index, |level, number, bytes| {
            self.shelf()
                .store
                .put_once(self.epoch, level, number, bytes)
        });
        let (bottom, help) = entered?;
        if let Some(help) = help {
            help.give();
        }
        let mut signature = Vec::with_capacity(self.parameters.signature_len());
        signature.extend(u32::from(self.parameters.depth() - 1).to_be_bytes());
        signature.extend_from_slice(bottom.links());
        let links = signature.len();
        let leaf = self.parameters.bottom_leaf(index);
        let signed = bottom.sign(leaf, c, message, &mut signature);
        let checked = match signed {
            Ok(()) if self.check => bottom.verify(message, &signature[links..]),
            other => other,
        };
        if checked.is_err() {
            signature.zeroize();
            return Err(SignError::Fault);
        }
        Ok(Signature::from_inner(signature))
    }

    /// How many indices were never reserved, as far as this signer knows.
    #[must_use]
    pub fn remaining(&self) -> u64 {
        self.parameters.capacity().saturating_sub(self.shelf().next)
    }

    /// Whether fewer indices are left than [`SignerOptions::low_water`]: time for the next key.
    #[must_use]
    pub fn is_low(&self) -> bool {
        self.remaining() < self.low_water
    }

    /// The public key.
    #[must_use]
    pub const fn verifying_key(&self) -> &HssVerifyingKey {
        &self.public
    }

    /// The parameter sets of all levels.
    #[must_use]
    pub const fn parameters(&self) -> &HssParameters {
        &self.parameters
    }

    /// The key's identity.
    #[must_use]
    pub const fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    fn ticket(&self) -> Ticket {
        Ticket {
            key_id: self.key_id,
            epoch: self.epoch,
            process: self.process,
        }
    }

    /// A forked child has this signer in its memory too, and the parent's lock.
    fn same_process(&self) -> Result<(), SignError> {
        if std::process::id() == self.process {
            Ok(())
        } else {
            Err(SignError::Forked)
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf<S>> {
        // The store itself refuses after a failure, and `next` is only a report.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_subtrees(&self) -> MutexGuard<'_, Subtrees> {
        // A subtree is inserted whole or not at all.
        self.subtrees.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Draws a randomizer C of `n` bytes.
fn draw<R: TryCryptoRng + ?Sized>(n: usize, rng: &mut R) -> Result<Node, SignError> {
    let mut c = Node::default();
    rng.try_fill_bytes(&mut c[..n])
        .map_err(|_| SignError::Rng)?;
    Ok(c)
}

#[cfg(all(test, feature = "hazmat"))]
mod tests {
    use super::*;
    use crate::store::MemoryStore;
    use crate::{LmotsAlgorithm, LmsAlgorithm};
    use pqkm_core::{Aes256Kwp, WrappingKey};
    use pqkm_testkit::rng::SeededRng;

    /// What a forked child sees: everything in memory is there, and the process is another one.
    #[test]
    fn after_a_fork_nothing_is_reserved_or_signed() {
        let mut rng = SeededRng::from_label("fork");
        let wrapping = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
        let level = (LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W8);
        let parameters = HssParameters::new(&[level]).unwrap();
        let store = MemoryStore::new();
        let mut signer = HssSigner::create(store, parameters, &wrapping, &mut rng).unwrap();
        let mut reservation = signer.reserve(3).unwrap();
        let of_parent = reservation.take().unwrap();
        signer.process ^= 1;
        assert_eq!(signer.reserve(1).unwrap_err(), ReserveError::Forked);
        let refused = signer.sign_at(of_parent, b"m", &mut rng).unwrap_err();
        assert_eq!(refused, SignError::Forked);
        // The parent's index in the hands of a signer that the child opened itself.
        signer.process ^= 1;
        let mut of_other = reservation.take().unwrap();
        of_other.leave_process();
        let refused = signer.sign_at(of_other, b"m", &mut rng).unwrap_err();
        assert_eq!(refused, SignError::Forked);
        signer
            .sign_at(reservation.take().unwrap(), b"m", &mut rng)
            .unwrap();
    }
}
