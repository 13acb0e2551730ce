//! A GraphQL API beside the services, only when asked for: clients that would ask often and little ask once.

mod read;

use cfn::policy::Statement;
use cfn::resource::appsync::data_source::{DataSourceType, DynamoDBConfig};
use cfn::resource::appsync::graphql_api::{AuthenticationType, FieldLogLevel, IntrospectionConfig, LogConfig};
use cfn::resource::appsync::resolver::{AppSyncRuntime, Name};
use cfn::resource::{appsync, iam, logs};
use cfn::{Id, Val};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, Family, Grant, Kind, Layer, Layers, Metric, NamedTable, Offers, Reason, Reliance, Request, Role, Site, Size,
    Unplaceable, Variable, Way, about, name_tag,
};
use crate::recipe::{self, on_demand, table, watch};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The API, when it is on.
#[derive(Debug)]
pub struct Graphql {
    on: bool,
    /// Units a second that the stress case reads of orders.
    stress: f64,
}

/// Paid by the operation; it has no size.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(Graphql, Vec<Reason>), Unplaceable> {
    let on = request.settings.appsync;
    let text = if on {
        "asked for by `appsync: true`: a screen that needs many orders asks once, and DynamoDB is asked once for all of them"
    } else {
        "off, because the services answer without it; `appsync: true` in scalectl.yaml turns it on where many small reads are to become one"
    };
    let mut reasons = vec![Reason::new(Driver::Phase, text)];
    if !on {
        reasons.extend(turned_on(request));
    }
    Ok((Graphql { on, stress: reads(&request.load.stressed()) }, reasons))
}

/// One in so many requests is asked of this API when it is on [estimate].
const REQUESTS_PER_OPERATION: u64 = 10;
/// Units of reading one order, eventually consistent; orders are smaller than a step.
const UNITS: Decimal = Decimal::from_parts(5, 0, 0, false, 1);

/// Units a second at peak that are read of orders.
fn reads(load: &Load) -> f64 {
    load.requests_peak.get() / REQUESTS_PER_OPERATION as f64 * 0.5
}

/// What it would cost when on.
fn turned_on(request: &Request) -> Option<Reason> {
    let prices = request.catalog.prices().ok()?;
    let key = "appsync.operations";
    let price = prices.price(key, &request.region.region).or_else(|_| prices.price_at(key, "us-east-1")).ok()?;
    let operations = on_demand::millions(Decimal::from(request.load.requests_month) / Decimal::from(REQUESTS_PER_OPERATION));
    let text = format!(
        "on, it would cost {} a month for {} million operations, if one in {REQUESTS_PER_OPERATION} requests came to it",
        price.usd.times(operations).to_cents(),
        on_demand::shown(operations)
    );
    Some(Reason::instead(Driver::Cost, text))
}

/// Failed operations in five minutes that wake somebody.
const ERRORS: f64 = 5.0;
/// Milliseconds at the 95th percentile that wake somebody.
const SLOW: f64 = 1_000.0;

fn api() -> Id<appsync::GraphQLApi> {
    Id::new("GraphqlApi")
}

fn put_api(site: &Site, layers: &mut Layers) {
    let role: Id<iam::Role> = Id::new("GraphqlLogRole");
    // AppSync chooses the name of its log group, by the API's id, which is known only when the API is there.
    let groups = Val::<String>::sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/appsync/apis/*");
    let log = Statement::allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]).on(groups).sid("WriteLogs");
    recipe::role(layers, Layer::Async, &role, "appsync.amazonaws.com", vec![log], &[]);
    let logging = LogConfig::new(role.arn(), FieldLogLevel::Error).exclude_verbose_content(true);
    let model = appsync::GraphQLApi::new(AuthenticationType::AwsIam, site.name("graphql"))
        .log_config(logging)
        .xray_enabled(true)
        // Nobody needs the schema who was not given it, and a query that nests without end costs without end.
        .introspection_config(IntrospectionConfig::Disabled)
        .query_depth_limit(3)
        .resolver_count_limit(50)
        .tags(name_tag(site, "graphql"));
    layers.put(Layer::Async, &api(), "One call instead of many small ones, for roles that may make it", model);
    let group: Id<logs::LogGroup> = Id::new("GraphqlLogGroup");
    let name = Val::<String>::sub(format!("/aws/appsync/apis/${{{}.ApiId}}", api().name()));
    let model = logs::LogGroup::new().log_group_name(name).retention_in_days(recipe::LOG_DAYS);
    layers.put(Layer::Async, &group, "Which queries failed, for a month", model);
}

fn put_reads(table: &NamedTable, layers: &mut Layers) {
    let schema: Id<appsync::GraphQLSchema> = Id::new("GraphqlSchema");
    let model = appsync::GraphQLSchema::new(api().api_id()).definition(read::SCHEMA);
    layers.put(Layer::Async, &schema, "What can be asked, and what comes back", model);
    let role: Id<iam::Role> = Id::new("GraphqlOrdersRole");
    let read = Statement::allow(["dynamodb:BatchGetItem", "dynamodb:GetItem"]).on(table.arn.clone()).sid("ReadOrders");
    recipe::role(layers, Layer::Async, &role, "appsync.amazonaws.com", vec![read], &[]);
    let source: Id<appsync::DataSource> = Id::new("GraphqlOrders");
    let model = appsync::DataSource::new(api().api_id(), "orders", DataSourceType::AmazonDynamodb)
        .dynamo_db_config(DynamoDBConfig::new(Val::<String>::reference("AWS::Region"), table.name.clone()))
        .service_role_arn(role.arn());
    layers.put(Layer::Async, &source, "Orders are read where they are, without a function between", model);
    for (id, field, code) in [("GraphqlOrderResolver", "order", read::one()), ("GraphqlOrdersResolver", "orders", read::many(&table.name))]
    {
        let model = appsync::Resolver::new(api().api_id(), field, "Query")
            .data_source_name(source.name_attribute())
            .runtime(AppSyncRuntime::new(Name::AppsyncJs, "1.0.0"))
            .code(code);
        let id: Id<appsync::Resolver> = Id::new(id);
        let why = if field == "order" { "One order by its id" } else { "Up to a hundred orders by one call, which is one call to the table" };
        layers.put(Layer::Async, &id, why, cfn::Resource::new(model).after(schema.name()));
    }
}

impl Component for Graphql {
    fn name(&self) -> &'static str {
        "graphql"
    }

    fn label(&self) -> &'static str {
        "GraphQL API"
    }

    fn size(&self) -> Size {
        let note = if self.on { "AppSync, on demand, reads of orders in batches" } else { "off; appsync: true turns it on" };
        Size { note: note.to_owned(), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        if !self.on {
            return Offers::default();
        }
        let queries = Val::<String>::sub(format!("${{{}.Arn}}/types/Query/fields/*", api().name()));
        Offers {
            variables: vec![Variable::new("GRAPHQL_URL", api().graphql_url())],
            grants: vec![Grant { name: "AskGraphql", roles: &[Role::App], actions: vec!["appsync:GraphQL"], resources: vec![queries] }],
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(table) = offers.orders.as_ref().filter(|_| self.on) else { return };
        put_api(site, layers);
        put_reads(table, layers);
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        if !self.on {
            return Vec::new();
        }
        let of = |word: &str, title, family, metric, statistic| {
            let dimensions = vec![("GraphQLAPIId", api().api_id())];
            watch::line(format!("Graphql{word}"), title, family, ("AWS/AppSync", metric, statistic), dimensions)
        };
        let failed = watch::above(ERRORS, 1, "The GraphQL API fails: its log group has the queries and the causes");
        let slow = watch::above(SLOW, 3, "Queries of the GraphQL API take too long: its traces show which part");
        vec![
            watch::alarmed(of("Slow", "GraphQL: response time, p95 (ms)", Family::Latency, "Latency", "p95"), slow),
            watch::alarmed(of("Errors", "GraphQL: answers 5xx", Family::Errors, "5XXError", "Sum"), failed),
            of("Refusals", "GraphQL: answers 4xx", Family::Errors, "4XXError", "Sum"),
        ]
    }
    fn line_items(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        if !self.on || offers.orders.is_none() {
            return Ok(());
        }
        let operations = on_demand::part(site, load.requests_month) / Decimal::from(REQUESTS_PER_OPERATION);
        let why = format!("one in {REQUESTS_PER_OPERATION} requests [estimate]: {} operations", on_demand::shown(operations));
        let line = about("GraphQL API, operations", "appsync.operations", Kind::Requests, why);
        bill.usage(on_demand::millions(operations), line)?;
        let why = format!("{} operations × one order, {UNITS} units", on_demand::shown(operations));
        table::reads(bill, "Orders, read by the GraphQL API", operations.saturating_mul(UNITS), why)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        if !self.on {
            return Vec::new();
        }
        let (part, quota) = (site.part(), ("dynamodb.table_rru", self.stress));
        let first = Some(table::FIRST_READS);
        let ceiling = on_demand::ceiling("reads of orders", "read units/s", first, quota, move |load| reads(load) * part);
        vec![ceiling.then("ask AWS for more units of the table of orders")]
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        if self.on { vec![Reliance::new("AppSync", "appsync", Way::Aside)] } else { Vec::new() }
    }
}
