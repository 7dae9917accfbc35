//! A closed ceremony has no secret.

use pqkm_core::SecretBytes;
use pqkm_shamir::{Transcript, ceremony::Opened};

fn close(ceremony: Opened) -> Transcript {
    let secret: &SecretBytes = ceremony.secret();
    let transcript = ceremony.close();
    drop(secret);
    transcript
}

fn main() {}
