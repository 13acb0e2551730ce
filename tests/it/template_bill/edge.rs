//! What the network, the edge and operations cost.

use cfn::Node;
use rust_decimal::Decimal;

use super::ground::{GB, MONTH, Place, Placed, decimal, gigabytes, millions};
use super::list::Books;

/// The area of CloudFront's price table that a region's users are served from.
fn area(region: &str) -> &'static str {
    match region {
        "us-east-1" | "us-west-2" => "edge-north-america",
        "eu-west-1" | "eu-central-1" => "edge-europe",
        "ap-southeast-1" => "edge-asia-pacific",
        "ap-northeast-1" => "edge-japan",
        "ap-south-1" => "edge-india",
        "sa-east-1" => "edge-south-america",
        other => panic!("say which edge serves {other}"),
    }
}

/// Bytes that leave by the balancer or the host, in a month: all, or what content delivery does not take from buckets.
fn answered(place: &Place) -> u64 {
    let load = place.load;
    if place.delivered() { load.dynamic_bytes_month.0 } else { load.egress_bytes_month.0 }
}

pub fn nat(books: &mut Books, place: &Place, count: u64) {
    books.hours("nat.hour", count);
    let bytes = place.load.requests_month as f64 * place.load.assumptions.nat_bytes_per_request();
    books.line("nat.gb", place.part(decimal(bytes / GB)));
}

/// Interface endpoints, in each zone that they stand in; gateway endpoints are free.
pub fn endpoints(books: &mut Books, all: &[&Placed]) {
    let zones: usize = all
        .iter()
        .filter(|one| one.at("VpcEndpointType").and_then(Node::as_str) == Some("Interface"))
        .map(|one| one.list("SubnetIds").len())
        .sum();
    books.hours("interface_endpoint.hour", zones as u64);
}

pub fn balancer(books: &mut Books, place: &Place, balancer: &Placed) {
    let (load, a) = (place.load, &place.load.assumptions);
    let public = balancer.text("Scheme") == "internet-facing";
    books.hours("alb.hour", 1);
    let (connections, bytes_an_hour) = if public {
        (load.new_connections_peak.get() / a.peak_factor(), answered(place) as f64 / 730.0)
    } else {
        let calls = load.requests_mean.get() * a.internal_calls_per_request();
        (calls / a.requests_per_connection(), calls * 3_600.0 * a.response_bytes())
    };
    let here = 1.0 / place.regions() as f64;
    let units = (connections * here / 25.0).max(bytes_an_hour * here / GB);
    books.hours("alb.lcu", decimal(units));
    if public {
        books.hours("public_ipv4.hour", balancer.list("Subnets").len() as u64);
    }
}

/// Where there is no content delivery, what is answered goes to the internet from here.
pub fn to_the_internet(books: &mut Books, place: &Place) {
    if !place.delivered() {
        let region = place.region;
        books.tiered(region, "dt.internet_out", place.part(gigabytes(place.load.egress_bytes_month.0)));
    }
}

/// Queries and cache operations between machines and data in another zone, billed on both sides.
pub fn between_zones(books: &mut Books, place: &Place) {
    let (load, a) = (place.load, &place.load.assumptions);
    let zones = place.architecture.phase.zones as f64;
    if zones < 2.0 {
        return;
    }
    let (reads, cache) = if place.cached() { (1.0 - a.cache_hit_rate(), load.cache_operations.get()) } else { (1.0, 0.0) };
    let peak = load.database_reads.get() * reads + load.database_writes.get() + cache;
    let bytes = peak / a.peak_factor() * a.query_bytes() * (zones - 1.0) / zones * MONTH;
    books.line("dt.inter_az", place.part(decimal(bytes / GB)) * Decimal::from(2));
}

pub fn distribution(books: &mut Books, place: &Place) {
    let load = place.load;
    let area = area(place.region);
    books.tiered(area, "cloudfront.data_out", gigabytes(load.egress_bytes_month.0));
    books.line_at(area, "cloudfront.requests.https", millions(load.requests_month + load.static_requests_month), Decimal::ONE);
}

/// One run for the request and one for the answer of each page.
pub fn functions(books: &mut Books, place: &Place) {
    books.line_at("global", "cloudfront.functions.invocations", millions(place.load.requests_month) * Decimal::from(2), Decimal::ONE);
}

pub fn firewall(books: &mut Books, place: &Place, firewall: &Placed) {
    books.line("waf.acl", 1);
    books.line("waf.rule", firewall.list("Rules").len() as u64);
    if firewall.text("Scope") == "CLOUDFRONT" {
        books.line("waf.requests", millions(place.load.requests_month + place.load.static_requests_month));
    }
}

pub fn health_check(books: &mut Books, check: &Placed) {
    let encrypted = check.text("HealthCheckConfig/Type").starts_with("HTTPS");
    let timed = check.at("HealthCheckConfig/MeasureLatency") == Some(&Node::Bool(true));
    books.line_at("global", "route53.health_check.aws", Decimal::ONE, Decimal::ONE);
    books.line_at("global", "route53.health_check.option.aws", Decimal::from(u64::from(encrypted) + u64::from(timed)), Decimal::ONE);
}

/// The part of stored logs that is left when they are compressed.
pub fn compressed() -> Decimal {
    Decimal::new(15, 2)
}

/// What the app says: taken in once, and kept for as long as its group keeps it.
pub fn logs(books: &mut Books, place: &Place, group: &Placed) {
    let bytes = place.part(gigabytes(place.load.log_bytes_month.0));
    books.line("cloudwatch.logs.ingest", bytes);
    books.line("cloudwatch.logs.storage", bytes * compressed() * decimal(group.number("RetentionInDays")) / Decimal::from(30));
}

pub fn traces(books: &mut Books, place: &Place, rule: &Placed) {
    books.line("xray.traces", place.part(millions(place.load.requests_month)) * decimal(rule.number("SamplingRule/FixedRate")));
}
