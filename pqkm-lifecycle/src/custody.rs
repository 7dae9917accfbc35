//! Custody of the root: the one key that a registry does not keep.
//!
//! Private and symmetric keys are stored wrapped under it, and the key that authenticates rows is derived
//! from it. It comes from a file, from a ceremony's result ([`SymmetricRoot::from_bytes`]), or stays in a
//! module whose handle implements [`Custody`].

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    path::Path,
};

use der::{
    Decode as _, EncodePem as _, Sequence,
    asn1::OctetString,
    pem::{LineEnding, PemLabel},
};
use pqkm_core::{
    Aes256Kwp, DerivationKey, ExposeToken, HkdfSha384, KeyId, SecretBytes, Unwrap, Wrap,
    WrappingKey,
    rand_core::TryCryptoRng,
    zeroize::{Zeroize as _, Zeroizing},
};

use crate::{error::CustodyError, file::sync_folder_of};

/// The format version of a root file.
const VERSION: u8 = 1;

/// Names the derivation of the key under which keys are stored.
const STORAGE_LABEL: &[u8] = b"pqkm registry storage v1";

/// The root key of a registry, or a handle to it in a module.
pub trait Custody: Send + Sync {
    /// The key under which keys are stored. It must be symmetric: a key wrapped under a KEM proves
    /// nothing about who wrapped it.
    type Root: Wrap + Unwrap;

    /// The identifier of the root, by which a registry knows it again.
    fn id(&self) -> KeyId;

    /// The key under which keys are stored.
    fn root(&self) -> &Self::Root;

    /// Derives 32 secret bytes from the root; the same for the same label, independent for others.
    ///
    /// # Errors
    /// [`CustodyError`].
    fn derive(&self, label: &[u8]) -> Result<SecretBytes, CustodyError>;
}

/// A root key in memory.
pub struct SymmetricRoot {
    id: KeyId,
    derivation: DerivationKey<HkdfSha384>,
    storage: WrappingKey<Aes256Kwp>,
}

impl SymmetricRoot {
    /// Length of the root in bytes.
    pub const BYTES: usize = 48;

    /// Takes a root that was made elsewhere, for example in a ceremony. The original bytes stay the
    /// caller's to erase.
    ///
    /// # Errors
    /// [`CustodyError::Malformed`] if it has not [`BYTES`](Self::BYTES) bytes.
    pub fn from_bytes(id: KeyId, bytes: &[u8]) -> Result<Self, CustodyError> {
        if bytes.len() != Self::BYTES {
            return Err(CustodyError::Malformed);
        }
        let derivation = DerivationKey::import(bytes).map_err(|_| CustodyError::Malformed)?;
        let storage = derivation
            .derive_wrapping_key(id, STORAGE_LABEL)
            .map_err(|_| CustodyError::Refused)?;
        Ok(Self {
            id,
            derivation,
            storage,
        })
    }

    /// Draws a root that lives in memory only.
    ///
    /// # Errors
    /// [`CustodyError::Randomness`].
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, CustodyError> {
        let (id, bytes) = draw(rng)?;
        Self::from_bytes(id, bytes.as_slice())
    }

    /// Draws a root and writes it to a new file, readable by its owner only. The file is on stable
    /// storage when this returns; how it is protected and backed up is the operator's business.
    ///
    /// # Errors
    /// [`CustodyError::Exists`], [`CustodyError::Io`], [`CustodyError::Randomness`].
    pub fn create_file<R: TryCryptoRng + ?Sized>(
        path: impl AsRef<Path>,
        rng: &mut R,
    ) -> Result<Self, CustodyError> {
        let (id, bytes) = draw(rng)?;
        let contents = RootFile {
            version: VERSION,
            id,
            key: OctetString::new(bytes.as_slice()).map_err(|_| CustodyError::Malformed)?,
        };
        let pem = contents.to_pem(LineEnding::LF);
        let pem = Zeroizing::new(pem.map_err(|_| CustodyError::Malformed)?);
        write_new(path.as_ref(), pem.as_bytes()).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => CustodyError::Exists,
            _ => CustodyError::Io,
        })?;
        Self::from_bytes(id, bytes.as_slice())
    }

    /// Reads a root from a file.
    ///
    /// # Errors
    /// [`CustodyError::Io`] or [`CustodyError::Malformed`].
    pub fn open_file(path: impl AsRef<Path>) -> Result<Self, CustodyError> {
        let mut pem = Zeroizing::new(String::new());
        File::open(path)
            .and_then(|file| file.take(4096).read_to_string(&mut pem))
            .map_err(|_| CustodyError::Io)?;
        // Not `from_pem`: it decodes piece by piece, which identifiers cannot be.
        let (label, der) =
            der::pem::decode_vec(pem.as_bytes()).map_err(|_| CustodyError::Malformed)?;
        let der = Zeroizing::new(der);
        RootFile::validate_pem_label(label).map_err(|_| CustodyError::Malformed)?;
        let contents = RootFile::from_der(&der).map_err(|_| CustodyError::Malformed)?;
        if contents.version != VERSION {
            return Err(CustodyError::Malformed);
        }
        Self::from_bytes(contents.id, contents.key.as_bytes())
    }
}

impl Custody for SymmetricRoot {
    type Root = WrappingKey<Aes256Kwp>;

    fn id(&self) -> KeyId {
        self.id
    }

    fn root(&self) -> &Self::Root {
        &self.storage
    }

    fn derive(&self, label: &[u8]) -> Result<SecretBytes, CustodyError> {
        self.derivation
            .derive_bytes(b"", label, 32)
            .map_err(|_| CustodyError::Refused)
    }
}

/// What is in a root file.
#[derive(Sequence)]
struct RootFile {
    version: u8,
    id: KeyId,
    key: OctetString,
}

impl PemLabel for RootFile {
    const PEM_LABEL: &'static str = "PQKM ROOT KEY";
}

impl Drop for RootFile {
    fn drop(&mut self) {
        if let Ok(empty) = OctetString::new([]) {
            core::mem::replace(&mut self.key, empty)
                .into_bytes()
                .zeroize();
        }
    }
}

fn draw<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Result<(KeyId, Zeroizing<[u8; SymmetricRoot::BYTES]>), CustodyError> {
    let id = KeyId::generate(rng).map_err(|_| CustodyError::Randomness)?;
    let mut bytes = Zeroizing::new([0; SymmetricRoot::BYTES]);
    rng.try_fill_bytes(bytes.as_mut_slice())
        .map_err(|_| CustodyError::Randomness)?;
    Ok((id, bytes))
}

/// Writes a file that did not exist, and its entry in the folder, to stable storage.
fn write_new(path: &Path, contents: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(contents)?;
    file.sync_all()?;
    sync_folder_of(path)
}

/// The bytes of a derived secret, for the one place that keys a MAC with them.
pub(crate) fn reveal(secret: &SecretBytes) -> &[u8] {
    secret.expose(ExposeToken::acknowledge())
}
