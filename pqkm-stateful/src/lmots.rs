//! LM-OTS: RFC 8554, section 4.

use crate::error::InvalidSignature;
#[cfg(feature = "alloc")]
use crate::hash::derive_and_run_chains;
use crate::hash::{Chain, D_MESG, D_PBLC, Node, Stream, run_chains};
use crate::params::{ID_LEN, LmotsAlgorithm, MAX_N, MAX_P};
use crate::wire::Reader;

/// The digits of a digest and of its checksum, most significant first; the first `p` count.
///
/// RFC 8554, section 4.4 (checksum) and section 3.1.3 (coef).
fn digits(ots: LmotsAlgorithm, digest: &Node) -> [u8; MAX_P] {
    let mut digits = [0; MAX_P];
    let mut sum = 0u16;
    let (message, checksum) = digits.split_at_mut(ots.u());
    for (digit, value) in message.iter_mut().zip(split(ots, digest)) {
        *digit = value;
        sum += u16::from(ots.max_digit() - value);
    }
    let bytes = (sum << ots.ls()).to_be_bytes();
    let count = ots.p() - ots.u();
    for (digit, value) in checksum.iter_mut().take(count).zip(split(ots, &bytes)) {
        *digit = value;
    }
    digits
}

/// Every byte cut into digits of `w` bits.
fn split(ots: LmotsAlgorithm, bytes: &[u8]) -> impl Iterator<Item = u8> {
    let (w, mask) = (usize::from(ots.w()), ots.max_digit());
    bytes.iter().flat_map(move |byte| {
        (0..8)
            .step_by(w)
            .map(move |at| (byte >> (8 - w - at)) & mask)
    })
}

/// `Q = H(I || q || D_MESG || C || message)`.
fn message_digest(
    ots: LmotsAlgorithm,
    id: &[u8; ID_LEN],
    q: u32,
    c: &[u8],
    message: &[&[u8]],
) -> Node {
    let mut stream = Stream::new(ots.hash(), id, q, D_MESG).chain(c);
    for part in message {
        stream.update(part);
    }
    stream.finish(ots.n())
}

#[cfg(feature = "alloc")]
/// RFC 8554, Algorithm 3: signs with the one-time key `q` of the tree, under the randomizer `c`.
///
/// `out` has exactly [`LmotsAlgorithm::signature_len`] bytes. Whoever calls this has spent `q`.
///
/// # Side channels
/// The digits are public (they can be read off the signature); nothing depends on the seed but hash values.
pub(crate) fn sign(
    ots: LmotsAlgorithm,
    id: &[u8; ID_LEN],
    q: u32,
    seed: &Node,
    c: &Node,
    message: &[&[u8]],
    out: &mut [u8],
) {
    let (n, p) = (ots.n(), ots.p());
    let digits = digits(ots, &message_digest(ots, id, q, &c[..n], message));
    let mut chains = [Chain {
        index: 0,
        from: 0,
        to: 0,
        value: [0; MAX_N],
    }; MAX_P];
    for ((index, chain), digit) in (0u16..).zip(&mut chains[..p]).zip(digits) {
        *chain = Chain {
            index,
            from: 0,
            to: digit,
            value: *seed,
        };
    }
    derive_and_run_chains(ots.hash(), id, q, &mut chains[..p]);

    out[..4].copy_from_slice(&ots.code().to_be_bytes());
    out[4..4 + n].copy_from_slice(&c[..n]);
    for (y, chain) in out[4 + n..].chunks_exact_mut(n).zip(&chains) {
        y.copy_from_slice(&chain.value[..n]);
    }
}

/// RFC 8554, Algorithm 4b: the public key that the signature implies.
pub(crate) fn candidate(
    ots: LmotsAlgorithm,
    id: &[u8; ID_LEN],
    q: u32,
    message: &[&[u8]],
    signature: &[u8],
) -> Result<Node, InvalidSignature> {
    let (n, p) = (ots.n(), ots.p());
    let mut reader = Reader::new(signature);
    let code = reader.u32().map_err(|_| InvalidSignature)?;
    if code != ots.code() || signature.len() != ots.signature_len() {
        return Err(InvalidSignature);
    }
    let c = reader.take(n).map_err(|_| InvalidSignature)?;
    let digits = digits(ots, &message_digest(ots, id, q, c, message));
    let mut chains = [Chain {
        index: 0,
        from: 0,
        to: 0,
        value: [0; MAX_N],
    }; MAX_P];
    for ((index, chain), digit) in (0u16..).zip(&mut chains[..p]).zip(digits) {
        let y = reader.take(n).map_err(|_| InvalidSignature)?;
        chain.value[..n].copy_from_slice(y);
        (chain.index, chain.from, chain.to) = (index, digit, ots.max_digit());
    }
    run_chains(ots.hash(), id, q, &mut chains[..p]);
    let mut stream = Stream::new(ots.hash(), id, q, D_PBLC);
    for chain in &chains[..p] {
        stream.update(&chain.value[..n]);
    }
    Ok(stream.finish(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum over all chains of what is left after the digest's digits is what the checksum's digits say.
    #[test]
    fn raising_any_digit_lowers_the_checksum() {
        for &ots in LmotsAlgorithm::ALL {
            let low = digits(ots, &[0; MAX_N]);
            let high = digits(ots, &[0xff; MAX_N]);
            assert!(low[..ots.u()].iter().all(|&digit| digit == 0));
            assert!(
                high[..ots.u()]
                    .iter()
                    .all(|&digit| digit == ots.max_digit())
            );
            let value = |digits: &[u8; MAX_P]| {
                digits[ots.u()..ots.p()]
                    .iter()
                    .fold(0u32, |sum, &digit| (sum << ots.w()) + u32::from(digit))
            };
            assert_eq!(value(&high), 0);
            let largest = u32::from(ots.max_digit()) * u32::try_from(ots.u()).unwrap();
            assert_eq!(value(&low), largest, "{}", ots.name());
        }
    }

    /// RFC 8554, section 3.1.3: the examples for S = 0x1234.
    #[test]
    fn digits_follow_the_examples_of_coef() {
        let coef = |ots: LmotsAlgorithm, i: usize| split(ots, &[0x12, 0x34]).nth(i);
        assert_eq!(coef(LmotsAlgorithm::Sha256N32W1, 7), Some(0));
        assert_eq!(coef(LmotsAlgorithm::Sha256N32W4, 0), Some(1));
        assert_eq!(coef(LmotsAlgorithm::Sha256N32W4, 3), Some(4));
        assert_eq!(coef(LmotsAlgorithm::Sha256N32W8, 1), Some(0x34));
    }
}
