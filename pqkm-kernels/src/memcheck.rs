//! What valgrind's memcheck is told about secrets, in builds with `--cfg pqkm_ctgrind`; nothing in all others.
//!
//! Memcheck reports every branch and every address that depends on undefined memory. A run marks secrets
//! undefined; where the standard lets something that was computed from them become public, the code says so here,
//! and a `// CT:` comment says why. Without the `cfg` these functions do nothing, and no instruction is left of
//! them.

/// What [`declassify`] takes: a decision or a number.
pub trait Declassify: Copy {
    #[doc(hidden)]
    #[must_use]
    fn declassified(self) -> Self;
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl Declassify for $number {
            #[inline(always)]
            fn declassified(self) -> Self {
                let mut bytes = self.to_le_bytes();
                declassify_bytes(&mut bytes);
                Self::from_le_bytes(bytes)
            }
        }
    )+};
}

numbers!(u16, u32, u64);

impl Declassify for bool {
    #[inline(always)]
    fn declassified(self) -> Self {
        let mut byte = [u8::from(self)];
        declassify_bytes(&mut byte);
        byte[0] != 0
    }
}

/// A decision or a number that becomes public: a result, or a rejection of which the standard shows that it tells
/// nothing.
#[inline(always)]
#[must_use]
pub fn declassify<T: Declassify>(value: T) -> T {
    if cfg!(pqkm_ctgrind) {
        value.declassified()
    } else {
        value
    }
}

/// Bytes that become public: a part of a public key, a ciphertext, a signature.
#[inline(always)]
pub fn declassify_bytes(bytes: &mut [u8]) {
    #[cfg(pqkm_ctgrind)]
    client::mark(bytes, client::DEFINED);
    #[cfg(not(pqkm_ctgrind))]
    let _ = bytes;
}

#[cfg(pqkm_ctgrind)]
pub use client::{is_watched, mark_public, mark_secret};

#[cfg(pqkm_ctgrind)]
mod client {
    //! Client requests of valgrind for x86-64, as `valgrind.h` and `memcheck.h` define them: a sequence of
    //! instructions without effect that valgrind knows; `rax` points to the request, `rdx` takes the answer.
    #![allow(
        unsafe_code,
        reason = "valgrind is called by a sequence of instructions"
    )]

    use core::{arch::asm, hint::black_box};

    /// `VG_USERREQ__RUNNING_ON_VALGRIND`
    const RUNNING_ON_VALGRIND: u64 = 0x1001;
    /// `VG_USERREQ__MAKE_MEM_UNDEFINED`
    // The letters M and C, and a number. check-magic: 0x4D43_0001 == (0x4D << 24) + (0x43 << 16) + 1
    const UNDEFINED: u64 = 0x4D43_0001;
    /// `VG_USERREQ__MAKE_MEM_DEFINED`
    pub(super) const DEFINED: u64 = UNDEFINED + 1;

    /// Makes a request; the answer is 0 where valgrind does not run.
    fn request(request: u64, address: *const u8, bytes: usize) -> u64 {
        let arguments = [request, address.addr() as u64, bytes as u64, 0, 0, 0];
        let answer;
        // SAFETY: the rotations of rdi sum to 128 bits and rbx is exchanged with itself, so nothing changes but the
        // flags; valgrind reads the arguments, which live until after, and writes rdx.
        unsafe {
            asm!(
                "rol rdi, 3",
                "rol rdi, 13",
                "rol rdi, 61",
                "rol rdi, 51",
                "xchg rbx, rbx",
                in("rax") arguments.as_ptr(),
                inout("rdx") 0_u64 => answer,
                options(nostack),
            );
        }
        answer
    }

    pub(super) fn mark(bytes: &mut [u8], state: u64) {
        // The compiler must take the bytes for changed: it may hold copies in registers, with the old marks.
        request(state, black_box(&mut *bytes).as_ptr(), bytes.len());
        black_box(bytes);
    }

    /// Whether valgrind runs: otherwise marks have no effect and a run shows nothing.
    #[must_use]
    pub fn is_watched() -> bool {
        request(RUNNING_ON_VALGRIND, core::ptr::null(), 0) != 0
    }

    /// Marks bytes secret.
    pub fn mark_secret(bytes: &mut [u8]) {
        mark(bytes, UNDEFINED);
    }

    /// Marks bytes public that are shared: for what a program is about to print or send.
    pub fn mark_public(bytes: &[u8]) {
        request(DEFINED, black_box(bytes).as_ptr(), bytes.len());
    }
}
