//! The `cstopo` program: the command line in, an exit code out.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use cstopo_cli::args::Cli;
use cstopo_cli::commands;
use cstopo_cli::exit::Exit;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            // Help and version are results; anything else is a wrong command line.
            return ExitCode::from(if e.use_stderr() { Exit::Usage as u8 } else { Exit::Done as u8 });
        }
    };
    match commands::run(cli) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => {
            let _ = writeln!(std::io::stderr().lock(), "{}", failure.text);
            ExitCode::from(failure.exit as u8)
        }
    }
}
