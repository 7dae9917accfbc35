//! The seven stages, in their order.

use std::{fs, path::PathBuf, time::Instant};

use pqkm::{
    core::{
        Aes256Key, Aes256Kwp, KeyId, MlDsa65, MlKem768, MlKem1024, SigningKey, SysRng, Wrap as _,
        WrapContext, WrappingKey,
    },
    lifecycle::{
        KeySpec, Managed, Registry, TransitionError, audit::verify_log, confirmation,
        verify_possession,
    },
    stateful::{HssParameters, HssSigner, LmotsAlgorithm, LmsAlgorithm, store::file::FileStore},
};
use subtle::ConstantTimeEq as _;

use crate::{
    keys::{self, Active, Deactivated, Old, PreActivation, Signer, Storage, WHO},
    vault::{self, Failure, Protected, Vault},
};

const SPEC: KeySpec<'_> = KeySpec {
    owner: "quickstart",
    purpose: "protect files",
    exportable: false,
    originator_seconds: None,
    recipient_seconds: None,
    budget: None,
};

pub(crate) struct Tour {
    vault: Vault,
    registry: Registry,
    /// The key that data keys are wrapped under at first.
    old: KeyId,
    /// The key that signs the manifest.
    signer: KeyId,
}

impl Tour {
    pub(crate) const fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) fn generate(vault: Vault, rng: &mut SysRng) -> Result<Self, Failure> {
        say!("1. Generate: the root in a ceremony, keys in a registry");
        keys::ceremony(&vault, rng)?;
        say!("   root shared among three custodians, any two of whom have it");
        let registry = keys::registry(&vault, rng)?;
        let start = Instant::now();
        let old: Old<PreActivation> = registry.generate(&SPEC, &WHO, rng)?;
        let signer: Signer<PreActivation> = registry.generate(&SPEC, &WHO, rng)?;
        say!(
            "   ML-KEM-768 and composite ML-DSA-65 with ECDSA P-256: generated, checked, on record in {:?}",
            start.elapsed()
        );
        let (old_id, signer_id) = (old.name().id, signer.name().id);
        // Whoever gives leases back is not waited for when a key is destroyed.
        old.give_back(&registry)?;
        signer.give_back(&registry)?;
        Ok(Self {
            vault,
            old: old_id,
            signer: signer_id,
            registry,
        })
    }

    pub(crate) fn distribute(&self, rng: &mut SysRng) -> Result<(), Failure> {
        say!("2. Distribute: public halves, and proof that somebody has the private ones");
        let key: Old<PreActivation> = self.primary(self.old)?;
        let public = keys::encapsulation_key::<MlKem768>(&self.registry, self.old)?;
        let (ciphertext, secret) = public.encapsulate(rng)?;
        let (expected, shown) = (
            confirmation(secret)?,
            key.confirm_decapsulation(&ciphertext)?,
        );
        if !bool::from(expected.ct_eq(&shown)) {
            return Err("the decapsulation key was not confirmed".into());
        }
        let signer: Signer<PreActivation> = self.primary(self.signer)?;
        let verifying = keys::verifying_key(&self.registry, self.signer)?;
        let proof = signer.prove_possession(b"challenge", rng)?;
        verify_possession(&verifying, &(&verifying).into(), b"challenge", &proof)?;
        key.give_back(&self.registry)?;
        signer.give_back(&self.registry)?;
        say!("   encapsulation key {}", public.fingerprint());
        say!("   verifying key     {}", verifying.fingerprint());
        Ok(())
    }

    /// Closes the registry and opens it again.
    pub(crate) fn store(self, rng: &mut SysRng) -> Result<Self, Failure> {
        say!("3. Store: private keys wrapped under the root, rows authenticated");
        let Self {
            vault, registry, ..
        } = self;
        drop(registry);
        let registry = keys::registry(&vault, rng)?;
        Ok(Self {
            vault,
            registry,
            ..self
        })
    }

    /// A handle to a key's primary version.
    fn primary<K: pqkm::lifecycle::Keep, S: pqkm::lifecycle::state::HoldsKey>(
        &self,
        id: KeyId,
    ) -> Result<Managed<K, S>, Failure> {
        let found = self
            .registry
            .find_primary(id, pqkm::lifecycle::table::Half::Secret)?;
        Ok(found.promote(&self.registry, "quickstart")?)
    }

    /// Encrypts each file under a data key of its own and wraps the data key.
    pub(crate) fn use_keys(
        &self,
        files: &[PathBuf],
        rng: &mut SysRng,
    ) -> Result<Vec<Protected>, Failure> {
        say!("4. Use: activated, and leased for an hour");
        let old: Old<PreActivation> = self.primary(self.old)?;
        let old = old.activate(&self.registry, &WHO)?;
        let signer: Signer<PreActivation> = self.primary(self.signer)?;
        let signer = signer.activate(&self.registry, &WHO)?;
        let key = keys::encapsulation_key::<MlKem768>(&self.registry, self.old)?.prepare();
        let mut protected = Vec::new();
        for (index, file) in files.iter().enumerate() {
            let start = Instant::now();
            let plaintext = fs::read(file)?;
            let name = vault::stored_name(index, file);
            self.registry
                .add_dependant(old.name(), name.as_bytes(), &WHO)?;
            let wrap = |data_key: &Aes256Key| {
                let context = WrapContext::new(name.as_bytes())?;
                Ok(key.wrap_key(data_key, context, &mut SysRng)?)
            };
            let entry = self.vault.protect(&name, &plaintext, wrap, rng)?;
            say!(
                "   {name}: {} bytes -> {} encrypted + {} for the wrapped key, {:?}",
                plaintext.len(),
                entry.ciphertext_bytes,
                entry.record.to_der().len(),
                start.elapsed()
            );
            protected.push(entry);
        }
        self.sign(&protected, &signer)?;
        old.give_back(&self.registry)?;
        signer.give_back(&self.registry)?;
        Ok(protected)
    }

    fn sign(&self, protected: &[Protected], key: &Signer<Active>) -> Result<(), Failure> {
        let public = keys::verifying_key(&self.registry, self.signer)?;
        self.vault.sign_manifest(protected, &public, |manifest| {
            Ok(key.sign(manifest, &mut SysRng)?)
        })
    }

    /// The signing key has a successor; data keys move to a key of another algorithm. The files themselves are
    /// not touched.
    pub(crate) fn rotate(
        &self,
        protected: &[Protected],
        rng: &mut SysRng,
    ) -> Result<(Storage<Active>, Vec<Protected>), Failure> {
        say!("5. Rotate: the signing key succeeded, data keys moved to ML-KEM-1024");
        let former: Signer<Active> = self.primary(self.signer)?;
        let signer: Signer<Active> = self.registry.rotate(self.signer, &WHO, rng)?;
        say!("   {} signs from now on", signer.name());
        former.give_back(&self.registry)?;

        let start = Instant::now();
        let old: Old<Active> = self.primary(self.old)?;
        let new: Managed<_, PreActivation> = self.registry.generate(&SPEC, &WHO, rng)?;
        let new = Storage(new.activate(&self.registry, &WHO)?);
        let key = keys::encapsulation_key::<MlKem1024>(&self.registry, new.0.name().id)?.prepare();
        let mut moved = Vec::new();
        for entry in protected {
            let name = entry.name.as_bytes();
            self.registry.add_dependant(new.0.name(), name, &WHO)?;
            let context = WrapContext::new(name)?;
            let data_key: Aes256Key = old.unwrap_key(&entry.record, context)?;
            let record = key.wrap_key(&data_key, context, rng)?;
            moved.push(self.vault.replace_record(entry, record)?);
        }
        old.deactivate(&self.registry, &WHO)?
            .give_back(&self.registry)?;
        say!(
            "   {} data keys rewrapped in {:?}",
            moved.len(),
            start.elapsed()
        );
        self.sign(&moved, &signer)?;
        Ok((new, moved))
    }

    /// What was wrapped before can still be unwrapped. Whether anything still depends on that is on record.
    pub(crate) fn archive(&self, protected: &[Protected]) -> Result<Old<Deactivated>, Failure> {
        say!(
            "6. Archive: the ML-KEM-768 key is deactivated; it unwraps what is left, and that is all"
        );
        let old: Old<Deactivated> = self.primary(self.old)?;
        let old = match old.destroy(&self.registry, &WHO) {
            Err(TransitionError::Refused { handle, reason }) => {
                say!("   not destroyed yet: {reason}");
                handle
            }
            _ => return Err("a key was destroyed that files depend on".into()),
        };
        for entry in protected {
            self.registry
                .remove_dependant(old.name(), entry.name.as_bytes(), &WHO)?;
        }
        Ok(old)
    }

    pub(crate) fn destroy(&self, old: Old<Deactivated>) -> Result<(), Failure> {
        say!("7. Destroy");
        let gone = old.destroy(&self.registry, &WHO)?;
        say!("   {} is {}; its record remains", gone.name(), gone.state());
        Ok(())
    }

    /// Reads everything back from the disk, as another process would, and compares.
    pub(crate) fn verify(&self, files: &[PathBuf], key: &Storage<Active>) -> Result<(), Failure> {
        let start = Instant::now();
        let manifest = self.vault.read_manifest()?;
        for (index, file) in files.iter().enumerate() {
            let name = vault::stored_name(index, file);
            let unwrap = |name: &str, record: &_| key.unwrap(name, record);
            let plaintext = self.vault.open(&name, &manifest, unwrap)?;
            if *plaintext != fs::read(file)? {
                return Err(format!("{name} came back different").into());
            }
        }
        say!(
            "   manifest signature valid, {} files decrypted and equal to the originals, {:?}",
            files.len(),
            start.elapsed()
        );
        Ok(())
    }

    /// Signs for the log, hands it to an auditor, and signs the checkpoint as firmware is signed: once per
    /// one-time key.
    pub(crate) fn verify_log(&self, rng: &mut SysRng) -> Result<(), Failure> {
        let auditor = SigningKey::<MlDsa65>::generate(rng)?;
        let checkpoint = self.registry.checkpoint(&auditor, rng)?;
        let folder = self.vault.path("log");
        self.registry.export_log(&folder)?;
        let key = auditor.verifying_key();
        let report = verify_log(&folder, &key, Some(&checkpoint), |_, _| {})?;
        self.registry.compare_with_log()?;
        say!(
            "   log of {} events verified, every row is as it tells",
            report.signed
        );

        let level = (LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W4);
        let parameters = HssParameters::new(&[level])?;
        let store = FileStore::create_new(self.vault.path("firmware.hss"))?;
        let wrapping = WrappingKey::<Aes256Kwp>::generate(rng)?;
        let signer = HssSigner::create(store, parameters, &wrapping, rng)?;
        let message = checkpoint.to_der()?;
        let signature = signer.reserve(1)?.sign_next(&signer, &message, rng)?;
        signer
            .verifying_key()
            .verify(&message, signature.as_bytes())?;
        say!(
            "   its checkpoint signed with LMS in {} bytes; {} one-time keys are left",
            signature.as_bytes().len(),
            signer.remaining()
        );
        Ok(())
    }
}
