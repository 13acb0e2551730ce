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

/// The domain that is divided by key: the one that owns the orders, else the last.
pub fn heavy(shape: &Shape, settings: &Settings) -> String {
    let domains = domains(shape, settings);
    let owner =
        settings.federation.iter().find(|(_, services)| services.iter().any(|name| name == HEAVY)).map(|(domain, _)| domain.as_str());
    let owner = owner.unwrap_or(HEAVY);
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
