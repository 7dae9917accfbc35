use pqkm_composite::{CompositeSignature, RegisteredSignature, SIGNATURES, SignatureEntry};
use pqkm_core::{EcdsaP521, MlDsa44};

struct Own;

impl RegisteredSignature for Own {
    const ENTRY: &'static SignatureEntry = &SIGNATURES[0];
}

fn registered<T: RegisteredSignature>() {}

fn misuse() {
    registered::<CompositeSignature<MlDsa44, EcdsaP521>>();
}

fn main() {}
