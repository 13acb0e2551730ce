//! Which databases there are: one for each business domain, and shards of the domain that writes most.
//!
//! A database is called after its domain (`users`), a further shard after its domain and number (`orders-shard2`). The first domain and the first
//! shard keep the database that was there before, so neither federation nor sharding ever moves what stands.

use super::choice::Shape;
use crate::settings::Settings;

/// The service whose domain writes most, where there is one of this name: every order is several writes.
const HEAVY: &str = "orders";

/// The domains; the first is empty and keeps the database of the phases before.
pub fn domains(shape: &Shape, settings: &Settings) -> Vec<String> {
    if !shape.federated {
        return vec![String::new()];
    }
    let first = first(settings);
    let own = |name: &&str| Some(*name) != first;
    let further: Vec<&str> = match settings.federation.is_empty() {
        true => settings.services.iter().map(|service| service.name.as_str()).collect(),
        false => settings.federation.keys().map(String::as_str).collect(),
    };
    std::iter::once(String::new()).chain(further.into_iter().filter(own).map(str::to_owned)).collect()
}

/// The domain that keeps the first database: the one of the service that answers what no other does, which was the whole app before.
fn first(settings: &Settings) -> Option<&str> {
    let service = settings.default_service().or(settings.services.first()).map(|service| service.name.as_str());
    if settings.federation.is_empty() {
        return service;
    }
    let owner = settings.federation.iter().find(|(_, services)| services.iter().any(|name| Some(name.as_str()) == service));
    owner.or(settings.federation.first()).map(|(domain, _)| domain.as_str())
}

/// The domain whose database a service works with, as databases are named: empty for the first, which those share who own none.
pub fn of_service<'a>(service: &'a str, settings: &'a Settings) -> &'a str {
    let owner = settings.federation.iter().find(|(_, services)| services.iter().any(|name| name == service));
    let domain = if settings.federation.is_empty() { Some(service) } else { owner.map(|(domain, _)| domain.as_str()) };
    domain.filter(|domain| Some(*domain) != first(settings)).unwrap_or_default()
}

/// Whether a database is the domain's own or one of its shards.
pub fn holds(domain: &str, database: &str) -> bool {
    let rest = if domain.is_empty() { Some(database) } else { database.strip_prefix(domain).map(|rest| rest.trim_start_matches('-')) };
    database == domain || rest.and_then(|rest| rest.strip_prefix("shard")).is_some_and(|number| number.parse::<u64>().is_ok())
}

/// The domain that is divided by key: the one that owns the orders, else the last.
pub fn heavy(shape: &Shape, settings: &Settings) -> String {
    let domains = domains(shape, settings);
    let owner =
        settings.federation.iter().find(|(_, services)| services.iter().any(|name| name == HEAVY)).map(|(domain, _)| domain.as_str());
    let owner = owner.unwrap_or(HEAVY);
    if Some(owner) == first(settings) {
        return String::new();
    }
    domains.iter().find(|domain| *domain == owner).or(domains.last()).cloned().unwrap_or_default()
}

/// What people call a domain.
pub fn title<'a>(domain: &'a str, settings: &'a Settings) -> &'a str {
    if domain.is_empty() { first(settings).unwrap_or("app") } else { domain }
}

/// The databases of a domain over so many shards, the domain's own first.
pub fn shards(domain: &str, count: u64) -> impl Iterator<Item = String> {
    let prefix = if domain.is_empty() { String::new() } else { format!("{domain}-") };
    std::iter::once(domain.to_owned()).chain((2..=count).map(move |number| format!("{prefix}shard{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_domain_is_that_of_the_service_for_everything_else() {
        let mut settings = Settings::default();
        assert_eq!(of_service("web", &settings), "");
        assert_eq!(of_service("orders", &settings), "orders");
        settings.federation.insert("accounts".to_owned(), vec!["users".to_owned()]);
        settings.federation.insert("trade".to_owned(), vec!["web".to_owned(), "orders".to_owned()]);
        assert_eq!(of_service("users", &settings), "accounts");
        assert_eq!(of_service("orders", &settings), "", "the domain of `web` keeps the first database");
        assert_eq!(of_service("catalog", &settings), "", "who owns no domain stays with the first database");
    }

    #[test]
    fn a_domain_holds_its_shards_and_no_others() {
        assert!(holds("orders", "orders") && holds("orders", "orders-shard2") && holds("", "") && holds("", "shard2"));
        assert!(!holds("", "orders") && !holds("", "orders-shard2") && !holds("orders", "") && !holds("orders", "shard2"));
        assert!(!holds("order", "orders") && !holds("orders", "orders-shards"));
    }
}
