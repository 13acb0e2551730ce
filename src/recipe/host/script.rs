//! User data: one script that runs on every boot, put together from parts, with values that are known only when it is deployed.

use cfn::resource::{ec2, ecs, logs};
use cfn::{Id, Node, Val};

use crate::recipe::application::{Environment, registry};
use crate::recipe::database::{HOST_CONNECTIONS, NAME, POSTGRES_MAJOR};
use crate::settings::Container;

/// Where the app's container reaches a database on its own host: the bridge's address by the name that Docker users know.
pub const HOST_OF_CONTAINER: &str = "host.docker.internal";

/// The bridge of containers on a host, and the host's address on it.
const BRIDGE: (&str, &str) = ("172.17.0.0/16", "172.17.0.1");

/// Ends TLS on a single host; the official image, from Amazon's public registry because that one limits nobody.
const CADDY: &str = "public.ecr.aws/docker/library/caddy:2";

/// The port on which the app answers behind TLS, on the host only.
const BEHIND_TLS: u16 = 8080;

/// What every part starts with, so that it can be checked by itself; the whole says it once.
const SHEBANG: &str = "#!/bin/bash\n";

const BOOT: &str = include_str!("boot.sh");
const DOCKER: &str = include_str!("docker.sh");
const APP: &str = include_str!("app.sh");
const HTTPS: &str = include_str!("https.sh");
const DATABASE: &str = include_str!("database.sh");
const DATABASE_SERVICE: &str = include_str!("database_service.sh");
const CONTAINER_HOST: &str = include_str!("container_host.sh");
const AGENT: &str = include_str!("agent.sh");
const NOTICE: &str = include_str!("notice.sh");

/// Seconds that a server is given to answer what it has begun.
const STOP_SECONDS: u64 = 30;

/// Seconds that a worker is given to finish its job: less than the two minutes by which Spot announces itself.
const JOB_STOP_SECONDS: u64 = 90;

/// cloud-init runs a plain script once in a machine's life; its own configuration makes that every boot, so that a change takes effect.
const EVERY_BOOT: &str = "Content-Type: multipart/mixed; boundary=\"part\"
MIME-Version: 1.0

--part
Content-Type: text/cloud-config; charset=\"utf-8\"

#cloud-config
cloud_final_modules:
  - [scripts-user, always]

--part
Content-Type: text/x-shellscript; charset=\"utf-8\"

";

/// How users reach the container on its host.
#[derive(Debug, Clone, Copy)]
pub enum Publish<'a> {
    /// On this port of the host.
    Port(u16),
    /// By HTTPS under this domain.
    Https(&'a str),
    /// Not at all: it works off a queue.
    Nothing,
}

/// By what a host's memory and disks are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// By itself: it stands alone.
    Instance,
    /// By its group.
    Group,
}

impl Measured {
    /// The dimension in CloudWatch.
    pub fn dimension(self) -> &'static str {
        match self {
            Measured::Instance => "InstanceId",
            Measured::Group => "AutoScalingGroupName",
        }
    }
}

/// Who connects to a database on the host.
#[derive(Debug, Clone, Copy)]
pub enum Clients<'a> {
    /// Containers on the host itself.
    SameHost,
    /// Hosts of this address range.
    Range(&'a str),
}

/// The database that a host serves from its data volume.
#[derive(Debug)]
pub struct Database<'a> {
    /// The volume.
    pub volume: &'a Id<ec2::Volume>,
    /// The ARN of the secret that holds the app's user and password.
    pub secret: Val<String>,
    /// Who connects.
    pub clients: Clients<'a>,
}

/// A boot script in the making: text in the language of `Fn::Sub`, and variables for values that text cannot say.
#[derive(Debug)]
pub struct Script {
    text: String,
    variables: Vec<(String, Val<String>)>,
    last: Vec<&'static str>,
}

impl Default for Script {
    fn default() -> Self {
        Script { text: format!("{EVERY_BOOT}{BOOT}"), variables: Vec::new(), last: Vec::new() }
    }
}

impl Script {
    /// Runs the app's container, with its log in a group of its own.
    #[must_use]
    pub fn app(mut self, container: &Container, environment: &Environment, group: &Id<logs::LogGroup>, publish: Publish) -> Self {
        let lines: Vec<String> = environment.iter().map(|(name, value)| format!("{name}={}", self.value(name, value))).collect();
        let ports = match publish {
            Publish::Port(port) => format!("--publish {port}:{}", container.port),
            Publish::Https(_) => format!("--publish 127.0.0.1:{BEHIND_TLS}:{}", container.port),
            Publish::Nothing => format!("--stop-timeout {JOB_STOP_SECONDS}"),
        };
        let image = literal(&container.image);
        let pull = match registry(&container.image) {
            Some(of) => format!(
                "aws ecr get-login-password --region {} | docker login --username AWS --password-stdin {}\ndocker pull --quiet {image}",
                of.region, of.host
            ),
            None => format!("docker pull --quiet {image}"),
        };
        let stop = if matches!(publish, Publish::Nothing) { JOB_STOP_SECONDS } else { STOP_SECONDS };
        let (stop, limit) = (stop.to_string(), (stop + 15).to_string());
        let group = self.value("LogGroup", &group.reference());
        self.add(DOCKER, &[]);
        // The environment goes last: what the user wrote must not be taken for a placeholder.
        let parts = [
            ("PULL", &*pull),
            ("PUBLISH", &ports),
            ("LOG_GROUP", &group),
            ("IMAGE", &image),
            ("STOP_LIMIT", &limit),
            ("STOP", &stop),
            ("ENVIRONMENT", &lines.join("\n")),
        ];
        self.add(APP, &parts);
        self.last.push("systemctl restart --no-block app.service");
        if let Publish::Https(domain) = publish {
            self.add(HTTPS, &[("CADDY", CADDY), ("DOMAIN", domain), ("PORT", &BEHIND_TLS.to_string())]);
            self.last.push("systemctl restart --no-block https.service");
        }
        self
    }

    /// Stops the app in time when the machine is about to go, so that its job goes back to the queue.
    #[must_use]
    pub fn heeds_notice(mut self) -> Self {
        self.add(NOTICE, &[]);
        self.last.push("systemctl restart --no-block notice.service");
        self
    }

    /// Tells CloudWatch how full memory and disks are; last of all, so that nothing waits for it.
    #[must_use]
    pub fn measured(mut self, by: Measured) -> Self {
        self.add(AGENT, &[("DIMENSION", by.dimension())]);
        self.last.push("measure || echo 'no figures of memory and disks: the CloudWatch agent could not be started' >&2");
        self
    }

    /// Serves PostgreSQL from a data volume as soon as that is attached.
    #[must_use]
    pub fn database(mut self, database: &Database) -> Self {
        let volume = self.value("Volume", &database.volume.reference());
        let secret = self.value("Secret", &database.secret);
        let (clients, listen, buffers) = match database.clients {
            // The app's container shares the machine's memory.
            Clients::SameHost => (BRIDGE.0, BRIDGE.1, "8"),
            Clients::Range(range) => (range, "$(hostname -I | awk '{ print $1 }')", "4"),
        };
        let (major, connections) = (POSTGRES_MAJOR.to_string(), HOST_CONNECTIONS.to_string());
        let parts = [
            ("VOLUME", &*volume),
            ("SECRET", &secret),
            ("CLIENTS", clients),
            ("LISTEN", listen),
            ("BUFFERS", buffers),
            ("CONNECTIONS", &connections),
            ("NAME", NAME),
            ("MAJOR", &major),
        ];
        self.add(&DATABASE_SERVICE.replace("@PROGRAM@", DATABASE.trim_end()), &parts);
        self.last.push("systemctl restart --no-block database.service");
        self.last.push("systemctl start database.timer");
        self
    }

    /// Joins a cluster of ECS; its image has Docker and the agent, which starts when this script is done.
    #[must_use]
    pub fn container_host(mut self, cluster: &Id<ecs::Cluster>) -> Self {
        let cluster = self.value("Cluster", &cluster.reference());
        self.add(CONTAINER_HOST, &[("CLUSTER", &cluster)]);
        self
    }

    /// The finished user data.
    pub fn user_data(mut self) -> Val<String> {
        if !self.last.is_empty() {
            self.text.push_str("\nsystemctl daemon-reload\n");
            for line in &self.last {
                self.text.push_str(line);
                self.text.push('\n');
            }
        }
        self.text.push_str("\n--part--\n");
        let text = self.text;
        if !self.variables.is_empty() {
            Val::base64(Val::<String>::sub_with(text, self.variables))
        } else if text.contains("${") {
            Val::base64(Val::<String>::sub(text))
        } else {
            Val::base64(text)
        }
    }

    fn add(&mut self, part: &str, values: &[(&str, &str)]) {
        let mut part = part.strip_prefix(SHEBANG).unwrap_or(part).replace("@REGION@", "${AWS::Region}");
        for (name, value) in values {
            part = part.replace(&format!("@{name}@"), value);
        }
        self.text.push('\n');
        self.text.push_str(&part);
    }

    /// What stands for a value in the text: the value itself, a reference, or a variable of the function's own.
    fn value(&mut self, name: &str, value: &Val<String>) -> String {
        match (value.node(), value.node().intrinsic()) {
            (Node::Str(text), _) => literal(text),
            (_, Some(("Ref", Node::Str(target)))) => format!("${{{target}}}"),
            (_, Some(("Fn::Sub", Node::Str(text)))) => text.clone(),
            (_, Some(("Fn::GetAtt", Node::List(parts)))) => {
                let parts: Vec<&str> = parts.iter().filter_map(Node::as_str).collect();
                format!("${{{}}}", parts.join("."))
            }
            _ => {
                self.variables.push((name.to_owned(), value.clone()));
                format!("${{{name}}}")
            }
        }
    }
}

/// Text in which nothing is replaced.
fn literal(text: &str) -> String {
    text.replace("${", "${!")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::{Offers, Role};
    use crate::recipe::application::environment;

    fn text(user_data: &Val<String>) -> String {
        let mut text = String::new();
        user_data.node().walk(&mut |node| text.push_str(node.as_str().unwrap_or_default()));
        text
    }

    fn whole_host(publish: Publish) -> String {
        let container = Container::default();
        let environment = environment(&container, &Offers::default(), Role::App, &[]);
        let database = Database { volume: &Id::new("Volume"), secret: Val::reference("Secret"), clients: Clients::SameHost };
        text(
            &Script::default()
                .app(&container, &environment, &Id::new("Logs"), publish)
                .database(&database)
                .measured(Measured::Instance)
                .user_data(),
        )
    }

    #[test]
    fn the_longest_script_leaves_room_for_the_users_variables() {
        let length = whole_host(Publish::Https("shop.example.com")).len();
        assert!(length < 9_000, "{length}");
    }

    #[test]
    fn no_placeholder_is_left() {
        let script = whole_host(Publish::Https("shop.example.com"));
        let left: Vec<&str> = script.split('@').skip(1).step_by(2).filter(|word| word.chars().all(|c| c.is_ascii_uppercase())).collect();
        assert!(left.is_empty(), "{left:?}");
        assert!(script.contains("--publish 127.0.0.1:8080:80") && script.contains("--from shop.example.com"));
        assert!(whole_host(Publish::Port(80)).contains("--publish 80:80"));
    }

    #[test]
    fn what_is_fetched_from_a_private_registry_is_logged_in_for() {
        let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1".to_owned();
        let container = Container { image, ..Container::default() };
        let script = text(&Script::default().app(&container, &Environment::new(), &Id::new("Logs"), Publish::Nothing).user_data());
        assert!(script.contains("--password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com"));
        assert!(!script.contains("--publish"));
    }
}
