//! What may be desired in the small worlds. The other half of the goals is these with the two SQL Servers exchanged, and
//! the states are the same both ways round.

use model::estate::InstanceId;
use model::problem::{Problem, Slots, Wanted, Wish};

use super::world::{self, BE, WITNESS, World};

/// What is desired of every store alike.
struct Desire {
    name: &'static str,
    slots: Slots,
    witness: Wanted,
    principal: Option<InstanceId>,
    /// Whether losses are agreed to.
    agreed: bool,
    /// Whether it is asked of the world of two types.
    two: bool,
}

fn desires() -> Vec<Desire> {
    let (be1, be2) = (BE[0], BE[1]);
    let ordered = |mirror| Slots::Ordered { primary: Some(be2), mirror };
    let unmanaged = Slots::Ordered { primary: None, mirror: Wanted::Unmanaged };
    let desire =
        |name, slots| Desire { name, slots, witness: Wanted::Unmanaged, principal: None, agreed: false, two: false };
    vec![
        Desire { two: true, ..desire("be2 alone", ordered(Wanted::Nothing)) },
        desire("be2, whatever is its mirror", ordered(Wanted::Unmanaged)),
        Desire { witness: Wanted::Nothing, two: true, ..desire("be2 with the mirror be1", ordered(Wanted::One(be1))) },
        Desire {
            witness: Wanted::One(WITNESS),
            agreed: true,
            ..desire("be2 with the mirror be1 and the witness, loss agreed to", ordered(Wanted::One(be1)))
        },
        Desire { two: true, ..desire("both, in any order", Slots::Pair(be1, be2)) },
        Desire { principal: Some(be2), ..desire("be2 the principal, whatever the slots", unmanaged) },
    ]
}

/// The goals of the smallest world, by name.
pub fn all() -> Vec<(&'static str, Problem)> {
    of(world::ONE)
}

/// The goals of a world, by name.
pub fn of(world: World) -> Vec<(&'static str, Problem)> {
    let base = world::question(world);
    let question = |desire: Desire| {
        let Desire { name, slots, witness, principal, agreed, .. } = desire;
        let wishes = base.estate.store_ids().map(|store| Wish { store, slots, witness, principal }).collect();
        let databases = base.estate.store_ids().flat_map(|s| base.estate.store(s).databases.iter().copied());
        let consents = if agreed { databases.collect() } else { Default::default() };
        (name, Problem { wishes, consents, ..base.clone() })
    };
    // With two types plans are long, and each is verified: the goals that differ most.
    let some = |d: &Desire| world.types.len() == 1 || world.cms || d.two;
    desires().into_iter().filter(some).map(question).collect()
}
