use pqkm_stateful::OneTimeIndex;

fn main() {
    let _index = OneTimeIndex { index: 7 };
}
