//! Benches alone: `cargo bench -p pqkm-benches --bench operations -- mlkem768`.
