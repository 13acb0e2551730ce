//! Web servers: machines in several zones behind the load balancer that replace one another, and from 10k on scale by themselves.

use cfn::resource::autoscaling::{self, auto_scaling_group as group, scaling_policy as scaling};
use cfn::resource::elasticloadbalancingv2::{self as elb, target_group::TargetType};
use cfn::resource::{ec2, logs};
use cfn::{Id, Resource};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, FrontDoor, Layer, Layers, Metric, Offers, Reason, Reliance, Request, Role, Site, Size, Target, Tier,
    Unplaceable, Way,
};
use crate::recipe::host::fleet::{self, APP_FAMILIES, Fleet, Loss, Order, Stands, zones_in_words};
use crate::recipe::host::script::{Measured, Publish, Script};
use crate::recipe::{self, application, host, target};
use crate::units::number;
use crate::workload::Load;

/// How the number of machines is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Scaling {
    /// As many as were planned; a lost one is replaced.
    Fixed,
    /// More when they are busy or asked much, fewer when not.
    Tracking,
}

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How the number of machines is decided.
    scaling: Scaling,
}

/// The sized group.
#[derive(Debug)]
pub struct WebServers {
    fleet: Fleet,
    scaling: Scaling,
    zones: usize,
    /// Requests a minute that one machine is to answer.
    requests_per_minute: f64,
}

/// Seconds from the start of a machine until it answers: boot, Docker, image.
const WARM_UP_SECONDS: i64 = 240;

/// How long a rolling update waits for each new machine, in the notation of CloudFormation.
const PAUSE: &str = "PT5M";

/// The same number in every zone, so that the loss of one leaves enough.
///
/// # Errors
/// When no class carries its part, or the user's variables are too long.
pub fn size(settings: &Settings, request: &Request) -> Result<(WebServers, Vec<Reason>), Unplaceable> {
    application::fits("web_servers", request.settings)?;
    let load = request.load;
    let order = Order {
        component: "web_servers",
        families: APP_FAMILIES,
        zones: request.zones,
        loss: Loss::Carried,
        vcpu_seconds: 1.0 / load.requests_per_vcpu_at_target(),
        stands: if settings.scaling == Scaling::Fixed { Stands::Peak } else { Stands::Mean },
        spot_percent: 0,
        disk: host::ROOT_GIB,
    };
    let fleet = fleet::fleet(request, &order)?;
    let zones = zones_in_words(request.zones);
    let peak = number(load.requests_peak.get());
    let mut reasons = Vec::new();
    if fleet.count > request.zones as u64 {
        reasons.push(Reason::new(Driver::Cpu, format!("{peak} requests a second at peak with one zone gone; {}", fleet.words())));
    } else {
        let text = format!("{zones}, load alone would need {}; that is {peak} requests a second at peak", fleet.alone);
        reasons.push(Reason::new(Driver::Availability, text));
        let text = format!("{} is the cheapest that carries its part; it has memory for the system and one worker", fleet.class);
        reasons.push(Reason::new(Driver::Memory, text));
    }
    if settings.scaling == Scaling::Tracking {
        let text = format!(
            "scales from {} to {}; the most carry the stress case of {} requests a second",
            fleet.least,
            fleet.most,
            number(load.requests_ceiling().get())
        );
        reasons.push(Reason::new(Driver::Throughput, text));
    }
    reasons.extend(fleet.instead.iter().cloned());
    // So many that those who are left when a zone is gone are at their target, and no more.
    let requests_per_minute = (load.requests_per_vcpu_at_target() * fleet.carries * fleet.left() * 60.0).round().max(1.0);
    Ok((WebServers { fleet, scaling: settings.scaling, zones: request.zones, requests_per_minute }, reasons))
}

fn servers() -> Id<autoscaling::AutoScalingGroup> {
    Id::new("WebServers")
}

fn web_group() -> Id<elb::TargetGroup> {
    Id::new("WebTargetGroup")
}

impl WebServers {
    fn template(&self, site: &Site, offers: &Offers, layers: &mut Layers) -> Id<ec2::LaunchTemplate> {
        let container = &site.settings.container;
        let logs: Id<logs::LogGroup> = Id::new("AppLogGroup");
        recipe::log_group(layers, Layer::App, &logs, recipe::LOG_DAYS, "What the app says can be read without logging in, for a month");
        let mut statements = application::statements(offers, Role::App);
        statements.push(recipe::writes_logs(&logs));
        statements.extend(host::measures(Measured::Group));
        statements.extend(application::pulls(&container.image));
        let profile = host::identity(layers, Layer::App, "WebServers", statements, &[]);
        let environment = application::environment(container, offers, Role::App, &[]);
        let script = Script::default().app(container, &environment, &logs, Publish::Port(container.port)).measured(Measured::Group);
        let mould = host::Mould {
            class: &self.fleet.class,
            image: layers.image(Layer::App, "WebServersImageId", host::IMAGE, true),
            profile: &profile,
            group: &recipe::app_group(),
            user_data: script.user_data(),
            disk: host::ROOT_GIB,
            suffix: "web",
        };
        let template: Id<ec2::LaunchTemplate> = Id::new("WebServersLaunchTemplate");
        layers.put(Layer::App, &template, "Every web server is made alike, so that any can replace any", host::launch_template(site, mould));
        template
    }

    fn policies(&self, door: &FrontDoor, layers: &mut Layers) {
        use scaling::PredictiveScalingPredefinedScalingMetricPredefinedMetricType as Kind;
        let requests = scaling::PredefinedMetricSpecification::new(Kind::AlbRequestCountPerTarget)
            .resource_label(target::label(&door.balancer, &web_group()));
        let policies = [
            (
                "WebServersCpuPolicy",
                "More servers before the processors are full, fewer when they idle",
                scaling::PredefinedMetricSpecification::new(Kind::AsgAverageCpuUtilization),
                self.fleet.scaling_target(),
            ),
            (
                "WebServersRequestsPolicy",
                "More servers when each is asked more than one can answer, even before the processors show it",
                requests,
                self.requests_per_minute,
            ),
        ];
        for (id, why, metric, value) in policies {
            let tracking = scaling::TargetTrackingConfiguration::new(value).predefined_metric_specification(metric);
            let model = autoscaling::ScalingPolicy::new(servers().reference())
                .policy_type(scaling::PolicyType::TargetTrackingScaling)
                .target_tracking_configuration(tracking);
            let resource = Resource::new(model).after(door.rule_for("Web").name());
            layers.put(Layer::App, &Id::<autoscaling::ScalingPolicy>::new(id), why, resource);
        }
    }
}

impl Component for WebServers {
    fn name(&self) -> &'static str {
        "web_servers"
    }

    fn label(&self) -> &'static str {
        "Web servers"
    }

    fn size(&self) -> Size {
        let zones = zones_in_words(self.zones);
        let note = match self.scaling {
            Scaling::Fixed => zones,
            Scaling::Tracking => format!("{zones}, scales {} to {}", self.fleet.least, self.fleet.most),
        };
        Size { count: Some(self.fleet.count), class: Some(self.fleet.class.clone()), note }
    }

    fn offers(&self, _site: &Site) -> Offers {
        let web = Target { name: "Web".to_owned(), paths: Vec::new(), group: web_group(), alternate: None, whole: Some(servers()), internal: false };
        Offers { callers: vec![recipe::app_caller()], targets: vec![web], ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let (Some(network), Some(door)) = (&offers.network, &offers.front_door) else { return };
        let container = &site.settings.container;
        let app = recipe::app_group();
        recipe::security_group(site, network, layers, &app, "app", "App");
        recipe::let_in(layers, "AppFromLoadBalancer", &app, &door.group, container.port, "The load balancer reaches the app");
        let why = "The load balancer sends requests only to servers that answer";
        layers.put(Layer::App, &web_group(), why, target::group(site, network, container, TargetType::Instance, Some(door), "web"));

        let template = self.template(site, offers, layers);
        let mut model = autoscaling::AutoScalingGroup::new(self.fleet.most.to_string(), self.fleet.least.to_string())
            .vpc_zone_identifier(network.subnets(Tier::Private, self.zones))
            .launch_template(host::newest(&template))
            .target_group_arns([web_group().target_group_arn()])
            .health_check_type("ELB")
            .health_check_grace_period(WARM_UP_SECONDS)
            .default_instance_warmup(WARM_UP_SECONDS)
            .metrics_collection([group::MetricsCollection::new("1Minute")])
            .tags(host::group_tag(site, "web"));
        if self.scaling == Scaling::Fixed {
            model = model.desired_capacity(self.fleet.least.to_string());
        }
        // A group of fixed size has no room for one more: it goes without one machine for a while, which it is sized for.
        let in_service = if self.fleet.most > self.fleet.least { self.fleet.least } else { self.fleet.least.saturating_sub(1) };
        let resource = Resource::new(model).update_policy(host::rolling_update(in_service, PAUSE));
        let why = format!("A server that fails is replaced, and the loss of one of {} leaves enough", zones_in_words(self.zones));
        layers.put(Layer::App, &servers(), why, resource);
        if self.scaling == Scaling::Tracking {
            self.policies(door, layers);
        }
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let mut metrics = target::metrics("Web", "Web servers", &web_group(), &target::public_balancer());
        metrics.extend(host::group_metrics("WebServers", "Web servers", &servers(), self.fleet.least));
        metrics
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let running = self.fleet.running(load, site.part());
        running.line_items(self.label(), &self.fleet.class, host::ROOT_GIB, bill)?;
        host::bill::figures(self.label(), host::bill::GROUP_FIGURES, bill)?;
        host::bill::app_logs(site, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        let then = match self.scaling {
            Scaling::Fixed => "plan for more users: more or larger servers, and later a phase in which they come by themselves",
            Scaling::Tracking => "plan for more users: the group may have more servers then, or larger ones",
        };
        self.fleet.ceilings(("requests/s", 1.0), site.part(), then).into()
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        vec![Reliance::new(format!("EC2, in {}", zones_in_words(self.zones)), "ec2.region", Way::Region)]
    }
}
