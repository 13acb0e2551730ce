//! The network: one VPC per region, carved once for all phases, so that no later phase moves a subnet.

mod bill;

use cfn::policy::Statement;
use cfn::resource::{ec2, iam, logs};
use cfn::{Id, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, Layer, Layers, NetworkOffer, Offers, Reason, Request, Site, Size, Subnet, Unplaceable, Vpc, name_tag,
};
use crate::recipe;
use crate::settings::{ExistingVpc, rule};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether private subnets reach the internet, by one NAT gateway in each zone in use.
    nat: bool,
    /// Whether accepted and rejected connections are logged.
    flow_logs: bool,
}

/// The sized network.
#[derive(Debug)]
pub struct Network {
    nat: bool,
    flow_logs: bool,
    zones: usize,
    /// The network that is used instead.
    existing: Option<String>,
}

/// Nothing of it depends on the load: NAT gateways scale by themselves, addresses are carved once.
///
/// # Errors
/// When more would leave a region in the stress case than its NAT gateways grow to.
pub fn size(settings: &Settings, request: &Request) -> Result<(Network, Vec<Reason>), Unplaceable> {
    let existing = request.settings.existing_vpc.as_ref().map(|vpc| vpc.id.clone());
    let network = Network { nat: settings.nat, flow_logs: settings.flow_logs, zones: request.zones, existing };
    let reason = if network.existing.is_some() {
        Reason::new(Driver::Phase, "the settings name a network that is there already; its routes, NAT gateways, endpoints and flow logs are yours")
    } else if network.nat {
        Reason::new(Driver::Availability, format!("each zone has its own way out; losing one of {} cuts off no other", request.zones))
    } else {
        Reason::new(Driver::Phase, "nine subnets in three zones, carved once for all phases; NAT gateways come with the second zone")
    };
    let mut reasons = vec![reason];
    if network.existing.is_none() {
        if network.nat {
            bill::carries(request)?;
        }
        reasons.extend(bill::alternatives(network.nat, request).unwrap_or_default());
    }
    Ok((network, reasons))
}

/// The zones' letters in logical IDs.
const LETTERS: [&str; 3] = ["A", "B", "C"];

/// A tier of subnets: its word in logical IDs, and where its three ranges of /20 begin in the third octet.
const TIERS: [(&str, u8); 3] = [("Public", 0), ("Private", 48), ("Data", 96)];

/// Days that flow logs are kept.
const FLOW_LOG_DAYS: i64 = 30;

impl Network {
    /// The second octet of the region's addresses.
    fn octet(site: &Site) -> u8 {
        let first = site.settings.cidr.as_deref().and_then(|cidr| rule::first_range(cidr).ok()).unwrap_or_default();
        first.saturating_add(site.region.index)
    }

    fn cidr(site: &Site) -> String {
        format!("10.{}.0.0/16", Self::octet(site))
    }

    /// The network that is there already; only in the leading region, whose ids it has. Further regions get one of their own.
    fn existing<'a>(site: &Site<'a>) -> Option<&'a ExistingVpc> {
        site.settings.existing_vpc.as_ref().filter(|_| site.leads())
    }

    fn subnet(tier: &str, zone: usize) -> Id<ec2::Subnet> {
        Id::new(format!("{tier}Subnet{}", LETTERS[zone]))
    }

    fn table(tier: &str, zone: usize) -> Id<ec2::RouteTable> {
        match tier {
            "Private" => Id::new(format!("PrivateRouteTable{}", LETTERS[zone])),
            _ => Id::new(format!("{tier}RouteTable")),
        }
    }

    fn vpc(site: &Site, layers: &mut Layers) -> (Id<ec2::VPC>, Id<ec2::VPCGatewayAttachment>) {
        let vpc: Id<ec2::VPC> = Id::new("Vpc");
        let model = ec2::VPC::new().cidr_block(Self::cidr(site)).enable_dns_hostnames(true).enable_dns_support(true).tags(name_tag(site, "vpc"));
        layers.put(Layer::Network, &vpc, "One address range for all phases, so that nothing ever has to move", model);
        let gateway: Id<ec2::InternetGateway> = Id::new("InternetGateway");
        let model = ec2::InternetGateway::new().tags(name_tag(site, "internet"));
        layers.put(Layer::Network, &gateway, "The way between the public subnets and the internet", model);
        let attachment: Id<ec2::VPCGatewayAttachment> = Id::new("InternetGatewayAttachment");
        let model = ec2::VPCGatewayAttachment::new(vpc.reference()).internet_gateway_id(gateway.reference());
        layers.put(Layer::Network, &attachment, "Joins the internet gateway to the VPC", model);
        (vpc, attachment)
    }

    fn subnets(site: &Site, vpc: &Id<ec2::VPC>, layers: &mut Layers) {
        for (tier, first) in TIERS {
            for (zone, letter) in LETTERS.into_iter().enumerate() {
                let octet = usize::from(first) + 16 * zone;
                let model = ec2::Subnet::new(vpc.reference())
                    .availability_zone_id(&site.region.zones[zone])
                    .cidr_block(format!("10.{}.{octet}.0/20", Self::octet(site)))
                    .map_public_ip_on_launch(false)
                    .tags(name_tag(site, &format!("{}-{}", tier.to_lowercase(), letter.to_lowercase())));
                let why = match tier {
                    "Public" => "Room for what the internet reaches: load balancers and NAT gateways",
                    "Private" => "Room for servers that the internet does not reach",
                    _ => "Room for databases and caches, without a way to the internet",
                };
                layers.put(Layer::Network, &Self::subnet(tier, zone), why, model);
            }
        }
    }

    fn routes(&self, site: &Site, vpc: &Id<ec2::VPC>, attachment: &Id<ec2::VPCGatewayAttachment>, layers: &mut Layers) {
        for (tier, _) in TIERS {
            for (zone, letter) in LETTERS.into_iter().enumerate() {
                let table = Self::table(tier, zone);
                if tier == "Private" || zone == 0 {
                    let suffix = if tier == "Private" { format!("private-{}", letter.to_lowercase()) } else { tier.to_lowercase() };
                    let why = if tier == "Private" { "A table for each zone, so that each leaves by its own NAT gateway" } else { "The routes of this tier" };
                    layers.put(Layer::Network, &table, why, ec2::RouteTable::new(vpc.reference()).tags(name_tag(site, &suffix)));
                }
                let subnet = Self::subnet(tier, zone);
                let association: Id<ec2::SubnetRouteTableAssociation> = Id::new(format!("{}RouteTableAssociation", subnet.name()));
                let model = ec2::SubnetRouteTableAssociation::new(table.reference(), subnet.reference());
                layers.put(Layer::Network, &association, "Gives the subnet its routes", model);
            }
        }
        let route: Id<ec2::Route> = Id::new("PublicRoute");
        let model = ec2::Route::new(Self::table("Public", 0).reference())
            .destination_cidr_block("0.0.0.0/0")
            .gateway_id(Val::reference("InternetGateway"));
        layers.put(Layer::Network, &route, "Public subnets reach the internet", cfn::Resource::new(model).after(attachment.name()));
    }

    fn nat_gateways(&self, site: &Site, attachment: &Id<ec2::VPCGatewayAttachment>, layers: &mut Layers) {
        for (zone, letter) in LETTERS.into_iter().enumerate().take(self.zones) {
            let lower = letter.to_lowercase();
            let address: Id<ec2::EIP> = Id::new(format!("NatAddress{letter}"));
            let model = ec2::EIP::new().domain("vpc").tags(name_tag(site, &format!("nat-{lower}")));
            layers.put(Layer::Network, &address, "A fixed address for what leaves this zone", cfn::Resource::new(model).after(attachment.name()));
            let gateway: Id<ec2::NatGateway> = Id::new(format!("NatGateway{letter}"));
            let model = ec2::NatGateway::new()
                .allocation_id(address.allocation_id())
                .subnet_id(Self::subnet("Public", zone).reference())
                .tags(name_tag(site, &format!("nat-{lower}")));
            layers.put(Layer::Network, &gateway, "Servers of this zone reach the internet without being reachable", model);
            let route: Id<ec2::Route> = Id::new(format!("PrivateRoute{letter}"));
            let model = ec2::Route::new(Self::table("Private", zone).reference())
                .destination_cidr_block("0.0.0.0/0")
                .nat_gateway_id(gateway.reference());
            layers.put(Layer::Network, &route, "Each zone leaves by its own NAT gateway", model);
        }
    }

    fn endpoints(vpc: &Id<ec2::VPC>, layers: &mut Layers) {
        let tables: Vec<Val<String>> =
            [("Public", 0), ("Private", 0), ("Private", 1), ("Private", 2), ("Data", 0)].map(|(tier, zone)| Self::table(tier, zone).reference()).into();
        for (id, service) in [("S3Endpoint", "s3"), ("DynamoDbEndpoint", "dynamodb")] {
            let endpoint: Id<ec2::VPCEndpoint> = Id::new(id);
            let model = ec2::VPCEndpoint::new(vpc.reference())
                .vpc_endpoint_type(ec2::vpc_endpoint::VpcEndpointType::Gateway)
                .service_name(Val::sub(format!("com.amazonaws.${{AWS::Region}}.{service}")))
                .route_table_ids(tables.clone());
            layers.put(Layer::Network, &endpoint, "Free, and keeps this traffic off the NAT gateways and the internet", model);
        }
    }

    fn flow_log(site: &Site, vpc: &Id<ec2::VPC>, layers: &mut Layers) {
        let group: Id<logs::LogGroup> = Id::new("FlowLogGroup");
        recipe::log_group(layers, Layer::Network, &group, FLOW_LOG_DAYS, "Where connections are logged, for a month");
        let role: Id<iam::Role> = Id::new("FlowLogRole");
        let statement = Statement::allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]).on(group.arn()).sid("WriteFlowLogs");
        recipe::role(layers, Layer::Network, &role, "vpc-flow-logs.amazonaws.com", vec![statement], &[]);
        let flow_log: Id<ec2::FlowLog> = Id::new("FlowLog");
        let model = ec2::FlowLog::new(vpc.reference(), ec2::flow_log::FlowLogResourceType::Vpc)
            .traffic_type(ec2::flow_log::TrafficType::All)
            .log_destination_type(ec2::flow_log::LogDestinationType::CloudWatchLogs)
            .log_destination(group.arn())
            .deliver_logs_permission_arn(role.arn())
            .tags(name_tag(site, "flow-log"));
        layers.put(Layer::Network, &flow_log, "Who connected to whom can be looked up after an incident", model);
    }
}

impl Component for Network {
    fn name(&self) -> &'static str {
        "network"
    }

    fn label(&self) -> &'static str {
        "Network"
    }

    fn size(&self) -> Size {
        let zones = if self.zones == 1 { "1 zone".to_owned() } else { format!("{} zones", self.zones) };
        if let Some(id) = &self.existing {
            return Size { note: format!("{id} in {zones}"), ..Size::default() };
        }
        let vpc = format!("VPC in {zones}");
        let note = if self.nat { format!("{} NAT gateways, {vpc}", self.zones) } else { vpc };
        Size { note, ..Size::default() }
    }

    fn offers(&self, site: &Site) -> Offers {
        if let Some(there) = Self::existing(site) {
            let tier = |ids: &[String]| {
                ids.iter().zip(&there.zones).map(|(id, zone)| Subnet::Given { id: id.clone(), zone: zone.clone() }).collect()
            };
            let network = NetworkOffer {
                vpc: Vpc::Given(there.id.clone()),
                cidr: there.cidr.clone(),
                public: tier(&there.public),
                private: tier(&there.private),
                data: tier(&there.data),
                nat: self.nat,
            };
            return Offers { network: Some(network), ..Offers::default() };
        }
        let tier = |tier| (0..LETTERS.len()).map(|zone| Subnet::Own(Self::subnet(tier, zone))).collect();
        let network = NetworkOffer {
            vpc: Vpc::Own(Id::new("Vpc")),
            cidr: Self::cidr(site),
            public: tier("Public"),
            private: tier("Private"),
            data: tier("Data"),
            nat: self.nat,
        };
        Offers { network: Some(network), ..Offers::default() }
    }

    fn resources(&self, site: &Site, _offers: &Offers, layers: &mut Layers) {
        if Self::existing(site).is_some() {
            return;
        }
        let (vpc, attachment) = Self::vpc(site, layers);
        Self::subnets(site, &vpc, layers);
        self.routes(site, &vpc, &attachment, layers);
        if self.nat {
            self.nat_gateways(site, &attachment, layers);
        }
        Self::endpoints(&vpc, layers);
        if self.flow_logs {
            Self::flow_log(site, &vpc, layers);
        }
    }

    fn line_items(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        self.lines(site, offers, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        self.limits(site)
    }
}
