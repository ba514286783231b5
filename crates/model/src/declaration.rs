//! What one action is, as data: requirements, achievement, effects, ways, risk, evidence, time, words. The planner, the
//! verification, the executor and every rendering read this and nothing else about an action.

use crate::call::Call;
use crate::condition::Condition;
use crate::estate::{DatabaseId, Estate, FrontEndId, HostId, InstanceId, PoolId};
use crate::field::Write;
use crate::truth::Truth;
use crate::view::View;

/// Names the purpose of a step and survives planning anew: `failover/<pool>/User`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct StepId(pub String);

impl std::fmt::Display for StepId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// What an action is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The purpose.
    pub id: StepId,
    /// What it does, as an order: "Fail over User to be2".
    pub title: Phrase,
    /// What must hold when it begins.
    pub requires: Vec<Clause>,
    /// What holds when it has ended; also "already true" before it begins.
    pub achieves: Vec<Condition>,
    /// What is true from its begin.
    pub begin: Vec<Write>,
    /// What is true at its end, unchanged fields of its subject included.
    pub end: Vec<Write>,
    /// What an incomplete performance can leave behind: for each unit, its alternatives, the first being "nothing".
    pub partial: Vec<Vec<Vec<Write>>>,
    /// The means, best first.
    pub ways: Vec<Way>,
    /// The risk, by condition on the state at its begin; the first that is not known to be false counts.
    pub risks: Vec<(Vec<Condition>, Risk)>,
    /// Databases whose committed transactions are or may be given up.
    pub loses: Vec<DatabaseId>,
    /// What the step ends.
    pub ends: Option<&'static str>,
    /// Whether it can be undone, and how.
    pub undo: Undo,
    /// How long it takes.
    pub duration: Duration,
    /// What must not overlap with it.
    pub group: Option<Group>,
    /// What it works on, for the price of touching what the goal does not name.
    pub subject: Subject,
    /// Whether it stops harm: such steps run while an invariant about data is false.
    pub stops_harm: bool,
    /// What kind of work it is, for counting.
    pub work: Work,
    /// Why it is there, beyond its clauses: sentences of the procedure, or a deviation.
    pub origin: Origin,
    /// Which part of the work it belongs to, for headings.
    pub stage: Stage,
    /// Words for a person: what to expect, what to leave alone.
    pub notes: Vec<Phrase>,
}

impl Declaration {
    /// A change of a subject that requires, achieves and writes nothing yet: the rest of a declaration with less to say.
    #[must_use]
    pub fn of(id: StepId, title: Phrase, subject: Subject, duration: Duration, stage: Stage, origin: Origin) -> Self {
        Self {
            id,
            title,
            requires: Vec::new(),
            achieves: Vec::new(),
            begin: Vec::new(),
            end: Vec::new(),
            partial: Vec::new(),
            ways: Vec::new(),
            risks: Vec::new(),
            loses: Vec::new(),
            ends: None,
            undo: Undo::NotApplicable,
            duration,
            group: None,
            subject,
            stops_harm: false,
            work: Work::Change,
            origin,
            stage,
            notes: Vec::new(),
        }
    }
}

/// A requirement with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// What must hold.
    pub condition: Condition,
    /// The rule it comes from.
    pub rule: Rule,
}

/// Where a rule comes from and why it is one. `key` is stable and used by tests and by `--explain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    /// Short name: `K5`, `G1`, `role`.
    pub key: &'static str,
    /// What goes wrong without it, in one phrase.
    pub because: &'static str,
    /// The page or the table row.
    pub source: &'static str,
}

/// Short for a [`Clause`].
pub fn clause(condition: impl Into<Condition>, rule: Rule) -> Clause {
    Clause { condition: condition.into(), rule }
}

/// One means of reaching what a step achieves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Who performs it.
    pub performer: Performer,
    /// What it needs beyond the step's own requirements.
    pub requires: Vec<Clause>,
    /// Rights of whoever performs it.
    pub rights: Vec<&'static str>,
    /// What is sent or asked.
    pub call: Call,
    /// How long it may run, in seconds; none for people.
    pub limit: Option<u32>,
    /// How long its result may take to be seen after that, in seconds.
    pub settle: u32,
    /// How well it is known, in this context.
    pub evidence: Evidence,
    /// Who says so.
    pub source: &'static str,
    /// Whether it may be performed again after it did nothing.
    pub retry: bool,
}

impl Way {
    /// A way that is not repeated, with nothing required beyond its step, and a minute for its result to be seen.
    #[must_use]
    pub fn new(performer: Performer, call: Call, evidence: Evidence, source: &'static str) -> Self {
        let (requires, rights, limit) = (Vec::new(), Vec::new(), None);
        Self { performer, requires, rights, call, limit, settle: 60, evidence, source, retry: false }
    }

    /// Cmdlets, which may run so many seconds.
    #[must_use]
    pub fn cmdlets(cmdlets: Vec<crate::call::Cmdlet>, limit: u32, evidence: Evidence, source: &'static str) -> Self {
        Self { limit: Some(limit), ..Self::new(Performer::Cmdlet, Call::Cmdlets(cmdlets), evidence, source) }
    }

    /// A person's task: it takes the time it takes, and may be asked for again.
    #[must_use]
    pub fn person(task: crate::call::Task, evidence: Evidence, source: &'static str) -> Self {
        Self { settle: 0, retry: true, ..Self::new(Performer::Person, Call::Person(task), evidence, source) }
    }

    /// With the rights of whoever performs it.
    #[must_use]
    pub fn by(self, rights: &[&'static str]) -> Self {
        Self { rights: rights.to_vec(), ..self }
    }
}

/// Who performs a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Performer {
    /// A person.
    Person,
    /// A cmdlet of the management shell.
    Cmdlet,
    /// T-SQL.
    Tsql,
    /// Nobody: the world does it.
    Wait,
}

/// How well a way is known in its context. Silence of the sources is not permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// A page of Microsoft's.
    Documented,
    /// A named field report.
    Field,
    /// Deduced; nobody was found who says it.
    Inferred,
}

/// What a step risks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// Nothing.
    None,
    /// Users are signed out.
    Outage,
    /// Transactions may be lost: nobody knows whether the copy was complete.
    PossibleLoss,
    /// Transactions are lost: the copy is known to be behind.
    KnownLoss,
}

/// Whether a step can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Undo {
    /// There is nothing to undo.
    NotApplicable,
    /// Yes; how.
    Reversible(&'static str),
    /// Yes, at a price; how.
    Costly(&'static str),
    /// No; why.
    Irreversible(&'static str),
}

/// How long a step takes, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration {
    /// At least.
    pub least: u32,
    /// At most, as a rule; the cost counts this.
    pub most: u32,
    /// How much of `most` is waiting for the pool to settle, when users are served.
    pub settling: u32,
    /// Who says so; "assumed" where nobody does.
    pub source: &'static str,
}

/// What must not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// One Front End of the pool at a time.
    Pool(PoolId),
    /// One publish of the estate at a time.
    Publish,
}

/// What a step works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A machine with SQL Server.
    Host(HostId),
    /// A pool, its Front Ends or its stores.
    Pool(PoolId),
    /// The estate.
    Estate,
}

/// What kind of work a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// A publish.
    Publish,
    /// A restart of one Front End.
    Restart,
    /// A full stop of a pool, or what is like one to its users: all are out, as announced.
    FullStop,
    /// Anything else that changes something.
    Change,
    /// Waiting, saving, testing, asking, fencing: it changes nothing that evidence is needed for.
    Look,
}

/// A part of the work, for headings and for the question where one may stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Service comes back.
    Serve,
    /// The topology and the Front Ends follow.
    Follow,
    /// A host is built again.
    Rebuild,
    /// Mirrors are created, and what belongs to them.
    Protect,
}

/// Where a step comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Sentences of the procedure that it carries out: ids of `procedure::SENTENCES`.
    pub sentences: &'static [&'static str],
    /// Where it differs from them, or has none: an id of `procedure::DEVIATIONS`.
    pub deviation: Option<&'static str>,
}

/// Words with names in them, so that a table can shorten the names and a prompt cannot.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Phrase(pub Vec<Piece>);

/// A piece of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// A machine with SQL Server.
    Host(HostId),
    /// A SQL Server instance.
    Instance(InstanceId),
    /// A Front End.
    FrontEnd(FrontEndId),
    /// A pool.
    Pool(PoolId),
}

impl Phrase {
    /// A phrase that begins with words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(vec![Piece::Words(words.into())])
    }

    /// With more words.
    #[must_use]
    pub fn words(mut self, words: impl Into<String>) -> Self {
        self.0.push(Piece::Words(words.into()));
        self
    }

    /// With a piece.
    #[must_use]
    pub fn piece(mut self, piece: Piece) -> Self {
        self.0.push(piece);
        self
    }

    /// With a host.
    #[must_use]
    pub fn host(self, h: HostId) -> Self {
        self.piece(Piece::Host(h))
    }

    /// With an instance.
    #[must_use]
    pub fn instance(self, i: InstanceId) -> Self {
        self.piece(Piece::Instance(i))
    }

    /// With a Front End.
    #[must_use]
    pub fn front_end(self, f: FrontEndId) -> Self {
        self.piece(Piece::FrontEnd(f))
    }

    /// With whole names: for prompts, gates, commands, errors, journals.
    #[must_use]
    pub fn full(&self, estate: &Estate) -> String {
        self.render(|piece| match piece {
            Piece::Words(w) => w.clone(),
            Piece::Host(h) => estate.host(*h).to_string(),
            Piece::Instance(i) => estate.instance(*i).name.to_string(),
            Piece::FrontEnd(f) => estate.front_end(*f).fqdn.to_string(),
            Piece::Pool(p) => estate.pool(*p).fqdn.to_string(),
        })
    }

    /// With first labels: for tables under a legend that spells the names.
    #[must_use]
    pub fn short(&self, estate: &Estate) -> String {
        self.render(|piece| match piece {
            Piece::Words(w) => w.clone(),
            Piece::Host(h) => estate.host(*h).label().to_owned(),
            Piece::Instance(i) => estate.instance(*i).name.host.label().to_owned(),
            Piece::FrontEnd(f) => estate.front_end(*f).fqdn.label().to_owned(),
            Piece::Pool(p) => estate.pool(*p).fqdn.label().to_owned(),
        })
    }

    fn render(&self, piece: impl Fn(&Piece) -> String) -> String {
        self.0.iter().map(piece).collect()
    }
}

impl Declaration {
    /// Whether it may begin: every requirement holds, and some way is open.
    #[must_use]
    pub fn may_begin(&self, v: View<'_>) -> bool {
        self.requires.iter().all(|c| c.condition.eval(v).holds()) && self.way(v).is_some()
    }

    /// Whether there is nothing left to do.
    #[must_use]
    pub fn is_true(&self, v: View<'_>) -> bool {
        self.achieves.iter().all(|c| c.eval(v).holds())
    }

    /// The first way whose own requirements hold.
    #[must_use]
    pub fn way<'a>(&'a self, v: View<'_>) -> Option<&'a Way> {
        self.ways.iter().find(|w| w.requires.iter().all(|c| c.condition.eval(v).holds()))
    }

    /// The risk at its begin. A condition that is not known counts as true, because unknown is not harmless; but to say
    /// that loss is *known* it must be known.
    #[must_use]
    pub fn risk(&self, v: View<'_>) -> Risk {
        let counts = |(conditions, risk): &&(Vec<Condition>, Risk)| {
            let truth = Truth::all(conditions.iter().map(|c| c.eval(v)));
            if *risk == Risk::KnownLoss { truth.holds() } else { truth != Truth::False }
        };
        self.risks.iter().find(counts).map_or(Risk::None, |(_, risk)| *risk)
    }

    /// Every partial outcome: one alternative for each unit, but neither "nothing at all" nor the full end.
    #[must_use]
    pub fn partial_outcomes(&self) -> Vec<Vec<Write>> {
        let mut outcomes: Vec<Vec<Write>> = vec![Vec::new()];
        for unit in &self.partial {
            outcomes = outcomes
                .iter()
                .flat_map(|so_far| unit.iter().map(move |more| [so_far.as_slice(), more.as_slice()].concat()))
                .collect();
        }
        let full: Vec<Write> = self.partial.iter().filter_map(|unit| unit.last()).flatten().copied().collect();
        outcomes.retain(|o| !o.is_empty() && *o != full);
        outcomes
    }
}
