//! What `plan` adds where it is asked: a draft without facts, what was not chosen, a rehearsal, what is so around each step.

mod scenario;

use model::fact::Reading;
use model::snapshot::Snapshot;
use scenario::Folder;

/// The seed, of which some attributes were not read.
fn without(attributes: &[&str]) -> Folder {
    let folder = Folder::of("seed");
    let mut snapshot = Snapshot::read(&folder.read("snapshot.json"), "snapshot.json").expect("a snapshot");
    for fact in snapshot.facts.iter_mut().filter(|f| attributes.contains(&f.attribute.as_str())) {
        fact.reading = Reading::Unknown("no answer in 15 s".to_owned());
    }
    folder.write("snapshot.json", snapshot.to_json());
    folder
}

#[test]
fn a_draft_names_what_it_assumes_and_writes_nothing() {
    let folder = without(&["services", "replica"]);
    let ran = folder.cstopo(&["plan", "--draft"]).exits(0);
    assert!(ran.out.starts_with("DRAFT, to look at only: "), "{}", ran.all());
    let last = ran.out.trim_end().rsplit("\n\n").next().unwrap_or_default().replace('\n', " ");
    assert_eq!(last, "DRAFT: nothing was written, nothing can be applied. Next: cstopo observe, then cstopo plan");
    assert!(
        ran.out.contains("\nAssumed, not read\n") && ran.out.contains("services running: fe1.contoso.com"),
        "{}",
        ran.all()
    );
    assert!(ran.out.contains("Restart fe1 *"), "a step that rests on it is marked: {}", ran.all());
    assert!(!ran.out.contains("Fail over User to be2 *"), "one that does not is not: {}", ran.all());
    assert!(!ran.out.contains("cstopo apply") && !folder.has("plan.json"), "{}", ran.all());
    assert!(ran.out.lines().all(|l| l.chars().count() <= 80), "{}", ran.all());
    let comment = folder.cstopo(&["plan", "--draft", "--format", "markdown"]).exits(0).out;
    assert!(comment.starts_with("**DRAFT") && comment.contains("- assumed, not read: services"), "{comment}");
    assert!(!comment.contains("cstopo apply") && !folder.has("plan.json"), "{comment}");
    let json = folder.cstopo(&["plan", "--draft", "--format", "json"]).exits(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["draft"], true);
    assert!(json["assumed"].as_array().is_some_and(|list| !list.is_empty()), "{json}");
    folder.cstopo(&["plan", "--draft", "--rehearse"]).exits(64);
}

#[test]
fn history_and_words_are_never_assumed() {
    let folder = without(&["content", "fenced"]);
    let ran = folder.cstopo(&["plan", "--draft"]).exits(3);
    assert!(ran.out.starts_with("DRAFT") && ran.out.contains("Refused"), "{}", ran.all());
    for never in ["\n  content ", "\n  fenced ", "\n  safety "] {
        assert!(!ran.out.contains(never), "{never}: {}", ran.all());
    }
    // Where everything is read nothing is assumed, and it is a draft all the same.
    let folder = Folder::of("seed");
    let ran = folder.cstopo(&["plan", "--draft"]).exits(0);
    assert!(!ran.out.contains(" *\n") && !folder.has("plan.json"), "{}", ran.all());
}

#[test]
fn what_was_not_chosen_is_told_where_somebody_asks() {
    let folder = Folder::of("seed");
    assert!(!folder.plan(&[]).out.contains("Not chosen"), "people hate noise");
    for asked in [&["-v"][..], &["--explain", "10"], &["--format", "markdown"]] {
        let said = folder.plan(asked).out.to_lowercase();
        assert!(said.contains("not chosen") && said.contains("there is no plan then"), "{said}");
    }
}

#[test]
fn around_each_step_is_said_what_could_go_wrong() {
    let folder = Folder::of("seed");
    let said = folder.cstopo(&["plan", "--explain", "10"]).exits(0).out;
    for part in [
        "Votes       3 before, 2 while it runs, 3 after, needs 2: none to spare",
        "Rest        next safe stop after step 16",
        "2nd copy    missing until step 23 has ended",
        "N-1         one more failure is not survived: any other Front End",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let said = folder.cstopo(&["plan", "--explain", "8"]).exits(0).out;
    assert!(said.contains("a Front End that restarts"), "between the two publishes: {said}");
    let said = folder.cstopo(&["plan", "--explain", "28"]).exits(0).out;
    assert!(said.contains("one more failure is survived"), "{said}");
}

#[test]
fn a_rehearsal_is_one_line_of_the_comment() {
    let folder = Folder::of("user-only");
    let arguments = ["plan", "--only", "service", "--rehearse", "--format", "markdown"];
    let comment = folder.cstopo(&arguments).exits(0).out;
    let line = comment.lines().find(|l| l.starts_with("Rehearsed: ")).unwrap_or_default();
    assert!(line.contains("single fault") && line.contains("no invariant breaks"), "{comment}");
    assert_eq!(comment, folder.cstopo(&arguments).exits(0).out, "the same bytes");
}

/// In the seed be1 carries what nobody asked for as well, and its last complete copies: the slots of one type cannot be moved
/// without the others. Its users can be served.
#[test]
fn users_come_first_where_a_type_alone_has_no_plan_as_declared() {
    let folder = Folder::of("seed");
    let ran = folder.cstopo(&["plan", "--only", "pool01.contoso.com/User"]).exits(0);
    assert!(ran.err.starts_with("note: as declared there is no plan for it alone."), "{}", ran.all());
    let said = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.starts_with("2 steps"), "{said}");
    let undone = said.rsplit("Left undone by --only:").next().unwrap_or_default();
    assert!(undone.contains("Application, Archiving and Monitoring are served by nobody"), "{said}");
    assert!(undone.contains("mirroring of User is disconnected"), "{said}");
    // What was planned is what is applied, and asked for as such it is the same plan.
    let file = folder.read("plan.json");
    let asked = ["plan", "--only", "pool01.contoso.com/User", "--only", "service"];
    assert_eq!(folder.cstopo(&asked).exits(0).out, ran.out);
    assert_eq!(folder.read("plan.json"), file);
}

/// What nobody may publish yet begins with the move, and goes on when the moved topology was read.
#[test]
fn a_plan_begins_with_the_central_management_store_where_its_pool_must_change() {
    let folder = Folder::of("cms-here-apart");
    let asked = folder.plan(&["--only", "cms"]);
    let named = folder.read("plan.json");
    let ran = folder.plan(&[]);
    assert_eq!((&ran.out, folder.read("plan.json")), (&asked.out, named), "the same plan");
    assert!(asked.err.is_empty() && ran.err.contains("as --only cms does"), "{}", ran.all());
    let last = ran.out.trim_end().rsplit("\n\n").next().unwrap_or_default().replace('\n', " ");
    assert!(last.ends_with("Then cstopo observe, cstopo plan."), "{last}");
    // Nothing that is asked for by name is done otherwise.
    let service = folder.plan(&["--only", "service"]);
    assert!(!service.out.contains("move-cms") && service.err.is_empty(), "{}", service.all());
    folder.plan(&[]);
    folder.apply(&[]).exits(0);
    // Carried out, it is nothing that is asked for again; the rest is a plan of its own.
    folder.nothing_to_do(&["--only", "cms"]);
    folder.finish(&[]);
}
