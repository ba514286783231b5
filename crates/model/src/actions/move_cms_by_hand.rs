//! Let people move the Central Management store to a pool that has no store for it. It is asked for alone: afterwards the
//! topology has other stores than the facts are about, and everything else is planned anew.

use super::Declare;
use super::move_cms::Move;
use crate::call::{Cmdlet, Task};
use crate::cms;
use crate::condition::Predicate;
use crate::database_type::DatabaseType;
use crate::declaration::{Declaration, Evidence, Phrase, Piece, Risk, Way};
use crate::durations;
use crate::estate::InstanceId;
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;

/// Move the Central Management store by hand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MoveCmsByHand {
    moved: Move,
    /// The instance in the primary slot of the User store of the pool that takes over: its databases come there.
    on: InstanceId,
}

impl MoveCmsByHand {
    /// Operations §9.4: the databases, the proof that the topology can be written from there, the move.
    fn task(&self, problem: &Problem) -> Task {
        let estate = &problem.estate;
        let at = &estate.instance(self.on).name;
        let mut create =
            Cmdlet::new("Install-CsDatabase").switch("CentralManagementDatabase").with("SqlServerFqdn", &at.host);
        if !at.name.is_default() {
            create = create.with("SqlInstanceName", &at.name);
        }
        let answers = self.moved.given_up.is_empty();
        let carry = Cmdlet::new("Move-CsManagementServer");
        let archive = |of: &str| format!("<FILL IN: archive of {of}>");
        let from_files = |c: Cmdlet| {
            c.with("ConfigurationFileName", archive("configuration"))
                .with("LisConfigurationFileName", archive("locations"))
                .switch("Force")
        };
        let to = estate.pool(self.moved.to);
        Task::MoveCms {
            from: estate.pool(estate.store(self.moved.left).pool).fqdn.clone(),
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
        let proposed = || {
            let moved = Move::to(problem, state, problem.cms_to?)?;
            let user = problem.estate.store_of(moved.to, DatabaseType::User)?;
            let on = v.get(Field::PrimarySlot(user)).instance()?;
            // The users of a Front End there are signed out while it restarts.
            let may = problem.policy.accept_outage && cms::store(&problem.estate, moved.to).is_none();
            may.then_some(Self { moved, on })
        };
        proposed().into_iter().collect()
    }

    fn order(&self) -> u16 {
        self.moved.to.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let Move { to, left, given_up, .. } = &self.moved;
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
        let lost = "what the exports lack of xds and lis stays lost";
        let mut moved = self.moved.declaration(problem, durations::MOVE_CMS_BY_HAND, lost);
        // What the topology says of the store that is left nobody here can tell afterwards.
        let unread = [Field::PrimarySlot(*left), Field::MirrorSlot(*left), Field::WitnessSlot(*left)];
        moved.end.extend(unread.map(|f| write(f, Value::Unknown)));
        if given_up.is_empty() {
            moved.risks.push((Vec::new(), Risk::Outage));
        }
        // Its databases come where those of the User store are, so that one is served there.
        let taken = self.moved.taken(&problem.estate, |d| Predicate::Serves(d, self.on));
        Declaration {
            requires: [self.moved.leaves(problem), taken].concat(),
            ways: vec![way.by(&rights)],
            notes: vec![
                Phrase::new("in a local shell on a Front End of ")
                    .piece(Piece::Pool(*to))
                    .words("; that Front End restarts afterwards, and its users are signed out meanwhile"),
                Phrase::new("then plan anew: the topology has other stores"),
            ],
            ..moved
        }
    }
}
