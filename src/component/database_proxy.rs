//! RDS Proxy: keeps connections open to each cluster and lends them to whoever has a query, so that many tasks share few connections.

mod build;

use cfn::resource::{ec2, iam, rds};
use cfn::{Id, Val};

use crate::block::{Bill, Kind, Reliance, Way, about};
use crate::catalog::MissingPrice;
use crate::component::{
    Component, DatabaseAddress, Driver, Family, Layers, Metric, Offers, Reason, Request, Site, Size, Unplaceable,
};
use crate::recipe::database;
use crate::recipe::database::choice::{self, Choice};
use crate::recipe::watch::{above, alarmed, line};
use crate::units::{decimal, number, percent, thousands};
use crate::workload::Load;

/// What a phase file says of it: the same as of the clusters.
pub use crate::recipe::database::choice::Shape as Settings;

/// Functions that an account may run at once until it asks for more (Lambda developer guide, "Quotas").
const FUNCTIONS: u64 = 1_000;

/// The proxies, one for each cluster; none while connections are few.
#[derive(Debug, Clone)]
pub struct DatabaseProxy {
    /// The clusters that they stand in front of.
    pub choice: Choice,
    /// Whether functions connect.
    pub functions: bool,
}

/// Decides by the connections that the app opens when it is scaled out.
///
/// # Errors
/// When there is no cluster to stand in front of.
pub fn size(settings: &Settings, request: &Request) -> Result<(DatabaseProxy, Vec<Reason>), Unplaceable> {
    let unplaceable = |problem| Unplaceable { component: "database_proxy", problem };
    let (choice, _) = choice::choose(settings, request).map_err(unplaceable)?;
    let share = |connections: u64| percent(connections as f64 / choice.max_connections as f64);
    let (count, most, class) = (thousands(choice.connections), thousands(choice.max_connections), choice.class_name());
    let limit = percent(choice::POOLED_ABOVE);
    let of = format!("{count} connections a cluster are {} of {most}; {class} allows those", share(choice.connections));
    let text = match (choice.pooled, settings.functions) {
        (false, _) => format!("{of}; up to {limit} they need no pool, and one would cost its share of every vCPU"),
        (true, false) => format!("{of}; above {limit} they are pooled, so that the class follows the queries and not the connections"),
        (true, true) => format!(
            "functions connect from this phase on; each run opens a connection of its own, and {} at once with the services' {count} are {} of the \
             {most} that {class} allows",
            thousands(FUNCTIONS),
            share(choice.connections + FUNCTIONS)
        ),
    };
    let mut reasons = vec![Reason::new(Driver::Connections, text)];
    reasons.extend(instead(&choice, request));
    Ok((DatabaseProxy { choice, functions: settings.functions }, reasons))
}

/// What the pools would cost where there are none, and what would be missing without them where there are.
fn instead(choice: &Choice, request: &Request) -> Option<Reason> {
    let prices = request.catalog.prices().ok()?;
    let (standing, more) = choice.proxied(request.load);
    let unit = choice::hourly(prices, choice.proxy_key(), &request.region.region)?;
    let month = unit.times(decimal(standing + more)).times(choice.databases.len() as u64).times(prices.hours_per_month);
    let clusters = if choice.databases.len() == 1 { "the cluster" } else { "each cluster" };
    let text = match choice.pooled {
        false => format!("a proxy in front of {clusters} would cost {month} a month in a region"),
        true => format!(
            "without the proxies, {month} a month in a region, {} connections of {} to {clusters} would be left for functions, migrations and people",
            thousands(choice.max_connections.saturating_sub(choice.connections)),
            thousands(choice.max_connections)
        ),
    };
    Some(Reason::instead(Driver::Cost, text))
}

fn group() -> Id<ec2::SecurityGroup> {
    Id::new("DatabaseProxySecurityGroup")
}

fn proxy(domain: &str) -> Id<rds::DBProxy> {
    Id::new(format!("{}DatabaseProxy", database::word(domain)))
}

fn reads(domain: &str) -> Id<rds::DBProxyEndpoint> {
    Id::new(format!("{}DatabaseProxyReads", database::word(domain)))
}

fn role(domain: &str) -> Id<iam::Role> {
    Id::new(format!("{}DatabaseProxyRole", database::word(domain)))
}

impl Component for DatabaseProxy {
    fn name(&self) -> &'static str {
        "database_proxy"
    }

    fn label(&self) -> &'static str {
        "Database proxy"
    }

    fn size(&self) -> Size {
        if !self.choice.pooled {
            return Size { note: "none: connections are few".to_owned(), ..Size::default() };
        }
        let count = self.choice.databases.len() as u64;
        let note = if count == 1 { "for writes and for reads".to_owned() } else { "one for each cluster, for writes and for reads".to_owned() };
        Size { count: Some(count), class: None, note }
    }

    fn offers(&self, site: &Site) -> Offers {
        if !self.choice.pooled {
            return Offers::default();
        }
        // Proxies do not forward writes to the leading region: in a further one they pool reads, and the few writes go straight to a reader,
        // which forwards them.
        let host = |domain: &str| (!self.choice.copies(site)).then(|| proxy(domain).endpoint());
        let pools = self.choice.databases.iter().map(|domain| DatabaseAddress {
            database: domain.clone(),
            pooled: true,
            host: host(domain),
            reader: Some(reads(domain).endpoint()),
        });
        Offers { databases: pools.collect(), ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(network) = offers.network.as_ref().filter(|_| self.choice.pooled) else { return };
        build::put_group(site, network, offers, layers);
        if self.functions {
            build::put_functions_group(site, network, layers);
        }
        for domain in &self.choice.databases {
            build::put_role(site, layers, domain);
            build::put_proxy(&self.choice, site, network, layers, domain);
        }
    }

    fn line_items(&self, _site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        if !self.choice.pooled {
            return Ok(());
        }
        let clusters = self.choice.databases.len() as u64;
        let (standing, more) = self.choice.proxied(load);
        let (key, counted) = (self.choice.proxy_key(), if self.choice.proxy_key() == "rds.proxy" { "vCPU" } else { "ACU" });
        let why = format!("{clusters} × {} {counted} of its instances × 730 h", number(standing));
        bill.machines(decimal(standing * clusters as f64), about("RDS Proxy", key, Kind::Data, why), None)?;
        let why = format!("{clusters} × {} {counted} more on average of the day × 730 h", number(more));
        bill.machines_by_load(decimal(more * clusters as f64), about("RDS Proxy, more by load", key, Kind::Data, why))
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        let proxy = || Reliance::new("RDS Proxy in front of Aurora", "rds_proxy", Way::Region);
        self.choice.pooled.then(proxy).into_iter().collect()
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        if !self.choice.pooled {
            return Vec::new();
        }
        self.choice.databases.iter().flat_map(|domain| metrics(domain)).collect()
    }
}

/// Milliseconds that a query may wait for a connection before somebody looks: a tenth of what users notice.
const BORROW_MICROSECONDS: f64 = 100_000.0;

/// The lines and alarms of one proxy, over all its endpoints.
fn metrics(domain: &str) -> Vec<Metric> {
    let word = database::word(domain);
    let of = |what: &str, title: &str, family, metric, statistic| {
        let dimensions: Vec<(&'static str, Val<String>)> = vec![("ProxyName", proxy(domain).reference())];
        line(format!("{word}DatabaseProxy{what}"), title, family, ("AWS/RDS", metric, statistic), dimensions)
    };
    let slow = "Queries wait a tenth of a second for a free connection: look for long transactions and for pinned sessions, then allow more connections.";
    let failed = "The proxy cannot connect to the database: compare the secret with the database's password, then look at the database itself.";
    vec![
        of("Clients", "Database proxy: connections of clients", Family::Database, "ClientConnections", "Sum"),
        of("Connections", "Database proxy: connections to the database", Family::Database, "DatabaseConnections", "Sum"),
        of("Latency", "Database proxy: time of queries (µs)", Family::Database, "QueryDatabaseResponseLatency", "Average"),
        of("Pinned", "Database proxy: pinned sessions", Family::Database, "DatabaseConnectionsCurrentlySessionPinned", "Sum"),
        alarmed(
            of("Waiting", "Database proxy: wait for a connection (µs)", Family::Latency, "DatabaseConnectionsBorrowLatency", "Average"),
            above(BORROW_MICROSECONDS, 2, slow),
        ),
        alarmed(
            of("Failed", "Database proxy: failed connections", Family::Errors, "DatabaseConnectionsSetupFailed", "Sum"),
            above(10.0, 2, failed),
        ),
    ]
}
