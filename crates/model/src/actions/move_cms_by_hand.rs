//! Let people move the Central Management store to a pool that has no store for it. It is asked for alone: afterwards the
//! topology has other stores than the facts are about, and everything else is planned anew.

use super::move_cms::{given_up, taker_runs};
use super::{Declare, pool_id};
use crate::call::{Cmdlet, Task};
use crate::cms;
use crate::condition::{Condition, Predicate};
use crate::database_type::DatabaseType;
use crate::declaration::{
    Clause, Declaration, Evidence, Group, Origin, Phrase, Piece, Risk, Stage, Subject, Undo, Way, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, PoolId, StoreId};
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;
use crate::rules;

/// Move the Central Management store by hand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MoveCmsByHand {
    from: PoolId,
    to: PoolId,
    /// The instance in the primary slot of the User store of the pool that takes over: its databases come there.
    on: InstanceId,
    /// The store that is left.
    left: StoreId,
    /// Its databases that do not answer, and were given up by name.
    given_up: Vec<DatabaseId>,
}

impl MoveCmsByHand {
    fn requirement(&self, problem: &Problem) -> Vec<Clause> {
        let estate = &problem.estate;
        let is = Condition::Is;
        let mut requires = vec![
            clause(is(Field::HoldsCms(self.from), Value::Yes), rules::CMS_PLACE),
            clause(is(Field::HoldsCms(self.to), Value::No), rules::CMS_PLACE),
        ];
        if self.given_up.is_empty() {
            requires.push(clause(is(Field::Saved, Value::Yes), rules::CMS_SAVED));
            let source = &estate.store(self.left).databases;
            requires.extend(source.iter().map(|&d| clause(Predicate::Served(d), rules::LOSS)));
        }
        // Its databases come where those of the User store are, so that one is served there.
        requires.extend(taker_runs(estate, self.to, |d| Predicate::Serves(d, self.on)));
        requires
    }

    /// Operations §9.4: the databases, the proof that the topology can be written from there, the move.
    fn task(&self, problem: &Problem) -> Task {
        let estate = &problem.estate;
        let at = &estate.instance(self.on).name;
        let mut create =
            Cmdlet::new("Install-CsDatabase").switch("CentralManagementDatabase").with("SqlServerFqdn", &at.host);
        if !at.name.is_default() {
            create = create.with("SqlInstanceName", &at.name);
        }
        let answers = self.given_up.is_empty();
        let carry = Cmdlet::new("Move-CsManagementServer");
        let archive = |of: &str| format!("<FILL IN: archive of {of}>");
        let from_files = |c: Cmdlet| {
            c.with("ConfigurationFileName", archive("configuration"))
                .with("LisConfigurationFileName", archive("locations"))
                .switch("Force")
        };
        let to = estate.pool(self.to);
        Task::MoveCms {
            from: estate.pool(self.from).fqdn.clone(),
            to: to.fqdn.clone(),
            front_end: to.front_ends.first().map_or_else(|| to.fqdn.clone(), |&f| estate.front_end(f).fqdn.clone()),
            on: at.clone(),
            create: create.switch("Verbose"),
            enable: answers.then(|| Cmdlet::new("Enable-CsTopology").switch("Verbose")),
            carry: if answers { carry } else { from_files(carry) },
        }
    }
}

impl Declare for MoveCmsByHand {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let places = || {
            let (from, to) = (cms::holder(v)?, problem.cms_to?);
            let on = v.get(Field::PrimarySlot(problem.estate.store_of(to, DatabaseType::User)?)).instance()?;
            let left = cms::store(&problem.estate, from)?;
            let made = cms::store(&problem.estate, to).is_none() && from != to;
            made.then(|| Self { from, to, on, left, given_up: given_up(problem, state, left) })
        };
        places().into_iter().collect()
    }

    fn order(&self) -> u16 {
        self.to.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let to = Piece::Pool(self.to);
        let way = Way {
            settle: 10 * 60,
            ..Way::person(
                self.task(problem),
                Evidence::Documented,
                "moving the Central Management Server; Move-CsManagementServer; operations 9.4",
            )
        };
        let rights = [
            "RTCUniversalServerAdmins and local Administrators, on a Front End of the pool that takes over",
            "sysadmin on its SQL Server",
        ];
        // What the topology says of the store that is left nobody here can tell afterwards.
        let left = [Field::PrimarySlot(self.left), Field::MirrorSlot(self.left), Field::WitnessSlot(self.left)];
        let mut end = vec![
            write(Field::HoldsCms(self.from), Value::No),
            write(Field::HoldsCms(self.to), Value::Yes),
            write(Field::CmsWritable, Value::Yes),
        ];
        end.extend(left.map(|f| write(f, Value::Unknown)));
        Declaration {
            requires: self.requirement(problem),
            achieves: vec![
                Condition::Is(Field::HoldsCms(self.to), Value::Yes),
                Condition::Is(Field::CmsWritable, Value::Yes),
            ],
            begin: vec![write(Field::CmsWritable, Value::No)],
            end,
            ways: vec![way.by(&rights)],
            risks: vec![(Vec::new(), if self.given_up.is_empty() { Risk::Outage } else { Risk::PossibleLoss })],
            loses: self.given_up.clone(),
            ends: Some("the time in which nothing can be published or moved"),
            undo: if self.given_up.is_empty() {
                Undo::Reversible("move it back the same way once its pool is whole")
            } else {
                Undo::Irreversible("what the exports lack of xds and lis stays lost")
            },
            group: Some(Group::Publish),
            notes: vec![
                Phrase::new("in a local shell on a Front End of ")
                    .piece(to.clone())
                    .words("; that Front End restarts afterwards, and its users are signed out meanwhile"),
                Phrase::new("then plan anew: the topology has other stores"),
            ],
            ..Declaration::of(
                pool_id("move-cms", &problem.estate, self.to),
                Phrase::new("Move the Central Management store to ").piece(to),
                Subject::Pool(self.to),
                durations::MOVE_CMS_BY_HAND,
                Stage::Follow,
                Origin { sentences: &[], deviation: Some("move-cms") },
            )
        }
    }
}
