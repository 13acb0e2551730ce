//! The settings that choose between ways to build: engines, hosting, days, money, who owns which database.

use indexmap::IndexMap;
use serde_saphyr::Spanned;

use super::file::{self, Text};
use super::read::Check;
use super::{AnomalyMonitor, CacheEngine, DatabaseHosting, Service, rule};

/// Days of automatic backups that RDS, Aurora and DynamoDB's point-in-time recovery take (RDS user guide, "Backup retention period", 2024).
const BACKUP_DAYS: std::ops::RangeInclusive<u64> = 1..=35;
/// Most that a month may cost: what the budget's field and common sense hold.
const MOST_USD: u64 = 10_000_000;
/// The days that CloudWatch Logs takes (API reference, PutRetentionPolicy, 2024).
const LOG_DAYS: [u64; 23] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827, 2_192, 2_557, 2_922, 3_288, 3_653, 3_654];

impl Check<'_> {
    /// The id of the hosted zone, by itself or with the zone's name, which has to hold the domain.
    pub fn hosted_zone(&mut self, id: Option<Text>, zone: Option<Spanned<file::HostedZone>>, domain: Option<&Text>) -> Option<String> {
        let Some(zone) = zone else {
            if let (Some(id), None) = (&id, domain) {
                self.problem(&id.referenced, "hosted_zone_id is set without domain; name the domain that the zone holds");
            }
            return self.text(id, |value| rule::hosted_zone("hosted_zone_id", value));
        };
        if let Some(id) = id {
            self.problem(&id.referenced, "hosted_zone_id and hosted_zone are both set; keep hosted_zone, which has the id too");
        }
        let file::HostedZone { id, name } = zone.value;
        let plain = name.value.trim_end_matches('.');
        self.note(&name, rule::domain(plain).map_err(|message| message.replacen("domain", "hosted_zone.name", 1)));
        match domain {
            None => self.problem(&id.referenced, "hosted_zone is set without domain; name the domain that the zone holds"),
            Some(domain) if domain.value != plain && !domain.value.ends_with(&format!(".{plain}")) => {
                let message =
                    format!("the zone \"{plain}\" does not hold the domain \"{}\": the domain must end in the zone's name", domain.value);
                self.problem(&name.referenced, message);
            }
            Some(_) => {}
        }
        self.text(Some(id), |value| rule::hosted_zone("hosted_zone.id", value))
    }

    /// Which services own which database; every service in at most one domain.
    pub fn federation(&mut self, domains: IndexMap<String, Spanned<Vec<Text>>>, services: &[Service]) -> IndexMap<String, Vec<String>> {
        let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
        let mut owned: IndexMap<String, Vec<String>> = IndexMap::new();
        for (domain, owners) in domains {
            if let Err(message) = rule::name("domain of federation", &domain, rule::MAX_SERVICE) {
                self.problem(&owners.referenced, message);
            }
            if owners.value.is_empty() {
                let message = format!("no service owns the domain \"{domain}\"; list one, or leave the domain out");
                self.problem(&owners.referenced, message);
            }
            let mut list = Vec::new();
            for owner in owners.value {
                let other = owned.iter().find(|(_, list)| list.contains(&owner.value)).map(|(domain, _)| domain.clone());
                if let Err(message) = rule::known("service", &owner.value, &names) {
                    self.note(&owner, Err(message));
                } else if list.contains(&owner.value) {
                    self.note(&owner, Err(format!("service \"{}\" stands twice in the domain \"{domain}\"", owner.value)));
                } else if let Some(other) = other {
                    let message = format!("service \"{}\" owns the domain \"{other}\" already; a service has one database", owner.value);
                    self.note(&owner, Err(message));
                }
                list.push(owner.value);
            }
            owned.insert(domain, list);
        }
        owned
    }

    /// What the cache speaks.
    pub fn cache(&mut self, cache: Option<file::Cache>, phase: Option<&str>) -> CacheEngine {
        let Some(engine) = cache.and_then(|cache| cache.engine) else { return CacheEngine::default() };
        let words = [("valkey", CacheEngine::Valkey), ("redis", CacheEngine::Redis), ("memcached", CacheEngine::Memcached)];
        let chosen = self.choice("cache engine", &engine, &words).unwrap_or_default();
        if let (CacheEngine::Memcached, Some(phase)) = (chosen, phase)
            && let Some(message) = super::conflict(chosen, phase)
        {
            self.problem(&engine.referenced, message);
        }
        chosen
    }

    /// What carries the database.
    pub fn database(&mut self, database: Option<file::Database>) -> Option<DatabaseHosting> {
        let hosting = database?.hosting?;
        let words = [("ec2", DatabaseHosting::Ec2), ("rds", DatabaseHosting::Rds), ("aurora", DatabaseHosting::Aurora)];
        self.choice("database hosting", &hosting, &words)
    }

    /// Who watches for unusual cost.
    pub fn anomaly_monitor(&mut self, text: Option<Text>) -> AnomalyMonitor {
        let Some(text) = text else { return AnomalyMonitor::default() };
        if text.value.starts_with("arn:") {
            let parts: Vec<&str> = text.value.split(':').collect();
            let right = matches!(parts[..], ["arn", _, "ce", "", account, tail]
                if account.len() == 12 && tail.strip_prefix("anomalymonitor/").is_some_and(|id| !id.is_empty()));
            if !right {
                let form = "arn:aws:ce::123456789012:anomalymonitor/1a2b…";
                self.note(&text, Err(format!("\"{}\" is not the ARN of an anomaly monitor, such as {form}", text.value)));
            }
            return AnomalyMonitor::Existing(text.value);
        }
        let words = [("account", AnomalyMonitor::Account), ("none", AnomalyMonitor::None)];
        self.choice("anomaly monitor", &text, &words).unwrap_or_default()
    }

    /// What a month may cost, in whole USD.
    pub fn budget(&mut self, usd: Option<Spanned<u64>>) -> Option<u32> {
        let message = |usd| format!("a budget of {usd} USD a month cannot be kept; it may be 1 to {MOST_USD}, in whole USD");
        self.number(usd, |value| (1..=MOST_USD).contains(&value), message)
    }

    /// How many days backups are kept.
    pub fn backup_days(&mut self, days: Option<Spanned<u64>>) -> Option<u32> {
        let message = |days| format!("backups cannot be kept for {days} days; RDS, Aurora and DynamoDB take 1 to 35");
        self.number(days, |value| BACKUP_DAYS.contains(&value), message)
    }

    /// How many days logs are kept.
    pub fn log_days(&mut self, days: Option<Spanned<u64>>) -> Option<u32> {
        let message = |days: u64| {
            let near = LOG_DAYS.iter().min_by_key(|day| day.abs_diff(days)).copied().unwrap_or(30);
            let list: Vec<String> = LOG_DAYS.iter().map(u64::to_string).collect();
            format!("CloudWatch Logs does not keep logs for {days} days; did you mean {near}? it takes {}", list.join(", "))
        };
        self.number(days, |value| LOG_DAYS.contains(&value), message)
    }

    fn number(&mut self, number: Option<Spanned<u64>>, right: impl Fn(u64) -> bool, message: impl Fn(u64) -> String) -> Option<u32> {
        let number = number?;
        if !right(number.value) {
            self.problem(&number.referenced, message(number.value));
        }
        u32::try_from(number.value).ok()
    }

    fn choice<T: Clone>(&mut self, what: &str, text: &Text, words: &[(&str, T)]) -> Option<T> {
        if let Some((_, chosen)) = words.iter().find(|(word, _)| *word == text.value) {
            return Some(chosen.clone());
        }
        let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.note(text, Err(rule::unknown(what, &text.value, &list)));
        None
    }
}
