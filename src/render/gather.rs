//! What all components lend, put together; two that lend the same thing are an error, never "the last one wins".

use crate::architecture::Architecture;
use crate::component::{Offers, Site, Variable};
use crate::recipe::database;
use crate::render::RenderError;

/// The offers and metrics of all components of one region.
///
/// # Errors
/// When two components lend something that only one may.
pub fn offers(architecture: &Architecture, site: &Site) -> Result<Offers, RenderError> {
    let mut all = Offers::default();
    for piece in &architecture.pieces {
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
        several(&mut all.callers, one.callers, |caller| format!("the caller {}", caller.name))?;
        several(&mut all.targets, one.targets, |target| {
            format!("the {}target {}", if target.internal { "internal " } else { "" }, target.name)
        })?;
        several(&mut all.functions, one.functions, |function| format!("the function {}", function.name))?;
        several(&mut all.origins, one.origins, |origin| format!("the origin {}", origin.name))?;
        several(&mut all.variables, one.variables, |variable| format!("the variable {}", variable.name))?;
        several(&mut all.secrets, one.secrets, |secret| format!("the secret {}", secret.name))?;
        several(&mut all.grants, one.grants, |grant| format!("the grant {}", grant.name))?;
        several(&mut all.databases, one.databases, |address| {
            format!("{} to the database {:?}", if address.pooled { "a pool" } else { "an address" }, address.database)
        })?;
        several(&mut all.backups, one.backups, |saved| format!("the backup of {}", saved.name))?;
        several(&mut all.listeners, one.listeners, |queue| format!("the listener {}", queue.name()))?;
        several(&mut all.api_actions, one.api_actions, |action| format!("the API action {}", action.name))?;
        all.addresses.extend(one.addresses);
        all.site_origins.extend(one.site_origins);
        several(&mut all.metrics, piece.component.metrics(site), |metric| format!("the metric {}", metric.name))?;
    }
    let reached = reached(&all);
    several(&mut all.variables, reached, |variable| format!("the variable {}", variable.name))?;
    Ok(all)
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

fn single<T>(slot: &mut Option<T>, offered: Option<T>, what: &str) -> Result<(), RenderError> {
    match (slot.is_some(), offered) {
        (true, Some(_)) => Err(RenderError::OfferedTwice { what: what.to_owned() }),
        (_, None) => Ok(()),
        (false, offered) => {
            *slot = offered;
            Ok(())
        }
    }
}

fn several<T>(all: &mut Vec<T>, offered: Vec<T>, what: impl Fn(&T) -> String) -> Result<(), RenderError> {
    for one in offered {
        let name = what(&one);
        if all.iter().any(|other| what(other) == name) {
            return Err(RenderError::OfferedTwice { what: name });
        }
        all.push(one);
    }
    Ok(())
}
