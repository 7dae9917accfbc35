use std::collections::HashMap;

use super::*;

/// The known answers of the reference tests of Certificate Transparency: leaves, and the roots of the trees
/// of the first n of them.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[derive(Default)]
struct Tree {
    nodes: HashMap<(u8, u64), Hash>,
    frontier: Frontier,
    roots: Vec<Hash>,
}

impl Tree {
    fn push(&mut self, event: &[u8]) {
        let leaf = leaf_hash(event);
        let nodes = &mut self.nodes;
        nodes.insert((0, self.frontier.size()), leaf);
        self.frontier.push(leaf, |level, index, hash| {
            assert_eq!(nodes.insert((level, index), hash), None);
        });
        self.roots.push(self.frontier.root());
    }

    fn of(count: u64) -> Self {
        let mut tree = Self::default();
        (0..count).for_each(|n| tree.push(&n.to_be_bytes()));
        tree
    }
}

impl Nodes for Tree {
    fn node(&self, level: u8, index: u64) -> Result<Hash, AuditError> {
        self.nodes
            .get(&(level, index))
            .copied()
            .ok_or(AuditError::Range)
    }
}

#[test]
fn roots_are_those_of_certificate_transparency() {
    let mut tree = Tree::default();
    for (leaf, root) in LEAVES.iter().zip(ROOTS) {
        let bytes: Vec<u8> = (0..leaf.len() >> 1)
            .map(|i| u8::from_str_radix(&leaf[2 * i..2 * i + 2], 16).unwrap())
            .collect();
        tree.push(&bytes);
        assert_eq!(tree.frontier.root().to_string(), root);
    }
    assert_eq!(
        Frontier::new().root().to_string(),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

#[test]
fn every_leaf_of_every_small_tree_is_proven_and_no_other() {
    let tree = Tree::of(70);
    for size in 1..=70_u64 {
        let root = tree.roots[usize::try_from(size - 1).unwrap()];
        assert_eq!(super::root(&tree, size).unwrap(), root);
        for index in 0..size {
            let path = inclusion(&tree, index, size).unwrap();
            let leaf = tree.node(0, index).unwrap();
            verify_inclusion(&leaf, index, size, &root, &path).unwrap();
            for other in (0..size).filter(|other| *other != index) {
                assert!(verify_inclusion(&leaf, other, size, &root, &path).is_err());
            }
            assert!(verify_inclusion(&leaf, index, size, &leaf_hash(b"x"), &path).is_err());
            let longer = [path.as_slice(), &[root]].concat();
            assert!(verify_inclusion(&leaf, index, size, &root, &longer).is_err());
            if let Some((_, shorter)) = path.split_last() {
                assert!(verify_inclusion(&leaf, index, size, &root, shorter).is_err());
            }
        }
    }
}

#[test]
fn every_small_tree_begins_with_every_smaller_one_and_no_other() {
    let (tree, mut other) = (Tree::of(40), Tree::of(5));
    (5..40_u64).for_each(|n| other.push(&[b"x".as_slice(), &n.to_be_bytes()].concat()));
    let root = |tree: &Tree, size: u64| tree.roots[usize::try_from(size - 1).unwrap()];
    for size in 1..=40 {
        for old in 1..=size {
            let path = consistency(&tree, old, size).unwrap();
            let (old_root, new_root) = (root(&tree, old), root(&tree, size));
            verify_consistency((old, &old_root), (size, &new_root), &path).unwrap();
            let forged = root(&other, size);
            assert_eq!(
                verify_consistency((old, &old_root), (size, &forged), &path).is_ok(),
                size <= 5
            );
            let elsewhere = root(&other, old);
            assert_eq!(
                verify_consistency((old, &elsewhere), (size, &new_root), &path).is_ok(),
                old <= 5
            );
        }
    }
    assert!(consistency(&tree, 0, 3).is_err());
    assert!(consistency(&tree, 4, 3).is_err());
}
