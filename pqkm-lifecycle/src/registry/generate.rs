//! Generation, and the adoption of keys in modules: how a key comes on record.

use pqkm_core::rand_core::TryCryptoRng;
use pqkm_core::{Algorithm as _, AnyPublicKey, KeyHandle, KeyId, Version, role::Role as _};

use super::{Authority, Change, Loaded, Registry, intent, open::is_of};
use crate::{
    custody::Custody,
    error::{OperationError, Refusal},
    event::{Action, Named},
    keep::{Generated, ModuleKey, Place},
    lease::{Epoch, Lease},
    managed::Managed,
    name::KeyName,
    policy::{Intent, KeyFacts},
    record::{Head, KeptIn, KeyRecord, MAX_TEXT_BYTES, NewRecord},
    state::PreActivation,
    table::{Half, KeyState, Permission, RoleName, Use, permission},
    wire::Hash,
};

/// The longest reference of a key in a module in bytes.
const MAX_REFERENCE_BYTES: usize = 1024;

/// What a key shall be like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeySpec<'a> {
    /// Whose it is; at most 255 bytes.
    pub owner: &'a str,
    /// What for; at most 255 bytes.
    pub purpose: &'a str,
    /// Whether it may leave the process that uses it in the clear.
    pub exportable: bool,
    /// Seconds from activation in which it may protect; the policy's limit if not given.
    pub originator_seconds: Option<u64>,
    /// Seconds from activation in which it may process; the policy's limit if not given.
    pub recipient_seconds: Option<u64>,
    /// How often it may protect (keys that only process: process).
    pub budget: Option<u64>,
}

/// A key that goes on record, and how the log tells of it.
pub(super) struct NewKey<'a> {
    pub(super) name: KeyName,
    pub(super) spec: &'a KeySpec<'a>,
    pub(super) kept_in: KeptIn,
    pub(super) role: RoleName,
    pub(super) material: Vec<u8>,
    pub(super) public: Option<(RoleName, AnyPublicKey)>,
    pub(super) action: Action,
    /// The device that it comes from, unless it is made here.
    pub(super) source: Option<Hash>,
    /// What the policy is asked.
    pub(super) asks: &'a [Intent],
    /// What was asked for.
    pub(super) intent: Hash,
}

impl<C: Custody> Registry<C> {
    /// Generates a key and puts it on record, in pre-activation, with its public half.
    ///
    /// # Errors
    /// [`Refusal::Policy`], [`Refusal::Generate`], [`Refusal::Custody`], and those of every operation.
    pub fn generate<K: Generated, R: TryCryptoRng + ?Sized>(
        &self,
        spec: &KeySpec<'_>,
        authority: &Authority<'_>,
        rng: &mut R,
    ) -> Result<Managed<K, PreActivation>, OperationError> {
        let id = KeyId::generate(rng).map_err(Refusal::Generate)?;
        let role = role_of::<K>()?;
        let name = first(id, role);
        self.permit_new::<K>(spec, KeptIn::Registry, Intent::Generate, authority)?;
        let key = K::generate(id, rng).map_err(Refusal::Generate)?;
        let key = if spec.exportable {
            key
        } else {
            key.with_export_forbidden()
        };
        let new = NewKey {
            name,
            spec,
            kept_in: KeptIn::Registry,
            role,
            material: key.to_material(&self.place(name), rng)?,
            public: key.public_half(),
            action: Action::Generated(Named { key: name.into() }),
            source: None,
            asks: &[Intent::Generate],
            intent: self.generation_intent::<K>(spec, authority),
        };
        match self.put_on_record::<K>(&new, authority)? {
            Some(lease) => Ok(Managed::new(key, name, lease)),
            None => self.generated_before(authority),
        }
    }

    /// Puts a key in a module on record, in pre-activation, with its public half.
    ///
    /// # Errors
    /// As [`generate`](Self::generate), and [`Refusal::TooLong`] for a reference of more than 1024
    /// bytes or none.
    pub fn adopt<K: ModuleKey, R: TryCryptoRng + ?Sized>(
        &self,
        key: K,
        spec: &KeySpec<'_>,
        authority: &Authority<'_>,
        rng: &mut R,
    ) -> Result<Managed<K, PreActivation>, OperationError> {
        let id = KeyId::generate(rng).map_err(Refusal::Generate)?;
        let role = role_of::<K>()?;
        let name = first(id, role);
        let new = NewKey {
            name,
            spec,
            kept_in: KeptIn::Module,
            role,
            material: reference_of(&key)?,
            public: public_half_of(&key)?,
            action: Action::Generated(Named { key: name.into() }),
            source: None,
            asks: &[Intent::Generate],
            intent: self.generation_intent::<K>(spec, authority),
        };
        let lease = self.put_on_record::<K>(&new, authority)?;
        let lease = lease.ok_or(Refusal::OperationReused)?;
        Ok(Managed::new(key, name, lease))
    }

    pub(crate) fn place(&self, name: KeyName) -> Place<'_, C> {
        Place {
            custody: &self.custody,
            registry: self.id,
            name,
        }
    }

    /// Asks the policy before there is a record: a key that is not permitted is not even made, or opened.
    pub(super) fn permit_new<K: KeyHandle>(
        &self,
        spec: &KeySpec<'_>,
        kept_in: KeptIn,
        what: Intent,
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        let facts = facts_of::<K>(spec, kept_in, role_of::<K>()?);
        let now = self.now()?;
        self.policy.check(&facts, what, authority.by, now)?;
        Ok(())
    }

    /// Commits a new key in pre-activation, with its public half. Nothing, if the same operation did so before.
    pub(super) fn put_on_record<K: KeyHandle>(
        &self,
        new: &NewKey<'_>,
        authority: &Authority<'_>,
    ) -> Result<Option<Lease>, OperationError> {
        let NewKey { name, spec, .. } = *new;
        if spec.owner.len() > MAX_TEXT_BYTES || spec.purpose.len() > MAX_TEXT_BYTES {
            return Err(Refusal::TooLong.into());
        }
        let done = self.attempt(authority, Some((new.intent, name)), |change| {
            let head = self.head_of::<K>(new)?;
            let epoch = Epoch::now(&self.shared, name);
            let mut record =
                self.new_record::<K>(change, name, spec, new.kept_in, new.role, &new.material)?;
            for what in new.asks {
                self.ask((&record.value, &head.value), *what, authority.by, change.at)?;
            }
            let by = authority.by;
            let granted = self.grant_or_none(&mut record.value, &head.value, None, by, change.at);
            change.put_record(&record)?;
            if let Some((role, key)) = &new.public {
                let name = name.other_half();
                let material = key.as_spki_der();
                let public =
                    self.new_record::<K>(change, name, spec, KeptIn::Registry, *role, material)?;
                change.put_record(&public)?;
            }
            change.put_head(name.id, &head)?;
            Ok((new.action.clone(), (granted, epoch)))
        })?;
        Ok(done.map(|(granted, epoch)| Lease::new(granted, epoch, self.shared.clone())))
    }

    /// The head of a key that goes on record: a new one, or, for a further version of one that was received, that.
    fn head_of<K: KeyHandle>(&self, new: &NewKey<'_>) -> Result<Loaded<Head>, Refusal> {
        let NewKey { name, spec, .. } = *new;
        let Some(mut head) = self.find_head(name.id)? else {
            let has_public = new.public.is_some();
            let mut head = Head::new(name, has_public, spec.owner, spec.purpose);
            head.source = new.source;
            return Ok(Loaded {
                value: head,
                generation: 0,
            });
        };
        self.permit_further::<K>(&head.value, new.source)?;
        if self.read(&name.row())?.is_some() {
            return Err(Refusal::Known);
        }
        head.value.add(name.version);
        Ok(head)
    }

    /// Whether there can be a further version that comes from there.
    pub(super) fn permit_further<K: KeyHandle>(
        &self,
        head: &Head,
        source: Option<Hash>,
    ) -> Result<(), Refusal> {
        if source.is_none() || head.source != source {
            return Err(Refusal::Known);
        }
        if head.linked.is_some() {
            return Err(Refusal::AlreadyLinked);
        }
        let primary = self.record(head.primary(role_of::<K>()?.half())?)?.value;
        is_of::<K>(&primary, KeptIn::Registry, primary.state())
    }

    /// A record in pre-activation, within the policy's periods.
    pub(super) fn new_record<K: KeyHandle>(
        &self,
        change: &Change<'_, C>,
        name: KeyName,
        spec: &KeySpec<'_>,
        kept_in: KeptIn,
        role: RoleName,
        material: &[u8],
    ) -> Result<Loaded<KeyRecord>, Refusal> {
        let algorithm_name = <K::Algorithm as pqkm_core::Algorithm>::NAME;
        let limits = self.policy.periods(&facts_of::<K>(spec, kept_in, role));
        let may = |what| permission(role, what, KeyState::Active) == Permission::Yes;
        let new = NewRecord {
            name,
            role,
            algorithm_name,
            algorithm: K::Algorithm::record_algorithm(),
            kept_in,
            exportable: spec.exportable || name.half == Half::Public,
            material: material.to_vec(),
            originator_seconds: within(
                spec.originator_seconds,
                limits.originator_seconds,
                may(Use::Protect),
            )?,
            recipient_seconds: within(
                spec.recipient_seconds,
                limits.recipient_seconds,
                may(Use::Process),
            )?,
            budget: spec.budget.filter(|_| name.half == Half::Secret),
        };
        Ok(Loaded {
            value: KeyRecord::new(new, change.at, change.operation)?,
            generation: 0,
        })
    }

    fn generation_intent<K: KeyHandle>(
        &self,
        spec: &KeySpec<'_>,
        authority: &Authority<'_>,
    ) -> Hash {
        let number = |value: Option<u64>| match value {
            Some(value) => [[1].as_slice(), &value.to_be_bytes()].concat(),
            None => vec![0],
        };
        let [by, reason] = authority.parts();
        intent(&[
            b"generate",
            <K::Algorithm as pqkm_core::Algorithm>::NAME.as_bytes(),
            &[K::Role::NUMBER, u8::from(spec.exportable)],
            spec.owner.as_bytes(),
            spec.purpose.as_bytes(),
            &number(spec.originator_seconds),
            &number(spec.recipient_seconds),
            &number(spec.budget),
            by,
            reason,
        ])
    }

    /// The key that the same operation generated before.
    fn generated_before<K: Generated>(
        &self,
        authority: &Authority<'_>,
    ) -> Result<Managed<K, PreActivation>, OperationError> {
        let operation = authority.operation.ok_or(Refusal::Contended)?;
        let super::Resolution::Done(name) = self.resolve(operation)? else {
            return Err(Refusal::Contended.into());
        };
        self.find(name)?.promote(self, authority.by)
    }
}

pub(super) const fn first(id: KeyId, role: RoleName) -> KeyName {
    KeyName {
        id,
        version: Version::FIRST,
        half: role.half(),
    }
}

/// The role of a key type.
pub(crate) fn role_of<K: KeyHandle>() -> Result<RoleName, Refusal> {
    RoleName::of_number(K::Role::NUMBER).ok_or(Refusal::Type)
}

fn facts_of<'a, K: KeyHandle>(spec: &KeySpec<'a>, kept_in: KeptIn, role: RoleName) -> KeyFacts<'a> {
    KeyFacts {
        algorithm: <K::Algorithm as pqkm_core::Algorithm>::NAME,
        role,
        kept_in,
        exportable: spec.exportable,
        owner: spec.owner,
        purpose: spec.purpose,
    }
}

/// By what a module knows a key, if a record can hold it.
pub(super) fn reference_of<K: ModuleKey>(key: &K) -> Result<Vec<u8>, Refusal> {
    let reference = key.reference();
    if (1..=MAX_REFERENCE_BYTES).contains(&reference.len()) {
        Ok(reference)
    } else {
        Err(Refusal::TooLong)
    }
}

/// The public half that a key in a module has, if its role has one.
pub(super) fn public_half_of<K: ModuleKey>(
    key: &K,
) -> Result<Option<(RoleName, AnyPublicKey)>, Refusal> {
    match (key.public_half(), public_role(role_of::<K>()?)) {
        (Some(public), Some(role)) => Ok(Some((role, public))),
        (None, None) => Ok(None),
        _ => Err(Refusal::Type),
    }
}

/// The role of the public half of a private key.
const fn public_role(role: RoleName) -> Option<RoleName> {
    match role {
        RoleName::Signing => Some(RoleName::Verification),
        RoleName::Decapsulation => Some(RoleName::Encapsulation),
        RoleName::Agreement => Some(RoleName::PublicAgreement),
        _ => None,
    }
}

/// What was asked for, if the policy allows it; otherwise the policy's limit. Where the role has no such
/// use, more than the limit does no harm.
fn within(asked: Option<u64>, limit: u64, matters: bool) -> Result<u64, Refusal> {
    match asked {
        None => Ok(limit),
        Some(asked) if asked <= limit || !matters => Ok(asked.min(limit)),
        Some(_) => Err(Refusal::Policy(crate::error::PolicyRefusal::Period)),
    }
}
