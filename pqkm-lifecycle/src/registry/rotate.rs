//! Rotation: a successor, the primary moved, the predecessor retired, in one commit.

use pqkm_core::{AnyPublicKey, KeyHandle, KeyId, Rotate, Version, rand_core::TryCryptoRng};

use super::{
    Authority, Change, Loaded, Registry,
    generate::{public_half_of, reference_of},
    intent,
    open::is_of,
};
use crate::{
    approval::Proposal,
    custody::Custody,
    error::{OperationError, Refusal, RegistryError},
    event::{Action, Rotated},
    keep::{Generated, ModuleKey},
    lease::{Epoch, Granted, Lease},
    managed::Managed,
    name::KeyName,
    policy::Intent,
    record::{Head, KeptIn, KeyRecord},
    registry::generate::KeySpec,
    state::Active,
    table::{Half, KeyState, RoleName, find_edge},
    wire::Hash,
};

/// The successors of two linked keys.
pub type LinkedSuccessors<P, K> = (Managed<P, Active>, Managed<K, Active>);

/// A successor that is not on record yet.
struct Fresh {
    name: KeyName,
    role: RoleName,
    kept_in: KeptIn,
    material: Vec<u8>,
    public: Option<(RoleName, AnyPublicKey)>,
}

impl<C: Custody> Registry<C> {
    /// Generates the successor of a key's primary version, makes it active and the primary, and retires the
    /// predecessor: to deactivated, where its role has that state; otherwise its originator-usage period
    /// ends now, and [`due`](Self::due) lists it. Both halves move together, but a verification key stays in its
    /// state: what was signed before still verifies, until its own period is over. What depends on the predecessor
    /// keeps doing so: see [`dependants`](Self::dependants).
    ///
    /// # Errors
    /// [`Refusal::State`] if the primary is not active, [`Refusal::AlreadyLinked`] for a linked key (see
    /// [`rotate_linked`](Self::rotate_linked)), [`Refusal::Type`], and those of [`generate`](Self::generate).
    pub fn rotate<K: Generated, R: TryCryptoRng + ?Sized>(
        &self,
        id: KeyId,
        authority: &Authority<'_>,
        rng: &mut R,
    ) -> Result<Managed<K, Active>, OperationError> {
        let (key, fresh) = self.successor::<K, R>(id, authority, rng)?;
        let name = fresh.name;
        let [by, reason] = authority.parts();
        let asked = intent(&[b"rotate", id.as_bytes(), by, reason]);
        match self.rotate_one::<K>(&fresh, asked, authority)? {
            Some(lease) => Ok(Managed::new(key, name, lease)),
            None => {
                let found = self.find_primary(id, Half::Secret)?;
                found.promote(self, authority.by)
            }
        }
    }

    /// Rotates two linked keys in one commit: both have successors, or neither.
    ///
    /// # Errors
    /// [`Refusal::Linked`] if they are not linked with each other, and those of [`rotate`](Self::rotate).
    pub fn rotate_linked<P: Generated, K: Generated, R: TryCryptoRng + ?Sized>(
        &self,
        (one, other): (KeyId, KeyId),
        authority: &Authority<'_>,
        rng: &mut R,
    ) -> Result<LinkedSuccessors<P, K>, OperationError> {
        let (first, first_fresh) = self.successor::<P, R>(one, authority, rng)?;
        let (second, second_fresh) = self.successor::<K, R>(other, authority, rng)?;
        let (name, second_name) = (first_fresh.name, second_fresh.name);
        let [by, reason] = authority.parts();
        let asked = intent(&[b"rotate", one.as_bytes(), other.as_bytes(), by, reason]);
        let done = self.attempt(authority, Some((asked, name)), |change| {
            if self.head(one)?.value.linked != Some(other) {
                return Err(Refusal::Linked(KeyState::Active));
            }
            let before = self.head(one)?.value.primary(Half::Secret)?;
            let proposal = self.propose(before, KeyState::Active, authority)?;
            let (from, lease) = self.replace::<P>(change, &first_fresh, &proposal, authority)?;
            let (_, second_lease) =
                self.replace::<K>(change, &second_fresh, &proposal, authority)?;
            let (from, to) = (from.into(), name.into());
            let action = Action::Rotated(Rotated { from, to });
            Ok((action, (lease, second_lease)))
        })?;
        let Some(((granted, epoch), (second_granted, second_epoch))) = done else {
            let find = |id| self.find_primary(id, Half::Secret);
            return Ok((
                find(one)?.promote(self, authority.by)?,
                find(other)?.promote(self, authority.by)?,
            ));
        };
        let lease = Lease::new(granted, epoch, self.shared.clone());
        let second_lease = Lease::new(second_granted, second_epoch, self.shared.clone());
        Ok((
            Managed::new(first, name, lease),
            Managed::new(second, second_name, second_lease),
        ))
    }

    /// Makes the successor of a key that the registry keeps. Every part of it is fresh: see
    /// [`Rotate`].
    fn successor<K: Generated, R: TryCryptoRng + ?Sized>(
        &self,
        id: KeyId,
        authority: &Authority<'_>,
        rng: &mut R,
    ) -> Result<(K, Fresh), OperationError> {
        let head = self.head(id)?.value;
        let from = head.primary(Half::Secret)?;
        let before = self.record(from)?.value;
        is_of::<K>(&before, KeptIn::Registry, KeyState::Active)?;
        let (kept_in, what) = (KeptIn::Registry, Intent::Generate);
        self.permit_new::<K>(&spec_of(&before, &head), kept_in, what, authority)?;
        let key = K::from_material(before.material.as_bytes(), &self.place(from))?;
        let key = key.rotate(rng).map_err(Refusal::Generate)?;
        let name = after(from, &head)?;
        let fresh = Fresh {
            name,
            role: before.role,
            kept_in: KeptIn::Registry,
            material: key.to_material(&self.place(name), rng)?,
            public: key.public_half(),
        };
        Ok((key, fresh))
    }

    /// Rotates a key in a module: the handle has the module make a successor (see [`Rotate`]), which becomes
    /// the primary as in [`rotate`](Self::rotate). If the registry refuses then, the successor is dropped.
    ///
    /// # Errors
    /// As [`rotate`](Self::rotate); [`Refusal::OtherKey`] if the handle is not to the primary;
    /// [`Refusal::OperationReused`] if the same operation rotated it before: then find the primary and
    /// [promote](crate::AnyManaged::promote_module_key) a handle to it.
    pub fn rotate_module_key<K: ModuleKey + Rotate, R: TryCryptoRng + ?Sized>(
        &self,
        key: &Managed<K, Active>,
        authority: &Authority<'_>,
        rng: &mut R,
    ) -> Result<Managed<K, Active>, OperationError> {
        let id = key.name().id;
        let head = self.head(id)?.value;
        let from = head.primary(Half::Secret)?;
        let before = self.record(from)?.value;
        is_of::<K>(&before, KeptIn::Module, KeyState::Active)?;
        if from != key.name() {
            return Err(Refusal::OtherKey.into());
        }
        let (kept_in, what) = (KeptIn::Module, Intent::Generate);
        self.permit_new::<K>(&spec_of(&before, &head), kept_in, what, authority)?;
        let successor = key.key().rotate(rng).map_err(Refusal::Generate)?;
        let fresh = Fresh {
            name: after(from, &head)?,
            role: before.role,
            kept_in: KeptIn::Module,
            material: reference_of(&successor)?,
            public: public_half_of(&successor)?,
        };
        let [by, reason] = authority.parts();
        let asked = intent(&[b"rotate", id.as_bytes(), by, reason]);
        let lease = self.rotate_one::<K>(&fresh, asked, authority)?;
        let lease = lease.ok_or(Refusal::OperationReused)?;
        Ok(Managed::new(successor, fresh.name, lease))
    }

    /// Commits a rotation of one key; nothing, if the same operation did so before.
    fn rotate_one<K: KeyHandle>(
        &self,
        fresh: &Fresh,
        asked: Hash,
        authority: &Authority<'_>,
    ) -> Result<Option<Lease>, OperationError> {
        let done = self.attempt(authority, Some((asked, fresh.name)), |change| {
            let head = self.head(fresh.name.id)?.value;
            if head.linked.is_some() {
                return Err(Refusal::AlreadyLinked);
            }
            let before = head.primary(Half::Secret)?;
            let proposal = self.propose(before, KeyState::Active, authority)?;
            let (from, lease) = self.replace::<K>(change, fresh, &proposal, authority)?;
            let (from, to) = (from.into(), fresh.name.into());
            Ok((Action::Rotated(Rotated { from, to }), lease))
        })?;
        Ok(done.map(|(granted, epoch)| Lease::new(granted, epoch, self.shared.clone())))
    }

    /// Puts the successor on record and retires the predecessor.
    fn replace<K: KeyHandle>(
        &self,
        change: &mut Change<'_, C>,
        fresh: &Fresh,
        proposal: &Proposal,
        authority: &Authority<'_>,
    ) -> Result<(KeyName, (Granted, Epoch)), Refusal> {
        let id = fresh.name.id;
        let mut head = self.head(id)?;
        let from = head.value.primary(Half::Secret)?;
        let mut before = self.record(from)?;
        is_of::<K>(&before.value, fresh.kept_in, KeyState::Active)?;
        // The successor was made for the version after the latest one: somebody else's is there now. Or the key
        // was changed since it was proposed to rotate it.
        if head.value.latest.checked_add(1) != Some(fresh.name.version.get())
            || !proposal.is_about(from, &before.value)
        {
            return Err(Refusal::Contended);
        }
        let described = head.value.clone();
        let spec = spec_of(&before.value, &described);
        let subject = (&before.value, &described);
        for what in [Intent::Generate, Intent::Transition(KeyState::Active)] {
            self.ask(subject, what, authority.by, change.at)?;
        }
        // Approvers sign that the predecessor, as it stands, hands over.
        self.ask_approvers(subject, proposal, authority)?;

        head.value.latest = fresh.name.version.get();
        head.value.primary = fresh.name.version.get();
        let mut after = self.new_record::<K>(
            change,
            fresh.name,
            &spec,
            fresh.kept_in,
            fresh.role,
            &fresh.material,
        )?;
        let (at, operation) = (change.at, change.operation);
        after.value.step(KeyState::Active, at, operation)?;
        let granted = self.grant_or_none(&mut after.value, &head.value, None, authority.by, at);
        change.put_record(&after)?;
        retire(change, &mut before)?;
        self.shared.raise_fence(from);
        if let Some((role, public)) = &fresh.public {
            let name = fresh.name.other_half();
            let mut before = self.record(from.other_half())?;
            let spec = spec_of(&before.value, &described);
            let spki = public.as_spki_der();
            let kept_in = KeptIn::Registry;
            let mut after = self.new_record::<K>(change, name, &spec, kept_in, *role, spki)?;
            after.value.step(KeyState::Active, at, operation)?;
            change.put_record(&after)?;
            // What was signed before still verifies.
            if !before.value.verifies() && before.value.state() == KeyState::Active {
                retire(change, &mut before)?;
                self.shared.raise_fence(from.other_half());
            }
        }
        change.put_head(id, &head)?;
        let epoch = Epoch::now(&self.shared, fresh.name);
        Ok((from, (granted, epoch)))
    }
}

/// Deactivates a key, or ends the period of one that is never deactivated.
fn retire<C: Custody>(
    change: &mut Change<'_, C>,
    record: &mut Loaded<KeyRecord>,
) -> Result<(), Refusal> {
    let (at, operation) = (change.at, change.operation);
    let role = record.value.role;
    if find_edge(role, Some(KeyState::Active), KeyState::Deactivated).is_some() {
        record.value.step(KeyState::Deactivated, at, operation)?;
    } else {
        record.value.end_originator_period(at);
    }
    change.put_record(record)
}

/// The name of a key's next version.
fn after(from: KeyName, head: &Head) -> Result<KeyName, Refusal> {
    let latest = Version::new(head.latest).map_err(RegistryError::from)?;
    Ok(KeyName {
        version: latest.next().ok_or(Refusal::HistoryFull)?,
        ..from
    })
}

/// What the successor is asked to be like: as its predecessor.
fn spec_of<'a>(before: &KeyRecord, head: &'a Head) -> KeySpec<'a> {
    KeySpec {
        owner: &head.owner,
        purpose: &head.purpose,
        exportable: before.exportable,
        originator_seconds: Some(before.periods.originator_seconds),
        recipient_seconds: Some(before.periods.recipient_seconds),
        budget: before.budget,
    }
}
