//! From a record to a typed handle.

use pqkm_core::{Algorithm as _, AnyPublicKey, Fingerprint, KeyHandle, KeyId, UnixTime, Version};

use super::{Registry, facts, generate::role_of};
use crate::{
    custody::Custody,
    error::{OperationError, Refusal, RegistryError},
    keep::{Keep, ModuleKey},
    lease::LeaseOnRecord,
    managed::Managed,
    name::KeyName,
    policy::KeyFacts,
    record::{Head, KeptIn, KeyRecord},
    state::{HoldsKey, State},
    table::{Half, KeyState, RoleName},
};

/// A key on record, of any type and in any state: what a registry finds. It becomes a [`Managed`] handle
/// when the type and state that the program names are those on record, and period, budget and policy
/// give a lease.
#[derive(Clone, Debug)]
pub struct AnyManaged {
    name: KeyName,
    record: KeyRecord,
    head: Head,
}

impl<C: Custody> Registry<C> {
    /// Finds a key.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`], [`RegistryError::Tampered`] and their like.
    pub fn find(&self, name: KeyName) -> Result<AnyManaged, RegistryError> {
        Ok(AnyManaged {
            name,
            record: self.record(name)?.value,
            head: self.head(name.id)?.value,
        })
    }

    /// Finds a half of a key's primary version.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn find_primary(&self, id: KeyId, half: Half) -> Result<AnyManaged, RegistryError> {
        let head = self.head(id)?.value;
        let name = head.primary(half)?;
        Ok(AnyManaged {
            name,
            record: self.record(name)?.value,
            head,
        })
    }
}

impl AnyManaged {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> KeyName {
        self.name
    }

    /// Its role.
    #[must_use]
    pub const fn role(&self) -> RoleName {
        self.record.role
    }

    /// Its state, when it was read.
    #[must_use]
    pub fn state(&self) -> KeyState {
        self.record.state()
    }

    /// Since when it is in that state.
    #[must_use]
    pub fn since(&self) -> UnixTime {
        self.record.since()
    }

    /// When it was generated.
    #[must_use]
    pub fn created(&self) -> UnixTime {
        self.record.created()
    }

    /// Since when it counts as compromised, if it does: also recorded on a destroyed key.
    #[must_use]
    pub fn compromised_since(&self) -> Option<UnixTime> {
        self.record.compromised_since.map(|at| at.0)
    }

    /// When it is to be destroyed, if that is planned.
    #[must_use]
    pub fn destroy_at(&self) -> Option<UnixTime> {
        self.record.destroy_at.map(|at| at.0)
    }

    /// When the originator-usage and the recipient-usage period end, once it was activated.
    #[must_use]
    pub fn period_ends(&self) -> Option<(UnixTime, UnixTime)> {
        let periods = self.record.periods;
        Some((periods.originator_end?.0, periods.recipient_end?.0))
    }

    /// How many budgeted uses were leased so far, and how many there are if there is a budget.
    #[must_use]
    pub const fn uses(&self) -> (u64, Option<u64>) {
        (self.record.issued, self.record.budget)
    }

    /// The leases on its record: those that run, and those that ended since one was granted last. The budget counts
    /// what each gave, used or not, unless its handle [gives the rest back](Managed::give_back) while the lease runs:
    /// what a process had when it died stays spent, because nobody knows how much of it was used. The next grant
    /// forgets leases that ended, and adds them to [`lapsed_uses`](Self::lapsed_uses).
    #[must_use]
    pub fn leases(&self) -> Vec<LeaseOnRecord> {
        let leases = self.record.leases.iter();
        leases.copied().map(LeaseOnRecord::from).collect()
    }

    /// How many of the budgeted uses that were leased were in leases that ended and were neither given back nor renewed
    /// by their handles: at most so many were spent without being used.
    #[must_use]
    pub const fn lapsed_uses(&self) -> u64 {
        self.record.lapsed
    }

    /// How many keys depend on it.
    #[must_use]
    pub const fn dependants(&self) -> u64 {
        self.record.dependants
    }

    /// Where copies were sent: the fingerprints of the encapsulation keys of their recipients. They are for
    /// the operator to have destroyed: a registry destroys what it keeps itself.
    #[must_use]
    pub fn copies(&self) -> Vec<Fingerprint> {
        let copies = self.record.copies.iter();
        copies
            .map(|copy| Fingerprint::from_bytes(*copy.as_bytes()))
            .collect()
    }

    /// What policies are told of it: algorithm, owner, purpose and so on.
    #[must_use]
    pub fn facts(&self) -> KeyFacts<'_> {
        facts(&self.record, &self.head)
    }

    /// The primary version of the logical key, and its latest one.
    ///
    /// # Errors
    /// None that a record which was read can have.
    pub fn versions(&self) -> Result<(Version, Version), RegistryError> {
        Ok((
            Version::new(self.head.primary)?,
            Version::new(self.head.latest)?,
        ))
    }

    /// The key that it is linked with, if it is.
    #[must_use]
    pub const fn linked(&self) -> Option<KeyId> {
        self.head.linked
    }

    /// The public key, if this is a public half that is not destroyed.
    #[must_use]
    pub fn public_key(&self) -> Option<AnyPublicKey> {
        match self.name.half {
            Half::Public => AnyPublicKey::from_spki_der(self.record.material.as_bytes()).ok(),
            Half::Secret => None,
        }
    }

    fn is<K: KeyHandle, S: State>(&self, kept_in: KeptIn) -> Result<(), Refusal> {
        is_of::<K>(&self.record, kept_in, S::STATE)
    }

    /// Makes it a handle of a type and in a state, with a lease.
    ///
    /// # Errors
    /// [`Refusal::Type`], [`Refusal::State`]; what budget, period and policy say; [`Refusal::Custody`]
    /// if the root does not unwrap it.
    pub fn promote<K: Keep, S: HoldsKey, C: Custody>(
        &self,
        registry: &Registry<C>,
        by: &str,
    ) -> Result<Managed<K, S>, OperationError> {
        self.is::<K, S>(KeptIn::Registry)?;
        let lease = registry.lease(self.name, S::STATE, None, by)?;
        let place = registry.place(self.name);
        let key = K::from_material(self.record.material.as_bytes(), &place)?;
        Ok(Managed::new(key, self.name, lease))
    }

    /// Makes it a handle to the key in the module, which the caller has.
    ///
    /// # Errors
    /// As [`promote`](Self::promote), and [`Refusal::OtherKey`] if reference or public half are not
    /// those on record.
    pub fn promote_module_key<K: ModuleKey, S: HoldsKey, C: Custody>(
        &self,
        key: K,
        registry: &Registry<C>,
        by: &str,
    ) -> Result<Managed<K, S>, OperationError> {
        self.is::<K, S>(KeptIn::Module)?;
        let public = if self.head.has_public_half {
            registry.find(self.name.other_half())?.public_key()
        } else {
            None
        };
        if key.reference() != self.record.material.as_bytes() || key.public_half() != public {
            return Err(Refusal::OtherKey.into());
        }
        let lease = registry.lease(self.name, S::STATE, None, by)?;
        Ok(Managed::new(key, self.name, lease))
    }
}

/// Whether a record is of a key of that type, kept there, in that state.
pub(super) fn is_of<K: KeyHandle>(
    record: &KeyRecord,
    kept_in: KeptIn,
    state: KeyState,
) -> Result<(), Refusal> {
    if record.state() != state {
        return Err(Refusal::State(record.state()));
    }
    let is_type = record.role == role_of::<K>()?
        && record.algorithm_name == <K::Algorithm as pqkm_core::Algorithm>::NAME
        && record.algorithm == K::Algorithm::record_algorithm()
        && record.kept_in == kept_in;
    if is_type { Ok(()) } else { Err(Refusal::Type) }
}
