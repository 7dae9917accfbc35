//! An allocator that looks at every block before it is freed.
//!
//! A test gives the secrets to look for; [`Watch::found`] counts the freed blocks that held one of
//! them. What is on the stack or in registers is not seen.
#![expect(
    unsafe_code,
    reason = "an allocator is unsafe to implement; this crate is for tests alone"
)]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::{Cell, RefCell};
use core::slice;
use std::alloc::System;

/// The system's allocator, with eyes.
pub struct Watching;

thread_local! {
    static SECRETS: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) };
    static FOUND: Cell<usize> = const { Cell::new(0) };
    static BLOCKS: Cell<usize> = const { Cell::new(0) };
}

fn look(block: &[u8]) {
    // While the list itself is borrowed or the thread ends, nothing is looked at.
    let _seen = SECRETS.try_with(|secrets| {
        let Ok(secrets) = secrets.try_borrow() else {
            return;
        };
        if secrets.is_empty() {
            return;
        }
        BLOCKS.set(BLOCKS.get() + 1);
        let holds = |secret: &[u8; 16]| block.windows(16).any(|window| window == secret);
        FOUND.set(FOUND.get() + secrets.iter().filter(|secret| holds(secret)).count());
    });
}

// SAFETY: every call is passed to the system's allocator with its own arguments.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's duties are those of this function. Zeroed, so that every byte of a
        // block can be looked at.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block is still allocated, has that size, and all of it was initialized.
        look(unsafe { slice::from_raw_parts(block, layout.size()) });
        // SAFETY: the caller's duties are those of this function.
        unsafe { System.dealloc(block, layout) }
    }
    // `realloc` is the default, which allocates, copies and calls `dealloc`: outgrown blocks are seen.
}

/// Looks for secrets in the blocks that this thread frees, until it is dropped.
pub struct Watch(());

impl Watch {
    /// Starts to look for any 16 bytes at the start and at the end of these secrets.
    #[must_use]
    pub fn start(secrets: &[&[u8]]) -> Self {
        let mut list = Vec::with_capacity(2 * secrets.len());
        for secret in secrets {
            list.extend(secret.first_chunk::<16>());
            list.extend(secret.last_chunk::<16>());
        }
        FOUND.set(0);
        BLOCKS.set(0);
        SECRETS.set(list);
        Self(())
    }

    /// How many secrets the freed blocks held, and how many blocks were freed.
    #[must_use]
    pub fn found(self) -> (usize, usize) {
        drop(self);
        (FOUND.get(), BLOCKS.get())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        SECRETS.set(Vec::new());
    }
}

/// Runs `work` and demands that blocks were freed and none held a secret.
///
/// # Panics
/// If one did.
pub fn clean<T>(what: &str, secrets: &[&[u8]], work: impl FnOnce() -> T) {
    let watch = Watch::start(secrets);
    drop(work());
    let (found, blocks) = watch.found();
    assert!(blocks > 0, "{what}: nothing was freed");
    assert_eq!(found, 0, "{what}: {found} secrets in {blocks} freed blocks");
}
