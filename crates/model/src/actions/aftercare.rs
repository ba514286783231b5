//! What no cmdlet does after mirroring again: log backups on both hosts, the data sources of the reports.

use super::{Declare, pool_id};
use crate::call::{Call, Task};
use crate::condition::Condition;
use crate::database_type::DatabaseType;
use crate::declaration::{Declaration, Evidence, Origin, Performer, Phrase, Stage, Subject, Undo, Way, Work, clause};
use crate::durations;
use crate::estate::{HostId, InstanceId, PoolId};
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;
use crate::rules;

/// The aftercare of a pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aftercare {
    pool: PoolId,
    hosts: Vec<HostId>,
    reports: Option<(InstanceId, Option<InstanceId>)>,
}

impl Declare for Aftercare {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let estate = &problem.estate;
        let mut all = Vec::new();
        for pool in problem.pools().into_iter().filter(|&p| problem.mirrors(p)) {
            let managed: Vec<_> = problem.managed(pool).map(|w| w.store).collect();
            let slots = managed.iter().flat_map(|&s| [v.get(Field::PrimarySlot(s)), v.get(Field::MirrorSlot(s))]);
            let mut hosts: Vec<HostId> = slots.filter_map(Value::instance).map(|i| estate.host_of(i)).collect();
            hosts.sort_unstable();
            hosts.dedup();
            let monitoring = managed.iter().find(|&&s| estate.store(s).kind == DatabaseType::Monitoring);
            let reports = monitoring.and_then(|&s| {
                Some((v.get(Field::PrimarySlot(s)).instance()?, v.get(Field::MirrorSlot(s)).instance()))
            });
            // Backups and reports that are set up before the mirrors exist would have to be set up again.
            let mirrored = managed.iter().filter(|&&s| problem.wish(s).is_some_and(crate::problem::Wish::wants_mirror));
            if !mirrored.flat_map(|&s| &estate.store(s).databases).all(|&d| v.protected(d)) {
                continue;
            }
            let undone = v.get(Field::LogBackups(pool)) != Value::Yes
                || (reports.is_some() && v.get(Field::Reports(pool)) != Value::Yes);
            if undone {
                all.push(Self { pool, hosts, reports });
            }
        }
        all
    }

    fn order(&self) -> u16 {
        self.pool.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let mut title = Phrase::new("Log backups on ");
        for (n, &h) in self.hosts.iter().enumerate() {
            title = if n == 0 { title } else { title.words(" and ") }.host(h);
        }
        let mut fields = vec![Field::LogBackups(self.pool)];
        let mut requires = Vec::new();
        if let Some((primary, mirror)) = self.reports {
            title = title.words(", reports");
            fields.push(Field::Reports(self.pool));
            if let Some(s) = estate.store_of(self.pool, DatabaseType::Monitoring) {
                requires.push(clause(Condition::Is(Field::PrimarySlot(s), primary.into()), rules::SLOT));
                requires.push(clause(Condition::Is(Field::MirrorSlot(s), mirror.into()), rules::SLOT));
            }
        }
        let name = |i: InstanceId| estate.instance(i).name.clone();
        Declaration {
            id: pool_id("aftercare", estate, self.pool),
            title,
            requires,
            achieves: fields.iter().map(|&f| Condition::Is(f, Value::Yes)).collect(),
            begin: Vec::new(),
            end: fields.iter().map(|&f| write(f, Value::Yes)).collect(),
            partial: fields.iter().map(|&f| vec![Vec::new(), vec![write(f, Value::Yes)]]).collect(),
            ways: vec![Way {
                performer: Performer::Person,
                requires: Vec::new(),
                rights: vec!["sysadmin on the SQL Servers", "Content Manager on the report server"],
                call: Call::Person(Task::Aftercare {
                    pool: estate.pool(self.pool).fqdn.clone(),
                    backups: self.hosts.iter().map(|&h| estate.host(h).clone()).collect(),
                    reports: self.reports.map(|(p, m)| (name(p), m.map(name))),
                }),
                limit: None,
                settle: 0,
                evidence: Evidence::Documented,
                source: "deploying SQL mirroring; associating Monitoring Reports with a mirror database",
                retry: true,
            }],
            risks: Vec::new(),
            loses: Vec::new(),
            ends: None,
            undo: Undo::Reversible("set them back"),
            duration: durations::AFTERCARE,
            group: None,
            subject: Subject::Pool(self.pool),
            stops_harm: false,
            work: Work::Look,
            origin: Origin { sentences: &[], deviation: Some("aftercare") },
            stage: Stage::Protect,
            notes: Vec::new(),
        }
    }
}
