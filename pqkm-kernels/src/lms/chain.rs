//! Winternitz chains: one chain a lane.

use super::seats::{CHUNK, Entering, Seats};
use super::{Digest, ID_LEN, LmsHash, Work};

/// One chain: `value` stands at position `from` and goes to position `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Number of the chain, `i`.
    pub index: u16,
    /// Where the value stands.
    pub from: u8,
    /// Where it goes; if it is below `from`, nothing happens.
    pub to: u8,
    /// The value; with [`OutputLength::N24`](super::OutputLength::N24) its last 8 bytes do not count.
    pub value: Digest,
}

/// Position of the step that turns a seed into the start of a chain: RFC 8554, Appendix A.
pub(super) const DERIVE: u8 = 0xff;

/// Runs the chains of one-time key `q`, where `derive` says so from its seed.
pub(crate) struct RunChains<'a> {
    pub(crate) id: &'a [u8; ID_LEN],
    pub(crate) q: u32,
    pub(crate) chains: &'a mut [Chain],
    pub(crate) derive: bool,
}

impl Work for RunChains<'_> {
    #[inline(always)]
    fn run<H: LmsHash>(self, h: H) {
        let prefix = h.prefix(self.id, h.splat(H::number(self.q)));
        for chunk in self.chains.chunks_mut(CHUNK) {
            lockstep(h, &prefix, chunk, self.derive);
        }
    }
}

/// Runs chains, the longest first. A lane that has finished one takes the next: so all of them are busy nearly to the end, where
/// groups of lanes would wait for their longest chain.
#[inline(always)]
fn lockstep<H: LmsHash>(h: H, prefix: &H::Prefix, chains: &mut [Chain], derive: bool) {
    for chain in &mut *chains {
        chain.value[H::N..].fill(0);
        if derive {
            chain.from = 0;
        }
    }
    let mut seats = Seats::new(chains, derive, H::LANES);
    let mut entering = Entering::<H>::nobody(h);
    let mut value = h.zero_value();
    let mut at = h.splat(H::number(0));
    // Nobody leaves the empty lanes.
    _ = seats.change(h, chains, &mut entering);
    entering.take_seats(h, &mut value, &mut at);
    while let Some(steps) = seats.steps_to_next_end() {
        let mut made = 1;
        while made < steps {
            advance(h, prefix, &mut value, &mut at);
            made += 1;
        }
        // Who comes after the last of these steps is laid ready before it: both are done at once, by different parts of the core.
        let ended = seats.change(h, chains, &mut entering);
        advance(h, prefix, &mut value, &mut at);
        let mut words = h.no_values();
        let mut i = 0;
        while i < value.as_ref().len() {
            words.as_mut()[i] = h.store(value.as_ref()[i]);
            i += 1;
        }
        entering.take_seats(h, &mut value, &mut at);
        for &(lane, number) in ended.as_slice() {
            let out = &mut chains[usize::from(number)].value;
            let mut i = 0;
            while i < words.as_ref().len() {
                H::put(words.as_ref()[i].as_ref()[lane], i, out);
                i += 1;
            }
        }
    }
}

/// One step in every lane. After [`DERIVE`] comes position 0.
#[inline(always)]
fn advance<H: LmsHash>(h: H, prefix: &H::Prefix, value: &mut H::Value, at: &mut H::V) {
    *value = h.step(prefix, *at, value);
    *at = h.next(*at);
}
