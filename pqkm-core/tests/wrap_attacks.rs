//! Attacks on wrapped keys, signed wrapped keys and sealed payloads. Whatever is changed, the answer is
//! the one opaque error.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_stack_arrays,
    reason = "a test may fail loudly"
)]

use pqkm_core::{
    Aes256Gcm, Aes256Key, Aes256Kwp, DataKey, DecapsulationKey, DecodeError, DerivationKey,
    EncapsulationKey, ExposeToken, HkdfSha256, InvalidSignature, MlDsa65, MlKem512, MlKem768,
    MlKem1024, NotExportable, PqkmSeal, RewrapError, SealKey, Sealed, SignedWrappedKey, SigningKey,
    Unwrap, UnwrapError, UnwrapItem, Wrap, WrapContext, WrapItem, WrappedKey, WrappingKey,
};
use pqkm_testkit::{mutate, rng::SeededRng};
use x509_cert::der;

type Dk = DecapsulationKey<MlKem512>;

fn rng() -> SeededRng {
    SeededRng::from_label("wrap attacks")
}

fn context(bytes: &[u8]) -> WrapContext<'_> {
    WrapContext::new(bytes).unwrap()
}

fn bytes_of(key: &Aes256Key) -> Vec<u8> {
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    exposed.to_bytes().to_vec()
}

/// A recipient, a data key and its record in the context `tenant-42`.
fn wrapped() -> (Dk, Aes256Key, WrappedKey) {
    let mut rng = rng();
    let dk = Dk::generate(&mut rng).unwrap();
    let key = Aes256Key::generate(&mut rng).unwrap();
    let record = dk
        .encapsulation_key()
        .wrap_key(&key, context(b"tenant-42"), &mut rng)
        .unwrap();
    (dk, key, record)
}

fn refused<K: pqkm_core::Wrappable>(result: Result<K, UnwrapError>) {
    assert_eq!(result.err(), Some(UnwrapError));
}

#[test]
fn a_record_unwraps_to_the_key_in_it() {
    let (dk, key, record) = wrapped();
    let unwrapped: Aes256Key = dk.unwrap_key(&record, context(b"tenant-42")).unwrap();
    assert_eq!(bytes_of(&unwrapped), bytes_of(&key));
}

#[test]
fn every_bit_of_a_record_is_bound() {
    let (dk, _, record) = wrapped();
    let dk = dk.prepare();
    let mut decoded = 0;
    mutate::for_each_bit_flip(&record.to_der(), |position, damaged| {
        if let Ok(damaged) = WrappedKey::from_der(damaged) {
            decoded += 1;
            let unwrapped: Result<Aes256Key, _> = dk.unwrap_key(&damaged, context(b"tenant-42"));
            assert_eq!(unwrapped.err(), Some(UnwrapError), "bit {position}");
        }
    });
    // Ciphertext, commitment, name and wrapped key alone: the loop must have reached unwrapping.
    assert!(decoded > 8 * (768 + 32 + 32 + 40), "{decoded}");
}

#[test]
fn every_bit_of_a_record_under_a_symmetric_key_is_bound() {
    let mut rng = rng();
    let kek = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
    let key = Aes256Key::generate(&mut rng).unwrap();
    let record = kek.wrap_key(&key, context(b"c"), &mut rng).unwrap();
    let mut decoded = 0;
    mutate::for_each_bit_flip(&record.to_der(), |position, damaged| {
        if let Ok(damaged) = WrappedKey::from_der(damaged) {
            decoded += 1;
            let unwrapped: Result<Aes256Key, _> = kek.unwrap_key(&damaged, context(b"c"));
            assert_eq!(unwrapped.err(), Some(UnwrapError), "bit {position}");
        }
    });
    assert!(decoded > 8 * (32 + 32 + 16 + 40), "{decoded}");
}

#[test]
fn another_context_is_refused() {
    let (dk, _, record) = wrapped();
    for other in [
        b"".as_slice(),
        b"tenant-4",
        b"tenant-43",
        b"tenant-42\0",
        &[7; 65_535],
    ] {
        refused::<Aes256Key>(dk.unwrap_key(&record, context(other)));
    }
    assert!(WrapContext::new(&[0; 65_536]).is_err());
}

#[test]
fn another_recipient_is_refused() {
    let (_, _, record) = wrapped();
    let mut rng = SeededRng::from_label("another recipient");
    let same_set = Dk::generate(&mut rng).unwrap();
    let other_set = DecapsulationKey::<MlKem768>::generate(&mut rng).unwrap();
    let symmetric = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
    let context = context(b"tenant-42");
    refused::<Aes256Key>(same_set.unwrap_key(&record, context));
    refused::<Aes256Key>(other_set.unwrap_key(&record, context));
    refused::<Aes256Key>(symmetric.unwrap_key(&record, context));
}

#[test]
fn a_symmetric_key_of_the_same_name_is_refused() {
    let mut rng = rng();
    let kek = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
    let namesake = WrappingKey::<Aes256Kwp>::import(kek.id(), &[1; 32]).unwrap();
    let key = Aes256Key::generate(&mut rng).unwrap();
    let record = kek.wrap_key(&key, context(b""), &mut rng).unwrap();
    let unwrapped: Aes256Key = kek.unwrap_key(&record, context(b"")).unwrap();
    assert_eq!(bytes_of(&unwrapped), bytes_of(&key));
    refused::<Aes256Key>(namesake.unwrap_key(&record, context(b"")));
}

#[test]
fn another_type_is_refused() {
    let (dk, _, record) = wrapped();
    let context = context(b"tenant-42");
    refused::<SealKey>(dk.unwrap_key(&record, context));
    refused::<DataKey<PqkmSeal>>(dk.unwrap_key(&record, context));
    refused::<DerivationKey<HkdfSha256>>(dk.unwrap_key(&record, context));
    refused::<WrappingKey<Aes256Kwp>>(dk.unwrap_key(&record, context));
    refused::<SigningKey<MlDsa65>>(dk.unwrap_key(&record, context));
    refused::<DecapsulationKey<MlKem1024>>(dk.unwrap_key(&record, context));
    assert!(
        dk.unwrap_key::<DataKey<Aes256Gcm>>(&record, context)
            .is_ok()
    );
}

/// Splits a DER SEQUENCE into its elements, headers included.
fn elements(der: &[u8]) -> Vec<Vec<u8>> {
    let (mut rest, mut found) = (contents(der), Vec::new());
    while !rest.is_empty() {
        let length = header(rest) + contents(rest).len();
        let (element, after) = rest.split_at(length);
        found.push(element.to_vec());
        rest = after;
    }
    found
}

fn header(der: &[u8]) -> usize {
    if der[1] < 0x80 {
        2
    } else {
        2 + usize::from(der[1] & 0x7f)
    }
}

fn contents(der: &[u8]) -> &[u8] {
    let header = header(der);
    let length = if header == 2 {
        usize::from(der[1])
    } else {
        der[2..header]
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte))
    };
    &der[header..header + length]
}

/// A SEQUENCE of these elements.
fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    let body = elements.concat();
    let length = body.len();
    let mut der = vec![0x30];
    match length {
        0..0x80 => der.push(u8::try_from(length).unwrap()),
        0x80..0x100 => der.extend([0x81, u8::try_from(length).unwrap()]),
        _ => {
            der.push(0x82);
            der.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    der.extend(body);
    der
}

/// Every copy of `one` with one element, at any depth, taken from `other`.
fn swaps(one: &[u8], other: &[u8]) -> Vec<Vec<u8>> {
    let (mine, theirs) = (elements(one), elements(other));
    let mut swapped = Vec::new();
    for (i, (my, their)) in mine.iter().zip(&theirs).enumerate() {
        let mut replace = |element: Vec<u8>| {
            let mut copy = mine.clone();
            copy[i] = element;
            swapped.push(sequence(&copy));
        };
        if my != their {
            replace(their.clone());
            if my[0] == 0x30 && their[0] == 0x30 {
                swaps(my, their).into_iter().for_each(&mut replace);
            }
        }
    }
    swapped
}

#[test]
fn no_field_of_another_record_fits() {
    let mut rng = rng();
    let (dk, other_dk) = (
        Dk::generate(&mut rng).unwrap(),
        Dk::generate(&mut rng).unwrap(),
    );
    let key = Aes256Key::generate(&mut rng).unwrap();
    let other = DerivationKey::<HkdfSha256>::generate(&mut rng)
        .unwrap()
        .into_non_exportable();
    let item = WrapItem {
        key: &other,
        generation: pqkm_core::Version::new(7).unwrap(),
        context: context(b"c"),
    };
    let one = dk
        .encapsulation_key()
        .wrap_key(&key, context(b"c"), &mut rng)
        .unwrap();
    let kek = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
    let others = [
        dk.encapsulation_key().wrap_item(&item, &mut rng).unwrap(),
        other_dk
            .encapsulation_key()
            .wrap_item(&item, &mut rng)
            .unwrap(),
        kek.wrap_item(&item, &mut rng).unwrap(),
        dk.encapsulation_key()
            .wrap_key(&key, context(b"c"), &mut rng)
            .unwrap(),
    ];
    let mut decoded = 0;
    for other in &others {
        let swapped = swaps(&one.to_der(), &other.to_der());
        assert!(swapped.len() >= 3);
        for swapped in swapped {
            let Ok(record) = WrappedKey::from_der(&swapped) else {
                continue;
            };
            decoded += 1;
            refused::<Aes256Key>(dk.unwrap_key(&record, context(b"c")));
            refused::<DerivationKey<HkdfSha256>>(dk.unwrap_key(&record, context(b"c")));
            refused::<DerivationKey<HkdfSha256>>(kek.unwrap_key(&record, context(b"c")));
        }
    }
    assert!(decoded >= 20, "{decoded}");
}

#[test]
fn whoever_has_only_the_encapsulation_key_cannot_change_a_record() {
    // Such an attacker can wrap a key of their own, but not one that pairs with a record they saw.
    let (dk, _, record) = wrapped();
    let mut rng = SeededRng::from_label("attacker");
    let ek = EncapsulationKey::<MlKem512>::from_bytes(dk.encapsulation_key().as_bytes()).unwrap();
    let planted = Aes256Key::generate(&mut rng).unwrap();
    let own = ek
        .wrap_key(&planted, context(b"tenant-42"), &mut rng)
        .unwrap();
    for mixed in swaps(&record.to_der(), &own.to_der()) {
        let mixed = WrappedKey::from_der(&mixed).unwrap();
        refused::<Aes256Key>(dk.unwrap_key(&mixed, context(b"tenant-42")));
    }
    // Signed records are what tells their key from ours.
    let (signing, attacker) = (
        SigningKey::<MlDsa65>::generate(&mut rng).unwrap(),
        SigningKey::<MlDsa65>::generate(&mut rng).unwrap(),
    );
    let forged = SignedWrappedKey::sign(own, &attacker, &mut rng).unwrap();
    assert_eq!(
        forged.verify(&signing.verifying_key()),
        Err(InvalidSignature)
    );
}

#[test]
fn every_part_of_a_signed_record_is_bound() {
    let (_, _, record) = wrapped();
    let mut rng = rng();
    let signing = SigningKey::<MlDsa65>::generate(&mut rng).unwrap();
    let signed = SignedWrappedKey::sign(record.clone(), &signing, &mut rng).unwrap();
    let verifying = signing.verifying_key();
    assert_eq!(signed.verify(&verifying), Ok(&record));
    let der = signed.to_der();
    let mut decoded = 0;
    // One bit of each byte: verification is slow, and the bytes of a field have one meaning.
    for (i, bit) in (0..der.len()).zip((0..8).cycle()) {
        let mut damaged = der.clone();
        mutate::flip(&mut damaged, 8 * i + bit);
        if let Ok(damaged) = SignedWrappedKey::from_der(&damaged) {
            decoded += 1;
            assert_eq!(
                damaged.verify(&verifying),
                Err(InvalidSignature),
                "byte {i}"
            );
        }
    }
    assert!(decoded > 3309 + 768, "{decoded}");
    let other = SigningKey::<MlDsa65>::generate(&mut rng)
        .unwrap()
        .verifying_key();
    assert_eq!(signed.verify(&other), Err(InvalidSignature));
}

#[test]
fn every_bit_of_a_sealed_payload_is_bound() {
    let mut rng = rng();
    let (sealed, key) = Sealed::seal(b"payload", context(b"c"), &mut rng).unwrap();
    let (other, other_key) = Sealed::seal(b"payload", context(b"c"), &mut rng).unwrap();
    let opened = sealed.open(&key, context(b"c")).unwrap();
    assert_eq!(opened.expose(ExposeToken::acknowledge()), b"payload");
    assert_eq!(sealed.open(&key, context(b"d")).err(), Some(UnwrapError));
    assert_eq!(
        sealed.open(&other_key, context(b"c")).err(),
        Some(UnwrapError)
    );
    let mut decoded = 0;
    let mut check = |damaged: &[u8]| {
        if let Ok(damaged) = Sealed::from_der(damaged) {
            decoded += 1;
            assert_eq!(damaged.open(&key, context(b"c")).err(), Some(UnwrapError));
        }
    };
    mutate::for_each_bit_flip(&sealed.to_der(), |_, damaged| check(damaged));
    swaps(&sealed.to_der(), &other.to_der())
        .iter()
        .for_each(|swapped| check(swapped));
    assert!(decoded > 8 * (32 + 16 + 7), "{decoded}");
}

#[test]
fn rewrapping_keeps_attributes_and_context() {
    let mut rng = rng();
    let (dk, new) = (
        Dk::generate(&mut rng).unwrap(),
        DecapsulationKey::<MlKem1024>::generate(&mut rng).unwrap(),
    );
    let key = Aes256Key::generate(&mut rng).unwrap();
    let secret = bytes_of(&key);
    let key = key.into_non_exportable();
    let item = WrapItem {
        key: &key,
        generation: pqkm_core::Version::new(9).unwrap(),
        context: context(b"c"),
    };
    let record = dk.encapsulation_key().wrap_item(&item, &mut rng).unwrap();
    let item = UnwrapItem {
        record: &record,
        context: context(b"c"),
    };
    let rewrapped = dk
        .rewrap(&item, &new.encapsulation_key(), &mut rng)
        .unwrap();
    assert_eq!(rewrapped.attributes(), record.attributes());
    assert_eq!(
        (
            rewrapped.attributes().generation(),
            rewrapped.attributes().exportable()
        ),
        (9, false)
    );
    refused::<Aes256Key>(new.unwrap_key(&rewrapped, context(b"d")));
    let unwrapped: Aes256Key = new.unwrap_key(&rewrapped, context(b"c")).unwrap();
    assert_eq!(
        unwrapped.expose(ExposeToken::acknowledge()).err(),
        Some(NotExportable)
    );
    // The key itself is the same: it seals to the same bytes under a bare key wrap of the record.
    let twin = Aes256Key::import(&secret).unwrap().into_non_exportable();
    let same = |key: &Aes256Key| {
        let mut rng = SeededRng::from_label("same");
        dk.encapsulation_key()
            .wrap_key(key, context(b""), &mut rng)
            .unwrap()
            .to_der()
    };
    assert_eq!(same(&unwrapped), same(&twin));
    let wrong = UnwrapItem {
        record: &record,
        context: context(b"d"),
    };
    assert_eq!(
        dk.rewrap(&wrong, &new.encapsulation_key(), &mut rng),
        Err(RewrapError::Unwrap)
    );
}

#[test]
fn a_version_that_is_unknown_is_refused_however_it_was_read() {
    let (dk, _, record) = wrapped();
    let mut der = record.to_der();
    // SEQUENCE { header SEQUENCE { version INTEGER .. } .. }
    let version = der.windows(3).position(|bytes| bytes == [2, 1, 1]).unwrap() + 2;
    der[version] = 2;
    assert_eq!(WrappedKey::from_der(&der), Err(DecodeError::Version));
    let read = <WrappedKey as der::Decode>::from_der(&der).unwrap();
    refused::<Aes256Key>(dk.unwrap_key(&read, context(b"tenant-42")));
}

#[test]
fn a_record_beyond_the_limit_is_refused() {
    let (_, _, record) = wrapped();
    let mut parts = elements(&record.to_der());
    let mut long = vec![0x04, 0x84, 0x00, 0x20, 0x00, 0x00];
    long[1] = 0x83;
    long.remove(2);
    long.extend(vec![0; 0x20_0000]);
    parts[3] = long;
    let body = parts.concat();
    let mut der = vec![0x30, 0x83];
    der.extend(&u32::try_from(body.len()).unwrap().to_be_bytes()[1..]);
    der.extend(body);
    assert_eq!(WrappedKey::from_der(&der), Err(DecodeError::Length));
}
