//! Watching: one topic that every alarm goes to, an alarm for every metric with a limit, and one dashboard ordered by what people ask.

use cfn::dashboard::{Dashboard, Graph, Metric as Line};
use cfn::policy::{Document, Statement};
use cfn::resource::cloudwatch::alarm::{ComparisonOperator, Dimension, Statistic, TreatMissingData};
use cfn::resource::{cloudwatch, kms, sns};
use cfn::{Id, Val};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Basis, Bill, Component, Driver, Family, Kind, Layer, Layers, Metric, Offers, Reason, Request, Site, Size, Threshold, Unplaceable, about,
};
use crate::recipe::front::EDGE_REGION;
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// Topic, alarms and dashboard.
#[derive(Debug)]
pub struct Monitoring {
    /// Who is told by mail.
    email: Option<String>,
}

/// Nothing of it depends on the load.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(Monitoring, Vec<Reason>), Unplaceable> {
    let reason = Reason::new(Driver::Phase, "alarms reach people by one topic; it and a dashboard stand in each environment and region");
    Ok((Monitoring { email: request.settings.alerts_email.clone() }, vec![reason]))
}

impl Monitoring {
    /// The topic of one layer, its words starting with `prefix`; encrypted where the key for data at rest is in the same region.
    fn topic(&self, layer: Layer, prefix: &str, key: Option<&Id<kms::Key>>, layers: &mut Layers) -> Id<sns::Topic> {
        let topic: Id<sns::Topic> = Id::new(format!("{prefix}AlarmTopic"));
        let mut model = sns::Topic::new();
        if let Some(key) = key {
            model = model.kms_master_key_id(key.arn());
        }
        let why = if layer == Layer::Edge { "Alarms of us-east-1 cannot reach a topic of another region" } else { "One place that every alarm goes to" };
        layers.put(layer, &topic, why, model);
        let policy: Id<sns::TopicPolicy> = Id::new(format!("{prefix}AlarmTopicPolicy"));
        let alarms = Statement::allow(["sns:Publish"])
            .principal_service("cloudwatch.amazonaws.com")
            .on(topic.reference())
            .when("StringEquals", "aws:SourceAccount", Val::<String>::reference("AWS::AccountId"))
            .sid("AlarmsPublish");
        let model = sns::TopicPolicy::new(Document::of([alarms]), [topic.reference()]);
        layers.put(layer, &policy, "Only this account's alarms may publish", model);
        if let Some(email) = &self.email {
            let subscription: Id<sns::Subscription> = Id::new(format!("{prefix}AlarmSubscription"));
            let model = sns::Subscription::new(sns::subscription::Protocol::Email, topic.reference()).endpoint(email);
            layers.put(layer, &subscription, "Somebody is told; the address has to confirm once", model);
        }
        topic
    }

    /// Alarms on what AWS measures in us-east-1 alone, of an app that is at home elsewhere: an alarm watches its own region's metrics and
    /// tells its own region's topics, so both stand beside content delivery. The topic has no key: the app's key is in another region, and an
    /// alarm's text holds no data.
    fn abroad(&self, offers: &Offers, layers: &mut Layers) {
        let alarmed: Vec<(&Metric, &Threshold)> =
            offers.metrics.iter().filter(|metric| metric.region.is_some()).filter_map(|metric| Some((metric, metric.alarm.as_ref()?))).collect();
        if alarmed.is_empty() {
            return;
        }
        let topic = self.topic(Layer::Edge, "Edge", None, layers);
        for (metric, threshold) in alarmed {
            Self::alarm(layers, Layer::Edge, metric, threshold, &topic);
        }
        layers.tell(Layer::Edge, "EdgeAlarmTopicArn", topic.reference(), "The topic of alarms on what is measured in us-east-1 alone");
    }

    fn alarm(layers: &mut Layers, layer: Layer, metric: &Metric, threshold: &Threshold, topic: &Id<sns::Topic>) {
        let id: Id<cloudwatch::Alarm> = Id::new(format!("{}Alarm", metric.name));
        let dimensions: Vec<Dimension> = metric.dimensions.iter().map(|(name, value)| Dimension::new(*name, value.clone())).collect();
        let comparison =
            if threshold.above { ComparisonOperator::GreaterThanOrEqualToThreshold } else { ComparisonOperator::LessThanThreshold };
        let mut actions = vec![topic.reference()];
        actions.extend(threshold.actions.iter().cloned());
        let mut model = cloudwatch::Alarm::new()
            .alarm_description(&threshold.why)
            .namespace(metric.namespace)
            .metric_name(metric.metric)
            .dimensions(dimensions)
            .period(threshold.period)
            .evaluation_periods(threshold.periods)
            .datapoints_to_alarm(threshold.periods)
            .threshold(threshold.limit)
            .comparison_operator(comparison)
            .treat_missing_data(missing(threshold.missing))
            .alarm_actions(actions)
            .ok_actions([topic.reference()]);
        model = match statistic(metric.statistic) {
            Some(statistic) => model.statistic(statistic),
            None => model.extended_statistic(metric.statistic),
        };
        layers.put(layer, &id, &threshold.why, model);
    }

    fn dashboard(site: &Site, offers: &Offers, layers: &mut Layers) {
        let mut board = Dashboard::new(Val::<String>::reference("AWS::Region"));
        let mut families: Vec<Family> = offers.metrics.iter().map(|metric| metric.family).collect();
        families.sort();
        families.dedup();
        for family in families {
            board = board.new_row().text(format!("## {}", family.title()), 24, 1).new_row();
            for graph in graphs(offers.metrics.iter().filter(|metric| metric.family == family)) {
                board = board.graph(graph);
            }
        }
        let id: Id<cloudwatch::Dashboard> = Id::new("Dashboard");
        let name = format!("{}-{}", site.settings.prefix(), site.region.region);
        let model = cloudwatch::Dashboard::new(board.body()).dashboard_name(name);
        layers.put(Layer::Ops, &id, "How the app is doing, on one page", model);
    }
}

/// One graph for each title; its metrics are its lines.
fn graphs<'a>(metrics: impl Iterator<Item = &'a Metric>) -> Vec<Graph> {
    let mut titles: Vec<(&str, Graph)> = Vec::new();
    for metric in metrics {
        let mut line = Line::new(metric.namespace, metric.metric).stat(metric.statistic);
        for (name, value) in &metric.dimensions {
            line = line.dimension(*name, value.clone());
        }
        let place = match titles.iter().position(|(title, _)| *title == metric.title) {
            Some(place) => place,
            None => {
                let mut graph = Graph::new(&metric.title);
                if let Some(region) = metric.region {
                    graph = graph.region(region);
                }
                titles.push((&metric.title, graph));
                titles.len() - 1
            }
        };
        let (_, graph) = titles.remove(place);
        let graph = graph.metric(line);
        let graph = match &metric.alarm {
            Some(threshold) => graph.line_at("alarm", threshold.limit),
            None => graph,
        };
        titles.insert(place, (&metric.title, graph));
    }
    titles.into_iter().map(|(_, graph)| graph).collect()
}

/// The plain statistics; percentiles such as `p95` are extended ones.
fn statistic(word: &str) -> Option<Statistic> {
    match word {
        "Average" => Some(Statistic::Average),
        "Maximum" => Some(Statistic::Maximum),
        "Minimum" => Some(Statistic::Minimum),
        "SampleCount" => Some(Statistic::SampleCount),
        "Sum" => Some(Statistic::Sum),
        _ => None,
    }
}

fn missing(word: &str) -> TreatMissingData {
    match word {
        "breaching" => TreatMissingData::Breaching,
        "missing" => TreatMissingData::Missing,
        _ => TreatMissingData::NotBreaching,
    }
}

impl Component for Monitoring {
    fn name(&self) -> &'static str {
        "monitoring"
    }

    fn label(&self) -> &'static str {
        "Monitoring"
    }

    fn size(&self) -> Size {
        Size { note: "CloudWatch, dashboard, alarms, one topic".to_owned(), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers::default()
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let topic = self.topic(Layer::Ops, "", offers.key.as_ref(), layers);
        for metric in offers.metrics.iter().filter(|metric| metric.region.is_none()) {
            if let Some(threshold) = &metric.alarm {
                Self::alarm(layers, Layer::Ops, metric, threshold, &topic);
            }
        }
        self.abroad(offers, layers);
        Self::dashboard(site, offers, layers);
        layers.tell(Layer::Ops, "AlarmTopicArn", topic.reference(), "The topic that every alarm goes to");
    }

    fn line_items(&self, _site: &Site, offers: &Offers, _load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let alarmed = || offers.metrics.iter().filter(|metric| metric.alarm.is_some());
        let here = alarmed().filter(|metric| metric.region.is_none()).count();
        let abroad = alarmed().filter(|metric| metric.region.is_some()).count();
        let alarm = |what: &'static str, count: usize| about(what, "cloudwatch.alarm", Kind::Operations, format!("{count} alarms"));
        bill.standing(Decimal::from(here), alarm("Alarms", here))?;
        bill.at(EDGE_REGION, Basis::Standing, Decimal::from(abroad), alarm("Alarms on the edge", abroad))?;
        bill.standing(Decimal::ONE, about("Dashboard", "cloudwatch.dashboard", Kind::Operations, "1 in each region"))
    }
}
