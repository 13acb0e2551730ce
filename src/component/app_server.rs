//! The single host of the first phases: the app's container, and at launch the database beside it.

use cfn::resource::{ec2, logs};
use cfn::{Id, Val};
use serde::Deserialize;

use crate::catalog::sizing::{Needs, Rejection};
use crate::component::{
    Address, Component, Driver, Layer, Layers, Metric, Offers, Reason, Request, Role, Site, Size, Unplaceable, Variable,
};
use crate::recipe::host::alone;
use crate::recipe::host::fleet::APP_FAMILIES;
use crate::recipe::host::script::{Clients, Database, HOST_OF_CONTAINER, Measured, Publish, Script};
use crate::recipe::{self, application, host};
use crate::units::Bytes;
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether PostgreSQL runs on it too.
    database: bool,
}

/// The sized host.
#[derive(Debug)]
pub struct AppServer {
    class: String,
    database: bool,
}

/// Memory that PostgreSQL takes beside its share of the data: its processes and buffers.
const DATABASE_MEMORY: Bytes = Bytes(256 * Bytes::MIB);

/// HTTP and HTTPS.
const PORTS: [(&str, u16); 2] = [("AppFromInternet", 80), ("AppFromInternetByHttps", 443)];

/// One class carries everything; the next larger one is taken when the load asks for it.
///
/// # Errors
/// When no class carries the load, or the user's variables are too long.
pub fn size(settings: &Settings, request: &Request) -> Result<(AppServer, Vec<Reason>), Unplaceable> {
    application::fits("app_server", request.settings)?;
    let alone = alone::size("app_server", request, APP_FAMILIES, &|load| needs(settings, load))?;
    let what = if settings.database { "app and database together need" } else { "the app alone needs" };
    let driver = match alone.smaller {
        Some(Rejection::Vcpu { .. }) => Driver::Cpu,
        Some(_) => Driver::Memory,
        None => Driver::Cost,
    };
    let class = alone.class.name.clone();
    let text = format!("{what} {}; {class} is the cheapest class that has it", needs(settings, request.load));
    let reasons = vec![Reason::new(driver, text), alone.reason()];
    Ok((AppServer { class, database: settings.database }, reasons))
}

fn needs(settings: &Settings, load: &Load) -> Needs {
    let app = load.app_host_memory(load.app_vcpus);
    if !settings.database {
        return Needs { vcpu: load.app_vcpus, memory: app, connections: 0 };
    }
    let queries = load.database_reads + load.database_writes;
    Needs {
        vcpu: load.app_vcpus + load.database_vcpus_for(queries),
        memory: app + DATABASE_MEMORY + load.working_set_bytes,
        connections: 0,
    }
}

fn server() -> Id<ec2::Instance> {
    Id::new("AppServer")
}

fn address() -> Id<ec2::EIP> {
    Id::new("AppAddress")
}

impl AppServer {
    fn script(&self, site: &Site, offers: &Offers, group: &Id<logs::LogGroup>) -> Val<String> {
        let container = &site.settings.container;
        let environment = application::environment(container, offers, Role::App, &[]);
        let publish = site.settings.domain.as_deref().map_or(Publish::Port(80), Publish::Https);
        let script = Script::default().app(container, &environment, group, publish);
        let script = match (&offers.volume, recipe::database::secret_variable(site, "").arn) {
            (Some(volume), secret) if self.database => script.database(&Database { volume, secret, clients: Clients::SameHost }),
            _ => script,
        };
        script.measured(Measured::Instance).user_data()
    }
}

impl Component for AppServer {
    fn name(&self) -> &'static str {
        "app_server"
    }

    fn label(&self) -> &'static str {
        if self.database { "App and database" } else { "App host" }
    }

    fn size(&self) -> Size {
        Size { count: Some(1), class: Some(self.class.clone()), note: "one zone".to_owned() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        let variables = if self.database { vec![Variable::new("DATABASE_HOST", HOST_OF_CONTAINER)] } else { Vec::new() };
        Offers { callers: vec![recipe::app_caller()], addresses: vec![Address::Host(address())], variables, ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(network) = &offers.network else { return };
        let group = recipe::app_group();
        recipe::security_group(site, network, layers, &group, "app", "App");
        let https = site.settings.domain.is_some();
        for (rule, port) in PORTS.into_iter().filter(|(_, port)| *port == 80 || https) {
            let about = format!("Users reach the app on port {port}");
            let ingress = ec2::SecurityGroupIngress::new("tcp")
                .group_id(group.group_id())
                .cidr_ip("0.0.0.0/0")
                .from_port(i64::from(port))
                .to_port(i64::from(port))
                .description(&about);
            layers.put(Layer::Network, &Id::<ec2::SecurityGroupIngress>::new(rule), about, ingress);
        }

        let logs: Id<logs::LogGroup> = Id::new("AppLogGroup");
        recipe::log_group(layers, Layer::App, &logs, recipe::LOG_DAYS, "What the app says can be read without logging in, for a month");
        let mut statements = application::statements(offers, Role::App);
        statements.push(recipe::writes_logs(&logs));
        statements.extend(host::measures(Measured::Instance));
        statements.extend(application::pulls(&site.settings.container.image));
        let profile = host::identity(layers, Layer::App, "AppServer", statements, &[]);

        let model = host::instance(
            site,
            host::Single {
                class: &self.class,
                image: layers.image(Layer::App, "AppServerImageId", host::IMAGE, false),
                profile: &profile,
                subnet: &network.public[0],
                group: &group,
                key: offers.key.as_ref(),
                user_data: self.script(site, offers, &logs),
                suffix: "app",
            },
        );
        let why = if self.database { "The whole app on one machine: the simplest thing that works" } else { "The app, without a database to share memory with" };
        layers.put(Layer::App, &server(), why, model);

        let model = ec2::EIP::new().domain("vpc").tags(crate::component::name_tag(site, "app"));
        layers.put(Layer::App, &address(), "An address that stays when the machine is replaced", model);
        let model = ec2::EIPAssociation::new().allocation_id(address().allocation_id()).instance_id(server().reference());
        layers.put(Layer::App, &Id::<ec2::EIPAssociation>::new("AppAddressAssociation"), "Leads the address to the machine", model);
        if let (Some(volume), true) = (&offers.volume, self.database) {
            let model = ec2::VolumeAttachment::new(server().reference(), volume.reference()).device("/dev/sdf");
            let why = "Gives the machine the database's files; without it they stay, and another machine can take them";
            layers.put(Layer::App, &Id::<ec2::VolumeAttachment>::new("AppServerVolumeAttachment"), why, model);
        }
        let url = match &site.settings.domain {
            Some(domain) => Val::from(format!("https://{domain}")),
            None => Val::sub(format!("http://${{{}.PublicIp}}", address().name())),
        };
        layers.tell_address(Layer::App, "AppUrl", url, "Where users reach the app");
        layers.tell(Layer::App, "AppServerId", server().reference(), "The app's host, for a session: aws ssm start-session --target");
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let mut metrics = host::single_metrics("AppServer", "App host", &server());
        metrics.extend(host::single_fullness("AppServer", "App host", &server()));
        metrics
    }
}
