//! A state: one value per field of an estate. A copy shares everything with its original, and a change copies only what
//! surrounds it, so that a plan of thousands of steps can keep the world around each of them. It knows no rules.

use std::sync::Arc;

use crate::estate::Estate;
use crate::field::{Field, Value};

/// How many values stand in one leaf: those of a small estate stand in one or two.
const LEAF: usize = 128;
/// How many nodes a branch has.
const FAN: usize = 32;

/// One value per field of an estate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// How many values one node below the root holds; of a leaf one.
    span: usize,
    root: Arc<Node>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Node {
    Leaf(Box<[Value]>),
    Branch(Box<[Arc<Node>]>),
}

impl Node {
    /// The node of these values, and how many one node below it holds.
    fn of(values: &[Value]) -> (Self, usize) {
        let mut span = 1;
        let mut nodes: Vec<Self> = values.chunks(LEAF).map(|leaf| Self::Leaf(leaf.into())).collect();
        let mut below = LEAF;
        while nodes.len() > 1 {
            span = below;
            below *= FAN;
            let mut rest = nodes.into_iter();
            let mut branches = Vec::new();
            loop {
                let branch: Box<[Arc<Self>]> = rest.by_ref().take(FAN).map(Arc::new).collect();
                if branch.is_empty() {
                    break;
                }
                branches.push(Self::Branch(branch));
            }
            nodes = branches;
        }
        (nodes.pop().unwrap_or(Self::Leaf(Box::default())), span)
    }

    fn get(&self, place: usize, span: usize) -> Value {
        match self {
            Self::Leaf(values) => values[place],
            Self::Branch(nodes) => nodes[place / span].get(place % span, below(span)),
        }
    }

    fn set(&mut self, place: usize, span: usize, value: Value) {
        match self {
            Self::Leaf(values) => values[place] = value,
            Self::Branch(nodes) => Arc::make_mut(&mut nodes[place / span]).set(place % span, below(span), value),
        }
    }

    fn write_out(&self, out: &mut Vec<Value>) {
        match self {
            Self::Leaf(values) => out.extend_from_slice(values),
            Self::Branch(nodes) => nodes.iter().for_each(|n| n.write_out(out)),
        }
    }
}

/// How many values one node below holds, where one node holds `span`.
fn below(span: usize) -> usize {
    if span <= LEAF { 1 } else { span / FAN }
}

impl State {
    /// A state in which nothing is known.
    #[must_use]
    pub fn unknown(estate: &Estate) -> Self {
        Self::from_values(vec![Value::Unknown; estate.layout().fields().len()])
    }

    /// A state with these values, in the order of [`Layout::fields`](crate::field::Layout::fields).
    #[must_use]
    pub fn from_values(values: Vec<Value>) -> Self {
        let (root, span) = Node::of(&values);
        Self { span, root: Arc::new(root) }
    }

    /// The value of a field; unknown for a field that the estate does not have.
    #[must_use]
    pub fn get(&self, estate: &Estate, field: Field) -> Value {
        estate.layout().place(estate, field).map_or(Value::Unknown, |i| self.root.get(i, self.span))
    }

    /// Sets a field; a field that the estate does not have is left out.
    pub fn set(&mut self, estate: &Estate, field: Field, value: Value) {
        let Some(i) = estate.layout().place(estate, field) else { return };
        // What stays the same stays shared.
        if self.root.get(i, self.span) != value {
            Arc::make_mut(&mut self.root).set(i, self.span, value);
        }
    }

    /// The values, in the order of [`Layout::fields`](crate::field::Layout::fields).
    #[must_use]
    pub fn values(&self) -> Vec<Value> {
        let mut out = Vec::new();
        self.root.write_out(&mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{FAN, LEAF, Node};
    use crate::estate::InstanceId;
    use crate::field::Value;

    /// One leaf, one branch, branches of branches, and what is left over at each.
    #[test]
    fn a_value_stands_where_it_was_put_whatever_the_size() {
        for n in [0, 1, LEAF, LEAF + 1, LEAF * FAN, LEAF * FAN + 1, LEAF * FAN * FAN + 77] {
            let value = |i: usize| Value::Instance(InstanceId(u16::try_from(i % 65_000).unwrap()));
            let values: Vec<Value> = (0..n).map(value).collect();
            let (node, span) = Node::of(&values);
            let mut out = Vec::new();
            node.write_out(&mut out);
            assert_eq!(out, values);
            for i in (0..n).step_by(n / 50 + 1).chain(n.checked_sub(1)) {
                assert_eq!(node.get(i, span), values[i], "{i} of {n}");
                let mut other = node.clone();
                other.set(i, span, Value::Yes);
                assert_eq!((other.get(i, span), node.get(i, span)), (Value::Yes, values[i]), "{i} of {n}");
                assert!(other != node);
            }
        }
    }
}
