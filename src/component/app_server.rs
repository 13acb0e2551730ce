//! The single host of the first phases: the app's container, and at launch the database beside it.

use cfn::resource::{ec2, logs};
use cfn::{Id, Val};
use serde::Deserialize;

use crate::catalog::sizing::{Needs, Rejection};
use crate::catalog::{Class, MissingPrice};
use crate::component::{
    Address, Bill, Ceiling, Component, Driver, Kind, Layer, Layers, Metric, Offers, Reason, Reliance, Request, Role, Site, Size, Unplaceable,
    Variable, Way, about,
};
use crate::recipe::host::alone;
use crate::recipe::host::fleet::APP_FAMILIES;
use crate::recipe::host::script::{Clients, Database, HOST_OF_CONTAINER, Measured, Publish, Script};
use crate::recipe::{self, application, host};
use crate::units::Bytes;
use crate::workload::{Load, MEASURED_UTILISATION};

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
    class: Class,
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
    let class = &alone.class.name;
    let text = format!("{what} {}; {class} is the cheapest class that has it", needs(settings, request.load));
    let mut reasons = vec![Reason::new(driver, text), alone.reason()];
    reasons.extend(alone.instead());
    Ok((AppServer { class: alone.class.clone(), database: settings.database }, reasons))
}

/// Enough for the peak at its target and, because nothing scales here by itself, for the stress case at full tilt.
fn needs(settings: &Settings, load: &Load) -> Needs {
    let queries = load.database_reads + load.database_writes;
    let database = if settings.database { load.database_vcpus_for(queries) } else { 0.0 };
    let full = Full::of(settings.database, load);
    let app = load.app_vcpus.max(full.app * load.requests_ceiling().get());
    let vcpu = (load.app_vcpus + database).max(full.all() * load.requests_ceiling().get());
    Needs { vcpu, memory: memory(settings.database, load, app), connections: 0 }
}

fn memory(database: bool, load: &Load, app_vcpus: f64) -> Bytes {
    let app = load.app_host_memory(app_vcpus);
    if database { app + DATABASE_MEMORY + load.working_set_bytes } else { app }
}

/// vCPUs, used to the full, that one request a second takes.
struct Full {
    app: f64,
    database: f64,
}

impl Full {
    fn of(database: bool, load: &Load) -> Full {
        let a = &load.assumptions;
        let database = if database { a.queries_per_request() * MEASURED_UTILISATION / a.transactions_per_vcpu() } else { 0.0 };
        Full { app: MEASURED_UTILISATION / a.requests_per_vcpu(), database }
    }

    fn all(&self) -> f64 {
        self.app + self.database
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
        Size { count: Some(1), class: Some(self.class.name.clone()), note: "one zone".to_owned() }
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
                class: &self.class.name,
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

    fn line_items(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let figures = if self.database { 3 } else { 2 };
        host::bill::single(self.label(), &self.class.name, figures, bill)?;
        bill.machines(1, about("Elastic IP", "public_ipv4.hour", Kind::Transfer, "1 × 730 h"), None)?;
        host::bill::app_logs(site, load, bill)?;
        match offers.outermost() {
            Some(Address::Host(_)) => host::bill::to_the_internet(site, load, bill),
            _ => Ok(()),
        }
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        let (part, database, class) = (site.part(), self.database, &self.class);
        let sustained = class.sustained_vcpu();
        // In vCPUs, because what a request takes follows the assumptions of the load that asks.
        let processors = Ceiling::fixed("processors", Driver::Cpu, "vCPU", sustained, move |load| {
            Full::of(database, load).all() * load.requests_peak.get() * part
        });
        let gib = Bytes::GIB as f64;
        let used = move |load: &Load| memory(database, load, Full::of(database, load).app * load.requests_peak.get() * part).as_f64() / gib;
        let memory = Ceiling::fixed("memory", Driver::Memory, "GiB", class.memory.as_f64() / gib, used);
        let then = "plan for more users: a larger class replaces it, and after the largest a phase with more machines";
        vec![processors.within("ec2.on_demand_standard_vcpu", f64::from(class.vcpu)).then(then), memory.then(then)]
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        vec![Reliance::new("EC2, one host", "ec2.instance", Way::Region)]
    }
}
