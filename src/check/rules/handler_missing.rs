//! A function whose handler is not in its source.

use crate::check::code;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "handler-missing",
    severity: Severity::Error,
    what: "the handler of a function with inline source is in that source, in the module index",
    why: "Lambda looks for the handler when the function is first called: the stack is green, and every call ends with Runtime.HandlerNotFound.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for function in graph.of_type("AWS::Lambda::Function") {
        let Some(source) = function.get("Code/ZipFile").and_then(code::source) else { continue };
        let (Some(handler), Some(runtime)) = (function.text("Handler"), function.text("Runtime")) else { continue };
        let Some((module, name)) = handler.rsplit_once('.') else {
            found.at(function, "Handler", format!("{handler} names no function; it is written index.NAME"));
            continue;
        };
        if module != "index" {
            found.at(function, "Handler", format!("inline source is the module index, so {handler} is never found; write index.{name}"));
        } else if !defines(&source, runtime, name) {
            found.at(function, "Handler", format!("the source has no {name}, which {handler} asks for; name what the source defines"));
        }
    }
    for function in graph.of_type("AWS::CloudFront::Function") {
        let Some(source) = function.get("FunctionCode").and_then(code::source) else { continue };
        if !words(&source).any(|word| word == "handler") {
            found.at(function, "FunctionCode", "CloudFront calls a function named handler, and the source has none");
        }
    }
}

fn words(source: &str) -> impl Iterator<Item = &str> {
    source.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).filter(|word| !word.is_empty())
}

/// Whether a source defines a name at its top level, as far as its lines tell.
fn defines(source: &str, runtime: &str, name: &str) -> bool {
    if runtime.starts_with("python") {
        // `from x import *` may bring any name.
        return source.lines().any(|line| {
            let mut parts = words(line);
            let first = parts.next();
            let top = !line.starts_with([' ', '\t', '#']);
            let imported = matches!(first, Some("from" | "import")) && (line.contains('*') || words(line).any(|word| word == name));
            let defined = match first {
                Some("def" | "class") => parts.next() == Some(name),
                Some("async") => parts.nth(1) == Some(name),
                Some(word) => word == name && line.contains('='),
                None => false,
            };
            top && (imported || defined)
        }) || source.lines().any(|line| line.starts_with([' ', '\t']) && words(line).take(2).eq(["def", name]) && source.contains("\nif "));
    }
    if !runtime.starts_with("nodejs") {
        return true;
    }
    let text: String = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let exported = text.contains("exports") || text.contains("export ") || text.contains("export{");
    exported && words(source).any(|word| word == name)
}
