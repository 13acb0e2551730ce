//! Reading Rust without compiling it: code without comments, strings and tests, and the paths that it names.

/// The code of a file with comments gone, string contents blanked and `#[cfg(test)]` items removed; lines stay where they are.
pub fn code(source: &str) -> String {
    without_tests(&blanked(source))
}

fn blanked(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let word_before = out.ends_with(|one: char| one.is_alphanumeric() || one == '_');
        let (skipped, shown) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), "")
        } else if rest.starts_with("/*") {
            (rest.find("*/").map_or(rest.len(), |end| end + 2), "")
        } else if let Some(raw) = raw_string(rest).filter(|_| !word_before) {
            (raw, "\"\"")
        } else if first == '"' {
            (plain_string(rest), "\"\"")
        } else if let Some(literal) = character(rest) {
            (literal, "' '")
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        out.push_str(shown);
        out.extend(rest[..skipped].matches('\n'));
        rest = &rest[skipped..];
    }
    out
}

fn raw_string(rest: &str) -> Option<usize> {
    let opening = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = opening.len() - opening.trim_start_matches('#').len();
    let body = opening[hashes..].strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    Some(rest.len() - body.len() + body.find(&closing)? + closing.len())
}

fn plain_string(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest[1..].find(|one| {
        let ends = one == '"' && !escaped;
        escaped = one == '\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |at| at + 2)
}

/// The length of a character literal; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'')?;
    if body.starts_with('\\') {
        return Some(body[2..].find('\'')? + 4);
    }
    let one = body.chars().next()?;
    body[one.len_utf8()..].starts_with('\'').then_some(one.len_utf8() + 2)
}

fn without_tests(code: &str) -> String {
    let Some(start) = code.find("#[cfg(test)]") else { return code.to_owned() };
    let item = &code[start..];
    let mut depth = 0;
    let end = item.char_indices().find_map(|(at, one)| {
        depth += i32::from(one == '{') - i32::from(one == '}');
        (depth == 0 && matches!(one, '}' | ';')).then_some(at + 1)
    });
    let end = end.unwrap_or(item.len());
    let lines: String = item[..end].matches('\n').collect();
    format!("{}{lines}{}", &code[..start], without_tests(&item[end..]))
}

/// Every path of two steps or more, with the groups of `use a::{b, c::d}` written out.
pub fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(|one: char| one.is_alphabetic() || one == '_') {
        let (path, after) = path(&rest[at..]);
        expand(path, &mut found);
        rest = &rest[at + after.max(1)..];
    }
    found
}

/// One path with its groups, and its length.
fn path(text: &str) -> (&str, usize) {
    let mut end = 0;
    loop {
        end += text[end..].find(|one: char| !one.is_alphanumeric() && one != '_').unwrap_or(text.len() - end);
        match text[end..].strip_prefix("::") {
            Some(next) if next.starts_with('{') => {
                let close = closing(&text[end + 2..]);
                return (&text[..end + 2 + close], end + 2 + close);
            }
            Some(next) if next.starts_with(|one: char| one.is_alphabetic() || one == '_') => end += 2,
            _ => return (&text[..end], end),
        }
    }
}

fn closing(group: &str) -> usize {
    let mut depth = 0;
    let end = group.char_indices().find(|(_, one)| {
        depth += i32::from(*one == '{') - i32::from(*one == '}');
        depth == 0
    });
    end.map_or(group.len(), |(at, _)| at + 1)
}

fn expand(path: &str, found: &mut Vec<String>) {
    let Some((head, group)) = path.split_once('{') else {
        if path.contains("::") {
            found.push(path.to_owned());
        }
        return;
    };
    let (mut depth, mut start) = (0, 0);
    let inside = group.strip_suffix('}').unwrap_or(group);
    for (at, one) in inside.char_indices().chain([(inside.len(), ',')]) {
        depth += i32::from(one == '{') - i32::from(one == '}');
        if one == ',' && depth == 0 {
            let member = inside[start..at].trim();
            let member = member.split(" as ").next().unwrap_or(member);
            if !member.is_empty() {
                expand(&format!("{head}{member}"), found);
            }
            start = at + 1;
        }
    }
}

/// The path from the crate's root, for a file of `src/`: `super` and `self` are resolved; None when it does not begin in this crate.
pub fn from_root(file: &str, path: &str) -> Option<Vec<String>> {
    let own = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let mut base: Vec<String> = if own == "lib" { Vec::new() } else { own.split('/').map(str::to_owned).collect() };
    let mut steps = path.split("::").peekable();
    match *steps.peek()? {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            while steps.next_if_eq(&"super").is_some() {
                base.pop();
            }
            return Some(base.into_iter().chain(steps.map(str::to_owned)).collect());
        }
        _ => return None,
    }
    Some(base.into_iter().chain(steps.skip(1).map(str::to_owned)).collect())
}

#[test]
fn comments_strings_and_tests_are_no_code() {
    let source = "let a = \"crate::x \\\" \"; // crate::y\nlet c = '\"'; let r = r#\"a \" b\"#; fn f<'a>() {}\n#[cfg(test)]\nmod tests { fn g() { crate::z(); } }\nfn h() {}";
    assert_eq!(code(source), "let a = \"\"; \nlet c = ' '; let r = \"\"; fn f<'a>() {}\n\n\nfn h() {}");
}

#[test]
fn groups_of_paths_are_written_out() {
    assert_eq!(paths("use crate::{a, b::{c, d as e}}; x = super::f(1);"), ["crate::a", "crate::b::c", "crate::b::d", "super::f"]);
    assert_eq!(from_root("src/check/ports.rs", "super::super::diff::x").unwrap(), ["diff", "x"]);
    assert_eq!(from_root("src/check/ports.rs", "super::Rule").unwrap(), ["check", "Rule"]);
    assert_eq!(from_root("src/check.rs", "std::fs"), None);
}
