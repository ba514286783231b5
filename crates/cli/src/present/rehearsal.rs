//! `rehearse`: the verdict, one table of steps and kinds of fault, and what stands out. It runs nothing.

use rehearsal::result::{Counts, Struck};
use rehearsal::{Class, Rehearsal, Tried, Verdict};
use serde::Serialize;

use super::numbers::{count, verb};
use super::page::{Cell, Page};
use super::style::{Role, Style, keep};
use super::time;

/// Columns of a step's number, and of each kind of fault.
const NUMBER: usize = 3;
const KIND: usize = 5;
/// How many trials of one sort are told by name.
const TOLD: usize = 12;

/// A rehearsal as text.
#[must_use]
pub fn text(found: &Rehearsal, plan: &str, style: Style) -> String {
    let mut page = Page::new(style);
    page.paragraph(&format!("Simulated: {}", verdict(found)));
    page.blank();
    table(&mut page, found);
    page.blank();
    legend(&mut page, found);
    told(&mut page, "Broken by the plan", &found.singles, found, |t| t.verdict() == Verdict::Breaks);
    told(&mut page, "Taken by the fault alone", &found.singles, found, |t| t.verdict() == Verdict::Alone);
    told(&mut page, "No new plan", &found.singles, found, |t| t.verdict() == Verdict::Stuck);
    if !found.pairs.is_empty() {
        pairs(&mut page, found);
    }
    outage(&mut page, found);
    page.blank();
    page.paragraph("Nothing was changed.");
    page.paragraph(&match found.holds() {
        true => format!("Next: cstopo apply {plan}"),
        false => format!("Next: cstopo show {plan}; do not apply it before you know why"),
    });
    page.finish()
}

/// A rehearsal as JSON.
#[must_use]
pub fn json(found: &Rehearsal) -> String {
    #[derive(Serialize)]
    struct Whole<'a> {
        format: u32,
        holds: bool,
        verdict: String,
        singles: Counts,
        pairs: Counts,
        rehearsal: &'a Rehearsal,
    }
    let whole = Whole {
        format: 1,
        holds: found.holds(),
        verdict: verdict(found),
        singles: Counts::of(&found.singles),
        pairs: Counts::of(&found.pairs),
        rehearsal: found,
    };
    // Only maps with keys that are no text could fail, and there are none.
    serde_json::to_string_pretty(&whole).unwrap_or_default() + "\n"
}

/// A rehearsal as one line of a pull request.
#[must_use]
pub fn markdown(found: &Rehearsal) -> String {
    format!("Rehearsed: {}\n", verdict(found))
}

/// The verdict in a sentence.
#[must_use]
pub fn verdict(found: &Rehearsal) -> String {
    let c = Counts::of(&found.singles);
    let none_or = |n: usize, none: &str, some: String| if n == 0 { none.to_owned() } else { some };
    let mut text = format!("{} at {}; ", count(c.trials, "single fault"), count(found.steps_struck(), "step"));
    if found.plain.verdict() != Verdict::Done {
        text += "even without a fault the plan does not come to its end as it should; ";
    }
    text += &none_or(
        c.broken,
        "no invariant breaks",
        format!("{} {} an invariant", c.broken, verb(c.broken, "breaks", "break")),
    );
    text += &none_or(c.lost, ", no data is lost", format!(", {} {} data", c.lost, verb(c.lost, "loses", "lose")));
    let (stop, goes) = (c.stop_and_finish, verb(c.stop_and_finish, "stops", "stop"));
    text += &format!(", {stop} {goes} the run and a new plan finishes it");
    if c.alone > 0 {
        let goes = verb(c.alone, "takes by itself", "take by themselves");
        text += &format!("; {} {goes} what no plan can keep", c.alone);
    }
    if c.stuck > 0 {
        text += &format!("; after {} no new plan leads to the goal", c.stuck);
    }
    text.push('.');
    if !found.pairs.is_empty() {
        let p = Counts::of(&found.pairs);
        text += &format!(
            " {} of {} pairs: {} break an invariant, {} lose data.",
            p.trials, found.pairs_of, p.broken, p.lost
        );
    }
    text
}

fn head(class: Class) -> &'static str {
    match class {
        Class::Fails => "fails",
        Class::Half => "half",
        Class::Late => "late",
        Class::Lies => "lies",
        Class::Dies => "dies",
        Class::Slips => "slips",
        Class::Lost => "lost",
    }
}

fn word(verdict: Verdict) -> (&'static str, Role) {
    match verdict {
        Verdict::Done => ("done", Role::Good),
        Verdict::Stops => ("stops", Role::Plain),
        Verdict::Back => ("back", Role::Care),
        Verdict::Alone => ("takes", Role::Care),
        Verdict::Stuck => ("stuck", Role::Danger),
        Verdict::Breaks => ("BREAK", Role::Danger),
    }
}

fn table(page: &mut Page, found: &Rehearsal) {
    let title = page.style().width.saturating_sub(NUMBER + 2 + Class::ALL.len() * (KIND + 2));
    let mut cells = vec![Cell::new("Step", NUMBER + 2 + title).role(Role::Heading)];
    cells.extend(Class::ALL.map(|c| Cell::new(head(c), KIND).role(Role::Heading)));
    page.row(0, &cells);
    let table = found.table();
    for (n, step) in found.steps.iter().enumerate() {
        let number = (n + 1).to_string();
        let mut cells = vec![Cell::new(&number, NUMBER).right(), Cell::new(step, title)];
        cells.extend(Class::ALL.map(|class| match table.get(&(n + 1, class)) {
            Some(&verdict) => {
                let (text, role) = word(verdict);
                Cell::new(text, KIND).role(role)
            }
            None => Cell::new("-", KIND).role(Role::Faint),
        }));
        page.row(0, &cells);
    }
}

fn legend(page: &mut Page, found: &Rehearsal) {
    let table = found.table();
    let lines = [
        (Verdict::Done, "the run goes on to its end, at once, again, or another way"),
        (Verdict::Stops, "the run stops, and a new plan finishes it"),
        (Verdict::Back, "as above, once the machine is back and what stopped is started"),
        (Verdict::Alone, "the fault alone takes what no plan can keep: see below"),
        (Verdict::Stuck, "no new plan finishes it"),
        (Verdict::Breaks, "an invariant breaks, or data is lost"),
    ];
    for (verdict, says) in lines {
        if table.values().any(|v| *v == verdict) {
            page.labelled(&format!("  {}", word(verdict).0), 9, says);
        }
    }
    let kinds = "a call fails; does half; takes effect late; says yes and does nothing (lies); a machine dies; a person slips; the reply is lost. The worst of each kind is shown; - means that there is none.";
    page.labelled("  faults", 9, kinds);
}

fn faults(tried: &Tried) -> String {
    let one = |f: &Struck| format!("step {}: {}", f.step, f.what);
    tried.faults.iter().map(one).collect::<Vec<_>>().join(", and ")
}

fn told(page: &mut Page, heading: &str, trials: &[Tried], found: &Rehearsal, test: impl Fn(&Tried) -> bool) {
    let plain = (trials.as_ptr() == found.singles.as_ptr() && test(&found.plain)).then_some(&found.plain);
    let those: Vec<&Tried> = plain.into_iter().chain(trials.iter().filter(|t| test(t))).collect();
    if those.is_empty() {
        return;
    }
    page.blank();
    page.heading(heading);
    for tried in those.iter().take(TOLD) {
        let lead = if tried.faults.is_empty() { "without a fault".to_owned() } else { faults(tried) };
        page.hang("  ", Role::Plain, &lead, Role::Plain);
        let broken = tried.broken.iter().map(|b| format!("{} does not hold: {}", b.rule, b.what));
        let all: Vec<String> = tried.lost.iter().map(|l| format!("lost: {l}")).chain(broken).collect();
        let all = if all.is_empty() { tried.by_fault.clone() } else { all };
        for text in all.iter().take(2) {
            page.hang("    ", Role::Plain, text, Role::Danger);
        }
        if all.len() > 2 {
            page.indented(4, &format!("and {} more", all.len() - 2), Role::Faint);
        }
    }
    if those.len() > TOLD {
        page.indented(
            2,
            &format!("and {} more; cstopo rehearse --format json has all", those.len() - TOLD),
            Role::Faint,
        );
    }
}

fn pairs(page: &mut Page, found: &Rehearsal) {
    let c = Counts::of(&found.pairs);
    page.blank();
    page.paragraph(&format!(
        "Pairs: {} of {} were tried; {} break an invariant, {} lose data, {} are taken by a fault alone, after {} no new plan is found.",
        c.trials, found.pairs_of, c.broken, c.lost, c.alone, c.stuck
    ));
    told(page, "Pairs that break", &found.pairs, found, |t| t.verdict() == Verdict::Breaks);
}

/// How much longer users are out, where it is longest.
fn outage(page: &mut Page, found: &Rehearsal) {
    let longer = |t: &&Tried| t.out_longer >= 60;
    let count = found.singles.iter().filter(longer).count();
    let Some(worst) = found.singles.iter().filter(longer).max_by_key(|t| t.out_longer) else { return };
    page.blank();
    page.paragraph(&format!(
        "Users are out longer than without a fault after {count}: at most {}, {}. The time until somebody plans anew is not in it.",
        keep(&time::lasted(worst.out_longer)),
        faults(worst)
    ));
}
