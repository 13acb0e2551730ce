//! Sessions in DynamoDB: a global table from the start, so that further regions are replicas that are added in place.

mod bill;

use cfn::resource::dynamodb::{self, global_table as global};
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, Family, Grant, HotTable, Layer, Layers, Metric, Offers, Reason, Recovery, Reliance, Request, Role, Site,
    Size, Unplaceable, Variable,
};
use crate::recipe::table;
use crate::recipe::watch::{above, alarmed, line};
use crate::units::{Bytes, number, thousands};
use crate::workload::Load;

/// What a phase file says of it: nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The table; it is billed by request and has no size to choose.
#[derive(Debug, Clone)]
pub struct Sessions {
    /// Sessions kept at one time.
    pub sessions: u64,
    /// What they take.
    pub bytes: Bytes,
    /// Units that the stress case writes and reads a second.
    stress: (f64, f64),
}

/// The key of an item.
const KEY: &str = "session_id";
/// Whose session it is: the key of the index.
const USER: &str = "user_id";
/// When an item expires, in seconds since 1970; DynamoDB deletes it within days after, at no cost.
const EXPIRES: &str = "expires_at";
/// The index over all sessions of a user: to sign out everywhere.
const INDEX: &str = "by-user";

/// On demand takes what comes.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(Sessions, Vec<Reason>), Unplaceable> {
    let load = request.load;
    let stressed = load.stressed();
    let (writes, reads) = (bill::writes(load), bill::reads(load));
    let stress = (bill::writes(&stressed), bill::reads(&stressed));
    let text = format!(
        "{} sessions outlive servers and caches; they have {}, and every request reads one and touches it, {} at peak and {} in the stress case",
        thousands(load.sessions),
        load.session_bytes,
        load.requests_peak,
        load.requests_stress
    );
    let mut reasons = vec![Reason::new(Driver::Availability, text)];
    let text = format!(
        "a touch of {} writes {} units: {} units a second at peak, {} in the stress case, and {} and {} units read; one session alone takes {} touches a \
         second, because a partition writes 1,000 units",
        Bytes::from_f64(load.assumptions.session_bytes()),
        bill::units_of_a_touch(load),
        number(writes),
        number(stress.0),
        number(reads),
        number(stress.1),
        1_000 / bill::units_of_a_touch(load).min(1_000)
    );
    reasons.push(Reason::new(Driver::Throughput, text));
    if stress.0 > table::FIRST_WRITES {
        let text = format!(
            "a new table takes {} units a second, and twice its last peak from then on: move sessions over in steps",
            thousands(table::FIRST_WRITES as u64)
        );
        reasons.push(Reason::new(Driver::Throughput, text));
    }
    reasons.extend(bill::alternatives(request).into_iter().flatten());
    Ok((Sessions { sessions: load.sessions, bytes: load.session_bytes, stress }, reasons))
}

impl Sessions {
    /// Fixed: other regions name it.
    fn table_name(site: &Site) -> String {
        site.name("sessions")
    }

    fn table(site: &Site) -> dynamodb::GlobalTable {
        use global::{AttributeDefinition, AttributeType, KeySchema, KeyType, Projection, ProjectionType};
        let by_user = global::GlobalSecondaryIndex::new(
            INDEX,
            [KeySchema::new(USER, KeyType::Hash), KeySchema::new(KEY, KeyType::Range)],
            Projection::new().projection_type(ProjectionType::KeysOnly),
        );
        table::global(site, &Self::table_name(site), KEY, "sessions")
            .attribute_definitions([KEY, USER].map(|name| AttributeDefinition::new(name, AttributeType::S)))
            .global_secondary_indexes([by_user])
            .time_to_live_specification(global::TimeToLiveSpecification::new(true).attribute_name(EXPIRES))
    }
}

impl Component for Sessions {
    fn name(&self) -> &'static str {
        "sessions"
    }

    fn label(&self) -> &'static str {
        "Sessions"
    }

    fn size(&self) -> Size {
        Size { note: format!("DynamoDB on demand, {} sessions, {}", thousands(self.sessions), self.bytes), ..Size::default() }
    }

    fn offers(&self, site: &Site) -> Offers {
        let name = Self::table_name(site);
        let arn = format!("arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/{name}");
        let arns = vec![Val::sub(&*arn), Val::sub(format!("{arn}/index/{INDEX}"))];
        Offers {
            variables: vec![Variable::new("SESSION_TABLE", Val::from(&name))],
            grants: vec![Grant {
                name: "UseSessions",
                roles: &[Role::App],
                actions: vec!["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
                resources: arns.clone(),
            }],
            hot_table: Some(HotTable { name, arns }),
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, _offers: &Offers, layers: &mut Layers) {
        if site.leads() {
            let id: Id<dynamodb::GlobalTable> = Id::new("SessionTable");
            let why = "Sessions outlive servers and caches, expire by themselves, and are found by user; every region has its own replica";
            layers.put(Layer::Data, &id, why, Resource::new(Self::table(site)).retain());
        }
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        let name = Self::table_name(site);
        let of = |what: &str, title: &str, family, metric, statistic, operation: Option<&str>| {
            let mut dimensions = vec![("TableName", Val::from(&name))];
            dimensions.extend(operation.map(|operation| ("Operation", Val::from(operation))));
            line(format!("Sessions{what}"), title, family, ("AWS/DynamoDB", metric, statistic), dimensions)
        };
        let throttled = "DynamoDB refuses requests for sessions: look for a hot user, or let the table get used to the load in steps.";
        let failing = "DynamoDB itself fails: look at AWS's health page; the app should retry, then serve signed-out pages.";
        let (title, errors) = ("Sessions: throttled requests", Family::Errors);
        vec![
            alarmed(of("ReadsThrottled", title, errors, "ReadThrottleEvents", "Sum", None), above(1.0, 2, throttled)),
            alarmed(of("WritesThrottled", title, errors, "WriteThrottleEvents", "Sum", None), above(1.0, 2, throttled)),
            alarmed(
                of("ReadsFailed", "Sessions: errors of DynamoDB", errors, "SystemErrors", "Sum", Some("GetItem")),
                above(10.0, 2, failing),
            ),
            alarmed(
                of("WritesFailed", "Sessions: errors of DynamoDB", errors, "SystemErrors", "Sum", Some("PutItem")),
                above(10.0, 2, failing),
            ),
            of("ReadUnits", "Sessions: consumed capacity", Family::Database, "ConsumedReadCapacityUnits", "Sum", None),
            of("WriteUnits", "Sessions: consumed capacity", Family::Database, "ConsumedWriteCapacityUnits", "Sum", None),
            of("ReadTime", "Sessions: time of requests (ms)", Family::Database, "SuccessfulRequestLatency", "Average", Some("GetItem")),
            of("WriteTime", "Sessions: time of requests (ms)", Family::Database, "SuccessfulRequestLatency", "Average", Some("PutItem")),
        ]
    }
    fn line_items(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        bill::line_items(site, offers.table_cached, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        bill::ceilings(self, site)
    }

    fn reliances(&self, site: &Site) -> Vec<Reliance> {
        vec![table::reliance("sessions", site, crate::component::Way::Region)]
    }

    fn recoveries(&self, site: &Site) -> Vec<Recovery> {
        table::recoveries("Sessions", site.regions.len())
    }
}
