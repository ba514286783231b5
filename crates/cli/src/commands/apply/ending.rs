//! What is said when a run has ended: how far, in what state, what must not be touched, what to type next. Only what was
//! read back is said.

use std::path::Path;

use executor::run::{Outcome, Report, StepState, Stop};
use model::assemble::SERVICE;
use model::declaration::{Clause, Performer};
use model::field::{Field, Value};
use model::{vocabulary, words};
use planner::changes::Seen;
use planner::changes::{What, seen};

use crate::exit::Exit;
use crate::load::Reviewed;
use crate::present::{Context, left_out, numbers, time};
use crate::screen::Screen;

/// Says how it ended, and gives the exit code.
pub fn tell(screen: &Screen, reviewed: &Reviewed, report: &Report, journal: &Path) -> Exit {
    let plan = &reviewed.solved.plan;
    let estate = &plan.problem.estate;
    let (done, all) = (report.done(), plan.steps.len());
    let title = |n: usize| plan.steps[n].declaration.title.full(estate);
    let say = |text: &str| screen.say(text);
    let exit = match &report.outcome {
        Outcome::Done => {
            whole(&say, reviewed, report, screen);
            Exit::Done
        }
        Outcome::Stopped { before, why } => {
            say(&format!(
                "Stopped before step {}, {}: {} of {all} steps done, nothing in flight, lock released.",
                before + 1,
                title(*before),
                done
            ));
            stop(&say, reviewed, why);
            Exit::Stopped
        }
        Outcome::CheckFailed(failure) => {
            say(&format!("× {:>2}  {}: not as it should be", failure.step + 1, title(failure.step)));
            for (way, said) in &failure.said {
                say(&format!("      way {}: {}", way + 1, said_words(said)));
            }
            say(&format!("      read {} times; what does not hold:", failure.asked));
            for condition in failure.missing.iter().take(9) {
                say(&format!("        {}", words::condition(estate, condition)));
            }
            for fact in failure.seen.iter().take(9) {
                if let Some(field) = fact.field(estate) {
                    let value = vocabulary::value_text(estate, fact.value(estate));
                    say(&format!("        seen: {}: {value}", vocabulary::phrase(estate, field)));
                }
            }
            let effect = if failure.partial { "took effect in part" } else { "had no effect" };
            say(&format!(
                "\nStopped: {done} of {all} steps done, step {} {effect}, {} not begun.",
                failure.step + 1,
                all - failure.step - 1
            ));
            say("  Nothing in flight, lock released.");
            Exit::CheckFailed
        }
        Outcome::DidMore { step, besides } => {
            say(&format!("Stopped: step {}, {}, is done, and something else with it:", step + 1, title(*step)));
            for what in besides {
                say(&format!("  not planned: {what}"));
            }
            say(&format!("  {done} of {all} steps took effect. If it was meant: cstopo observe, cstopo plan."));
            say("  If not: put it back in Topology Builder and publish, then the same.");
            Exit::CheckFailed
        }
        Outcome::Interrupted { before, .. } => {
            say(&format!("Stopped as you asked: {done} of {all} steps done, nothing in flight, lock released."));
            say(&format!("  Next would be step {}, {}.", before + 1, title(*before)));
            Exit::Interrupted
        }
        Outcome::Unknown { step, why, begun, .. } => {
            say(&format!("Left. Step {}, {}, is in flight, its outcome is unknown: {why}", step + 1, title(*step)));
            say(&format!("  It was sent {}.", time::at(*begun, report.ended, screen.offset)));
            say("  Journal and lock say so. cstopo plan will look before it decides.");
            Exit::Unknown
        }
    };
    if exit != Exit::Done {
        standing(&say, reviewed, report);
        say(&format!("  journal {}", journal.display()));
        say(if exit == Exit::Unknown {
            "Next: cstopo status"
        } else {
            "Next: cstopo observe, then cstopo plan for the rest"
        });
    }
    exit
}

fn said_words(said: &executor::driver::Said) -> String {
    match said {
        executor::driver::Said::Ended { ok: true, text } => format!("said yes: {text}"),
        executor::driver::Said::Ended { ok: false, text } => format!("said no: {text}"),
        executor::driver::Said::NoReply => "nothing was heard of it".to_owned(),
    }
}

fn stop(say: &dyn Fn(&str), reviewed: &Reviewed, why: &Stop) {
    let estate = &reviewed.solved.plan.problem.estate;
    let clauses = |heading: &str, list: &[Clause]| {
        say(&format!("  {heading}"));
        for c in list.iter().take(9) {
            say(&format!("    {}", words::condition(estate, &c.condition)));
            say(&format!("      without it: {} ({})", c.rule.because, c.rule.source));
        }
    };
    match why {
        Stop::Requires(list) => clauses("It requires what does not hold, or is not known to:", list),
        Stop::Invariant(list) => clauses("An invariant was broken meanwhile, and the step does not stop harm:", list),
        Stop::NotConfirmed(list) => {
            say("  The plan wanted this confirmed, and it is not so, or still not known:");
            for c in list {
                say(&format!("    {}", words::condition(estate, c)));
            }
        }
        Stop::NoWay => say("  No way of performing it is open."),
        Stop::Journal { code, error } => {
            say(&format!("  {error} [{code}]: what cannot be recorded first is not done."))
        }
        Stop::Driver(error) => say(&format!("  The estate cannot be read: {error}")),
        Stop::Lock(error) => say(&format!("  The lock cannot be kept: {error}")),
    }
}

/// What serves, and which Front Ends follow: as last read.
fn standing(say: &dyn Fn(&str), reviewed: &Reviewed, report: &Report) {
    let problem = &reviewed.solved.plan.problem;
    let estate = &problem.estate;
    let v = problem.view(&report.state);
    for wish in &problem.wishes {
        let store = estate.store(wish.store);
        let server = match seen(v, wish.store, What::Principal) {
            Seen::Value(Value::Instance(i)) => format!("served by {}", estate.instance(i).name),
            Seen::Value(_) => "not known to be served".to_owned(),
            Seen::Nobody => "served by nobody".to_owned(),
            Seen::Twice => "served by two at once".to_owned(),
            Seen::Mixed => "served in part".to_owned(),
        };
        say(&format!("  {}/{}: {server}", estate.pool(store.pool).fqdn, store.kind));
    }
    for pool in problem.pools() {
        let old: Vec<String> = estate
            .pool(pool)
            .front_ends
            .iter()
            .filter(|&&f| {
                problem
                    .managed(pool)
                    .any(|w| v.get(Field::LoadedPrimary(f, w.store)) != v.get(Field::PrimarySlot(w.store)))
            })
            .map(|&f| estate.front_end(f).fqdn.to_string())
            .collect();
        if !old.is_empty() {
            say(&format!("  Not on the published topology: {}. Keep them up.", numbers::join(&old)));
        }
    }
}

/// A run that came to its end.
fn whole(say: &dyn Fn(&str), reviewed: &Reviewed, report: &Report, screen: &Screen) {
    let solved = &reviewed.solved;
    let problem = &solved.plan.problem;
    let estate = &problem.estate;
    let all = solved.plan.steps.len();
    let v = problem.view(&report.state);
    let mut context = Context::new(&reviewed.file.facts, screen.offset, &reviewed.file.digest);
    context.left_out = &reviewed.left_out;
    let pools: Vec<String> = problem.pools().into_iter().map(|p| left_out::whom(problem, &context, p)).collect();
    let is = if let Some(to) = problem.cms_to {
        format!("served as far as they can be, and the Central Management store is on {}", estate.pool(to).fqdn)
    } else if reviewed.file.only.iter().any(|name| name == SERVICE) {
        "served, which is what the plan was kept to".to_owned()
    } else {
        format!("as {} says", reviewed.file.desired_file)
    };
    let are = numbers::verb(if reviewed.left_out.is_empty() { 1 } else { problem.wishes.len() }, "is", "are");
    say(&format!("Done: {} {are} {is}. {all} of {all} steps, each result read back.\n", numbers::join(&pools)));
    for change in planner::changes::changes(problem, &problem.initial, &report.state) {
        let kinds: Vec<String> = change.stores.iter().map(|&s| estate.store(s).kind.to_string()).collect();
        say(&format!("  {}", numbers::join(&kinds)));
        let databases: usize = change.stores.iter().map(|&s| estate.store(s).databases.len()).sum();
        for line in &change.lines {
            let value = match line.new {
                Seen::Value(value) => vocabulary::value_text(estate, value),
                Seen::Nobody => "nobody".to_owned(),
                Seen::Twice => "two at once".to_owned(),
                Seen::Mixed => "mixed".to_owned(),
            };
            let what = match line.what {
                What::PrimarySlot => "SQL Server store".to_owned(),
                What::MirrorSlot => "mirroring SQL Server store".to_owned(),
                What::WitnessSlot => "mirroring witness".to_owned(),
                What::Principal => format!("served, {}", numbers::count(databases, "database")),
                What::Session => "session".to_owned(),
            };
            say(&format!("    {what:<27} {value}"));
        }
    }
    for pool in problem.pools() {
        let running =
            estate.pool(pool).front_ends.iter().filter(|&&f| v.get(Field::Services(f)) == Value::Running).count();
        say(&format!(
            "  Front Ends of {}: {running} of {} run",
            estate.pool(pool).fqdn,
            estate.pool(pool).front_ends.len()
        ));
    }
    let (mut people, mut own) = (0, 0);
    for (step, state) in solved.plan.steps.iter().zip(&report.steps) {
        if let StepState::Done { seconds, way } = state {
            let person = step.declaration.ways.get(*way).is_some_and(|w| w.performer == Performer::Person);
            *(if person { &mut people } else { &mut own }) += seconds;
        }
    }
    let took = time::seconds(report.began, report.ended);
    say("");
    say(&format!(
        "  the run     {}: people {}, cstopo {}",
        time::lasted(took),
        time::lasted(people),
        time::lasted(own)
    ));
    let fell_back = solved
        .plan
        .steps
        .iter()
        .zip(&report.steps)
        .filter(|(_, s)| matches!(s, StepState::Done { way, .. } if *way > 0))
        .count();
    if fell_back > 0 {
        say(&format!("  otherwise   {} by another way than the first", numbers::count(fell_back, "step")));
    }
    if report.already_true() > 0 {
        say(&format!("  already     {} true before they began", numbers::count(report.already_true(), "step")));
    }
    say(&format!("  ended       {}", time::at(report.ended, report.ended, screen.offset)));
    say("\nThe deployment was a simulated one.");
    let undone = left_out::sentence(problem, &report.state, &context);
    if !undone.is_empty() {
        say(undone.trim_start());
    }
    say("Next: cstopo observe, then cstopo plan");
}
