//! What composite keys are made of: the associated types of their algorithms. Programs use
//! [`Key`](pqkm_core::Key) and have no need to name these.

pub use crate::{
    kem::{
        CompositeDecapsulation, CompositeEncapsulation, PreparedDecapsulation,
        PreparedEncapsulation, SECRET_BYTES, TraditionalEncapsulated,
    },
    signature::{CompositeSigning, CompositeVerification, PreparedSigning, PreparedVerification},
};
