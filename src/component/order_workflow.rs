//! The way of an order: kept once, charged by a worker, confirmed and told to all, or given up where somebody sees it.

mod bill;
mod machine;

use cfn::policy::Statement;
use cfn::resource::dynamodb::{self, global_table as table};
use cfn::resource::stepfunctions::state_machine::{
    CloudWatchLogsLogGroup, Level, LogDestination, LoggingConfiguration, StateMachineType, TracingConfiguration,
};
use cfn::resource::{iam, logs, sqs, stepfunctions};
use cfn::{Id, Node, Resource, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    ApiAction, Bill, Ceiling, Component, Driver, Family, Grant, Layer, Layers, Metric, NamedTable, Offers, Reason, Recovery, Reliance, Request,
    Role, Site, Size, Unplaceable, Variable, name_tag,
};
use crate::recipe::{self, queue, watch};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The workflow.
#[derive(Debug)]
pub struct OrderWorkflow {
    /// Orders a second in the stress case.
    stress: f64,
}

/// A workflow is paid by the step and has no size.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(OrderWorkflow, Vec<Reason>), Unplaceable> {
    let text = "an order touches several services, any of which may fail: its state is kept outside of them, each step is tried again, and what \
                was begun is undone; paid by the step, so nothing has to grow";
    let reasons = vec![Reason::new(Driver::Availability, text), machine::express()];
    Ok((OrderWorkflow { stress: bill::orders_peak(&request.load.stressed()) }, reasons))
}

/// Most characters of an order's id.
const MOST_ID: i64 = 64;
/// Executions that failed or took too long in five minutes that wake somebody.
const FAILED: f64 = 1.0;

fn workflow() -> Id<stepfunctions::StateMachine> {
    Id::new("OrderWorkflow")
}

fn orders() -> Id<dynamodb::GlobalTable> {
    Id::new("OrderTable")
}

fn dead() -> Id<sqs::Queue> {
    Id::new("OrderDeadLetterQueue")
}

/// Fixed from the start, because workflows of further regions write to their replicas by its name.
fn table_name(site: &Site) -> String {
    site.name("orders")
}

/// The region's replica, by name.
fn named(site: &Site) -> NamedTable {
    let name = table_name(site);
    let arn = Val::sub(format!("arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/{name}"));
    NamedTable { name: name.into(), arn }
}

/// A global table from the start, so that further regions are replicas that are added in place.
fn put_table(site: &Site, layers: &mut Layers) {
    use table::{AttributeDefinition, AttributeType, BillingMode, KeySchema, KeyType, StreamViewType};
    let replicas: Vec<_> = site
        .regions
        .iter()
        .map(|region| {
            table::ReplicaSpecification::new(region.region.code())
                .deletion_protection_enabled(true)
                .point_in_time_recovery_specification(table::PointInTimeRecoverySpecification::new().point_in_time_recovery_enabled(true))
                .tags(name_tag(site, "orders"))
        })
        .collect();
    let model = dynamodb::GlobalTable::new(replicas)
        .table_name(table_name(site))
        .attribute_definitions([AttributeDefinition::new(machine::KEY, AttributeType::S)])
        .key_schema([KeySchema::new(machine::KEY, KeyType::Hash)])
        .billing_mode(BillingMode::PayPerRequest)
        // Replication between regions reads the stream; it is there before the second region is.
        .stream_specification(table::StreamSpecification::new(StreamViewType::NewAndOldImages))
        // By DynamoDB's own key in each region: a key of ours would have to be there before the replica is.
        .sse_specification(table::SSESpecification::new(true).sse_type(table::SSEType::Kms));
    let why = "Every order with its state, once however often it is sent; backed up to the second, and in every region";
    layers.put(Layer::Data, &orders(), why, Resource::new(model).retain());
}

/// What the workflow may do: its steps, its log, its traces. Log deliveries and traces have no resource to name.
fn statements(site: &Site, offers: &Offers) -> Vec<Statement> {
    let deliver = [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ];
    let trace = ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"];
    let mut send = Statement::allow(["sqs:SendMessage"]).on(dead().arn()).sid("HandOver");
    if let Some(jobs) = &offers.backlog {
        send = send.on(jobs.arn());
    }
    let mut statements =
        vec![Statement::allow(["dynamodb:PutItem", "dynamodb:UpdateItem"]).on(named(site).arn).sid("KeepOrders"), send];
    if let Some(topic) = &offers.topic {
        statements.push(Statement::allow(["sns:Publish"]).on(topic.reference()).sid("TellServices"));
        statements.push(Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"]).on(recipe::data_key().arn()).sid("UseTopicKey"));
    }
    statements.push(Statement::allow(deliver).on("*").sid("DeliverLogs"));
    statements.push(Statement::allow(trace).on("*").sid("Trace"));
    statements
}

fn put_workflow(site: &Site, offers: &Offers, layers: &mut Layers) {
    let group: Id<logs::LogGroup> = Id::new("OrderWorkflowLogGroup");
    // Step Functions adds a statement to one policy of the whole account for each log group, but for those under this prefix.
    let model =
        logs::LogGroup::new().log_group_name(format!("/aws/vendedlogs/states/{}", site.name("orders"))).retention_in_days(recipe::LOG_DAYS);
    layers.put(Layer::Async, &group, "Which orders failed, and at which step, for a month", model);
    let role: Id<iam::Role> = Id::new("OrderWorkflowRole");
    recipe::role(layers, Layer::Async, &role, "states.amazonaws.com", statements(site, offers), &[]);
    let destination =
        LogDestination::new().cloud_watch_logs_log_group(CloudWatchLogsLogGroup::new().log_group_arn(group.arn()));
    // Without the data of the execution: orders are nobody's business who reads logs.
    let logging = LoggingConfiguration::new().level(Level::Error).include_execution_data(false).destinations([destination]);
    let model = stepfunctions::StateMachine::new(role.arn())
        .state_machine_type(StateMachineType::Standard)
        .definition(machine::definition(&named(site), &dead(), offers))
        .logging_configuration(logging)
        .tracing_configuration(TracingConfiguration::new().enabled(true))
        .tags(name_tag(site, "orders"));
    let why = "Leads each order through its steps, exactly once, however long they take and whatever fails on the way";
    layers.put(Layer::Async, &workflow(), why, model);
}

/// An order from a client of the public API. The execution is called after the order, so that a repeated one starts nothing.
fn action() -> ApiAction {
    let id = Node::map([
        ("type", Node::from("string")),
        ("pattern", Node::from("^[A-Za-z0-9_-]+$")),
        ("minLength", Node::from(1)),
        ("maxLength", Node::from(MOST_ID)),
    ]);
    let items = Node::map([
        ("type", Node::from("array")),
        ("minItems", Node::from(1)),
        ("maxItems", Node::from(100)),
        ("items", Node::map([("type", "object")])),
    ]);
    let request = concat!(
        r#"{"stateMachineArn":"${OrderWorkflow}","name":"$input.path('$.id')","#,
        r#""input":"$util.escapeJavaScript($input.json('$')).replaceAll("\\'","'")"}"#
    );
    ApiAction {
        name: "Orders",
        path: "orders",
        target: "states:action/StartExecution",
        grant: Grant { name: "StartOrders", roles: &[], actions: vec!["states:StartExecution"], resources: vec![workflow().reference()] },
        key: None,
        body: Node::map([
            ("type", Node::from("object")),
            ("required", Node::list(["id", "items"])),
            ("properties", Node::map([("id", id), ("items", items)])),
        ]),
        request: Val::sub(request),
        content_type: "application/x-amz-json-1.0",
        accepted: r#"{"status":"accepted"}"#,
        refused: concat!(
            r#"#if($input.path('$.__type').contains('ExecutionAlreadyExists'))#set($context.responseOverride.status = 409)"#,
            r#"{"error":"an order of this id was sent before"}"#,
            r#"#else#set($context.responseOverride.status = 503){"error":"try again later"}#end"#
        ),
    }
}

impl Component for OrderWorkflow {
    fn name(&self) -> &'static str {
        "order_workflow"
    }

    fn label(&self) -> &'static str {
        "Order workflow"
    }

    fn size(&self) -> Size {
        Size { note: "Step Functions and DynamoDB, on demand".to_owned(), ..Size::default() }
    }

    fn offers(&self, site: &Site) -> Offers {
        let grant = |name, roles, actions, resources| Grant { name, roles, actions, resources };
        let answer = vec!["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"];
        Offers {
            variables: vec![Variable::new("WORKFLOW_ARN", workflow().reference()), Variable::new("ORDER_TABLE", named(site).name)],
            grants: vec![
                grant("StartOrders", &[Role::App], vec!["states:StartExecution"], vec![workflow().reference()]),
                grant("ReadOrders", &[Role::App], vec!["dynamodb:BatchGetItem", "dynamodb:GetItem"], vec![named(site).arn]),
                // The worker that charges tells the workflow how it went, by the token in the job; IAM knows no resource for a token.
                grant("AnswerOrders", &[Role::Worker], answer, vec!["*".into()]),
            ],
            orders: Some(named(site)),
            api_actions: vec![action()],
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        if site.leads() {
            put_table(site, layers);
        }
        let why = "Orders that could not be brought to an end wait for somebody to look";
        queue::put_dead_letters(layers, Layer::Async, &dead(), why, Vec::new());
        put_workflow(site, offers, layers);
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        let of = |word: &str, title, metric, statistic| {
            let source = ("AWS/States", metric, statistic);
            let family = if word == "Time" { Family::Latency } else { Family::Errors };
            watch::line(format!("OrderWorkflow{word}"), title, family, source, vec![("StateMachineArn", workflow().reference())])
        };
        let failed = watch::above(FAILED, 1, "Orders fail: the execution shows the step, and OrderDeadLetterQueue has the order; mend it, then start it again");
        let late = watch::above(FAILED, 1, "Orders take too long and were stopped: look at the workers that charge");
        let throttled = watch::above(1.0, 2, "Step Functions holds orders back: ask AWS for a higher limit of state transitions");
        let mut metrics = vec![
            watch::alarmed(of("Failures", "Order workflow: failed", "ExecutionsFailed", "Sum"), failed),
            watch::alarmed(of("Timeouts", "Order workflow: took too long", "ExecutionsTimedOut", "Sum"), late),
            watch::alarmed(of("Throttles", "Order workflow: throttled", "ExecutionThrottled", "Sum"), throttled),
            of("Time", "Order workflow: time of an order, p95 (ms)", "ExecutionTime", "p95"),
            watch::dead_letters(&dead()),
        ];
        metrics.extend(watch::writes("OrderTable", &named(site).name));
        metrics
    }
    fn line_items(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        bill::line_items(site, machine::steps(offers), load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        bill::ceilings(self, site)
    }

    fn reliances(&self, site: &Site) -> Vec<Reliance> {
        bill::reliances(site)
    }

    fn recoveries(&self, site: &Site) -> Vec<Recovery> {
        recipe::table::recoveries("Orders", site.regions.len())
    }
}
