//! Differential tests of pqkm against implementations that share no code with it; see `tests/`.
