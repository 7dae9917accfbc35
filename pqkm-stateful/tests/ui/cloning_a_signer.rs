use pqkm_stateful::{HssSigner, store::MemoryStore};

fn twice(signer: &HssSigner<MemoryStore>) -> HssSigner<MemoryStore> {
    signer.clone()
}

fn main() {}
