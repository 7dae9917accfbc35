//! What combining gives: a secret that was checked, or one of which nothing is known.

use pqkm_core::SecretBytes;

use crate::IndexSet;

/// A secret that more shares agree on than it takes, or whose shares a manifest vouches for.
#[must_use]
pub struct Recovered<T = SecretBytes> {
    /// The secret.
    pub secret: T,
    /// The shares that were given and are wrong.
    pub wrong: IndexSet,
}

/// What combining without a manifest gives.
#[must_use]
pub enum Combined<T = SecretBytes> {
    /// There were more shares than it takes, and they agree, but for those that are named.
    Recovered(Recovered<T>),
    /// There were exactly as many shares as it takes: a wrong one among them cannot be seen.
    Unverified(Unverified<T>),
}

/// A secret of which nothing says that it is the right one: if one share was wrong, so is this, and whoever made that
/// share may have chosen how.
#[must_use]
pub struct Unverified<T>(T);

impl<T> Unverified<T> {
    pub(crate) const fn new(secret: T) -> Self {
        Self(secret)
    }

    /// Takes the secret. The caller will find out by other means whether it is right, for example by opening with it
    /// what only the right one opens.
    #[must_use]
    pub fn accept_unverified(self) -> T {
        self.0
    }
}

impl<T> Combined<T> {
    /// The secret if it was checked.
    #[must_use]
    pub fn recovered(self) -> Option<Recovered<T>> {
        match self {
            Self::Recovered(recovered) => Some(recovered),
            Self::Unverified(_) => None,
        }
    }

    /// The secret if it was not checked.
    #[must_use]
    pub fn unverified(self) -> Option<Unverified<T>> {
        match self {
            Self::Recovered(_) => None,
            Self::Unverified(unverified) => Some(unverified),
        }
    }
}
