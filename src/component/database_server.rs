//! PostgreSQL on a host of its own: memory-optimised, without a way to the internet, reached by the app alone.

use cfn::policy::{self, Document, Statement};
use cfn::resource::{ec2, iam};
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use crate::block::{Basis, Bill, Ceiling, Commitment, Kind, Reliance, Way, about};
use crate::catalog::sizing::{Needs, Rejection};
use crate::catalog::{Class, MissingPrice, Offering};
use crate::component::{Component, Driver, Layer, Layers, Metric, NetworkOffer, Offers, Reason, Request, Site, Size, Unplaceable, Variable, name_tag};
use crate::recipe::host::alone;
use crate::recipe::host::script::{Clients, Database, Measured, Script};
use crate::recipe::database::sizing::{self, Connections};
use crate::recipe::{self, database, host};
use crate::units::{Bytes, PerSecond, number, thousands};
use crate::workload::{Load, Pool};

/// A phase file says nothing of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The sized host.
#[derive(Debug)]
pub struct DatabaseServer {
    class: Class,
}

/// Memory-optimised families.
const FAMILIES: &[&str] = &["r7g", "r8g"];

/// Memory of one open connection: a process of its own with its work memory.
const CONNECTION_MEMORY: Bytes = Bytes(10 * Bytes::MIB);

/// Memory of the system with its agents, and of PostgreSQL itself.
const BASE_MEMORY: Bytes = Bytes(Bytes::GIB);

/// Metrics that EC2 tells every minute of a machine with detailed monitoring, and those that our agent tells of memory and two disks.
const METRICS: (u64, u64) = (7, 3);

/// The host holds what is used in a day in memory. It does not scale out, so it carries the stress case at full tilt.
///
/// # Errors
/// When no class carries the load, or when the app opens more connections than PostgreSQL is set to allow.
pub fn size(_settings: &Settings, request: &Request) -> Result<(DatabaseServer, Vec<Reason>), Unplaceable> {
    let load = request.load;
    let connections = connections(load);
    if connections > database::HOST_CONNECTIONS {
        let problem = format!("{} connections, and {} are allowed: plan a later phase", thousands(connections), thousands(database::HOST_CONNECTIONS));
        return Err(Unplaceable { component: "database_server", problem });
    }
    let alone = alone::size("database_server", request, FAMILIES, &needs)?;
    let (class, needed) = (alone.class, needs(load));
    let mut reasons = vec![
        Reason::new(
            Driver::Memory,
            format!("{} for a day's data and {connections} connections; {} has {} that it shares with no app", needed.memory.binary(), class.name, class.memory.binary()),
        ),
        Reason::new(Driver::Cpu, format!("queries need {needed}; {} sustains {} vCPU", class.name, number(class.sustained_vcpu()))),
        alone.reason(),
    ];
    reasons.extend(instead(class, alone.smaller, request));
    Ok((DatabaseServer { class: class.clone() }, reasons))
}

/// The next smaller class of the family, and what it lacks; of the smallest the next larger, and what it costs.
fn instead(class: &Class, lack: Option<Rejection>, request: &Request) -> Option<Reason> {
    let family = request.catalog.classes(&class.family);
    let below = family.iter().filter(|other| other.memory < class.memory).max_by_key(|other| other.memory);
    if let (Some(below), Some(lack)) = (below, lack) {
        return Some(Reason::instead(Driver::Memory, format!("{}: {lack}", below.name)));
    }
    let above = family.iter().filter(|other| other.memory > class.memory).min_by_key(|other| other.memory)?;
    let prices = request.catalog.prices().ok()?;
    let month = |class: &Class| prices.monthly(&Offering::Ec2.key(class), &request.region.region).ok();
    let more = month(above)? - month(class)?;
    Some(Reason::instead(Driver::Cost, format!("{} has {}, and costs {more} more a month", above.name, above.memory.binary())))
}

/// Connections that the app opens when it is scaled out.
fn connections(load: &Load) -> u64 {
    Connections::of(load, &load.stressed(), 1).most
}

fn queries(load: &Load) -> PerSecond {
    load.database_reads + load.database_writes
}

fn memory(load: &Load, connections: u64) -> Bytes {
    BASE_MEMORY + load.working_set_bytes + CONNECTION_MEMORY.scaled(connections as f64)
}

fn needs(load: &Load) -> Needs {
    Needs { vcpu: sizing::vcpus(load, &load.stressed(), queries), memory: memory(load, connections(load)), connections: 0 }
}

fn server() -> Id<ec2::Instance> {
    Id::new("DatabaseServer")
}

impl Component for DatabaseServer {
    fn name(&self) -> &'static str {
        "database_server"
    }

    fn label(&self) -> &'static str {
        "Database host"
    }

    fn size(&self) -> Size {
        Size { count: Some(1), class: Some(self.class.name.clone()), note: "one zone, no internet".to_owned() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers { variables: vec![Variable::new("DATABASE_HOST", server().private_ip())], ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let (Some(network), Some(volume)) = (&offers.network, &offers.volume) else { return };
        database::put_group(site, network, offers, layers);
        endpoints(site, offers, layers);
        admin_endpoint(site, network, layers);
        let profile = identity(offers, layers, site);
        let secret = database::secret_variable(site, "").arn;
        let clients = Clients::Range(&network.cidr);
        let model = host::instance(
            site,
            host::Single {
                class: &self.class.name,
                image: layers.image(Layer::Data, "DatabaseServerImageId", host::IMAGE, false),
                profile: &profile,
                subnet: &network.data[0],
                group: &database::group(),
                key: offers.key.as_ref(),
                user_data: Script::default().database(&Database { volume, secret, clients }).measured(Measured::Instance).user_data(),
                suffix: "database",
            },
        );
        let why = "The database has memory of its own; it is kept when the next phase no longer has it, until its data has moved";
        layers.put(Layer::Data, &server(), why, Resource::new(model).retain());
        let model = ec2::VolumeAttachment::new(server().reference(), volume.reference()).device("/dev/sdf");
        let why = "Gives the host the database's files, last of all, because another host may have had them until now";
        layers.put(Layer::Ops, &Id::<ec2::VolumeAttachment>::new("DatabaseServerVolumeAttachment"), why, Resource::new(model).retain());
    }

    fn line_items(&self, _site: &Site, _offers: &Offers, _load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let key = Offering::Ec2.key(&self.class);
        let host = about(format!("Database host, {}", self.class.name), &key, Kind::Compute, "1 × 730 h");
        bill.machines(1, host, Some(Commitment::ComputeSavingsPlan))?;
        let disk = about("Database host, root disk", "ebs.gp3.storage", Kind::Storage, format!("1 × {} GiB gp3", host::ROOT_GIB));
        bill.standing(host::ROOT_GIB, disk)?;
        let (detailed, told) = METRICS;
        let metrics = about("Database host, metrics", "cloudwatch.metric", Kind::Operations, format!("{detailed} of EC2, {told} of its agent"));
        bill.tiered(None, Basis::Standing, (detailed + told).into(), metrics)?;
        let services = ENDPOINTS.len();
        let endpoints = about("Interface endpoints of the database host", "interface_endpoint.hour", Kind::Transfer, format!("{services} in 1 zone × 730 h"));
        bill.machines(services as u64, endpoints, None)
    }

    fn ceilings(&self, _site: &Site) -> Vec<Ceiling> {
        let gib = |bytes: Bytes| bytes.as_f64() / Bytes::GIB as f64;
        let larger = "plan again: a larger class replaces the host, and the data moves with its volume";
        vec![
            Ceiling::fixed("CPU", Driver::Cpu, "vCPU", self.class.sustained_vcpu(), |load: &Load| {
                sizing::busy(load, queries(load))
            })
            .within("ec2.on_demand_standard_vcpu", f64::from(self.class.vcpu))
            .served_by(self.class.sustained_vcpu(), Pool::database)
            .then(larger),
            Ceiling::fixed("memory", Driver::Memory, "GiB", gib(self.class.memory), move |load: &Load| {
                gib(memory(load, load.connections))
            })
            .then(larger),
            Ceiling::fixed("connections", Driver::Connections, "connections", database::HOST_CONNECTIONS as f64, |load: &Load| {
                load.connections as f64
            })
            .then("make the app's pools smaller, or move to a later phase"),
        ]
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        vec![Reliance::new("EC2, the database's host", "ec2.instance", Way::Region), database::secret_reliance()]
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let mut metrics = host::single_metrics("DatabaseServer", "Database host", &server());
        metrics.extend(host::single_fullness("DatabaseServer", "Database host", &server()));
        metrics
    }
}

/// The host's role and profile, kept as long as the host itself.
fn identity(offers: &Offers, layers: &mut Layers, site: &Site) -> Id<iam::InstanceProfile> {
    let secret = database::secret_variable(site, "");
    let mut statements = vec![Statement::allow(["secretsmanager:GetSecretValue"]).on(secret.arn).sid("ReadPassword")];
    if let Some(key) = &offers.key {
        let via = Val::sub("secretsmanager.${AWS::Region}.amazonaws.com");
        statements.push(Statement::allow(["kms:Decrypt"]).on(key.arn()).when("StringEquals", "kms:ViaService", via).sid("DecryptPassword"));
    }
    statements.extend(host::measures(Measured::Instance));
    let role: Id<iam::Role> = Id::new("DatabaseServerRole");
    let model = iam::Role::new(policy::assumable_by("ec2.amazonaws.com"))
        .policies([iam::role::Policy::new(Document::of(statements), "access")]);
    layers.put(Layer::Data, &role, "The host may read the database's password, tell its figures, and nothing else", Resource::new(model).retain());
    let profile: Id<iam::InstanceProfile> = Id::new("DatabaseServerProfile");
    let model = iam::InstanceProfile::new([role.reference()]);
    layers.put(Layer::Data, &profile, "The machine gets short-lived credentials of its role instead of keys", Resource::new(model).retain());
    profile
}

/// The port of SSH, open to the endpoint alone.
const SSH: u16 = 22;

/// A way in for people: `aws ec2-instance-connect ssh --connection-type eice` asks IAM, pushes a key for a minute, and tunnels. It costs nothing,
/// where Session Manager would want three interface endpoints of about 7 USD a month each.
fn admin_endpoint(site: &Site, network: &NetworkOffer, layers: &mut Layers) {
    let group: Id<ec2::SecurityGroup> = Id::new("AdminEndpointSecurityGroup");
    recipe::security_group(site, network, layers, &group, "admin", "Administration of hosts without internet");
    recipe::let_in(layers, "DatabaseFromAdminEndpoint", &database::group(), &group, SSH, "Administrators reach the database's host");
    let model = ec2::InstanceConnectEndpoint::new(network.data[0].reference())
        .preserve_client_ip(false)
        .security_group_ids([group.group_id()])
        .tags(name_tag(site, "admin"));
    let why = "People whom IAM lets reach the database's host, without a key, a public address or a bastion";
    layers.put(Layer::Network, &Id::<ec2::InstanceConnectEndpoint>::new("AdminEndpoint"), why, model);
}

/// What the host talks to, each by an endpoint in its own zone.
const ENDPOINTS: [(&str, &str, &str); 2] = [
    ("SecretsEndpoint", "secretsmanager", "The database's host fetches its password without a way to the internet"),
    ("MetricsEndpoint", "monitoring", "The database's host tells how full its memory and disks are, without a way to the internet"),
];

/// Secrets Manager and CloudWatch inside the VPC: the host has no other way to them. Everything in the VPC uses them as soon as they are there.
fn endpoints(site: &Site, offers: &Offers, layers: &mut Layers) {
    let Some(network) = &offers.network else { return };
    let group: Id<ec2::SecurityGroup> = Id::new("SecretsEndpointSecurityGroup");
    recipe::security_group(site, network, layers, &group, "secrets", "Secrets Manager endpoint");
    let about = "Hosts in the VPC reach Secrets Manager";
    let ingress = ec2::SecurityGroupIngress::new("tcp")
        .group_id(group.group_id())
        .cidr_ip(&network.cidr)
        .from_port(443)
        .to_port(443)
        .description(about);
    layers.put(Layer::Network, &Id::<ec2::SecurityGroupIngress>::new("SecretsEndpointFromVpc"), about, ingress);
    for (id, service, why) in ENDPOINTS {
        let endpoint = ec2::VPCEndpoint::new(network.vpc.reference())
            .service_name(Val::sub(format!("com.amazonaws.${{AWS::Region}}.{service}")))
            .vpc_endpoint_type(ec2::vpc_endpoint::VpcEndpointType::Interface)
            .private_dns_enabled(true)
            .subnet_ids([network.data[0].reference()])
            .security_group_ids([group.group_id()])
            .tags(name_tag(site, service));
        layers.put(Layer::Network, &Id::<ec2::VPCEndpoint>::new(id), why, endpoint);
    }
}
