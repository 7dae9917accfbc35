//! `graviola`: ML-KEM-768 only. Its public calls consume the key, and a decapsulation key cannot be
//! cloned; decapsulating again and again under one key, and keys from seeds, go through functions
//! that it hides from its documentation. It is among the fastest, so it is let in by that door.

use std::rc::Rc;

use graviola::key_agreement::mlkem768::{Ciphertext, DecapKey, EncapKey, Message};

use super::Kem;
use crate::fixture::mlkem::{Fixture, Set};
use crate::measure::Contender;

const NAME: &str = "graviola";

pub(super) fn enter_kem(fixture: &Rc<Fixture>, kem: &mut Kem) {
    if fixture.set != Set::MlKem768 {
        return;
    }
    let import = |ek: &[u8]| {
        let ek = ek.try_into().expect("an encapsulation key has 1184 bytes");
        EncapKey::from_bytes(ek).expect("the key is valid")
    };

    let f = Rc::clone(fixture);
    kem.generate.push(Contender::peer(
        NAME,
        |_| DecapKey::generate().expect("the system has randomness"),
        move |_, key| {
            let ek = key.encapsulation_key().as_bytes();
            let open = |ct: &[u8]| Some(*key.decaps(&ciphertext(ct)).as_ref());
            f.generated(&ek, open)
                && DecapKey::keygen_internal(f.seed())
                    .encapsulation_key()
                    .as_bytes()
                    == *f.ek()
        },
    ));

    let (f, keys) = (Rc::clone(fixture), Rc::clone(fixture));
    kem.encapsulate_bytes.push(Contender::peer(
        NAME,
        move |n| {
            import(&keys.keys.at(n).1)
                .encaps()
                .expect("the system has randomness")
        },
        move |n, (secret, ct)| f.encapsulated(n, ct.as_ref(), secret.as_ref()),
    ));

    let f = Rc::clone(fixture);
    let key = import(f.ek());
    let same = key.clone();
    kem.encapsulate_prepared.push(Contender::peer(
        NAME,
        move |_| key.clone().encaps().expect("the system has randomness"),
        move |_, (secret, ct)| {
            let made = same.clone().encaps_internal(Message(f.coins));
            f.encapsulated(0, ct.as_ref(), secret.as_ref())
                && f.derandomised(made.1.as_ref(), made.0.as_ref())
        },
    ));

    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    let key = DecapKey::keygen_internal(f.seed());
    kem.decapsulate_prepared.push(Contender::peer(
        NAME,
        move |n| key.decaps_internal(&ciphertext(&inputs.ciphertexts.at(n).0)),
        move |n, secret| f.decapsulated(n, secret.as_ref()),
    ));
}

fn ciphertext(bytes: &[u8]) -> Ciphertext {
    let bytes: [u8; 1088] = bytes.try_into().expect("a ciphertext has 1088 bytes");
    bytes.into()
}
