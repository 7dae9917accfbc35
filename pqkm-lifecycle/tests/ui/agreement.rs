// Written by tests/misuse.rs from the tables.
#![allow(warnings, reason = "written by a program")]

use core::convert::Infallible;
use pqkm_core::*;
use pqkm_lifecycle::{*, state::*};

fn any<T>() -> &'static T {
    loop {}
}

const WHO: &Authority<'static> = &Authority::new("", "");
const SINCE: UnixTime = UnixTime::MAX;
const SHOWN: &Shown<'static, AssertedAt> = &Shown {
    authority: *WHO,
    evidence: AssertedAt::new(SINCE),
};
const CONTEXT: WrapContext<'static> = match WrapContext::new(b"") {
    Ok(context) => context,
    Err(_) => panic!(),
};

type Key<S> = Managed<AgreementKey<X25519>, S>;

fn cell_0(key: Key<PreActivation>) {
    let _ = key.suspend(any::<Registry>(), WHO);
}
fn cell_1(key: Key<PreActivation>) {
    let _ = key.deactivate(any::<Registry>(), WHO);
}
fn cell_2(key: Key<PreActivation>) {
    let _ = key.agree(any());
}
fn cell_3(key: Key<Active>) {
    let _ = key.activate(any::<Registry>(), WHO);
}
fn cell_4(key: Key<Active>) {
    let _ = key.destroy(any::<Registry>(), WHO);
}
fn cell_5(key: Key<Suspended>) {
    let _ = key.suspend(any::<Registry>(), WHO);
}
fn cell_6(key: Key<Suspended>) {
    let _ = key.destroy(any::<Registry>(), WHO);
}
fn cell_7(key: Key<Suspended>) {
    let _ = key.agree(any());
}
fn cell_8(key: Key<Deactivated>) {
    let _ = key.activate(any::<Registry>(), WHO);
}
fn cell_9(key: Key<Deactivated>) {
    let _ = key.suspend(any::<Registry>(), WHO);
}
fn cell_10(key: Key<Deactivated>) {
    let _ = key.deactivate(any::<Registry>(), WHO);
}
fn cell_11(key: Key<Deactivated>) {
    let _ = key.agree(any());
}
fn cell_12(key: Key<Compromised>) {
    let _ = key.activate(any::<Registry>(), WHO);
}
fn cell_13(key: Key<Compromised>) {
    let _ = key.suspend(any::<Registry>(), WHO);
}
fn cell_14(key: Key<Compromised>) {
    let _ = key.deactivate(any::<Registry>(), WHO);
}
fn cell_15(key: Key<Compromised>) {
    let _ = key.compromise(any::<Registry>(), SINCE, WHO);
}
fn cell_16(key: Key<Compromised>) {
    let _ = key.agree(any());
}
fn cell_17(key: Key<Destroyed>) {
    let _ = key.activate(any::<Registry>(), WHO);
}
fn cell_18(key: Key<Destroyed>) {
    let _ = key.suspend(any::<Registry>(), WHO);
}
fn cell_19(key: Key<Destroyed>) {
    let _ = key.deactivate(any::<Registry>(), WHO);
}
fn cell_20(key: Key<Destroyed>) {
    let _ = key.compromise(any::<Registry>(), SINCE, WHO);
}
fn cell_21(key: Key<Destroyed>) {
    let _ = key.destroy(any::<Registry>(), WHO);
}
fn cell_22(key: Key<Destroyed>) {
    let _ = key.agree(any());
}

fn main() {}
