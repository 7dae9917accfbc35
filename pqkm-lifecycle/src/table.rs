//! What SP 800-57 allows, as data: the states, the edges between them, and who may do what in which.
//!
//! The types say the same to the compiler (see [`state`](crate::state)); a test compares every cell.

use core::fmt;

use pqkm_core::role::{
    self, Agreement, DataEncryption, Decapsulation, Derivation, Encapsulation, PublicAgreement,
    Signing, Verification, Wrapping,
};

/// The state of a key (SP 800-57 Part 1 Rev. 5, section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, der::Enumerated)]
#[repr(u8)]
pub enum KeyState {
    /// Generated, and not yet authorized for use.
    PreActivation = 0,
    /// May protect and process, as its role allows.
    Active = 1,
    /// Its use is interrupted.
    Suspended = 2,
    /// Protects nothing any more; processes what was protected before.
    Deactivated = 3,
    /// Somebody else has it, or may have it.
    Compromised = 4,
    /// Its material is gone. What is known about it stays.
    Destroyed = 5,
}

impl KeyState {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::PreActivation,
        Self::Active,
        Self::Suspended,
        Self::Deactivated,
        Self::Compromised,
        Self::Destroyed,
    ];

    /// The name as the standard prints it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreActivation => "pre-activation",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deactivated => "deactivated",
            Self::Compromised => "compromised",
            Self::Destroyed => "destroyed",
        }
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The role of a key, where it is known at run time only: see [`role`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, der::Enumerated)]
#[repr(u8)]
pub enum RoleName {
    /// [`Signing`].
    Signing = 0,
    /// [`Verification`].
    Verification = 1,
    /// [`Encapsulation`].
    Encapsulation = 2,
    /// [`Decapsulation`].
    Decapsulation = 3,
    /// [`Wrapping`].
    Wrapping = 4,
    /// [`Derivation`].
    Derivation = 5,
    /// [`DataEncryption`].
    DataEncryption = 6,
    /// [`Agreement`].
    Agreement = 7,
    /// [`PublicAgreement`].
    PublicAgreement = 8,
}

macro_rules! roles {
    ($($name:ident),+) => {
        impl RoleName {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The role of that number (see [`role::Role::NUMBER`]), if this release knows it.
            #[must_use]
            pub const fn of_number(number: u8) -> Option<Self> {
                match number {
                    $( <$name as role::Role>::NUMBER => Some(Self::$name), )+
                    _ => None,
                }
            }

            /// The name as printed, in the words of the standards.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$name => <$name as role::Role>::NAME, )+ }
            }
        }
    };
}

roles!(
    Signing,
    Verification,
    Encapsulation,
    Decapsulation,
    Wrapping,
    Derivation,
    DataEncryption,
    Agreement,
    PublicAgreement
);

impl RoleName {
    /// The half of a pair that a key of this role is.
    #[must_use]
    pub const fn half(self) -> Half {
        match self {
            Self::Verification | Self::Encapsulation | Self::PublicAgreement => Half::Public,
            _ => Half::Secret,
        }
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which half of a pair; a symmetric key is all secret half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, der::Enumerated)]
#[repr(u8)]
pub enum Half {
    /// The private key, or the symmetric one.
    Secret = 0,
    /// The public key.
    Public = 1,
}

impl Half {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Secret => Self::Public,
            Self::Public => Self::Secret,
        }
    }
}

/// Which roles an edge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roles {
    /// Every role.
    All,
    /// These only.
    Only(&'static [RoleName]),
    /// All but these.
    AllBut(&'static [RoleName]),
}

impl Roles {
    /// Whether the role is among them.
    #[must_use]
    pub fn contains(self, role: RoleName) -> bool {
        match self {
            Self::All => true,
            Self::Only(roles) => roles.contains(&role),
            Self::AllBut(roles) => !roles.contains(&role),
        }
    }
}

/// A transition (SP 800-57 Part 1 Rev. 5, section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Its number, in the order of the standard's text.
    pub number: u8,
    /// Where it begins; generation begins nowhere.
    pub from: Option<KeyState>,
    /// Where it ends.
    pub to: KeyState,
    /// Whose it is.
    pub roles: Roles,
    /// Whether both halves of a pair take it together.
    pub takes_both_halves: bool,
}

/// Keys that are destroyed at the end of their originator-usage period and have no deactivated state.
const NEVER_DEACTIVATED: &[RoleName] = &[RoleName::Signing, RoleName::Derivation];

const fn edge(
    number: u8,
    from: Option<KeyState>,
    to: KeyState,
    roles: Roles,
    takes_both_halves: bool,
) -> Edge {
    Edge {
        number,
        from,
        to,
        roles,
        takes_both_halves,
    }
}

/// All transitions: what is not here does not happen.
pub const EDGES: [Edge; 15] = {
    use KeyState::{Active, Compromised, Deactivated, Destroyed, PreActivation, Suspended};
    use Roles::{All, AllBut, Only};
    [
        edge(1, None, PreActivation, All, true),
        edge(2, Some(PreActivation), Destroyed, All, true),
        edge(3, Some(PreActivation), Compromised, All, true),
        edge(4, Some(PreActivation), Active, All, false),
        edge(5, Some(Active), Destroyed, Only(NEVER_DEACTIVATED), false),
        edge(6, Some(Active), Compromised, All, true),
        edge(7, Some(Active), Suspended, All, true),
        edge(
            8,
            Some(Active),
            Deactivated,
            AllBut(NEVER_DEACTIVATED),
            false,
        ),
        edge(
            9,
            Some(Suspended),
            Destroyed,
            Only(&[RoleName::Signing]),
            false,
        ),
        edge(10, Some(Suspended), Active, All, true),
        edge(11, Some(Suspended), Compromised, All, true),
        edge(
            12,
            Some(Suspended),
            Deactivated,
            AllBut(NEVER_DEACTIVATED),
            false,
        ),
        edge(
            13,
            Some(Deactivated),
            Destroyed,
            AllBut(NEVER_DEACTIVATED),
            false,
        ),
        edge(
            14,
            Some(Deactivated),
            Compromised,
            AllBut(NEVER_DEACTIVATED),
            true,
        ),
        edge(15, Some(Compromised), Destroyed, All, false),
    ]
};

/// The transition between two states for a role, if there is one.
#[must_use]
pub fn find_edge(role: RoleName, from: Option<KeyState>, to: KeyState) -> Option<&'static Edge> {
    EDGES
        .iter()
        .find(|edge| edge.from == from && edge.to == to && edge.roles.contains(role))
}

/// What is done with a key, as far as states are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, der::Enumerated)]
#[repr(u8)]
pub enum Use {
    /// Applying protection: signing, encapsulating, wrapping, encrypting, deriving, agreeing.
    Protect = 0,
    /// Processing what is protected: verifying, decapsulating, unwrapping, decrypting.
    Process = 1,
    /// Proof of possession, key confirmation.
    Confirm = 2,
}

/// Whether a role may do something in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// It does not compile.
    No,
    /// With evidence of when the data was protected, and an event.
    WithEvidence,
    /// Yes.
    Yes,
}

/// A row of [`PERMISSIONS`]: in the order of [`KeyState::ALL`].
pub type PermissionRow = (RoleName, Use, [Permission; 6]);

/// The permission matrix. A role and use without a row may do it in no state.
pub const PERMISSIONS: [PermissionRow; 15] = {
    use Permission::{No, WithEvidence as Ev, Yes};
    use RoleName as R;
    const PROTECT: [Permission; 6] = [No, Yes, No, No, No, No];
    const PROCESS: [Permission; 6] = [No, Yes, Ev, Yes, Ev, No];
    const CONFIRM: [Permission; 6] = [Yes, No, No, No, No, No];
    [
        (R::Signing, Use::Protect, PROTECT),
        (R::Signing, Use::Confirm, CONFIRM),
        (R::Verification, Use::Process, [No, Yes, Ev, Ev, Ev, No]),
        (R::Encapsulation, Use::Protect, PROTECT),
        (R::Decapsulation, Use::Process, PROCESS),
        (R::Decapsulation, Use::Confirm, CONFIRM),
        (R::Wrapping, Use::Protect, PROTECT),
        (R::Wrapping, Use::Process, PROCESS),
        (R::Wrapping, Use::Confirm, CONFIRM),
        (R::Derivation, Use::Protect, PROTECT),
        (R::DataEncryption, Use::Protect, PROTECT),
        (R::DataEncryption, Use::Process, PROCESS),
        (R::DataEncryption, Use::Confirm, CONFIRM),
        (R::Agreement, Use::Protect, PROTECT),
        (R::PublicAgreement, Use::Protect, PROTECT),
    ]
};

/// Whether `role` may do `what` in `state`.
#[must_use]
pub fn permission(role: RoleName, what: Use, state: KeyState) -> Permission {
    PERMISSIONS
        .iter()
        .find(|row| row.0 == role && row.1 == what)
        .and_then(|row| {
            KeyState::ALL
                .iter()
                .position(|listed| *listed == state)
                .and_then(|column| row.2.get(column).copied())
        })
        .unwrap_or(Permission::No)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../docs/design/lifecycle.md");

    /// `number: from -> to   roles`
    fn drawn() -> Vec<(u8, String, String, String)> {
        PAGE.lines()
            .filter_map(|line| {
                let (number, rest) = line.split_once(':')?;
                let (from, rest) = rest.split_once("->")?;
                let rest = rest.trim();
                let (to, note) = rest.split_once(' ').unwrap_or((rest, ""));
                Some((
                    number.parse().ok()?,
                    from.trim().into(),
                    to.into(),
                    note.trim().into(),
                ))
            })
            .collect()
    }

    #[test]
    fn the_drawing_has_exactly_these_edges() {
        let expected: Vec<_> = EDGES
            .iter()
            .map(|edge| {
                let list = |roles: &[RoleName]| {
                    let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
                    names.join(", ")
                };
                let note = match (edge.roles, edge.number) {
                    (Roles::All, 7 | 10) => "both halves of a pair together".into(),
                    (Roles::All, _) => String::new(),
                    (Roles::Only(roles), _) => list(roles),
                    (Roles::AllBut(roles), _) => format!("all but {}", list(roles)),
                };
                let from = edge.from.map_or("none", KeyState::name);
                (edge.number, from.to_owned(), edge.to.to_string(), note)
            })
            .collect();
        assert_eq!(drawn(), expected);
    }

    #[test]
    fn the_page_has_exactly_these_permissions() {
        let cells = |line: &str| -> Vec<String> {
            line.trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect()
        };
        let printed: Vec<_> = PAGE
            .lines()
            .filter(|line| line.starts_with('|') && cells(line).len() == 8)
            .skip(2)
            .map(cells)
            .collect();
        let expected: Vec<Vec<String>> = PERMISSIONS
            .iter()
            .map(|(role, what, row)| {
                let what = match what {
                    Use::Protect => "protect",
                    Use::Process => "process",
                    Use::Confirm => "confirm",
                };
                let row = row.iter().map(|permission| match permission {
                    Permission::No => "no",
                    Permission::WithEvidence => "evidence",
                    Permission::Yes => "yes",
                });
                [role.name(), what]
                    .into_iter()
                    .chain(row)
                    .map(Into::into)
                    .collect()
            })
            .collect();
        assert_eq!(printed, expected);
    }

    #[test]
    fn nothing_leaves_destroyed_and_every_state_can_get_there() {
        for role in RoleName::ALL.iter().copied() {
            let reachable = |from: KeyState| {
                let mut seen = vec![from];
                let mut next = 0;
                while let Some(state) = seen.get(next).copied() {
                    next += 1;
                    let more = KeyState::ALL
                        .into_iter()
                        .filter(|to| find_edge(role, Some(state), *to).is_some());
                    for to in more {
                        if !seen.contains(&to) {
                            seen.push(to);
                        }
                    }
                }
                seen
            };
            assert_eq!(reachable(KeyState::Destroyed), [KeyState::Destroyed]);
            for state in KeyState::ALL {
                let exists = reachable(KeyState::PreActivation).contains(&state);
                assert!(
                    !exists || reachable(state).contains(&KeyState::Destroyed),
                    "{role} {state}"
                );
            }
        }
    }

    #[test]
    fn role_numbers_are_those_of_core() {
        for number in 0..=u8::MAX {
            if let Some(role) = RoleName::of_number(number) {
                assert_eq!(
                    RoleName::ALL.iter().position(|r| *r == role),
                    Some(usize::from(number))
                );
            }
        }
        assert_eq!(RoleName::ALL.len(), 9);
    }
}
