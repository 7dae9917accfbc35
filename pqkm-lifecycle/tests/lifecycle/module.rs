//! Keys that never leave a module: the root of a registry, and keys that a registry governs.

use std::sync::{Arc, Mutex};

use pqkm_core::{
    Algorithm, AnyPublicKey, DerivationKey, Ed25519, GenerateError, HkdfSha384, Kek, KeyHandle,
    KeyId, Message, MlDsa65, Rotate, SecretBytes, Sign, SignError, Signature, SigningKey,
    SymmetricAlgorithm, Unwrap, UnwrapError, VerifyingKey, Wrap, WrapAlgorithm, WrapError,
    rand_core::TryCryptoRng,
    role::{Signing, Wrapping},
    spki::{AlgorithmIdentifierOwned, ObjectIdentifier},
};
use pqkm_lifecycle::{
    Custody, CustodyError, KeptIn, Managed, MemoryStore, ModuleKey, Refusal, Registry,
    RegistryError, SymmetricRoot,
    state::{Active, PreActivation},
    table::{Half, KeyState},
};
use pqkm_testkit::rng::SeededRng;

use crate::{
    SPEC, refused,
    support::{Fixture, NOW, TestClock, WHO, options},
};

/// How the module derives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct ModulePrf;

impl Algorithm for ModulePrf {
    const NAME: &'static str = "Toy module PRF";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.5"),
            parameters: None,
        }
    }
}

impl SymmetricAlgorithm for ModulePrf {
    const KEY_BYTES: usize = 32;
}

impl WrapAlgorithm for ModulePrf {}

/// A root that stays in its module.
struct ModuleRoot {
    id: KeyId,
    inside: DerivationKey<HkdfSha384>,
}

impl ModuleRoot {
    fn new(bytes: [u8; 48]) -> Self {
        Self {
            id: KeyId::from_bytes([3; 16]),
            inside: DerivationKey::import(&bytes).unwrap(),
        }
    }

    fn kek(&self, salt: &[u8; Kek::SALT_BYTES]) -> Result<Kek, UnwrapError> {
        let secret = self.inside.derive_bytes(b"wrap", salt, 32);
        let secret = secret.map_err(|_| UnwrapError)?;
        Kek::of_module::<ModulePrf>(self.id, salt, &secret).map_err(|_| UnwrapError)
    }
}

impl KeyHandle for ModuleRoot {
    type Algorithm = ModulePrf;
    type Role = Wrapping;
}

impl Wrap for ModuleRoot {
    fn establish<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Kek, WrapError> {
        let mut salt = [0; Kek::SALT_BYTES];
        rng.try_fill_bytes(&mut salt)
            .map_err(|_| WrapError::Randomness)?;
        self.kek(&salt).map_err(|_| WrapError::Refused)
    }
}

impl Unwrap for ModuleRoot {
    fn recover(&self, encapsulation: &[u8]) -> Result<Kek, UnwrapError> {
        self.kek(encapsulation.try_into().map_err(|_| UnwrapError)?)
    }
}

impl Custody for ModuleRoot {
    type Root = Self;

    fn id(&self) -> KeyId {
        self.id
    }

    fn root(&self) -> &Self {
        self
    }

    fn derive(&self, label: &[u8]) -> Result<SecretBytes, CustodyError> {
        let derived = self.inside.derive_bytes(b"derive", label, 32);
        derived.map_err(|_| CustodyError::Refused)
    }
}

#[test]
fn a_root_can_stay_in_its_module() {
    let (clock, mut rng) = (TestClock::at(NOW), SeededRng::from_u64(8));
    let store = Arc::new(MemoryStore::new());
    let create = |root, rng: &mut _| Registry::create(store.clone(), root, options(&clock), rng);
    let registry = create(ModuleRoot::new([1; 48]), &mut rng).unwrap();
    let key: Managed<SigningKey<MlDsa65>, PreActivation> =
        registry.generate(&SPEC, &WHO, &mut rng).unwrap();
    let name = key.name();
    drop((key, registry));

    let open = |root, rng: &mut _| Registry::open(store.clone(), root, options(&clock), rng);
    let other = open(ModuleRoot::new([2; 48]), &mut rng);
    assert_eq!(other.map(drop), Err(RegistryError::Root));
    let registry = open(ModuleRoot::new([1; 48]), &mut rng).unwrap();
    let key: Managed<SigningKey<MlDsa65>, PreActivation> = registry
        .find(name)
        .unwrap()
        .promote(&registry, "anna")
        .unwrap();
    let key = key.activate(&registry, &WHO).unwrap();
    key.sign(b"m", &mut rng).unwrap();
}

#[test]
fn a_root_can_come_from_a_file_or_from_bytes() {
    let folder = crate::support::Folder::new("lifecycle-root");
    let mut rng = SeededRng::from_u64(9);
    let path = folder.path("root.pem");
    let (clock, store) = (TestClock::at(NOW), Arc::new(MemoryStore::new()));
    let root = SymmetricRoot::create_file(&path, &mut rng).unwrap();
    let again = SymmetricRoot::create_file(&path, &mut rng);
    assert_eq!(again.err(), Some(CustodyError::Exists));
    Registry::create(store.clone(), root, options(&clock), &mut rng).unwrap();
    let root = SymmetricRoot::open_file(&path).unwrap();
    Registry::open(store, root, options(&clock), &mut rng).unwrap();
    std::fs::write(&path, "-----BEGIN PQKM ROOT KEY-----\n").unwrap();
    assert_eq!(
        SymmetricRoot::open_file(&path).err(),
        Some(CustodyError::Malformed)
    );
    let short = SymmetricRoot::from_bytes(KeyId::from_bytes([1; 16]), &[0; 47]);
    assert_eq!(short.err(), Some(CustodyError::Malformed));
}

/// A module that counts the keys that it has made.
#[derive(Clone, Default)]
struct Module(Arc<Mutex<u32>>);

/// A handle to a signing key in it.
struct Handle {
    module: Module,
    number: u32,
    inside: SigningKey<Ed25519>,
}

impl Module {
    fn make(&self, inside: SigningKey<Ed25519>) -> Handle {
        let mut count = self.0.lock().unwrap();
        *count += 1;
        Handle {
            module: self.clone(),
            number: *count,
            inside,
        }
    }
}

impl KeyHandle for Handle {
    type Algorithm = Ed25519;
    type Role = Signing;
}

impl Sign for Handle {
    fn sign_message<R: TryCryptoRng + ?Sized>(
        &self,
        message: &Message<'_>,
        rng: &mut R,
    ) -> Result<Signature<Ed25519>, SignError> {
        self.inside.sign_message(message, rng)
    }

    fn verifying_key(&self) -> VerifyingKey<Ed25519> {
        self.inside.verifying_key()
    }
}

impl ModuleKey for Handle {
    fn reference(&self) -> Vec<u8> {
        format!("slot {}", self.number).into_bytes()
    }

    fn public_half(&self) -> Option<AnyPublicKey> {
        Some(AnyPublicKey::from(&self.verifying_key()))
    }
}

impl Rotate for Handle {
    fn fresh<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Self, GenerateError> {
        self.inside.fresh(rng).map(|key| self.module.make(key))
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.inside.overlaps(&other.inside)
    }
}

#[test]
fn a_key_in_a_module_is_governed_and_rotated_there() {
    let mut f = Fixture::new();
    let module = Module::default();
    let handle = module.make(SigningKey::generate(&mut f.rng).unwrap());
    let key = f.registry.adopt(handle, &SPEC, &WHO, &mut f.rng).unwrap();
    let key = key.activate(&f.registry, &WHO).unwrap();
    let (id, first) = (key.name().id, key.name());
    assert_eq!(
        f.registry.find(first).unwrap().facts().kept_in,
        KeptIn::Module
    );
    // The registry cannot make it, and cannot make its successor.
    let found = f.registry.find(first).unwrap();
    let taken: Result<Managed<SigningKey<Ed25519>, Active>, _> = found.promote(&f.registry, "anna");
    assert_eq!(refused(taken), Refusal::Type);
    let made: Result<Managed<SigningKey<Ed25519>, Active>, _> =
        f.registry.rotate(id, &WHO, &mut f.rng);
    assert_eq!(refused(made), Refusal::Type);

    let next = f
        .registry
        .rotate_module_key(&key, &WHO, &mut f.rng)
        .unwrap();
    assert_eq!(next.name().version.get(), 2);
    let signature = next.sign(b"m", &mut f.rng).unwrap();
    let public = f.registry.find_primary(id, Half::Public).unwrap();
    assert_eq!(public.state(), KeyState::Active);
    let public: VerifyingKey<Ed25519> = public.public_key().unwrap().promote().unwrap();
    public.verify(b"m", &signature).unwrap();
    assert!(key.sign(b"m", &mut f.rng).is_err());
    assert_eq!(
        refused(f.registry.rotate_module_key(&key, &WHO, &mut f.rng)),
        Refusal::OtherKey
    );

    // A handle to another key is not taken for the one on record.
    let found = f.registry.find(next.name()).unwrap();
    let other = module.make(SigningKey::generate(&mut f.rng).unwrap());
    let taken: Result<Managed<_, Active>, _> = found.promote_module_key(other, &f.registry, "anna");
    assert_eq!(refused(taken), Refusal::OtherKey);
    drop(key.destroy(&f.registry, &WHO).unwrap());
    f.registry.sequence().unwrap();
    f.registry.compare_with_log().unwrap();
}
