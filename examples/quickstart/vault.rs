//! A folder that holds encrypted files, their wrapped data keys, and a signed manifest.
//!
//! ```text
//! DIR/shares/N              a share of the registry's root: any two of three are enough
//! DIR/registry.redb         keys, their states, and the log
//! DIR/data/NAME.enc         nonce (12 bytes) and AES-256-GCM ciphertext
//! DIR/data/NAME.key.pem     the data key, wrapped
//! DIR/manifest, .sig        a line for every file under data/: SHA-256 and name; its signature
//! DIR/verifying.pem         the public key that verifies the manifest
//! DIR/log/                  the log as it is given to an auditor
//! ```
//!
//! Every file is written beside its place, synced, and renamed: there is never half of one.

use core::{error::Error, fmt::Write as _};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use aes_gcm::{
    Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use pqkm::{
    composite::MlDsa65EcdsaP256,
    core::{
        Aes256Key, ExposeToken, Signature, SysRng, VerifyingKey, WrappedKey,
        rand_core::TryRng as _,
        spki::{DecodePublicKey as _, EncodePublicKey as _},
        zeroize::Zeroizing,
    },
};
use sha2::{Digest as _, Sha256};

use crate::folder;

/// The file that marks a folder as made by this example.
const MARKER: &str = ".pqkm-quickstart";

const NONCE_BYTES: usize = 12;

/// The longest name that is kept whole, bytes: what is added still fits into a name.
const MAX_NAME: usize = 200;

pub(crate) type Failure = Box<dyn Error>;

pub(crate) struct Vault {
    dir: PathBuf,
}

/// One protected file.
pub(crate) struct Protected {
    pub(crate) name: String,
    pub(crate) ciphertext_bytes: usize,
    pub(crate) record: WrappedKey,
}

/// The name of a protected file: its place in the list keeps equal names apart, and only plain
/// characters stay, so that a name is one word of the manifest. Of long names the beginning stays.
pub(crate) fn stored_name(index: usize, file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.replace(
        |c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c),
        "_",
    );
    let name = name.get(..MAX_NAME).unwrap_or(&name);
    format!("{:04}-{name}", index + 1)
}

impl Vault {
    /// Whether the folder is absent, empty, or made by this example.
    pub(crate) fn may_use(dir: &Path) -> bool {
        dir.join(MARKER).is_file() || folder::is_free(dir)
    }

    /// Begins anew in the folder.
    pub(crate) fn create(dir: &Path) -> Result<Self, Failure> {
        let is_own = dir.join(MARKER).is_file();
        for folder in ["shares", "data", "log"] {
            let folder = dir.join(folder);
            if is_own && folder.is_dir() {
                fs::remove_dir_all(&folder)?;
            }
            fs::create_dir_all(&folder)?;
        }
        for file in ["registry.redb", "firmware.hss"] {
            if is_own && dir.join(file).exists() {
                fs::remove_file(dir.join(file))?;
            }
        }
        write(&dir.join(MARKER), b"made by the pqkm example quickstart\n")?;
        Ok(Self { dir: dir.into() })
    }

    /// The place of something that is not this module's.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub(crate) fn data(&self, name: &str) -> PathBuf {
        self.dir.join("data").join(name)
    }

    pub(crate) fn manifest_path(&self) -> PathBuf {
        self.dir.join("manifest")
    }

    pub(crate) fn signature_path(&self) -> PathBuf {
        self.dir.join("manifest.sig")
    }

    /// Encrypts a file under a fresh data key, which `wrap` wraps.
    pub(crate) fn protect(
        &self,
        name: &str,
        plaintext: &[u8],
        wrap: impl Fn(&Aes256Key) -> Result<WrappedKey, Failure>,
        rng: &mut SysRng,
    ) -> Result<Protected, Failure> {
        let data_key = Aes256Key::generate(rng)?;
        let mut stored = vec![0; NONCE_BYTES];
        rng.try_fill_bytes(&mut stored)?;
        let nonce = <[u8; NONCE_BYTES]>::try_from(stored.as_slice())?;
        let payload = Payload {
            msg: plaintext,
            aad: name.as_bytes(),
        };
        let ciphertext = cipher(&data_key)?
            .encrypt(&nonce.into(), payload)
            .map_err(|_| "encryption failed")?;
        stored.extend_from_slice(&ciphertext);

        let record = wrap(&data_key)?;
        write(&self.data(&format!("{name}.enc")), &stored)?;
        write(
            &self.data(&format!("{name}.key.pem")),
            record.to_pem().as_bytes(),
        )?;
        Ok(Protected {
            name: name.into(),
            ciphertext_bytes: stored.len(),
            record,
        })
    }

    /// Puts a rewrapped record in the place of the old one.
    pub(crate) fn replace_record(
        &self,
        entry: &Protected,
        record: WrappedKey,
    ) -> Result<Protected, Failure> {
        write(
            &self.data(&format!("{}.key.pem", entry.name)),
            record.to_pem().as_bytes(),
        )?;
        Ok(Protected {
            name: entry.name.clone(),
            ciphertext_bytes: entry.ciphertext_bytes,
            record,
        })
    }

    /// Writes the manifest of what is there, and its signature.
    pub(crate) fn sign_manifest(
        &self,
        protected: &[Protected],
        key: &VerifyingKey<MlDsa65EcdsaP256>,
        sign: impl Fn(&[u8]) -> Result<Signature<MlDsa65EcdsaP256>, Failure>,
    ) -> Result<(), Failure> {
        let mut manifest = String::new();
        for name in protected.iter().flat_map(|entry| {
            [
                format!("{}.enc", entry.name),
                format!("{}.key.pem", entry.name),
            ]
        }) {
            writeln!(manifest, "{}  {name}", digest(&fs::read(self.data(&name))?))?;
        }
        let signature = sign(manifest.as_bytes())?;
        let pem = key.to_public_key_pem(Default::default())?;
        write(&self.dir.join("verifying.pem"), pem.as_bytes())?;
        write(&self.manifest_path(), manifest.as_bytes())?;
        write(&self.signature_path(), signature.as_bytes())
    }

    /// Reads the manifest and checks its signature.
    pub(crate) fn read_manifest(&self) -> Result<String, Failure> {
        let key = self.verifying_key()?;
        let manifest = fs::read_to_string(self.manifest_path())?;
        let signature = Signature::from_bytes(&fs::read(self.signature_path())?)?;
        key.verify(manifest.as_bytes(), &signature)?;
        Ok(manifest)
    }

    pub(crate) fn verifying_key(&self) -> Result<VerifyingKey<MlDsa65EcdsaP256>, Failure> {
        let pem = fs::read_to_string(self.dir.join("verifying.pem"))?;
        Ok(VerifyingKey::from_public_key_pem(&pem)?)
    }

    /// Checks a file against the manifest, unwraps its data key, and decrypts it.
    pub(crate) fn open(
        &self,
        name: &str,
        manifest: &str,
        unwrap: impl Fn(&str, &WrappedKey) -> Result<Aes256Key, Failure>,
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let read = |file: String| -> Result<Vec<u8>, Failure> {
            let bytes = fs::read(self.data(&file))?;
            let line = format!("{}  {file}", digest(&bytes));
            if manifest.lines().any(|listed| listed == line) {
                Ok(bytes)
            } else {
                Err(format!("{file} is not what the manifest says").into())
            }
        };
        let record = read(format!("{name}.key.pem"))?;
        let stored = read(format!("{name}.enc"))?;
        decrypt(name, &record, &stored, unwrap)
    }
}

/// Decrypts a file with its data key, which `unwrap` unwraps.
pub(crate) fn decrypt(
    name: &str,
    record_pem: &[u8],
    stored: &[u8],
    unwrap: impl Fn(&str, &WrappedKey) -> Result<Aes256Key, Failure>,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let record = WrappedKey::from_pem(core::str::from_utf8(record_pem)?)?;
    let data_key = unwrap(name, &record)?;
    let (nonce, ciphertext) = stored
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or("the file is too short")?;
    let payload = Payload {
        msg: ciphertext,
        aad: name.as_bytes(),
    };
    let plaintext = cipher(&data_key)?
        .decrypt(&(*nonce).into(), payload)
        .map_err(|_| "the file was damaged")?;
    Ok(Zeroizing::new(plaintext))
}

fn cipher(key: &Aes256Key) -> Result<Aes256Gcm, Failure> {
    let bytes = key.expose(ExposeToken::acknowledge())?.to_bytes();
    Ok(Aes256Gcm::new_from_slice(&bytes)?)
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    let beside = path.with_added_extension("new");
    let mut options = fs::OpenOptions::new();
    let options = folder::private(options.write(true).create(true).truncate(true));
    let mut file = options.open(&beside)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
