//! What the keys of this crate's algorithms are made of: the associated types of their traits. Programs
//! use [`Key`](crate::Key) and its prepared forms and have no need to name these.

pub use crate::{
    mldsa::{
        MlDsaSigning, MlDsaVerification, PreparedSigning as PreparedMlDsaSigning,
        PreparedVerification as PreparedMlDsaVerification,
    },
    mlkem::{
        MlKemDecapsulation, MlKemEncapsulation,
        PreparedDecapsulation as PreparedMlKemDecapsulation,
        PreparedEncapsulation as PreparedMlKemEncapsulation,
    },
    symmetric::{SymmetricMaterial, WrappingMaterial},
};
