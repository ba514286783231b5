//! The situation of a pool in a sentence or two. It claims what was read and nothing else: what is unknown is said to be
//! unknown, with its reason.

use model::estate::{DatabaseId, HostId, InstanceId, StoreId};
use model::field::{Field, Value};
use model::problem::Problem;
use model::truth::Truth;
use planner::triage::{PoolTriage, Situation};

use super::standing;
use crate::present::numbers::{count, join, verb};
use crate::present::plan::situation as now;
use crate::present::{Context, reasons};

/// A pool with what its verdict is made from.
struct Case<'a> {
    problem: &'a Problem,
    context: &'a Context<'a>,
    one: &'a PoolTriage,
}

/// The situation in a sentence or two; `mark` stands behind the pool. An invariant that is false already comes first.
pub(super) fn of(problem: &Problem, one: &PoolTriage, context: &Context<'_>, mark: &str) -> String {
    let pool = format!("{}{mark}", problem.estate.pool(one.pool).fqdn);
    let case = Case { problem, context, one };
    let (what, detail) = (case.what(), case.detail());
    let detail = if detail.is_empty() { detail } else { format!(" {detail}") };
    let violated = standing::violated(problem, &planner::triage::violated(problem), one.pool);
    match (violated.is_empty(), one.situation) {
        (true, Situation::Unknown) => format!("It could not be told how {pool} is.{detail}"),
        (true, _) => format!("{pool} {what}.{detail}"),
        (false, _) => format!("{pool} breaks {}. It {what}.{detail}", join(&violated)),
    }
}

/// The situation in one line, behind the name of the pool.
pub(super) fn line(problem: &Problem, one: &PoolTriage, context: &Context<'_>) -> String {
    let what = Case { problem, context, one }.what();
    let violated = standing::violated(problem, &planner::triage::violated(problem), one.pool);
    if violated.is_empty() { what } else { format!("breaks {}; {what}", join(&violated)) }
}

/// Databases by whether they are served.
struct Served {
    yes: usize,
    no: usize,
    /// How many are unknown, and why.
    unknown: Option<(usize, String)>,
}

impl Case<'_> {
    /// The situation in a phrase, behind the name of the pool.
    fn what(&self) -> String {
        match self.one.situation {
            Situation::SplitBrain => "has two copies of a database that serve at once".to_owned(),
            Situation::BothLost(h) => format!("has lost {}, and {}", self.problem.estate.host(h), self.no_other()),
            Situation::PrimaryLost(_) | Situation::PrimaryLostPartly(_) | Situation::PrimaryLostServed(_) => {
                let (_, hosts) = self.lost();
                format!("has lost its primary-slot SQL {}, {}", verb(hosts.len(), "host", "hosts"), join(&hosts))
            }
            Situation::MirrorLost(h) => format!("has lost its mirror-slot SQL host, {}", self.problem.estate.host(h)),
            Situation::DataNotBack(h) => {
                format!("has new, empty databases on {}", self.problem.estate.host(h))
            }
            Situation::PrincipalOffline(h) => {
                format!("has its databases on {}, which answers and serves nobody", self.problem.estate.host(h))
            }
            Situation::Drift => self.drift(),
            Situation::Unknown => "is in a state that could not be told".to_owned(),
            Situation::AsDeclared => "is as declared".to_owned(),
        }
    }

    /// What follows from it, in a sentence or two.
    fn detail(&self) -> String {
        match self.one.situation {
            Situation::SplitBrain => "Stop one of them before anything else.".to_owned(),
            Situation::PrimaryLost(_) | Situation::PrimaryLostPartly(_) | Situation::PrimaryLostServed(_) => {
                self.survivors(&self.lost().0)
            }
            Situation::MirrorLost(_) | Situation::PrincipalOffline(_) | Situation::Drift => self.users(),
            Situation::Unknown => self.unread(),
            // What nobody declares may still be worth a look: a witness that is not seen.
            Situation::AsDeclared => self.worst().map_or_else(String::new, |clause| format!("Worth a look: {clause}.")),
            Situation::DataNotBack(_) => "Their data are not back.".to_owned(),
            Situation::BothLost(_) => String::new(),
        }
    }

    /// The worst of how the copies of a store stand to each other, where something is out of order.
    fn worst(&self) -> Option<String> {
        let pairings = standing::pairings(self.problem, self.one.pool);
        pairings.iter().find_map(|(p, stores)| standing::clause(self.problem, *p, stores))
    }

    /// What is not as declared, by the worst of how the copies of a store stand to each other.
    fn drift(&self) -> String {
        self.worst().map_or_else(|| "is not as declared".to_owned(), |clause| format!("is not as declared: {clause}"))
    }

    fn view(&self) -> model::view::View<'_> {
        self.problem.view(&self.problem.initial)
    }

    /// The stores whose primary-slot host is lost, whatever else could be told of them, and those hosts.
    fn lost(&self) -> (Vec<StoreId>, Vec<String>) {
        let v = self.view();
        let host = |situation| match situation {
            Situation::PrimaryLost(h) | Situation::PrimaryLostPartly(h) | Situation::PrimaryLostServed(h) => Some(h),
            _ => None,
        };
        let mut hosts: Vec<HostId> = self.one.stores.iter().filter_map(|(_, x)| host(*x)).collect();
        hosts.sort_unstable();
        hosts.dedup();
        let primary = |s: StoreId| v.get(Field::PrimarySlot(s)).instance().map(|i| v.estate.host_of(i));
        let on_lost = |s: &StoreId| primary(*s).is_some_and(|h| hosts.contains(&h));
        let stores = self.one.stores.iter().map(|(s, _)| *s).filter(on_lost).collect();
        (stores, hosts.into_iter().map(|h| self.problem.estate.host(h).to_string()).collect())
    }

    /// The databases of some stores, or of all that are managed.
    fn databases(&self, stores: Option<&[StoreId]>) -> Vec<DatabaseId> {
        let managed = self.problem.managed(self.one.pool).map(|w| w.store);
        let of = managed.filter(|s| stores.is_none_or(|list| list.contains(s)));
        of.flat_map(|s| self.problem.estate.store(s).databases.iter().copied()).collect()
    }

    fn served(&self, databases: &[DatabaseId]) -> Served {
        let v = self.view();
        let is = |t: Truth| databases.iter().filter(move |&&d| v.served(d) == t);
        let unknown = is(Truth::Unknown).count();
        let why = is(Truth::Unknown).next().map(|&d| self.why(d));
        Served { yes: is(Truth::True).count(), no: is(Truth::False).count(), unknown: why.map(|w| (unknown, w)) }
    }

    /// Why it is unknown whether a database is served.
    fn why(&self, d: DatabaseId) -> String {
        let estate = &self.problem.estate;
        let v = self.view();
        let unsure = |&&i: &&InstanceId| v.serves(d, i) == Truth::Unknown;
        let Some(&i) = estate.store(estate.database(d).store).instances.iter().find(unsure) else {
            return "not read".to_owned();
        };
        let fields = [Field::Answers(i), Field::Role(d, i), Field::Fenced(estate.host_of(i))];
        let unread = fields.into_iter().find(|&f| !v.get(f).is_known());
        unread.map_or_else(|| "not read".to_owned(), |f| reasons::unknown(self.context.snapshot, estate, f))
    }

    /// Every copy of some databases on an instance in a slot that answers.
    fn copies(&self, databases: &[DatabaseId]) -> Vec<(DatabaseId, InstanceId)> {
        let v = self.view();
        let answering = now::instances(self.problem, v, self.one.pool).into_iter();
        let answering = answering.filter(|&i| v.get(Field::Answers(i)) == Value::Yes);
        answering
            .flat_map(|i| {
                let here = now::databases(self.problem, self.one.pool, i);
                here.into_iter().filter(|d| databases.contains(d)).map(move |d| (d, i))
            })
            .collect()
    }

    /// What is left of the databases whose primary-slot host is lost.
    fn survivors(&self, stores: &[StoreId]) -> String {
        let databases = self.databases(Some(stores));
        let copies = self.copies(&databases);
        let on = self.hosts(&copies);
        if let Some(unread) = self.unread_roles(&copies, &on) {
            return unread;
        }
        match self.served(&databases) {
            Served { no: 0, unknown: None, yes } if yes > 0 => {
                let servers = self.servers(&databases);
                format!(
                    "{servers} {} all its databases already.",
                    verb(servers.matches(' ').count() + 1, "serves", "serve")
                )
            }
            Served { yes: 0, unknown: None, .. } => self.waiting(&copies, &on),
            Served { unknown: Some((n, why)), .. } => {
                format!("Whether {n} of {} are served is unknown ({why}).", count(databases.len(), "database"))
            }
            Served { yes, .. } => format!(
                "{yes} of {} {} served from {} already, the others are not.",
                count(databases.len(), "database"),
                verb(yes, "is", "are"),
                self.servers(&databases)
            ),
        }
    }

    /// Copies on hosts that answer whose roles could not be read.
    fn unread_roles(&self, copies: &[(DatabaseId, InstanceId)], on: &str) -> Option<String> {
        let v = self.view();
        let unread: Vec<_> = copies.iter().filter(|(d, i)| !v.get(Field::Role(*d, *i)).is_known()).collect();
        let &&(d, i) = unread.first()?;
        let reason = reasons::unknown(self.context.snapshot, &self.problem.estate, Field::Role(d, i));
        let whose = if unread.len() == copies.len() {
            "The roles of the copies".to_owned()
        } else {
            format!("The roles of {} of {} copies", unread.len(), copies.len())
        };
        Some(format!("{whose} on {on} are unknown ({reason})."))
    }

    /// What is known where the situation as a whole is not: hosts in a slot that are silent, roles that were not read.
    fn unread(&self) -> String {
        let v = self.view();
        let estate = &self.problem.estate;
        let silent = now::instances(self.problem, v, self.one.pool).into_iter();
        let silent = silent.filter(|&i| v.get(Field::Answers(i)) == Value::No);
        let mut names: Vec<String> = silent.map(|i| estate.host(estate.host_of(i)).to_string()).collect();
        names.dedup();
        let copies = self.copies(&self.databases(None));
        let mut said = String::new();
        if !names.is_empty() {
            said += &format!("{} {} not answer.", join(&names), verb(names.len(), "does", "do"));
        }
        if let Some(roles) = self.unread_roles(&copies, &self.hosts(&copies)) {
            said += &format!(" {roles}");
        }
        said.trim_start().to_owned()
    }

    /// Copies that nobody serves yet: how complete they are.
    fn waiting(&self, copies: &[(DatabaseId, InstanceId)], on: &str) -> String {
        let v = self.view();
        let content = |&(d, i): &(DatabaseId, InstanceId)| v.get(Field::Content(d, i));
        let is = |what: &[Value]| copies.iter().filter(|c| what.contains(&content(c))).count();
        let (behind, missing) = (is(&[Value::Behind, Value::Superseded]), is(&[Value::Nothing]));
        let what = match (behind, missing) {
            _ if copies.is_empty() => return "No copy of its databases is known on a host that answers.".to_owned(),
            (n, _) if n == copies.len() => "are behind",
            (1.., _) => "are in part behind",
            (_, n) if n == copies.len() => "are empty",
            (_, 1..) => "are in part empty",
            _ if is(&[Value::Complete]) == copies.len() => "are complete",
            _ => {
                let unread = copies.iter().find(|c| !content(c).is_known());
                let why = unread.map_or_else(
                    || "not read".to_owned(),
                    |&(d, i)| reasons::unknown(self.context.snapshot, &self.problem.estate, Field::Content(d, i)),
                );
                return format!("Whether the copies on {on} are complete is unknown ({why}); they serve nobody yet.");
            }
        };
        format!("The copies on {on} {what}, and serve nobody yet.")
    }

    /// The hosts of copies.
    fn hosts(&self, copies: &[(DatabaseId, InstanceId)]) -> String {
        let mut names: Vec<String> = Vec::new();
        for &(_, i) in copies {
            let name = self.problem.estate.host(self.problem.estate.host_of(i)).to_string();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        join(&names)
    }

    /// The hosts that are seen to serve.
    fn servers(&self, databases: &[DatabaseId]) -> String {
        let v = self.view();
        let mut copies = self.copies(databases);
        copies.retain(|&(d, i)| v.serves(d, i) == Truth::True);
        self.hosts(&copies)
    }

    /// Whether users are served, where no host of a primary slot is lost, and whether there is a second copy.
    fn users(&self) -> String {
        let all = self.databases(None);
        match self.served(&all) {
            Served { no: 0, unknown: None, .. } if all.iter().all(|&d| self.view().protected(d)) => {
                "Users are served; every database has its second copy.".to_owned()
            }
            Served { no: 0, unknown: None, .. } => "Users are served, without a second copy.".to_owned(),
            Served { unknown: Some((n, why)), .. } => {
                format!("Whether {n} of {} are served is unknown ({why}).", count(all.len(), "database"))
            }
            Served { no, .. } => {
                format!("{no} of {} {} served by nobody.", count(all.len(), "database"), verb(no, "is", "are"))
            }
        }
    }

    /// What is known of the hosts beside the lost one.
    fn no_other(&self) -> String {
        let v = self.view();
        let instances = now::instances(self.problem, v, self.one.pool).into_iter();
        match instances.map(Field::Answers).find(|&f| !v.get(f).is_known()) {
            None => "no other copy answers".to_owned(),
            Some(f) => {
                let why = reasons::unknown(self.context.snapshot, &self.problem.estate, f);
                format!("whether another copy answers is unknown ({why})")
            }
        }
    }
}
