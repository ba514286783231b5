//! How people move the Central Management store to a pool that has no store for it. It knows exact commands, and nothing of how
//! the result is proved.
//!
//! Source: operations §9.4; "Move-CsManagementServer".

use topology::names::Fqdn;

use super::bring_back::commands;
use super::{Instructions, Step};
use crate::call::Cmdlet;

/// What a person is told.
pub(super) fn instructions(
    from: &Fqdn,
    to: &Fqdn,
    front_end: &Fqdn,
    [create, carry]: [&Cmdlet; 2],
    enable: Option<&Cmdlet>,
) -> Instructions {
    let only = std::slice::from_ref::<Cmdlet>;
    let mut steps: Vec<Step> = vec![
        format!("On {front_end}, in a local, elevated shell of the product: not in a remote session.").into(),
        commands("Create its databases, empty:", only(create)),
    ];
    if let Some(enable) = enable {
        let text =
            "This must succeed. If it does not, go no further: there could be no Central Management store at all.";
        steps.push(commands(text, only(enable)));
    }
    let move_it = match enable {
        Some(_) => "Move it:",
        None => "Move it, from the newest exports; read their dates first, what came after them is lost:",
    };
    steps.push(commands(move_it, only(carry)));
    steps.push("Run local setup, step 2 of the Deployment Wizard, on every computer that the cmdlet lists.".into());
    steps.push(
        format!("When the other Front Ends of {to} run, restart {front_end}: its services need their new groups.")
            .into(),
    );
    let replicas = Cmdlet::new("Get-CsManagementStoreReplicationStatus");
    steps.push(commands("Wait until UpToDate is True of every computer:", &[replicas]));
    Instructions {
        heads: vec![
            ("From", from.to_string()),
            ("To", to.to_string()),
            ("Right", "RTCUniversalServerAdmins, local Administrators, sysadmin on the SQL Server".to_owned()),
        ],
        steps,
        notes: vec![
            "A move that fails is run again, on this pool or on the other one.".to_owned(),
            format!(
                "Leave xds and lis of {from} where they are until the replicas are current: they are the way back."
            ),
        ],
    }
}
