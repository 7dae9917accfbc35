//! Keys, messages and the judge. RustCrypto's crates, which compute the standards' algorithms
//! plainly and are nobody's fastest peer, make the inputs and decide whether results agree.

pub(crate) mod mldsa;
pub(crate) mod mlkem;

/// `N` fixed bytes that are different for every `label`: inputs are the same in every run.
pub(crate) fn bytes<const N: usize>(label: [u8; 4], turn: usize) -> [u8; N] {
    use ml_dsa::signature::digest::{ExtendableOutput, Update, XofReader};

    let mut out = [0; N];
    let mut xof = shake::Shake256::default();
    xof.update(&label);
    xof.update(&turn.to_le_bytes());
    xof.finalize_xof().read(&mut out);
    out
}

/// `N` bytes from the operating system, for peers that take their randomness as an argument.
#[inline]
pub(crate) fn system<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    getrandom::fill(&mut out).expect("the operating system has randomness");
    out
}
