//! What is asked before the first step: names typed in full, neither offered as a default. It changes nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use executor::driver::Driver as _;
use executor::simulated::Simulated;
use model::declaration::{Performer, Subject, Undo, Work};

use crate::args::Apply;
use crate::exit::{Exit, Failure};
use crate::load::Reviewed;
use crate::person;
use crate::present::numbers;
use crate::present::{digest, time};
use crate::screen::Screen;

/// Says what is about to happen.
pub fn ready(screen: &Screen, reviewed: &Reviewed, driver: &Simulated) {
    let plan = &reviewed.solved.plan;
    let estate = &plan.problem.estate;
    let pools: Vec<String> = plan.problem.pool_names().iter().map(ToString::to_string).collect();
    let of = |test: &dyn Fn(&model::declaration::Declaration) -> bool| -> Vec<usize> {
        let steps = plan.steps.iter().enumerate();
        steps.filter(|(_, s)| test(&s.declaration)).map(|(n, _)| n + 1).collect()
    };
    let none =
        |list: &[usize]| if list.is_empty() { "none".to_owned() } else { format!("steps {}", numbers::and(list)) };
    let mut text = format!(
        "Ready: plan {} ({}) for {}.\n",
        reviewed.file.short(),
        digest::words(&reviewed.file.digest),
        numbers::join(&pools)
    );
    text.push_str(&format!(
        "{} of {} facts read again, unchanged, {}.\n\n",
        plan.base.len(),
        plan.base.len(),
        time::at(driver.now(), driver.now(), screen.offset)
    ));
    let given_up: BTreeSet<String> = hosts(reviewed);
    if !given_up.is_empty() {
        text.push_str(&format!("  given up     {}\n", given_up.into_iter().collect::<Vec<_>>().join(", ")));
    }
    text.push_str(&format!("  no way back  {}\n", none(&of(&|d| matches!(d.undo, Undo::Irreversible(_))))));
    let restarts = of(&|d| d.work == Work::Restart);
    if !restarts.is_empty() {
        text.push_str(&format!("  signed out   users of one Front End at a time, steps {}\n", numbers::and(&restarts)));
    }
    let stops = of(&|d| d.work == Work::FullStop);
    if !stops.is_empty() {
        text.push_str(&format!("  stops        the whole pool, {}\n", none(&stops)));
    }
    let lost: BTreeSet<String> =
        plan.steps.iter().flat_map(|s| &s.declaration.loses).map(|&d| estate.qualified(d)).collect();
    let lost: Vec<String> = lost.into_iter().collect();
    text.push_str(&format!("  data lost    {}\n\n", if lost.is_empty() { "none".to_owned() } else { lost.join(", ") }));
    let yours = of(&|d| d.ways.first().is_some_and(|w| w.performer == Performer::Person));
    text.push_str(&format!("{}, {} yours.", numbers::count(plan.steps.len(), "step"), yours.len()));
    if let Some(&first) = yours.first() {
        let title = plan.steps[first - 1].declaration.title.full(estate);
        text.push_str(&format!(" The first of yours is step {first}: {title}."));
    }
    text.push_str("\nCtrl-C once stops after the running step.\n");
    screen.note(&text);
}

/// The machines that are given up.
fn hosts(reviewed: &Reviewed) -> BTreeSet<String> {
    let plan = &reviewed.solved.plan;
    let given_up =
        plan.steps.iter().filter_map(|s| match (s.declaration.subject, s.declaration.undo, s.declaration.stops_harm) {
            (Subject::Host(h), Undo::Irreversible(_), _) | (Subject::Host(h), _, true) => {
                Some(plan.problem.estate.host(h).to_string())
            }
            _ => None,
        });
    given_up.collect()
}

/// The names that have to be typed: databases that are lost, else machines that are given up; pools that stop; else `yes`.
fn names(reviewed: &Reviewed) -> Vec<(String, &'static str)> {
    let plan = &reviewed.solved.plan;
    let estate = &plan.problem.estate;
    let lost: BTreeSet<String> =
        plan.steps.iter().flat_map(|s| &s.declaration.loses).map(|&d| estate.database(d).name.clone()).collect();
    let mut names: Vec<(String, &'static str)> = if lost.is_empty() {
        hosts(reviewed).into_iter().map(|h| (h, "the full name of the host that is given up")).collect()
    } else {
        lost.into_iter().map(|d| (d, "the name of the database whose data is lost")).collect()
    };
    for step in plan.steps.iter().filter(|s| s.declaration.work == Work::FullStop) {
        if let Subject::Pool(p) = step.declaration.subject {
            names.push((estate.pool(p).fqdn.to_string(), "the full name of the pool that stops"));
        }
    }
    if names.is_empty() {
        names.push(("yes".to_owned(), "yes"));
    }
    names
}

/// Asks for the names, or takes them from the command line.
///
/// # Errors
/// When something else was typed, or nobody can be asked.
pub fn consent(reviewed: &Reviewed, args: &Apply) -> Result<(), Failure> {
    let wanted = names(reviewed);
    if args.confirm.is_empty() && !person::is_there() {
        let flags: Vec<String> = wanted.iter().map(|(name, _)| format!("--confirm {name}")).collect();
        let what = "error: nobody is there to be asked [CT3107]";
        let help = format!("{what}\n  = nothing was done\n  = help: cstopo apply plan.json {}", flags.join(" "));
        return Err(Failure::new(Exit::Usage, help));
    }
    let mut given = args.confirm.iter();
    for (name, words) in wanted {
        let typed = if args.confirm.is_empty() {
            person::ask(&format!("To begin, type {words}:")).unwrap_or_default()
        } else {
            given.next().cloned().unwrap_or_default()
        };
        if !typed.eq_ignore_ascii_case(&name) {
            let text = format!("Not \"{name}\". Nothing was done. [CT3108]");
            return Err(Failure::new(Exit::Usage, text));
        }
    }
    if let Some(more) = given.next() {
        return Err(Failure::new(Exit::Usage, format!("\"{more}\" was not asked for. Nothing was done. [CT3108]")));
    }
    Ok(())
}

/// A time as options give it: `30m`, `90s`, `1h`.
///
/// # Errors
/// When it is none.
pub fn duration(text: &str) -> Result<Duration, Failure> {
    let wrong = || {
        let what = format!("error: `{text}` is no time [CT3109]");
        Failure::new(Exit::Usage, format!("{what}\n  = help: write it as 30m, 90s or 1h"))
    };
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(wrong()),
    };
    number.checked_mul(factor).map(Duration::from_secs).ok_or_else(wrong)
}
