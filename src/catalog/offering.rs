//! What is bought by the class and the hour, and how the price list names it.

use super::{Class, Service};

/// What is bought by the class and the hour, and under which line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Offering {
    /// An EC2 instance, Linux, on demand.
    Ec2,
    /// An RDS PostgreSQL instance in one zone.
    RdsSingleAz,
    /// An RDS PostgreSQL instance with a standby in another zone.
    RdsMultiAz,
    /// An Aurora PostgreSQL instance.
    Aurora,
    /// An ElastiCache node with Valkey.
    CacheValkey,
    /// An ElastiCache node with Redis OSS; Memcached costs the same.
    CacheRedis,
}

impl Offering {
    /// Whose classes it is bought in.
    pub fn service(self) -> Service {
        match self {
            Offering::Ec2 => Service::Ec2,
            Offering::RdsSingleAz | Offering::RdsMultiAz | Offering::Aurora => Service::Rds,
            Offering::CacheValkey | Offering::CacheRedis => Service::ElastiCache,
        }
    }

    /// The line of the price list: `ec2.r8g.large`, `rds.postgres.db.r8g.large.multi_az`, `elasticache.valkey.cache.r7g.large`.
    pub fn key(self, class: &Class) -> String {
        let name = &class.name;
        match self {
            Offering::Ec2 => format!("ec2.{name}"),
            Offering::RdsSingleAz => format!("rds.postgres.{name}.single_az"),
            Offering::RdsMultiAz => format!("rds.postgres.{name}.multi_az"),
            Offering::Aurora => format!("aurora.postgres.{name}"),
            Offering::CacheValkey => format!("elasticache.valkey.{name}"),
            Offering::CacheRedis => format!("elasticache.redis.{name}"),
        }
    }
}
