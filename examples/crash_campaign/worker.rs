//! A process that opens the key, reserves, signs, hands over, and expects to be killed.

use core::time::Duration;
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    thread,
};

use pqkm::core::{Aes256Kwp, KeyId, SysRng, WrappingKey, rand_core::TryRng as _};
use pqkm::stateful::{
    HssParameters, HssSigner, HssVerifyingKey, LmotsAlgorithm, LmsAlgorithm, StoreError,
    store::{RedbStore, UpperStore, file::FileStore},
};

use super::Failure;

/// Kinds of what is handed over.
pub(super) const SIGNED: u8 = 1;
pub(super) const REFUSED: u8 = 2;
/// Length of a message in bytes.
pub(super) const MESSAGE_LEN: usize = 16;

const LMS: LmsAlgorithm = LmsAlgorithm::Sha256M24H10;
const OTS: LmotsAlgorithm = LmotsAlgorithm::Sha256N24W2;

/// Where the leaf numbers of the two levels stand in a signature.
pub(super) fn leaf_offsets() -> [usize; 2] {
    let lms = 4 + OTS.signature_len() + 4 + usize::from(LMS.h()) * LMS.m();
    [4, 4 + lms + LMS.public_key_len()]
}

/// Which store the key is in.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    File,
    Redb,
}

impl Kind {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "file" => Some(Self::File),
            "redb" => Some(Self::Redb),
            _ => None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Redb => "redb",
        }
    }
}

fn key_path(directory: &Path) -> PathBuf {
    directory.join("key")
}

/// A wrapping key in the program's text: enough for a campaign, and for nothing else.
pub(super) fn wrapping() -> Result<WrappingKey<Aes256Kwp>, Failure> {
    Ok(WrappingKey::import(
        KeyId::from_bytes([1; 16]),
        &[0x42; 32],
    )?)
}

/// Makes a new key in the directory.
pub(super) fn create(kind: Kind, directory: &Path) -> Result<HssVerifyingKey, Failure> {
    let path = key_path(directory);
    if path.exists() {
        fs::remove_file(&path)?;
    }
    let level = (LMS, OTS);
    let parameters = HssParameters::new(&[level, level])?;
    Ok(match kind {
        Kind::File => create_in(FileStore::create_new(path)?, parameters)?,
        Kind::Redb => create_in(RedbStore::create_new(path)?, parameters)?,
    })
}

fn create_in<S: UpperStore>(
    store: S,
    parameters: HssParameters,
) -> Result<HssVerifyingKey, Failure> {
    let signer = HssSigner::create(store, parameters, &wrapping()?, &mut SysRng)?;
    Ok(*signer.verifying_key())
}

/// How many indices are spent, after all.
pub(super) fn spent(kind: Kind, directory: &Path) -> Result<u64, Failure> {
    let path = key_path(directory);
    match kind {
        Kind::File => spent_in(FileStore::open_existing(path)?),
        Kind::Redb => spent_in(RedbStore::open_existing(path)?),
    }
}

fn spent_in<S: UpperStore>(store: S) -> Result<u64, Failure> {
    let signer = HssSigner::open(store, &wrapping()?)?;
    Ok(signer.parameters().capacity() - signer.remaining())
}

/// Works until it is killed.
pub(super) fn run(kind: Kind, directory: &Path) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    loop {
        let path = key_path(directory);
        let held = match kind {
            Kind::File => match FileStore::open_existing(path) {
                Ok(store) => turn(store, &mut output).map(|()| false)?,
                Err(error) => refused(error)?,
            },
            Kind::Redb => match RedbStore::open_existing(path) {
                Ok(store) => turn(store, &mut output).map(|()| false)?,
                Err(error) => refused(error)?,
            },
        };
        if held {
            output.write_all(&[REFUSED, 0, 0, 0, 0])?;
            output.flush()?;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Whether another process holds the key; everything else is a failure.
fn refused(error: StoreError) -> Result<bool, Failure> {
    match error {
        StoreError::Locked => Ok(true),
        other => Err(other.into()),
    }
}

/// Opens the key, signs some messages, lets it go.
fn turn<S: UpperStore>(store: S, output: &mut impl std::io::Write) -> Result<(), Failure> {
    let signer = HssSigner::open(store, &wrapping()?)?;
    for _ in 0..8 {
        let mut kind = [0; 1];
        SysRng.try_fill_bytes(&mut kind)?;
        let mut reservation = signer.reserve(u32::from(kind[0] & 7) + 1)?;
        while reservation.remaining() > 0 {
            let mut message = [0; MESSAGE_LEN];
            SysRng.try_fill_bytes(&mut message)?;
            let signature = reservation.sign_next(&signer, &message, &mut SysRng)?;
            let mut frame = vec![SIGNED];
            frame.extend(u32::try_from(signature.as_bytes().len())?.to_be_bytes());
            frame.extend(message);
            frame.extend(signature.as_bytes());
            output.write_all(&frame)?;
            output.flush()?;
        }
    }
    Ok(())
}
