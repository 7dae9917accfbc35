//! Wrong programs do not compile, and the compiler says why. The snapshots are those of Rust 1.95; other
//! releases word them differently, so they are compared on that one only.

#[test]
fn wrong_programs_do_not_compile() {
    if !is_snapshot_toolchain() {
        println!("skipped: the snapshots are those of Rust 1.95");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

fn is_snapshot_toolchain() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    std::process::Command::new(rustc)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.stdout.starts_with(b"rustc 1.95."))
}
