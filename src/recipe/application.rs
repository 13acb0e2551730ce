//! The app's surroundings: which variables, secrets and permissions go to whoever runs it, on a host or in a task.

use cfn::Val;
use cfn::policy::Statement;
use indexmap::IndexMap;

use crate::block::{Offers, Role, SecretVariable, Unplaceable};
use crate::recipe::database::domain;
use crate::settings::rule::MAX_ENVIRONMENT;
use crate::settings::{Container, Settings};

/// Environment variables by name, in the order in which they are handed over.
pub type Environment = IndexMap<String, Val<String>>;

/// What keeps one slow or failing service from stopping all others, as every service is told it. The numbers are a beginning: whoever knows the
/// service better sets them in `container.environment`.
///
/// | Variable | What it limits |
/// |---|---|
/// | `REQUEST_TIMEOUT_MS` | how long a call to another service may take, retries and all; users wait for the sum of such calls |
/// | `RETRY_LIMIT` | how often one call may be repeated, with a growing and random pause |
/// | `RETRY_BUDGET_PERCENT` | retries as a part of all calls: more would turn a hiccup into an avalanche |
/// | `CIRCUIT_BREAKER_ERROR_PERCENT` | failures among the calls of the last seconds at which a callee is left alone |
/// | `CIRCUIT_BREAKER_OPEN_MS` | how long it is left alone before one call tries again |
const CALL_SETTINGS: [(&str, &str); 5] = [
    ("REQUEST_TIMEOUT_MS", "2000"),
    ("RETRY_LIMIT", "2"),
    ("RETRY_BUDGET_PERCENT", "10"),
    ("CIRCUIT_BREAKER_ERROR_PERCENT", "50"),
    ("CIRCUIT_BREAKER_OPEN_MS", "10000"),
];

/// The word for a role in `APP_ROLE`, so that one image can be the web server and the worker.
pub fn word(role: Role) -> &'static str {
    match role {
        Role::App => "web",
        Role::Worker => "worker",
    }
}

/// Who runs code of ours, and which of several databases it works with.
#[derive(Debug, Clone, Copy)]
pub struct Runner<'a> {
    role: Role,
    domain: Option<&'a str>,
}

impl From<Role> for Runner<'_> {
    /// It works with every database: the one app of the phases before, and the workers, who do jobs of every service and move data between domains.
    fn from(role: Role) -> Self {
        Runner { role, domain: None }
    }
}

impl<'a> Runner<'a> {
    /// A service, which works with the database of its own domain, and with the first one, in which all data was before there were domains: it must not
    /// lose sight of that on the day on which its own database is made, empty. It opens no other domain's.
    pub fn service(name: &'a str, settings: &'a Settings) -> Self {
        Runner { role: Role::App, domain: Some(domain::of_service(name, settings)) }
    }

    /// Whether it has to do with a database; with one database for all, everybody has.
    fn works_with(self, offers: &Offers, database: Option<&str>) -> bool {
        let (Some(domain), Some(database)) = (self.domain, database) else { return true };
        let stands = offers.secrets.iter().any(|secret| secret.database.as_deref() == Some(domain));
        database.is_empty() || domain::holds(if stands { domain } else { "" }, database)
    }
}

/// What the container is told: the same names in every phase. What the user set wins over what is made here.
pub fn environment<'a>(container: &Container, offers: &Offers, runner: impl Into<Runner<'a>>, own: &[(&str, Val<String>)]) -> Environment {
    let runner = runner.into();
    let role = runner.role;
    let mut environment = Environment::new();
    environment.insert("APP_ROLE".to_owned(), word(role).into());
    environment.insert("PORT".to_owned(), container.port.to_string().into());
    environment.insert("AWS_REGION".to_owned(), Val::reference("AWS::Region"));
    for variable in offers.variables.iter().filter(|variable| runner.works_with(offers, variable.database.as_deref())) {
        environment.insert(variable.name.to_string(), variable.value.clone());
    }
    for secret in secrets(offers, runner) {
        environment.insert(secret.name.to_string(), secret.arn.clone());
    }
    for (name, value) in own {
        environment.insert((*name).to_owned(), value.clone());
    }
    for (name, value) in &container.environment {
        environment.insert(name.clone(), as_written(value));
    }
    environment
}

/// The user's text, in which nothing is replaced; outside `Fn::Sub` a `${` looks like a mistake to those who read templates.
fn as_written(value: &String) -> Val<String> {
    if !value.contains("${") {
        return value.into();
    }
    Val::sub_with(value.replace("${", "${Dollar}{"), [("Dollar", Val::from("$"))])
}

/// How long a call between services may take, how often it may be repeated, and when a callee is left alone.
pub fn call_settings() -> Vec<(&'static str, Val<String>)> {
    CALL_SETTINGS.into_iter().map(|(name, value)| (name, value.into())).collect()
}

/// What the container may do: the grants for its role, and to read the secrets that it was named.
pub fn statements<'a>(offers: &Offers, runner: impl Into<Runner<'a>>) -> Vec<Statement> {
    let runner = runner.into();
    let role = runner.role;
    let granted = offers.grants.iter().filter(|grant| grant.roles.contains(&role) && !grant.resources.is_empty());
    let mut statements: Vec<Statement> = granted
        .map(|grant| Statement::allow(grant.actions.iter().copied()).on_each(grant.resources.iter().cloned()).sid(grant.name))
        .collect();
    statements.extend(reads_secrets(offers, runner));
    statements
}

fn secrets<'a>(offers: &'a Offers, runner: Runner<'a>) -> impl Iterator<Item = &'a SecretVariable> {
    offers.secrets.iter().filter(move |secret| runner.works_with(offers, secret.database.as_deref()))
}

/// Read access to the secrets of whoever runs, and to the keys that encrypt them, but only by way of Secrets Manager.
fn reads_secrets(offers: &Offers, runner: Runner) -> Vec<Statement> {
    let arns: Vec<Val<String>> = secrets(offers, runner).map(|secret| secret.arn.clone()).collect();
    if arns.is_empty() {
        return Vec::new();
    }
    let mut statements = vec![Statement::allow(["secretsmanager:GetSecretValue"]).on_each(arns).sid("ReadSecrets")];
    let mut keys: Vec<Val<String>> = Vec::new();
    for key in secrets(offers, runner).filter_map(|secret| secret.key.as_ref()) {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    if !keys.is_empty() {
        let via = Val::sub("secretsmanager.${AWS::Region}.amazonaws.com");
        statements.push(Statement::allow(["kms:Decrypt"]).on_each(keys).when("StringEquals", "kms:ViaService", via).sid("DecryptSecrets"));
    }
    statements
}

/// A repository of Amazon ECR that an image is pulled from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry<'a> {
    /// `123456789012.dkr.ecr.eu-west-1.amazonaws.com`.
    pub host: &'a str,
    /// The account that owns it.
    pub account: &'a str,
    /// Its region.
    pub region: &'a str,
    /// The repository's name, without tag or digest.
    pub repository: &'a str,
}

/// The private repository behind an image reference; none when anybody may pull it.
pub fn registry(image: &str) -> Option<Registry<'_>> {
    let (host, path) = image.split_once('/')?;
    let (account, rest) = host.split_once(".dkr.ecr.")?;
    let (region, _) = rest.split_once(".amazonaws.com")?;
    let path = path.split_once('@').map_or(path, |(path, _)| path);
    let repository = path.split_once(':').map_or(path, |(path, _)| path);
    Some(Registry { host, account, region, repository })
}

/// Permission to pull an image from a private repository; nothing for a public one.
pub fn pulls(image: &str) -> Vec<Statement> {
    let Some(registry) = registry(image) else { return Vec::new() };
    let Registry { account, region, repository, .. } = registry;
    let arn = Val::sub(format!("arn:${{AWS::Partition}}:ecr:{region}:{account}:repository/{repository}"));
    vec![
        // ECR knows no resource for the token; it opens nothing by itself.
        Statement::allow(["ecr:GetAuthorizationToken"]).on("*").sid("LogInToRegistry"),
        Statement::allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]).on(arn).sid("PullImage"),
    ]
}

/// Whether the user's own variables fit into what a host can be handed.
///
/// # Errors
/// When they are too long together.
pub fn fits(component: &'static str, settings: &Settings) -> Result<(), Unplaceable> {
    let length: usize = settings.container.environment.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    if length <= MAX_ENVIRONMENT {
        return Ok(());
    }
    let problem = format!(
        "container.environment has {length} bytes; a host's user data leaves room for {MAX_ENVIRONMENT}: keep long values in SSM parameters"
    );
    Err(Unplaceable { component, problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_private_repositories_need_permission() {
        assert_eq!(registry("public.ecr.aws/nginx/nginx:stable-alpine"), None);
        assert_eq!(registry("nginx"), None);
        let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/shop:1.4.2@sha256:ab";
        let expected = Registry {
            host: "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            account: "123456789012",
            region: "eu-west-1",
            repository: "team/shop",
        };
        assert_eq!(registry(image), Some(expected));
        assert_eq!(pulls(image).len(), 2);
    }

    #[test]
    fn what_the_user_sets_wins() {
        let mut container = Container::default();
        container.environment.insert("PORT".to_owned(), "9".to_owned());
        let environment = environment(&container, &Offers::default(), Role::Worker, &[]);
        assert_eq!(environment["PORT"], Val::from("9"));
        assert_eq!(environment["APP_ROLE"], Val::from("worker"));
    }
}
