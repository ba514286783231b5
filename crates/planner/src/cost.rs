//! What a step costs, in the order of importance of the design: a sum along the plan's canonical order, so that the
//! remainder of a best plan is a best plan. It knows no search.

use model::declaration::{Declaration, Evidence, Risk, Subject, Work};
use model::estate::PoolId;
use model::field::{Field, State, Value};
use model::problem::Problem;
use model::truth::Truth;
use model::view::View;

/// How many components a cost has.
pub const COMPONENTS: usize = 10;

/// A cost: compared from the first component on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cost(pub [u64; COMPONENTS]);

/// What each component counts, with its unit, in the order of importance.
pub const NAMES: [&str; COMPONENTS] = [
    "databases lost or possibly lost",
    "steps that no source describes",
    "steps on hosts and pools that the goal does not name",
    "announced full stops",
    "user outage, seconds weighted by the share of Front Ends, in thousandths",
    "time until service returns, seconds summed over stores",
    "time below full protection, seconds summed over stores",
    "publishes",
    "restarts",
    "steps",
];

/// The place of announced full stops in a cost.
pub const FULL_STOPS: usize = 3;

/// Keys of `Problem::lifted` that leave a price out: to ask what a plan would be if it counted nothing. In earnest nothing is
/// left out.
pub const PRICE_OF_UNDOCUMENTED: &str = "price of undocumented steps";
/// The same of announced full stops.
pub const PRICE_OF_FULL_STOPS: &str = "price of full stops";

impl Cost {
    /// What two parts pay for a step that is one: the times of both, and the step once.
    #[must_use]
    pub fn beside(self, other: Self) -> Self {
        let mut sum = self;
        for (n, (a, b)) in sum.0.iter_mut().zip(other.0).enumerate() {
            // Losses and times add up; a step that no source describes, that stops a pool, publishes or restarts is one.
            *a = if matches!(n, 0 | 4 | 5 | 6) { *a + b } else { (*a).max(b) };
        }
        sum
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let mut sum = self;
        for (a, b) in sum.0.iter_mut().zip(other.0) {
            *a += b;
        }
        sum
    }
}

/// The share of a pool's users without service, in thousandths: all while no copy of the user store serves, else the
/// Front Ends that are stopped or cannot reach it. Only what is known counts: unknown is for the conditions to refuse.
#[must_use]
pub fn unserved(problem: &Problem, state: &State, pool: PoolId) -> u64 {
    let v: View<'_> = problem.view(state);
    // What a client does whose partner is not mirrored is K5's knowledge: without the rule nobody would count it.
    let partner_refused = !problem.lifted.contains(model::rules::K5.key);
    let front_ends = &v.estate.pool(pool).front_ends;
    let user = v.estate.store_of(pool, model::database_type::DatabaseType::User);
    if user.is_some_and(|s| v.store_served(s) != Truth::True) {
        return 1000;
    }
    let out = |&&f: &&_| {
        let services = v.get(Field::Services(f));
        (services.is_known() && services != Value::Running)
            || (partner_refused && v.front_end_reaches(f) == Truth::False)
    };
    let count = u64::try_from(front_ends.iter().filter(out).count()).unwrap_or(0);
    count * 1000 / u64::try_from(front_ends.len()).unwrap_or(1).max(1)
}

/// The cost of a step. `before` is the state at its begin, `during` the state with its begin written.
#[must_use]
pub fn of_step(problem: &Problem, before: &State, during: &State, d: &Declaration) -> Cost {
    let (v, w) = (problem.view(before), problem.view(during));
    let evidence = d.way(v).map_or(Evidence::Inferred, |way| way.evidence);
    let inferred = d.work != Work::Look && evidence == Evidence::Inferred;
    let lost = if d.risk(v) >= Risk::PossibleLoss { d.loses.len() } else { 0 };
    let most = u64::from(d.duration.most);
    let active = most - u64::from(d.duration.settling.min(d.duration.most));
    let mut outage = 0;
    for pool in problem.pools() {
        outage += unserved(problem, during, pool) * active;
    }
    let (mut away, mut below) = (0, 0);
    for wish in &problem.wishes {
        away += u64::from(w.store_served(wish.store) != Truth::True) * most;
        let databases = &problem.estate.store(wish.store).databases;
        below += u64::from(wish.wants_mirror() && !databases.iter().all(|&d| w.protected(d))) * most;
    }
    let count = |yes: bool| u64::from(yes);
    let charged = |key: &str| !problem.lifted.contains(key);
    Cost([
        u64::try_from(lost).unwrap_or(u64::MAX),
        count(inferred && charged(PRICE_OF_UNDOCUMENTED)),
        count(foreign(problem, d.subject)),
        count(d.work == Work::FullStop && charged(PRICE_OF_FULL_STOPS)),
        outage,
        away,
        below,
        count(d.work == Work::Publish),
        count(d.work == Work::Restart),
        1,
    ])
}

fn foreign(problem: &Problem, subject: Subject) -> bool {
    match subject {
        Subject::Host(h) => !problem.named().iter().any(|&i| problem.estate.host_of(i) == h),
        Subject::Pool(p) => !problem.pools().contains(&p),
        Subject::Estate => false,
    }
}
