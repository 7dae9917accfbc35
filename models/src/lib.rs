//! Models, one file each; all of them are tests.
