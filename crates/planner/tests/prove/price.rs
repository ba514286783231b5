//! What a step costs, counted anew from the definitions of the rules: a lexicographic sum of ten counts. It shares nothing
//! with the planner's own count.

use model::database_type::DatabaseType;
use model::declaration::{Declaration, Evidence, Risk, Subject, Work};
use model::field::{Field, State, Value};
use model::problem::Problem;
use model::truth::Truth;

/// Ten counts, the most important first.
pub type Price = [u64; 10];

/// Both together.
pub fn sum(a: Price, b: Price) -> Price {
    std::array::from_fn(|i| a[i] + b[i])
}

/// The price of a step from a state in which it begins, through the state while it runs.
pub fn of(problem: &Problem, before: &State, during: &State, d: &Declaration) -> Price {
    let risk = d.risk(problem.view(before));
    let lost = if matches!(risk, Risk::PossibleLoss | Risk::KnownLoss) { d.loses.len() as u64 } else { 0 };
    let way = d.ways.iter().find(|w| w.requires.iter().all(|c| c.condition.eval(problem.view(before)) == Truth::True));
    let deduced = d.work != Work::Look && way.is_none_or(|w| w.evidence == Evidence::Inferred);
    let asked_for = match d.subject {
        Subject::Estate => true,
        Subject::Pool(p) => problem.wishes.iter().any(|w| problem.estate.store(w.store).users.contains(&p)),
        Subject::Host(h) => problem.wishes.iter().flat_map(|w| w.named()).any(|i| problem.estate.host_of(i) == h),
    };
    let whole = u64::from(d.duration.most);
    let unsettled = whole.saturating_sub(u64::from(d.duration.settling));
    let (mut silent, mut bare) = (0, 0);
    for wish in &problem.wishes {
        let databases = &problem.estate.store(wish.store).databases;
        let instances = &problem.estate.store(wish.store).instances;
        let served = |&d| instances.iter().any(|&i| serves_users(problem, during, d, i));
        let synchronized = |&d| {
            let said = |&&i: &&_| during.get(&problem.estate, Field::Session(d, i)) == Value::Synchronized;
            instances.iter().filter(said).count() == 2
        };
        silent += u64::from(!databases.iter().all(served));
        bare += u64::from(wish.wants_mirror() && !databases.iter().all(synchronized));
    }
    [
        lost,
        u64::from(deduced),
        u64::from(!asked_for),
        u64::from(d.work == Work::FullStop),
        thousandths_without_service(problem, during) * unsettled,
        silent * whole,
        bare * whole,
        u64::from(d.work == Work::Publish),
        u64::from(d.work == Work::Restart),
        1,
    ]
}

fn serves(problem: &Problem, state: &State, d: model::estate::DatabaseId, i: model::estate::InstanceId) -> bool {
    let is = |field, value| state.get(&problem.estate, field) == value;
    (is(Field::Role(d, i), Value::Principal) || is(Field::Role(d, i), Value::Unmirrored))
        && is(Field::Answers(i), Value::Yes)
        && is(Field::Fenced(problem.estate.host_of(i)), Value::No)
}

/// It serves, and the users' data are there.
fn serves_users(problem: &Problem, state: &State, d: model::estate::DatabaseId, i: model::estate::InstanceId) -> bool {
    serves(problem, state, d, i) && state.get(&problem.estate, Field::Content(d, i)) != Value::Fresh
}

/// Summed over pools: all of a pool while its user store is served by nobody, else its Front Ends that do not run, or that
/// run slots by which they find no copy: a copy in the mirror slot counts only as PRINCIPAL.
fn thousandths_without_service(problem: &Problem, state: &State) -> u64 {
    let estate = &problem.estate;
    let get = |field| state.get(estate, field);
    let mut all = 0;
    for pool in problem.pools() {
        let Some(s) = estate.store_of(pool, DatabaseType::User) else { continue };
        let store = estate.store(s);
        if !store.databases.iter().all(|&d| store.instances.iter().any(|&i| serves_users(problem, state, d, i))) {
            all += 1000;
            continue;
        }
        let finds = |f| {
            store.databases.iter().all(|&d| {
                let primary = get(Field::LoadedPrimary(f, s)).instance();
                let partner = get(Field::LoadedMirror(f, s)).instance();
                let mirrored = |&i: &_| get(Field::Role(d, i)) == Value::Principal;
                primary.into_iter().chain(partner.filter(mirrored)).any(|i| serves(problem, state, d, i))
            })
        };
        let front_ends = &estate.pool(pool).front_ends;
        let out = front_ends.iter().filter(|&&f| get(Field::Services(f)) != Value::Running || !finds(f)).count();
        all += out as u64 * 1000 / front_ends.len() as u64;
    }
    all
}
