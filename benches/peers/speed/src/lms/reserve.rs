//! Reservations on a file: what durability costs beyond the disk itself. Wall time, for it is spent waiting.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::time::Instant;

use pqkm::core::{Aes256Kwp, SysRng, WrappingKey};
use pqkm::stateful::store::file::FileStore;
use pqkm::stateful::{HssParameters, HssSigner, LmotsAlgorithm, LmsAlgorithm, SignerOptions};

use super::message;
use crate::measure::Timing;

/// Measurements of each.
const TURNS: usize = 801;
/// Signatures of one reservation in the second row.
const MANY: u32 = 256;
const BLOCK: usize = 4096;
/// Blocks of the bare file, written in turn as a store's two slots are.
const BLOCKS: u64 = 2;

/// A folder beside this program, so that the file is on the disk that the program is on; removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let program = std::env::current_exe().expect("this program");
        let name = format!("reserve-{}", std::process::id());
        let folder = program.with_file_name(name);
        std::fs::create_dir(&folder).expect("a folder beside this program");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind disturbs nobody.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn signer(folder: &Folder, checked: bool) -> HssSigner<FileStore> {
    let level = (LmsAlgorithm::Sha256M32H15, LmotsAlgorithm::Sha256N32W4);
    let parameters = HssParameters::new(&[level]).expect("one level");
    let wrapping = WrappingKey::<Aes256Kwp>::generate(&mut SysRng).expect("random bytes");
    let path = folder.0.join("key");
    let store = FileStore::create_new(&path).expect("a new file");
    let made = HssSigner::create(store, parameters, &wrapping, &mut SysRng);
    let cache = made.expect("an empty store").node_cache();
    let options = SignerOptions {
        verify_before_release: checked,
        ..SignerOptions::default()
    };
    let store = FileStore::open_existing(path).expect("the file");
    HssSigner::open_cached(store, &wrapping, options, &cache).expect("its own record and nodes")
}

fn timing(mut times: Vec<f64>) -> Timing {
    times.sort_by(f64::total_cmp);
    Timing {
        ns: times
            .get(times.len() >> 1)
            .copied()
            .unwrap_or(f64::INFINITY),
        batches: times.len(),
        dropped: 0,
        disturbed: false,
    }
}

fn clock(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e9
}

/// One index reserved and used (ours), and one block written and synced (the other), in turns.
pub(crate) fn bare_and_ours() -> (Timing, Timing) {
    let folder = Folder::new();
    let signer = signer(&folder, false);
    let bare = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(folder.0.join("bare"))
        .expect("a new file");
    for block in 0..BLOCKS {
        bare.write_all_at(&[1; BLOCK], block << 12)
            .expect("written");
    }
    bare.sync_all().expect("synced");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let block = vec![turn.to_le_bytes()[0]; BLOCK];
        theirs.push(clock(|| {
            let place = u64::from(turn & 1 == 1) << 12;
            bare.write_all_at(&block, place).expect("written");
            bare.sync_data().expect("synced");
        }));
        ours.push(clock(|| {
            let mut reservation = signer.reserve(1).expect("not used up");
            let signature = reservation.sign_next(&signer, &message(turn), &mut SysRng);
            drop(signature.expect("a signature"));
        }));
    }
    (timing(ours), timing(theirs))
}

/// A signature of a reservation of 256 with the reserving (ours), and without it (the other).
pub(crate) fn many() -> (Timing, Timing) {
    let folder = Folder::new();
    let signer = signer(&folder, false);
    // The first large reservation raises the bound M, which is written twice more.
    let mut first = signer.reserve(MANY).expect("not used up");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let sign = |reservation: &mut pqkm::stateful::Reservation, turn: usize| {
        let signature = reservation.sign_next(&signer, &message(turn), &mut SysRng);
        drop(signature.expect("a signature"));
    };
    while first.remaining() > 0 {
        sign(&mut first, 0);
    }
    for _ in 0..60 {
        let mut reserved = None;
        let reserving = clock(|| reserved = signer.reserve(MANY).ok());
        let mut reservation = reserved.expect("not used up");
        let signing = clock(|| {
            let mut turn = 0;
            while reservation.remaining() > 0 {
                sign(&mut reservation, turn);
                turn += 1;
            }
        });
        ours.push((reserving + signing) / f64::from(MANY));
        theirs.push(signing / f64::from(MANY));
    }
    (timing(ours), timing(theirs))
}
