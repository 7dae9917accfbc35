use pqkm_core::{DecapsulationKey, EncapsulationKey, MlKem768};

fn publish(_: &EncapsulationKey<MlKem768>) {}

fn wrong(key: &DecapsulationKey<MlKem768>) {
    publish(key);
}

fn main() {}
