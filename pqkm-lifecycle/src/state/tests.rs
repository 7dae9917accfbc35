//! Every cell of the tables against the traits.

use super::*;
use crate::table::{Permission, RoleName, Use, find_edge, permission};

/// Whether `$type` implements `$bound`, as a value: an inherent constant hides that of the trait.
macro_rules! implements {
    ($type:ty: $bound:path) => {{
        struct Probe<T>(core::marker::PhantomData<T>);
        #[allow(dead_code, reason = "hidden where the bound holds")]
        trait Otherwise {
            const IMPLEMENTS: bool = false;
        }
        impl<T> Otherwise for Probe<T> {}
        #[allow(dead_code, reason = "hidden where the bound does not hold")]
        impl<T: $bound> Probe<T> {
            const IMPLEMENTS: bool = true;
        }
        <Probe<$type>>::IMPLEMENTS
    }};
}

macro_rules! for_each_cell {
    ($count:ident $states:tt [$($role:ident),+]) => {
        $( for_each_cell!(@states $count $role $states $states); )+
    };
    (@states $count:ident $role:ident [$($from:ident),+] $states:tt) => {
        $( for_each_cell!(@cell $count $role $from $states); )+
    };
    (@cell $count:ident $role:ident $from:ident [$($to:ident),+]) => {{
        let (role, from) = (RoleName::$role, KeyState::$from);
        $(
            assert_eq!(
                implements!($from: TransitionTo<$to, $role>),
                find_edge(role, Some(from), KeyState::$to).is_some(),
                "{role}: {from} -> {}", KeyState::$to
            );
        )+
        let unconditional = [
            (Use::Protect, implements!($from: Protects<$role>)),
            (Use::Process, implements!($from: Processes<$role>)),
            (Use::Confirm, implements!($from: Confirms<$role>)),
        ];
        for (what, permitted) in unconditional {
            assert_eq!(
                permitted,
                permission(role, what, from) == Permission::Yes,
                "{role}: {what:?} in {from}"
            );
        }
        assert_eq!(
            implements!($from: ProcessesWithEvidence<$role>),
            permission(role, Use::Process, from) == Permission::WithEvidence,
            "{role}: with evidence in {from}"
        );
        $count += 1;
    }};
}

#[test]
fn the_types_say_what_the_tables_say() {
    let mut cells = 0;
    for_each_cell!(
        cells
        [PreActivation, Active, Suspended, Deactivated, Compromised, Destroyed]
        [Signing, Verification, Encapsulation, Decapsulation, Wrapping, Derivation,
            DataEncryption, Agreement, PublicAgreement]
    );
    assert_eq!(cells, KeyState::ALL.len() * RoleName::ALL.len());
}
