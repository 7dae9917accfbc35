//! Which chain is in which lane, and which one comes after it.

use super::chain::{Chain, DERIVE};
use super::{LmsHash, to_lane};

/// The most lanes that any engine has.
const MAX_LANES: usize = 16;
/// Chains that are put in order together: more than any one-time key has.
pub(super) const CHUNK: usize = 272;
/// The end of an empty lane.
const NEVER: u32 = u32::MAX;

/// The chains in the lanes, and those that wait.
pub(super) struct Seats {
    /// Numbers of the chains that have a step to make, the longest first, and how many those are.
    order: [u16; CHUNK],
    count: usize,
    /// Place in `order` of the next one.
    next: usize,
    lanes: usize,
    derive: bool,
    /// Steps that are made when the next chain ends.
    now: u32,
    /// The chain in each lane, and the step that ends it.
    number: [u16; MAX_LANES],
    end: [u32; MAX_LANES],
}

impl Seats {
    /// All lanes are empty, and `now` is when they change.
    pub(super) fn new(chains: &[Chain], derive: bool, lanes: usize) -> Self {
        let (order, count) = by_length(chains, derive);
        let mut end = [NEVER; MAX_LANES];
        end[..lanes].fill(0);
        Self {
            order,
            count,
            next: 0,
            lanes,
            derive,
            now: 0,
            number: [0; MAX_LANES],
            end,
        }
    }

    /// Steps until the next chain ends, from the end before it; `None` if all lanes are empty.
    pub(super) fn steps_to_next_end(&mut self) -> Option<u32> {
        let mut soonest = NEVER;
        for end in self.end {
            soonest = soonest.min(end);
        }
        let steps = soonest - self.now;
        self.now = soonest;
        (soonest != NEVER).then_some(steps)
    }

    /// Lays ready the chains that take the lanes of those that end now, and says which ones these are: lane and number.
    #[inline(always)]
    pub(super) fn change<H: LmsHash>(
        &mut self,
        h: H,
        chains: &[Chain],
        entering: &mut Entering<H>,
    ) -> Ended {
        let mut ended = Ended {
            list: [(0, 0); MAX_LANES],
            count: 0,
        };
        entering.mask = h.zeros();
        let mut lane = 0;
        while lane < self.lanes {
            if self.end[lane] == self.now {
                ended.list[ended.count] = (lane, self.number[lane]);
                ended.count += 1;
                self.end[lane] = NEVER;
                if self.next < self.count {
                    let number = self.order[self.next];
                    let chain = &chains[usize::from(number)];
                    entering.seat(lane, chain, self.derive);
                    self.next += 1;
                    self.number[lane] = number;
                    self.end[lane] = self.now + work(chain, self.derive);
                }
            }
            lane += 1;
        }
        ended
    }
}

/// The steps that a chain takes.
fn work(chain: &Chain, derive: bool) -> u32 {
    let from = if derive { 0 } else { chain.from };
    u32::from(chain.to.saturating_sub(from)) + u32::from(derive)
}

/// Lanes whose chains end together.
pub(super) struct Ended {
    list: [(usize, u16); MAX_LANES],
    count: usize,
}

impl Ended {
    /// Lane and number of each.
    pub(super) fn as_slice(&self) -> &[(usize, u16)] {
        &self.list[..self.count]
    }
}

/// What takes lanes after the step that is being made.
pub(super) struct Entering<H: LmsHash> {
    value: H::Values,
    position: H::Words,
    /// All ones in the lanes that somebody enters.
    mask: H::Words,
}

impl<H: LmsHash> Entering<H> {
    #[inline(always)]
    pub(super) fn nobody(h: H) -> Self {
        Self {
            value: h.no_values(),
            position: h.zeros(),
            mask: h.zeros(),
        }
    }

    #[inline(always)]
    fn seat(&mut self, lane: usize, chain: &Chain, derive: bool) {
        to_lane::<H>(&chain.value, lane, &mut self.value);
        let from = if derive { DERIVE } else { chain.from };
        self.position.as_mut()[lane] = H::position(chain.index, from);
        self.mask.as_mut()[lane] = H::ONES;
    }

    /// Puts them into the lanes.
    #[inline(always)]
    pub(super) fn take_seats(&self, h: H, value: &mut H::Value, position: &mut H::V) {
        let mask = h.load(&self.mask);
        let (new, value) = (h.load_value(&self.value), value.as_mut());
        let mut i = 0;
        while i < value.len() {
            value[i] = h.select(mask, new.as_ref()[i], value[i]);
            i += 1;
        }
        *position = h.select(mask, h.load(&self.position), *position);
    }
}

/// The numbers of the chains that have a step to make, the longest first (counting sort).
#[expect(
    clippy::cast_possible_truncation,
    reason = "a chunk has fewer than 2^16 chains"
)]
fn by_length(chains: &[Chain], derive: bool) -> ([u16; CHUNK], usize) {
    let mut longest = 0;
    let mut many = [0u16; 257];
    for chain in chains {
        let work = work(chain, derive) as usize;
        many[work] += 1;
        longest = if work > longest { work } else { longest };
    }
    let (mut start, mut before) = ([0u16; 257], 0);
    while longest > 0 {
        start[longest] = before;
        before += many[longest];
        longest -= 1;
    }
    let mut order = [0; CHUNK];
    for (number, chain) in chains.iter().enumerate() {
        let work = work(chain, derive) as usize;
        if work > 0 {
            order[usize::from(start[work])] = number as u16;
            start[work] += 1;
        }
    }
    (order, usize::from(before))
}
