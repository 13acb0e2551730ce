//! One web ACL: its rules, and the log of what they turned away.

use cfn::resource::logs;
use cfn::resource::wafv2::{self, logging_configuration as log, web_acl as model};
use cfn::{Id, Node, Val};

use super::WINDOW;
use crate::component::{Layer, Layers, Site};
use crate::recipe;

/// What tells one firewall from another.
pub struct Wall<'a> {
    /// Its logical ID.
    pub id: Id<wafv2::WebACL>,
    /// Its stack.
    pub layer: Layer,
    /// What it can be put in front of.
    pub scope: model::Scope,
    /// A word for its metrics and its log group.
    pub word: &'a str,
    /// The requirement that it serves.
    pub why: &'a str,
    /// Requests of one address.
    pub limit: i64,
}

/// The rule that counts requests by address, as its metric knows it.
pub const RATE: &str = "RateLimit";

/// Rule groups that AWS keeps current, in the order in which they are asked: the cheapest to decide come first. With the limit of an address
/// they take 1,127 of the 1,500 capacity units that the price of an ACL includes (WAF developer guide, "AWS Managed Rules rule groups list").
const GROUPS: [&str; 4] = [
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
    "AWSManagedRulesCommonRuleSet",
];

/// Rules of one ACL: the limit of an address, and the groups.
pub const RULES: usize = 1 + GROUPS.len();

/// Headers whose values no log may hold: whoever has them can act as the user.
const SECRETS: [&str; 3] = ["authorization", "cookie", "x-api-key"];

/// Puts the ACL, its log group and its logging.
pub fn put(site: &Site, layers: &mut Layers, wall: &Wall) {
    let body = "Too many requests from this address: wait five minutes";
    let slow = model::CustomResponseBody::new(body, model::ResponseContentType::TextPlain);
    let allow = model::DefaultAction::new().allow(model::AllowAction::new());
    let mut rules = vec![limit(wall.limit)];
    rules.extend(GROUPS.iter().zip(1..).map(|(group, priority)| managed(group, priority)));
    let model = wafv2::WebACL::new(allow, wall.scope, seen(site.name(wall.word)))
        .description(format!("{} {}: {}", site.settings.app, site.settings.environment, wall.word))
        .custom_response_bodies([(RATE, slow)])
        .rules(rules);
    layers.put(wall.layer, &wall.id, wall.why, model);
    logging(site, layers, wall);
}

/// Metrics, but no samples: the log holds the same requests without the secrets in them.
fn seen(metric: impl Into<Val<String>>) -> model::VisibilityConfig {
    model::VisibilityConfig::new(true, metric, false)
}

/// First of all: what is turned away here is judged by no rule that costs more.
fn limit(requests: i64) -> model::Rule {
    let window = i64::try_from(WINDOW).unwrap_or(i64::MAX);
    let rate = model::RateBasedStatement::new(model::AggregateKeyType::Ip, requests).evaluation_window_sec(window);
    let told = model::CustomResponse::new(429).custom_response_body_key(RATE);
    model::Rule::new(RATE, 0, model::Statement::new().rate_based_statement(rate), seen(RATE))
        .action(model::RuleAction::new().block(model::BlockAction::new().custom_response(told)))
}

/// A group of rules with the actions that AWS gave them. One is only counted: bodies above 8 KB are nothing unusual in an app.
fn managed(group: &str, priority: i64) -> model::Rule {
    let mut rules = model::ManagedRuleGroupStatement::new(group, "AWS");
    if group == "AWSManagedRulesCommonRuleSet" {
        let count = model::RuleAction::new().count(model::CountAction::new());
        rules = rules.rule_action_overrides([model::RuleActionOverride::new(count, "SizeRestrictions_BODY")]);
    }
    let name = group.trim_start_matches("AWSManagedRules");
    let none = model::OverrideAction::new().none(Node::Map(cfn::Map::new()));
    model::Rule::new(name, priority, model::Statement::new().managed_rule_group_statement(rules), seen(name)).override_action(none)
}

/// What was blocked or counted is written down; what was let through is in the logs of whatever answered it.
fn logging(site: &Site, layers: &mut Layers, wall: &Wall) {
    let group: Id<logs::LogGroup> = Id::new(format!("{}LogGroup", wall.id.name()));
    let days = site.settings.log_retention_days.map_or(recipe::LOG_DAYS, i64::from);
    // WAF writes to no log group whose name begins otherwise.
    let model = logs::LogGroup::new().log_group_name(format!("aws-waf-logs-{}", site.name(wall.word))).retention_in_days(days);
    layers.put(wall.layer, &group, "Which requests were turned away, by which rule", model);
    // The ARN that the group itself tells ends in `:*`, which WAF does not take.
    let arn = Val::sub(format!("arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:${{{}}}", group.name()));
    let keep = [log::Action::Block, log::Action::Count, log::Action::ExcludedAsCount];
    let keep: Vec<_> = keep.into_iter().map(|action| log::Condition::new().action_condition(log::ActionCondition::new(action))).collect();
    let filter = log::Filter::new(log::Behavior::Keep, keep, log::Requirement::MeetsAny);
    let secrets: Vec<_> = SECRETS.iter().map(|name| log::FieldToMatch::new().single_header(log::SingleHeader::new(*name))).collect();
    let model = wafv2::LoggingConfiguration::new([arn], wall.id.arn())
        .logging_filter(log::LoggingFilter::new(log::DefaultBehavior::Drop, [filter]))
        .redacted_fields(secrets);
    let id: Id<wafv2::LoggingConfiguration> = Id::new(format!("{}Logging", wall.id.name()));
    layers.put(wall.layer, &id, "Whoever looks into a block finds it, without users' credentials", model);
}
