//! A key ceremony: a master key for k of n custodians, from their keys to a replaced custodian.
//!
//! scripts/test: --dir {dir}/ceremony
//! scripts/test: --custodians 3 --threshold 3 --dir {dir}/all-of-three

use core::error::Error;
use std::{path::PathBuf, process::ExitCode};

use pqkm::core::{
    ExposeToken, KeyId, MlDsa65, SecretBytes, SigningKey, SysRng, SystemClock, Version,
    WrapContext, rand_core::TryRng,
};
use pqkm::shamir::{
    CombineError, Dealing, IndexSet, Plan, Purpose, Share, ShareSet, VerifiedManifest,
    ceremony::{Opened, Planned, Verified},
    combine_with, split,
};

#[path = "../shared/terminal.rs"]
#[macro_use]
mod terminal;

mod custodian;
#[path = "../shared/folder.rs"]
mod folder;
mod room;

use custodian::Custodian;
use room::Room;

const HELP: &str = "\
Splits a master key among custodians, checks all shares without opening any, finds a damaged
one, replaces a custodian, and reconstructs.

Usage: key_ceremony [--custodians N] [--threshold K] --dir DIR

  --custodians N   how many custodians there are, 2 to 255 (default 5)
  --threshold K    how many it takes, 2 to N (default 3, or N if that is less)
  --dir DIR        where keys, envelopes, paper and transcript go; it must be empty or not exist
  --help           this text

Exit code: 0 everything held, 1 something failed, 2 wrong usage.";

struct Arguments {
    custodians: u8,
    threshold: u8,
    dir: PathBuf,
}

enum Request {
    Help,
    Run(Arguments),
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args_os().skip(1).map(PathBuf::from)) {
        Ok(Request::Run(arguments)) => arguments,
        Ok(Request::Help) => {
            say!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("key_ceremony: {problem}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("key_ceremony: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut words: impl Iterator<Item = PathBuf>) -> Result<Request, String> {
    let (mut custodians, mut threshold, mut dir) = (None, None, None);
    while let Some(word) = words.next() {
        let number = |word: Option<PathBuf>, flag| {
            let word = word.ok_or(format!("{flag} needs a number"))?;
            let number = word.to_str().and_then(|word| word.parse::<u8>().ok());
            number.ok_or(format!("{flag} needs a number up to 255"))
        };
        match word.to_str() {
            Some("--help" | "-h") => return Ok(Request::Help),
            Some("--custodians") => custodians = Some(number(words.next(), "--custodians")?),
            Some("--threshold") => threshold = Some(number(words.next(), "--threshold")?),
            Some("--dir") => dir = Some(folder::named(words.next())?),
            _ => return Err(format!("unknown argument {}", word.display())),
        }
    }
    let custodians = custodians.unwrap_or(5);
    let threshold = threshold.unwrap_or(custodians.min(3));
    if threshold < 2 || threshold > custodians {
        return Err(format!(
            "the threshold {threshold} is not in 2..={custodians}"
        ));
    }
    let dir = dir.ok_or("--dir is missing")?;
    if !folder::is_free(&dir) {
        return Err(format!("{} is in use", dir.display()));
    }
    Ok(Request::Run(Arguments {
        custodians,
        threshold,
        dir,
    }))
}

type Outcome<T> = Result<T, Box<dyn Error>>;

fn run(arguments: &Arguments) -> Outcome<()> {
    pqkm::self_test()?;
    let room = Room::create(&arguments.dir)?;
    let mut rng = SysRng;

    say!("1. Keys");
    let dealer = SigningKey::<MlDsa65>::generate_checked(&mut rng)?;
    let mut custodians = (1..=arguments.custodians)
        .map(|number| Custodian::create(&room, &format!("custodian {number}")))
        .collect::<Outcome<Vec<_>>>()?;
    say!(
        "   {} custodians, each with ML-DSA-65 and ML-KEM-768",
        custodians.len()
    );

    say!("2. Deal");
    let mut master = [0; 32];
    rng.try_fill_bytes(&mut master)?;
    let master = SecretBytes::copy_from(&master);
    let plan = plan(arguments.threshold, &custodians)?;
    let dealing = Dealing {
        set_id: KeyId::generate(&mut rng)?,
        generation: Version::FIRST,
        plan: &plan,
    };
    let set = split(&master, &dealing, &dealer, &mut rng)?;
    let manifest = hand_out(&room, &set, &dealer, &mut custodians)?;

    say!("3. Attest");
    let verified = attest(&manifest, &custodians)?;

    say!("4. Open, with one share damaged");
    let (opened, named) = open(verified, &custodians)?;
    if named != IndexSet::from_iter([DAMAGED]) {
        return Err("the damaged share was not named".into());
    }

    say!("5. Replace a custodian");
    let manifest = replace(opened, &room, &dealer, arguments.threshold, &mut custodians)?;

    say!("6. Reconstruct");
    let last = custodians.iter().rev().take(arguments.threshold.into());
    let shares = last
        .map(|custodian| custodian.read_paper(&room))
        .collect::<Outcome<Vec<_>>>()?;
    let recovered = combine_with(&manifest, &shares)?;
    if !equal(&recovered.secret, &master) {
        return Err("the secret is another one".into());
    }
    say!("   from {} lines of paper", shares.len());
    say!(
        "ceremony: {} of {}, 1 damaged share named, 1 custodian replaced, secret recovered",
        arguments.threshold,
        arguments.custodians
    );
    Ok(())
}

/// Deals the secret anew to the others and a successor of the last custodian, whose share then counts no more.
fn replace(
    opened: Opened,
    room: &Room,
    dealer: &SigningKey<MlDsa65>,
    threshold: u8,
    custodians: &mut Vec<Custodian>,
) -> Outcome<VerifiedManifest> {
    let gone = custodians.pop().ok_or("there is nobody to replace")?;
    custodians.push(Custodian::create(room, "successor")?);
    let plan = plan(threshold, custodians)?;
    let nothing = WrapContext::new(b"")?;
    let renewed = opened.reshare(&plan, nothing, dealer, &SystemClock, &mut SysRng)?;
    room.write("transcript.pem", &renewed.transcript.to_pem())?;
    let manifest = hand_out(room, &renewed.set, dealer, custodians)?;
    if manifest.check(gone.share()?).is_ok() {
        return Err("the share of the custodian who left still counts".into());
    }
    say!(
        "   {} left, a successor came; the old share no longer fits",
        gone.name()
    );
    Ok(manifest)
}

/// The share that is damaged.
const DAMAGED: u8 = 2;

fn plan(threshold: u8, custodians: &[Custodian]) -> Outcome<Plan> {
    let names: Vec<&str> = custodians.iter().map(Custodian::name).collect();
    Ok(Plan::new(threshold, &names)?)
}

fn equal(one: &SecretBytes, other: &SecretBytes) -> bool {
    let token = ExposeToken::acknowledge;
    one.expose(token()) == other.expose(token())
}

/// Publishes the manifest, and sends every share to its custodian, who opens the envelope and keeps a line of paper.
fn hand_out(
    room: &Room,
    set: &ShareSet,
    dealer: &SigningKey<MlDsa65>,
    custodians: &mut [Custodian],
) -> Outcome<VerifiedManifest> {
    let generation = set
        .shares
        .first()
        .map_or(0, |share| share.set().generation.get());
    room.write(
        &format!("manifest-{generation}.pem"),
        &set.manifest.to_pem(),
    )?;
    let mut sizes = (0, 0);
    for (share, custodian) in set.shares.iter().zip(custodians) {
        let envelope = custodian.send(
            share,
            Purpose::Custody,
            dealer,
            &custodian.encapsulation_key(),
        )?;
        sizes = (envelope.to_der().len(), share.to_paper()?.len());
        custodian.receive(room, &envelope, &dealer.verifying_key())?;
    }
    say!(
        "   generation {generation}: {} envelopes of {} bytes, lines of {} characters",
        set.shares.len(),
        sizes.0,
        sizes.1
    );
    Ok(set.manifest.verify(&dealer.verifying_key())?)
}

/// Every custodian checks its own share and signs that it is right. No share leaves its custodian.
fn attest(manifest: &VerifiedManifest, custodians: &[Custodian]) -> Outcome<Verified> {
    let keys: Vec<_> = custodians.iter().map(Custodian::fingerprint).collect();
    let planned = Planned::new("example ceremony", manifest.clone(), &keys, &SystemClock)?;
    let mut collecting = planned.collect(&SystemClock, &mut SysRng)?;
    for custodian in custodians {
        let attestation = custodian.attest(manifest, collecting.challenge())?;
        collecting.admit(&attestation, &custodian.verifying_key(), &SystemClock)?;
    }
    say!(
        "   {} attestations, no share seen",
        collecting.attested().len()
    );
    Ok(collecting.verify(&SystemClock)?)
}

/// Opens with the shares of all, one of them damaged; and where the others are then too few, with the right one after.
fn open(verified: Verified, custodians: &[Custodian]) -> Outcome<(Opened, IndexSet)> {
    let shares = custodians
        .iter()
        .map(Custodian::bring)
        .collect::<Outcome<Vec<_>>>()?;
    let damaged = shares
        .iter()
        .map(|share| match share.index() {
            DAMAGED => damage(share),
            _ => Ok(Share::from_der(&share.to_der())?),
        })
        .collect::<Outcome<Vec<_>>>()?;
    let nothing = WrapContext::new(b"")?;
    match verified.open(&damaged, nothing, &SystemClock) {
        Ok(opened) => {
            let named = opened.wrong();
            say!("   wrong: share {named}; the others give the secret");
            Ok((opened, named))
        }
        Err(refused) => {
            let pqkm::shamir::CeremonyError::Combine(CombineError::TooFewGood { wrong, .. }) =
                refused.reason
            else {
                return Err(refused.into());
            };
            say!("   wrong: share {wrong}; the others are too few, so the right one is fetched");
            let opened = refused.ceremony.open(&shares, nothing, &SystemClock)?;
            Ok((opened, wrong))
        }
    }
}

/// The share with one bit of its value changed.
fn damage(share: &Share) -> Outcome<Share> {
    let mut der = share.to_der().to_vec();
    // What is shared (the secret itself) and the beginning of its 32 bytes.
    let before = [0x0a, 1, 0, 4, 32];
    let at = der
        .windows(before.len())
        .position(|window| window == before);
    let at = at.ok_or("there is no value in the share")? + before.len();
    *der.get_mut(at).ok_or("there is no value in the share")? ^= 1;
    Ok(Share::from_der(&der)?)
}
