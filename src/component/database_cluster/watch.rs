//! What the dashboard shows of a cluster, and when somebody is woken.

use cfn::Val;

use crate::block::{Family, Metric};
use crate::recipe::database;
use crate::recipe::database::choice::{Choice, Chosen};
use crate::recipe::watch::{above, alarmed, below, line};
use crate::units::{thousands, whole};

/// The part of `max_connections` at which somebody should look.
const CONNECTIONS_ALARM: f64 = 0.7;

/// The lines and alarms of one domain's cluster; a copy has readers only.
pub fn metrics(database: &Choice, domain: &str, copy: bool) -> Vec<Metric> {
    let word = database::word(domain);
    let cluster: Val<String> = database::cluster(domain).reference();
    let whole_cluster = || vec![("DBClusterIdentifier", cluster.clone())];
    let roles: &[(&str, &str)] = if copy { &[("Reader", "READER")] } else { &[("Writer", "WRITER"), ("Reader", "READER")] };
    let mut metrics = Vec::new();
    for (name, role) in roles {
        let of = |what: &str, title: &str, family, metric, statistic| {
            let dimensions = vec![("DBClusterIdentifier", cluster.clone()), ("Role", Val::from(*role))];
            line(format!("{word}Database{name}{what}"), title, family, ("AWS/RDS", metric, statistic), dimensions)
        };
        let busy = if *role == "WRITER" {
            "The writer is busy: move reads to the readers, look for the dearest queries in Database Insights, then take a larger class."
        } else {
            "The readers are busy although they scale: look for the dearest queries in Database Insights, then raise the ceiling of readers."
        };
        metrics.push(alarmed(of("Cpu", "Database: CPU (%)", Family::Saturation, "CPUUtilization", "Average"), above(80.0, 3, busy)));
        let limit = whole(database.max_connections as f64 * CONNECTIONS_ALARM) as f64;
        let leak = format!("70 % of the {} connections are open: look for leaks, then pool them.", thousands(database.max_connections));
        let connections = of("Connections", "Database: connections", Family::Database, "DatabaseConnections", "Maximum");
        metrics.push(alarmed(connections, above(limit, 2, leak)));
        metrics.push(capacity(database, of("Capacity", "", Family::Saturation, "", "Average")));
        metrics.push(of("Buffers", "Database: reads answered from memory (%)", Family::CacheHits, "BufferCacheHitRatio", "Average"));
        let (latency, title) =
            if *role == "WRITER" { ("CommitLatency", "Database: commits (ms)") } else { ("SelectLatency", "Database: selects (ms)") };
        metrics.push(of("Latency", title, Family::Database, latency, "Average"));
    }
    let lag = |name: &str, title: &str, metric| {
        line(format!("{word}Database{name}"), title, Family::Database, ("AWS/RDS", metric, "Maximum"), whole_cluster())
    };
    if copy {
        let late = "This region's copy is 10 s behind: what a switch to it would lose is growing; look at the leading region's write rate.";
        let lag = lag("CopyLag", "Database: lag of the copy (ms)", "AuroraGlobalDBReplicationLag");
        metrics.push(alarmed(lag, above(10_000.0, 2, late)));
    } else {
        let late = "Readers are 2 s behind the writer: look for long transactions, or for readers that are smaller than the writer.";
        let lag = lag("ReaderLag", "Database: lag of the readers (ms)", "AuroraReplicaLagMaximum");
        metrics.push(alarmed(lag, above(2_000.0, 2, late)));
    }
    metrics
}

/// Free memory of a class; of Serverless the share of its ceiling that is in use.
fn capacity(database: &Choice, blank: Metric) -> Metric {
    match &database.chosen {
        Chosen::Provisioned(class) => {
            let why = "Less than 5 % of the memory is free: close idle connections or take a class with more memory.";
            let metric = Metric { title: "Database: free memory (bytes)".to_owned(), metric: "FreeableMemory", ..blank };
            alarmed(metric, below(class.memory.scaled(0.05).as_f64(), 3, why))
        }
        Chosen::Serverless { most, .. } => {
            let why = format!("The database uses more than 90 % of its ceiling of {most} ACU: raise the ceiling before queries queue.");
            let metric = Metric { title: "Database: capacity in use (%)".to_owned(), metric: "ACUUtilization", ..blank };
            alarmed(metric, above(90.0, 3, why))
        }
    }
}
