//! Wrapping with secret randomness, and unwrapping under a secret decapsulation key: the right record,
//! another context, a damaged record.

use pqkm_core::{
    Aes256Key, DecapsulationKey, ExposeToken, MlKem768, PrivateKeyForm, WrapContext, WrappedKey,
};
use pqkm_ct::{SecretRng, expanded, public};

fn main() {
    let mut rng = SecretRng::new(5);
    let key = DecapsulationKey::<MlKem768>::from_seed(&[0x42; 64]).unwrap();
    let der = key.expose(ExposeToken::acknowledge()).unwrap();
    let der = der.to_pkcs8_der_as(PrivateKeyForm::Expanded).unwrap();
    let dk = expanded(der.as_bytes(), 2400, &[0..1152, 2368..2400]);
    let dk = DecapsulationKey::<MlKem768>::from_expanded(&dk).unwrap();
    let data_key = Aes256Key::generate(&mut rng).unwrap();
    let context = WrapContext::new(b"context").unwrap();
    let record = key
        .encapsulation_key()
        .wrap_key(&data_key, context, &mut rng)
        .unwrap();
    let der = record.to_der();
    // CT: the record is stored where anyone may read it.
    public(&der);
    let record = WrappedKey::from_der(&der).unwrap();
    let mut damaged = der.clone();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    let damaged = WrappedKey::from_der(&damaged).unwrap();
    let other = WrapContext::new(b"another").unwrap();
    for (record, context) in [(&record, context), (&record, other), (&damaged, context)] {
        println!("{}", dk.unwrap_key::<Aes256Key>(record, context).is_ok());
    }
}
