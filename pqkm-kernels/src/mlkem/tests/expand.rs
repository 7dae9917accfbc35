//! A matrix sampled over lanes, and the hash beside it, against one polynomial and one hash after the other.

use std::vec::Vec;

use super::super::{
    Entries, Matrix, NttPoly, Scale, hash_words, prepare_column, vartime_sample_matrix,
    vartime_sample_matrix_and_hash, vartime_sample_ntt,
};
use crate::lanes::{Lanes, Portable};
use crate::rows::Rows;
use crate::seed::{Seed, sha3_256};
use crate::testing::Random;

fn one_by_one<L: Lanes, const K: usize>(
    l: L,
    rho: &Seed<L::Four>,
    entries: Entries,
    scale: Scale,
) -> Matrix<K> {
    let four = l.four_lanes();
    let mut matrix = Matrix::zero();
    let mut column = NttPoly::zero(four);
    for j in 0..K {
        let indices: [[u8; 2]; 4] = core::array::from_fn(|i| {
            // Rows beyond the last are no entries of the matrix.
            let index = [j, i].map(|n| u8::try_from(n).unwrap());
            match entries {
                Entries::Direct => index,
                Entries::Transposed => [index[1], index[0]],
            }
        });
        vartime_sample_ntt(four, rho, &indices, &mut column);
        prepare_column(l, &column, scale, &mut matrix, j);
    }
    matrix
}

/// The rows that count of all columns.
fn rows<const K: usize>(matrix: &Matrix<K>) -> Vec<u64> {
    let forms = matrix.words.as_flattened().as_flattened();
    forms.iter().flat_map(|form| form[..K].to_vec()).collect()
}

/// With 99 seeds about one polynomial in 140 takes more blocks than three.
fn together_equals_one_by_one<L: Lanes>(l: L) {
    fn check<L: Lanes, const K: usize>(l: L) {
        let four = l.four_lanes();
        let mut random = Random(u64::try_from(K).unwrap());
        for seed in 0..99 {
            let ek = random.bytes(384 * K + 32);
            let rho = Seed::same(four, ek.last_chunk().unwrap());
            let scale = [Scale::PRODUCT, Scale::compression(10)][seed % 2];
            let (words, []) = ek.as_chunks() else {
                panic!("a key is whole words");
            };
            for entries in [Entries::Direct, Entries::Transposed] {
                let expected = rows(&one_by_one::<L, K>(l, &rho, entries, scale));
                let mut alone = Matrix::<K>::zero();
                vartime_sample_matrix(l, &rho, entries, scale, &mut alone);
                assert!(rows(&alone) == expected, "{} {K} {seed}", L::NAME);
                let mut beside = Matrix::<K>::zero();
                let found =
                    vartime_sample_matrix_and_hash(l, &rho, entries, scale, words, &mut beside);
                assert!(rows(&beside) == expected, "{} {K} {seed}", L::NAME);

                let hash = sha3_256(four, &Rows::same(&ek));
                let lanes = |seed: &Seed<L::Four>| seed.words().map(|v| four.store_words(v));
                assert_eq!(lanes(&found), lanes(&hash), "{} {K} {seed}", L::NAME);
            }
        }
    }
    check::<L, 2>(l);
    check::<L, 3>(l);
    check::<L, 4>(l);
}

#[test]
fn a_matrix_and_its_hash_are_those_one_by_one() {
    on_every_instance!(together_equals_one_by_one);
}

/// Every length around the ends of blocks.
fn words_are_hashed<L: Lanes>(l: L) {
    let four = l.four_lanes();
    let bytes = Random(7).bytes(8 * 40);
    for count in 0..40 {
        let found = hash_words(l, &bytes.as_chunks().0[..count]);
        let hash = sha3_256(four, &Rows::same(&bytes[..8 * count]));
        let lanes = |seed: &Seed<L::Four>| seed.words().map(|v| four.store_words(v));
        assert_eq!(lanes(&found), lanes(&hash), "{} {count}", L::NAME);
    }
}

#[test]
fn a_hash_by_itself_is_the_sponge_of_rows() {
    on_every_instance!(words_are_hashed);
}

#[test]
#[should_panic(expected = "48 * K + 4")]
fn a_key_of_another_length_is_refused() {
    let l = Portable::new();
    let rho = Seed::same(l.four_lanes(), &[0; 32]);
    let mut matrix = Matrix::<3>::zero();
    drop(vartime_sample_matrix_and_hash(
        l,
        &rho,
        Entries::Direct,
        Scale::PRODUCT,
        &[[0; 8]; 147],
        &mut matrix,
    ));
}
