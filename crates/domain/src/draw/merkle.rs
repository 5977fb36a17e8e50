//! The Merkle tree over the participants, as in RFC 6962, built while they stream by.

use super::hash::Hash;

/// Takes leaves one after the other and holds O(log n) of the tree, and the proofs that are asked for.
#[derive(Clone, Debug, Default)]
pub struct MerkleTree {
    /// Complete subtrees from left to right, each smaller than the one before it.
    peaks: Vec<Node>,
    leaves: u64,
    watched: Vec<Watched>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    hash: Hash,
    /// The index of its first leaf, from 0, and how many leaves are below it.
    first: u64,
    size: u64,
}

#[derive(Clone, Debug)]
struct Watched {
    index: u64,
    path: Vec<Hash>,
}

impl Node {
    fn holds(&self, index: u64) -> bool {
        index.checked_sub(self.first).is_some_and(|offset| offset < self.size)
    }
}

impl MerkleTree {
    /// A tree that also collects the inclusion proofs of these leaves (indexes from 0).
    pub fn watching(indexes: impl IntoIterator<Item = u64>) -> Self {
        let watched = indexes.into_iter().map(|index| Watched { index, path: Vec::new() });
        Self { watched: watched.collect(), ..Self::default() }
    }

    pub fn push(&mut self, leaf: Hash) {
        self.peaks.push(Node { hash: leaf, first: self.leaves, size: 1 });
        self.leaves += 1;
        while let [.., left, right] = self.peaks.as_slice()
            && left.size == right.size
        {
            self.join_last_two();
        }
    }

    fn join_last_two(&mut self) {
        let (Some(right), Some(left)) = (self.peaks.pop(), self.peaks.pop()) else { return };
        for watched in &mut self.watched {
            if left.holds(watched.index) {
                watched.path.push(right.hash);
            } else if right.holds(watched.index) {
                watched.path.push(left.hash);
            }
        }
        let hash = inner(&left.hash, &right.hash);
        self.peaks.push(Node { hash, first: left.first, size: left.size + right.size });
    }

    /// The root over all leaves so far, and the proofs in the order in which they were asked for
    /// (an empty one for a leaf that never came).
    pub fn finish(mut self) -> Root {
        while self.peaks.len() > 1 {
            self.join_last_two();
        }
        let hash = self.peaks.pop().map_or_else(empty_root, |node| node.hash);
        let proofs = self.watched.into_iter().map(|watched| watched.path).collect();
        Root { hash, leaves: self.leaves, proofs }
    }
}

/// What a whole tree comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    pub hash: Hash,
    pub leaves: u64,
    /// The siblings on the way from a watched leaf up to the root.
    pub proofs: Vec<Vec<Hash>>,
}

/// The root of a tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Hash::of(&[])
}

fn inner(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The root that a leaf, its index from 0 and its proof lead to in a tree of `leaves`; `None` where the
/// proof has not the length that such a tree asks for.
pub fn root_from(leaf: Hash, index: u64, leaves: u64, proof: &[Hash]) -> Option<Hash> {
    if index >= leaves {
        return None;
    }
    let (mut index, mut last, mut hash) = (index, leaves - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return None;
        }
        if index % 2 == 1 || index == last {
            hash = inner(sibling, &hash);
            // A last node without a right neighbour rises until it has one to its left.
            while index.is_multiple_of(2) && index > 0 {
                (index, last) = (index / 2, last / 2);
            }
        } else {
            hash = inner(&hash, sibling);
        }
        (index, last) = (index / 2, last / 2);
    }
    (last == 0).then_some(hash)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaf(index: u64) -> Hash {
        Hash::of(&[&[0], &index.to_be_bytes()])
    }

    fn tree(leaves: u64, watched: &[u64]) -> Root {
        let mut tree = MerkleTree::watching(watched.iter().copied());
        (0..leaves).for_each(|index| tree.push(leaf(index)));
        tree.finish()
    }

    /// MTH of RFC 6962, section 2.1, word for word.
    fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::of(&[]),
            [leaf] => *leaf,
            leaves => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                inner(&mth(left), &mth(right))
            }
        }
    }

    #[test]
    fn is_the_tree_of_the_rfc_for_every_small_size() {
        for size in 0..70 {
            let leaves: Vec<_> = (0..size).map(leaf).collect();
            let root = tree(size, &[]);
            assert_eq!((root.hash, root.leaves), (mth(&leaves), size));
        }
    }

    #[test]
    fn every_leaf_of_every_small_tree_proves_itself_and_nothing_else() {
        for size in 1..40 {
            let all: Vec<u64> = (0..size).collect();
            let root = tree(size, &all);
            for (index, proof) in (0..).zip(&root.proofs) {
                assert_eq!(root_from(leaf(index), index, size, proof), Some(root.hash), "{index} of {size}");
                for other in (0..size).filter(|other| *other != index) {
                    assert_ne!(root_from(leaf(index), other, size, proof), Some(root.hash));
                }
            }
        }
    }

    #[test]
    fn holds_no_more_than_a_logarithm() {
        let mut tree = MerkleTree::default();
        for index in 0..5_000 {
            tree.push(leaf(index));
            assert!(tree.peaks.len() <= 13);
        }
    }

    proptest! {
        #[test]
        fn a_changed_proof_leads_elsewhere(size in 2u64..300, at: u64, change: u64, longer: bool) {
            let index = at % size;
            let root = tree(size, &[index]);
            let mut proof = root.proofs[0].clone();
            if longer {
                proof.push(leaf(change));
            } else {
                let at = usize::try_from(change).unwrap() % proof.len();
                proof[at] = Hash::of(&[proof[at].as_bytes()]);
            }
            prop_assert_ne!(root_from(leaf(index), index, size, &proof), Some(root.hash));
            prop_assert_eq!(root_from(leaf(index), index, size, &root.proofs[0][1..]), None);
            prop_assert_eq!(root_from(leaf(index), size, size, &root.proofs[0]), None);
        }
    }
}
