//! Save topology, simple URLs and settings: the way back from a publish.

use super::Declare;
use crate::call::{Call, Cmdlet};
use crate::cms;
use crate::condition::{Condition, Predicate};
use crate::declaration::{
    Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::StoreId;
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;
use crate::rules;

/// Save what a publish may lose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Save {
    /// The store that is read, where it took no writes when the facts were read: then it may have to be served first.
    read: Option<StoreId>,
}

impl Declare for Save {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let (v, first) = (problem.view(state), problem.view(&problem.initial));
        if v.get(Field::Saved) == Value::Yes {
            return Vec::new();
        }
        let silent = first.get(Field::CmsWritable) == Value::No;
        let read = cms::holder(v).filter(|_| silent).and_then(|p| cms::store(&problem.estate, p));
        vec![Self { read }]
    }

    fn order(&self) -> u16 {
        0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let mut requires = Vec::new();
        if let Some(store) = self.read.map(|s| problem.estate.store(s)) {
            let here = Condition::Is(Field::HoldsCms(store.pool), Value::Yes);
            requires.push(clause(here, rules::CMS_PLACE));
            requires.extend(store.databases.iter().map(|&d| clause(Predicate::Served(d), rules::CMS_READ)));
        }
        Declaration {
            id: StepId("save/topology".to_owned()),
            title: Phrase::new("Save topology, simple URLs, settings"),
            requires,
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
