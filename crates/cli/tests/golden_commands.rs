//! Every command of every golden comment is what Microsoft's own parsers read: PowerShell 3.0 and later, T-SQL of SQL
//! Server 2012 and later.

#![allow(clippy::print_stderr)] // a test that is skipped says so

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A parser, where there is one.
fn tool(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CSTOPO_TOOLS").map_or_else(|| root().join("../shared/tools"), PathBuf::from);
    let path = folder.join(name);
    if !path.is_file() {
        eprintln!("skipped: {name} is not there; CSTOPO_TOOLS names the folder it is in");
        return None;
    }
    Some(path)
}

/// Every Markdown file below a folder, sorted.
fn comments(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            comments(&path, out);
        } else if path.extension().is_some_and(|e| e == "md") {
            out.push(path);
        }
    }
}

/// The fenced blocks of a language in all golden comments, with the file each is from.
fn blocks(language: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    comments(&root().join("fixtures/scenarios"), &mut files);
    comments(&root().join("crates/cli/tests/golden"), &mut files);
    let open = format!("```{language}");
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut block: Option<String> = None;
        for line in text.lines() {
            match &mut block {
                None if line.trim() == open => block = Some(String::new()),
                None => {}
                Some(_) if line.trim() == "```" => all.extend(block.take().map(|b| (file.clone(), b))),
                Some(b) => {
                    b.push_str(line);
                    b.push('\n');
                }
            }
        }
        assert!(block.is_none(), "{}: a block is not closed", file.display());
    }
    all
}

fn parses(tool: &Path, arguments: &[&str], language: &str, ending: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (n, (from, text)) in blocks(language).into_iter().enumerate() {
        let file = folder.path().join(format!("{n:04}.{ending}"));
        std::fs::write(&file, text).unwrap();
        files.push((file, from));
    }
    assert!(files.len() > 20, "only {} blocks of {language}", files.len());
    let output = Command::new(tool).args(arguments).args(files.iter().map(|(f, _)| f)).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let blamed =
        files.iter().filter(|(f, _)| said.contains(&*f.to_string_lossy())).map(|(_, from)| from.display().to_string());
    assert!(output.status.success(), "{said}\nin {}", blamed.collect::<Vec<_>>().join(", "));
}

#[test]
fn powershell_reads_every_cmdlet_line() {
    let Some(pwsh) = tool("pwsh/pwsh") else { return };
    parses(&pwsh, &["-NoProfile", "-Check", "-Target", "3.0"], "powershell", "ps1");
}

#[test]
fn sql_server_reads_every_statement() {
    let Some(check) = tool("tsqlcheck/tsqlcheck") else { return };
    parses(&check, &["--target", "2012"], "sql", "sql");
}
