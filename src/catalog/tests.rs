//! The tables as shipped, and the questions asked of them.

use rust_decimal::Decimal;

use super::sizing::{Needs, Rejection, cheapest_class, count_for};
use super::*;
use crate::units::{Bytes, Region, Usd};

fn catalog() -> Catalog {
    Catalog::builtin().unwrap()
}

fn region(code: &str) -> Region {
    code.parse().unwrap()
}

fn usd(text: &str) -> Usd {
    text.parse().unwrap()
}

#[test]
fn classes_run_from_small_to_large_in_every_service() {
    let catalog = catalog();
    let sizes = |family| catalog.classes(family).iter().map(|class| class.size.clone()).collect::<Vec<_>>().join(" ");
    assert_eq!(sizes("t4g"), "nano micro small medium large xlarge 2xlarge");
    assert_eq!(sizes("db.t4g"), "micro small medium large xlarge 2xlarge");
    assert_eq!(sizes("cache.t4g"), "micro small medium");
    assert_eq!(sizes("db.r7g"), "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge");
    assert_eq!(sizes("db.c8g"), "");
    let class = catalog.class("r8g.large").unwrap();
    assert_eq!((class.vcpu, class.memory, class.is_burstable()), (2, Bytes::gib(16), false));
    let nano = catalog.class("t4g.nano").unwrap();
    assert!((nano.sustained_vcpu() - 0.1).abs() < 1e-12);
}

#[test]
fn an_unknown_class_is_answered_with_what_there_is() {
    let catalog = catalog();
    let text = |name| catalog.class(name).unwrap_err().to_string();
    assert_eq!(text("db.t4g.nano"), "no class is called `db.t4g.nano`; db.t4g comes in micro, small, medium, large, xlarge, 2xlarge");
    assert_eq!(text("r8glarge"), "no class is called `r8glarge`; did you mean `r8g.large`?");
    assert!(text("quantum").contains("there are the families c7g, c8g, cache.m7g"), "{}", text("quantum"));
}

#[test]
fn connections_match_awss_own_table() {
    let catalog = catalog();
    let rows = [
        ("t4g.medium", 405),
        ("t4g.large", 844),
        ("r7g.large", 1_722),
        ("r7g.xlarge", 3_479),
        ("r7g.2xlarge", 5_000),
        ("r8g.16xlarge", 5_000),
    ];
    for (name, connections) in rows {
        assert_eq!(catalog.class(&format!("db.{name}")).unwrap().max_connections(), connections, "{name}");
    }
    // Between, about 105 for each GiB.
    assert_eq!(catalog.class("db.m7g.large").unwrap().max_connections(), 844);
    assert!((70..=100).contains(&catalog.class("db.t4g.micro").unwrap().max_connections()));
}

#[test]
fn a_cache_node_holds_three_quarters_of_its_maxmemory() {
    let catalog = catalog();
    assert_eq!(catalog.class("cache.t4g.micro").unwrap().usable_memory(), Bytes::mib(384));
    let large = catalog.class("cache.r7g.large").unwrap();
    assert_eq!(large.usable_memory().binary().to_string(), "9.8 GiB");
    assert!(large.usable_memory() < large.memory);
    assert_eq!(catalog.class("db.r7g.large").unwrap().usable_memory(), Bytes::gib(16));
}

#[test]
fn every_class_has_a_price_and_every_priced_class_is_known() {
    let catalog = catalog();
    let prices = catalog.prices().unwrap();
    let offerings =
        [Offering::Ec2, Offering::RdsSingleAz, Offering::RdsMultiAz, Offering::Aurora, Offering::CacheValkey, Offering::CacheRedis];
    let keys: Vec<String> = offerings.iter().flat_map(|o| catalog.classes_of(o.service()).map(|class| o.key(class))).collect();
    for class in catalog.classes.iter() {
        let priced = offerings.iter().any(|o| o.service() == class.service && prices.keys().any(|key| key == o.key(class)));
        assert!(priced, "{} has no price anywhere", class.name);
    }
    // r6g is priced for comparison only, and offered nowhere: r7g and r8g replace it.
    let of_a_class = |key: &str| {
        ["ec2.", "rds.postgres.db.", "aurora.postgres.db.", "elasticache.valkey.cache.", "elasticache.redis.cache."]
            .iter()
            .any(|p| key.starts_with(p))
    };
    // Surplus credits are billed beside the hours of every burstable class.
    let beside = |key: &str| key.contains(".r6g.") || key.ends_with(".surplus_credit");
    for key in prices.keys().filter(|key| of_a_class(key) && !beside(key)) {
        assert!(keys.iter().any(|known| known == key), "{key} prices a class that is not in the table");
    }
}

#[test]
fn prices_are_exact_and_never_missing_in_silence() {
    let catalog = catalog();
    let prices = catalog.prices().unwrap();
    let home = region("us-east-1");
    assert_eq!(prices.hourly("ec2.t4g.medium", &home), Ok(usd("0.0336")));
    assert_eq!(prices.monthly("ec2.t4g.medium", &home), Ok(usd("24.528")));
    assert_eq!(prices.price("lambda.x86.gb_second.tier1", &home).unwrap().usd, usd("0.0000166667"));
    assert_eq!(prices.price("route53.zone", &home).unwrap().usd, usd("0.5"));
    assert!(prices.price("sqs.standard", &region("us-west-2")).unwrap().estimated);
    assert!(!prices.price("sqs.standard", &home).unwrap().estimated);
    let there = prices.hourly("aurora.postgres.db.t4g.medium", &region("sa-east-1")).unwrap_err().to_string();
    assert_eq!(
        there,
        "the price list has no `aurora.postgres.db.t4g.medium` in sa-east-1; it has it in us-east-1, eu-central-1, ap-northeast-1"
    );
    assert_eq!(prices.hourly("ec2.z9.huge", &home).unwrap_err().to_string(), "the price list has no `ec2.z9.huge`");
    assert!(matches!(prices.hourly("ebs.gp3.storage", &home), Err(MissingPrice::NotHourly { .. })));
    assert_eq!(prices.discount("spot.ec2.typical").unwrap().fraction, Decimal::new(55, 2));
    assert_eq!(prices.dates(), Some(("2021-08-03", "2026-10-31")));
    assert_eq!(prices.hours_per_month, 730);
}

#[test]
fn every_figure_of_the_list_has_a_source_and_is_not_negative() {
    let catalog = catalog();
    let prices = catalog.prices().unwrap();
    for facts in catalog.regions() {
        for key in prices.keys() {
            if let Ok(price) = prices.price(key, &facts.region) {
                assert!(prices.source(price.source).is_some(), "{key}");
                assert!(price.usd > Usd::ZERO, "{key} in {}", facts.region);
            }
        }
    }
}

#[test]
fn volume_tiers_add_up() {
    let catalog = catalog();
    let prices = catalog.prices().unwrap();
    let cost = |prefix, place, quantity: u64| prices.tiered(prefix, place, Decimal::from(quantity)).unwrap();
    assert_eq!(cost("s3.standard.storage", "us-east-1", 0).usd, Usd::ZERO);
    assert_eq!(cost("s3.standard.storage", "us-east-1", 100).usd, usd("2.3"));
    assert_eq!(cost("s3.standard.storage", "us-east-1", 61_200).usd, usd("51200").times(Decimal::new(23, 3)) + usd("220"));
    assert_eq!(cost("apigw.http", "us-east-1", 301_000_000).usd, usd("300.9"));
    assert_eq!(cost("lambda.arm64.gb_second", "us-east-1", 1_000_000).usd, usd("13.3334"));
    // The list has no later tiers for Sao Paulo: the first price goes on, and the figure says that it is an estimate.
    let carried = cost("dt.internet_out", "sa-east-1", 20_000);
    assert_eq!((carried.usd, carried.estimated), (usd("3000"), true));
    assert!(prices.tiered("no.such", "us-east-1", Decimal::ONE).is_err());
}

#[test]
fn regions_have_everything_that_a_plan_asks_for() {
    let catalog = catalog();
    assert_eq!(catalog.regions().len(), 8);
    let mut indices: Vec<u8> = catalog.regions().iter().map(|facts| facts.index).collect();
    indices.sort_unstable();
    assert_eq!(indices, (0..8).collect::<Vec<u8>>());
    for facts in catalog.regions() {
        let mut zones = facts.zones.to_vec();
        zones.dedup();
        assert_eq!(zones.len(), 3, "{}", facts.region);
        assert!(!zones.iter().any(|zone| zone == "use1-az3"));
        assert!(facts.cloudfront_prefix_list.as_ref().is_some_and(|id| id.len() == 11 && id.starts_with("pl-")));
        assert!(facts.elb_log_account.as_ref().is_some_and(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit())));
        assert!(facts.second != facts.region && catalog.region(facts.second.code()).is_ok());
    }
}

#[test]
fn a_region_without_figures_is_told_from_one_that_does_not_exist() {
    let catalog = catalog();
    let known = "us-east-1, us-west-2, eu-west-1, eu-central-1, ap-southeast-1, ap-northeast-1, ap-south-1, sa-east-1";
    let text = |code| catalog.region(code).unwrap_err().to_string();
    assert_eq!(
        text("eu-north-1"),
        format!("eu-north-1, Europe (Stockholm), exists, but scalectl has no prices or zones for it; it has figures for {known}")
    );
    assert_eq!(
        text("us-esat-1"),
        format!("no AWS region is called `us-esat-1` (did you mean `us-east-1`?); scalectl has figures for {known}")
    );
    assert!(text("us-east-1a").contains("did you mean `us-east-1`?"));
    assert!(text("EU-CENTRAL-1").contains("did you mean `eu-central-1`?"));
    assert_eq!(text("moon"), format!("no AWS region is called `moon`; scalectl has figures for {known}"));
}

#[test]
fn quotas_and_service_levels_are_read() {
    let catalog = catalog();
    assert_eq!(catalog.quota("cloudformation.template_body_bytes").unwrap().unwrap().value, 51_200);
    assert!(catalog.quota("no.such").unwrap().is_none());
    assert_eq!(catalog.sla("rds.multi_az").unwrap().unwrap().percent, Decimal::new(9995, 2));
    assert_eq!(catalog.sla("dynamodb.global").unwrap().unwrap().percent, Decimal::new(99_999, 3));
    assert!(catalog.sla("rds_proxy").unwrap().unwrap().estimated);
    // 150 Gbps are counted in bits by AWS, and in bytes here.
    let delivered = catalog.quota("cloudfront.bytes_per_second").unwrap().unwrap();
    assert_eq!((delivered.value * 8, delivered.lead_days), (150_000_000_000, Some(7)));
}

#[test]
fn every_quota_and_service_level_has_a_page_and_every_adjustable_quota_a_lead_time() {
    let (quotas, slas) = (limit::read_quotas().unwrap(), limit::read_slas().unwrap());
    assert!(quotas.len() > 70 && slas.len() > 30, "{} and {}", quotas.len(), slas.len());
    for (id, quota) in &quotas {
        assert!(quota.link.starts_with("https://docs.aws.amazon.com/"), "{id}: {}", quota.link);
        assert_eq!(quota.lead_days.is_some(), quota.adjustable, "{id}");
        assert!(quota.lead_days.is_none_or(|days| (1..=30).contains(&days)), "{id}");
        assert!(quota.value > 0 && !quota.source.is_empty(), "{id}");
    }
    for (id, sla) in &slas {
        assert!(sla.link.starts_with("https://aws.amazon.com/") && sla.link.ends_with("/sla/"), "{id}: {}", sla.link);
        assert!(sla.percent > Decimal::from(90) && sla.percent <= Decimal::from(100), "{id}");
    }
}

#[test]
fn the_lines_that_a_bill_of_the_templates_asks_for_are_there_in_every_region() {
    let catalog = catalog();
    let prices = catalog.prices().unwrap();
    let nodes = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"];
    let nodes: Vec<String> = nodes.iter().map(|size| format!("dax.r5.{size}")).collect();
    let others = [
        "cloudfront.functions.invocations",
        "cloudwatch.vended_logs.ingest",
        "firehose.ingest",
        "dynamodb.ondemand.rwru",
        "dynamodb.backup",
        "aurora.global.replicated_write_io",
        "rds.proxy.acu",
        "ecs.container_insights.enhanced",
        "backup.ebs",
        "backup.rds",
        "backup.aurora",
        "ec2.t4g.surplus_credit",
    ];
    for facts in catalog.regions() {
        for key in others.into_iter().chain(nodes.iter().map(String::as_str)) {
            assert!(prices.price(key, &facts.region).is_ok(), "{key} in {}", facts.region);
        }
        let write = |key: &str| prices.price(key, &facts.region).unwrap().usd;
        assert_eq!(write("dynamodb.ondemand.rwru"), write("dynamodb.ondemand.wru"), "{}", facts.region);
        // A larger node costs more, and about as much for each vCPU.
        let hourly: Vec<Usd> = nodes.iter().map(|key| prices.hourly(key, &facts.region).unwrap()).collect();
        assert!(hourly.windows(2).all(|pair| pair[0] < pair[1]), "{hourly:?}");
    }
}

#[test]
fn counts_leave_headroom() {
    assert_eq!(count_for(0.0, 100.0, 0.6), 0);
    assert_eq!(count_for(1.0, 100.0, 0.6), 1);
    assert_eq!(count_for(60.0, 100.0, 0.6), 1);
    assert_eq!(count_for(61.0, 100.0, 0.6), 2);
    assert_eq!(count_for(f64::NAN, 100.0, 0.6), 0);
    assert_eq!(count_for(1.0, 0.0, 0.6), u64::MAX);
    assert_eq!(count_for(f64::MAX, 1.0, 1.0), u64::MAX);
}

#[test]
fn the_cheapest_class_that_fits_is_taken_and_the_others_say_why_not() {
    let catalog = catalog();
    let prices = catalog.prices().unwrap();
    let home = region("us-east-1");
    let choose = |offering, families: &[&str], needs| cheapest_class(&catalog, prices, &home, offering, families, &needs);
    let needs = Needs { vcpu: 0.3, memory: Bytes::mib(1500), connections: 0 };
    let choice = choose(Offering::Ec2, &["t4g", "m8g"], needs).unwrap();
    assert_eq!((choice.class.name.as_str(), choice.hourly), ("t4g.small", usd("0.0168")));
    let why = |name: &str| choice.rejected.iter().find(|(class, _)| class.name == name).unwrap().1.to_string();
    assert_eq!(why("t4g.micro"), "sustains 0.2 vCPU, 0.3 needed");
    assert_eq!(why("t4g.medium"), "would do, but costs 0.0336 USD an hour against 0.0168 USD");
    assert_eq!(choice.rejected.len(), catalog.classes("t4g").len() + catalog.classes("m8g").len() - 1);

    // One vCPU of lasting work is more than a burstable pair of 40 % sustains until xlarge.
    let busy = choose(Offering::Ec2, &["t4g"], Needs { vcpu: 1.0, ..Needs::default() }).unwrap();
    assert_eq!(busy.class.name, "t4g.xlarge");

    let database = choose(Offering::Aurora, &["db.r8g"], Needs { vcpu: 1.0, memory: Bytes::gib(8), connections: 2_000 }).unwrap();
    assert_eq!(database.class.name, "db.r8g.xlarge");
    assert_eq!(database.rejected[0].1, Rejection::Connections { has: 1_722, needs: 2_000 });

    let cache = choose(Offering::CacheValkey, &["cache.t4g", "cache.r7g"], Needs { memory: Bytes::gib(2), ..Needs::default() }).unwrap();
    assert_eq!(cache.class.name, "cache.t4g.medium");
}

#[test]
fn when_no_class_fits_the_nearest_is_named() {
    let catalog = catalog();
    let prices = catalog.prices().unwrap();
    let needs = Needs { vcpu: 10.0, memory: Bytes::gib(1), connections: 0 };
    let error = cheapest_class(&catalog, prices, &region("us-east-1"), Offering::Ec2, &["t4g"], &needs).unwrap_err().to_string();
    assert_eq!(error, "no class of t4g in us-east-1 has 10 vCPU and 1 GiB; the largest, t4g.2xlarge: sustains 3.2 vCPU, 10 needed");
    let nowhere = cheapest_class(&catalog, prices, &region("eu-north-1"), Offering::Ec2, &["t4g"], &needs).unwrap_err().to_string();
    assert!(nowhere.ends_with("there is none with a price there"), "{nowhere}");
}

#[test]
fn a_class_without_a_price_is_not_offered_there() {
    let catalog = catalog();
    let prices = catalog.prices().unwrap();
    let names = |code| {
        let offered = catalog.offered(prices, Offering::Aurora, &region(code));
        offered.into_iter().map(|class| class.name.clone()).collect::<Vec<_>>()
    };
    assert!(names("us-east-1").contains(&"db.t4g.medium".to_owned()));
    assert!(!names("sa-east-1").contains(&"db.t4g.medium".to_owned()));
    assert!(!names("us-east-1").contains(&"db.m8g.large".to_owned()));
}

#[test]
fn memory_that_rounds_to_the_same_is_told_apart_by_the_unit_below() {
    let lack = |needs| sizing::Rejection::Memory { has: Bytes::gib(1), needs }.to_string();
    assert_eq!(lack(Bytes::mib(1_050)), "1,024 MiB usable, 1,050 MiB needed");
    assert_eq!(lack(Bytes::gib(2)), "1 GiB usable, 2 GiB needed");
}

#[test]
fn memory_for_connections_allows_them_and_not_many_more() {
    for connections in [1, 405, 844, 1_722, 3_479, 5_000] {
        let allowed = max_connections(memory_for_connections(connections));
        assert!((connections..=connections + 1).contains(&allowed), "{connections}: {allowed}");
    }
    assert_eq!(max_connections(memory_for_connections(9_000)), 5_000);
}

/// Of each service in the list, how many figures there are and what they add up to: whoever changes a price, on purpose or by a slip, has to change a sum
/// here as well.
#[test]
fn no_price_changes_unseen() {
    let list = include_str!("../../data/prices.yaml");
    let mut sums: Vec<(&str, usize, Decimal)> = Vec::new();
    for line in list.split_once("\nprices:\n").unwrap().1.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let (key, rest) = line.trim_start().split_once(": ").unwrap();
        let service = key.split('.').next().unwrap();
        let places = rest.split_once("usd: {").unwrap().1.split_once('}').unwrap().0;
        for figure in places.split(", ").map(|place| place.split_once(": ").unwrap().1) {
            let usd = figure.parse::<Usd>().unwrap().amount();
            match sums.last_mut().filter(|(last, ..)| *last == service) {
                Some((_, count, sum)) => (*count, *sum) = (*count + 1, *sum + usd),
                None => sums.push((service, 1, usd)),
            }
        }
    }
    let told: Vec<String> = sums.iter().map(|(service, count, sum)| format!("{service} {count} {}", sum.normalize())).collect();
    insta::assert_snapshot!("price_sums", told.join("\n"));
}
