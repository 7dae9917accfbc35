//! Models, one file each; all of them are tests.

#[cfg(test)]
mod stateful;
#[cfg(test)]
mod stateful_threads;

/// What `pqkm-stateful` calls so, for the source file of it that the model includes.
#[cfg(test)]
mod error {
    pub(crate) use pqkm_stateful::StoreError;
}
