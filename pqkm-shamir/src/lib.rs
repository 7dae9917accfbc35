//! k-of-n sharing of master keys that names the bad share.
//!
#![cfg_attr(feature = "std", doc = "```")]
#![cfg_attr(not(feature = "std"), doc = "```ignore")]
//! use pqkm_core::SysRng;
//! use pqkm_shamir::{Threshold, raw};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let shares = raw::split(b"a master key", Threshold::new(3, 5)?, &mut SysRng)?;
//! let mut given: Vec<_> = shares.iter().collect();
//! let forged = raw::RawShare::new(2, b"twelve bytes")?;
//! given[1] = forged;
//! let recovered = raw::combine(3, &given)?.recovered().ok_or("nothing was checked")?;
//! assert!(recovered.wrong.contains(2));
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//!
//! It stores nothing and moves nothing. It does not refresh shares without reconstruction, and it does not verify a
//! dealer beyond what its signed manifest says. k custodians who collude have the secret; no library changes that.
//!
//! # Threat model
//!
//! The attacker holds up to k - 1 shares and whatever is public, alters or makes up shares, reads every stored byte but
//! k shares, measures time, and records envelopes for a quantum computer. They do not read the memory of the process
//! that splits or combines, nor power, emission or faults.
//!
//! # Features
//!
//! | feature | meaning |
//! |---|---|
//! | `std` (default) | CPU detection; without it the crate needs `alloc` only |
//! | `slip39` | import of SLIP-0039 mnemonics |
//!
//! # Modules, in reading order
//!
//! `plan`, [`raw`], `decode` (interpolation and error correction), `outcome`; `share`, `paper`, `tree`, `manifest`; `deal`,
//! `gather`; `envelope`, `attestation`, `transcript`, [`ceremony`], [`escrow`];
//! [`import`].
#![cfg_attr(doc, doc = "\n# Design\n")]
#![cfg_attr(doc, doc = include_str!("../DESIGN.md"))]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

mod attestation;
pub mod ceremony;
mod deal;
mod decode;
mod documents;
mod envelope;
mod error;
pub mod escrow;
mod gather;
pub mod import;
mod index_set;
mod manifest;
mod outcome;
mod paper;
mod plan;
pub mod raw;
mod share;
mod transcript;
mod tree;
mod wiped;
mod wire;

pub use attestation::{Attestation, Challenge};
pub use deal::{Dealing, ShareSet, seal_and_split, split};
pub use envelope::{Purpose, ShareEnvelope, Validity};
pub use error::{
    AttestError, CeremonyError, CombineError, EscrowError, OpenEnvelopeError, PaperError,
    PlanError, SealEnvelopeError, ShareError, SplitError,
};
pub use gather::{combine, combine_with, open, open_with};
pub use index_set::IndexSet;
pub use manifest::{ManifestHash, SignedManifest, VerifiedManifest};
pub use outcome::{Combined, Recovered, Unverified};
pub use plan::{Plan, Threshold};
pub use share::{Content, SetInfo, Share};
pub use transcript::{Event, EventKind, Transcript};
