//! Source code inside templates: does it parse? Each language by a real parser of it.

use cfn::Node;

/// The languages that can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Bash and POSIX shells.
    Shell,
    /// Python 3.
    Python,
    /// JavaScript, as a script or as a module.
    JavaScript,
}

/// What is wrong with a text, with the line counted from its start; none when it parses.
pub fn fault(language: Language, text: &str) -> Option<String> {
    match language {
        Language::Shell => shell(text),
        Language::Python => python(text),
        Language::JavaScript => javascript(text),
    }
}

fn shell(text: &str) -> Option<String> {
    let mut parser = brush_parser::Parser::new(std::io::Cursor::new(text.as_bytes()), &brush_parser::ParserOptions::default());
    parser.parse_program().err().map(|error| error.to_string())
}

fn python(text: &str) -> Option<String> {
    let error = ruff_python_parser::parse_module(text).err()?;
    let line = text.get(..error.location.start().to_usize()).map_or(1, |before| before.matches('\n').count() + 1);
    Some(format!("line {line}: {}", error.error))
}

/// Lambda tells modules from scripts itself, so what is sound as either is sound.
fn javascript(text: &str) -> Option<String> {
    let judged = |kind: oxc_span::SourceType| {
        let allocator = oxc_allocator::Allocator::default();
        let parsed = oxc_parser::Parser::new(&allocator, text, kind).parse();
        parsed.diagnostics.first().map(ToString::to_string)
    };
    judged(oxc_span::SourceType::cjs()).filter(|_| judged(oxc_span::SourceType::mjs()).is_some())
}

/// A resolved value as source text: what is only known in the cloud becomes a plain word. None when the text as a whole is not known.
pub fn source(node: &Node) -> Option<String> {
    match node {
        Node::Str(text) => Some(text.clone()),
        _ => match node.intrinsic()? {
            ("Fn::Sub", Node::Str(text)) => Some(filled(text)),
            ("Fn::Base64", inner) => source(inner),
            ("Fn::Join", Node::List(parts)) => match parts.as_slice() {
                [Node::Str(between), Node::List(items)] => {
                    let words: Vec<String> = items.iter().map(|item| source(item).unwrap_or_else(|| "word".to_owned())).collect();
                    Some(words.join(between))
                }
                _ => None,
            },
            _ => None,
        },
    }
}

/// Puts a word where a resource (`${2!Queue.Arn}`) or a pseudo parameter stands; other `${…}` are the program's own.
fn filled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + 2..start + length];
        out.push_str(&rest[..start]);
        let resource = name.split_once('!').is_some_and(|(file, _)| !file.is_empty() && file.bytes().all(|b| b.is_ascii_digit()));
        let word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let known = word || !(resource || name.starts_with("AWS::"));
        out.push_str(if known { &rest[start..=start + length] } else { "word" });
        rest = &rest[start + length + 1..];
    }
    out.push_str(rest);
    out
}

/// The scripts of a user data text, with their languages: itself, or the parts of a MIME message.
pub fn scripts(text: &str) -> Vec<(Language, String)> {
    let boundary =
        text.lines().take(12).find_map(|line| line.split_once("boundary=")).map(|(_, mark)| mark.trim().trim_matches(['"', ';']));
    let parts: Vec<&str> = match boundary {
        Some(mark) => text.split(&format!("--{mark}")).filter_map(|part| part.find("#!").map(|at| &part[at..])).collect(),
        None => vec![text.trim_start()],
    };
    parts.into_iter().filter_map(|part| Some((language(part)?, part.to_owned()))).collect()
}

fn language(script: &str) -> Option<Language> {
    let program = script.lines().next()?.strip_prefix("#!")?;
    let called = |names: &[&str]| program.split([' ', '/']).any(|word| names.contains(&word));
    match () {
        () if called(&["bash", "sh", "dash"]) => Some(Language::Shell),
        () if called(&["python", "python3"]) => Some(Language::Python),
        () => None,
    }
}
