//! The stages, in their order. Each prints what it does and what is refused; what should be refused and is
//! not ends the tour.

use core::{
    error::Error,
    sync::atomic::{AtomicU64, Ordering},
};
use std::{fs, path::PathBuf, sync::Arc, time::Instant};

use pqkm::{
    core::{
        Aes256Key, AssertedAt, Clock, ClockUnavailable, DecapsulationKey, EncapsulationKey, KeyId,
        MlDsa65, MlKem1024, SigningKey, SysRng, SystemClock, UnixTime, UnwrapError, WrapContext,
        WrappedKey, spki::EncodePublicKey as _,
    },
    lifecycle::{
        AcceptRisk, Authority, KeyName, KeySpec, Managed, RedbStore, Registry, RegistryOptions,
        Shown, SymmetricRoot, TransitionError, UseError,
        audit::verify_log,
        confirmation,
        policy::RulePolicy,
        state::{Active, Deactivated, PreActivation, Suspended},
        table::Half,
    },
};
use subtle::ConstantTimeEq as _;

pub(crate) type Failure = Box<dyn Error>;

/// The key that the tour is about.
type Key<S> = Managed<DecapsulationKey<MlKem1024>, S>;

const ANNA: Authority<'_> = Authority::new("anna", "the tour");

/// What depends on the key: the records that it wraps data keys for.
const TENANTS: [&[u8]; 2] = [b"tenant-41/db", b"tenant-42/db"];

/// A clock that is moved by hand.
#[derive(Clone)]
struct TourClock(Arc<AtomicU64>);

impl Clock for TourClock {
    fn now(&self) -> Result<UnixTime, ClockUnavailable> {
        UnixTime::from_seconds(self.0.load(Ordering::Relaxed)).map_err(|_| ClockUnavailable)
    }
}

pub(crate) struct Tour {
    dir: PathBuf,
    clock: TourClock,
    registry: Registry,
}

/// Prints why something was refused; an answer instead of a refusal ends the tour.
fn refused<T, E: Error + 'static>(what: &str, result: Result<T, E>) -> Result<(), Failure> {
    let Err(error) = result else {
        return Err(format!("{what} was not refused").into());
    };
    let mut last: &dyn Error = &error;
    while let Some(source) = last.source() {
        last = source;
    }
    println!("   refused: {what}: {last}");
    Ok(())
}

impl Tour {
    pub(crate) fn begin(dir: PathBuf) -> Result<Self, Failure> {
        let now = SystemClock.now()?.seconds();
        let clock = TourClock(Arc::new(AtomicU64::new(now)));
        let root = SymmetricRoot::create_file(dir.join("root.pem"), &mut SysRng)?;
        let store = RedbStore::open(dir.join("registry.redb"))?;
        let registry = Registry::create(store, root, options(&clock)?, &mut SysRng)?;
        println!("registry {} in {}", registry.id(), dir.display());
        Ok(Self {
            dir,
            clock,
            registry,
        })
    }

    fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::Relaxed);
    }

    fn public(&self, name: KeyName) -> Result<EncapsulationKey<MlKem1024>, Failure> {
        let found = self.registry.find(KeyName {
            half: Half::Public,
            ..name
        })?;
        Ok(found.public_key().ok_or("no public half")?.promote()?)
    }

    pub(crate) fn generate(&self) -> Result<Key<PreActivation>, Failure> {
        println!("\n1. Generate");
        let spec = KeySpec {
            owner: "storage",
            purpose: "open data keys",
            ..KeySpec::default()
        };
        let for_ever = KeySpec {
            originator_seconds: Some(u64::MAX),
            recipient_seconds: Some(u64::MAX),
            ..spec
        };
        let key: Result<Key<PreActivation>, _> =
            self.registry.generate(&for_ever, &ANNA, &mut SysRng);
        refused("a key for ever", key)?;
        let key: Key<PreActivation> = self.registry.generate(&spec, &ANNA, &mut SysRng)?;
        println!("   {} is {}", key.name(), key.state());
        Ok(key)
    }

    pub(crate) fn distribute(&self, key: &Key<PreActivation>) -> Result<(), Failure> {
        println!("\n2. Distribute: the public half, with key confirmation");
        let public = self.public(key.name())?;
        println!(
            "   SubjectPublicKeyInfo, fingerprint {}",
            public.fingerprint()
        );
        let (ciphertext, secret) = public.encapsulate(&mut SysRng)?;
        let expected = confirmation(secret)?;
        let shown = key.confirm_decapsulation(&ciphertext)?;
        if !bool::from(shown.ct_eq(&expected)) {
            return Err("the key was not confirmed".into());
        }
        println!("   confirmed: whoever answers has the private half");
        println!("   does not compile: key.decapsulate(..), in pre-activation");
        Ok(())
    }

    /// Closes the registry and opens it again, as another process would.
    pub(crate) fn store(
        self,
        key: &Key<PreActivation>,
    ) -> Result<(Self, Key<PreActivation>), Failure> {
        println!("\n3. Store: wrapped under the root, the record authenticated");
        let Self {
            dir,
            clock,
            registry,
        } = self;
        drop(registry);
        let store = Arc::new(RedbStore::open(dir.join("registry.redb"))?);
        let stranger = SymmetricRoot::generate(&mut SysRng)?;
        let opened = Registry::open(store.clone(), stranger, options(&clock)?, &mut SysRng);
        refused("another root", opened)?;
        let start = Instant::now();
        let root = SymmetricRoot::open_file(dir.join("root.pem"))?;
        let registry = Registry::open(store, root, options(&clock)?, &mut SysRng)?;
        println!(
            "   opened with the root from its file, {:?}",
            start.elapsed()
        );
        let found = registry.find(key.name())?;
        let promoted: Result<Managed<SigningKey<MlDsa65>, PreActivation>, _> =
            found.promote(&registry, "anna");
        refused("to take it for a signing key", promoted)?;
        let promoted: Result<Key<Active>, _> = found.promote(&registry, "anna");
        refused("to take it for an active key", promoted)?;
        let key = found.promote(&registry, "anna")?;
        let tour = Self {
            dir,
            clock,
            registry,
        };
        Ok((tour, key))
    }

    pub(crate) fn use_it(
        &self,
        key: Key<PreActivation>,
    ) -> Result<(Key<Active>, Vec<WrappedKey>), Failure> {
        println!("\n4. Use: activated, then leased");
        let public = self.public(key.name())?;
        let mut key = key.activate(&self.registry, &ANNA)?;
        let mut wrapped = Vec::new();
        for tenant in TENANTS {
            self.registry.add_dependant(key.name(), tenant, &ANNA)?;
            let data_key = Aes256Key::generate(&mut SysRng)?;
            wrapped.push(public.wrap_key(&data_key, WrapContext::new(tenant)?, &mut SysRng)?);
        }
        self.unwrap(&key, &wrapped)?;
        println!("   two data keys wrapped and unwrapped");
        self.pass(300);
        refused("after five minutes", self.unwrap(&key, &wrapped))?;
        key.renew(&self.registry, "anna")?;
        self.unwrap(&key, &wrapped)?;
        println!("   renewed");

        let before = self.clock.now()?;
        self.pass(60);
        let other: Key<Active> = self
            .registry
            .find(key.name())?
            .promote(&self.registry, "ben")?;
        let key = key.suspend(&self.registry, &ANNA)?;
        refused("while it is suspended", self.unwrap(&other, &wrapped))?;
        self.on_evidence(&key, &wrapped, before)?;
        Ok((key.activate(&self.registry, &ANNA)?, wrapped))
    }

    fn unwrap(&self, key: &Key<Active>, wrapped: &[WrappedKey]) -> Result<(), UnwrapFailed> {
        for (record, tenant) in wrapped.iter().zip(TENANTS) {
            let context =
                WrapContext::new(tenant).map_err(|_| UnwrapFailed::Failed(UnwrapError))?;
            drop(key.unwrap_key::<Aes256Key>(record, context)?);
        }
        Ok(())
    }

    /// What was wrapped before the suspension is unwrapped, on evidence that it was.
    fn on_evidence(
        &self,
        key: &Key<Suspended>,
        wrapped: &[WrappedKey],
        before: UnixTime,
    ) -> Result<(), Failure> {
        let ([record, ..], [tenant, ..]) = (wrapped, TENANTS) else {
            return Err("nothing was wrapped".into());
        };
        let unwrap = |at| {
            let shown = Shown {
                authority: ANNA,
                evidence: AssertedAt::new(at),
            };
            let place = (record, WrapContext::new(tenant)?);
            let risk = AcceptRisk::knowingly();
            let key = key.unwrap_key_with::<Aes256Key, _, _>(&self.registry, place, &shown, risk);
            Ok::<_, Failure>(key)
        };
        refused("on evidence of the wrong time", unwrap(self.clock.now()?)?)?;
        unwrap(before)?.map(drop)?;
        println!("   unwrapped on evidence that it is older than the suspension; the log has it");
        Ok(())
    }

    pub(crate) fn rotate(&self, id: KeyId, wrapped: &[WrappedKey]) -> Result<(), Failure> {
        println!("\n5. Rotate: a successor, the primary moved, dependants listed");
        let start = Instant::now();
        let successor: Key<Active> = self.registry.rotate(id, &ANNA, &mut SysRng)?;
        println!(
            "   {} is the primary, {:?}",
            successor.name(),
            start.elapsed()
        );
        let again: Result<Managed<DecapsulationKey<pqkm::core::MlKem768>, Active>, _> =
            self.registry.rotate(id, &ANNA, &mut SysRng);
        refused("a successor of another kind", again)?;

        let old = KeyName {
            version: pqkm::core::Version::FIRST,
            ..successor.name()
        };
        let waiting = self.registry.dependants(id, old.version, None)?;
        println!(
            "   {} records depend on {old}, {}",
            waiting.len(),
            self.registry.find(old)?.state()
        );
        // The first tenant is moved: recorded on the successor before it depends on it.
        let ([record, ..], [tenant, ..]) = (wrapped, TENANTS) else {
            return Err("nothing was wrapped".into());
        };
        let predecessor: Key<Deactivated> =
            self.registry.find(old)?.promote(&self.registry, "anna")?;
        self.registry
            .add_dependant(successor.name(), tenant, &ANNA)?;
        let context = WrapContext::new(tenant)?;
        let data_key: Aes256Key = predecessor.unwrap_key(record, context)?;
        let public = self.public(successor.name())?;
        let moved = public.wrap_key(&data_key, context, &mut SysRng)?;
        drop(successor.unwrap_key::<Aes256Key>(&moved, context)?);
        self.registry.remove_dependant(old, tenant, &ANNA)?;
        predecessor.give_back(&self.registry)?;
        println!(
            "   {} moved to the successor",
            String::from_utf8_lossy(tenant)
        );
        Ok(())
    }

    pub(crate) fn archive(
        &self,
        name: KeyName,
        wrapped: &[WrappedKey],
    ) -> Result<Key<Deactivated>, Failure> {
        println!("\n6. Archive: deactivated, it processes what was protected before");
        let key: Key<Deactivated> = self.registry.find(name)?.promote(&self.registry, "anna")?;
        let (Some(record), Some(tenant)) = (wrapped.last(), TENANTS.last()) else {
            return Err("nothing was wrapped".into());
        };
        drop(key.unwrap_key::<Aes256Key>(record, WrapContext::new(tenant)?)?);
        println!("   {} still unwraps", key.name());
        println!("   does not compile: public.wrap_key(..), for its public half in this state");
        let five_years = 5 * 365 * 24 * 3600;
        let then = UnixTime::from_seconds(self.clock.now()?.seconds() + five_years)?;
        for due in self.registry.due(then, None)?.0 {
            println!(
                "   due in five years: {}, {}: {:?}",
                due.key, due.state, due.reason
            );
        }
        Ok(key)
    }

    pub(crate) fn destroy(&self, key: Key<Deactivated>) -> Result<(), Failure> {
        println!("\n7. Destroy");
        let key = self.too_early(key)?;
        let tenant = TENANTS.last().ok_or("nothing depends on it")?;
        self.registry.remove_dependant(key.name(), tenant, &ANNA)?;
        let key = self.too_early(key)?;
        println!("   five minutes later");
        self.pass(300);
        let gone = key.destroy(&self.registry, &ANNA)?;
        println!("   {} is {}", gone.name(), gone.state());
        let found = self.registry.find(gone.name())?;
        println!(
            "   what remains is a record: created {}, destroyed {}, of {:?}",
            found.created().seconds(),
            found.since().seconds(),
            found.facts().owner
        );
        let twice = self.registry.add_dependant(gone.name(), tenant, &ANNA);
        refused("to depend on it", twice)
    }

    /// Tries to destroy a key that cannot be destroyed yet, and gives it back.
    fn too_early(&self, key: Key<Deactivated>) -> Result<Key<Deactivated>, Failure> {
        match key.destroy(&self.registry, &ANNA) {
            Err(TransitionError::Refused { handle, reason }) => {
                println!("   refused: to destroy it now: {reason}");
                Ok(handle)
            }
            _ => Err("a key was destroyed too early".into()),
        }
    }

    pub(crate) fn verify_log(&self) -> Result<(), Failure> {
        let auditor = SigningKey::<MlDsa65>::generate(&mut SysRng)?;
        let key = auditor.verifying_key();
        let checkpoint = self.registry.checkpoint(&auditor, &mut SysRng)?;
        self.registry.compare_with_log()?;
        let folder = self.dir.join("log");
        self.registry.export_log(&folder)?;
        let pem = key.to_public_key_pem(Default::default())?;
        fs::write(folder.join("key.pem"), pem)?;
        let report = verify_log(&folder, &key, Some(&checkpoint), |_, _| {})?;
        println!(
            "\nThe log: {} events, signed for by {}; every row is as it tells",
            report.signed,
            key.fingerprint()
        );
        println!(
            "   audit_verify {} verifies it without any secret",
            folder.display()
        );
        Ok(())
    }
}

type UnwrapFailed = UseError<UnwrapError>;

fn options(clock: &TourClock) -> Result<RegistryOptions, Failure> {
    Ok(RegistryOptions {
        policy: Box::new(RulePolicy::nist()?),
        clock: Box::new(clock.clone()),
        ..RegistryOptions::default()
    })
}
