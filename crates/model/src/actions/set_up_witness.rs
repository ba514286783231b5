//! Make a SQL Server able to witness: a person brings it back, or sets it up with its mirroring endpoint. It holds no copy,
//! so nobody has to be fenced from it and nothing on it can be lost.

use super::{Declare, holds_nothing, set_witness};
use crate::call::Task;
use crate::condition::Condition;
use crate::declaration::{Declaration, Evidence, Origin, Phrase, Stage, StepId, Subject, Undo, Way, clause};
use crate::durations;
use crate::estate::InstanceId;
use crate::field::{Field, State, Value, write};
use crate::problem::{Problem, Wanted, Wish};
use crate::rules;

/// Set a witness up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetUpWitness {
    instance: InstanceId,
}

impl SetUpWitness {
    /// Whether a principal that has lost its quorum waits for the witness.
    fn serves(&self, problem: &Problem) -> bool {
        let v = problem.view(&problem.initial);
        let fields = problem.estate.layout().fields().iter();
        fields.into_iter().any(|&f| matches!(f, Field::Role(..)) && v.get(f) == Value::Recovering)
    }
}

impl Declare for SetUpWitness {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let unable = |i| [Field::Answers(i), Field::Ready(i)].iter().any(|&f| v.get(f) != Value::Yes);
        let mut wanted: Vec<InstanceId> = problem.wishes.iter().filter_map(|w| w.witness_wish()?).collect();
        // One that is not managed gives a principal its quorum back, and no mirror is created without it.
        let in_slot = |w: &Wish| v.get(Field::WitnessSlot(w.store)).instance();
        let unmanaged = problem.wishes.iter().filter(|w| w.witness == Wanted::Unmanaged && w.wants_mirror());
        wanted.extend(unmanaged.filter_map(in_slot));
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|&i| unable(i) && holds_nothing(problem, i));
        wanted.into_iter().map(|instance| Self { instance }).collect()
    }

    fn order(&self) -> u16 {
        self.instance.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let i = self.instance;
        let h = estate.host_of(i);
        let name = estate.instance(i).name.clone();
        let in_slot = |w: &Wish| problem.view(&problem.initial).get(Field::WitnessSlot(w.store)) == Value::Instance(i);
        let watches = problem.wishes.iter().filter(|w| w.witness_wish() == Some(Some(i)) || in_slot(w));
        let mut partners: Vec<InstanceId> = watches.flat_map(|w| w.slot_instances()).collect();
        partners.sort_unstable();
        partners.dedup();
        let like = partners.iter().find_map(|i| problem.builds.get(i).cloned());
        let port = set_witness::port(problem, i);
        let answers = |ready| {
            vec![
                write(Field::Reachable(h), Value::Yes),
                write(Field::Answers(i), Value::Yes),
                write(Field::Ready(i), ready),
            ]
        };
        let task = Task::SetUpWitness {
            instance: name.clone(),
            port,
            like,
            partners: partners.iter().map(|&p| estate.instance(p).name.clone()).collect(),
        };
        Declaration {
            requires: vec![clause(Condition::Is(Field::Fenced(h), Value::No), rules::MACHINE)],
            achieves: answers(Value::Yes).into_iter().map(|w| Condition::Is(w.field, w.value)).collect(),
            end: answers(Value::Yes),
            partial: vec![vec![
                Vec::new(),
                vec![write(Field::Reachable(h), Value::Yes)],
                answers(Value::No),
                answers(Value::Yes),
            ]],
            ways: vec![
                Way::person(
                    task,
                    Evidence::Documented,
                    "deploying SQL mirroring: same version, port 7022; operations 5.7 and 6.1",
                )
                .by(&["local Administrators and sysadmin on the witness"]),
            ],
            undo: Undo::NotApplicable,
            notes: vec![Phrase::new(format!("bring it back as it was, or set it up anew: endpoint on port {port}"))],
            ..Declaration::of(
                StepId(format!("witness-server/{name}")),
                Phrase::new("Make ").instance(i).words(" able to witness"),
                Subject::Host(h),
                durations::WITNESS_SERVER,
                if self.serves(problem) { Stage::Serve } else { Stage::Protect },
                Origin { sentences: &[], deviation: Some("witness") },
            )
        }
    }
}
