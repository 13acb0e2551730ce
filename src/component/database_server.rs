//! PostgreSQL on a host of its own: memory-optimised, without a way to the internet, reached by the app alone.

use cfn::policy::{self, Document, Statement};
use cfn::resource::{ec2, iam};
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use crate::catalog::sizing::Needs;
use crate::component::{Component, Driver, Layer, Layers, Metric, NetworkOffer, Offers, Reason, Request, Site, Size, Unplaceable, Variable, name_tag};
use crate::recipe::host::alone;
use crate::recipe::host::script::{Clients, Database, Measured, Script};
use crate::recipe::{self, database, host};
use crate::units::Bytes;
use crate::workload::Load;

/// A phase file says nothing of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The sized host.
#[derive(Debug)]
pub struct DatabaseServer {
    class: String,
}

/// Memory-optimised families.
const FAMILIES: &[&str] = &["r7g", "r8g"];

/// Memory of one open connection: a process of its own with its work memory.
const CONNECTION_MEMORY: Bytes = Bytes(10 * Bytes::MIB);

/// Memory of the system with its agents, and of PostgreSQL itself.
const BASE_MEMORY: Bytes = Bytes(Bytes::GIB);

/// The host holds what is used in a day in memory.
///
/// # Errors
/// When no class carries the load.
pub fn size(_settings: &Settings, request: &Request) -> Result<(DatabaseServer, Vec<Reason>), Unplaceable> {
    let load = request.load;
    let alone = alone::size("database_server", request, FAMILIES, &needs)?;
    let (class, needed) = (alone.class, needs(load));
    let reasons = vec![
        Reason::new(
            Driver::Memory,
            format!("{} for a day's data and {} connections; {} has {} that it shares with no app", needed.memory.binary(), load.connections, class.name, class.memory.binary()),
        ),
        Reason::new(Driver::Cpu, format!("queries need {needed}; {} sustains {} vCPU", class.name, crate::units::number(class.sustained_vcpu()))),
        alone.reason(),
    ];
    Ok((DatabaseServer { class: class.name.clone() }, reasons))
}

fn needs(load: &Load) -> Needs {
    let vcpu = load.database_vcpus_for(load.database_reads + load.database_writes);
    let memory = BASE_MEMORY + load.working_set_bytes + CONNECTION_MEMORY.scaled(load.connections as f64);
    Needs { vcpu, memory, connections: 0 }
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
        Size { count: Some(1), class: Some(self.class.clone()), note: "one zone, no internet".to_owned() }
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
                class: &self.class,
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
    let services = [
        ("SecretsEndpoint", "secretsmanager", "The database's host fetches its password without a way to the internet"),
        ("MetricsEndpoint", "monitoring", "The database's host tells how full its memory and disks are, without a way to the internet"),
    ];
    for (id, service, why) in services {
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
