//! Sharing: splitting and recovering, ours and everybody else's, with one generator for all (`ChaCha20`).

use chacha20::ChaCha20Rng;
use pqkm::core::Engine;
use pqkm::shamir::{Threshold, raw};
use pqkm_kernels::gf256;
use rand_core::{Rng as _, SeedableRng as _};

use crate::measure::Contender;

/// What a row compares: ours, and the peers.
type Contest = (Contender, Vec<Contender>);

/// Whether sharing computes with this engine: it takes the fastest that the CPU has, and no other by name.
pub(crate) fn computes_with(engine: Engine) -> bool {
    // "avx512gfni" belongs to AVX-512.
    gf256::Engine::detect().name().starts_with(engine.name())
}

/// A row: its name, and what makes its contest.
type Row = (&'static str, fn() -> Contest);

/// A split is with its generator, and its shares are dropped within the time.
pub(crate) const WORKS: [Row; 4] = [
    ("shamir.32b.3of5", || both(32, 3, 5)),
    ("shamir.32b.20of30", || both(32, 20, 30)),
    ("shamir.1mib.3of5.split", || split(MIB, 3, 5)),
    ("shamir.1mib.3of5.recover", || recover(MIB, 3, 5)),
];

const MIB: usize = 1 << 20;

/// The same bytes for everybody.
fn generator() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

/// The generator as `sharks` knows it: with the traits of the generation before.
struct Older(ChaCha20Rng);

impl rand_0_8::RngCore for Older {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0.fill_bytes(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rand_0_8::Error> {
        self.0.fill_bytes(out);
        Ok(())
    }
}

fn secret(length: usize) -> Vec<u8> {
    let mut secret = vec![0; length];
    generator().fill_bytes(&mut secret);
    secret
}

fn threshold(k: u8, n: u8) -> Threshold {
    Threshold::new(k, n).expect("2 <= k <= n")
}

/// The secret of shares, as many as it takes.
fn ours_recover(k: u8, shares: &[raw::RawShare<'_>]) -> Vec<u8> {
    let combined = raw::combine(k, shares).expect("the shares belong together");
    let secret = combined
        .unverified()
        .expect("exactly k")
        .accept_unverified();
    secret
        .expose(pqkm::core::ExposeToken::acknowledge())
        .to_vec()
}

/// Splits, and recovers from the first k shares.
fn both(length: usize, k: u8, n: u8) -> Contest {
    let secret = secret(length);
    let (count, take) = (usize::from(n), usize::from(k));

    let (message, expected) = (secret.clone(), secret.clone());
    let mut rng = generator();
    let ours = Contender::ours(
        move |_| {
            let shares = raw::split(&message, threshold(k, n), &mut rng).expect("it splits");
            let given: Vec<_> = shares.iter().take(take).collect();
            ours_recover(k, &given)
        },
        move |_, recovered| recovered == expected,
    );

    let (message, expected) = (secret.clone(), secret.clone());
    let mut rng = generator();
    let blahaj = Contender::peer(
        "blahaj",
        move |_| {
            let sharks = blahaj::Sharks(k);
            let shares: Vec<_> = sharks.dealer_rng(&message, &mut rng).take(count).collect();
            sharks
                .recover(shares.iter().take(take))
                .expect("enough shares")
        },
        move |_, recovered| recovered == expected,
    );

    let (message, expected) = (secret.clone(), secret.clone());
    let mut rng = Older(generator());
    let sharks = Contender::peer(
        "sharks",
        move |_| {
            let sharks = sharks::Sharks(k);
            let shares: Vec<_> = sharks.dealer_rng(&message, &mut rng).take(count).collect();
            sharks
                .recover(shares.iter().take(take))
                .expect("enough shares")
        },
        move |_, recovered| recovered == expected,
    );

    let (message, expected) = (secret.clone(), secret);
    let mut rng = generator();
    let vsss = Contender::peer(
        "vsss-rs",
        move |_| {
            let shares = vsss_rs::Gf256::split_bytes(take, count, &message, &mut rng);
            let shares = shares.expect("it splits");
            vsss_rs::Gf256::combine_bytes(shares.get(..take).unwrap_or_default())
                .expect("enough shares")
        },
        move |_, recovered| recovered == expected,
    );
    (ours, vec![blahaj, sharks, vsss])
}

fn split(length: usize, k: u8, n: u8) -> Contest {
    let secret = secret(length);
    let (count, take) = (usize::from(n), usize::from(k));

    let (message, expected) = (secret.clone(), secret.clone());
    let mut rng = generator();
    let ours = Contender::ours(
        move |_| raw::split(&message, threshold(k, n), &mut rng).expect("it splits"),
        move |_, shares| {
            let given: Vec<_> = shares.iter().skip(count - take).collect();
            ours_recover(k, &given) == expected
        },
    );

    let (message, expected) = (secret.clone(), secret.clone());
    let mut rng = generator();
    let blahaj = Contender::peer(
        "blahaj",
        move |_| {
            let shares = blahaj::Sharks(k).dealer_rng(&message, &mut rng);
            shares.take(count).collect::<Vec<_>>()
        },
        move |_, shares| blahaj::Sharks(k).recover(&shares).as_deref() == Ok(&expected),
    );

    let (message, expected) = (secret.clone(), secret.clone());
    let mut rng = Older(generator());
    let sharks = Contender::peer(
        "sharks",
        move |_| {
            let shares = sharks::Sharks(k).dealer_rng(&message, &mut rng);
            shares.take(count).collect::<Vec<_>>()
        },
        move |_, shares| sharks::Sharks(k).recover(&shares).as_deref() == Ok(&expected),
    );

    let (message, expected) = (secret.clone(), secret);
    let mut rng = generator();
    let vsss = Contender::peer(
        "vsss-rs",
        move |_| {
            let shares = vsss_rs::Gf256::split_bytes(take, count, &message, &mut rng);
            shares.expect("it splits")
        },
        move |_, shares| {
            let recovered = vsss_rs::Gf256::combine_bytes(shares.get(..take).unwrap_or_default());
            recovered.is_ok_and(|recovered| recovered == expected)
        },
    );
    (ours, vec![blahaj, sharks, vsss])
}

fn recover(length: usize, k: u8, n: u8) -> Contest {
    let secret = secret(length);
    let (count, take) = (usize::from(n), usize::from(k));

    let shares = raw::split(&secret, threshold(k, n), &mut generator()).expect("it splits");
    let expected = secret.clone();
    let ours = Contender::ours(
        move |_| {
            let given: Vec<_> = shares.iter().take(take).collect();
            ours_recover(k, &given)
        },
        move |_, recovered| recovered == expected,
    );

    let mut rng = generator();
    let shares: Vec<_> = blahaj::Sharks(k)
        .dealer_rng(&secret, &mut rng)
        .take(take)
        .collect();
    let expected = secret.clone();
    let blahaj = Contender::peer(
        "blahaj",
        move |_| blahaj::Sharks(k).recover(&shares).expect("enough shares"),
        move |_, recovered| recovered == expected,
    );

    let mut rng = Older(generator());
    let shares: Vec<_> = sharks::Sharks(k)
        .dealer_rng(&secret, &mut rng)
        .take(take)
        .collect();
    let expected = secret.clone();
    let sharks = Contender::peer(
        "sharks",
        move |_| sharks::Sharks(k).recover(&shares).expect("enough shares"),
        move |_, recovered| recovered == expected,
    );

    let mut rng = generator();
    let mut shares =
        vsss_rs::Gf256::split_bytes(take, count, &secret, &mut rng).expect("it splits");
    shares.truncate(take);
    let vsss = Contender::peer(
        "vsss-rs",
        move |_| vsss_rs::Gf256::combine_bytes(&shares).expect("enough shares"),
        move |_, recovered| recovered == secret,
    );
    (ours, vec![blahaj, sharks, vsss])
}
