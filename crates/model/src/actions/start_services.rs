//! Start the services of a Front End that stands still and has no other reason to restart: by the usual cmdlet; where an
//! aborted failover of the computer has disabled them, by the one that undoes it; where a person did, by a person.

use super::Declare;
use super::restart::{Loads, start};
use crate::call::{Cmdlet, Task};
use crate::condition::{Condition, Predicate};
use crate::declaration::{
    Declaration, Evidence, Group, Origin, Phrase, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::{FrontEndId, Product};
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;
use crate::rules;

/// Start a Front End.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StartServices {
    front_end: FrontEndId,
    disabled: bool,
    loads: Loads,
}

impl StartServices {
    /// The cmdlet, where there is one for it; for services that are disabled a person too, who can find out why.
    ///
    /// Skype for Business Server 2015 disables services when it fails a computer over, and has a cmdlet that undoes it. In
    /// Lync Server 2013 somebody did it.
    fn ways(&self, problem: &Problem) -> Vec<Way> {
        let estate = &problem.estate;
        let computer = &estate.front_end(self.front_end).fqdn;
        let product = estate.pool(estate.front_end(self.front_end).pool).product;
        let rights = ["RTCUniversalServerAdmins", "local Administrators on the Front End"];
        let by_cmdlet = |cmdlet, source| Way {
            settle: 30 * 60,
            retry: true,
            ..Way::cmdlets(vec![cmdlet], 30 * 60, Evidence::Documented, source).by(&rights)
        };
        if !self.disabled {
            return vec![by_cmdlet(start(problem, self.front_end), "Start-CsWindowsService")];
        }
        let undo = matches!(product, Product::Skype2015 | Product::Skype2019).then(|| {
            let undo = Cmdlet::new("Invoke-CsComputerFailBack").with("ComputerName", computer);
            let source = "patching or updating Front End Servers: Invoke-CsComputerFailBack";
            by_cmdlet(undo.without("Confirm").switch("Verbose"), source)
        });
        let by_person = Way {
            settle: 30 * 60,
            ..Way::person(
                Task::EnableServices { front_end: computer.clone(), product },
                Evidence::Documented,
                "Windows, start type of a service; Start-CsWindowsService",
            )
            .by(&["local Administrators on the Front End"])
        };
        undo.into_iter().chain([by_person]).collect()
    }
}

impl Declare for StartServices {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let mut all = Vec::new();
        for pool in problem.pools() {
            let Some(loads) = Loads::of(problem, state, pool) else { continue };
            let part = problem.estate.pool(pool);
            for &f in &part.front_ends {
                let services = v.get(Field::Services(f));
                let disabled = services == Value::Disabled;
                // With another reason to start again it is a restart that was left half done, and keeps that name.
                let only_stopped = loads
                    .achieves(f)
                    .iter()
                    .all(|c| matches!(c, Condition::Is(Field::Services(_), _)) || c.eval(v).holds());
                if disabled || (services == Value::Stopped && only_stopped) {
                    all.push(Self { front_end: f, disabled, loads: loads.clone() });
                }
            }
        }
        all
    }

    fn order(&self) -> u16 {
        self.front_end.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let f = self.front_end;
        let pool = estate.front_end(f).pool;
        let now = if self.disabled { Value::Disabled } else { Value::Stopped };
        let mut requires = self.loads.requires(f);
        requires.push(clause(Condition::Is(Field::Services(f), now), rules::ROLE));
        requires.push(clause(Predicate::Joins(pool, f), rules::G2));
        requires.extend(self.loads.back_end(estate));
        Declaration {
            id: StepId(format!("start/{}", estate.front_end(f).fqdn)),
            title: Phrase::new(if self.disabled { "Enable and start " } else { "Start " }).front_end(f),
            requires,
            achieves: self.loads.achieves(f),
            begin: Vec::new(),
            end: self.loads.effect(f),
            partial: vec![vec![
                Vec::new(),
                vec![write(Field::Services(f), Value::Stopped)],
                vec![write(Field::Services(f), Value::Starting)],
                self.loads.effect(f),
            ]],
            ways: self.ways(problem),
            risks: Vec::new(),
            loses: Vec::new(),
            ends: None,
            undo: Undo::NotApplicable,
            duration: durations::START,
            group: Some(Group::Pool(pool)),
            subject: Subject::Pool(pool),
            // It would write to whatever its slots name: while two copies serve, that may be the old one.
            stops_harm: false,
            work: Work::Change,
            origin: Origin { sentences: &[], deviation: Some("start-services") },
            stage: Stage::Follow,
            notes: Vec::new(),
        }
    }
}
