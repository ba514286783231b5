//! Save topology, simple URLs and settings: the way back from a publish.

use super::Declare;
use crate::call::{Call, Cmdlet};
use crate::condition::Condition;
use crate::declaration::{Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Undo, Way, Work};
use crate::durations;
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;

/// Save what a publish may lose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Save;

impl Declare for Save {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let saved = problem.view(state).get(Field::Saved);
        if saved == Value::Yes { Vec::new() } else { vec![Self] }
    }

    fn order(&self) -> u16 {
        0
    }

    fn declare(&self, _: &Problem) -> Declaration {
        Declaration {
            id: StepId("save/topology".to_owned()),
            title: Phrase::new("Save topology, simple URLs, settings"),
            requires: Vec::new(),
            achieves: vec![Condition::Is(Field::Saved, Value::Yes)],
            begin: Vec::new(),
            end: vec![write(Field::Saved, Value::Yes)],
            partial: Vec::new(),
            ways: vec![Way {
                performer: Performer::Cmdlet,
                requires: Vec::new(),
                rights: vec!["RTCUniversalReadOnlyAdmins"],
                call: Call::Cmdlets(vec![
                    Cmdlet::new("Get-CsTopology").switch("AsXml"),
                    Cmdlet::new("Get-CsSimpleUrlConfiguration"),
                    Cmdlet::new("Export-CsConfiguration").with("FileName", "configuration.zip"),
                    Cmdlet::new("Export-CsLisConfiguration").with("FileName", "lis.zip"),
                ]),
                limit: Some(10 * 60),
                settle: 0,
                evidence: Evidence::Documented,
                source: "backing up settings; Publish-CsTopology names the loss of simple URLs",
                retry: true,
            }],
            risks: Vec::new(),
            loses: Vec::new(),
            ends: None,
            undo: Undo::NotApplicable,
            duration: durations::SAVE,
            group: None,
            subject: Subject::Estate,
            stops_harm: false,
            work: Work::Look,
            origin: Origin { sentences: &[], deviation: Some("save") },
            stage: Stage::Follow,
            notes: Vec::new(),
        }
    }
}
