//! A folder that holds encrypted files, wrapped keys and a signed manifest.
//!
//! ```text
//! DIR/root.key              32 bytes: stands for the key in your HSM
//! DIR/keys/NAME.pem         private keys, wrapped under the root key
//! DIR/keys/verifying.pem    the public key that verifies the manifest
//! DIR/data/NAME.enc         nonce (12 bytes) and AES-256-GCM ciphertext
//! DIR/data/NAME.key.pem     the data key, wrapped
//! DIR/manifest, .sig        a line for every file under data/: SHA-256 and name; its signature
//! ```
//!
//! Every file is written beside its place, synced, and renamed: there is never half of one.

use core::{error::Error, fmt::Write as _};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use aes_gcm::{
    Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use pqkm::core::{
    Aes256Key, Aes256Kwp, ExposeToken, KeyId, MlDsa65, PreparedEncapsulationKey, Signature,
    SigningKey, SysRng, Unwrap, VerifyingKey, Wrap, WrapContext, Wrappable, WrappedKey,
    WrappingKey,
};
use pqkm::core::{
    KemAlgorithm,
    rand_core::TryRng as _,
    spki::{DecodePublicKey as _, EncodePublicKey as _},
    zeroize::Zeroizing,
};
use sha2::{Digest as _, Sha256};

/// The file that marks a folder as made by this example.
const MARKER: &str = ".pqkm-quickstart";

/// The name under which records find the root key.
const ROOT_ID: KeyId = KeyId::from_bytes(*b"quickstart root!");

const NONCE_BYTES: usize = 12;

pub(crate) type Failure = Box<dyn Error>;

pub(crate) struct Vault {
    dir: PathBuf,
    root: WrappingKey<Aes256Kwp>,
}

/// One protected file.
pub(crate) struct Protected {
    pub(crate) name: String,
    pub(crate) ciphertext_bytes: usize,
    pub(crate) record: WrappedKey,
}

/// The name of a protected file: its place in the list keeps equal names apart, and only plain
/// characters stay, so that a name is one word of the manifest.
pub(crate) fn stored_name(index: usize, file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.replace(
        |c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c),
        "_",
    );
    format!("{:04}-{name}", index + 1)
}

impl Vault {
    /// Whether the folder is absent, empty, or made by this example.
    pub(crate) fn may_use(dir: &Path) -> bool {
        match fs::read_dir(dir) {
            Ok(mut entries) => dir.join(MARKER).is_file() || entries.next().is_none(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Begins anew in the folder.
    pub(crate) fn create(dir: &Path, rng: &mut SysRng) -> Result<Self, Failure> {
        for folder in ["keys", "data"] {
            let folder = dir.join(folder);
            if folder.is_dir() {
                fs::remove_dir_all(&folder)?;
            }
            fs::create_dir_all(&folder)?;
        }
        write(&dir.join(MARKER), b"made by the pqkm example quickstart\n")?;
        let mut root = Zeroizing::new([0; 32]);
        rng.try_fill_bytes(root.as_mut_slice())?;
        write(&dir.join("root.key"), root.as_slice())?;
        Ok(Self {
            dir: dir.into(),
            root: WrappingKey::import(ROOT_ID, root.as_slice())?,
        })
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

    fn private_path(&self, name: &str) -> PathBuf {
        self.dir.join("keys").join(format!("{name}.pem"))
    }

    /// Stores a private key wrapped under the root key.
    pub(crate) fn store_private<K: Wrappable>(
        &self,
        name: &str,
        key: &K,
        rng: &mut SysRng,
    ) -> Result<(), Failure> {
        let record = Wrap::wrap_key(&self.root, key, WrapContext::new(name.as_bytes())?, rng)?;
        write(&self.private_path(name), record.to_pem().as_bytes())
    }

    pub(crate) fn load_private<K: Wrappable>(&self, name: &str) -> Result<K, Failure> {
        let record = WrappedKey::from_pem(&fs::read_to_string(self.private_path(name))?)?;
        Ok(Unwrap::unwrap_key(
            &self.root,
            &record,
            WrapContext::new(name.as_bytes())?,
        )?)
    }

    pub(crate) fn remove_private(&self, name: &str) -> Result<(), Failure> {
        fs::remove_file(self.private_path(name))?;
        Ok(())
    }

    /// Encrypts a file under a fresh data key and wraps that key.
    pub(crate) fn protect<A: KemAlgorithm>(
        &self,
        name: &str,
        plaintext: &[u8],
        key: &PreparedEncapsulationKey<A>,
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

        let record = key.wrap_key(&data_key, WrapContext::new(name.as_bytes())?, rng)?;
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

    pub(crate) fn sign_manifest(
        &self,
        protected: &[Protected],
        key: &SigningKey<MlDsa65>,
        rng: &mut SysRng,
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
        let signature = key.sign(manifest.as_bytes(), rng)?;
        let pem = key.verifying_key().to_public_key_pem(Default::default())?;
        write(&self.dir.join("keys/verifying.pem"), pem.as_bytes())?;
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

    pub(crate) fn verifying_key(&self) -> Result<VerifyingKey<MlDsa65>, Failure> {
        let pem = fs::read_to_string(self.dir.join("keys/verifying.pem"))?;
        Ok(VerifyingKey::from_public_key_pem(&pem)?)
    }

    /// Checks a file against the manifest, unwraps its data key, and decrypts it.
    pub(crate) fn open<U: Unwrap>(
        &self,
        name: &str,
        manifest: &str,
        key: &U,
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
        decrypt(name, &record, &stored, key)
    }
}

/// Unwraps the data key of a file and decrypts the file.
pub(crate) fn decrypt<U: Unwrap>(
    name: &str,
    record_pem: &[u8],
    stored: &[u8],
    key: &U,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let record = WrappedKey::from_pem(core::str::from_utf8(record_pem)?)?;
    let data_key: Aes256Key = key.unwrap_key(&record, WrapContext::new(name.as_bytes())?)?;
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

fn write(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    let beside = path.with_added_extension("new");
    let mut file = private_file(&beside)?;
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

/// Creates a file that only its owner may read, where the system knows owners.
fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
