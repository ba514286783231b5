//! Calls that go wrong and people who slip, on the way through the seed: the run ends with the documented exit code, loses
//! nothing, and the next plan comes to its end.

mod scenario;

use executor::simulated::{Deployment, Fault, FaultKind, Slip};
use model::database_type::DatabaseType as T;
use scenario::worlds::{host, instance};
use scenario::{Folder, in_parallel};

const FAIL_OVER: &str = "Invoke-CsDatabaseFailover";
const END: &str = "Uninstall-CsMirrorDatabase";
const CREATE: &str = "Install-CsMirrorDatabase";
const START: &str = "Start-CsWindowsService";
const STOP: &str = "Stop-CsWindowsService";

/// Something that goes wrong.
struct Wrong {
    name: &'static str,
    faults: Vec<Fault>,
    /// How the run ends.
    exit: i32,
    /// What it says about that.
    says: &'static str,
    /// What somebody does before the next plan.
    then: fn(&mut Deployment),
}

fn wrong(name: &'static str, exit: i32, says: &'static str, faults: impl Into<Vec<Fault>>) -> Wrong {
    Wrong { name, faults: faults.into(), exit, says, then: |_| {} }
}

fn slips(on: &str, slip: Slip) -> Fault {
    Fault::new(on, FaultKind::PersonSlips { slip })
}

fn all() -> Vec<Wrong> {
    let half = |done| FaultKind::HalfSucceeds { done };
    vec![
        // A cmdlet that half succeeds.
        wrong("half a failover", 7, "Fail over User", [Fault::new(FAIL_OVER, half(1)).of(T::User)]),
        wrong("half a mirror", 7, "Create mirror of User", [Fault::new(CREATE, half(2)).of(T::User)]),
        // A cmdlet that says yes and does nothing.
        wrong(
            "no failover",
            7,
            "Fail over Archiving",
            [Fault::new(FAIL_OVER, FaultKind::SaysYesDoesNothing).of(T::Archiving)],
        ),
        wrong(
            "no mirror",
            7,
            "Create mirror of Monitoring",
            [Fault::new(CREATE, FaultKind::SaysYesDoesNothing).of(T::Monitoring)],
        ),
        wrong("no end", 0, "29 of 29 steps", [Fault::new(END, FaultKind::SaysYesDoesNothing).of(T::User)]),
        // A cmdlet that says no.
        wrong(
            "failover refused",
            7,
            "Fail over Monitoring",
            [Fault::new(FAIL_OVER, FaultKind::Fails).of(T::Monitoring)],
        ),
        wrong("ended by T-SQL", 0, "29 of 29 steps", [Fault::new(END, FaultKind::Fails).of(T::Archiving)]),
        // The reply is lost: with the result there all is well, without it nobody knows.
        wrong("reply lost", 0, "29 of 29 steps", [Fault::new(FAIL_OVER, FaultKind::ReplyLost).of(T::User)]),
        wrong(
            "nothing heard, nothing seen",
            9,
            "Restart fe1.contoso.com",
            [Fault::new(STOP, FaultKind::ReplyLost), Fault::new(START, FaultKind::Fails)],
        ),
        wrong(
            "late",
            0,
            "29 of 29 steps",
            [Fault::new(FAIL_OVER, FaultKind::SucceedsLate { seconds: 60 }).of(T::User)],
        ),
        // People.
        Wrong {
            then: |world| world.power_on(&host("be2")),
            ..wrong(
                "wrong machine fenced",
                6,
                "Fail over User",
                [slips("Fence", Slip::WrongHost { host: host("be2") })],
            )
        },
        wrong("publish forgotten", 0, "29 of 29 steps", [slips("Publish", Slip::Forgets)]),
        wrong("publish never done", 7, "Publish", vec![slips("Publish", Slip::Forgets); 3]),
        wrong("a store left out", 0, "29 of 29 steps", [slips("Publish", Slip::LeavesOut { of: T::Archiving })]),
        wrong(
            "more was published",
            7,
            "pool02.contoso.com, file store",
            [slips("Publish", Slip::ChangesMore { what: "pool02.contoso.com, file store".to_owned() }).nth(2)],
        ),
        wrong(
            "the wrong mirror",
            0,
            "29 of 29 steps",
            [slips("Publish", Slip::WrongMirror { instance: instance("sql2", "RTC") }).nth(3)],
        ),
        wrong("not rebuilt", 0, "29 of 29 steps", [slips("Rebuild", Slip::Forgets)]),
        wrong(
            "the wrong version",
            0,
            "29 of 29 steps",
            [slips("SetUpSql", Slip::WrongVersion { version: "11.0.6020.0 Standard".to_owned() })],
        ),
        wrong("aftercare forgotten", 7, "Log backups", vec![slips("Aftercare", Slip::Forgets); 3]),
        // Machines.
        Wrong {
            then: |world| world.power_on(&host("be2")),
            ..wrong(
                "the survivor dies",
                7,
                "Fail over User",
                [Fault::new(FAIL_OVER, FaultKind::HostDies { host: host("be2"), done: 1 }).of(T::User)],
            )
        },
    ]
}

#[test]
fn what_goes_wrong_is_found_out_loses_nothing_and_can_be_finished() {
    in_parallel(
        &all(),
        |w| w.name.to_owned(),
        |w| {
            let world = w.faults.iter().cloned().fold(Deployment::seed(), Deployment::fault);
            let folder = Folder::with("seed", &world);
            folder.plan(&[]);
            let ran = folder.apply(&[]).exits(w.exit);
            assert!(ran.out.contains(w.says), "{}", ran.all());
            let mut world = folder.world();
            assert!(world.faults.is_empty(), "it never struck: {:?}", world.faults);
            assert!(world.ledger.is_empty(), "{:?}", world.ledger);
            let end = folder.journal().pop().expect("records");
            assert_eq!((end["kind"].as_str(), end["code"].as_i64()), (Some("run-ended"), Some(i64::from(w.exit))));
            // What may be in flight keeps its lock; else it is released.
            assert_eq!(folder.has(".cstopo/lock"), w.exit == 9, "{}", ran.all());
            if w.exit == 0 {
                return folder.nothing_to_do(&[]);
            }
            assert!(ran.out.contains("Next: "), "{}", ran.all());
            (w.then)(&mut world);
            folder.write("deployment.json", world.to_json());
            folder.finish(&[]);
            assert!(folder.world().ledger.is_empty(), "{:?}", folder.world().ledger);
        },
    );
}
