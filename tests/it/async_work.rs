//! What services tell one another and what others may ask: topic, stream, workflow, public API, releases, and the API that is off by default.

use cfn::{Node, Policy, Resource};
use scalectl::block::Layer;
use scalectl::render::{self, Stack};
use scalectl::settings::Settings;

use crate::identity::architecture;

fn stacks(phase: &str, settings: &Settings) -> Vec<Stack> {
    let users = scalectl::phase::find(phase).unwrap().from;
    render::stacks(&architecture(phase, users, settings)).unwrap()
}

fn of<'a>(stacks: &'a [Stack], layer: Layer, id: &str) -> &'a Resource {
    let stack = stacks.iter().find(|stack| stack.key.layer == layer && stack.key.region == "us-east-1").unwrap();
    stack.template.resources.get(id).unwrap_or_else(|| panic!("{id} is not in {}", stack.file))
}

fn text(resource: &Resource) -> String {
    cfn::json::minified(&Node::Map(resource.properties.clone()))
}

fn ids(stacks: &[Stack], start: &str) -> Vec<String> {
    let all = stacks.iter().flat_map(|stack| stack.template.resources.keys());
    all.filter(|id| id.starts_with(start)).cloned().collect()
}

#[test]
fn every_service_hears_the_others_and_the_journal_hears_all() {
    let found = stacks("500k", &Settings::default());
    let orders = of(&found, Layer::Async, "OrdersEventQueueSubscription");
    assert!(text(orders).contains(r#""FilterPolicy":{"type":[{"anything-but":{"prefix":"orders."}}]}"#), "{}", text(orders));
    assert_eq!(orders.properties.get("FilterPolicyScope").and_then(Node::as_str), Some("MessageBody"));
    let journal = of(&found, Layer::Async, "EventQueueSubscription");
    assert!(!journal.properties.contains_key("FilterPolicy"));
    for queue in ["EventQueue", "OrdersEventQueue", "EventTopicDeadLetterQueue"] {
        let policy = text(of(&found, Layer::Async, &format!("{queue}Policy")));
        assert!(policy.contains("sns.amazonaws.com") && policy.contains(r#""aws:SourceArn":{"Ref":"EventTopic"}"#), "{queue}: {policy}");
    }
    assert!(text(of(&found, Layer::Async, "EventTopic")).contains("KmsMasterKeyId"));
}

#[test]
fn without_a_topic_nobody_but_roles_sends_to_the_queue_of_events() {
    let found = stacks("10k", &Settings::default());
    assert!(!text(of(&found, Layer::Async, "EventQueuePolicy")).contains("sns.amazonaws.com"));
}

#[test]
fn every_step_of_an_order_leads_somewhere_and_every_call_may_be_tried_again() {
    let found = stacks("500k", &Settings::default());
    let definition = of(&found, Layer::Async, "OrderWorkflow").properties.get("Definition").unwrap().clone();
    let states = definition.get("States").unwrap().as_map().unwrap();
    assert_eq!(states.len(), 11);
    for (name, state) in states {
        for key in ["Next", "Default"] {
            assert!(state.get(key).and_then(Node::as_str).is_none_or(|next| states.contains_key(next)), "{name}");
        }
        if state.get("Type").and_then(Node::as_str) == Some("Task") {
            assert!(state.get("Retry").is_some() && state.get("TimeoutSeconds").is_some(), "{name}");
            assert!(state.get("Catch").is_some() || name == "GiveUp", "{name}");
        }
    }
    assert!(text(of(&found, Layer::Async, "OrderWorkflowLogGroup")).contains("/aws/vendedlogs/states/"));
}

#[test]
fn the_table_of_orders_is_one_for_all_regions() {
    let found = stacks("10m", &Settings::default());
    assert_eq!(ids(&found, "OrderTable").iter().filter(|id| *id == "OrderTable").count(), 1);
    let table = of(&found, Layer::Data, "OrderTable");
    assert_eq!(table.properties.get("Replicas").unwrap().as_list().unwrap().len(), 2);
    assert_eq!(table.deletion_policy, Some(Policy::Retain));
    assert_eq!(ids(&found, "OrderWorkflowRole").len(), 2);
}

#[test]
fn a_method_of_the_public_api_wants_a_key_and_a_tenth_of_the_calls_is_the_canary() {
    let found = stacks("500k", &Settings::default());
    for method in ["SignupApiMethod", "OrdersApiMethod", "ClicksApiMethod"] {
        assert_eq!(of(&found, Layer::App, method).properties.get("ApiKeyRequired"), Some(&Node::Bool(true)), "{method}");
    }
    let stage = of(&found, Layer::App, "RestApiStage");
    let canary = stage.properties.get("CanarySetting").unwrap();
    assert_eq!(canary.get("PercentTraffic").and_then(Node::as_int), Some(10));
    assert_eq!(canary.get("StageVariableOverrides").unwrap().get("release").and_then(Node::as_str), Some("canary"));
    assert!(text(of(&found, Layer::App, "SignupApiMethod")).contains("${!stageVariables.release}"));
    let deployment = ids(&found, "RestApiDeployment");
    assert_eq!((deployment.len(), &deployment), (1, &ids(&stacks("500k", &Settings::default()), "RestApiDeployment")));
    assert!(of(&found, Layer::App, &deployment[0]).depends_on.contains(&"OrdersApiMethod".to_owned()));
}

#[test]
fn a_release_of_the_function_moves_its_alias_and_keeps_the_version_before() {
    let found = stacks("500k", &Settings::default());
    let versions = ids(&found, "SignupVersion");
    assert_eq!(versions.len(), 1);
    assert_eq!(of(&found, Layer::Site, &versions[0]).deletion_policy, Some(Policy::Retain));
    let live = of(&found, Layer::Site, "SignupLiveAlias");
    assert!(live.update_policy.as_ref().unwrap().get("CodeDeployLambdaAliasUpdate").is_some());
    assert!(text(live).contains(&versions[0]));
    // The balancer and the public API call the alias, so that no caller gets a new version all at once.
    assert!(text(of(&found, Layer::App, "SignupTargetGroup")).contains("SignupLiveAlias"));
    assert!(ids(&stacks("1k", &Settings::default()), "SignupVersion").is_empty());
}

#[test]
fn the_clickstream_is_encrypted_kept_and_compressed() {
    let found = stacks("500k", &Settings::default());
    let stream = of(&found, Layer::Async, "Clickstream");
    assert!(text(stream).contains("ON_DEMAND") && text(stream).contains("KMS"));
    assert_eq!(
        (stream.deletion_policy, of(&found, Layer::Data, "ClickstreamBucket").deletion_policy),
        (Some(Policy::Retain), Some(Policy::Retain))
    );
    let delivery = text(of(&found, Layer::Async, "ClickstreamDelivery"));
    assert!(delivery.contains("GZIP") && delivery.contains("!{firehose:error-output-type}"), "{delivery}");
}

#[test]
fn graphql_is_there_only_when_it_is_asked_for() {
    assert!(ids(&stacks("500k", &Settings::default()), "Graphql").is_empty());
    let on = Settings { appsync: true, ..Settings::default() };
    let found = stacks("500k", &on);
    let many = text(of(&found, Layer::Async, "GraphqlOrdersResolver"));
    assert!(many.contains("BatchGetItem") && many.contains("app-prod-orders") && !many.contains("TABLE"), "{many}");
    assert!(text(of(&found, Layer::Async, "GraphqlApi")).contains("AWS_IAM"));
}
