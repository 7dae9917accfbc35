//! What the types stop, and what the compiler then says: one file of tests/ui a misuse.

#[test]
fn misuse_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
