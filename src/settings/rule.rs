//! The limits that AWS puts on names and values, each with the reason in its message. Flags and the settings file obey the same ones.

mod addresses;

pub use addresses::{first_range, private_range, resource_id, zone};

/// Longest `<app>-<environment>`: load balancers and target groups may have names of 32 characters
/// (Elastic Load Balancing API reference, 2024), and scalectl adds a hyphen and up to 15 characters to tell its parts apart.
pub const MAX_PREFIX: usize = 16;
/// Longest service name: the same 32 characters, less the prefix, a hyphen, and three characters for blue and green.
pub const MAX_SERVICE: usize = 12;
/// Names that a service cannot have: other building blocks have made logical IDs of these words.
pub const TAKEN: [&str; 4] = ["workers", "signup", "service", "order-workflow"];
/// The most bytes that variables of the user's own may have together: user data takes 16 KB with scripts and all.
pub const MAX_ENVIRONMENT: usize = 7_000;
/// Most services behind one load balancer: a listener holds 100 rules by default, and 20 teams is where one balancer stops being one thing.
pub const MAX_SERVICES: usize = 20;
/// Most tags: AWS allows 50 on a resource, and its services and scalectl add some of their own.
pub const MAX_TAGS: usize = 40;

/// A part of a name: lowercase letters, digits and single hyphens, starting with a letter.
pub fn name(what: &str, value: &str, longest: usize) -> Result<(), String> {
    let right = "lowercase letters, digits and single hyphens, starting with a letter, such as \"shop\"";
    if value.is_empty() {
        return Err(format!("{what} is empty; it needs {right}"));
    }
    if let Some(bad) = value.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
        return Err(format!("{what} \"{value}\" contains {}, which AWS names cannot carry; it takes {right}", shown(bad)));
    }
    if !value.starts_with(|c: char| c.is_ascii_lowercase()) || value.ends_with('-') || value.contains("--") {
        return Err(format!("{what} \"{value}\" is not a name that every AWS service takes; it needs {right}"));
    }
    if value.len() > longest {
        return Err(format!("{what} \"{value}\" has {} characters; it may have {longest}", value.len()));
    }
    Ok(())
}

/// `<app>-<environment>` together.
pub fn prefix(app: &str, environment: &str) -> Result<(), String> {
    let length = app.len() + 1 + environment.len();
    if length > MAX_PREFIX {
        return Err(format!(
            "\"{app}-{environment}\" has {length} characters; app and environment may have {MAX_PREFIX} together, because load balancers \
             and target groups are named <app>-<environment>-<part> and AWS allows them 32 characters"
        ));
    }
    Ok(())
}

/// A DNS name of two labels or more.
pub fn domain(value: &str) -> Result<(), String> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if value.len() <= 253 && value.split('.').count() >= 2 && value.split('.').all(label) {
        return Ok(());
    }
    let reason = if value.contains("://") || value.contains('/') {
        "give the name only, without https:// and path"
    } else if value.chars().any(|c| c.is_ascii_uppercase()) {
        "write it in lowercase"
    } else if value.ends_with('.') {
        "leave the last dot out"
    } else {
        "it needs letters, digits and hyphens between dots"
    };
    Err(format!("domain \"{value}\" is not a domain name such as \"shop.example.com\": {reason}"))
}

/// A Route 53 hosted zone id.
pub fn hosted_zone(what: &str, value: &str) -> Result<(), String> {
    let tail = value.strip_prefix('Z').unwrap_or_default();
    if (1..=31).contains(&tail.len()) && tail.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) {
        return Ok(());
    }
    Err(format!(
        "{what} \"{value}\" is not the id of a hosted zone: a Z and then capital letters and digits, such as \"Z0123456789ABCDEFGHIJ\" \
         (aws route53 list-hosted-zones)"
    ))
}

/// A path that starts with `/`; `pattern` allows the load balancer's wildcards.
pub fn path(what: &str, value: &str, pattern: bool) -> Result<(), String> {
    // Elastic Load Balancing: a path pattern has up to 128 characters of A-Z a-z 0-9 _ - . $ / ~ " ' @ : + & with * and ? as wildcards.
    let allowed = |c: char| {
        c.is_ascii_alphanumeric() || "_-.$/~'@:+&".contains(c) || (pattern && "*?".contains(c)) || (!pattern && "?=%".contains(c))
    };
    if !value.starts_with('/') {
        return Err(format!("{what} \"{value}\" must start with /, such as \"/{}\"", value.trim_start_matches('/')));
    }
    if value.len() > 128 {
        return Err(format!("{what} has {} characters; the load balancer allows 128", value.len()));
    }
    match value.chars().find(|c| !allowed(*c)) {
        Some(bad) => Err(format!("{what} \"{value}\" contains {}, which the load balancer does not take", shown(bad))),
        None => Ok(()),
    }
}

/// A mail address, loosely: AWS sends a confirmation that proves the rest.
pub fn email(value: &str) -> Result<(), String> {
    let right = value.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains('@')
    });
    if right && value.len() <= 254 && !value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Ok(());
    }
    Err(format!("alerts_email \"{value}\" is not a mail address such as \"ops@example.com\""))
}

/// The names that a phase may hand to the app.
const OURS: [&str; 25] = [
    "DATABASE_HOST",
    "DATABASE_PORT",
    "DATABASE_NAME",
    "DATABASE_USER",
    "DATABASE_READER_HOST",
    "DATABASE_SECRET_ARN",
    "CACHE_HOST",
    "CACHE_PORT",
    "CACHE_SECRET_ARN",
    "SESSION_TABLE",
    "DAX_ENDPOINT",
    "SHARD_MAP_TABLE",
    "SHARD_DOMAIN",
    "SHARD_COUNT",
    "QUEUE_URL",
    "EVENT_QUEUE_URL",
    "ASSETS_URL",
    "ASSETS_BUCKET",
    "UPLOADS_BUCKET",
    "SERVICES_URL",
    "SIGNUP_FUNCTION",
    "EVENTS_TOPIC_ARN",
    "CLICKSTREAM_NAME",
    "ORDER_TABLE",
    "WORKFLOW_ARN",
];
/// How the names of a domain's own database end: `USERS_DATABASE_HOST`.
const OUR_ENDINGS: [&str; 4] = ["_DATABASE_HOST", "_DATABASE_READER_HOST", "_DATABASE_SECRET_ARN", "_EVENT_QUEUE_URL"];

/// The name of an environment variable, and not one that scalectl hands the app itself.
pub fn variable(key: &str) -> Result<(), String> {
    let first = key.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if !first || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || key.len() > 128 {
        return Err(format!(
            "\"{key}\" is not the name of an environment variable: letters, digits and underscores, not starting with a digit"
        ));
    }
    if OURS.contains(&key) || OUR_ENDINGS.iter().any(|ending| key.ends_with(ending)) {
        return Err(format!("environment variable \"{key}\" is set by scalectl itself; use another name"));
    }
    Ok(())
}

/// A value that ends up in a script, a template or a task: one line, no control characters.
pub fn value(what: &str, value: &str, longest: usize) -> Result<(), String> {
    if value.chars().any(char::is_control) {
        return Err(format!("{what} contains a line break or control character; it must be one line of text"));
    }
    if value.len() > longest {
        return Err(format!("{what} has {} characters; it may have {longest}", value.len()));
    }
    Ok(())
}

/// A container image reference.
pub fn image(value: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_:./@#".contains(c);
    if !value.is_empty() && value.len() <= 255 && value.chars().all(allowed) && !value.starts_with(['-', '.', '/', ':']) {
        return Ok(());
    }
    Err(format!("image \"{value}\" is not an image reference such as \"123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4.2\""))
}

/// One tag: AWS takes 128 characters of key and 256 of value, and keeps `aws:` for itself.
pub fn tag(key: &str, value: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(format!("tag \"{key}\" starts with aws:, which AWS keeps for itself"));
    }
    if key.starts_with("scalectl:") || key == "Name" {
        return Err(format!("tag \"{key}\" is set by scalectl itself; use another name"));
    }
    if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
        return Err(format!("tag \"{key}\": AWS takes 1 to 128 characters as key and up to 256 as value"));
    }
    match key.chars().chain(value.chars()).find(|c| !allowed(*c)) {
        Some(bad) => Err(format!("tag \"{key}\" contains {}; AWS takes letters, digits, spaces and _ . : / = + - @", shown(bad))),
        None => Ok(()),
    }
}

/// The name of an S3 bucket.
pub fn bucket(value: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if (3..=63).contains(&value.len()) && value.chars().all(allowed) && edge(value.chars().next()) && edge(value.chars().last()) {
        return Ok(());
    }
    Err(format!("\"{value}\" is not the name of a bucket: 3 to 63 lowercase letters, digits, hyphens and dots, without s3://"))
}

/// CPU (ECS units) and memory (MiB) of one task: Fargate takes only these pairs
/// (Amazon ECS developer guide, "Task CPU and memory", 2024; arm64 on Linux).
pub fn task_size(cpu: u64, memory: Option<u64>) -> Result<(), String> {
    let (low, high, step): (u64, u64, u64) = match cpu {
        256 => (512, 2_048, 512),
        512 => (1_024, 4_096, 1_024),
        1_024 => (2_048, 8_192, 1_024),
        2_048 => (4_096, 16_384, 1_024),
        4_096 => (8_192, 30_720, 1_024),
        8_192 => (16_384, 61_440, 4_096),
        16_384 => (32_768, 122_880, 8_192),
        _ => return Err(format!("cpu {cpu} is not a task size; it may be 256, 512, 1024, 2048, 4096, 8192 or 16384 (1024 is one vCPU)")),
    };
    match memory {
        Some(memory) if memory < low || memory > high || !memory.is_multiple_of(step) => {
            // 256 units take 512, 1,024 or 2,048 MiB; 1,536 is the one multiple that Fargate leaves out.
            Err(format!("memory {memory} does not go with cpu {cpu}; it may be {low} to {high} MiB in steps of {step}"))
        }
        Some(1_536) => Err("memory 1536 does not go with cpu 256; it may be 512, 1024 or 2048 MiB".to_owned()),
        _ => Ok(()),
    }
}

/// A word out of a list.
pub fn known(what: &str, value: &str, list: &[&str]) -> Result<(), String> {
    if list.contains(&value) {
        return Ok(());
    }
    Err(unknown(what, value, list))
}

/// A service's name: fit for AWS, and nobody else's.
pub fn service(value: &str) -> Result<(), String> {
    name("service", value, MAX_SERVICE)?;
    if TAKEN.contains(&value) {
        return Err(format!("a service cannot be called \"{value}\": something else here has that name; call it \"{value}-api\""));
    }
    Ok(())
}

/// A region that the tables have figures for; AWS may have others.
pub fn region(value: &str, list: &[&str]) -> Result<(), String> {
    if list.contains(&value) {
        return Ok(());
    }
    let near = suggestion(value, list.iter().copied());
    Err(format!(
        "no region is called \"{value}\" among the {} that scalectl has prices for{near}; there are {}",
        list.len(),
        list.join(", ")
    ))
}

/// A word out of a list, capital letters or not.
pub fn known_in_any_case(what: &str, value: &str, list: &[&str]) -> Result<(), String> {
    if list.iter().any(|word| word.eq_ignore_ascii_case(value)) {
        return Ok(());
    }
    Err(unknown(what, value, list))
}

/// `no region is called "x"; did you mean "y"?`, with the whole list when it is short or nothing is near.
pub fn unknown(what: &str, value: &str, list: &[&str]) -> String {
    let near = suggestion(value, list.iter().copied());
    let names = if near.is_empty() && !list.is_empty() { format!("; there are: {}", list.join(", ")) } else { String::new() };
    format!("no {what} is called \"{value}\"{near}{names}")
}

/// The nearest of `known` to `word`, when it is near enough to have been meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            // Short ids such as 500k differ in half of their letters and are still meant.
            let longer = candidate.len().max(word.len());
            *distance <= if longer <= 4 { longer / 2 } else { longer / 3 }
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `; did you mean "x"?`, or nothing.
pub fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"))
}

fn shown(c: char) -> String {
    match c {
        ' ' => "a space".to_owned(),
        c if c.is_control() => format!("the control character U+{:04X}", u32::from(c)),
        c => format!("'{c}'"),
    }
}
