//! Text that comes from names and files, made harmless for Markdown and HTML. It knows no plans.

/// Text for a paragraph or a table cell: shown as it is, in one line.
#[must_use]
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A mention would call somebody.
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A name as code, for a paragraph or a table cell.
#[must_use]
pub fn code(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let fence = "`".repeat(longest_run(&name) + 1);
    let pad = if name.starts_with('`') || name.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", name.replace('|', "\\|"))
}

/// Lines as a block of code in a language.
#[must_use]
pub fn block(language: &str, lines: &str) -> String {
    let fence = "`".repeat(longest_run(lines).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", lines.trim_end_matches('\n'))
}

/// Something that is folded under a title; empty where there is nothing to fold.
#[must_use]
pub fn folded(title: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("<details><summary>{}</summary>\n\n{}\n\n</details>\n\n", html(title), body.trim_end())
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace(['\n', '\r'], " ")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_cell() {
        assert_eq!(text("a|b<script>@x\n"), r"a\|b&lt;script&gt;&#64;x ");
        assert_eq!(code(r"be1.contoso.com\RTC"), r"`be1.contoso.com\RTC`");
        assert_eq!(code("a`b|c"), r"``a`b\|c``");
        assert_eq!(block("sql", "```\nx"), "````sql\n```\nx\n````\n");
        assert_eq!(folded("</summary>", "x"), "<details><summary>&lt;/summary&gt;</summary>\n\nx\n\n</details>\n\n");
    }
}
