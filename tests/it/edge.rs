//! What stands between users and the app: the firewall, the look from outside, what runs at the edge, and how a failing region is left.

use cfn::{Node, Resource};
use scalectl::block::Layer;
use scalectl::render::{self, Stack};
use scalectl::settings::Settings;

use crate::identity::architecture;
use crate::python::run;

fn own_name(region: &str) -> Settings {
    let (domain, zone) = (Some("shop.example.com".to_owned()), Some("Z0123456789ABCDEFGHIJ".to_owned()));
    let alerts_email = Some("ops@example.com".to_owned());
    Settings { region: region.to_owned(), domain, hosted_zone_id: zone, alerts_email, ..Settings::default() }
}

fn stacks(phase: &str, settings: &Settings) -> Vec<Stack> {
    let users = scalectl::phase::find(phase).unwrap().from;
    render::stacks(&architecture(phase, users, settings)).unwrap()
}

fn found<'a>(stacks: &'a [Stack], layer: Layer, id: &str) -> Option<&'a Resource> {
    stacks.iter().find(|stack| stack.key.layer == layer)?.template.resources.get(id)
}

fn edge<'a>(stacks: &'a [Stack], id: &str) -> &'a Resource {
    found(stacks, Layer::Edge, id).unwrap_or_else(|| panic!("no {id} at the edge"))
}

fn at<'a>(node: &'a Node, path: &[&str]) -> &'a Node {
    path.iter().fold(node, |node, key| node.get(key).unwrap_or_else(|| panic!("no {key} in {node:?}")))
}

fn text(resource: &Resource) -> String {
    format!("{:?}", resource.properties)
}

/// The alarms of a phase with the region that each is deployed in.
fn alarms(stacks: &[Stack]) -> Vec<(&str, &String, &Resource)> {
    let all = stacks.iter().flat_map(|stack| stack.template.resources.iter().map(|(id, found)| (stack.key.region.as_str(), id, found)));
    all.filter(|(_, _, found)| found.resource_type == "AWS::CloudWatch::Alarm").collect()
}

#[test]
fn the_firewall_stands_before_the_distribution_and_knows_the_usual_attacks() {
    for phase in ["10k", "500k", "10m"] {
        let stacks = stacks(phase, &Settings::default());
        let acl = edge(&stacks, "EdgeFirewall");
        assert_eq!(acl.properties["Scope"].as_str(), Some("CLOUDFRONT"));
        for group in ["AmazonIpReputationList", "KnownBadInputsRuleSet", "SQLiRuleSet", "CommonRuleSet"] {
            assert!(text(acl).contains(&format!("AWSManagedRules{group}")), "{phase}: {group}");
        }
        let rules = acl.properties["Rules"].as_list().unwrap();
        let priorities: Vec<_> = rules.iter().map(|rule| at(rule, &["Priority"]).as_int().unwrap()).collect();
        assert_eq!(priorities, [0, 1, 2, 3, 4]);
        let config = &edge(&stacks, "Distribution").properties["DistributionConfig"];
        assert!(format!("{:?}", at(config, &["WebACLId"])).contains("EdgeFirewall"), "{phase}");
    }
}

#[test]
fn the_limit_of_an_address_follows_from_the_load() {
    let limit = |phase: &str| {
        let stacks = stacks(phase, &Settings::default());
        let rate = &edge(&stacks, "EdgeFirewall").properties["Rules"].as_list().unwrap()[0];
        at(rate, &["Statement", "RateBasedStatement", "Limit"]).as_int().unwrap()
    };
    // A person at peak makes (3.47 + 16.28) requests a second over 100 people; times 300 s, times the 50 who share an address.
    assert_eq!(limit("10k"), 2_963);
    // A thousandth of 100,000 people are more than 50.
    assert_eq!(limit("10m"), 5_925);
}

#[test]
fn no_log_of_the_firewall_holds_credentials() {
    let stacks = stacks("10m", &own_name("eu-west-1"));
    let logs: Vec<_> = stacks
        .iter()
        .flat_map(|stack| &stack.template.resources)
        .filter(|(_, found)| found.resource_type.ends_with("LoggingConfiguration"))
        .collect();
    assert_eq!(logs.len(), 3, "content delivery, and the API in two regions");
    for (id, log) in logs {
        for secret in ["authorization", "cookie", "x-api-key"] {
            assert!(format!("{:?}", log.properties["RedactedFields"]).contains(secret), "{id}: {secret}");
        }
    }
    let group = edge(&stacks, "EdgeFirewallLogGroup");
    assert_eq!(group.properties["LogGroupName"].as_str(), Some("aws-waf-logs-app-prod-edge"));
    assert_eq!(group.properties["RetentionInDays"].as_int(), Some(30));
}

#[test]
fn an_api_has_a_firewall_in_its_own_region_as_soon_as_there_is_one() {
    let regions = |phase: &str| {
        let stacks = stacks(phase, &Settings::default());
        let with = stacks.iter().filter(|stack| stack.template.resources.contains_key("ApiFirewall"));
        with.map(|stack| stack.key.region.clone()).collect::<Vec<_>>()
    };
    assert!(regions("10k").is_empty());
    assert_eq!(regions("500k"), ["us-east-1"]);
    assert_eq!(regions("10m"), ["us-east-1", "us-west-2"]);
}

#[test]
fn alarms_on_what_is_measured_in_us_east_1_stand_there_and_tell_a_topic_there() {
    let global = ["AWS/CloudFront", "AWS/Route53", "AWS/DDoSProtection"];
    for phase in ["1k", "10k", "500k", "10m"] {
        for home in ["us-east-1", "eu-west-1"] {
            let settings = Settings { shield: true, ..own_name(home) };
            let stacks = stacks(phase, &settings);
            let mut seen = 0;
            for (region, id, alarm) in alarms(&stacks) {
                if alarm.properties.get("Namespace").and_then(Node::as_str).is_some_and(|namespace| global.contains(&namespace)) {
                    assert_eq!(region, "us-east-1", "{phase} {home} {id}");
                    let topic = if home == "us-east-1" { "\"AlarmTopic\"" } else { "\"EdgeAlarmTopic\"" };
                    assert!(format!("{:?}", alarm.properties["AlarmActions"]).contains(topic), "{phase} {home} {id}");
                    seen += 1;
                }
            }
            assert!(seen > 0, "{phase} {home}");
            let told = found(&stacks, Layer::Edge, "EdgeAlarmSubscription").is_some();
            assert_eq!(told, home != "us-east-1", "{phase} {home}");
        }
    }
}

#[test]
fn somebody_looks_from_outside_at_what_users_use() {
    let check = |phase: &str, settings: &Settings| {
        let stacks = stacks(phase, settings);
        let config = edge(&stacks, "PublicHealthCheck").properties["HealthCheckConfig"].clone();
        (at(&config, &["Type"]).as_str().unwrap().to_owned(), format!("{:?}", at(&config, &["FullyQualifiedDomainName"])))
    };
    let (kind, name) = check("1k", &Settings::default());
    assert!(kind == "HTTP" && name.contains("LoadBalancer"), "{kind} {name}");
    let (kind, name) = check("10k", &Settings::default());
    assert!(kind == "HTTPS" && name.contains("Distribution"), "{kind} {name}");
    let (kind, name) = check("1k", &own_name("eu-west-1"));
    assert!(kind == "HTTPS" && name.contains("shop.example.com"), "{kind} {name}");
}

#[test]
fn a_region_whose_servers_fail_is_taken_out_of_the_answers() {
    let stacks = stacks("10m", &own_name("eu-west-1"));
    for (suffix, region) in [("", "eu-west-1"), ("EuCentral1", "eu-central-1")] {
        let record = edge(&stacks, &format!("OriginRecord{suffix}"));
        assert_eq!(record.properties["SetIdentifier"].as_str(), Some(region));
        assert_eq!(at(&record.properties["AliasTarget"], &["EvaluateTargetHealth"]), &Node::Bool(true));
        assert!(format!("{:?}", record.properties["HealthCheckId"]).contains(&format!("OriginHealthCheck{suffix}")));
        let config = &edge(&stacks, &format!("OriginHealthCheck{suffix}")).properties["HealthCheckConfig"];
        assert_eq!(at(config, &["AlarmIdentifier", "Region"]).as_str(), Some(region));
        assert!(format!("{config:?}").contains(&format!("RegionFailing{suffix}")), "{config:?}");
        let app = stacks.iter().find(|stack| stack.key.layer == Layer::App && stack.key.region == region).unwrap();
        let alarm = &app.template.resources["RegionFailing"];
        // A fifth of 578.7 requests a second, over a minute; the name has it, because the check copies the alarm only when its name changes.
        assert_eq!(alarm.properties["AlarmName"].as_str(), Some(format!("app-prod-{region}-failing-6945").as_str()));
        let own = stacks.iter().find(|stack| stack.key.layer == Layer::Edge).unwrap();
        assert!(own.after.contains(&app.key), "the check needs the alarm of {region}");
    }
    let single = self::stacks("500k", &own_name("eu-west-1"));
    assert!(found(&single, Layer::Edge, "OriginHealthCheck").is_none() && found(&single, Layer::App, "RegionFailing").is_none());
}

#[test]
fn pages_are_decided_at_the_edge_and_kept_apart_by_what_was_decided() {
    let stacks = stacks("500k", &Settings::default());
    let by_default = at(&edge(&stacks, "Distribution").properties["DistributionConfig"], &["DefaultCacheBehavior"]);
    let moments = format!("{:?}", at(by_default, &["FunctionAssociations"]));
    assert!(
        moments.contains("viewer-request") && moments.contains("viewer-response") && moments.contains("PersonalizeFunction"),
        "{moments}"
    );
    for header in ["X-Experiment-Group", "X-Viewer-Country"] {
        assert!(text(edge(&stacks, "PageCachePolicy")).contains(header), "{header}");
    }
    assert!(text(edge(&stacks, "PageRequestPolicy")).contains("CloudFront-Viewer-Country"));
    assert_eq!(edge(&stacks, "PersonalizeFunction").properties["AutoPublish"], Node::Bool(true));
    let before = self::stacks("10k", &Settings::default());
    assert!(!text(edge(&before, "PageCachePolicy")).contains("X-Experiment-Group"));
}

#[test]
fn the_function_for_pages_does_what_it_says() {
    let said = run("node.py", &["tests/lambda/personalize.test.mjs".to_owned()]);
    assert!(said.contains("# pass 6") && said.contains("# fail 0"), "{said}");
}

#[test]
fn shield_advanced_is_there_only_when_asked_for_and_the_plan_says_so() {
    let asked = Settings { shield: true, ..own_name("eu-west-1") };
    let count = |settings: &Settings, phase: &str| {
        let stacks = stacks(phase, settings);
        stacks
            .iter()
            .flat_map(|stack| stack.template.resources.values())
            .filter(|one| one.resource_type == "AWS::Shield::Protection")
            .count()
    };
    assert_eq!(count(&own_name("eu-west-1"), "10m"), 0);
    assert_eq!(count(&asked, "500k"), 0);
    assert_eq!(count(&asked, "10m"), 4, "distribution, two balancers, zone");
    for settings in [asked, own_name("eu-west-1")] {
        let notices = architecture("10m", 10_000_000, &settings).notices.join("\n");
        assert!(notices.contains("3,000 USD a month") && notices.contains("one-year commitment"), "{notices}");
        assert_eq!(notices.contains("is off"), !settings.shield, "{notices}");
    }
}

#[test]
fn what_the_edge_and_the_balancers_answer_is_written_down_without_cookies() {
    for home in ["us-east-1", "eu-west-1"] {
        let stacks = stacks("10m", &own_name(home));
        let fields = format!("{:?}", edge(&stacks, "EdgeLogs").properties["RecordFields"]);
        assert!(fields.contains("cs-uri-stem") && !fields.contains("Cookie"), "{fields}");
        assert!(text(edge(&stacks, "EdgeLogsDestination")).contains("EdgeLogsBucket"));
        let data = stacks.iter().find(|stack| stack.key.layer == Layer::Data && stack.key.region == home).unwrap();
        assert!(data.template.resources["EdgeLogsBucket"].properties.contains_key("LifecycleConfiguration"));
        let own = stacks.iter().find(|stack| stack.key.layer == Layer::Edge).unwrap();
        assert!(own.after.contains(&data.key), "the bucket's policy must stand before the delivery is made");
        for stack in stacks.iter().filter(|stack| stack.key.layer == Layer::App) {
            for id in ["LoadBalancer", "InternalLoadBalancer"] {
                let attributes = format!("{:?}", stack.template.resources[id].properties["LoadBalancerAttributes"]);
                assert!(attributes.contains("access_logs.s3.bucket") && attributes.contains("LogsBucket"), "{} {id}", stack.file);
                assert!(attributes.contains("desync_mitigation_mode"), "{} {id}", stack.file);
            }
        }
    }
}

#[test]
fn the_hit_rate_of_content_delivery_is_measured_and_shown() {
    for phase in ["10k", "500k", "10m"] {
        let stacks = stacks(phase, &own_name("eu-west-1"));
        assert!(text(edge(&stacks, "DistributionMetrics")).contains("Enabled"), "{phase}");
        let board = text(found(&stacks, Layer::Ops, "Dashboard").unwrap());
        assert!(board.contains("CacheHitRate") && board.contains("AWS/WAFV2") && board.contains("AWS/Route53"), "{phase}");
    }
}
