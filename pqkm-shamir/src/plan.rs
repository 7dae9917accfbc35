//! Who shall hold shares, and how many of them it takes.

use alloc::{string::String, vec::Vec};

use crate::PlanError;

/// The longest custodian's name in bytes.
pub(crate) const MAX_NAME_BYTES: usize = 64;

/// k of n: n shares, of which any k give the secret and k - 1 nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    threshold: u8,
    count: u8,
}

impl Threshold {
    /// `threshold` of `count` shares.
    ///
    /// # Errors
    /// [`PlanError::Threshold`] unless 2 <= threshold <= count.
    pub const fn new(threshold: u8, count: u8) -> Result<Self, PlanError> {
        if threshold < 2 || threshold > count {
            return Err(PlanError::Threshold);
        }
        Ok(Self { threshold, count })
    }

    /// How many shares it takes: k.
    #[must_use]
    pub const fn threshold(self) -> u8 {
        self.threshold
    }

    /// How many shares there are: n.
    #[must_use]
    pub const fn count(self) -> u8 {
        self.count
    }
}

/// A threshold and the custodians, by name, in the order of their indices from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    threshold: Threshold,
    custodians: Vec<String>,
}

impl Plan {
    /// Any `threshold` of these custodians.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn new<S: AsRef<str>>(threshold: u8, custodians: &[S]) -> Result<Self, PlanError> {
        let count = u8::try_from(custodians.len()).map_err(|_| PlanError::Threshold)?;
        let threshold = Threshold::new(threshold, count)?;
        let custodians: Vec<String> = custodians.iter().map(|name| name.as_ref().into()).collect();
        for (i, name) in custodians.iter().enumerate() {
            if !is_name(name) {
                return Err(PlanError::Name);
            }
            if custodians.iter().take(i).any(|other| other == name) {
                return Err(PlanError::SameName);
            }
        }
        Ok(Self {
            threshold,
            custodians,
        })
    }

    /// k of n.
    #[must_use]
    pub const fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// Indices, from 1, and names.
    pub fn custodians(&self) -> impl Iterator<Item = (u8, &str)> {
        (1..=u8::MAX).zip(self.custodians.iter().map(String::as_str))
    }
}

/// Whether a custodian may be called so.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.chars().any(char::is_control)
}
