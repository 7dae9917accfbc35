//! Key generation as a job: in slices, with progress, to be stopped and gone on with.

use core::ops::ControlFlow;

use pqkm_core::{KeyId, Unwrap, Wrap};
use rand_core::TryCryptoRng;

use super::record::{KeyRecord, KeySecrets};
use super::{HssSigner, SignerOptions};
use crate::error::OpenError;
use crate::hss::{HssParameters, HssVerifyingKey};
use crate::store::UpperStore;
use crate::tree::TreeJob;

/// Leaves between two calls of an observer.
const SLICE: u32 = 1024;

/// How far a key generation is, in one-time keys of the top tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Computed.
    pub done: u32,
    /// To be computed, 2^h.
    pub total: u32,
}

/// A key in the making: dropping it makes none.
///
/// It cannot be written down and resumed elsewhere. Two copies of it would be two keys with the same one-time keys, and each
/// would have a counter of its own.
#[expect(missing_debug_implementations, reason = "holds a private key")]
pub struct KeyGeneration {
    parameters: HssParameters,
    secrets: KeySecrets,
    top: TreeJob,
}

impl KeyGeneration {
    /// Draws the secrets; no tree is computed yet.
    ///
    /// # Errors
    /// [`OpenError::Rng`]
    pub fn new<R: TryCryptoRng + ?Sized>(
        parameters: HssParameters,
        rng: &mut R,
    ) -> Result<Self, OpenError> {
        let secrets = KeySecrets::generate(&parameters, rng)?;
        let (lms, ots) = parameters.top();
        Ok(Self {
            parameters,
            secrets,
            top: TreeJob::new(lms, ots),
        })
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            done: self.top.done(),
            total: self.top.total(),
        }
    }

    /// Computes at least `leaves` more one-time keys, or all that are left.
    pub fn advance(&mut self, leaves: u32) -> Progress {
        self.top.advance(&self.secrets.top, leaves);
        self.progress()
    }

    /// Computes the rest. `observer` is called about every 1,024 one-time keys, and can break off: a later call goes on from there.
    pub fn run(
        &mut self,
        mut observer: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        while self.top.done() < self.top.total() {
            let progress = self.advance(SLICE);
            observer(progress)?;
        }
        ControlFlow::Continue(())
    }

    /// Computes what is left, puts the key into an empty store and opens it.
    ///
    /// # Errors
    /// As [`HssSigner::create`].
    pub fn finish<S: UpperStore, R: TryCryptoRng + ?Sized>(
        self,
        mut store: S,
        wrapping: &impl Wrap,
        rng: &mut R,
    ) -> Result<HssSigner<S>, OpenError> {
        let Self {
            parameters,
            secrets,
            top,
        } = self;
        let top = top.finish(&secrets.top);
        let public = HssVerifyingKey::new(parameters.depth(), top.verifying_key());
        let record = KeyRecord::seal(parameters, public, &secrets, wrapping, rng)?;
        store.create(record.as_bytes(), &secrets.integrity)?;
        HssSigner::start(store, record, secrets, top, SignerOptions::default())
    }
}

impl<S: UpperStore> HssSigner<S> {
    /// The nodes of the top tree, to open the key with next time: [`Self::open_cached`]. They are public: 2^h times n bytes, or
    /// 2^15 times n bytes for H25. Keep them in a file that may be lost.
    #[must_use]
    pub fn node_cache(&self) -> alloc::vec::Vec<u8> {
        let mut cache = self.key_id.as_bytes().to_vec();
        cache.extend(self.lock_subtrees().top().frontier());
        cache
    }

    /// As [`Self::open_with`], without computing the top tree anew: for H20 that saves half a minute.
    ///
    /// Inner nodes are computed from the cache, and their root has to be the one in the public key: a cache of which a bit was
    /// changed is refused. It says nothing of which indices are spent.
    ///
    /// # Errors
    /// [`OpenError::Cache`] if it is not this key's: open the key without it. Otherwise as [`Self::open_with`].
    pub fn open_cached(
        mut store: S,
        wrapping: &impl Unwrap,
        options: SignerOptions,
        cache: &[u8],
    ) -> Result<Self, OpenError> {
        let (record, secrets) = KeyRecord::unseal(store.record()?, wrapping)?;
        let (lms, ots) = record.parameters().top();
        let (id, nodes) = cache
            .split_first_chunk::<{ KeyId::BYTES }>()
            .ok_or(OpenError::Cache)?;
        let job = TreeJob::from_frontier(lms, ots, nodes).map_err(|_| OpenError::Cache)?;
        let top = job.finish(&secrets.top);
        if id != record.key_id().as_bytes() || top.verifying_key() != *record.public().top() {
            return Err(OpenError::Cache);
        }
        Self::start(store, record, secrets, top, options)
    }
}
