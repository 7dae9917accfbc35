use pqkm_core::role::Role;

#[derive(Clone, Copy, Debug)]
enum Everything {}

impl Role for Everything {
    const NAME: &'static str = "everything";
    const NUMBER: u8 = 99;
}

fn main() {}
