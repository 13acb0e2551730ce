//! What carries the database when the user chose it: the phase's own blocks are exchanged for others, or the choice is refused.
//!
//! Each home keeps its logical IDs, so whoever stays with a choice over several phases keeps the very same database.

use crate::component::{Block, data_volume, database_cluster, database_instance, database_server};
use crate::phase::Phase;
use crate::settings::DatabaseHosting;

/// The blocks that carry a database.
const HOMES: [&str; 4] = ["data_volume", "database_server", "database_instance", "database_cluster"];

/// A choice that the phase cannot be built with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("database_hosting {hosting}: phase {phase} {why}")]
pub struct Refused {
    /// What was chosen.
    pub hosting: &'static str,
    /// For which phase.
    pub phase: String,
    /// Why it does not do, and what would.
    pub why: &'static str,
}

/// Exchanges the phase's database for the chosen one; gives what the user should know when the choice only holds later, or costs something.
///
/// # Errors
/// When the phase cannot be met with it.
pub fn exchange(phase: &mut Phase, hosting: Option<DatabaseHosting>) -> Result<Option<String>, Refused> {
    use DatabaseHosting::{Aurora, Ec2, Rds};
    let Some(hosting) = hosting else { return Ok(None) };
    let refused = |why| Err(Refused { hosting: word(hosting), phase: phase.id.clone(), why });
    let later = |from: &str| Ok(Some(format!("`database_hosting: {}` holds from phase {from} on", word(hosting))));
    match (phase.id.as_str(), hosting) {
        ("launch", Rds) => later("10"),
        ("launch" | "10", Aurora) => later("1k"),
        ("10", Rds) => {
            replace(phase, vec![Block::DatabaseInstance(database_instance::Settings { alone: true })]);
            Ok(None)
        }
        ("1k", Ec2) => {
            replace(phase, vec![Block::DataVolume(data_volume::Settings {}), Block::DatabaseServer(database_server::Settings {})]);
            Ok(Some("`database_hosting: ec2`: one host in one zone, so the database does not reach the phase's 99.9 %".to_owned()))
        }
        ("1k", Aurora) => {
            // The phase has no cache.
            replace(phase, vec![Block::DatabaseCluster(database_cluster::Settings { uncached: true, ..Default::default() })]);
            Ok(None)
        }
        ("10k", Rds) => {
            replace(phase, vec![Block::DatabaseInstance(database_instance::Settings::default())]);
            Ok(None)
        }
        ("10k", Ec2) => refused("promises 99.95 %, which one host in one zone cannot keep; take aurora, the phase's own, or rds"),
        ("500k", Ec2 | Rds) => refused("promises 99.99 % and readers that come with the load; take aurora, the phase's own"),
        ("10m", Ec2 | Rds) => {
            refused("has copies in further regions, which only an Aurora global database keeps; take aurora, the phase's own")
        }
        _ => Ok(None),
    }
}

fn word(hosting: DatabaseHosting) -> &'static str {
    match hosting {
        DatabaseHosting::Ec2 => "ec2",
        DatabaseHosting::Rds => "rds",
        DatabaseHosting::Aurora => "aurora",
    }
}

/// Puts other blocks where the phase's database was.
fn replace(phase: &mut Phase, others: Vec<Block>) {
    let is_home = |block: &Block| HOMES.contains(&block.name());
    let at = phase.components.iter().position(is_home).unwrap_or(phase.components.len());
    phase.components.retain(|block| !is_home(block));
    phase.components.splice(at..at, others);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phase;

    fn names(id: &str, hosting: DatabaseHosting) -> Result<Vec<&'static str>, Refused> {
        let mut phase = phase::find(id).unwrap();
        exchange(&mut phase, Some(hosting))?;
        Ok(phase.components.iter().map(Block::name).filter(|name| HOMES.contains(name)).collect())
    }

    #[test]
    fn a_choice_exchanges_the_database_and_nothing_else() {
        assert_eq!(names("10", DatabaseHosting::Rds).unwrap(), ["database_instance"]);
        assert_eq!(names("1k", DatabaseHosting::Ec2).unwrap(), ["data_volume", "database_server"]);
        assert_eq!(names("1k", DatabaseHosting::Aurora).unwrap(), ["database_cluster"]);
        assert_eq!(names("10k", DatabaseHosting::Rds).unwrap(), ["database_instance"]);
        let mut phase = phase::find("10k").unwrap();
        let before = phase.components.len();
        exchange(&mut phase, Some(DatabaseHosting::Rds)).unwrap();
        assert_eq!(phase.components.len(), before);
    }

    #[test]
    fn what_a_phase_cannot_be_met_with_is_refused_in_words() {
        let refused = names("10k", DatabaseHosting::Ec2).unwrap_err().to_string();
        assert_eq!(
            refused,
            "database_hosting ec2: phase 10k promises 99.95 %, which one host in one zone cannot keep; take aurora, the phase's own, or rds"
        );
        assert!(names("500k", DatabaseHosting::Rds).is_err() && names("10m", DatabaseHosting::Rds).is_err());
    }

    #[test]
    fn a_choice_that_holds_later_leaves_the_phase_alone_and_says_so() {
        let mut phase = phase::find("launch").unwrap();
        let notice = exchange(&mut phase, Some(DatabaseHosting::Aurora)).unwrap();
        assert_eq!(notice.as_deref(), Some("`database_hosting: aurora` holds from phase 1k on"));
        assert_eq!(names("launch", DatabaseHosting::Aurora).unwrap(), ["data_volume"]);
    }
}
