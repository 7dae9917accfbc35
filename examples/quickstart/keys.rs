//! The keys: a root that nobody holds alone, and a registry that knows every other key and its state.

use std::{fs, time::Instant};

use pqkm::{
    composite::MlDsa65EcdsaP256,
    core::{
        Aes256Key, DecapsulationKey, EncapsulationKey, ExposeToken, KemAlgorithm, KeyId, MlKem768,
        MlKem1024, SigningKey, SysRng, VerifyingKey, WrapContext, WrappedKey,
        rand_core::TryRng as _, zeroize::Zeroizing,
    },
    lifecycle::{
        Authority, LeaseTerms, Managed, RedbStore, Registry, RegistryOptions, SymmetricRoot,
        policy::RulePolicy, state::State, table::Half,
    },
    shamir::{Threshold, raw},
};

use crate::vault::{self, Failure, Vault};

pub(crate) use pqkm::lifecycle::state::{Active, Deactivated, PreActivation};

/// Who does all this.
pub(crate) const WHO: Authority<'_> = Authority::new("quickstart", "the tour");

/// What is allowed here: the two halves of data keys' protection, and the key that signs.
const POLICY: &str = "
    name       quickstart
    algorithm  ML-KEM-768             generate 2031-01-01 protect 2031-01-01 process forever
    algorithm  ML-KEM-1024            generate forever    protect forever    process forever
    algorithm  MLDSA65-ECDSA-P256-*   generate forever    protect forever    process forever
    exportable no
";

/// The name of the root.
const ROOT_ID: KeyId = KeyId::from_bytes(*b"quickstart root!");

pub(crate) type Old<S> = Managed<DecapsulationKey<MlKem768>, S>;
pub(crate) type Signer<S> = Managed<SigningKey<MlDsa65EcdsaP256>, S>;

/// The key that data keys are moved to.
pub(crate) struct Storage<S: State>(pub(crate) Managed<DecapsulationKey<MlKem1024>, S>);

impl Storage<Active> {
    pub(crate) fn unwrap(&self, name: &str, record: &WrappedKey) -> Result<Aes256Key, Failure> {
        Ok(self
            .0
            .unwrap_key(record, WrapContext::new(name.as_bytes())?)?)
    }
}

/// Draws the root and shares it among three custodians. Each share goes to a file of its own; whoever has
/// two of them has the root.
pub(crate) fn ceremony(vault: &Vault, rng: &mut SysRng) -> Result<(), Failure> {
    let mut root = Zeroizing::new([0; SymmetricRoot::BYTES]);
    rng.try_fill_bytes(root.as_mut_slice())?;
    for share in raw::split(root.as_slice(), Threshold::new(2, 3)?, rng)?.iter() {
        let path = vault.path(&format!("shares/{}", share.index()));
        vault::write(&path, share.value())?;
    }
    Ok(())
}

/// The root out of all three shares: one more than it takes, so that a wrong one would be named.
fn root(vault: &Vault) -> Result<SymmetricRoot, Failure> {
    let read = |index: u8| fs::read(vault.path(&format!("shares/{index}"))).map(Zeroizing::new);
    let values = [read(1)?, read(2)?, read(3)?];
    let shares = (1..)
        .zip(&values)
        .map(|(index, value)| raw::RawShare::new(index, value))
        .collect::<Result<Vec<_>, _>>()?;
    let recovered = raw::combine(2, &shares)?.recovered();
    let recovered = recovered.ok_or("the shares were not checked")?;
    let bytes = recovered.secret.expose(ExposeToken::acknowledge());
    Ok(SymmetricRoot::from_bytes(ROOT_ID, bytes)?)
}

/// Makes the registry, or opens it as another process would.
pub(crate) fn registry(vault: &Vault, rng: &mut SysRng) -> Result<Registry, Failure> {
    let options = RegistryOptions {
        policy: Box::new(RulePolicy::from_text(POLICY)?),
        terms: LeaseTerms {
            uses: 1_000_000,
            seconds: 3600,
        },
        ..RegistryOptions::default()
    };
    let path = vault.path("registry.redb");
    let is_new = !path.exists();
    let store = RedbStore::open(path)?;
    let root = root(vault)?;
    let start = Instant::now();
    let registry = if is_new {
        Registry::create(store, root, options, rng)?
    } else {
        Registry::open(store, root, options, rng)?
    };
    say!(
        "   root from its shares, registry open in {:?}",
        start.elapsed()
    );
    Ok(registry)
}

/// The public half of a decapsulation key.
pub(crate) fn encapsulation_key<A: KemAlgorithm>(
    registry: &Registry,
    id: KeyId,
) -> Result<EncapsulationKey<A>, Failure> {
    let found = registry.find_primary(id, Half::Public)?;
    Ok(found.public_key().ok_or("no public half")?.promote()?)
}

/// The public half of the signing key.
pub(crate) fn verifying_key(
    registry: &Registry,
    id: KeyId,
) -> Result<VerifyingKey<MlDsa65EcdsaP256>, Failure> {
    let found = registry.find_primary(id, Half::Public)?;
    Ok(found.public_key().ok_or("no public half")?.promote()?)
}
