//! Attacks on wrapped keys: everything in a record is bound, and a failure tells nothing.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failure is the test's"
)]

use pqkm_core::{
    Aes256Key, Aes256Kw, Aes256Kwp, DecapsulationKey, EncapsulationKey, ExposeToken, KekName,
    MlDsa44, MlDsa65, MlKem512, MlKem768, MlKem1024, Sealed, SignedWrappedKey, SigningKey, Unwrap,
    UnwrapError, UnwrapItem, Version, Wrap, WrapContext, WrapItem, WrappedKey, WrappingKey,
};
use pqkm_testkit::{
    mutate::{for_each_bit_flip, for_each_extension, for_each_truncation},
    rng::SeededRng,
};

fn rng(label: &str) -> SeededRng {
    SeededRng::from_label(label)
}

fn context(bytes: &[u8]) -> WrapContext<'_> {
    WrapContext::new(bytes).unwrap()
}

fn bytes(key: &Aes256Key) -> Vec<u8> {
    key.expose(ExposeToken::acknowledge())
        .unwrap()
        .to_bytes()
        .to_vec()
}

struct Setting {
    rng: SeededRng,
    dk: DecapsulationKey<MlKem512>,
    data_key: Aes256Key,
    record: WrappedKey,
}

const CONTEXT: &[u8] = b"tenant-42/db";

fn setting(label: &str) -> Setting {
    let mut rng = rng(label);
    let dk = DecapsulationKey::generate(&mut rng).unwrap();
    let data_key = Aes256Key::generate(&mut rng).unwrap();
    let record = dk
        .encapsulation_key()
        .wrap_key(&data_key, context(CONTEXT), &mut rng)
        .unwrap();
    Setting {
        rng,
        dk,
        data_key,
        record,
    }
}

#[test]
fn a_key_comes_back_as_it_was() {
    let Setting {
        dk,
        data_key,
        record,
        ..
    } = setting("round trip");
    let key: Aes256Key = dk.unwrap_key(&record, context(CONTEXT)).unwrap();
    assert_eq!(bytes(&key), bytes(&data_key));
    assert_eq!(WrappedKey::from_der(&record.to_der()).unwrap(), record);
    assert_eq!(WrappedKey::from_pem(&record.to_pem()).unwrap(), record);
    assert_eq!(record.attributes().generation(), 1);
    assert!(matches!(record.header().kek(), KekName::Fingerprint(name)
        if *name == dk.encapsulation_key().fingerprint()));
}

/// Every bit of every field, the lengths and tags between them included.
#[test]
fn no_flipped_bit_unwraps() {
    let Setting { dk, record, .. } = setting("bit flips");
    let prepared = dk.prepare();
    for_each_bit_flip(&record.to_der(), |bit, flipped| {
        if let Ok(read) = WrappedKey::from_der(flipped) {
            assert_eq!(read.to_der(), flipped, "bit {bit}: not canonical");
            let result: Result<Aes256Key, _> = prepared.unwrap_key(&read, context(CONTEXT));
            assert_eq!(result.err(), Some(UnwrapError), "bit {bit}");
        }
    });
}

#[test]
fn no_cut_or_longer_record_is_read() {
    let der = setting("lengths").record.to_der();
    for_each_truncation(&der, |cut| assert!(WrappedKey::from_der(cut).is_err()));
    for_each_extension(&der, |longer| {
        assert!(WrappedKey::from_der(longer).is_err());
    });
}

/// Splits a DER SEQUENCE into the encodings of its elements; lengths here are below 2^16.
fn elements(der: &[u8]) -> Vec<Vec<u8>> {
    fn header(der: &[u8]) -> (usize, usize) {
        match der[1] {
            0x81 => (3, usize::from(der[2])),
            0x82 => (4, usize::from(der[2]) << 8 | usize::from(der[3])),
            length => (2, usize::from(length)),
        }
    }
    let (start, length) = header(der);
    let mut rest = &der[start..start + length];
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (start, length) = header(rest);
        found.push(rest[..start + length].to_vec());
        rest = &rest[start + length..];
    }
    found
}

fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    let contents = elements.concat();
    let length = contents.len();
    let mut der = vec![0x30];
    match length {
        0..0x80 => der.push(u8::try_from(length).unwrap()),
        0x80..0x100 => der.extend([0x81, u8::try_from(length).unwrap()]),
        _ => {
            der.push(0x82);
            der.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    der.extend(contents);
    der
}

/// Every element of the record and of its header and attributes, taken from another record of the same
/// recipient and context.
#[test]
fn no_field_of_another_record_fits() {
    let Setting {
        mut rng,
        dk,
        record,
        ..
    } = setting("swaps");
    let other_key = SigningKey::<MlDsa44>::generate(&mut rng)
        .unwrap()
        .into_non_exportable();
    let item = WrapItem {
        key: &other_key,
        generation: Version::new(7).unwrap(),
        context: context(CONTEXT),
    };
    let other = dk.encapsulation_key().wrap_item(&item, &mut rng).unwrap();
    let same_type: WrappedKey = dk
        .encapsulation_key()
        .wrap_key(
            &Aes256Key::generate(&mut rng).unwrap(),
            context(CONTEXT),
            &mut rng,
        )
        .unwrap();

    let mut swaps = 0;
    let mut check = |der: Vec<u8>| {
        if der == record.to_der() {
            return;
        }
        swaps += 1;
        if let Ok(read) = WrappedKey::from_der(&der) {
            let as_data: Result<Aes256Key, _> = dk.unwrap_key(&read, context(CONTEXT));
            let as_signing: Result<SigningKey<MlDsa44>, _> = dk.unwrap_key(&read, context(CONTEXT));
            assert!(as_data.is_err() && as_signing.is_err());
        }
    };
    for foreign in [&other, &same_type] {
        let (mine, theirs) = (elements(&record.to_der()), elements(&foreign.to_der()));
        for i in 0..mine.len() {
            let mut mixed = mine.clone();
            mixed[i].clone_from(&theirs[i]);
            check(sequence(&mixed));
        }
        let (header, their_header) = (elements(&mine[0]), elements(&theirs[0]));
        for i in 0..header.len() {
            let mut mixed = header.clone();
            mixed[i].clone_from(&their_header[i]);
            let mut whole = mine.clone();
            whole[0] = sequence(&mixed);
            check(sequence(&whole));
        }
        let (attributes, their_attributes) = (elements(&header[3]), elements(&their_header[3]));
        for i in 0..attributes.len() {
            let mut mixed = attributes.clone();
            mixed[i].clone_from(&their_attributes[i]);
            let mut new_header = header.clone();
            new_header[3] = sequence(&mixed);
            let mut whole = mine.clone();
            whole[0] = sequence(&new_header);
            check(sequence(&whole));
        }
    }
    // 4 elements and 5 attributes differ, and the header's one field that holds them; between records
    // of one type all but the header.
    assert_eq!(swaps, 4 + 1 + 5 + 3);
}

#[test]
fn another_context_or_recipient_fails() {
    let Setting {
        mut rng,
        dk,
        record,
        ..
    } = setting("context");
    for wrong in [
        b"".as_slice(),
        b"tenant-42/d",
        b"tenant-42/db ",
        b"tenant-43/db",
    ] {
        assert!(dk.unwrap_key::<Aes256Key>(&record, context(wrong)).is_err());
    }
    let other = DecapsulationKey::<MlKem512>::generate(&mut rng).unwrap();
    assert!(
        other
            .unwrap_key::<Aes256Key>(&record, context(CONTEXT))
            .is_err()
    );
    let larger = DecapsulationKey::<MlKem768>::generate(&mut rng).unwrap();
    assert!(
        larger
            .unwrap_key::<Aes256Key>(&record, context(CONTEXT))
            .is_err()
    );
    let symmetric = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
    assert!(
        symmetric
            .unwrap_key::<Aes256Key>(&record, context(CONTEXT))
            .is_err()
    );
}

#[test]
fn another_type_fails() {
    let Setting { dk, record, .. } = setting("types");
    assert!(
        dk.unwrap_key::<SigningKey<MlDsa65>>(&record, context(CONTEXT))
            .is_err()
    );
    assert!(
        dk.unwrap_key::<WrappingKey<Aes256Kwp>>(&record, context(CONTEXT))
            .is_err()
    );
    assert!(
        dk.unwrap_key::<pqkm_core::SealKey>(&record, context(CONTEXT))
            .is_err()
    );
}

/// An attacker with the public key alone can make records, but not read or change one; a signature tells
/// theirs apart.
#[test]
fn the_public_key_alone_makes_records_that_no_signature_covers() {
    let Setting {
        mut rng,
        dk,
        record,
        ..
    } = setting("forger");
    let ek = dk.encapsulation_key();
    let signer = SigningKey::<MlDsa44>::generate(&mut rng).unwrap();
    let signed = SignedWrappedKey::sign(record.clone(), &signer, &mut rng).unwrap();
    assert_eq!(signed.verify(&signer.verifying_key()).unwrap(), &record);

    let planted = Aes256Key::generate(&mut rng).unwrap();
    let forged = ek.wrap_key(&planted, context(CONTEXT), &mut rng).unwrap();
    assert!(
        dk.unwrap_key::<Aes256Key>(&forged, context(CONTEXT))
            .is_ok()
    );
    let forger = SigningKey::<MlDsa44>::generate(&mut rng).unwrap();
    let signed_by_forger = SignedWrappedKey::sign(forged, &forger, &mut rng).unwrap();
    assert!(signed_by_forger.verify(&signer.verifying_key()).is_err());

    // The forged record under the true signature, and the true record under the forger's.
    let (mine, theirs) = (
        elements(&signed.to_der()),
        elements(&signed_by_forger.to_der()),
    );
    for i in 0..mine.len() {
        let mut mixed = mine.clone();
        mixed[i].clone_from(&theirs[i]);
        let der = sequence(&mixed);
        if der != signed.to_der() {
            let read = SignedWrappedKey::from_der(&der).unwrap();
            assert!(read.verify(&signer.verifying_key()).is_err());
        }
    }
}

#[test]
fn no_flipped_bit_of_a_signed_record_verifies() {
    let Setting {
        mut rng, record, ..
    } = setting("signed flips");
    let signer = SigningKey::<MlDsa44>::generate(&mut rng).unwrap();
    let key = signer.verifying_key();
    let signed = SignedWrappedKey::sign(record, &signer, &mut rng).unwrap();
    assert_eq!(
        SignedWrappedKey::from_pem(&signed.to_pem()).unwrap(),
        signed
    );
    for_each_bit_flip(&signed.to_der(), |bit, flipped| {
        if let Ok(read) = SignedWrappedKey::from_der(flipped) {
            assert_eq!(read.to_der(), flipped, "bit {bit}: not canonical");
            assert!(read.verify(&key).is_err(), "bit {bit}");
        }
    });
    for_each_truncation(&signed.to_der(), |cut| {
        assert!(SignedWrappedKey::from_der(cut).is_err());
    });
}

#[test]
fn a_symmetric_key_wraps_every_kind_of_key() {
    let mut rng = rng("symmetric");
    let kek = WrappingKey::<Aes256Kw>::generate(&mut rng).unwrap();
    let ctx = context(b"root");

    let signing = SigningKey::<MlDsa65>::generate(&mut rng).unwrap();
    let record = kek.wrap_key(&signing, ctx, &mut rng).unwrap();
    let back: SigningKey<MlDsa65> = kek.unwrap_key(&record, ctx).unwrap();
    assert_eq!(back.verifying_key(), signing.verifying_key());

    let dk = DecapsulationKey::<MlKem1024>::generate(&mut rng).unwrap();
    let record = kek.wrap_key(&dk, ctx, &mut rng).unwrap();
    let back: DecapsulationKey<MlKem1024> = kek.unwrap_key(&record, ctx).unwrap();
    assert_eq!(back.encapsulation_key(), dk.encapsulation_key());

    let inner = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
    let record = kek.wrap_key(&inner, ctx, &mut rng).unwrap();
    let back: WrappingKey<Aes256Kwp> = kek.unwrap_key(&record, ctx).unwrap();
    assert_eq!(back.id(), inner.id());
    for_each_bit_flip(&record.to_der(), |bit, flipped| {
        if let Ok(read) = WrappedKey::from_der(flipped) {
            let result: Result<WrappingKey<Aes256Kwp>, _> = kek.unwrap_key(&read, ctx);
            assert!(result.is_err(), "bit {bit}");
        }
    });
}

#[test]
fn rewrapping_keeps_attributes_and_context() {
    let Setting { mut rng, dk, .. } = setting("rewrap");
    let new = DecapsulationKey::<MlKem1024>::generate(&mut rng).unwrap();
    let key = Aes256Key::generate(&mut rng).unwrap().into_non_exportable();
    let item = WrapItem {
        key: &key,
        generation: Version::new(9).unwrap(),
        context: context(CONTEXT),
    };
    let old_record = dk.encapsulation_key().wrap_item(&item, &mut rng).unwrap();
    let unwrap_item = UnwrapItem {
        record: &old_record,
        context: context(CONTEXT),
    };
    let record = dk
        .rewrap(&unwrap_item, &new.encapsulation_key(), &mut rng)
        .unwrap();

    assert_eq!(record.attributes(), old_record.attributes());
    assert_eq!(record.attributes().generation(), 9);
    assert!(
        new.unwrap_key::<Aes256Key>(&record, context(b"other"))
            .is_err()
    );
    assert!(
        dk.unwrap_key::<Aes256Key>(&record, context(CONTEXT))
            .is_err()
    );
    let back: Aes256Key = new.unwrap_key(&record, context(CONTEXT)).unwrap();
    assert!(!back.is_exportable());
    assert!(back.expose(ExposeToken::acknowledge()).is_err());

    let wrong = UnwrapItem {
        record: &old_record,
        context: context(b"other"),
    };
    assert!(
        dk.rewrap(&wrong, &new.encapsulation_key(), &mut rng)
            .is_err()
    );
}

/// With a generator whose output does not depend on how it is drawn, a batch is what its items are.
#[test]
fn a_batch_is_its_items_one_by_one() {
    let Setting { mut rng, dk, .. } = setting("batch");
    let keys: Vec<_> = (0..5)
        .map(|_| Aes256Key::generate(&mut rng).unwrap())
        .collect();
    let contexts: Vec<_> = (0..5_u8).map(|i| [b'c', i]).collect();
    let items: Vec<_> = keys
        .iter()
        .zip(&contexts)
        .map(|(key, bytes)| WrapItem {
            key,
            generation: Version::FIRST,
            context: context(bytes),
        })
        .collect();
    let prepared: EncapsulationKey<MlKem512> = dk.encapsulation_key();
    let prepared = prepared.prepare();
    let many: Vec<_> = prepared
        .wrap_many(&items, &mut SeededRng::from_u64(1))
        .unwrap()
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let mut one_rng = SeededRng::from_u64(1);
    for (item, record) in items.iter().zip(&many) {
        assert_eq!(&prepared.wrap_item(item, &mut one_rng).unwrap(), record);
    }

    let mut unwrap_items: Vec<_> = many
        .iter()
        .zip(&contexts)
        .map(|(record, bytes)| UnwrapItem {
            record,
            context: context(bytes),
        })
        .collect();
    unwrap_items[3].context = context(b"wrong");
    let unwrapped: Vec<Result<Aes256Key, _>> = dk.prepare().unwrap_many(&unwrap_items);
    for (i, (key, result)) in keys.iter().zip(&unwrapped).enumerate() {
        match result {
            Ok(back) => assert_eq!(bytes(back), bytes(key)),
            Err(_) => assert_eq!(i, 3),
        }
    }
    assert!(unwrapped[3].is_err());
}

#[test]
fn a_sealed_payload_opens_only_unchanged() {
    let mut rng = rng("sealed");
    let (sealed, key) = Sealed::seal(b"a payload", context(CONTEXT), &mut rng).unwrap();
    let opened = sealed.open(&key, context(CONTEXT)).unwrap();
    assert_eq!(opened.expose(ExposeToken::acknowledge()), b"a payload");
    assert_eq!(Sealed::from_pem(&sealed.to_pem()).unwrap(), sealed);

    let (other, other_key) = Sealed::seal(b"a payload", context(CONTEXT), &mut rng).unwrap();
    assert!(sealed.open(&other_key, context(CONTEXT)).is_err());
    assert!(other.open(&key, context(CONTEXT)).is_err());
    assert!(sealed.open(&key, context(b"other")).is_err());
    for_each_bit_flip(&sealed.to_der(), |bit, flipped| {
        if let Ok(read) = Sealed::from_der(flipped) {
            assert_eq!(read.to_der(), flipped, "bit {bit}: not canonical");
            assert!(read.open(&key, context(CONTEXT)).is_err(), "bit {bit}");
        }
    });
    for_each_truncation(&sealed.to_der(), |cut| {
        assert!(Sealed::from_der(cut).is_err());
    });
    for_each_extension(&sealed.to_der(), |longer| {
        assert!(Sealed::from_der(longer).is_err());
    });
}
