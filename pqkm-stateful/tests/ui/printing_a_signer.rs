use pqkm_stateful::{HssSigner, store::MemoryStore};

fn print(signer: &HssSigner<MemoryStore>) {
    println!("{signer:?}");
}

fn main() {}
