//! Says which locks the crate is to use.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(pqkm_shuttle)");
    println!("cargo::rustc-cfg=pqkm_shuttle");
}
