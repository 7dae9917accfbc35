use pqkm_core::{Context, InvalidSignature, Signature, VerificationAlgorithm, VerifyingKey};

fn misuse<A: VerificationAlgorithm>(
    key: &VerifyingKey<A>,
    context: Context<'_>,
    signature: &Signature<A>,
) -> Result<(), InvalidSignature> {
    key.verify_with_context(b"message", context, signature)
}

fn main() {}
