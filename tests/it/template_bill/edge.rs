//! What the network, the edge and operations cost.

use cfn::Node;
use rust_decimal::Decimal;

use super::ground::{Place, Placed, assumed, decimal, gb, gigabytes, millions};
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

pub fn nat(books: &mut Books, place: &Place, count: u64) {
    books.hours("nat.hour", count);
    books.line("nat.gb", gb(place.requests() * assumed(place, "nat_bytes_per_request")));
}

/// Interface endpoints, in each zone that they stand in; gateway endpoints are free.
pub fn endpoints(books: &mut Books, all: &[&Placed]) {
    let paid = all.iter().filter(|one| one.at("VpcEndpointType").and_then(Node::as_str) == Some("Interface"));
    let zones: usize = paid.map(|one| one.list("SubnetIds").len()).sum();
    books.hours("interface_endpoint.hour", zones as u64);
}

/// Hours, capacity units, addresses and logs of a balancer: between users and the app, or between services.
pub fn balancer(books: &mut Books, place: &Place, balancer: &Placed) {
    let load = place.load;
    let public = balancer.text("Scheme") == "internet-facing";
    let (requests, bytes) = if public {
        let bytes = if place.delivered() { load.dynamic_bytes_month } else { load.egress_bytes_month };
        (place.requests(), place.part(Decimal::from(bytes.0)))
    } else {
        let calls = place.requests() * assumed(place, "internal_calls_per_request");
        (calls, calls * assumed(place, "response_bytes"))
    };
    books.hours("alb.hour", 1);
    // An hour of a unit has 25 new connections a second, or a GB.
    let connections = requests / assumed(place, "requests_per_connection") / Decimal::from(3_600 * 25);
    books.line("alb.lcu", connections.max(gb(bytes)));
    if public {
        books.hours("public_ipv4.hour", balancer.list("Subnets").len() as u64);
    }
    books.tiered(place.region, "s3.standard.storage", gb(requests * Decimal::from(100)) * kept(place, "LogsBucket"));
    if public && !place.delivered() {
        books.tiered(place.region, "dt.internet_out", place.part(gigabytes(load.egress_bytes_month.0)));
    }
}

/// Months for which a bucket keeps what is written: until it expires, and until its old version goes too.
pub fn kept(place: &Place, bucket: &str) -> Decimal {
    let bucket = place.of("AWS::S3::Bucket").find(|one| one.id == bucket).unwrap_or_else(|| panic!("there is no {bucket}"));
    let rules = bucket.list("LifecycleConfiguration/Rules");
    let current = rules.iter().find_map(|rule| rule.get("ExpirationInDays")?.as_int()).unwrap_or_default();
    Decimal::from(current + old_versions(bucket)) / Decimal::from(30)
}

/// Days for which old versions are kept.
pub fn old_versions(bucket: &Placed) -> i64 {
    let rules = bucket.list("LifecycleConfiguration/Rules");
    rules.iter().find_map(|rule| rule.get("NoncurrentVersionExpiration")?.get("NoncurrentDays")?.as_int()).unwrap_or_default()
}

/// Queries and cache operations between machines and data in another zone, billed on both sides.
pub fn between_zones(books: &mut Books, place: &Place) {
    let zones = place.architecture.phase.zones as u64;
    if zones < 2 {
        return;
    }
    let reads = assumed(place, "read_share");
    let mut moved = assumed(place, "queries_per_request");
    if place.cached() {
        moved *= Decimal::ONE - reads * assumed(place, "cache_hit_rate") + reads;
        // The session is read and touched, in the cache or in DAX; DynamoDB itself is not in a zone.
        if !place.has_component("sessions") || place.has("AWS::DAX::Cluster") {
            moved += Decimal::from(2);
        }
    }
    let bytes = place.requests() * moved * assumed(place, "query_bytes");
    books.line("dt.inter_az", gb(bytes) * Decimal::from(zones - 1) / Decimal::from(zones) * Decimal::from(2));
}

/// Two records of 120 bytes for each connection.
pub fn flow_log(books: &mut Books, place: &Place, log: &Placed) {
    let bytes = place.requests() / assumed(place, "requests_per_connection") * Decimal::from(2 * 120);
    vended(books, place, bytes, log.at("LogDestination").unwrap());
}

/// Logs that a service writes by itself, taken in and kept.
fn vended(books: &mut Books, place: &Place, bytes: Decimal, group: &Node) {
    books.line("cloudwatch.vended_logs.ingest", gb(bytes));
    let days = place.led_to(group).number("RetentionInDays");
    books.line("cloudwatch.logs.storage", gb(bytes) * compressed() * decimal(days) / Decimal::from(30));
}

/// All requests that content delivery answers in a month.
fn delivered(place: &Place) -> Decimal {
    Decimal::from(place.load.requests_month + place.load.static_requests_month)
}

pub fn distribution(books: &mut Books, place: &Place) {
    let area = area(place.region);
    books.tiered(area, "cloudfront.data_out", gigabytes(place.load.egress_bytes_month.0));
    books.line_at(area, "cloudfront.requests.https", delivered(place) / Decimal::from(1_000_000), Decimal::ONE);
    books.tiered(place.region, "s3.standard.storage", gb(delivered(place) * Decimal::from(150)) * kept(place, "EdgeLogsBucket"));
}

/// A run at each event that the function is associated with, of each page.
pub fn functions(books: &mut Books, place: &Place) {
    let distribution = place.of("AWS::CloudFront::Distribution").next().unwrap();
    let events = distribution.list("DistributionConfig/DefaultCacheBehavior/FunctionAssociations").len() as u64;
    books.line_at("global", "cloudfront.functions.invocations", millions(place.load.requests_month * events), Decimal::ONE);
}

/// The part of the requests that programs of others send to the public API.
fn to_the_api(place: &Place) -> Decimal {
    place.requests() / Decimal::TEN
}

pub fn firewall(books: &mut Books, place: &Place, firewall: &Placed) {
    let at_the_edge = firewall.text("Scope") == "CLOUDFRONT";
    let (where_, requests) = if at_the_edge { ("global", delivered(place)) } else { (place.region, to_the_api(place)) };
    books.line_at(where_, "waf.acl", Decimal::ONE, Decimal::ONE);
    books.line_at(where_, "waf.rule", Decimal::from(firewall.list("Rules").len() as u64), Decimal::ONE);
    books.line_at(where_, "waf.requests", requests / Decimal::from(1_000_000), Decimal::ONE);
}

/// A check of an address of AWS's, and what it does beyond asking.
pub fn health_check(books: &mut Books, check: &Placed) {
    let kind = check.text("HealthCheckConfig/Type");
    let timed = check.at("HealthCheckConfig/MeasureLatency") == Some(&Node::Bool(true));
    books.line_at("global", "route53.health_check.aws", Decimal::ONE, Decimal::ONE);
    books.line_at(
        "global",
        "route53.health_check.option.aws",
        Decimal::from(u64::from(kind.starts_with("HTTPS")) + u64::from(timed)),
        Decimal::ONE,
    );
}

/// An API in front of functions: all requests, or those of other programs; metrics of each way in, and a line in the log for each.
pub fn api(books: &mut Books, place: &Place, rest: bool) {
    let way = if rest { "AWS::ApiGateway::Method" } else { "AWS::ApiGatewayV2::Route" };
    let (prefix, requests, metrics, bytes) =
        if rest { ("apigw.rest", to_the_api(place), 5, 400) } else { ("apigw.http", place.requests(), 6, 300) };
    books.tiered(place.region, prefix, requests);
    books.tiered(place.region, "cloudwatch.metric", place.of(way).count() as u64 * metrics);
    let (stage, log) =
        if rest { ("AWS::ApiGateway::Stage", "AccessLogSetting") } else { ("AWS::ApiGatewayV2::Stage", "AccessLogSettings") };
    let stage = place.of(stage).next().unwrap();
    vended(books, place, requests * Decimal::from(bytes), stage.at(&format!("{log}/DestinationArn")).unwrap());
}

/// The page on Amplify: what is served, and one page stored.
pub fn page(books: &mut Books, place: &Place) {
    books.line("amplify.served", place.part(gigabytes(place.load.static_bytes_month.0)));
    books.line("amplify.stored", gb(assumed(place, "static_bytes_per_page")));
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
    books.line("xray.traces", place.requests() / Decimal::from(1_000_000) * decimal(rule.number("SamplingRule/FixedRate")));
}
