//! Drives every target without a fuzzer: its seeds, mutations of them, and noise.

use std::time::{Duration, Instant};

use crate::{Target, rng::TestRng, targets};

/// How long each target is driven: `PQKM_FUZZ_SECONDS`, or half a second.
fn time() -> Duration {
    let given = std::env::var("PQKM_FUZZ_SECONDS").ok();
    let seconds = given.map_or(0.5, |given| {
        given.parse().expect("PQKM_FUZZ_SECONDS is a number")
    });
    Duration::from_secs_f64(seconds)
}

/// One change: a bit, a byte, a cut, a byte more, a block copied over another.
fn mutate(rng: &mut TestRng, data: &mut Vec<u8>) {
    if data.is_empty() {
        return data.push(rng.word() as u8);
    }
    // Lengths, tags and versions stand in front, so the front is changed more often.
    let reach = if rng.below(2) == 0 {
        data.len()
    } else {
        data.len().min(64)
    };
    let at = rng.below(reach);
    match rng.below(6) {
        0 => data[at] ^= 1 << rng.below(8),
        1 => data[at] = rng.word() as u8,
        2 => data.truncate(at),
        3 => data.insert(at, rng.word() as u8),
        4 => drop(data.remove(at)),
        _ => {
            let from = rng.below(data.len());
            let bytes = rng.below(16).min(data.len() - from.max(at));
            data.copy_within(from..from + bytes, at);
        }
    }
}

/// Seeds are accepted and noise is not; what happens to mutations is for the target to say. Returns how many inputs
/// there were, and how many of the mutations were accepted.
fn drive(target: &Target) -> (u32, u32) {
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty(), "{} has no seeds", target.name);
    for (i, seed) in seeds.iter().enumerate() {
        assert!(
            (target.run)(seed),
            "{}: seed {i} is not accepted",
            target.name
        );
    }
    let mut rng = TestRng::new(5);
    let (mut inputs, mut accepted) = (0, 0);
    let begun = Instant::now();
    while begun.elapsed() < time() {
        let mut data = seeds[rng.below(seeds.len())].clone();
        for _ in 0..=rng.below(3) {
            mutate(&mut rng, &mut data);
        }
        accepted += u32::from((target.run)(&data));
        let noise: Vec<u8> = (0..rng.below(200)).map(|_| rng.word() as u8).collect();
        assert!(!(target.run)(&noise), "{}: noise is accepted", target.name);
        inputs += 2;
    }
    (inputs, accepted)
}

#[test]
fn every_target_holds_for_seeds_mutations_and_noise() {
    for target in targets() {
        let (inputs, accepted) = drive(target);
        println!(
            "{:<24} {inputs:>8} inputs, {accepted:>7} mutations accepted",
            target.name
        );
        assert!(inputs > 20, "{} is too slow to be driven", target.name);
    }
}

#[test]
fn every_target_has_its_file_and_its_row() {
    let manifest = include_str!("../Cargo.toml");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    for Target { name, .. } in targets() {
        let text = std::fs::read_to_string(folder.join(format!("{name}.rs")))
            .unwrap_or_else(|_| panic!("fuzz_targets/{name}.rs is missing"));
        assert!(
            text.contains(&format!("\"{name}\"")),
            "{name}.rs runs another target"
        );
        let row = format!("path = \"fuzz_targets/{name}.rs\"");
        assert!(
            manifest.contains(&row),
            "Cargo.toml has no [[bin]] for {name}"
        );
    }
    let files = std::fs::read_dir(folder)
        .expect("the folder is there")
        .count();
    assert_eq!(
        files,
        targets().count(),
        "a file in fuzz_targets/ has no target"
    );
}
