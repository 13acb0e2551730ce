//! Every value of a settings file against its rule, and the defaults where the file is silent.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_saphyr::Spanned;

use super::file::{self, File, Text};
use super::read::Check;
use super::{Compute, Container, Ignore, Service, Settings, Source, rule};

impl Check<'_> {
    /// Settings out of a file; problems are noted on the way.
    pub fn settings(&mut self, file: File) -> Settings {
        let default = Settings::default();
        let last_name = file.environment.as_ref().or(file.app.as_ref()).map(|text| text.referenced);
        let app = self.text_or(file.app, &default.app, |v| rule::name("app", v, rule::MAX_PREFIX));
        let environment = self.text_or(file.environment, &default.environment, |v| rule::name("environment", v, rule::MAX_PREFIX));
        if let (true, Some(location), Err(message)) = (self.problems.is_empty(), last_name, rule::prefix(&app, &environment)) {
            self.problem(&location, message);
        }
        let known = *self.known;
        let region = self.text_or(file.region, &default.region, |v| rule::region(v, known.regions));
        let mut further_regions = Vec::new();
        for text in file.further_regions.unwrap_or_default() {
            let taken = text.value == region || further_regions.contains(&text.value);
            let result =
                if taken { Err(format!("region \"{}\" is named twice", text.value)) } else { rule::region(&text.value, known.regions) };
            self.note(&text, result);
            further_regions.push(text.value);
        }
        let hosted_zone_id = self.hosted_zone(file.hosted_zone_id, file.hosted_zone, file.domain.as_ref());
        let container = match file.container {
            Some(container) => self.container(container, &default.container),
            None => default.container,
        };
        let services = match file.services {
            Some(services) => self.services(services, &container),
            None => default.services,
        };
        let compute = file.compute.and_then(|text| match text.value.as_str() {
            "fargate" => Some(Compute::Fargate),
            "ec2" => Some(Compute::Ec2),
            _ => {
                self.note(&text, Err(format!("compute \"{}\" is neither \"fargate\" nor \"ec2\"", text.value)));
                None
            }
        });
        let users = self.text(file.users, |_| Ok(()));
        let phase = self.text(file.phase, |v| rule::known_in_any_case("phase", v, known.phases));
        let tags = self.map(file.tags.unwrap_or_default(), rule::tag);
        if let (Some(cidr), Some(_)) = (&file.cidr, &file.existing_vpc) {
            self.note(cidr, Err("cidr and existing_vpc are both set; a network that is there has its addresses already".to_owned()));
        }
        let existing_vpc = self.existing_vpc(file.existing_vpc, &region);
        let overrides = if file.overrides.is_some() { self.overrides() } else { IndexMap::new() };
        let source = Some(Source { name: self.name.to_owned(), text: self.text.to_owned() });
        let named = phase.as_deref().map(str::to_ascii_lowercase);
        let federation = self.federation(file.federation.unwrap_or_default(), &services);
        let assume = self.map(file.assume.unwrap_or_default(), |key, _| rule::known("assumption", key, known.assumptions));
        let workload = self.text(file.workload, |v| rule::known_in_any_case("workload", v, known.workloads));
        Settings {
            app,
            environment,
            users,
            phase,
            region,
            further_regions,
            domain: self.text(file.domain, rule::domain),
            hosted_zone_id,
            container,
            services,
            compute,
            alerts_email: self.text(file.alerts_email, rule::email),
            tags,
            workload,
            assume,
            template_bucket: self.text(file.template_bucket, rule::bucket),
            ignore: self.ignored(file.check.unwrap_or_default()),
            federation,
            cache_engine: self.cache(file.cache, named.as_deref()),
            database_hosting: self.database(file.database),
            monthly_budget: self.budget(file.budget),
            anomaly_monitor: self.anomaly_monitor(file.anomaly_monitor),
            shield: file.shield.unwrap_or_default(),
            appsync: file.appsync.unwrap_or_default(),
            backup_retention_days: self.backup_days(file.backup_retention_days),
            log_retention_days: self.log_days(file.log_retention_days),
            cidr: self.text(file.cidr, |value| rule::first_range(value).map(|_| ())),
            existing_vpc,
            overrides,
            source,
        }
    }

    fn ignored(&mut self, file: file::Judging) -> Vec<Ignore> {
        let known = *self.known;
        let entry = |one: file::Ignore| {
            self.note(&one.rule, rule::known("rule", &one.rule.value, known.rules));
            let silent = one.reason.value.trim().is_empty();
            self.note(&one.reason, if silent { Err("reason is empty; say why the finding is wanted".to_owned()) } else { Ok(()) });
            Ignore { rule: one.rule.value, resource: one.resource.map(|text| text.value), reason: one.reason.value }
        };
        file.ignore.unwrap_or_default().into_iter().map(entry).collect()
    }

    fn container(&mut self, file: file::Container, default: &Container) -> Container {
        let port = match file.port {
            Some(port) => u16::try_from(port.value).ok().filter(|port| *port > 0).unwrap_or_else(|| {
                self.problem(&port.referenced, format!("port {} is not a TCP port; it may be 1 to 65535", port.value));
                default.port
            }),
            None => default.port,
        };
        let texts = file.environment.iter().flatten();
        let bytes: usize = texts.clone().map(|(name, text)| name.len() + text.value.len() + 2).sum();
        if let (true, Some((_, text))) = (bytes > rule::MAX_ENVIRONMENT, texts.last()) {
            let most = rule::MAX_ENVIRONMENT;
            let message =
                format!("container.environment has {bytes} bytes by here; there may be {most}: keep long values in SSM parameters");
            self.problem(&text.referenced, message);
        }
        let environment = self.map(file.environment.unwrap_or_default(), |key, value| {
            rule::variable(key)?;
            rule::value(&format!("environment variable \"{key}\""), value, 4_096)
        });
        Container {
            image: self.text_or(file.image, &default.image, rule::image),
            port,
            health_check_path: self
                .text_or(file.health_check_path, &default.health_check_path, |v| rule::path("health_check_path", v, false)),
            environment,
        }
    }

    fn services(&mut self, list: Spanned<Vec<file::Service>>, app: &Container) -> Vec<Service> {
        if list.value.len() > rule::MAX_SERVICES {
            let count = list.value.len();
            self.problem(&list.referenced, format!("services lists {count}; there may be {}", rule::MAX_SERVICES));
        }
        let (mut names, mut paths) = (HashSet::new(), HashSet::new());
        let mut services = Vec::new();
        for service in list.value {
            let name = rule::service(&service.name.value);
            self.note(&service.name, name);
            if !names.insert(service.name.value.clone()) {
                self.note(&service.name, Err(format!("two services are called \"{}\"; every name may be used once", service.name.value)));
            }
            self.note(&service.path, rule::path("path", &service.path.value, true));
            if !paths.insert(service.path.value.clone()) {
                self.note(
                    &service.path,
                    Err(format!("two services take the path \"{}\"; every path leads to one service", service.path.value)),
                );
            }
            services.push(Service {
                name: service.name.value,
                path: service.path.value,
                cpu: self.task_size(service.cpu.as_ref(), service.memory.as_ref()),
                memory: service.memory.and_then(|memory| u32::try_from(memory.value).ok()),
                container: service.container.map(|container| self.container(container, app)),
            });
        }
        if !paths.contains("/*") {
            self.problem(&list.referenced, "no service takes the path \"/*\"; one must answer what no other does");
        }
        services
    }

    fn task_size(&mut self, cpu: Option<&Spanned<u64>>, memory: Option<&Spanned<u64>>) -> Option<u32> {
        match (cpu, memory) {
            (Some(cpu), memory) => {
                let result = rule::task_size(cpu.value, memory.map(|memory| memory.value));
                if let Err(message) = result {
                    self.problem(&memory.unwrap_or(cpu).referenced, message);
                }
                u32::try_from(cpu.value).ok()
            }
            (None, Some(memory)) => {
                self.problem(&memory.referenced, "memory is set without cpu; a task's size is the two together");
                None
            }
            (None, None) => None,
        }
    }

    pub(super) fn note(&mut self, text: &Text, result: Result<(), String>) {
        if let Err(message) = result {
            self.problem(&text.referenced, message);
        }
    }

    pub(super) fn text(&mut self, text: Option<Text>, rule: impl Fn(&str) -> Result<(), String>) -> Option<String> {
        let text = text?;
        self.note(&text, rule(&text.value));
        Some(text.value)
    }

    fn text_or(&mut self, text: Option<Text>, default: &str, rule: impl Fn(&str) -> Result<(), String>) -> String {
        self.text(text, rule).unwrap_or_else(|| default.to_owned())
    }

    fn map(&mut self, map: IndexMap<String, Text>, rule: impl Fn(&str, &str) -> Result<(), String>) -> IndexMap<String, String> {
        let mut values = IndexMap::new();
        for (key, text) in map {
            self.note(&text, rule(&key, &text.value));
            values.insert(key, text.value);
        }
        values
    }
}
