//! The signup function released step by step: a new version is tried by a tenth of the calls, and goes back by itself when it fails.
//!
//! The alias `canary` is at the new version at once; the public API leads a tenth of its clients there. CodeDeploy leads a tenth of the alias
//! `live` to it and the rest five minutes later, unless an alarm of either alias goes off.

use cfn::policy::Statement;
use cfn::resource::cloudwatch::alarm::{ComparisonOperator, Dimension, Statistic, TreatMissingData};
use cfn::resource::codedeploy::application::ComputePlatform;
use cfn::resource::codedeploy::deployment_group::{
    Alarm as Watched, AlarmConfiguration, AutoRollbackConfiguration, DeploymentOption, DeploymentStyle, DeploymentType, Event,
};
use cfn::resource::{cloudwatch, codedeploy, iam, lambda};
use cfn::{Id, Node, Resource, Val};

use super::function;
use crate::component::{Layer, Layers, Release};
use crate::recipe::{self, fingerprint};

/// A tenth of the calls for five minutes, then all.
const PACE: &str = "CodeDeployDefault.LambdaCanary10Percent5Minutes";
/// Failed calls in a minute that send a release back.
const ERRORS: f64 = 3.0;

/// The aliases.
pub fn aliases() -> Release {
    Release { live: Id::new("SignupLiveAlias"), canary: Id::new("SignupCanaryAlias") }
}

/// Puts the version of the function as it is now, the aliases, and what moves them.
pub fn put(layers: &mut Layers) {
    let digits = fingerprint::of(layers, |placed| placed.logical_id == function().name());
    let version: Id<lambda::Version> = Id::new(format!("SignupVersion{digits}"));
    let why = "The function as it is now, never changed afterwards; kept, so that there is something to go back to";
    layers.put(Layer::Site, &version, why, Resource::new(lambda::Version::new(function().reference())).retain());
    let Release { live, canary } = aliases();
    let model = lambda::Alias::new(function().reference(), version.version(), "canary");
    layers.put(Layer::Site, &canary, "A tenth of the public API's clients try a new version first", model);
    let alarms = [alarm(layers, "Live", "live"), alarm(layers, "Canary", "canary")];
    let (application, group) = put_group(layers, &alarms);
    let names = Node::map([
        ("ApplicationName", application.reference().into_node()),
        ("DeploymentGroupName", group.reference().into_node()),
    ]);
    let model = lambda::Alias::new(function().reference(), version.version(), "live");
    let policy = Node::map([("CodeDeployLambdaAliasUpdate", names)]);
    let why = "What callers call: a new version takes over step by step, and goes back by itself when it fails";
    layers.put(Layer::Site, &live, why, Resource::new(model).after(canary.name()).update_policy(policy));
}

fn alarm(layers: &mut Layers, word: &str, alias: &str) -> Id<cloudwatch::Alarm> {
    let id: Id<cloudwatch::Alarm> = Id::new(format!("Signup{word}ReleaseAlarm"));
    let resource = Val::<String>::sub(format!("${{{}}}:{alias}", function().name()));
    let model = cloudwatch::Alarm::new()
        .alarm_description(format!("The signup function fails behind its alias {alias}: a release on its way is taken back"))
        .namespace("AWS/Lambda")
        .metric_name("Errors")
        .dimensions([Dimension::new("FunctionName", function().reference()), Dimension::new("Resource", resource)])
        .statistic(Statistic::Sum)
        .period(60)
        .evaluation_periods(1)
        .threshold(ERRORS)
        .comparison_operator(ComparisonOperator::GreaterThanOrEqualToThreshold)
        .treat_missing_data(TreatMissingData::NotBreaching);
    layers.put(Layer::Site, &id, "A release that fails is taken back before most callers see it", model);
    id
}

fn put_group(
    layers: &mut Layers,
    alarms: &[Id<cloudwatch::Alarm>; 2],
) -> (Id<codedeploy::Application>, Id<codedeploy::DeploymentGroup>) {
    let application: Id<codedeploy::Application> = Id::new("SignupRelease");
    let model = codedeploy::Application::new().compute_platform(ComputePlatform::Lambda);
    layers.put(Layer::Site, &application, "Releases of the signup function", model);
    let role: Id<iam::Role> = Id::new("SignupReleaseRole");
    let watched = alarms.iter().map(|alarm| alarm.arn());
    let statements = vec![
        Statement::allow(["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"])
            .on(function().arn())
            .on(Val::sub(format!("${{{}.Arn}}:live", function().name())))
            .sid("MoveAlias"),
        Statement::allow(["cloudwatch:DescribeAlarms"]).on_each(watched).sid("SeeAlarms"),
    ];
    recipe::role(layers, Layer::Site, &role, "codedeploy.amazonaws.com", statements, &[]);
    let group: Id<codedeploy::DeploymentGroup> = Id::new("SignupReleaseGroup");
    let style = DeploymentStyle::new()
        .deployment_type(DeploymentType::BlueGreen)
        .deployment_option(DeploymentOption::WithTrafficControl);
    let back = [Event::DeploymentFailure, Event::DeploymentStopOnAlarm, Event::DeploymentStopOnRequest];
    let watched: Vec<Watched> = alarms.iter().map(|alarm| Watched::new().name(alarm.reference())).collect();
    let model = codedeploy::DeploymentGroup::new(application.reference(), role.arn())
        .deployment_config_name(PACE)
        .deployment_style(style)
        .auto_rollback_configuration(AutoRollbackConfiguration::new().enabled(true).events(back))
        .alarm_configuration(AlarmConfiguration::new().enabled(true).alarms(watched));
    layers.put(Layer::Site, &group, "Leads a tenth of the calls to a new version, and the rest when nothing failed", model);
    (application, group)
}
