use pqkm_core::transfer::{About, ReplicationEnvelope};
use pqkm_core::{EncapsulationKey, MlDsa65, MlKem768, SigningKey};
use rand_core::TryCryptoRng;

/// As `pqkm-stateful` has it.
struct HssSigner;

fn misuse(
    key: &HssSigner,
    about: &About<'_>,
    source: &SigningKey<MlDsa65>,
    recipient: &EncapsulationKey<MlKem768>,
    rng: &mut impl TryCryptoRng,
) {
    let _ = ReplicationEnvelope::send(key, about, source, recipient, rng);
}

fn main() {}
