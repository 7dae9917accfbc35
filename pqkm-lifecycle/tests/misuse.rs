//! What the types stop, and what the compiler then says.
//!
//! tests/ui has a file a role, written by this test from the tables: a function for every forbidden
//! transition and every forbidden use. With `PQKM_REGENERATE` set the files are written anew; otherwise they
//! have to be what the tables say. The compiler's messages are snapshots, one for each cell.
#![expect(clippy::unwrap_used, reason = "helpers of a test")]

use core::fmt::Write as _;
use std::{env, fs, path::Path};

use pqkm_lifecycle::table::{KeyState, Permission, RoleName, Use, find_edge, permission};

/// What is permitted compiles: it is a part of this test.
#[rustfmt::skip]
#[path = "ui/permitted"]
mod permitted {
    mod agreement;
    mod dataencryption;
    mod decapsulation;
    mod derivation;
    mod encapsulation;
    mod publicagreement;
    mod signing;
    mod verification;
    mod wrapping;
}

/// The key type of a role, and the calls that are its uses.
struct Subject {
    role: RoleName,
    key: &'static str,
    calls: &'static [(Use, Permission, &'static str)],
}

use Permission::{WithEvidence, Yes};
use Use::{Confirm, Process, Protect};

const SUBJECTS: [Subject; 9] = [
    Subject {
        role: RoleName::Signing,
        key: "SigningKey<MlDsa65>",
        calls: &[
            (Protect, Yes, "key.sign(b\"\", &mut SysRng)"),
            (Confirm, Yes, "key.prove_possession(b\"\", &mut SysRng)"),
        ],
    },
    Subject {
        role: RoleName::Verification,
        key: "VerifyingKey<MlDsa65>",
        calls: &[
            (Process, Yes, "key.verify(b\"\", any())"),
            (
                Process,
                WithEvidence,
                "key.verify_with(any::<Registry>(), b\"\", any(), SHOWN)",
            ),
        ],
    },
    Subject {
        role: RoleName::Encapsulation,
        key: "EncapsulationKey<MlKem768>",
        calls: &[(Protect, Yes, "key.encapsulate(&mut SysRng)")],
    },
    Subject {
        role: RoleName::Decapsulation,
        key: "DecapsulationKey<MlKem768>",
        calls: &[
            (Process, Yes, "key.decapsulate(any())"),
            (
                Process,
                WithEvidence,
                "key.decapsulate_with(any::<Registry>(), any(), SHOWN, AcceptRisk::knowingly())",
            ),
            (Confirm, Yes, "key.confirm_decapsulation(any())"),
        ],
    },
    Subject {
        role: RoleName::Wrapping,
        key: "WrappingKey<Aes256Kwp>",
        calls: &[
            (
                Protect,
                Yes,
                "key.wrap_key(any::<Aes256Key>(), CONTEXT, &mut SysRng)",
            ),
            (Process, Yes, "key.unwrap_key::<Aes256Key>(any(), CONTEXT)"),
            (
                Process,
                WithEvidence,
                "key.unwrap_key_with::<Aes256Key, _, _>(any::<Registry>(), (any(), CONTEXT), SHOWN, \
                 AcceptRisk::knowingly())",
            ),
            (
                Confirm,
                Yes,
                "key.confirm_unwrapping::<Aes256Key>(any(), CONTEXT)",
            ),
        ],
    },
    Subject {
        role: RoleName::Derivation,
        key: "DerivationKey<HkdfSha384>",
        calls: &[(
            Protect,
            Yes,
            "key.protect(|key| key.derive_bytes(b\"\", b\"\", 32))",
        )],
    },
    Subject {
        role: RoleName::DataEncryption,
        key: "Aes256Key",
        calls: &[
            (Protect, Yes, "key.protect(|_| Ok::<_, Infallible>(()))"),
            (Process, Yes, "key.process(|_| Ok::<_, Infallible>(()))"),
            (
                Process,
                WithEvidence,
                "key.process_with(any::<Registry>(), b\"\", SHOWN, |_| Ok::<_, Infallible>(()))",
            ),
            (Confirm, Yes, "key.confirm(|_| Ok::<_, Infallible>(()))"),
        ],
    },
    Subject {
        role: RoleName::Agreement,
        key: "AgreementKey<X25519>",
        calls: &[(Protect, Yes, "key.agree(any())")],
    },
    Subject {
        role: RoleName::PublicAgreement,
        key: "AgreementPublicKey<X25519>",
        calls: &[(
            Protect,
            Yes,
            "key.protect(|key| key.agree_ephemeral(&mut SysRng))",
        )],
    },
];

/// The states that a transition can end in, and the method for it.
const TRANSITIONS: [(KeyState, &str); 5] = [
    (KeyState::Active, "key.activate(any::<Registry>(), WHO)"),
    (KeyState::Suspended, "key.suspend(any::<Registry>(), WHO)"),
    (
        KeyState::Deactivated,
        "key.deactivate(any::<Registry>(), WHO)",
    ),
    (
        KeyState::Compromised,
        "key.compromise(any::<Registry>(), SINCE, WHO)",
    ),
    (KeyState::Destroyed, "key.destroy(any::<Registry>(), WHO)"),
];

fn type_of(state: KeyState) -> String {
    format!("{state:?}")
}

/// The forbidden calls of a role: state, and call. Permitted ones if `permitted`.
fn cells(subject: &Subject, permitted: bool) -> Vec<(KeyState, &'static str)> {
    let mut cells = Vec::new();
    for state in KeyState::ALL {
        for (to, call) in TRANSITIONS {
            if find_edge(subject.role, Some(state), to).is_some() == permitted {
                cells.push((state, call));
            }
        }
        for (what, how, call) in subject.calls {
            if (permission(subject.role, *what, state) == *how) == permitted {
                cells.push((state, *call));
            }
        }
    }
    cells
}

fn source(subject: &Subject, permitted: bool) -> String {
    let mut text = String::from(
        "// Written by tests/misuse.rs from the tables.\n\
         #![allow(warnings, reason = \"written by a program\")]\n\n\
         use core::convert::Infallible;\n\
         use pqkm_core::*;\n\
         use pqkm_lifecycle::{*, state::*};\n\n\
         fn any<T>() -> &'static T {\n    loop {}\n}\n\n\
         const WHO: &Authority<'static> = &Authority::new(\"\", \"\");\n\
         const SINCE: UnixTime = UnixTime::MAX;\n\
         const SHOWN: &Shown<'static, AssertedAt> = &Shown {\n    \
         authority: *WHO,\n    evidence: AssertedAt::new(SINCE),\n};\n\
         const CONTEXT: WrapContext<'static> = match WrapContext::new(b\"\") {\n    \
         Ok(context) => context,\n    Err(_) => panic!(),\n};\n\n",
    );
    writeln!(text, "type Key<S> = Managed<{}, S>;\n", subject.key).unwrap();
    for (number, (state, call)) in cells(subject, permitted).iter().enumerate() {
        let state = type_of(*state);
        writeln!(
            text,
            "fn cell_{number}(key: Key<{state}>) {{\n    let _ = {call};\n}}"
        )
        .unwrap();
    }
    if !permitted {
        text.push_str("\nfn main() {}\n");
    }
    text
}

fn compare(path: &Path, text: &str) {
    if env::var_os("PQKM_REGENERATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == text,
        "{} is not what the tables say",
        path.display()
    );
}

#[test]
fn misuse_does_not_compile() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let cases = trybuild::TestCases::new();
    let mut total = 0;
    for subject in &SUBJECTS {
        let name = format!("{:?}", subject.role).to_lowercase();
        let path = folder.join(format!("{name}.rs"));
        compare(&path, &source(subject, false));
        let expected = cells(subject, false).len();
        total += expected;
        if let Ok(messages) = fs::read_to_string(path.with_extension("stderr")) {
            let found = messages.matches("error[E0277]").count();
            assert_eq!(found, expected, "{name}: each cell has its message");
        }
        cases.compile_fail(&path);
    }
    for subject in &SUBJECTS {
        let name = format!("{:?}", subject.role).to_lowercase();
        let path = folder.join(format!("permitted/{name}.rs"));
        compare(&path, &source(subject, true));
    }
    assert!(total > 200, "{total} cells");
}
