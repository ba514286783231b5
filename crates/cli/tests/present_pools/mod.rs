//! The seed's night in variations: other values, the pool after its own plan, two pools beside each other.
#![allow(dead_code)] // every test takes what it needs

use model::estate::{DatabaseId, Estate, InstanceId, Parts, PoolPart, Product, StorePart};
use model::field::{Field, State, Value};
use model::problem::{Problem, Slots, Wanted, Wish};
use model::vocabulary;

use crate::present_support::estates::{FOUR, fqdn, seed, solved, sql};

/// The silent host's instance.
pub const BE1: InstanceId = InstanceId(0);

/// The other one.
pub const BE2: InstanceId = InstanceId(1);

/// The seed with other values.
pub fn with(change: impl Fn(&mut dyn FnMut(Field, Value), &Estate)) -> Problem {
    let mut problem = seed(&FOUR, 3);
    let estate = problem.estate.clone();
    change(&mut |field, value| problem.initial.set(&estate, field, value), &estate);
    problem
}

/// Every database of an estate, in the order of types.
pub fn databases(estate: &Estate) -> Vec<DatabaseId> {
    estate.store_ids().flat_map(|s| estate.store(s).databases.iter().copied()).collect()
}

/// The seed after its own plan: as declared.
pub fn healed() -> Problem {
    let mut problem = seed(&FOUR, 3);
    let plan = solved(&problem).plan;
    let rules = planner::step::Rules::new(&problem);
    let after = |state: State, step: &model::plan::Step| {
        let standing = rules.standing(&state);
        rules.take(&state, &standing, &step.declaration).expect("the plan holds").after
    };
    let state = plan.steps.iter().fold(problem.initial.clone(), after);
    drop(rules);
    problem.initial = state;
    problem
}

/// A name of the seed, as the second pool has it.
fn renamed(text: &str) -> String {
    let names = [("pool01", "pool02"), ("be1", "be3"), ("be2", "be4"), ("fe1", "fe4"), ("fe2", "fe5"), ("fe3", "fe6")];
    names.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// How a pool's names are written.
type Naming = fn(&str) -> String;

fn same(text: &str) -> String {
    text.to_owned()
}

/// A variation of the seed as pool01, another as pool02, which holds the Central Management store.
pub fn beside(first: &Problem, second: &Problem) -> Problem {
    let halves: [(&Problem, Naming); 2] = [(second, renamed), (first, same)];
    let mut parts = Parts { cms: Some(fqdn("pool02.contoso.com")), ..Parts::default() };
    for (problem, name) in halves {
        let pool = fqdn(&name("pool01.contoso.com"));
        let front_ends = problem.estate.front_ends.iter().map(|f| fqdn(&name(&f.fqdn.to_string()))).collect();
        parts.pools.push(PoolPart { fqdn: pool.clone(), product: Product::Lync2013, front_ends });
        let instances: Vec<_> = problem.estate.instances.iter().map(|i| sql(&name(&i.name.to_string()))).collect();
        parts.stores.extend(problem.estate.store_ids().map(|s| StorePart {
            users: vec![pool.clone()],
            kind: problem.estate.store(s).kind,
            megabytes: Default::default(),
            instances: instances.clone(),
        }));
    }
    let estate = Estate::new(parts).unwrap();
    let (mut initial, mut wishes) = (State::unknown(&estate), Vec::new());
    for (problem, name) in halves {
        let instance = |i| estate.instance_named(&sql(&name(&problem.estate.instance(i).name.to_string()))).unwrap();
        for &field in problem.estate.layout().fields() {
            let value = problem.view(&problem.initial).get(field);
            let subject = name(&vocabulary::subject(&problem.estate, field));
            let there = vocabulary::parse_field(&estate, &subject, vocabulary::attribute(field)).unwrap();
            initial.set(&estate, there, value.instance().map_or(value, |i| instance(i).into()));
        }
        let pool = estate.pool_named(&fqdn(&name("pool01.contoso.com"))).unwrap();
        wishes.extend(problem.wishes.iter().map(|wish| Wish {
            store: estate.store_of(pool, problem.estate.store(wish.store).kind).unwrap(),
            slots: Slots::Ordered { primary: Some(instance(BE2)), mirror: Wanted::One(instance(BE1)) },
            witness: Wanted::Nothing,
            principal: None,
        }));
    }
    Problem { estate, initial, wishes, builds: Default::default(), ..first.clone() }
}
