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
    store::file::FileStore,
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

pub(super) fn key_path(directory: &Path) -> PathBuf {
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
pub(super) fn create(directory: &Path) -> Result<HssVerifyingKey, Failure> {
    let path = key_path(directory);
    if path.exists() {
        fs::remove_file(&path)?;
    }
    let store = FileStore::create_new(path)?;
    let parameters = HssParameters::new(&[(LMS, OTS), (LMS, OTS)])?;
    Ok(*HssSigner::create(store, parameters, &wrapping()?, &mut SysRng)?.verifying_key())
}

/// Works until it is killed.
pub(super) fn run(directory: &Path) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    loop {
        match FileStore::open_existing(key_path(directory)) {
            Ok(store) => turn(store, &mut output)?,
            Err(StoreError::Locked) => {
                output.write_all(&[REFUSED, 0, 0, 0, 0])?;
                output.flush()?;
            }
            Err(error) => return Err(error.into()),
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Opens the key, signs some messages, lets it go.
fn turn(store: FileStore, output: &mut impl std::io::Write) -> Result<(), Failure> {
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
