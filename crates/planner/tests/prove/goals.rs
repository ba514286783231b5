//! What may be desired in the small world. The other half of the goals is these with the two SQL Servers exchanged, and
//! the states are the same both ways round.

use model::database_type::DatabaseType;
use model::estate::DatabaseId;
use model::problem::{Problem, Slots, Wanted, Wish};

use super::world::{self, BE, STORE, WITNESS};

/// A goal, by name.
pub fn all() -> Vec<(&'static str, Problem)> {
    let (be1, be2) = (BE[0], BE[1]);
    let ordered = |mirror| Slots::Ordered { primary: Some(be2), mirror };
    let wish = |slots, witness, principal| Wish { store: STORE, slots, witness, principal };
    let of = |wish: Wish| Problem { wishes: vec![wish], ..world::problem() };
    let databases = 0..u16::try_from(DatabaseType::User.databases().len()).unwrap();
    let consents = databases.map(DatabaseId).collect();
    let ordered_witness = wish(ordered(Wanted::One(be1)), Wanted::One(WITNESS), None);
    let unmanaged = Slots::Ordered { primary: None, mirror: Wanted::Unmanaged };
    vec![
        ("be2 alone", of(wish(ordered(Wanted::Nothing), Wanted::Unmanaged, None))),
        ("be2, whatever is its mirror", of(wish(ordered(Wanted::Unmanaged), Wanted::Unmanaged, None))),
        ("be2 with the mirror be1", of(wish(ordered(Wanted::One(be1)), Wanted::Nothing, None))),
        ("be2 with the mirror be1 and the witness, loss agreed to", Problem { consents, ..of(ordered_witness) }),
        ("both, in any order", of(wish(Slots::Pair(be1, be2), Wanted::Unmanaged, None))),
        ("be2 the principal, whatever the slots", of(wish(unmanaged, Wanted::Unmanaged, Some(be2)))),
    ]
}
