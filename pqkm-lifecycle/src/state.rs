//! States as types, and what the compiler says to a program that ignores them.
//!
//! The traits here are what [`table`](crate::table) says, cell by cell. Each bound stands on a method of
//! [`Managed`](crate::Managed), so that a misuse is answered with the sentence written here.

use core::fmt::Debug;

use pqkm_core::role::{
    Agreement, DataEncryption, Decapsulation, Derivation, Encapsulation, PublicAgreement, Role,
    Signing, Verification, Wrapping,
};

use crate::table::KeyState;

mod sealed {
    #[expect(unnameable_types, reason = "seals `State` and its rights")]
    pub trait Sealed {}
}

/// A state of SP 800-57 Part 1 Rev. 5, section 7. Sealed.
pub trait State: sealed::Sealed + Copy + Debug + Send + Sync + 'static {
    /// The state.
    const STATE: KeyState;

    /// What a handle in this state holds: the key, or in [`Destroyed`] nothing.
    type Held<K>;

    #[doc(hidden)]
    fn hold<K>(key: K) -> Self::Held<K>;
}

/// A state in which there is a key: all but [`Destroyed`].
#[diagnostic::on_unimplemented(
    message = "in state `{Self}` there is no key any more",
    label = "destroyed material does not come back",
    note = "SP 800-57 Part 1 Rev. 5, section 7.6: only what is known about the key remains"
)]
pub trait HoldsKey: State {
    #[doc(hidden)]
    fn key<K>(held: &Self::Held<K>) -> &K;

    #[doc(hidden)]
    fn into_key<K>(held: Self::Held<K>) -> K;
}

macro_rules! states {
    ($( $(#[$meta:meta])* $name:ident; )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        impl sealed::Sealed for $name {}

        impl State for $name {
            const STATE: KeyState = KeyState::$name;
            type Held<K> = K;

            fn hold<K>(key: K) -> K {
                key
            }
        }

        impl HoldsKey for $name {
            fn key<K>(held: &K) -> &K {
                held
            }

            fn into_key<K>(held: K) -> K {
                held
            }
        }
    )+};
}

states! {
    /// Generated, and not yet authorized for use.
    PreActivation;
    /// May protect and process, as its role allows.
    Active;
    /// Its use is interrupted.
    Suspended;
    /// Protects nothing any more; processes what was protected before.
    Deactivated;
    /// Somebody else has it, or may have it.
    Compromised;
}

/// Its material is gone: a handle in this state holds none.
#[derive(Clone, Copy, Debug)]
pub enum Destroyed {}

impl sealed::Sealed for Destroyed {}

impl State for Destroyed {
    const STATE: KeyState = KeyState::Destroyed;
    type Held<K> = ();

    /// Drops the key, which zeroizes it.
    fn hold<K>(_: K) {}
}

/// Permits the transition from `Self` to `To` for keys in the role `R`.
#[diagnostic::on_unimplemented(
    message = "no transition from `{Self}` to `{To}` for a key in the role `{R}`",
    label = "SP 800-57 has no such transition for this key",
    note = "SP 800-57 Part 1 Rev. 5, section 7; the permitted ones are drawn in the crate's design page"
)]
pub trait TransitionTo<To: State, R: Role>: HoldsKey {}

/// Keys in the role `R` apply cryptographic protection in this state.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{R}` in state `{Self}` may not apply cryptographic protection",
    label = "signing, encapsulating, wrapping, encrypting, deriving and agreeing need an `Active` key",
    note = "SP 800-57 Part 1 Rev. 5, section 7"
)]
pub trait Protects<R: Role>: HoldsKey {}

/// Keys in the role `R` process protected data in this state, without conditions.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{R}` in state `{Self}` may not process protected data unconditionally",
    label = "verifying, decapsulating, unwrapping and decrypting need another state, or evidence",
    note = "where the data was protected in time, the methods that end in `_with` take evidence of when (`ProtectedAt`)",
    note = "SP 800-57 Part 1 Rev. 5, section 7"
)]
pub trait Processes<R: Role>: HoldsKey {}

/// Keys in the role `R` process data in this state that was protected before a certain moment.
#[diagnostic::on_unimplemented(
    message = "evidence does not permit a key in the role `{R}` in state `{Self}` to process protected data",
    label = "evidence is for keys that are suspended, deactivated or compromised",
    note = "SP 800-57 Part 1 Rev. 5, section 7"
)]
pub trait ProcessesWithEvidence<R: Role>: HoldsKey {}

/// Keys in the role `R` confirm in this state that their holder has them.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{R}` in state `{Self}` does not prove possession",
    label = "proof of possession and key confirmation need a key in `PreActivation`",
    note = "SP 800-57 Part 1 Rev. 5, section 7.1"
)]
pub trait Confirms<R: Role>: HoldsKey {}

/// Declares transitions: for all roles, or for those listed.
macro_rules! transitions {
    ($( $from:ident -> $to:ident $(: $($role:ident),+)?; )+) => {$(
        transitions!(@one $from $to $($($role)+)?);
    )+};
    (@one $from:ident $to:ident) => {
        impl<R: Role> TransitionTo<$to, R> for $from {}
    };
    (@one $from:ident $to:ident $($role:ident)+) => {
        $( impl TransitionTo<$to, $role> for $from {} )+
    };
}

// The drawing is in the design page; a test compares it with the table, and the table with these.
transitions! {
    PreActivation -> Destroyed;
    PreActivation -> Compromised;
    PreActivation -> Active;
    Active -> Destroyed: Signing, Derivation;
    Active -> Compromised;
    Active -> Suspended;
    Active -> Deactivated: Verification, Encapsulation, Decapsulation, Wrapping, DataEncryption,
        Agreement, PublicAgreement;
    Suspended -> Destroyed: Signing;
    Suspended -> Active;
    Suspended -> Compromised;
    Suspended -> Deactivated: Verification, Encapsulation, Decapsulation, Wrapping, DataEncryption,
        Agreement, PublicAgreement;
    Deactivated -> Destroyed: Verification, Encapsulation, Decapsulation, Wrapping, DataEncryption,
        Agreement, PublicAgreement;
    Deactivated -> Compromised: Verification, Encapsulation, Decapsulation, Wrapping, DataEncryption,
        Agreement, PublicAgreement;
    Compromised -> Destroyed;
}

/// Declares rights of a state: the roles that have them.
macro_rules! rights {
    ($( $state:ident $right:ident: $($role:ident),+; )+) => {
        $( $( impl $right<$role> for $state {} )+ )+
    };
}

rights! {
    PreActivation Confirms: Signing, Decapsulation, Wrapping, DataEncryption;
    Active Protects: Signing, Encapsulation, Wrapping, Derivation, DataEncryption, Agreement,
        PublicAgreement;
    Active Processes: Verification, Decapsulation, Wrapping, DataEncryption;
    Suspended ProcessesWithEvidence: Verification, Decapsulation, Wrapping, DataEncryption;
    Deactivated Processes: Decapsulation, Wrapping, DataEncryption;
    Deactivated ProcessesWithEvidence: Verification;
    Compromised ProcessesWithEvidence: Verification, Decapsulation, Wrapping, DataEncryption;
}

#[cfg(test)]
mod tests;
