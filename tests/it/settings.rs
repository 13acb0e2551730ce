//! What `scalectl.yaml` may say, and how a mistake in it is answered.

use scalectl::settings::{self, AnomalyMonitor, CacheEngine, Compute, DatabaseHosting, Known, Settings, rule};

use crate::identity::architecture;
use crate::tree::PHASES;

const KNOWN: Known<'_> = Known {
    regions: &["us-east-1", "eu-west-1", "ap-southeast-2"],
    assumptions: &["daily-share", "peak-over-mean"],
    rules: &["cache-failover-without-replica"],
    workloads: &["light", "normal", "heavy"],
    phases: &["prelaunch", "launch", "10", "1k", "10k", "500k", "10m"],
};

fn read(text: &str) -> Result<Settings, String> {
    settings::read("scalectl.yaml", text.as_bytes(), &KNOWN).map_err(|problems| problems.to_string())
}

fn answer(text: &str) -> String {
    read(text).expect_err("this file has a mistake")
}

#[test]
fn an_unknown_setting_is_shown_with_its_line_a_caret_and_the_nearest_name() {
    assert_eq!(
        answer("app: shop\nregoin: eu-west-1\n"),
        "scalectl.yaml:2:1: unknown setting \"regoin\"; did you mean \"region\"?\n 1 | app: shop\n 2 | regoin: eu-west-1\n   | ^^^^^^"
    );
    assert_eq!(
        answer("container:\n  imgae: nginx\n"),
        "scalectl.yaml:2:3: unknown setting \"imgae\"; did you mean \"image\"?\n 1 | container:\n 2 |   imgae: nginx\n   |   ^^^^^"
    );
}

#[test]
fn every_kind_of_mistake_names_line_column_and_what_would_be_right() {
    let list = [
        ("app: [a, b]\n", "scalectl.yaml:1:6: \"app\" is of the wrong kind"),
        ("container:\n  port: http\n", "scalectl.yaml:2:9: \"port\" is of the wrong kind"),
        ("container: nginx\n", "scalectl.yaml:1:12: \"container\" is of the wrong kind"),
        ("- app\n", "scalectl.yaml:1:"),
        ("app: a\nregion: us-east-1\napp: b\n", "scalectl.yaml:3:1: \"app\" is set a second time"),
        ("container:\n\timage: x\n", "scalectl.yaml:2:1: a tab indents this line"),
        ("app: Shop\n", "scalectl.yaml:1:6: app \"Shop\" contains 'S'"),
        ("app: 1shop\n", "scalectl.yaml:1:6: app \"1shop\" is not a name"),
        ("app: my--shop\n", "is not a name that every AWS service takes"),
        ("app: storefront\nenvironment: production\n", "scalectl.yaml:2:14: \"storefront-production\" has 21 characters"),
        (
            "region: eu-west-11\n",
            "scalectl.yaml:1:9: no region is called \"eu-west-11\" among the 3 that scalectl has prices for; did you mean \"eu-west-1\"?",
        ),
        ("further_regions: [us-east-1]\n", "region \"us-east-1\" is named twice"),
        ("domain: https://shop.example.com\n", "without https://"),
        ("domain: Shop.example.com\n", "write it in lowercase"),
        ("domain: shop.example.com\nhosted_zone_id: /hostedzone/Z1\n", "scalectl.yaml:2:17: hosted_zone_id"),
        ("hosted_zone_id: Z123ABC\n", "without domain"),
        ("container:\n  port: 0\n", "it may be 1 to 65535"),
        ("container:\n  port: 70000\n", "it may be 1 to 65535"),
        ("container:\n  health_check_path: health\n", "must start with /, such as \"/health\""),
        ("container:\n  environment:\n    1A: x\n", "is not the name of an environment variable"),
        ("container:\n  environment:\n    CACHE_HOST: x\n", "is set by scalectl itself"),
        ("services:\n  - {name: web, path: /a}\n", "no service takes the path \"/*\""),
        ("services:\n  - {name: web, path: /*}\n  - {name: web, path: /b}\n", "two services are called \"web\""),
        ("services:\n  - {name: web, path: /*}\n  - {name: api, path: /*}\n", "two services take the path \"/*\""),
        ("services:\n  - name: web\n", "\"path\" is missing"),
        ("services:\n  - {name: web, path: /*, cpu: 512, memory: 512}\n", "1024 to 4096 MiB"),
        ("services:\n  - {name: web, path: /*, cpu: 300}\n", "cpu 300 is not a task size"),
        ("compute: lambda\n", "neither \"fargate\" nor \"ec2\""),
        ("alerts_email: me\n", "is not a mail address"),
        ("tags: {aws:x: y}\n", "AWS keeps for itself"),
        ("assume: {daily_share: 0.3}\n", "did you mean \"daily-share\"?"),
        ("phase: 20k\n", "no phase is called \"20k\"; did you mean \"10k\"?"),
        ("app: shop\nworkload: havy\n", "scalectl.yaml:2:11: no workload is called \"havy\"; did you mean \"heavy\"?"),
        ("workload: [heavy]\n", "scalectl.yaml:1:11: \"workload\" is of the wrong kind"),
        ("template_bucket: s3://mine\n", "is not the name of a bucket"),
        ("federation: {shop: [web, payments]}\n", "scalectl.yaml:1:26: no service is called \"payments\""),
        ("federation: {shop: [catalgo]}\n", "did you mean \"catalog\"?"),
        ("federation:\n  a: [web]\n  b: [web]\n", "scalectl.yaml:3:7: service \"web\" owns the domain \"a\" already"),
        ("federation: {shop: []}\n", "no service owns the domain \"shop\""),
        ("cache: {engine: valky}\n", "scalectl.yaml:1:17: no cache engine is called \"valky\"; did you mean \"valkey\"?"),
        ("phase: 10k\ncache: {engine: memcached}\n", "scalectl.yaml:2:17: cache engine memcached does not go with phase 10k"),
        ("database: {hosting: auror}\n", "did you mean \"aurora\"?"),
        ("budget: 0\n", "scalectl.yaml:1:9: a budget of 0 USD"),
        ("budget: -5\n", "scalectl.yaml:1:9:"),
        ("shield: maybe\n", "scalectl.yaml:1:9:"),
        ("backup_retention_days: 36\n", "take 1 to 35"),
        ("log_retention_days: 31\n", "did you mean 30?"),
        ("cidr: 192.168.0.0/16\n", "10.<n>.0.0/16 with n from 0 to 240"),
        ("cidr: 10.250.0.0/16\n", "10.<n>.0.0/16 with n from 0 to 240"),
        ("cidr: 10.01.0.0/16\n", "10.<n>.0.0/16"),
        ("domain: a.example.org\nhosted_zone: {id: Z1, name: example.com}\n", "scalectl.yaml:2:29: the zone \"example.com\" does not hold"),
        ("domain: badexample.com\nhosted_zone: {id: Z1, name: example.com}\n", "does not hold the domain"),
        ("domain: a.b.com\nhosted_zone_id: Z1\nhosted_zone: {id: Z1, name: b.com}\n", "are both set"),
        ("anomaly_monitor: acount\n", "did you mean \"account\"?"),
        ("anomaly_monitor: arn:aws:ce:x\n", "is not the ARN of an anomaly monitor"),
        ("existing_vpc: {id: vpc-1, cidr: 10.0.0.0/8, zones: [], public: [], private: [], data: []}\n", "lists 0; it takes 3"),
        ("existing_vpc: {id: vpc-1, cidr: 10.0.0.0/8, zones: [], public: [], private: [], data: []}\n", "AWS takes /16 to /28"),
        ("overrides: {A: {B: {<<: *x}}}\n", "scalectl.yaml:1:"),
        ("overrides: {A-B: {C: 1}}\n", "is not a logical ID"),
        ("a: &a\n  b: *a\n", "scalectl.yaml:"),
        ("<<: {app: x}\nregion: nowhere\n", "scalectl.yaml:"),
        ("app: a\n---\napp: b\n", "a second document"),
        ("app: \"a\n", "scalectl.yaml:"),
    ];
    let wrong: Vec<String> = list
        .into_iter()
        .map(|(text, expected)| (text, expected, answer(text)))
        .filter(|(_, expected, answer)| !answer.contains(expected))
        .map(|(text, expected, answer)| format!("{text:?} was answered with\n{answer}\ninstead of {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_file_that_sets_nothing_means_the_defaults() {
    for text in ["", "\n", "# only a comment\n", "---\n"] {
        assert_eq!(read(text), Ok(Settings::default()), "{text:?}");
    }
}

#[test]
fn all_wrong_values_of_a_file_are_named_in_one_run() {
    let answer = answer("app: Shop\nregion: nowhere\ncontainer:\n  port: 0\n");
    assert_eq!(answer.matches("scalectl.yaml:").count(), 3, "{answer}");
}

#[test]
fn a_huge_file_an_alias_bomb_and_bytes_that_are_no_text_are_refused() {
    assert!(answer(&"a".repeat(10_000_000)).contains("the file has 10000000 bytes; a settings file may have 1000000"));
    let bomb = (1..9).fold("a: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, level| {
        let before = level - 1;
        format!("{text}b{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 9].join(","))
    });
    assert!(answer(&format!("tags:\n  {}", bomb.replace('\n', "\n  "))).contains("scalectl.yaml"));
    let deep = format!("app: {}", "[".repeat(200_000));
    assert!(answer(&deep).contains("scalectl.yaml"));
    let problems = settings::read("scalectl.yaml", b"app: shop\nregion: \xFF\n", &KNOWN).expect_err("not UTF-8");
    assert_eq!(problems.to_string(), "scalectl.yaml: line 2 holds the byte 0xFF, which is not UTF-8 text; save the file as UTF-8");
}

#[test]
fn a_full_file_is_read_as_written() {
    let settings = read(concat!(
        "app: shop\nenvironment: staging\nusers: 500_000\nphase: 10\nregion: eu-west-1\nfurther_regions: [us-east-1]\n",
        "domain: shop.example.com\ncompute: ec2\nalerts_email: ops@example.com\n",
        "container: {image: 'shop:1', port: 8080, health_check_path: /up, environment: {COUNTRY: no, BUILD: 0x1F}}\n",
        "services:\n  - {name: web, path: /*}\n  - {name: pay, path: /pay*, cpu: 1024, memory: 2048, container: {image: 'pay:2'}}\n",
        "hosted_zone: {id: Z0123ABC, name: example.com}\nfederation: {money: [pay]}\ncache: {engine: redis}\ndatabase: {hosting: rds}\n",
        "budget: 700\nshield: true\nappsync: true\nbackup_retention_days: 14\nlog_retention_days: 90\nanomaly_monitor: none\n",
        "existing_vpc:\n  id: vpc-0123456789abcdef0\n  cidr: 10.20.0.0/16\n  zones: [eu-west-1a, eu-west-1b, eu-west-1c]\n",
        "  public: [subnet-00000001, subnet-00000002, subnet-00000003]\n  private: [subnet-00000004, subnet-00000005, subnet-00000006]\n",
        "  data: [subnet-00000007, subnet-00000008, subnet-00000009]\noverrides:\n  Topic: {Name: !Sub '${A}', Tags: [1]}\n",
        "tags: {team: shop, cost: 12:30:45}\nassume: {daily-share: 0.3}\ntemplate_bucket: my-templates\n",
    ))
    .expect("every value is right");
    assert_eq!(settings.users.as_deref(), Some("500_000"));
    assert_eq!(settings.phase.as_deref(), Some("10"));
    assert_eq!(settings.compute, Some(Compute::Ec2));
    assert_eq!(settings.hosted_zone_id.as_deref(), Some("Z0123ABC"));
    assert_eq!(settings.federation["money"], ["pay"]);
    assert_eq!((settings.cache_engine, settings.database_hosting), (CacheEngine::Redis, Some(DatabaseHosting::Rds)));
    assert_eq!((settings.monthly_budget, settings.shield, settings.appsync), (Some(700), true, true));
    assert_eq!((settings.backup_retention_days, settings.log_retention_days), (Some(14), Some(90)));
    assert_eq!(settings.anomaly_monitor, AnomalyMonitor::None);
    assert_eq!(settings.existing_vpc.as_ref().map(|vpc| vpc.data[2].as_str()), Some("subnet-00000009"));
    let topic = &settings.overrides["Topic"];
    assert_eq!(topic.places["Tags/0"].line, topic.place.line);
    assert_eq!(topic.properties["Name"].intrinsic().map(|(name, _)| name), Some("Fn::Sub"));
    assert_eq!(settings.container.environment["COUNTRY"], "no", "text stays as it is written");
    assert_eq!(settings.container.environment["BUILD"], "0x1F");
    assert_eq!(settings.tags["cost"], "12:30:45");
    assert_eq!(settings.assume["daily-share"], "0.3");
    let pay = settings.container_of(&settings.services[1]);
    assert_eq!((pay.image.as_str(), pay.port), ("pay:2", 8080), "a service's container takes what it does not say from the app's");
    assert_eq!(settings.default_service().map(|service| service.name.as_str()), Some("web"));
}

#[test]
fn the_json_schema_documents_every_setting_and_its_defaults_are_the_real_ones() {
    let schema: serde_json::Value = serde_json::from_str(settings::SCHEMA).expect("the schema is JSON");
    let places = [
        "/properties",
        "/$defs/container/properties",
        "/$defs/service/properties",
        "/properties/hosted_zone/properties",
        "/properties/cache/properties",
        "/properties/database/properties",
        "/properties/existing_vpc/properties",
    ];
    for (keys, place) in settings::keys().iter().zip(places) {
        let documented = schema.pointer(place).and_then(|p| p.as_object()).expect("the schema has this object");
        let names: Vec<&str> = documented.keys().map(String::as_str).collect();
        let mut keys = keys.clone();
        keys.sort_unstable();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(keys, sorted, "{place}");
        for (name, value) in documented {
            assert!(value.get("description").is_some() || value.get("$ref").is_some(), "{place}/{name} says nothing");
        }
    }
    let default = Settings::default();
    assert_eq!(schema["properties"]["app"]["default"], default.app.as_str());
    assert_eq!(schema["properties"]["environment"]["default"], default.environment.as_str());
    assert_eq!(schema["properties"]["region"]["default"], default.region.as_str());
    assert_eq!(schema["$defs"]["container"]["properties"]["image"]["default"], default.container.image.as_str());
    let services: Vec<(String, String)> = default.services.iter().map(|s| (s.name.clone(), s.path.clone())).collect();
    let documented: Vec<(String, String)> = schema["properties"]["services"]["default"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|s| (s["name"].as_str().unwrap_or_default().to_owned(), s["path"].as_str().unwrap_or_default().to_owned()))
        .collect();
    assert_eq!(services, documented);
}

#[test]
fn no_setting_may_take_the_place_of_a_variable_that_a_component_offers() {
    let mut offered = std::collections::BTreeSet::new();
    for phase in PHASES {
        let architecture = architecture(phase, scalectl::phase::find(phase).unwrap().from, &Settings::default());
        let regions: Vec<_> = architecture.regions.iter().collect();
        for site in architecture.sites(&regions) {
            for piece in &architecture.pieces {
                let offers = piece.component.offers(&site);
                offered.extend(offers.variables.iter().map(|variable| variable.name.to_string()));
                offered.extend(offers.secrets.iter().map(|secret| secret.name.to_string()));
            }
        }
    }
    assert!(offered.len() > 15, "{offered:?}");
    let free: Vec<_> = offered.iter().filter(|name| rule::variable(name).is_ok()).collect();
    assert!(free.is_empty(), "a settings file could replace {free:?}");
    for name in ["LOG_LEVEL", "PORT", "MY_DATABASE", "AWS_REGION"] {
        assert_eq!(rule::variable(name), Ok(()), "{name}");
    }
}
