//! The settings file as it is written: every key optional, every value with its place, nothing judged yet.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

/// Text and where it stands.
pub type Text = Spanned<String>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub app: Option<Text>,
    pub environment: Option<Text>,
    pub users: Option<Text>,
    pub phase: Option<Text>,
    pub region: Option<Text>,
    pub further_regions: Option<Vec<Text>>,
    pub domain: Option<Text>,
    pub hosted_zone_id: Option<Text>,
    pub container: Option<Container>,
    pub services: Option<Spanned<Vec<Service>>>,
    pub compute: Option<Text>,
    pub alerts_email: Option<Text>,
    pub tags: Option<IndexMap<String, Text>>,
    pub workload: Option<Text>,
    pub assume: Option<IndexMap<String, Text>>,
    pub template_bucket: Option<Text>,
    pub check: Option<Judging>,
    pub hosted_zone: Option<Spanned<HostedZone>>,
    pub federation: Option<IndexMap<String, Spanned<Vec<Text>>>>,
    pub cache: Option<Cache>,
    pub database: Option<Database>,
    pub budget: Option<Spanned<u64>>,
    pub shield: Option<bool>,
    pub appsync: Option<bool>,
    pub backup_retention_days: Option<Spanned<u64>>,
    pub log_retention_days: Option<Spanned<u64>>,
    pub cidr: Option<Text>,
    pub existing_vpc: Option<Spanned<ExistingVpc>>,
    pub anomaly_monitor: Option<Text>,
    /// Read a second time by the template reader, which knows CloudFormation's short tags and the place of every node.
    pub overrides: Option<Spanned<IgnoredAny>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judging {
    pub ignore: Option<Vec<Ignore>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    pub rule: Text,
    pub resource: Option<Text>,
    pub reason: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostedZone {
    pub id: Text,
    pub name: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    pub engine: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub hosting: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExistingVpc {
    pub id: Text,
    pub cidr: Text,
    pub zones: Spanned<Vec<Text>>,
    pub public: Spanned<Vec<Text>>,
    pub private: Spanned<Vec<Text>>,
    pub data: Spanned<Vec<Text>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Container {
    pub image: Option<Text>,
    pub port: Option<Spanned<u64>>,
    pub health_check_path: Option<Text>,
    pub environment: Option<IndexMap<String, Text>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub name: Text,
    pub path: Text,
    pub cpu: Option<Spanned<u64>>,
    pub memory: Option<Spanned<u64>>,
    pub container: Option<Container>,
}
