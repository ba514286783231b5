//! What is seen of a run while it runs: on a terminal a line that moves, in a pipe one line for each event and a sign of
//! life every minute. It asks people where they are there, and decides nothing.

use std::time::{Duration, Instant};

use executor::run::{Event, Listener};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use model::call::Call;
use model::declaration::{Declaration, Performer};
use planner::solve::Solved;

use crate::person;
use crate::present::page::wrap;
use crate::present::style::{BROKEN, DONE, PERSON, RUNNING, TRUE, keep};
use crate::present::time;
use crate::screen::Screen;

/// A sign of life so often, in a pipe.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// The listener.
pub struct Progress<'a> {
    screen: &'a Screen,
    solved: &'a Solved,
    bar: Option<ProgressBar>,
    now: Timestamp,
    last: Instant,
    ask: bool,
    ended: usize,
}

impl<'a> Progress<'a> {
    /// For a run that begins now. With `ask`, people are asked where they are there.
    #[must_use]
    pub fn new(screen: &'a Screen, solved: &'a Solved, now: Timestamp, ask: bool) -> Self {
        use std::io::IsTerminal as _;
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style =
                ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
            bar.set_style(style);
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { screen, solved, bar, now, last: Instant::now(), ask: ask && person::is_there(), ended: 0 }
    }

    /// Takes the moving line away.
    pub fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn count(&self) -> usize {
        self.solved.plan.steps.len()
    }

    fn line(&mut self, text: &str) {
        self.last = Instant::now();
        match &self.bar {
            Some(bar) => bar.println(self.screen.aside.characters(text)),
            None => self.screen.note(text),
        }
    }

    fn moving(&self, text: &str) {
        if let Some(bar) = &self.bar {
            let (done, all) = (self.ended, self.count());
            bar.set_message(self.screen.aside.characters(&format!("{text}   {done} of {all} done")));
        }
    }

    /// `03:08:33   3/29 done      …`; on a terminal the sign and the title instead.
    fn event_line(&mut self, place: usize, sign: &str, word: &str, title: &str, rest: &str) {
        let text = if self.bar.is_some() {
            let rest = if rest.is_empty() { String::new() } else { format!("  {rest}") };
            format!("{sign} {:>2}  {title}{rest}", place + 1)
        } else {
            let clock = time::at_bare(self.now, self.now, self.screen.offset);
            let rest = if rest.is_empty() { String::new() } else { format!(", {rest}") };
            let lead = format!("{clock}  {:>3}/{} {word:<9} ", place + 1, self.count());
            let hang = format!("\n{}", " ".repeat(lead.len()));
            let rows = wrap(&format!("{title}{rest}"), self.screen.aside.width.saturating_sub(lead.len()));
            format!("{lead}{}", rows.join(&hang))
        };
        self.line(&text);
    }

    fn title(&self, d: &Declaration) -> String {
        let estate = &self.solved.plan.problem.estate;
        if self.bar.is_some() { d.title.short(estate) } else { d.title.full(estate) }
    }

    /// A step of a person: what to do, and on a terminal the question whether it was done.
    fn for_you(&mut self, place: usize, d: &Declaration, asked: u32) {
        let title = self.title(d);
        let again = if asked == 0 { "" } else { "not done yet" };
        self.event_line(place, PERSON, "for you", &title, again);
        let call = d.ways.iter().find(|w| w.performer == Performer::Person).map(|w| &w.call);
        if let (Some(Call::Person(task)), true) = (call, asked == 0) {
            for line in model::clicks::instructions(task).lines() {
                self.line(format!("      {line}").trim_end());
            }
        }
        if self.ask {
            let host = match call {
                Some(Call::Person(model::call::Task::Fence { host })) => Some(host.to_string()),
                _ => None,
            };
            let bar = self.bar.take();
            if let Some(bar) = &bar {
                bar.finish_and_clear();
            }
            match host {
                Some(host) => loop {
                    let typed = person::ask("Type the full name of the host you switched off:");
                    if typed.as_deref().is_none_or(|t| t.eq_ignore_ascii_case(&host)) {
                        break;
                    }
                    self.screen.note(&format!("Not \"{host}\"."));
                },
                None => _ = person::ask("Press Enter when it is done; it is read back then."),
            }
            self.bar = bar;
        } else {
            self.line("      the simulation plays you");
        }
    }
}

impl Listener for Progress<'_> {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { place, declaration, performer, .. } => {
                if *performer != Performer::Person {
                    let title = self.title(declaration);
                    if self.bar.is_none() {
                        self.event_line(*place, RUNNING, "running", &title, "");
                    }
                    self.moving(&format!("{RUNNING} {:>2}  {title}", place + 1));
                }
            }
            Event::ForYou { place, declaration, asked } => self.for_you(*place, declaration, *asked),
            Event::Said { .. } => {}
            Event::Waiting { place, seconds, holds, of, .. } => {
                let title = self.title(&self.solved.plan.steps[*place].declaration);
                let lasted = time::lasted(*seconds);
                self.moving(&format!("{RUNNING} {:>2}  {title}  {holds} of {of}, {lasted}", place + 1));
                if self.bar.is_none() && self.last.elapsed() >= HEARTBEAT {
                    self.event_line(*place, RUNNING, "waiting", &lasted, &format!("{holds} of {of} conditions hold"));
                }
            }
            Event::Done { place, declaration, seconds } => {
                self.ended += 1;
                self.now = self
                    .now
                    .saturating_add(jiff::SignedDuration::from_secs(i64::try_from(*seconds).unwrap_or(0)))
                    .unwrap_or(self.now);
                let title = self.title(declaration);
                self.event_line(*place, DONE, "done", &title, &keep(&time::lasted(*seconds)));
            }
            Event::AlreadyTrue { place, declaration } => {
                self.ended += 1;
                let title = self.title(declaration);
                self.event_line(*place, TRUE, "already", &title, "already true");
            }
            Event::NextWay { place, failed, missing } => {
                let d = &self.solved.plan.steps[*place].declaration;
                let next = d.ways.get(failed + 1).map_or("none", |w| match w.performer {
                    Performer::Person => "a person",
                    Performer::Cmdlet => "another cmdlet",
                    Performer::Tsql => "T-SQL",
                    Performer::Wait => "waiting",
                });
                let open = missing.len();
                let conditions = if open == 1 { "condition does" } else { "conditions do" };
                self.event_line(
                    *place,
                    BROKEN,
                    "no effect",
                    &format!("{open} {conditions} not hold; the next way is {next}"),
                    "",
                );
            }
            Event::SafeStop { words, .. } => {
                let text = if self.bar.is_some() {
                    format!("      safe stop: {words}")
                } else {
                    format!("                safe stop {words}")
                };
                self.line(&text);
            }
        }
    }
}
