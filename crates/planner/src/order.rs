//! A partial order of the steps of one plan: which must have ended before which begins, kept as its closure. It knows no
//! steps, only their places.

/// The most steps one order can hold; larger plans are made of parts that share nothing.
pub const MOST: usize = 128;

/// A strict partial order of `n` places, compatible with their numbers: a place only comes before larger ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// For each place, those that come before it.
    before: Vec<u128>,
}

impl Order {
    /// The order of the numbers. None if there are more than [`MOST`].
    #[must_use]
    pub fn total(n: usize) -> Option<Self> {
        (n <= MOST).then(|| Self { before: (0..n).map(mask).collect() })
    }

    /// The order that edges span.
    #[must_use]
    pub fn spanned(n: usize, edges: impl IntoIterator<Item = (usize, usize)>) -> Option<Self> {
        let mut order = Self { before: vec![0; n] };
        let mut edges: Vec<_> = edges.into_iter().collect();
        edges.sort_by_key(|&(_, to)| to);
        for (from, to) in edges {
            if from >= to || to >= n || n > MOST {
                return None;
            }
            order.before[to] |= order.before[from] | bit(from);
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
        self.before[j] & bit(i) != 0
    }

    /// Whether `i` comes before `j` with nothing between them.
    #[must_use]
    pub fn covers(&self, i: usize, j: usize) -> bool {
        self.precedes(i, j) && (i + 1..j).all(|k| !(self.precedes(i, k) && self.precedes(k, j)))
    }

    /// The order without a covering pair.
    pub fn release(&mut self, i: usize, j: usize) {
        self.before[j] &= !bit(i);
    }

    /// The order with the pair again.
    pub fn bind(&mut self, i: usize, j: usize) {
        self.before[j] |= bit(i);
    }

    /// Every covering pair, by the second and then the first place.
    #[must_use]
    pub fn covering(&self) -> Vec<(usize, usize)> {
        let pairs = (0..self.len()).flat_map(|j| (0..j).map(move |i| (i, j)));
        pairs.filter(|&(i, j)| self.covers(i, j)).collect()
    }

    /// How many sequences of all places the order allows; none if there are too many sets to look at.
    #[must_use]
    pub fn sequences(&self) -> Option<u128> {
        let mut counts = std::collections::BTreeMap::from([(0u128, 1u128)]);
        for _ in 0..self.len() {
            let mut next = std::collections::BTreeMap::new();
            for (set, count) in counts {
                let free = (0..self.len()).filter(|&j| set & bit(j) == 0 && self.before[j] & !set == 0);
                for j in free {
                    let sum: &mut u128 = next.entry(set | bit(j)).or_insert(0);
                    *sum = sum.checked_add(count)?;
                }
            }
            if next.len() > 1_000_000 {
                return None;
            }
            counts = next;
        }
        Some(counts.into_values().sum())
    }
}

fn bit(i: usize) -> u128 {
    1 << i
}

fn mask(n: usize) -> u128 {
    if n >= MOST { u128::MAX } else { bit(n) - 1 }
}

#[cfg(test)]
mod tests {
    use super::Order;

    #[test]
    fn an_antichain_has_all_sequences_and_a_chain_has_one() {
        assert_eq!(Order::spanned(5, []).unwrap().sequences(), Some(120));
        assert_eq!(Order::total(5).unwrap().sequences(), Some(1));
        let diamond = Order::spanned(4, [(0, 1), (0, 2), (1, 3), (2, 3)]).unwrap();
        assert_eq!(diamond.sequences(), Some(2));
        assert_eq!(diamond.covering(), [(0, 1), (0, 2), (1, 3), (2, 3)]);
    }

    #[test]
    fn a_released_pair_leaves_the_rest_in_order() {
        let mut order = Order::total(3).unwrap();
        assert!(order.covers(0, 1) && !order.covers(0, 2));
        order.release(0, 1);
        assert!(order.covers(0, 2) && order.covers(1, 2) && !order.precedes(0, 1));
    }
}
