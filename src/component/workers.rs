//! Workers: machines that work off the queue; how many there are follows from how much waits for each. Most of them are Spot: a job whose
//! machine is taken back goes to the queue again.

use cfn::resource::autoscaling::{self, auto_scaling_group as group, scaling_policy as scaling};
use cfn::resource::{ec2, logs, sqs};
use cfn::{Id, Resource};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, Layer, Layers, Metric, Offers, Reason, Reliance, Request, Role, Site, Size, Tier, Unplaceable, Way,
};
use crate::recipe::host::fleet::{self, APP_FAMILIES, Fleet, Loss, Order, Stands, zones_in_words};
use crate::recipe::host::script::{Measured, Publish, Script};
use crate::recipe::host::spot::{self, Mix};
use crate::recipe::{self, application, host};
use crate::units::number;
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Of the workers above half of the least, how many in a hundred are Spot.
    spot_percent: u32,
}

/// The sized group.
#[derive(Debug)]
pub struct Workers {
    fleet: Fleet,
    mix: Mix,
    zones: usize,
    /// Jobs that a request puts on the queue.
    jobs: f64,
    /// Jobs that may wait for each worker.
    backlog: f64,
}

/// Seconds that a job may wait before it is done, at the most, while workers are added.
const WAIT_SECONDS: f64 = 60.0;

/// Background work stands in two zones: a lost zone delays it, and the queue keeps what waits.
const ZONES: usize = 2;

/// Seconds from the start of a machine until it takes its first job.
const WARM_UP_SECONDS: i64 = 240;

/// How long a rolling update waits for each new machine, in the notation of CloudFormation.
const PAUSE: &str = "PT5M";

/// Seconds that a worker is kept when the group scales in or replaces it: it is told, and has as long to finish its job.
const FAREWELL_SECONDS: i64 = 120;

/// As many as work off the jobs of the peak hour, in two zones.
///
/// # Errors
/// When no class carries its part, or the user's variables are too long.
pub fn size(settings: &Settings, request: &Request) -> Result<(Workers, Vec<Reason>), Unplaceable> {
    application::fits("workers", request.settings)?;
    let load = request.load;
    // A job takes the processor as long as a function call does, and machines are filled to the app's target.
    let seconds = request.assumptions.function_milliseconds() / 1_000.0;
    let jobs = request.assumptions.messages_per_request();
    let zones = request.zones.min(ZONES);
    let order = Order {
        component: "workers",
        families: APP_FAMILIES,
        zones,
        loss: Loss::Delayed,
        vcpu_seconds: jobs * seconds / request.assumptions.utilisation_target_app(),
        stands: Stands::Mean,
        spot_percent: settings.spot_percent,
        disk: host::ROOT_GIB,
    };
    let fleet = fleet::fleet(request, &order)?;
    let (least, most) = (fleet.least, fleet.most);
    let backlog = (WAIT_SECONDS / seconds * fleet.carries * request.assumptions.utilisation_target_app()).round().max(1.0);
    let in_zones = zones_in_words(zones);
    let at_peak = format!("{} jobs a second at peak, {} ms each", number(load.messages_peak.get()), number(seconds * 1_000.0));
    let first = if fleet.count > zones as u64 {
        Reason::new(Driver::Throughput, format!("{} jobs a second at peak; at {} ms each, {}", number(load.messages_peak.get()), number(seconds * 1_000.0), fleet.words()))
    } else {
        Reason::new(Driver::Availability, format!("{in_zones}, load alone would need {}; that is {at_peak}", fleet.alone))
    };
    let text = format!("scales from {least} to {most}; no more than {} jobs wait for each, a minute's work", number(backlog));
    let mix = spot::mix("workers", request, APP_FAMILIES, &fleet.class, fleet.base(), settings.spot_percent)?;
    let spare = format!("{}: a job whose machine is taken back goes to the queue again", mix.words());
    let mut reasons = vec![first, Reason::new(Driver::Throughput, text), Reason::new(Driver::Cost, spare)];
    reasons.extend(fleet.instead.iter().cloned());
    Ok((Workers { fleet, mix, zones, jobs, backlog }, reasons))
}

fn workers() -> Id<autoscaling::AutoScalingGroup> {
    Id::new("Workers")
}

impl Workers {
    fn template(&self, site: &Site, offers: &Offers, layers: &mut Layers) -> Id<ec2::LaunchTemplate> {
        let container = &site.settings.container;
        let logs: Id<logs::LogGroup> = Id::new("WorkersLogGroup");
        recipe::log_group(layers, Layer::App, &logs, recipe::LOG_DAYS, "What the workers say is kept for a month, apart from the app's");
        let mut statements = application::statements(offers, Role::Worker);
        statements.push(recipe::writes_logs(&logs));
        statements.extend(host::measures(Measured::Group));
        statements.extend(application::pulls(&container.image));
        let profile = host::identity(layers, Layer::App, "Workers", statements, &[]);
        let environment = application::environment(container, offers, Role::Worker, &[]);
        let script = Script::default().app(container, &environment, &logs, Publish::Nothing).heeds_notice().measured(Measured::Group);
        let mould = host::Mould {
            class: &self.fleet.class,
            image: layers.image(Layer::App, "WorkersImageId", host::IMAGE, true),
            profile: &profile,
            group: &recipe::worker_group(),
            user_data: script.user_data(),
            disk: host::ROOT_GIB,
            suffix: "worker",
        };
        let template: Id<ec2::LaunchTemplate> = Id::new("WorkersLaunchTemplate");
        layers.put(Layer::App, &template, "Every worker is made alike, so that any can replace any", host::launch_template(site, mould));
        template
    }

    /// As many workers as keep the jobs that wait for each at the target: a minute's work, however long the queue is.
    fn policy(&self, queue: &Id<sqs::Queue>, layers: &mut Layers) {
        let stat = |namespace: &str, metric: &str, dimension: &str, value, statistic: &str| {
            let metric = scaling::Metric::new(metric, namespace).dimensions([scaling::MetricDimension::new(dimension, value)]);
            scaling::TargetTrackingMetricStat::new(metric, statistic)
        };
        let waiting = stat("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue.queue_name(), "Sum");
        let working = stat("AWS/AutoScaling", "GroupInServiceInstances", "AutoScalingGroupName", workers().reference(), "Average");
        let query = scaling::TargetTrackingMetricDataQuery::new;
        let metrics = [
            query("waiting").label("Jobs that wait").metric_stat(waiting).return_data(false),
            query("working").label("Workers in service").metric_stat(working).return_data(false),
            query("backlog").label("Jobs that wait for each worker").expression("waiting / working").return_data(true),
        ];
        let tracking = scaling::TargetTrackingConfiguration::new(self.backlog)
            .customized_metric_specification(scaling::CustomizedMetricSpecification::new().metrics(metrics));
        let model = autoscaling::ScalingPolicy::new(workers().reference())
            .policy_type(scaling::PolicyType::TargetTrackingScaling)
            .target_tracking_configuration(tracking);
        let why = "No job waits for more than about a minute, and idle workers are given back";
        layers.put(Layer::App, &Id::<autoscaling::ScalingPolicy>::new("WorkersBacklogPolicy"), why, model);
    }
}

impl Component for Workers {
    fn name(&self) -> &'static str {
        "workers"
    }

    fn label(&self) -> &'static str {
        "Workers"
    }

    fn size(&self) -> Size {
        let spot = self.mix.spot_percent;
        let note = format!("{}, scales {} to {}, {spot} % Spot above {}", zones_in_words(self.zones), self.fleet.least, self.fleet.most, self.mix.base);
        Size { count: Some(self.fleet.count), class: Some(self.fleet.class.clone()), note }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers { callers: vec![recipe::worker_caller()], ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(network) = &offers.network else { return };
        recipe::security_group(site, network, layers, &recipe::worker_group(), "workers", "Workers");
        let template = self.template(site, offers, layers);
        let farewell = group::LifecycleHookSpecification::new("finish-the-job", "autoscaling:EC2_INSTANCE_TERMINATING")
            .heartbeat_timeout(FAREWELL_SECONDS)
            .default_result("CONTINUE");
        let model = autoscaling::AutoScalingGroup::new(self.fleet.most.to_string(), self.fleet.least.to_string())
            .vpc_zone_identifier(network.subnets(Tier::Private, self.zones))
            .mixed_instances_policy(self.mix.policy(&template))
            // A machine that Spot is likely to take back is replaced before it is.
            .capacity_rebalance(true)
            .lifecycle_hook_specification_list([farewell])
            .health_check_type("EC2")
            .default_instance_warmup(WARM_UP_SECONDS)
            .metrics_collection([group::MetricsCollection::new("1Minute")])
            .tags(host::group_tag(site, "worker"));
        let resource = Resource::new(model).update_policy(host::rolling_update(self.fleet.least, PAUSE));
        layers.put(Layer::App, &workers(), "Slow work is done apart from users' requests, by as many as it takes", resource);
        if let Some(queue) = &offers.backlog {
            self.policy(queue, layers);
        }
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        host::group_metrics("Workers", "Workers", &workers(), self.fleet.least)
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let running = self.fleet.running(load, site.part());
        running.line_items(self.label(), &self.fleet.class, host::ROOT_GIB, bill)?;
        host::bill::figures(self.label(), host::bill::GROUP_FIGURES, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        let then = "plan for more users: until then jobs wait longer, and none is lost";
        self.fleet.ceilings(("jobs/s", self.jobs), site.part(), then).into()
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        vec![Reliance::new(format!("EC2 for workers, in {}", zones_in_words(self.zones)), "ec2.region", Way::Aside)]
    }
}
