//! The curves brainpoolP256r1 and brainpoolP384r1 (RFC 5639), by RustCrypto's crates.

use super::nist::curves;

curves! {
    /// brainpoolP256r1, with SHA-256.
    BrainpoolP256r1 = "1.3.36.3.3.2.8.1.1.7", 32: bp256::r1;
    /// brainpoolP384r1, with SHA-384.
    BrainpoolP384r1 = "1.3.36.3.3.2.8.1.1.11", 48: bp384::r1;
}
