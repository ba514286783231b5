//! A partial order of the steps of one plan: which must have ended before which begins, kept as its closure. It knows no
//! steps, only their places.

use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;

/// A strict partial order of `n` places, compatible with their numbers: a place only comes before larger ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// For each place, those that come before it.
    before: Vec<FixedBitSet>,
    /// For each place, those that come after it.
    after: Vec<FixedBitSet>,
}

/// The most sets of places that are looked at to count sequences.
const MOST_SETS: usize = 1_000_000;
/// As many places free of each other make more sets than that of half of them alone.
const MOST_FREE: usize = 23;

impl Order {
    /// The order of the numbers.
    #[must_use]
    pub fn total(n: usize) -> Self {
        let mut order = Self::none(n);
        for i in 0..n {
            order.before[i].insert_range(..i);
            order.after[i].insert_range(i + 1..);
        }
        order
    }

    /// Every place free.
    fn none(n: usize) -> Self {
        let rows = vec![FixedBitSet::with_capacity(n); n];
        Self { before: rows.clone(), after: rows }
    }

    /// The order that edges span. None if one of them leads back, or to a place that is not there.
    #[must_use]
    pub fn spanned(n: usize, edges: impl IntoIterator<Item = (usize, usize)>) -> Option<Self> {
        let mut order = Self::none(n);
        let mut edges: Vec<_> = edges.into_iter().collect();
        edges.sort_by_key(|&(_, to)| to);
        for (from, to) in edges {
            if from >= to || to >= n {
                return None;
            }
            let (head, tail) = order.before.split_at_mut(to);
            tail[0].union_with(&head[from]);
            tail[0].insert(from);
        }
        for j in 0..n {
            for i in order.before[j].ones() {
                order.after[i].insert(j);
            }
        }
        Some(order)
    }

    /// How many places there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.before.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.before.is_empty()
    }

    /// Whether `i` comes before `j`.
    #[must_use]
    pub fn precedes(&self, i: usize, j: usize) -> bool {
        self.before[j].contains(i)
    }

    /// Whether neither comes before the other.
    #[must_use]
    pub fn free(&self, i: usize, j: usize) -> bool {
        !self.precedes(i, j) && !self.precedes(j, i)
    }

    /// Whether `i` comes before `j` with nothing between them.
    #[must_use]
    pub fn covers(&self, i: usize, j: usize) -> bool {
        self.precedes(i, j) && self.after[i].is_disjoint(&self.before[j])
    }

    /// The order without a covering pair.
    pub fn release(&mut self, i: usize, j: usize) {
        self.before[j].set(i, false);
        self.after[i].set(j, false);
    }

    /// The order with the pair again.
    pub fn bind(&mut self, i: usize, j: usize) {
        self.before[j].insert(i);
        self.after[i].insert(j);
    }

    /// The places that `i` covers: those that come after it with nothing between.
    pub fn next(&self, i: usize) -> impl Iterator<Item = usize> + '_ {
        self.after[i].ones().filter(move |&j| self.covers(i, j))
    }

    /// The places that cover `j`: those that come before it with nothing between.
    pub fn last(&self, j: usize) -> impl Iterator<Item = usize> + '_ {
        self.before[j].ones().filter(move |&i| self.covers(i, j))
    }

    /// Every covering pair, by the second and then the first place.
    #[must_use]
    pub fn covering(&self) -> Vec<(usize, usize)> {
        (0..self.len()).flat_map(|j| self.last(j).map(move |i| (i, j))).collect()
    }

    /// How many sequences of all places the order allows; none if there are too many sets to look at.
    #[must_use]
    pub fn sequences(&self) -> Option<u128> {
        let n = self.len();
        if n > 128 || self.widest() >= MOST_FREE {
            return None;
        }
        let set = |row: &FixedBitSet| row.ones().fold(0u128, |set, i| set | 1 << i);
        let before: Vec<u128> = self.before.iter().map(set).collect();
        let mut counts = BTreeMap::from([(0u128, 1u128)]);
        for _ in 0..n {
            let mut next = BTreeMap::new();
            for (set, count) in counts {
                for j in (0..n).filter(|&j| set >> j & 1 == 0 && before[j] & !set == 0) {
                    let sum: &mut u128 = next.entry(set | 1 << j).or_insert(0);
                    *sum = sum.checked_add(count)?;
                }
            }
            if next.len() > MOST_SETS {
                return None;
            }
            counts = next;
        }
        Some(counts.into_values().sum())
    }

    /// A number of places that are free of each other: the most that have equally long chains before them.
    fn widest(&self) -> usize {
        let mut depth = vec![0usize; self.len()];
        let mut at_depth: BTreeMap<usize, usize> = BTreeMap::new();
        for j in 0..self.len() {
            depth[j] = self.before[j].ones().map(|i| depth[i] + 1).max().unwrap_or(0);
            *at_depth.entry(depth[j]).or_default() += 1;
        }
        at_depth.into_values().max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Order;

    #[test]
    fn an_antichain_has_all_sequences_and_a_chain_has_one() {
        assert_eq!(Order::spanned(5, []).unwrap().sequences(), Some(120));
        assert_eq!(Order::total(5).sequences(), Some(1));
        let diamond = Order::spanned(4, [(0, 1), (0, 2), (1, 3), (2, 3)]).unwrap();
        assert_eq!(diamond.sequences(), Some(2));
        assert_eq!(diamond.covering(), [(0, 1), (0, 2), (1, 3), (2, 3)]);
        assert_eq!(Order::spanned(2, [(1, 0)]), None);
        assert_eq!(Order::spanned(40, []).unwrap().sequences(), None, "too many to count");
    }

    #[test]
    fn a_released_pair_leaves_the_rest_in_order() {
        for n in [3, 300] {
            let mut order = Order::total(n);
            assert!(order.covers(0, 1) && !order.covers(0, 2));
            order.release(0, 1);
            assert!(order.covers(0, 2) && order.covers(1, 2) && order.free(0, 1));
            assert_eq!((order.next(0).collect::<Vec<_>>(), order.last(2).collect::<Vec<_>>()), (vec![2], vec![0, 1]));
        }
    }
}
