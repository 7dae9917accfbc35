//! Bytes of a recovered secret leave by the call that takes a token.

use pqkm_shamir::Recovered;

fn bytes(recovered: &Recovered) -> &[u8] {
    recovered.secret.as_ref()
}

fn main() {}
