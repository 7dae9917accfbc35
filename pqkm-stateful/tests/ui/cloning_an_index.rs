use pqkm_stateful::OneTimeIndex;

fn twice(index: OneTimeIndex) -> (OneTimeIndex, OneTimeIndex) {
    (index.clone(), index)
}

fn main() {}
