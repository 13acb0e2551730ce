//! The signup list: a table of addresses and the function that writes to it. It stays when the landing page is long gone.

mod bill;
mod release;

use cfn::policy::Statement;
use cfn::resource::{dynamodb, lambda, sqs};
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, Grant, HttpFunction, Kind, Layer, Layers, Metric, Offers, Reason, Recovery, Reliance, Request, Role, Site,
    Size, Unplaceable, Variable, about,
};
use crate::recipe::{self, queue, watch};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether a new version of the function is released step by step.
    #[serde(default)]
    canary: bool,
}

/// Table and function.
#[derive(Debug)]
pub struct Signup {
    canary: bool,
    /// Calls at one moment in the stress case.
    stress: f64,
}

/// Both are paid by the request and have no size.
///
/// # Errors
/// None.
pub fn size(settings: &Settings, request: &Request) -> Result<(Signup, Vec<Reason>), Unplaceable> {
    let text = "paid by the request; nothing stands idle before there are users, and nothing has to grow with them";
    let mut reasons = vec![Reason::new(Driver::Phase, text)];
    if settings.canary {
        let text = "a new version of the function is tried by a tenth of the calls for five minutes, and goes back by itself when it fails";
        reasons.push(Reason::new(Driver::Availability, text));
    }
    reasons.extend(provisioned(request));
    Ok((Signup { canary: settings.canary, stress: bill::at_once(&request.load.stressed()) }, reasons))
}

/// The table's least capacity by the hour, beside what is paid by the request; none where a price is missing.
fn provisioned(request: &Request) -> Option<Reason> {
    let (prices, region) = (request.catalog.prices().ok()?, &request.region.region);
    let hour = prices.price("dynamodb.provisioned.wcu", region).ok()?.usd + prices.price("dynamodb.provisioned.rcu", region).ok()?.usd;
    let month = hour.times(prices.hours_per_month).to_cents();
    let text = format!("provisioned capacity: one write and one read a second stand for {month} a month, and refuse the second signup of a second");
    Some(Reason::instead(Driver::Cost, text))
}

/// The function.
const SOURCE: &str = include_str!("signup/signup.py");
/// Seconds until it is stopped: three tries of the table at 2 s each fit in.
const TIMEOUT: i64 = 10;
/// MB; less makes the first call after a pause slow, because processor time grows with memory.
const MEMORY: i64 = 256;
/// Failed calls in five minutes that wake somebody.
const ERRORS: f64 = 3.0;

fn table() -> Id<dynamodb::Table> {
    Id::new("SignupsTable")
}

fn function() -> Id<lambda::Function> {
    Id::new("SignupFunction")
}

fn dead_letters() -> Id<sqs::Queue> {
    Id::new("SignupDeadLetterQueue")
}

/// Fixed from the start, because functions of further regions write to the one table by its name.
fn table_name(site: &Site) -> String {
    site.name("signups")
}

/// The region that has the table.
fn home<'a>(site: &'a Site) -> &'a str {
    site.regions.first().unwrap_or(&site.region).region.code()
}

fn put_table(site: &Site, layers: &mut Layers) {
    let model = recipe::table::keyed_by("email").table_name(table_name(site));
    let why = "Who wants to hear more is kept through all phases; backed up to the second, and protected from deletion";
    layers.put(Layer::Data, &table(), why, Resource::new(model).retain());
}

/// The table's name and ARN; in a further region by name, so that its stacks do not wait for those of the leading one.
fn named(site: &Site) -> (Val<String>, Val<String>) {
    if site.leads() {
        return (table().reference(), table().arn());
    }
    let (region, name) = (home(site), table_name(site));
    let arn = Val::sub(format!("arn:${{AWS::Partition}}:dynamodb:{region}:${{AWS::AccountId}}:table/{name}"));
    (name.into(), arn)
}

fn put_function(site: &Site, layers: &mut Layers) {
    let (id, dead) = (function(), dead_letters());
    let why = "Signups that were handed over without waiting and failed for good are not lost";
    queue::put_dead_letters(layers, Layer::Site, &dead, why, Vec::new());
    let (name, arn) = named(site);
    let function = recipe::Function {
        id: id.name(),
        layer: Layer::Site,
        why: "Checks an address and keeps it once, however often it is sent",
        source: SOURCE,
        timeout: TIMEOUT,
        memory: MEMORY,
        environment: vec![("TABLE_NAME", name), ("TABLE_REGION", home(site).into())],
        statements: vec![Statement::allow(["dynamodb:PutItem"]).on(arn).sid("KeepAddress")],
        failures: Some(&dead),
        // Nothing behind it needs protection: the table grows with its load.
        most: None,
    };
    recipe::function(layers, function);
}

impl Component for Signup {
    fn name(&self) -> &'static str {
        "signup"
    }

    fn label(&self) -> &'static str {
        "Signup list"
    }

    fn size(&self) -> Size {
        Size { note: "DynamoDB and Lambda, on demand".to_owned(), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        // Who calls the function by its name would pass by the alias, and get a new version before it has been tried.
        let called: Val<String> = if self.canary { release::aliases().live.reference() } else { function().reference() };
        // A call by way of an alias is a call of another resource than the function itself.
        let arn = if self.canary { release::aliases().live.reference() } else { function().arn() };
        Offers {
            functions: vec![HttpFunction { name: "Signup", path: "/signup", function: function(), release: self.canary.then(release::aliases) }],
            variables: vec![Variable::new("SIGNUP_FUNCTION", called)],
            grants: vec![Grant {
                name: "CallSignup",
                roles: &[Role::App],
                actions: vec!["lambda:InvokeFunction"],
                resources: vec![arn],
            }],
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, _offers: &Offers, layers: &mut Layers) {
        if site.leads() {
            put_table(site, layers);
        }
        put_function(site, layers);
        if self.canary {
            release::put(layers);
        }
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        let mut metrics = watch::function(&function(), Some(ERRORS));
        metrics.push(watch::dead_letters(&dead_letters()));
        if site.leads() {
            metrics.extend(watch::writes(table().name(), &table().reference()));
        }
        metrics
    }
    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        if self.canary {
            let why = "one for each of 2 aliases, which takes a release back";
            bill.standing(2, about("Release alarms", "cloudwatch.alarm", Kind::Operations, why))?;
        }
        bill::line_items(site, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        bill::ceilings(self, site)
    }

    fn reliances(&self, site: &Site) -> Vec<Reliance> {
        bill::reliances(site)
    }

    fn recoveries(&self, _site: &Site) -> Vec<Recovery> {
        recipe::table::recoveries("Signups", 1)
    }
}
