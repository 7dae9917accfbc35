//! The next tree of a level, made while the present one is used, so that no signature waits for a tree.
//!
//! A thread does the work while there is a core for it. Where it lags behind the leaves that are used up, each signature does a
//! little of the rest. Every frontier node is computed twice, at different times, and has to come out the same.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use crate::error::SignError;
use crate::hash::Node;
use crate::params::{LmotsAlgorithm, LmsAlgorithm};
use crate::secret::TreeSecret;
use crate::sync::{AtomicBool, Condvar, Mutex, MutexGuard, Ordering, PoisonError, thread};
use crate::tree::{Tree, TreeJob, ascend, frontier_len, frontier_nodes};

/// Frontier nodes that the thread computes at a time: they fill the widest vectors.
const GROUP: usize = 16;
/// All nodes are to be there so many leaves, or a quarter of the tree if that is less, before the end of the present tree: a
/// worker ends its group meanwhile, and two signatures make the tree.
const SPARE: u32 = 16;
/// The most nodes that one signature computes.
const SHARE: usize = 3;

/// A tree in the making.
pub(super) struct Ahead {
    /// Its number among the trees of its level.
    pub(super) number: u64,
    lms: LmsAlgorithm,
    ots: LmotsAlgorithm,
    secret: TreeSecret,
    /// The leaf of the present tree from which on signatures help.
    from: u32,
    state: Mutex<State>,
    stopped: AtomicBool,
}

struct State {
    /// Room for the whole tree, from the first node on; the frontier is the second half.
    nodes: Vec<Node>,
    /// How often each frontier node was computed: zero, once, twice.
    times: Vec<u8>,
    /// How many nodes were computed twice.
    twice: usize,
    /// How many computations were begun: every node once, and then every node once more.
    claimed: usize,
    /// The root, computed once.
    root: Option<Node>,
    /// Nothing more is to be done: the tree was made, or two computations of one node differed.
    ended: bool,
    tree: Option<Tree>,
}

/// A thread that makes one tree after another. It ends when this is dropped, after the tree that it is at work on.
pub(super) struct Worker(Arc<Desk>);

/// What a worker finds to do. (A channel of the standard library would be a block of the heap that is mostly padding: into it comes what
/// was on the stack, and so perhaps a seed.)
#[derive(Default)]
struct Desk {
    job: Mutex<Job>,
    bell: Condvar,
}

#[derive(Default)]
enum Job {
    #[default]
    Nothing,
    Make(Arc<Ahead>),
    End,
}

impl Worker {
    /// `None` if there is no thread to be had: then the signatures make the trees.
    pub(super) fn start() -> Option<Self> {
        let desk = Arc::new(Desk::default());
        let its = Arc::clone(&desk);
        let thread = thread::Builder::new().name("pqkm-next-tree".into());
        let work = move || {
            while let Some(ahead) = its.take() {
                ahead.work();
            }
        };
        thread.spawn(work).ok().map(|_| Self(desk))
    }

    /// This tree next, instead of one that it has not begun.
    pub(super) fn make(&self, ahead: &Arc<Ahead>) {
        self.0.put(Job::Make(Arc::clone(ahead)));
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.put(Job::End);
    }
}

impl Desk {
    fn job(&self) -> MutexGuard<'_, Job> {
        self.job.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, job: Job) {
        *self.job() = job;
        self.bell.notify_one();
    }

    /// The next tree; `None` if there will be none.
    fn take(&self) -> Option<Arc<Ahead>> {
        let mut job = self.job();
        loop {
            match core::mem::take(&mut *job) {
                Job::Make(ahead) => return Some(ahead),
                Job::End => return None,
                Job::Nothing => {
                    job = self.bell.wait(job).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

/// What one signature does for the next tree, outside of all locks.
pub(super) struct Help {
    ahead: Arc<Ahead>,
    first: usize,
    count: usize,
}

impl Ahead {
    pub(super) fn begin(
        number: u64,
        (lms, ots): (LmsAlgorithm, LmotsAlgorithm),
        secret: TreeSecret,
        from: u32,
    ) -> Arc<Self> {
        Arc::new(Self {
            number,
            lms,
            ots,
            secret,
            from,
            state: Mutex::new(State {
                nodes: Vec::new(),
                times: vec![0; frontier_len(lms)],
                twice: 0,
                claimed: 0,
                root: None,
                ended: false,
                tree: None,
            }),
            stopped: AtomicBool::new(false),
        })
    }

    /// The tree is not wanted any more.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn work(&self) {
        let mut out = [Node::default(); GROUP];
        while !self.stopped.load(Ordering::Relaxed) {
            let Some((first, count)) = self.state().claim(GROUP) else {
                self.state().build_whole(self);
                return;
            };
            self.compute(first, &mut out[..count]);
            self.state().submit(first, &out[..count]);
        }
    }

    fn compute(&self, first: usize, out: &mut [Node]) {
        frontier_nodes(self.lms, self.ots, &self.secret, first, out);
    }

    /// What has to be done now that leaf `leaf` of the present tree, which has `leaves`, is used.
    pub(super) fn help(self: &Arc<Self>, leaf: u32, leaves: u32) -> Option<Help> {
        // Whoever holds the lock is at work on the tree; a signature does not wait for it.
        let mut state = self.state.try_lock().ok()?;
        let total = 2 * state.times.len();
        if state.claimed == total {
            state.build(self);
            return None;
        }
        let spare = SPARE.min(leaves >> 2);
        let time = u64::from(leaves.saturating_sub(spare + self.from).max(1));
        let gone = u64::from(leaf.saturating_sub(self.from));
        let due = (u64::try_from(total).ok()? * gone).div_ceil(time);
        let due = usize::try_from(due).ok()?.min(total);
        let wanted = due.saturating_sub(state.claimed).min(SHARE);
        let (first, count) = state.claim(wanted)?;
        Some(Help {
            ahead: Arc::clone(self),
            first,
            count,
        })
    }

    /// Whether the tree is whole.
    pub(super) fn is_ready(&self) -> bool {
        self.state
            .try_lock()
            .is_ok_and(|state| state.tree.is_some())
    }

    /// The secret and the tree; computes what is missing.
    pub(super) fn complete(&self) -> Result<(TreeSecret, Tree), SignError> {
        self.stop();
        let mut state = self.state();
        for pass in 1..=2 {
            while let Some((first, count)) = state.missing(pass) {
                let mut out = vec![Node::default(); count];
                crate::tree::over_threads(first, &mut out, |first, out| self.compute(first, out));
                state.submit(first, &out);
            }
        }
        state.build_whole(self);
        let tree = state.tree.take().ok_or(SignError::Fault)?;
        Ok((self.secret.duplicate(), tree))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A node is counted after it was written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Help {
    pub(super) fn give(self) {
        let mut out = [Node::default(); SHARE];
        let out = &mut out[..self.count];
        self.ahead.compute(self.first, out);
        self.ahead.state().submit(self.first, out);
    }
}

impl State {
    /// Takes up to `count` computations that nobody has begun: the first node and how many.
    fn claim(&mut self, count: usize) -> Option<(usize, usize)> {
        let nodes = self.times.len();
        let (first, end) = if self.claimed < nodes {
            (self.claimed, nodes)
        } else {
            (self.claimed - nodes, nodes)
        };
        let count = count.min(end - first);
        if self.claimed == 2 * nodes || count == 0 {
            return None;
        }
        self.claimed += count;
        Some((first, count))
    }

    /// The first run of nodes that were computed less than `pass` times.
    fn missing(&self, pass: u8) -> Option<(usize, usize)> {
        if self.ended {
            return None;
        }
        let first = self.times.iter().position(|&times| times < pass)?;
        let run = self.times[first..]
            .iter()
            .take_while(|&&times| times < pass);
        Some((first, run.count()))
    }

    /// Nodes that were computed: kept the first time, compared the second time.
    fn submit(&mut self, first: usize, computed: &[Node]) {
        if self.ended {
            return;
        }
        let frontier = self.times.len();
        if self.nodes.is_empty() {
            // Here, and so by the worker if there is one: the memory is not for a signature to wait for.
            self.nodes = vec![Node::default(); 2 * frontier];
        }
        let kept = self.nodes[frontier + first..].iter_mut();
        for ((kept, times), node) in kept.zip(&mut self.times[first..]).zip(computed) {
            if *times == 0 {
                *kept = *node;
            } else {
                self.ended |= kept != node;
            }
            *times = times.saturating_add(1);
            self.twice += usize::from(*times == 2);
        }
    }

    /// Makes the tree if all of its frontier is there and was found right: the first time its root, the second time all of it.
    fn build(&mut self, ahead: &Ahead) {
        if self.ended || self.twice < self.times.len() {
            return;
        }
        let Some(root) = self.root else {
            let mut nodes = self.nodes.clone();
            ascend(ahead.lms.hash(), &ahead.secret.id, &mut nodes);
            self.root = Some(nodes[1]);
            return;
        };
        self.ended = true;
        let nodes = core::mem::take(&mut self.nodes);
        let job = TreeJob::from_nodes(ahead.lms, ahead.ots, nodes);
        let tree = job.finish(&ahead.secret);
        self.tree = Some(tree).filter(|tree| *tree.root() == root);
    }

    fn build_whole(&mut self, ahead: &Ahead) {
        self.build(ahead);
        self.build(ahead);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVEL: (LmsAlgorithm, LmotsAlgorithm) =
        (LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W4);

    fn secret() -> TreeSecret {
        let mut seed = [5; 32];
        seed[24..].fill(0);
        TreeSecret { seed, id: [6; 16] }
    }

    fn expected() -> Node {
        *Tree::generate(LEVEL.0, LEVEL.1, &secret()).root()
    }

    /// Without a thread the signatures of the present tree make the next one, each a little of it.
    #[test]
    fn the_signatures_of_one_tree_make_the_next() {
        let ahead = Ahead::begin(1, LEVEL, secret(), 0);
        for leaf in 0..31 {
            let before = ahead.state().claimed;
            if let Some(help) = ahead.help(leaf, 32) {
                help.give();
            }
            assert!(ahead.state().claimed - before <= SHARE);
        }
        assert!(ahead.is_ready());
        assert_eq!(*ahead.complete().unwrap().1.root(), expected());
    }

    #[test]
    fn a_thread_makes_it_too_and_whoever_needs_it_does_not_wait() {
        let ahead = Ahead::begin(1, LEVEL, secret(), 0);
        ahead.work();
        assert!(ahead.is_ready());
        assert_eq!(*ahead.complete().unwrap().1.root(), expected());
        let ahead = Ahead::begin(1, LEVEL, secret(), 0);
        let worker = Worker::start().unwrap();
        worker.make(&ahead);
        assert_eq!(*ahead.complete().unwrap().1.root(), expected());
        let next = Ahead::begin(2, LEVEL, secret(), 0);
        worker.make(&next);
        while !next.is_ready() {
            thread::yield_now();
        }
        // A node that somebody is still at work on is computed again.
        let ahead = Ahead::begin(1, LEVEL, secret(), 20);
        let late = ahead.help(27, 32).unwrap();
        assert_eq!(*ahead.complete().unwrap().1.root(), expected());
        late.give();
    }

    #[test]
    fn a_node_that_comes_out_differently_makes_no_tree() {
        for wrong in [0, 17, 31] {
            let ahead = Ahead::begin(1, LEVEL, secret(), 0);
            let mut node = [Node::default()];
            ahead.compute(wrong, &mut node);
            node[0][3] ^= 1;
            ahead.state().submit(wrong, &node);
            assert!(matches!(ahead.complete(), Err(SignError::Fault)));
        }
    }
}
