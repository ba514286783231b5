//! What every action is, as a page to be read: `golden/actions.txt`. For each kind of step everything that its declarations
//! say in the cases, by role instead of by name; a clause, an effect or an outcome that is left out, added or turned round
//! shows there. And how far each kind reaches: `golden/reach.txt`. `make golden` writes both anew; read the difference.

mod cases;
mod near;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write as _};

use model::actions::Action;
use model::call::{Argument, Call, Cmdlet};
use model::database_type::DatabaseType;
use model::declaration::{Clause, Declaration, Risk, Undo, Way};
use model::estate::InstanceId;
use model::field::{Field, State, Write};
use model::problem::Problem;
use model::view::View;
use near::{compare, name, neighbours, places};
use planner::step::Rules;
use support::solved;

/// What is said under each heading, and how often.
type Lines = BTreeMap<(&'static str, String), usize>;

/// The names of a state by their roles in it.
struct Names<'a> {
    problem: &'a Problem,
    state: &'a State,
}

impl Names<'_> {
    /// The slots in which an instance is.
    fn role(&self, i: InstanceId) -> String {
        let v = self.problem.view(self.state);
        let estate = &self.problem.estate;
        let has = |slot: fn(model::estate::StoreId) -> Field| {
            estate.store_ids().any(|s| v.get(slot(s)).instance() == Some(i))
        };
        let slots: [(bool, &str); 3] = [
            (has(Field::PrimarySlot), "primary"),
            (has(Field::MirrorSlot), "mirror"),
            (has(Field::WitnessSlot), "witness"),
        ];
        let held: Vec<&str> = slots.into_iter().filter(|(held, _)| *held).map(|(_, name)| name).collect();
        if held.is_empty() { "other".to_owned() } else { held.join("+") }
    }

    /// What is said, with roles and kinds in the place of numbers.
    fn of(&self, said: &impl Debug) -> String {
        let mut text = format!("{said:?}");
        let mut replace = |name: &str, by: &dyn Fn(u16) -> String| {
            while let Some(at) = text.find(name) {
                let end = at + text[at..].find(')').unwrap();
                let number = text[at + name.len()..end].parse().unwrap();
                text.replace_range(at..=end, &by(number));
            }
        };
        replace("InstanceId(", &|n| self.role(InstanceId(n)));
        replace("HostId(", &|n| {
            let estate = &self.problem.estate;
            let on = estate.instance_ids().filter(|&i| estate.host_of(i).0 == n).map(|i| self.role(i));
            format!("host of {}", on.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", "))
        });
        for (name, short) in [("DatabaseId(", "d"), ("StoreId(", "s"), ("FrontEndId(", "f"), ("PoolId(", "p")] {
            replace(name, &|_| short.to_owned());
        }
        text.replace("Named(", "(")
    }

    fn write(&self, w: &Write) -> String {
        format!("{} = {}", self.of(&w.field), self.of(&w.value))
    }

    fn clause(&self, c: &Clause) -> String {
        format!("{}: {}", c.rule.key, self.of(&c.condition))
    }

    /// A command; machines by their roles, Front Ends by their places.
    fn cmdlet(&self, c: &Cmdlet) -> String {
        let estate = &self.problem.estate;
        let mut named: Vec<(String, String)> = Vec::new();
        named.extend(estate.instance_ids().map(|i| (estate.host(estate.host_of(i)).to_string(), self.role(i))));
        named.extend(estate.front_end_ids().map(|f| (estate.front_end(f).fqdn.to_string(), format!("f{}", f.0 + 1))));
        named.extend(estate.pools.iter().map(|p| (p.fqdn.to_string(), "p".to_owned())));
        let by_role = |text: &String| named.iter().fold(text.clone(), |t, (name, role)| t.replace(name, role));
        let mut told = c.name.to_owned();
        for (name, argument) in &c.arguments {
            match argument {
                Argument::Text(text) if text.parse::<DatabaseType>().is_ok() => write!(told, " -{name} type").unwrap(),
                Argument::Text(text) => write!(told, " -{name} {}", by_role(text)).unwrap(),
                Argument::List(list) => write!(told, " -{name} {}", list.join(",")).unwrap(),
                Argument::On => write!(told, " -{name}").unwrap(),
                Argument::Off => write!(told, " -{name}:no").unwrap(),
            }
        }
        told
    }

    fn way(&self, way: &Way) -> String {
        let called = match &way.call {
            Call::Cmdlets(all) => all.iter().map(|c| self.cmdlet(c)).collect::<Vec<_>>().join("; "),
            Call::Sql { statements, .. } => kinds(statements),
            Call::SqlInTurn(batches) => batches.iter().map(|b| kinds(&b.statements)).collect::<Vec<_>>().join("; "),
            Call::Person(task) => first_word(task),
            Call::Wait => "nothing".to_owned(),
        };
        let requires: Vec<String> = way.requires.iter().map(|c| self.clause(c)).collect();
        format!(
            "{:?} by {called}, {:?}, {}, settles in {}{}{}; {}",
            way.performer,
            way.evidence,
            way.limit.map_or_else(|| "no limit".to_owned(), |s| format!("limit {s}")),
            way.settle,
            if way.retry { ", again" } else { "" },
            if requires.is_empty() { String::new() } else { format!(", requires {requires:?}") },
            way.rights.join(", ")
        )
    }

    /// Everything that a declaration says, by heading.
    fn lines(&self, d: &Declaration) -> BTreeSet<(&'static str, String)> {
        let mut lines = BTreeSet::new();
        let mut add = |heading, text| _ = lines.insert((heading, text));
        d.requires.iter().for_each(|c| add("requires", self.clause(c)));
        d.achieves.iter().for_each(|c| add("achieves", self.of(c)));
        d.begin.iter().for_each(|w| add("begin", self.write(w)));
        d.end.iter().for_each(|w| add("end", self.write(w)));
        for outcome in d.partial.iter().flatten() {
            let writes: BTreeSet<String> = outcome.iter().map(|w| self.write(w)).collect();
            let told = if writes.is_empty() {
                "nothing".to_owned()
            } else {
                writes.into_iter().collect::<Vec<_>>().join(", ")
            };
            add("may leave", told);
        }
        for (n, way) in d.ways.iter().enumerate() {
            add("way", format!("{}. {}", n + 1, self.way(way)));
        }
        for (conditions, risk) in &d.risks {
            add("risk", format!("{risk:?} if {:?}", conditions.iter().map(|c| self.of(c)).collect::<BTreeSet<_>>()));
        }
        let group = d.group.map_or_else(|| "free".to_owned(), |g| format!("alone in {}", self.of(&g)));
        let harm = if d.stops_harm { ", stops harm" } else { "" };
        let loses = if d.loses.is_empty() { "" } else { ", loses what was given up" };
        let t = d.duration;
        add("is", format!("{:?}, {:?}, on {}, {group}{harm}{loses}", d.work, d.stage, self.of(&d.subject)));
        add("lasts", format!("{} to {} s, {} of them settling", t.least, t.most, t.settling));
        add("undo", format!("{:?}; ends {}", d.undo, d.ends.unwrap_or("nothing")));
        add("from", format!("{:?}, {}", d.origin.sentences, d.origin.deviation.unwrap_or("no deviation")));
        lines
    }
}

fn first_word(said: &impl Debug) -> String {
    let text = format!("{said:?}");
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

fn kinds(all: &[impl Debug]) -> String {
    let mut kinds: Vec<String> = all.iter().map(|s| first_word(s)).collect();
    kinds.dedup();
    kinds.join(", ")
}

#[test]
fn every_action_is_what_the_page_says() {
    let mut all: BTreeMap<String, (usize, Lines)> = BTreeMap::new();
    for (_, problem) in cases::all() {
        let solved = solved(&problem);
        let rules = Rules::new(&solved.plan.problem);
        for state in solved.placed.iter().map(|p| &p.before) {
            let names = Names { problem: rules.problem, state };
            for action in Action::proposals(rules.problem, state) {
                let d = rules.declare(&action);
                let (count, lines) = all.entry(name(&action, &d)).or_default();
                *count += 1;
                names.lines(&d).into_iter().for_each(|line| *lines.entry(line).or_default() += 1);
            }
        }
    }
    let mut page = String::from("What each kind of step says in the cases of cases/mod.rs. A star: not every time.\n");
    for (name, (count, lines)) in &all {
        writeln!(page, "\n{name}").unwrap();
        for ((heading, text), times) in lines {
            writeln!(page, "  {heading:<9} {} {text}", if times == count { ' ' } else { '*' }).unwrap();
        }
    }
    compare("actions.txt", &page);
}

/// How often a kind is proposed, and what its declarations say in all.
#[derive(Default)]
struct Reach([usize; HEADS.len()]);

/// What is counted of each kind. Sent: arguments of cmdlets, and statements. Possible, known: steps that
/// may lose, and those that are known to.
const HEADS: [&str; 16] = [
    "proposed",
    "begins",
    "meanwhile",
    "requires",
    "achieves",
    "writes",
    "outcomes",
    "ways",
    "sent",
    "risks",
    "possible",
    "known",
    "loses",
    "harm",
    "final",
    "alone",
];

impl Reach {
    fn add(&mut self, d: &Declaration, v: View<'_>) {
        let counts = [
            1,
            usize::from(d.may_begin(v)),
            usize::from(d.id.0.contains("-meanwhile")),
            d.requires.len(),
            d.achieves.len(),
            d.begin.len() + d.end.len(),
            d.partial.iter().map(Vec::len).sum(),
            d.ways.len(),
            d.ways.iter().map(|w| sent(&w.call)).sum(),
            d.risks.len(),
            usize::from(d.risk(v) == Risk::PossibleLoss),
            usize::from(d.risk(v) == Risk::KnownLoss),
            d.loses.len(),
            usize::from(d.stops_harm),
            usize::from(matches!(d.undo, Undo::Irreversible(_))),
            usize::from(d.group.is_some()),
        ];
        self.0.iter_mut().zip(counts).for_each(|(sum, n)| *sum += n);
    }
}

fn sent(call: &Call) -> usize {
    let argument = |(_, a): &(&str, Argument)| if let Argument::List(list) = a { list.len() } else { 1 };
    match call {
        Call::Cmdlets(all) => all.iter().map(|c| 1 + c.arguments.iter().map(argument).sum::<usize>()).sum(),
        Call::Sql { statements, .. } => statements.len(),
        Call::SqlInTurn(batches) => batches.iter().map(|b| b.statements.len()).sum(),
        Call::Person(_) | Call::Wait => 0,
    }
}

#[test]
fn every_action_reaches_as_far_as_the_page_says() {
    let mut all: BTreeMap<String, Reach> = BTreeMap::new();
    let mut cited: BTreeMap<&str, usize> = BTreeMap::new();
    let mut questions = 0;
    for place in places() {
        for problem in neighbours(&place) {
            questions += 1;
            let v = problem.view(&problem.initial);
            for action in Action::proposals(&problem, &problem.initial) {
                let d = action.declare(&problem);
                all.entry(name(&action, &d)).or_default().add(&d, v);
                let origin = d.origin.sentences.iter().copied().chain(d.origin.deviation);
                origin.for_each(|id| *cited.entry(id).or_default() += 1);
            }
        }
    }
    let mut page = format!(
        "How far each kind of step reaches: in the cases of cases/mod.rs as they begin, where a step of each kind is taken\n\
         first, and wherever there one fact, one wish or one policy is otherwise; {questions} questions in all. How often it is\n\
         proposed and may begin, how much is said then in all, and which sentences and deviations are cited.\n\n"
    );
    let mut line = |name: &str, cells: [String; HEADS.len()]| {
        let cells = cells.map(|c| format!("{c:>10}")).concat();
        writeln!(page, "{name:<22}{cells}").unwrap();
    };
    line("", HEADS.map(str::to_owned));
    all.iter().for_each(|(name, r)| line(name, r.0.map(|n| n.to_string())));
    page.push('\n');
    cited.iter().for_each(|(id, n)| writeln!(page, "{id:<24}{n:>8}").unwrap());
    compare("reach.txt", &page);
}
