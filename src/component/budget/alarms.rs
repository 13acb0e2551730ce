//! Alarms on the bill as it grows. AWS counts the month's charges in us-east-1, several times a day, once billing alerts are turned on
//! (CloudWatch user guide, "Create a billing alarm to monitor your estimated AWS charges", 2024).

use cfn::Id;
use cfn::resource::cloudwatch::alarm as model;
use cfn::resource::{cloudwatch, sns};

use crate::component::{Layer, Layers};

/// AWS brings the figure up to date about every six hours.
const SIX_HOURS: i64 = 6 * 3_600;
const DAY: i64 = 86_400;
/// A day that costs this share of the whole month's money is no ordinary day: an even month spends a thirtieth.
const SPIKE_SHARE: f64 = 0.15;

/// How many alarms these are.
pub const COUNT: u32 = 2;

/// One alarm on the month's sum, one on what a single day adds to it.
pub fn put(monthly_usd: u32, topic: &Id<sns::Topic>, layers: &mut Layers) {
    let usd = f64::from(monthly_usd);
    let currency = || vec![model::Dimension::new("Currency", "USD")];
    let base = |why: &str| {
        cloudwatch::Alarm::new()
            .alarm_description(why)
            .evaluation_periods(1)
            .comparison_operator(model::ComparisonOperator::GreaterThanOrEqualToThreshold)
            .treat_missing_data(model::TreatMissingData::NotBreaching)
            .alarm_actions([topic.reference()])
            .ok_actions([topic.reference()])
    };
    let why = "The month has cost its whole budget";
    let total: Id<cloudwatch::Alarm> = Id::new("BillingAlarm");
    let alarm = base(why).namespace("AWS/Billing").metric_name("EstimatedCharges").dimensions(currency()).statistic(model::Statistic::Maximum);
    layers.put(Layer::Edge, &total, why, alarm.period(SIX_HOURS).threshold(usd));

    let why = "One day costs as much as several: something runs that should not";
    let spike: Id<cloudwatch::Alarm> = Id::new("BillingSpikeAlarm");
    let metric = model::Metric::new().namespace("AWS/Billing").metric_name("EstimatedCharges").dimensions(currency());
    let sum = model::MetricDataQuery::new("total").metric_stat(model::MetricStat::new(metric, DAY, "Maximum")).return_data(false);
    let rise = model::MetricDataQuery::new("rise").expression("DIFF(total)").label("USD in one day").return_data(true);
    let limit = (usd * SPIKE_SHARE).max(1.0);
    layers.put(Layer::Edge, &spike, why, base(why).metrics(vec![sum, rise]).threshold(limit));
}
