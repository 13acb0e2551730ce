//! What all components lend, put together; two that lend the same thing are an error, never "the last one wins".

use std::collections::HashSet;

use crate::architecture::Piece;
use crate::component::{Offers, Site, Variable};
use crate::recipe::database;

/// Two components lend the same thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("two components offer {what}: only one may")]
pub struct OfferedTwice {
    /// What both lend.
    pub what: String,
}

/// The offers and metrics of all components of one region, each of a name of its own.
///
/// # Errors
/// When two components lend something that only one may, or of one name.
pub fn offers(pieces: &[Piece], site: &Site) -> Result<Offers, OfferedTwice> {
    let all = gathered(pieces, site)?;
    once_each(&all)?;
    Ok(all)
}

/// The same without a look at the names, for a bill, of which hundreds are made for one plan.
///
/// # Errors
/// When two components lend something that only one may.
pub fn gathered(pieces: &[Piece], site: &Site) -> Result<Offers, OfferedTwice> {
    let mut all = Offers::default();
    for piece in pieces {
        let one = piece.component.offers(site);
        single(&mut all.network, one.network, "a network")?;
        single(&mut all.key, one.key, "an encryption key")?;
        single(&mut all.origin_secret, one.origin_secret, "an origin secret")?;
        single(&mut all.front_door, one.front_door, "a public load balancer")?;
        single(&mut all.internal_door, one.internal_door, "an internal load balancer")?;
        single(&mut all.volume, one.volume, "a data volume")?;
        single(&mut all.hot_table, one.hot_table, "a hot table")?;
        single(&mut all.api, one.api, "an HTTP API")?;
        single(&mut all.backlog, one.backlog, "a backlog")?;
        single(&mut all.tracing, one.tracing, "tracing")?;
        single(&mut all.balancer_logs, one.balancer_logs, "a bucket for logs of load balancers")?;
        single(&mut all.edge_acl, one.edge_acl, "a firewall of content delivery")?;
        single(&mut all.regional_acl, one.regional_acl, "a regional firewall")?;
        single(&mut all.page_function, one.page_function, "a function for pages")?;
        single(&mut all.public_check, one.public_check, "a check of the public address")?;
        single(&mut all.topic, one.topic, "an event topic")?;
        single(&mut all.orders, one.orders, "a table of orders")?;
        all.table_cached |= one.table_cached;
        all.callers.extend(one.callers);
        all.targets.extend(one.targets);
        all.functions.extend(one.functions);
        all.origins.extend(one.origins);
        all.variables.extend(one.variables);
        all.secrets.extend(one.secrets);
        all.grants.extend(one.grants);
        all.databases.extend(one.databases);
        all.backups.extend(one.backups);
        all.listeners.extend(one.listeners);
        all.api_actions.extend(one.api_actions);
        all.addresses.extend(one.addresses);
        all.site_origins.extend(one.site_origins);
        all.metrics.extend(piece.component.metrics(site));
    }
    let reached = reached(&all);
    all.variables.extend(reached);
    Ok(all)
}

/// Names that stand twice.
fn once_each(all: &Offers) -> Result<(), OfferedTwice> {
    once(&all.callers, |caller| format!("the caller {}", caller.name))?;
    once(&all.targets, |target| format!("the {}target {}", if target.internal { "internal " } else { "" }, target.name))?;
    once(&all.functions, |function| format!("the function {}", function.name))?;
    once(&all.origins, |origin| format!("the origin {}", origin.name))?;
    once(&all.variables, |variable| format!("the variable {}", variable.name))?;
    once(&all.secrets, |secret| format!("the secret {}", secret.name))?;
    once(&all.grants, |grant| format!("the grant {}", grant.name))?;
    once(&all.databases, |address| {
        format!("{} to the database {:?}", if address.pooled { "a pool" } else { "an address" }, address.database)
    })?;
    once(&all.backups, |saved| format!("the backup of {}", saved.name))?;
    once(&all.listeners, |queue| format!("the listener {}", queue.name()))?;
    once(&all.api_actions, |action| format!("the API action {}", action.name))?;
    once(&all.metrics, |metric| format!("the metric {}", metric.name))
}

/// The variables that lead to the databases: through the pool where there is one.
fn reached(all: &Offers) -> Vec<Variable> {
    let mut variables = Vec::new();
    for direct in all.databases.iter().filter(|address| !address.pooled) {
        let pool = all.databases.iter().find(|address| address.pooled && address.database == direct.database);
        let host = pool.and_then(|pool| pool.host.clone()).or_else(|| direct.host.clone());
        let reader = pool.and_then(|pool| pool.reader.clone()).or_else(|| direct.reader.clone());
        if let Some(host) = host {
            variables.extend(database::variables(&direct.database, host, reader));
        }
    }
    variables
}

fn single<T>(slot: &mut Option<T>, offered: Option<T>, what: &str) -> Result<(), OfferedTwice> {
    match (slot.is_some(), offered) {
        (true, Some(_)) => Err(OfferedTwice { what: what.to_owned() }),
        (_, None) => Ok(()),
        (false, offered) => {
            *slot = offered;
            Ok(())
        }
    }
}

fn once<T>(all: &[T], what: impl Fn(&T) -> String) -> Result<(), OfferedTwice> {
    let mut names = HashSet::with_capacity(all.len());
    for name in all.iter().map(what) {
        if names.contains(&name) {
            return Err(OfferedTwice { what: name });
        }
        names.insert(name);
    }
    Ok(())
}
