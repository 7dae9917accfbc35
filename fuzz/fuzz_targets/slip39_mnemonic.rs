//! See the function of the same name.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pqkm_fuzz::run("slip39_mnemonic", data));
