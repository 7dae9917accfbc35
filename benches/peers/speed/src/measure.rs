//! The method: contenders in turns, batch by batch, medians of the undisturbed batches.
//!
//! Time is the thread's CPU time, so that a process that takes the core costs nothing but cold
//! caches. Around every batch stands the probe: a batch whose probe was slow, or that was short and
//! preempted, is dropped. Operations draw on changing inputs, and what they return is consumed.

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use crate::probe::{Probe, thread_time};

/// How long to measure.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// Undisturbed batches wanted of each contender.
    batches: usize,
    /// A batch lasts at least this long.
    batch: Duration,
    /// A contest ends after this time with what it has.
    limit: Duration,
}

impl Effort {
    pub(crate) const FULL: Self = Self {
        batches: 41,
        batch: Duration::from_micros(1_000),
        limit: Duration::from_secs(12),
    };
    pub(crate) const QUICK: Self = Self {
        batches: 7,
        batch: Duration::from_micros(250),
        limit: Duration::from_secs(2),
    };
}

/// The probe may be slower than its reference by this part.
const PROBE_TOLERANCE: f64 = 0.06;
/// A batch shorter than this is dropped when it was preempted; in a longer one refilling the caches
/// does not show.
const SHORT: Duration = Duration::from_millis(5);
/// Wall time beyond CPU time that means "preempted".
const PREEMPTED: f64 = 0.05;
/// Fewer undisturbed batches than this, and the least disturbed ones stand in; the row is marked.
const ENOUGH: usize = 3;
/// After this many turns, peers that are [`HOPELESS`] times slower than the fastest peer sit out.
const PILOT_TURNS: usize = 3;
const HOPELESS: f64 = 3.0;

/// One implementation of a work, ready to run.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// Operations that one call does: 1, or as many as a batch or lockstep call takes.
    per_call: usize,
    ours: bool,
    work: Box<dyn Work>,
}

/// One operation, behind a call per batch.
trait Work {
    fn run(&mut self, calls: usize);
    fn agrees(&mut self) -> bool;
}

struct Operation<F, A> {
    call: F,
    agrees: A,
    turn: usize,
}

impl<T, F: FnMut(usize) -> T, A: FnMut(usize, T) -> bool> Work for Operation<F, A> {
    fn run(&mut self, calls: usize) {
        for _ in 0..calls {
            black_box((self.call)(self.turn));
            self.turn = self.turn.wrapping_add(1);
        }
    }

    fn agrees(&mut self) -> bool {
        (0..3).all(|turn| (self.agrees)(turn, (self.call)(turn)))
    }
}

impl Contender {
    /// A peer: `call` does one operation on input number n; `agrees` compares what it returned with
    /// what others make of it.
    pub(crate) fn peer<T>(
        name: &'static str,
        call: impl FnMut(usize) -> T + 'static,
        agrees: impl FnMut(usize, T) -> bool + 'static,
    ) -> Self {
        let work = Operation {
            call,
            agrees,
            turn: 0,
        };
        Self {
            name,
            per_call: 1,
            ours: false,
            work: Box::new(work),
        }
    }

    /// This project.
    pub(crate) fn ours<T>(
        call: impl FnMut(usize) -> T + 'static,
        agrees: impl FnMut(usize, T) -> bool + 'static,
    ) -> Self {
        Self {
            ours: true,
            ..Self::peer("pqkm", call, agrees)
        }
    }

    /// The same, where one call does `per_call` operations.
    pub(crate) fn doing(mut self, per_call: usize) -> Self {
        self.per_call = per_call;
        self
    }

    /// Whether the results of this contender are the ones that others get.
    pub(crate) fn agrees(&mut self) -> bool {
        self.work.agrees()
    }
}

/// What a contender took.
#[derive(Clone, Copy)]
pub(crate) struct Timing {
    /// Median, ns an operation.
    pub(crate) ns: f64,
    /// Batches measured and batches dropped.
    pub(crate) batches: usize,
    pub(crate) dropped: usize,
    /// Too few batches were undisturbed.
    pub(crate) disturbed: bool,
}

struct Sample {
    ns: f64,
    /// The slower of the two probes around it.
    probe: Duration,
    preempted: bool,
}

struct Lane<'a> {
    contender: &'a mut Contender,
    calls: usize,
    samples: Vec<Sample>,
    sits_out: bool,
}

/// Measures the contenders of one work against each other. A batch does at least `least`
/// operations, where they vary (signing).
pub(crate) fn contest(
    contenders: &mut [Contender],
    effort: Effort,
    least: usize,
    probe: &mut Probe,
) -> Vec<Timing> {
    let mut lanes: Vec<Lane<'_>> = contenders
        .iter_mut()
        .map(|contender| Lane::calibrate(contender, effort, least))
        .collect();
    let start = Instant::now();
    for turn in 1.. {
        lanes.iter_mut().for_each(|lane| lane.batch(probe));
        // Everybody is first as often as last.
        lanes.rotate_left(1);
        if turn == PILOT_TURNS {
            send_out_hopeless(&mut lanes, probe);
        }
        let finished = lanes
            .iter()
            .all(|lane| lane.sits_out || lane.undisturbed(probe) >= effort.batches);
        if finished || (turn >= PILOT_TURNS && start.elapsed() > effort.limit) {
            let turned = turn.checked_rem(lanes.len()).unwrap_or(0);
            lanes.rotate_right(turned);
            break;
        }
    }
    lanes.iter().map(|lane| lane.timing(probe)).collect()
}

fn send_out_hopeless(lanes: &mut [Lane<'_>], probe: &Probe) {
    let peers = lanes.iter().filter(|lane| !lane.contender.ours);
    let fastest = peers
        .map(|lane| lane.timing(probe).ns)
        .fold(f64::INFINITY, f64::min);
    for lane in lanes {
        lane.sits_out = !lane.contender.ours && lane.timing(probe).ns > HOPELESS * fastest;
    }
}

impl<'a> Lane<'a> {
    /// Finds how many calls make a batch.
    fn calibrate(contender: &'a mut Contender, effort: Effort, least: usize) -> Self {
        let mut calls = least.div_ceil(contender.per_call).max(1);
        loop {
            let start = thread_time();
            contender.work.run(calls);
            if thread_time().saturating_sub(start) >= effort.batch {
                break;
            }
            calls *= 2;
        }
        Self {
            contender,
            calls,
            samples: Vec::new(),
            sits_out: false,
        }
    }

    fn batch(&mut self, probe: &mut Probe) {
        if self.sits_out {
            return;
        }
        let before = probe.time();
        let wall = Instant::now();
        let start = thread_time();
        self.contender.work.run(self.calls);
        let time = thread_time().saturating_sub(start);
        let wall = wall.elapsed();
        settle_vector_state();
        let after = probe.time();

        let operations =
            u32::try_from(self.calls * self.contender.per_call).map_or(f64::INFINITY, f64::from);
        self.samples.push(Sample {
            ns: time.as_secs_f64() * 1e9 / operations,
            probe: before.max(after),
            preempted: wall < SHORT && wall.as_secs_f64() > time.as_secs_f64() * (1.0 + PREEMPTED),
        });
    }

    fn undisturbed(&self, probe: &Probe) -> usize {
        let undisturbed = self.samples.iter().filter(|s| s.undisturbed(probe));
        undisturbed.count()
    }

    fn timing(&self, probe: &Probe) -> Timing {
        let kept = self.undisturbed(probe);
        let disturbed = kept < ENOUGH;
        let mut samples: Vec<&Sample> = self.samples.iter().collect();
        samples.sort_by_key(|s| (!s.undisturbed(probe), s.probe));
        samples.truncate(kept.max(ENOUGH));
        Timing {
            ns: median(samples.iter().map(|s| s.ns).collect()),
            batches: self.samples.len(),
            dropped: self.samples.len() - kept,
            disturbed,
        }
    }
}

impl Sample {
    fn undisturbed(&self, probe: &Probe) -> bool {
        !self.preempted && probe.excess(self.probe) <= PROBE_TOLERANCE
    }
}

/// The middle value; infinite if there is none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() >> 1;
    values.get(middle).copied().unwrap_or(f64::INFINITY)
}

/// Leaves the upper halves of the vector registers clean. Hand-written AVX2 code does not always,
/// and the scalar floating-point and memory code of whoever comes next would pay for it.
fn settle_vector_state() {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx") {
        #[target_feature(enable = "avx")]
        fn zero_upper() {
            core::arch::x86_64::_mm256_zeroupper();
        }
        #[expect(unsafe_code, reason = "a function with a target feature")]
        // SAFETY: the CPU has AVX, detected in the line above.
        unsafe {
            zero_upper();
        }
    }
}

#[cfg(test)]
mod tests {
    use core::hint::black_box;

    use super::{Contender, Effort, contest, median};
    use crate::probe::Probe;

    /// Adds up to `numbers`, which takes as long as there are numbers.
    fn adding(name: &'static str, numbers: u64) -> Contender {
        let call = move |_| (0..black_box(numbers)).fold(0, |sum, n| black_box(sum ^ n));
        Contender::peer(name, call, |_, _| true)
    }

    #[test]
    fn twice_the_work_takes_twice_the_time_and_a_batch_call_counts_as_many() {
        let mut contenders = [
            adding("one", 2_000),
            adding("two", 4_000),
            adding("two together", 4_000).doing(2),
            adding("hopeless", 40_000),
        ];
        let timings = contest(&mut contenders, Effort::QUICK, 1, &mut Probe::new());
        let [one, two, together, hopeless] = timings.as_slice() else {
            panic!("four contenders, four timings");
        };
        assert!((1.5..2.6).contains(&(two.ns / one.ns)));
        assert!((0.7..1.4).contains(&(together.ns / one.ns)));
        assert!((14.0..28.0).contains(&(hopeless.ns / one.ns)));
        assert_eq!(hopeless.batches, super::PILOT_TURNS);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(Vec::new()), f64::INFINITY);
    }
}
