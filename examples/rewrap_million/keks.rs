//! The two key-encryption keys: the one that is left and the one that follows it.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use pqkm::core::{
    DecapsulationKey, KekName, MlKem768, PreparedDecapsulationKey, PreparedEncapsulationKey,
    SysRng, WrappedKey, rand_core::TryRng, zeroize::Zeroizing,
};

use crate::Failure;

/// Length of the seed of one key.
const SEED_BYTES: usize = 64;

/// Both keys, expanded.
pub(crate) struct Keks {
    pub(crate) old: PreparedDecapsulationKey<MlKem768>,
    pub(crate) old_public: PreparedEncapsulationKey<MlKem768>,
    pub(crate) new: PreparedDecapsulationKey<MlKem768>,
    pub(crate) new_public: PreparedEncapsulationKey<MlKem768>,
}

impl Keks {
    /// Reads the seeds beside a table, or makes them.
    pub(crate) fn open(db: &Path) -> Result<Self, Failure> {
        let seeds = seeds(&beside(db))?;
        let (old, new) = seeds.split_at(SEED_BYTES);
        let old = DecapsulationKey::<MlKem768>::from_seed(old)?;
        let new = DecapsulationKey::<MlKem768>::from_seed(new)?;
        Ok(Self {
            old_public: old.encapsulation_key().prepare(),
            old: old.prepare(),
            new_public: new.encapsulation_key().prepare(),
            new: new.prepare(),
        })
    }

    /// Whether a record names the new key.
    pub(crate) fn is_new(&self, record: &WrappedKey) -> bool {
        *record.header().kek() == KekName::Fingerprint(self.new_public.key().fingerprint())
    }
}

fn beside(db: &Path) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(".keks");
    name.into()
}

fn seeds(file: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(mut opened) => {
            let mut seeds = Zeroizing::new(vec![0; 2 * SEED_BYTES]);
            SysRng.try_fill_bytes(&mut seeds)?;
            opened.write_all(&seeds)?;
            opened.sync_all()?;
            Ok(seeds)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let seeds = Zeroizing::new(fs::read(file)?);
            if seeds.len() == 2 * SEED_BYTES {
                Ok(seeds)
            } else {
                Err(format!("{} does not hold two seeds", file.display()).into())
            }
        }
        Err(error) => Err(error.into()),
    }
}
