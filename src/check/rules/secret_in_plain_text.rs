//! A password, key or token that stands in the template for everybody to read.

use cfn::Node;

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "secret-in-plain-text",
    severity: Severity::Error,
    what: "no password, token or key is written out: not as a property, an environment variable, user data or a parameter's default",
    why: "Templates live in repositories, consoles, logs and change sets; a secret in one is known to everybody who may describe the stack.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html",
    run,
};

/// Words that make a name the name of a secret.
const NAMES: [&str; 12] = [
    "password", "passwd", "secret", "token", "apikey", "accesskey", "privatekey", "credential", "authkey", "passphrase", "connectionstring", "pwd",
];

/// Endings that make it the name of something about a secret: where it is, not what it is.
const ABOUT: [&str; 30] = [
    "arn", "id", "name", "names", "path", "ref", "url", "uri", "endpoint", "version", "versionid", "stage", "length", "enabled", "file", "policy", "type",
    "rotation", "ttl", "expiry", "validity", "key", "keyid", "status", "header", "mode", "encryption", "algorithm", "method", "hash",
];

/// Beginnings of keys that are known by their form, with the least length of the whole.
const FORMS: [(&str, usize, &str); 14] = [
    ("AKIA", 20, "an AWS access key"),
    ("ASIA", 20, "an AWS access key"),
    ("ghp_", 36, "a GitHub token"),
    ("gho_", 36, "a GitHub token"),
    ("ghs_", 36, "a GitHub token"),
    ("github_pat_", 40, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("xoxb-", 24, "a Slack token"),
    ("xoxp-", 24, "a Slack token"),
    ("sk_live_", 24, "a Stripe key"),
    ("rk_live_", 24, "a Stripe key"),
    ("AIza", 39, "a Google API key"),
    ("SG.", 60, "a SendGrid key"),
    ("eyJhbGciOi", 40, "a signed token"),
];

/// The shortest text that any of [`FORMS`] has.
const SHORTEST: usize = 20;

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        let mut faults = Vec::new();
        visit(&item.properties, "", "", &mut faults);
        for (path, fault) in faults {
            found.at(item, &path, fault);
        }
    }
    for (index, file) in graph.set.files.iter().enumerate() {
        for (name, parameter) in &file.template.parameters {
            let Some(Node::Str(default)) = &parameter.default else { continue };
            let resolved = parameter.parameter_type.starts_with("AWS::SSM::");
            if !resolved && secret_name(name) && literal(default) {
                let message = format!("the default of {name} is a secret in plain text; leave the default out, set NoEcho, or read it from Secrets Manager");
                found.of_file(index, &format!("Parameters/{name}/Default"), message);
            } else if let Some(form) = form(default) {
                found.of_file(index, &format!("Parameters/{name}/Default"), format!("the default of {name} holds {form}; revoke it and keep it elsewhere"));
            }
        }
    }
}

/// Walks a resource's properties; `name` is the key above the value.
fn visit(node: &Node, name: &str, path: &str, faults: &mut Vec<(String, String)>) {
    match node {
        Node::Str(text) => {
            if let Some(form) = form(text) {
                faults.push((path.to_owned(), format!("holds {form} in plain text; revoke it, and keep the new one in Secrets Manager")));
            } else if secret_name(name) && literal(text) {
                let message = format!("{name} is written out; read it from Secrets Manager: '{{{{resolve:secretsmanager:name:SecretString:key}}}}', or hand over its ARN");
                faults.push((path.to_owned(), message));
            } else if let Some(line) = assignment(text) {
                faults.push((path.to_owned(), format!("\"{line}\" assigns a secret in plain text; read it from Secrets Manager when the host starts")));
            }
        }
        Node::List(items) => items.iter().enumerate().for_each(|(index, item)| visit(item, name, &join(path, &index.to_string()), faults)),
        // A reference is no value; the text of a substitution may still hold a key.
        Node::Map(_) if matches!(node.intrinsic(), Some(("Ref" | "Fn::GetAtt" | "Fn::ImportValue" | "Fn::FindInMap", _))) => {}
        Node::Map(map) if matches!(node.intrinsic(), Some(("Fn::Sub" | "Fn::Base64" | "Fn::Join", _))) => {
            map.iter().for_each(|(key, value)| visit(value, "", &join(path, key), faults));
        }
        Node::Map(map) => {
            // `{Name: DB_PASSWORD, Value: hunter2}`, as tasks and builds have it.
            let named = ["Name", "Key", "ParameterKey"].iter().find_map(|key| map.get(*key)).and_then(Node::as_str);
            for (key, value) in map {
                let below = if matches!(key.as_str(), "Value" | "ParameterValue") { named.unwrap_or(key) } else { key };
                let below = if node.intrinsic().is_some() { name } else { below };
                visit(value, below, &join(path, key), faults);
            }
        }
        _ => {}
    }
}

fn join(path: &str, step: &str) -> String {
    if path.is_empty() { step.to_owned() } else { format!("{path}/{step}") }
}

/// Whether a key's name is that of a secret itself.
fn secret_name(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    NAMES.iter().any(|word| plain.contains(word))
        && !ABOUT.iter().any(|ending| plain.ends_with(ending) && !["apikey", "accesskey", "privatekey", "authkey", "secretkey"].iter().any(|key| plain.ends_with(key)))
        && !["manage", "generate", "rotate", "enable", "require", "exclude", "has", "use"].iter().any(|verb| plain.starts_with(verb))
}

/// Whether a text is a value, and not a place where a value is found.
fn literal(text: &str) -> bool {
    let text = text.trim();
    let elsewhere = text.contains("{{resolve:") || text.contains("${") || text.starts_with("arn:") || text.starts_with("/aws/") || text.starts_with('/') || text.contains("://") && !text.contains('@');
    // A path into a state machine's input, a JSONata expression.
    let elsewhere = elsewhere || text.starts_with('$') || text.starts_with("{%");
    let word = matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "none" | "null" | "required" | "optional" | "enabled" | "disabled" | "aws_managed_services");
    text.len() >= 4 && !elsewhere && !word && !text.contains(char::is_whitespace)
}

/// Whether a value under this name must not be shown to anybody: more is hidden than is found fault with, because a value that is hidden in vain
/// costs nothing.
pub fn is_secret(name: &str, text: &str) -> bool {
    let elsewhere = text.contains("{{resolve:") || text.starts_with("arn:");
    (secret_name(name) && !elsewhere && text.len() >= 4) || form(text).is_some() || assignment(text).is_some()
}

/// Which known form of key stands in a text.
fn form(text: &str) -> Option<&'static str> {
    if text.len() < SHORTEST {
        return None;
    }
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    FORMS.iter().find_map(|(start, length, what)| {
        text.match_indices(start).find_map(|(at, _)| {
            let fresh = text[..at].chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric());
            let word: String = text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')).collect();
            let upper = !start.ends_with("IA") || word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
            (fresh && upper && word.len() >= *length).then_some(*what)
        })
    })
}

/// A line of a script or a program that gives a secret's name a literal value, with the value hidden.
fn assignment(text: &str) -> Option<String> {
    if !text.contains('\n') {
        return None;
    }
    text.lines().find_map(|line| {
        let line = line.trim();
        let (name, value) = line.split_once('=')?;
        let name = name.trim().trim_start_matches("export ").trim_start_matches("const ").trim_start_matches("let ").trim();
        let simple = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        let value = value.trim().trim_end_matches(';');
        let quoted = value.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\''])).unwrap_or(value);
        let bare = quoted.len() >= 6 && quoted.chars().all(|c| c.is_ascii_alphanumeric() || "!@#%^&*-_+.,:".contains(c));
        let code = quoted == value && (value.contains(['.', '(', '[']) || !value.chars().any(|c| c.is_ascii_digit()));
        (simple && bare && !code && secret_name(name) && literal(quoted)).then(|| format!("{name}=…"))
    })
}
