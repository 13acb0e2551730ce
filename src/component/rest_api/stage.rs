//! The stage: what is deployed, throttled, logged and traced, with a tenth of the calls on the newest functions; and the clients' plan.

use cfn::resource::apigateway::stage::{AccessLogSetting, CanarySetting, MethodSetting};
use cfn::resource::apigateway::usage_plan::{ApiStage, QuotaSettings, ThrottleSettings};
use cfn::resource::apigateway::usage_plan_key::KeyType;
use cfn::resource::{apigateway, iam, logs};
use cfn::{Id, Resource, Val};

use super::{STAGE, Settings, api};
use crate::component::{Layer, Layers, Site, name_tag};
use crate::recipe::{self, fingerprint};

/// The part of the calls, in percent, that try the newest version of each function.
const CANARY_PERCENT: i32 = 10;

/// One line of JSON for each request; no key and no body.
const LOG_FORMAT: &str = concat!(
    r#"{"requestId":"$context.requestId","time":"$context.requestTime","client":"$context.identity.apiKeyId","#,
    r#""ip":"$context.identity.sourceIp","method":"$context.httpMethod","path":"$context.resourcePath","#,
    r#""status":"$context.status","bytes":"$context.responseLength","latency":"$context.responseLatency","#,
    r#""error":"$context.error.message","trace":"$context.xrayTraceId"}"#
);

/// Puts the deployment of what the methods are now, and the stage that serves it.
pub fn put(rate: u32, burst: u32, methods: Vec<Id<apigateway::Method>>, layers: &mut Layers) -> Id<apigateway::Stage> {
    let component = layers.component;
    let digits = fingerprint::of(layers, |placed| {
        placed.component == component && placed.resource.resource_type.starts_with("AWS::ApiGateway::")
    });
    let deployment: Id<apigateway::Deployment> = Id::new(format!("RestApiDeployment{digits}"));
    let model = Resource::new(apigateway::Deployment::new(api().reference()));
    let model = methods.iter().fold(model, |model, method| model.after(method.name()));
    layers.put(Layer::App, &deployment, "What the methods are now; a change of any of them is a new deployment", model);
    let account = put_account(layers);
    let errors = put_logs(layers);
    let group: Id<logs::LogGroup> = Id::new("RestApiLogGroup");
    recipe::log_group(layers, Layer::App, &group, recipe::LOG_DAYS, "Which client called what and how it went, for a month");
    let everything = MethodSetting::new()
        .resource_path("/*")
        .http_method("*")
        .metrics_enabled(true)
        .logging_level("ERROR")
        // Bodies and keys of clients stay out of the log.
        .data_trace_enabled(false)
        .throttling_rate_limit(i64::from(rate))
        .throttling_burst_limit(burst);
    let canary = CanarySetting::new()
        .deployment_id(deployment.deployment_id())
        .percent_traffic(CANARY_PERCENT)
        .stage_variable_overrides([("release", Val::<String>::from("canary"))])
        .use_stage_cache(false);
    let model = apigateway::Stage::new(api().reference())
        .stage_name(STAGE)
        .deployment_id(deployment.deployment_id())
        .variables([("release", Val::<String>::from("live"))])
        .canary_setting(canary)
        .method_settings([everything])
        .access_log_setting(AccessLogSetting::new().destination_arn(group.arn()).format(LOG_FORMAT))
        .tracing_enabled(true);
    let id: Id<apigateway::Stage> = Id::new("RestApiStage");
    let why = "Throttles, logs and traces all calls, and lets a tenth of them try the newest version of each function";
    let model = errors.iter().fold(Resource::new(model).after(account.name()), |model, group| model.after(group.name()));
    layers.put(Layer::App, &id, why, model);
    id
}

/// The account's permission to log, one for all APIs of a region. Kept, because other APIs of the account may log by it as well.
fn put_account(layers: &mut Layers) -> Id<apigateway::Account> {
    let role: Id<iam::Role> = Id::new("ApiLogRole");
    let managed = "service-role/AmazonAPIGatewayPushToCloudWatchLogs";
    recipe::role(layers, Layer::App, &role, "apigateway.amazonaws.com", Vec::new(), &[managed]);
    if let Some(placed) = layers.placed.iter_mut().find(|placed| placed.logical_id == role.name()) {
        placed.resource = placed.resource.clone().retain();
    }
    let id: Id<apigateway::Account> = Id::new("ApiLogAccount");
    let model = apigateway::Account::new().cloud_watch_role_arn(role.arn());
    layers.put(Layer::App, &id, "API Gateway may write logs in this account and region", Resource::new(model).retain());
    id
}

/// The groups that API Gateway would make by itself, without an end: its own log of errors, for the stage and for its canary.
fn put_logs(layers: &mut Layers) -> [Id<logs::LogGroup>; 2] {
    [("RestApiErrorLogGroup", ""), ("RestApiCanaryErrorLogGroup", "/Canary")].map(|(id, suffix)| {
        let id: Id<logs::LogGroup> = Id::new(id);
        let name = Val::sub(format!("API-Gateway-Execution-Logs_${{{}}}/{STAGE}{suffix}", api().name()));
        let model = logs::LogGroup::new().log_group_name(name).retention_in_days(recipe::LOG_DAYS);
        layers.put(Layer::App, &id, "Why requests failed, for a month", model);
        id
    })
}

/// Puts the plan that clients are on, and the first client's key; its value is made by API Gateway and stands in no template.
pub fn put_plan(site: &Site, client: &Settings, stage: &Id<apigateway::Stage>, layers: &mut Layers) {
    let plan: Id<apigateway::UsagePlan> = Id::new("RestApiPlan");
    let model = apigateway::UsagePlan::new()
        .usage_plan_name(site.name("public-api"))
        .description("What one client may ask")
        .api_stages([ApiStage::new().api_id(api().reference()).stage(stage.reference())])
        .throttle(ThrottleSettings::new().rate_limit(i64::from(client.rate)).burst_limit(client.burst))
        .quota(QuotaSettings::new().limit(client.daily).period("DAY"))
        .tags(name_tag(site, "public-api"));
    layers.put(Layer::App, &plan, "No client takes what the others need", model);
    let key: Id<apigateway::ApiKey> = Id::new("RestApiKey");
    let model = apigateway::ApiKey::new().description("The first client of the public API").enabled(true).tags(name_tag(site, "public-api"));
    layers.put(Layer::App, &key, "A client is known by its key; further ones are added to the plan", model);
    let bound: Id<apigateway::UsagePlanKey> = Id::new("RestApiPlanKey");
    let model = apigateway::UsagePlanKey::new(key.reference(), KeyType::ApiKey, plan.reference());
    layers.put(Layer::App, &bound, "The key is on the plan", model);
    layers.tell(Layer::App, "PublicApiKeyId", key.reference(), "Its value: aws apigateway get-api-key --include-value --api-key <this>");
}
