//! Who is at the keyboard, and what they type. It knows nothing of what is asked.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

/// The account, as Windows or Unix names it.
#[must_use]
pub fn account() -> String {
    let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
    let user = set("USERNAME")
        .or_else(|| set("USER"))
        .or_else(|| set("LOGNAME"))
        .unwrap_or_else(|| "an account without a name".to_owned());
    match set("USERDOMAIN") {
        Some(domain) => format!("{domain}\\{user}"),
        None => user,
    }
}

/// The machine that the program runs on.
#[must_use]
pub fn machine() -> String {
    let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
    let read = || std::fs::read_to_string("/etc/hostname").ok().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    set("COMPUTERNAME").or_else(|| set("HOSTNAME")).or_else(read).unwrap_or_else(|| "localhost".to_owned())
}

/// Whether somebody can be asked.
#[must_use]
pub fn is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks, and gives what was typed; none at the end of input.
#[must_use]
pub fn ask(question: &str) -> Option<String> {
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "{question} ");
    let _ = err.flush();
    drop(err);
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line.trim().to_owned()),
    }
}
