//! What stands in front of the app: who can reach it, and that the way to it survives every change of phase.

use cfn::{Node, Resource};
use scalectl::block::Layer;
use scalectl::render::{self, Stack};
use scalectl::settings::Settings;

use crate::identity::architecture;

fn own_name(region: &str) -> Settings {
    let (domain, zone) = (Some("shop.example.com".to_owned()), Some("Z0123456789ABCDEFGHIJ".to_owned()));
    Settings { region: region.to_owned(), domain, hosted_zone_id: zone, ..Settings::default() }
}

fn stacks(phase: &str, settings: &Settings) -> Vec<Stack> {
    let users = scalectl::phase::find(phase).unwrap().from;
    render::stacks(&architecture(phase, users, settings)).unwrap()
}

fn resource<'a>(stacks: &'a [Stack], layer: Layer, id: &str) -> Option<&'a Resource> {
    stacks.iter().find(|stack| stack.key.layer == layer)?.template.resources.get(id)
}

fn at<'a>(node: &'a Node, path: &[&str]) -> &'a Node {
    path.iter().fold(node, |node, key| node.get(key).unwrap_or_else(|| panic!("no {key} in {node:?}")))
}

fn text(resource: &Resource) -> String {
    format!("{:?}", resource.properties)
}

#[test]
fn behind_content_delivery_every_rule_asks_for_the_secret_and_nothing_else_is_answered() {
    for settings in [Settings::default(), own_name("eu-west-1")] {
        for phase in ["10k", "500k", "10m"] {
            for stack in stacks(phase, &settings).iter().filter(|stack| stack.key.layer == Layer::App) {
                let listener = if settings.domain.is_some() { "HttpsListener" } else { "HttpListener" };
                assert!(text(&stack.template.resources[listener]).contains("403"), "{phase} {}", stack.file);
                let rules = stack.template.resources.values().filter(|found| found.resource_type.ends_with("::ListenerRule"));
                let public: Vec<_> = rules.filter(|rule| text(rule).contains(&format!("\"{listener}\""))).collect();
                assert!(!public.is_empty(), "{phase} {}", stack.file);
                for rule in public {
                    assert!(text(rule).contains("{{resolve:secretsmanager:app-prod/origin:SecretString:token}}"), "{phase} {rule:?}");
                }
            }
        }
    }
}

#[test]
fn behind_content_delivery_the_balancer_lets_in_one_list_on_one_port() {
    for (settings, port) in [(Settings::default(), 80), (own_name("eu-west-1"), 443)] {
        for stack in stacks("10m", &settings) {
            for (id, found) in stack.template.resources.iter().filter(|(id, _)| id.starts_with("LoadBalancerFrom")) {
                assert_eq!(id, "LoadBalancerFromCloudFront", "{}", stack.file);
                assert!(found.properties["SourcePrefixListId"].as_str().unwrap().starts_with("pl-"));
                assert_eq!((found.properties["FromPort"].as_int(), found.properties["ToPort"].as_int()), (Some(port), Some(port)));
            }
        }
    }
}

#[test]
fn the_public_name_is_one_record_that_moves_from_host_to_balancer_to_content_delivery() {
    let settings = own_name("us-east-1");
    let leads_to =
        [("launch", "ResourceRecords"), ("10", "ResourceRecords"), ("1k", "AliasTarget"), ("10k", "AliasTarget"), ("10m", "AliasTarget")];
    for (phase, how) in leads_to {
        let found = stacks(phase, &settings);
        let record = resource(&found, Layer::Edge, "AddressRecord").unwrap();
        assert_eq!(record.properties["Name"].as_str(), Some("shop.example.com"));
        assert!(record.properties.contains_key(how), "{phase}: {record:?}");
    }
    let found = stacks("10k", &settings);
    let zone = at(&resource(&found, Layer::Edge, "AddressRecord").unwrap().properties["AliasTarget"], &["HostedZoneId"]);
    assert_eq!(zone.as_str(), Some("Z2FDTNDATAQYW2"));
}

#[test]
fn nothing_that_cannot_be_changed_differs_between_phases() {
    let settings = own_name("us-east-1");
    let phases = ["1k", "10k", "500k", "10m"].map(|phase| stacks(phase, &settings));
    let same = |layer, id: &str, property: &str| {
        let values: Vec<Node> =
            phases.iter().filter_map(|found| resource(found, layer, id)).map(|found| found.properties[property].clone()).collect();
        assert!(values.len() > 1 && values.windows(2).all(|pair| pair[0] == pair[1]), "{id}.{property}: {values:?}");
    };
    same(Layer::App, "LoadBalancer", "Scheme");
    same(Layer::App, "LoadBalancer", "Type");
    same(Layer::App, "Certificate", "SubjectAlternativeNames");
    same(Layer::App, "WebRule", "ListenerArn");
    same(Layer::App, "WebRule", "Priority");
    same(Layer::Data, "AssetsBucket", "BucketName");
    same(Layer::Data, "OriginSecret", "Name");
    same(Layer::Edge, "OriginRecord", "SetIdentifier");
}

#[test]
fn content_delivery_proves_itself_and_reads_the_copy_when_the_bucket_fails() {
    let found = stacks("10m", &own_name("us-east-1"));
    let edge = found.iter().find(|stack| stack.key.layer == Layer::Edge).unwrap();
    let config = &edge.template.resources["Distribution"].properties["DistributionConfig"];
    let origins = at(config, &["Origins"]).as_list().unwrap();
    assert_eq!(origins[0].get("DomainName").unwrap().as_str(), Some("origin.shop.example.com"));
    assert_eq!(at(&origins[0], &["CustomOriginConfig", "OriginProtocolPolicy"]).as_str(), Some("https-only"));
    assert!(format!("{:?}", origins[0]).contains("X-Origin-Verify"));
    let files = &at(config, &["CacheBehaviors"]).as_list().unwrap()[0];
    assert_eq!(at(files, &["TargetOriginId"]).as_str(), Some("assets-or-copy"));
    assert_eq!(at(files, &["AllowedMethods"]), &Node::list(["GET", "HEAD"]));
    let data = scalectl::render::Key { region: "us-east-1".to_owned(), layer: Layer::Data };
    assert!(edge.after.contains(&data), "the secret must stand before the distribution resolves it by name");
    assert!(edge.template.resources.contains_key("OriginRecordUsWest2"), "the second region is led to by the same name");
}

#[test]
fn the_secret_is_copied_wherever_a_stack_resolves_it() {
    let regions = |phase: &str, settings: &Settings| {
        let found = stacks(phase, settings);
        let secret = resource(&found, Layer::Data, "OriginSecret").unwrap();
        let copies = secret.properties.get("ReplicaRegions").and_then(Node::as_list).unwrap_or_default().to_vec();
        copies.iter().map(|copy| copy.get("Region").unwrap().as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(regions("10k", &Settings::default()), Vec::<String>::new());
    assert_eq!(regions("10k", &own_name("eu-west-1")), ["us-east-1"]);
    assert_eq!(regions("10m", &own_name("eu-west-1")), ["eu-central-1", "us-east-1"]);
    assert_eq!(regions("10m", &Settings::default()), ["us-west-2"]);
}
