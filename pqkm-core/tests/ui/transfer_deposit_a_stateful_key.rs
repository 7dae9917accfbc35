use pqkm_core::transfer::{About, Deposit, EscrowEnvelope};
use pqkm_core::{MlDsa65, SigningKey};
use rand_core::TryCryptoRng;

/// As `pqkm-stateful` has it.
struct HssSigner;

fn misuse(
    key: &HssSigner,
    about: &About<'_>,
    deposit: &Deposit<'_, SigningKey<MlDsa65>>,
    rng: &mut impl TryCryptoRng,
) {
    let _ = EscrowEnvelope::deposit_key(key, about, deposit, rng);
}

fn main() {}
