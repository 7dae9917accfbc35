//! Damages copies of everything that is stored, byte by byte, and shows that all of it is refused.

use std::{fs, time::Instant};

use pqkm::core::Signature;

use crate::{
    keys::{Active, Storage},
    vault::{self, Failure, Vault},
};

/// How many bytes of one long file are tried; they are spread over all of it.
const TRIES: usize = 5_000;

pub(crate) fn show(vault: &Vault, key: &Storage<Active>) -> Result<(), Failure> {
    let name = vault
        .read_manifest()?
        .lines()
        .find_map(|line| line.strip_suffix(".enc")?.split_once("  "))
        .map(|(_, name)| name.to_owned())
        .ok_or("the manifest is empty")?;
    let record = fs::read(vault.data(&format!("{name}.key.pem")))?;
    let stored = fs::read(vault.data(&format!("{name}.enc")))?;
    let manifest = fs::read(vault.manifest_path())?;
    let signature = fs::read(vault.signature_path())?;
    let verifying_key = vault.verifying_key()?;

    let opens = |record: &[u8], stored: &[u8]| {
        let unwrap = |name: &str, record: &_| key.unwrap(name, record);
        vault::decrypt(&name, record, stored, unwrap).is_ok()
    };
    let verifies = |manifest: &[u8], signature: &[u8]| {
        Signature::from_bytes(signature)
            .is_ok_and(|signature| verifying_key.verify(manifest, &signature).is_ok())
    };
    if !opens(&record, &stored) || !verifies(&manifest, &signature) {
        return Err("undamaged files were refused".into());
    }
    try_all(&format!("{name}.enc"), &stored, |damaged| {
        opens(&record, damaged)
    })?;
    try_all(&format!("{name}.key.pem"), &record, |damaged| {
        opens(damaged, &stored)
    })?;
    try_all("manifest", &manifest, |damaged| {
        verifies(damaged, &signature)
    })?;
    try_all("manifest.sig", &signature, |damaged| {
        verifies(&manifest, damaged)
    })
}

/// Flips one bit in each of many bytes; none of the results may be accepted.
fn try_all(what: &str, bytes: &[u8], is_accepted: impl Fn(&[u8]) -> bool) -> Result<(), Failure> {
    let start = Instant::now();
    let step = bytes.len().div_ceil(TRIES).max(1);
    let mut tries = 0;
    for position in (0..bytes.len()).step_by(step) {
        let mut damaged = bytes.to_vec();
        if let Some(byte) = damaged.get_mut(position) {
            *byte ^= 1 << (position & 7);
        }
        if is_accepted(&damaged) {
            return Err(format!("{what}: byte {position} was damaged and nobody noticed").into());
        }
        tries += 1;
    }
    say!(
        "   {what}: {tries} of {} bytes damaged in turn, all refused, {:?}",
        bytes.len(),
        start.elapsed()
    );
    Ok(())
}
