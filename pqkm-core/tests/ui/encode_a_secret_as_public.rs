use pqkm_core::{DecapsulationKey, MlKem768};

fn misuse(key: &DecapsulationKey<MlKem768>) {
    fn serialize<T: pkcs8::EncodePublicKey>(_: &T) {}
    serialize(key);
}

fn main() {}
