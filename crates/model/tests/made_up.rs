//! One declaration serves everything: an action that was made up here is checked, taken, told and sent like any other,
//! and nothing else had to know of it.

use model::actions::Declare;
use model::call::{Call, Cmdlet};
use model::condition::Condition;
use model::declaration::{
    Declaration, Duration, Evidence, Origin, Performer, Phrase, Risk, Rule, Stage, StepId, Subject, Undo, Way, Work,
    clause,
};
use model::estate::{Estate, HostId, Parts};
use model::field::{Field, State, Value, write};
use model::problem::{Policy, Problem};
use model::{commands, words};

/// Wake a machine over the network.
#[derive(Clone, Debug, PartialEq)]
struct Wake {
    host: HostId,
}

const ASLEEP: Rule = Rule { key: "asleep", because: "it is awake already", source: "made up" };

impl Declare for Wake {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let asleep = |&h: &HostId| v.get(Field::Reachable(h)) == Value::No;
        problem.estate.host_ids().filter(asleep).map(|host| Self { host }).collect()
    }

    fn order(&self) -> u16 {
        self.host.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let h = self.host;
        Declaration {
            id: StepId(format!("wake/{}", problem.estate.host(h))),
            title: Phrase::new("Wake ").host(h),
            requires: vec![
                clause(Condition::Is(Field::Reachable(h), Value::No), ASLEEP),
                clause(Condition::Is(Field::Fenced(h), Value::No), ASLEEP),
            ],
            achieves: vec![Condition::Is(Field::Reachable(h), Value::Yes)],
            begin: Vec::new(),
            end: vec![write(Field::Reachable(h), Value::Yes)],
            partial: vec![vec![Vec::new(), vec![write(Field::Reachable(h), Value::Yes)]]],
            ways: vec![Way {
                performer: Performer::Cmdlet,
                requires: Vec::new(),
                rights: Vec::new(),
                call: Call::Cmdlets(vec![
                    Cmdlet::new("Send-Wake").with("ComputerName", problem.estate.host(h)).without("Confirm"),
                ]),
                limit: Some(60),
                settle: 60,
                evidence: Evidence::Inferred,
                source: "made up",
                retry: true,
            }],
            risks: vec![(vec![Condition::Is(Field::Fenced(h), Value::Yes)], Risk::Outage)],
            loses: Vec::new(),
            ends: None,
            undo: Undo::Reversible("let it sleep"),
            duration: Duration { least: 1, most: 2, settling: 0, source: "made up" },
            group: None,
            subject: Subject::Host(h),
            stops_harm: false,
            work: Work::Change,
            origin: Origin { sentences: &[], deviation: None },
            stage: Stage::Serve,
            notes: Vec::new(),
        }
    }
}

fn problem() -> Problem {
    let parts = Parts { instances: vec!["be1.contoso.com\\RTC".parse().unwrap()], ..Parts::default() };
    let estate = Estate::new(parts).unwrap();
    let mut initial = State::unknown(&estate);
    initial.set(&estate, Field::Reachable(HostId(0)), Value::No);
    initial.set(&estate, Field::Fenced(HostId(0)), Value::No);
    Problem {
        initial,
        wishes: Vec::new(),
        policy: Policy::default(),
        consents: Default::default(),
        builds: Default::default(),
        ports: Default::default(),
        cms_to: None,
        leave: Default::default(),
        lifted: Default::default(),
        estate,
    }
}

#[test]
fn check_effect_risk_text_and_powershell_come_from_the_declaration() {
    let problem = problem();
    let [wake] = Wake::propose(&problem, &problem.initial).try_into().unwrap();
    let d = wake.declare(&problem);
    let before = problem.view(&problem.initial);
    // Check.
    assert!(d.may_begin(before) && !d.is_true(before));
    // Effect.
    let mut after = problem.initial.clone();
    d.begin.iter().chain(&d.end).for_each(|w| after.set(&problem.estate, w.field, w.value));
    assert!(d.is_true(problem.view(&after)) && !d.may_begin(problem.view(&after)));
    assert!(Wake::propose(&problem, &after).is_empty());
    // Unknown permits nothing, and is no reason to believe it harmless.
    let mut dark = problem.initial.clone();
    dark.set(&problem.estate, Field::Fenced(HostId(0)), Value::Unknown);
    assert!(!d.may_begin(problem.view(&dark)));
    assert_eq!(d.risk(problem.view(&dark)), Risk::Outage);
    assert_eq!(d.risk(before), Risk::None);
    // Text.
    assert_eq!(d.title.short(&problem.estate), "Wake be1");
    assert_eq!(d.title.full(&problem.estate), "Wake be1.contoso.com");
    assert_eq!(words::condition(&problem.estate, &d.achieves[0]), "be1.contoso.com answers");
    // PowerShell.
    assert_eq!(commands::lines(&d.ways[0].call), ["Send-Wake -ComputerName be1.contoso.com -Confirm:$false"]);
    // The one unit has no outcome between nothing and all.
    assert!(d.partial_outcomes().is_empty());
}
