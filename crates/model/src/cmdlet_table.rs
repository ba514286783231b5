//! The parameters of every cmdlet that may be sent, from Microsoft's reference pages, and whether a call keeps to them.
//! It knows no effects.

use std::sync::LazyLock;

use serde_json::Value;

use crate::call::{Argument, Cmdlet};

/// The table, which a script made from the pages; its own `sources` say which.
static TABLE: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../data/cmdlets.json")).unwrap_or(Value::Null));

/// The products whose cmdlets are sent.
const PRODUCTS: [&str; 2] = ["lync2013", "sfb2015"];

/// Parameters that PowerShell gives to every cmdlet, and whether they are switches.
const COMMON: [(&str, bool); 3] = [("Verbose", true), ("ErrorAction", false), ("WarningAction", false)];

/// Whether Lync Server 2013 and Skype for Business Server 2015 both take a call: the cmdlet, its parameters, their kinds
/// and values, and one parameter set that has all of them and of which none is missing.
///
/// # Errors
/// What they would not take, in words.
pub fn check(cmdlet: &Cmdlet) -> Result<(), String> {
    check_in(cmdlet, &PRODUCTS)
}

/// Whether the products named take a call: `lync2013`, `sfb2015`. A cmdlet that only one of them has is sent to that one.
///
/// # Errors
/// What they would not take, in words.
pub fn check_in(cmdlet: &Cmdlet, products: &[&str]) -> Result<(), String> {
    let name = cmdlet.name;
    let row = rows().iter().find(|r| r["name"] == name).ok_or_else(|| format!("{name} is not in the table"))?;
    for &product in products {
        if !list(&row["applicable"]).any(|p| p == product) {
            return Err(format!("{name} does not exist in {product}"));
        }
        for (parameter, value) in &cmdlet.arguments {
            argument(row, product, parameter, value).map_err(|why| format!("{name} -{parameter}: {why}"))?;
        }
    }
    parameter_set(row, cmdlet)
}

fn rows() -> &'static [Value] {
    TABLE["cmdlets"].as_array().map_or(&[], Vec::as_slice)
}

fn list(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn argument(row: &Value, product: &str, name: &str, value: &Argument) -> Result<(), String> {
    let is_switch = |a: &Argument| matches!(a, Argument::On | Argument::Off);
    if let Some((_, switch)) = COMMON.iter().find(|(n, _)| *n == name) {
        return if *switch == is_switch(value) { Ok(()) } else { Err("a switch or none, as is usual".to_owned()) };
    }
    let parameters = row["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    let Some(parameter) = parameters.iter().find(|p| p["name"] == name) else {
        return Err("there is no such parameter".to_owned());
    };
    let (switch, kind) = (parameter["switch"] == true, parameter["type"].as_str().unwrap_or_default());
    if switch != is_switch(value) {
        return Err(format!("it is {} switch", if switch { "a" } else { "no" }));
    }
    let texts: &[String] = match value {
        Argument::On | Argument::Off => &[],
        Argument::Text(text) if !text.is_empty() => std::slice::from_ref(text),
        Argument::Text(_) => return Err("it is empty".to_owned()),
        Argument::List(texts) if kind.ends_with("[]") && !texts.is_empty() => texts,
        Argument::List(_) => return Err(format!("its type is {kind}, or the list is empty")),
    };
    let allowed = &parameter["values"][product];
    match texts.iter().find(|t| !allowed.is_null() && !list(allowed).any(|v| v == t.as_str())) {
        Some(wrong) => Err(format!("{product} does not take `{wrong}`")),
        None => Ok(()),
    }
}

fn parameter_set(row: &Value, cmdlet: &Cmdlet) -> Result<(), String> {
    let given = |name: &str| cmdlet.arguments.iter().any(|(n, _)| *n == name);
    let common = |name: &str| COMMON.iter().any(|(n, _)| *n == name);
    let fits = |set: &Value| {
        let rows = || set.as_array().into_iter().flatten();
        let complete = rows().all(|p| p["mandatory"] != true || p["name"].as_str().is_some_and(given));
        complete && cmdlet.arguments.iter().all(|(n, _)| common(n) || rows().any(|p| p["name"] == *n))
    };
    if row["parameter_sets"].as_array().is_some_and(|sets| sets.iter().any(fits)) {
        return Ok(());
    }
    let names: Vec<_> = cmdlet.arguments.iter().map(|(n, _)| format!("-{n}")).collect();
    Err(format!("{}: no parameter set has {} and nothing else that is mandatory", cmdlet.name, names.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn install() -> Cmdlet {
        Cmdlet::new("Install-CsMirrorDatabase")
            .with("DatabaseType", "User")
            .with("SqlServerFqdn", "be2.contoso.com")
            .with("FileShare", r"\\fs1.contoso.com\sqlseed")
    }

    #[test]
    fn a_right_call_is_taken() {
        assert_eq!(check(&install().with("SqlInstanceName", "RTC").without("Confirm").switch("Verbose")), Ok(()));
        assert_eq!(check(&install().list("ExcludeDatabaseList", vec!["rtcab".to_owned()])), Ok(()));
        assert_eq!(check(&Cmdlet::new("Get-CsSimpleUrlConfiguration")), Ok(()));
    }

    #[test]
    fn every_kind_of_wrong_call_is_not() {
        let says = |cmdlet: Cmdlet, part: &str| {
            let why = check(&cmdlet).unwrap_err();
            assert!(why.contains(part), "{why}");
        };
        says(Cmdlet::new("Invoke-CsMirrorDatabase"), "not in the table");
        says(Cmdlet::new("Start-CsPool").with("PoolFqdn", "p"), "does not exist in lync2013");
        says(install().with("MirrorSqlServerFqdn", "x"), "no such parameter");
        says(install().with("Confirm", "false"), "it is a switch");
        says(install().switch("Report"), "it is no switch");
        says(install().list("Report", vec!["x".to_owned()]), "type is String");
        says(install().with("Report", ""), "empty");
        says(Cmdlet::new("Uninstall-CsMirrorDatabase").with("DatabaseType", "App"), "does not take `App`");
        says(Cmdlet::new("Uninstall-CsMirrorDatabase").with("DatabaseType", "User"), "no parameter set");
        // ForInstance belongs to the set of ConfiguredDatabases.
        says(install().with("ForInstance", "RTC"), "no parameter set");
    }
}
