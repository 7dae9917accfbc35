//! A signer that says what it released, for `scripts/power-loss`, which takes the power away from under it.
//!
//! scripts/test: work --dir {dir} --reservations 20
//!
//! `power_loss work|look --store file|redb --dir D [--reservations N] [--no-sync]`: `work` makes a key in D if there is none,
//! reserves and signs. For every signature it prints its index and digests of the upper signatures; before the
//! first one, the line `created`. `look` opens the key, makes one signature and prints the same.
//! `--no-sync` is a file store on a disk that syncs while a key is created, and never again: the control that must be caught.
//! Exit code 3 if there is no key, or one whose creation did not end.
#![expect(clippy::print_stdout, reason = "a program that talks to a script")]

use core::error::Error;
use std::{env, io::Write as _, path::PathBuf, process::ExitCode};

use pqkm_core::{Aes256Kwp, KeyId, WrappingKey};
use pqkm_stateful::store::file::{Disk, DiskError, DiskFile, FileStore, OsDisk, OsFile};
use pqkm_stateful::store::{RedbStore, UpperStore};
use pqkm_stateful::{
    HssParameters, HssSigner, LmotsAlgorithm, LmsAlgorithm, OpenError, StoreError,
};
use pqkm_testkit::rng::SeededRng;
use sha2::{Digest as _, Sha256};

type Failure = Box<dyn Error>;

const USAGE: &str = "power_loss work|look --store file|redb --dir D [--reservations N] [--no-sync]";
/// Small trees, so that the power goes while upper signatures are written too.
const LEVEL: (LmsAlgorithm, LmotsAlgorithm) =
    (LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W4);
const LEVELS: usize = 3;

/// A disk that syncs while a key is created, and never again.
struct NoSync(OsDisk);
struct NoSyncFile(OsFile, bool);

impl Disk for NoSync {
    type File = NoSyncFile;

    fn create_new(&self) -> Result<NoSyncFile, StoreError> {
        self.0.create_new().map(|file| NoSyncFile(file, true))
    }

    fn open(&self) -> Result<NoSyncFile, StoreError> {
        self.0.open().map(|file| NoSyncFile(file, false))
    }

    fn sync_directory(&self) -> Result<(), DiskError> {
        self.0.sync_directory()
    }

    fn remove(&self) -> Result<(), StoreError> {
        self.0.remove()
    }
}

impl DiskFile for NoSyncFile {
    fn len(&self) -> Result<u64, DiskError> {
        self.0.len()
    }

    fn read(&mut self, offset: u64, out: &mut [u8]) -> Result<(), DiskError> {
        self.0.read(offset, out)
    }

    fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        self.0.write(offset, bytes)
    }

    fn set_len(&mut self, len: u64) -> Result<(), DiskError> {
        self.0.set_len(len)
    }

    fn sync(&mut self) -> Result<(), DiskError> {
        if self.1 { self.0.sync() } else { Ok(()) }
    }
}

struct Plan {
    work: bool,
    store: String,
    path: PathBuf,
    reservations: u32,
}

fn plan() -> Result<Plan, Failure> {
    let words: Vec<String> = env::args().skip(1).collect();
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1).cloned()
    };
    let no_sync = words.iter().any(|word| word == "--no-sync");
    Ok(Plan {
        work: match words.first().map(String::as_str) {
            Some("work") => true,
            Some("look") => false,
            _ => return Err(USAGE.into()),
        },
        store: match (value("--store").as_deref(), no_sync) {
            (_, true) => "no-sync",
            (None | Some("file"), false) => "file",
            (Some("redb"), false) => "redb",
            _ => return Err(USAGE.into()),
        }
        .into(),
        path: PathBuf::from(value("--dir").ok_or(USAGE)?).join("key"),
        reservations: value("--reservations").map_or(Ok(100), |text| text.parse())?,
    })
}

fn main() -> ExitCode {
    if env::args().any(|word| word == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let done = plan().and_then(|plan| {
        let on_disk = || OsDisk::new(&plan.path);
        match plan.store.as_str() {
            "file" => run(&plan, FileStore::create_new, FileStore::open_existing),
            "redb" => run(&plan, RedbStore::create_new, RedbStore::open_existing),
            _ => run(
                &plan,
                |_| FileStore::create_on(NoSync(on_disk())),
                |_| FileStore::open_on(NoSync(on_disk())),
            ),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("power_loss: {error}");
            let unfinished = matches!(
                error.downcast_ref(),
                Some(OpenError::Store(
                    StoreError::Missing | StoreError::Incomplete
                ))
            );
            ExitCode::from(if unfinished { 3 } else { 1 })
        }
    }
}

fn run<S: UpperStore>(
    plan: &Plan,
    create: impl Fn(PathBuf) -> Result<S, StoreError>,
    open: impl Fn(PathBuf) -> Result<S, StoreError>,
) -> Result<(), Failure> {
    // The same secrets in every run; a wrapping key in the program's text is enough for a test, and for nothing else.
    let mut rng = SeededRng::from_label("power loss");
    let wrapping = WrappingKey::<Aes256Kwp>::import(KeyId::from_bytes([1; 16]), &[0x42; 32])?;
    if plan.work && !plan.path.exists() {
        let parameters = HssParameters::new(&[LEVEL; LEVELS])?;
        let store = create(plan.path.clone()).map_err(OpenError::Store)?;
        drop(HssSigner::create(store, parameters, &wrapping, &mut rng)?);
        println!("created");
    }
    let store = open(plan.path.clone()).map_err(OpenError::Store)?;
    let signer = HssSigner::open(store, &wrapping)?;
    for number in 0..if plan.work { plan.reservations } else { 1 } {
        // 1 to 8, and now and then more than ever before, so that the bound M is raised.
        let count = match number & 31 {
            31 => 40 + number,
            _ if plan.work => 1 + ((number * 5) & 7),
            _ => 1,
        };
        let mut reservation = signer.reserve(count)?;
        while let Some(index) = reservation.take() {
            let number = index.number();
            let signature = signer.sign_at(index, b"message", &mut rng)?;
            println!("{number} {}", links(signature.as_bytes(), number));
            std::io::stdout().flush()?;
        }
    }
    Ok(())
}

/// For each tree below the top on the way to `index`: its level and number, and a digest of the signature of its root.
fn links(signature: &[u8], index: u64) -> String {
    let (lms, ots) = LEVEL;
    let height = usize::from(lms.h());
    let len = 4 + ots.signature_len() + 4 + height * lms.m() + lms.public_key_len();
    let link = |level: usize| {
        let bytes = signature.get(4 + (level - 1) * len..).unwrap_or_default();
        let digest = Sha256::digest(bytes.get(..len).unwrap_or_default());
        let digest: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{level}/{}={digest}", index >> (height * (LEVELS - level)))
    };
    (1..LEVELS).map(link).collect::<Vec<_>>().join(" ")
}
