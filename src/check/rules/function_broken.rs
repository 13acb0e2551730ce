//! Inline source of a function that does not parse.

use crate::check::code::{self, Language};
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "function-broken",
    severity: Severity::Error,
    what: "the inline source of a function parses in its language",
    why: "Lambda takes any text as source. The function is created, the stack is green, and every call ends with a syntax error.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html",
    run,
};

/// The language of a runtime: `python3.13`, `nodejs22.x`.
fn language(function: &Item) -> Option<Language> {
    match function.text("Runtime")? {
        runtime if runtime.starts_with("python") => Some(Language::Python),
        runtime if runtime.starts_with("nodejs") => Some(Language::JavaScript),
        _ => None,
    }
}

fn run(graph: &Graph, found: &mut Found) {
    let lambdas = graph.of_type("AWS::Lambda::Function").filter_map(|item| Some((item, "Code/ZipFile", language(item)?)));
    let edge = graph.of_type("AWS::CloudFront::Function").map(|item| (item, "FunctionCode", Language::JavaScript));
    let resolvers = graph.of_type("AWS::AppSync::Resolver").chain(graph.of_type("AWS::AppSync::FunctionConfiguration"));
    let resolvers = resolvers.map(|item| (item, "Code", Language::JavaScript));
    for (item, path, language) in lambdas.chain(edge).chain(resolvers) {
        for text in item.all(path).into_iter().filter_map(code::source) {
            if let Some(fault) = code::fault(language, &text) {
                found.at(item, path, format!("the source does not parse: {fault}"));
            }
        }
    }
}
