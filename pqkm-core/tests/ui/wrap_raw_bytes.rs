use pqkm_core::{EncapsulationKey, MlKem768, WrapContext};
use rand_core::TryCryptoRng;

fn misuse(
    kek: &EncapsulationKey<MlKem768>,
    bytes: &[u8; 32],
    context: WrapContext<'_>,
    rng: &mut impl TryCryptoRng,
) {
    let _ = kek.wrap_key(bytes, context, rng);
}

fn main() {}
