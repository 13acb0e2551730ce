//! An architecture becomes stacks of templates: resources by life cycle, references across stacks as outputs and parameters.

pub mod exceptions;
pub mod overridden;
pub mod presence;
pub mod reference;
pub mod settled;
pub mod sound;

use std::collections::BTreeSet;

use cfn::template::{Output, Template};
use cfn::{Map, Node};

use crate::architecture::Architecture;
use crate::catalog::{CatalogError, Presence, RegionFacts};
use crate::component::{Layer, Layers, Placed, Site};
use crate::gather::{self, OfferedTwice};
use crate::settings::Problems;
use exceptions::Exception;
use overridden::{Applied, Overridden};
use reference::{Crossing, Owners, Retarget};

/// Which stack: its name is the same in every region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The region that it is deployed in.
    pub region: String,
    /// Which layer.
    pub layer: Layer,
}

/// Where the value of a parameter comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An output of a stack that is deployed before.
    Output {
        /// Of which stack.
        stack: Key,
        /// Which output.
        output: String,
    },
    /// A machine image, looked up at the first deployment and kept.
    Image {
        /// The public SSM parameter that names the image.
        path: &'static str,
        /// Whether an image refresh that was asked for changes it.
        refreshable: bool,
    },
}

/// A parameter of a stack and where its value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The parameter's name.
    pub parameter: String,
    /// Where its value comes from.
    pub source: Source,
}

/// A template with its name, place and order.
#[derive(Debug, Clone)]
pub struct Stack {
    /// `shop-prod-data`.
    pub name: String,
    /// Region and layer.
    pub key: Key,
    /// `data.yaml`; in a further region `data.us-west-2.yaml`.
    pub file: String,
    /// What is deployed.
    pub template: Template,
    /// Where each parameter's value comes from.
    pub inputs: Vec<Input>,
    /// The stacks that must be complete before this one.
    pub after: BTreeSet<Key>,
    /// The output that holds the app's public address, when this stack has it.
    pub address: Option<String>,
    /// What the user set in our place, in the order of the resources.
    pub overridden: Vec<Overridden>,
}

/// Why an architecture cannot be written down; each is a mistake in a component, held off by tests.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// Two components lend the same thing.
    #[error(transparent)]
    Offered(#[from] OfferedTwice),
    /// Two resources, outputs or parameters of one name.
    #[error("{name} stands twice: in {first} and in {second}")]
    NamedTwice {
        /// The logical ID.
        name: String,
        /// Where it stands first.
        first: String,
        /// Where it stands again.
        second: String,
    },
    /// A reference to something that no component put anywhere.
    #[error("{from} refers to {to}, which does not exist")]
    Dangling {
        /// Who refers.
        from: String,
        /// To what.
        to: String,
    },
    /// A reference from a lower layer to a higher one: the two stacks would need each other.
    #[error("{from} ({from_layer}) refers up to {to} ({to_layer}): references point down")]
    Upward {
        /// Who refers.
        from: String,
        /// Its layer.
        from_layer: &'static str,
        /// To what.
        to: String,
        /// That layer.
        to_layer: &'static str,
    },
    /// The exceptions that the program carries do not read.
    #[error("data/exceptions.yaml: {0}")]
    Exceptions(String),
    /// Stacks of several regions need one another.
    #[error("stacks need one another: {0}")]
    Cycle(String),
    /// A property that AWS's schema refuses.
    #[error("{resource} ({resource_type}): {path}: {problem}")]
    Unsound {
        /// The logical ID.
        resource: String,
        /// Its type.
        resource_type: String,
        /// The property.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Overrides of the settings file that a resource does not take.
    #[error(transparent)]
    Overridden(Problems),
    /// A region without one of the services.
    #[error(transparent)]
    Absent(Problems),
    /// The table of regions that the program carries does not read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// More than CloudFormation takes.
    #[error("stack {stack}: {what} is {is}, CloudFormation takes {most}")]
    TooMuch {
        /// Which stack.
        stack: String,
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        is: usize,
        /// How much may be.
        most: usize,
    },
}

/// Global things are deployed in this region, whatever the app's own: CloudFront takes certificates and ACLs from nowhere else.
pub const EDGE_REGION: &str = "us-east-1";

/// Writes the stacks of an architecture, in an order in which they can be deployed.
///
/// # Errors
/// When components contradict one another; see [`RenderError`].
pub fn stacks(architecture: &Architecture) -> Result<Vec<Stack>, RenderError> {
    let regions: Vec<&RegionFacts> = architecture.regions.iter().collect();
    let mut drafts = Vec::new();
    for site in architecture.sites(&regions) {
        let offers = gather::offers(&architecture.pieces, &site)?;
        let mut layers = Layers::default();
        for piece in &architecture.pieces {
            layers.component = piece.component.name();
            piece.component.resources(&site, &offers, &mut layers);
        }
        settled::settle(&site, &mut layers);
        drafts.push((site, layers));
    }
    let applied = overridden::apply(&architecture.settings, &mut drafts)?;
    let owners = Owners::of(&drafts)?;
    let exceptions = exceptions::all()?;
    let mut stacks = Vec::new();
    let mut crossings = Vec::new();
    for (site, layers) in &mut drafts {
        for layer in Layer::ALL {
            if layers.placed.iter().any(|placed| placed.layer == layer) {
                let (stack, crossed) = stack(architecture, site, layers, layer, &owners, &applied, exceptions)?;
                stacks.push(stack);
                crossings.extend(crossed);
            }
        }
    }
    tell_across(&mut stacks, crossings)?;
    finish_order(&mut stacks);
    let stacks = sorted(stacks)?;
    sound::check(&stacks)?;
    presence::check(Presence::builtin()?, &architecture.settings, &architecture.phase.id, &stacks).map_err(RenderError::Absent)?;
    Ok(stacks)
}

/// The region in which a site's layer is deployed.
pub fn home(site: &Site, layer: Layer) -> String {
    if layer == Layer::Edge { EDGE_REGION.to_owned() } else { site.region.region.to_string() }
}

fn stack(
    architecture: &Architecture,
    site: &Site,
    layers: &mut Layers,
    layer: Layer,
    owners: &Owners,
    applied: &Applied,
    exceptions: &[Exception],
) -> Result<(Stack, Vec<Crossing>), RenderError> {
    let mut template = Template { description: Some(description(architecture, site, layer)), ..Template::default() };
    let mut inputs = Vec::new();
    for asked in layers.asked.iter().filter(|asked| asked.layer == layer) {
        template.parameters.insert(asked.name.clone(), asked.parameter.clone());
        inputs.push(Input {
            parameter: asked.name.clone(),
            source: Source::Image { path: asked.image_path, refreshable: asked.refreshable },
        });
    }
    let mut retarget = Retarget::new(site, layer, owners, template.parameters.keys().cloned().collect());
    let mut overridden = Vec::new();
    for placed in layers.placed.iter_mut().filter(|placed| placed.layer == layer) {
        let list = applied.get(&(site.region.region.to_string(), placed.logical_id.clone())).map_or(&[][..], Vec::as_slice);
        let mut resource = resource(placed, list, &mut retarget)?;
        resource.metadata.extend(exceptions::metadata(exceptions, &architecture.phase.id, &placed.logical_id, &resource));
        template.resources.insert(placed.logical_id.clone(), resource);
        overridden.extend_from_slice(list);
    }
    let mut address = None;
    for told in layers.told.iter().filter(|told| told.layer == layer) {
        let value = retarget.node(&told.name, told.value.node())?;
        template.outputs.insert(told.name.clone(), Output { value, description: Some(told.about.clone()), ..Output::default() });
        if told.address {
            address = Some(told.name.clone());
        }
    }
    let crossings: Vec<Crossing> = retarget.crossings.into_values().collect();
    let mut after = retarget.waits;
    for crossing in &crossings {
        if template.resources.contains_key(&crossing.parameter) || template.parameters.contains_key(&crossing.parameter) {
            let (first, second) = (site.name(layer.word()), format!("the parameters of {}", layer.word()));
            return Err(RenderError::NamedTwice { name: crossing.parameter.clone(), first, second });
        }
        template.parameters.insert(crossing.parameter.clone(), crossing.declaration());
        let source = Source::Output { stack: crossing.stack.clone(), output: crossing.output.clone() };
        inputs.push(Input { parameter: crossing.parameter.clone(), source });
        after.insert(crossing.stack.clone());
    }
    let key = Key { region: home(site, layer), layer };
    let file = if site.leads() { format!("{}.yaml", layer.word()) } else { format!("{}.{}.yaml", layer.word(), site.region.region) };
    Ok((Stack { name: site.name(layer.word()), key, file, template, inputs, after, address, overridden }, crossings))
}

/// What a resource of ours says of itself: the `component` that it belongs to, `why` it is there; nothing for anybody else's.
pub fn served<'r>(resource: &'r cfn::Resource, key: &str) -> &'r str {
    resource.metadata.get("scalectl").and_then(|served| served.get(key)).and_then(Node::as_str).unwrap_or_default()
}

/// The placed resource, taken from its place, with its references rewritten, and with the sentence that says what it is for.
fn resource(placed: &mut Placed, overridden: &[Overridden], retarget: &mut Retarget) -> Result<cfn::Resource, RenderError> {
    let mut resource = std::mem::take(&mut placed.resource);
    for value in resource.properties.values_mut() {
        *value = retarget.node(&placed.logical_id, value)?;
    }
    for value in [&mut resource.creation_policy, &mut resource.update_policy].into_iter().flatten() {
        *value = retarget.node(&placed.logical_id, value)?;
    }
    resource.depends_on = retarget.depends_on(&placed.logical_id, &resource.depends_on)?;
    let mut served = vec![("component", Node::from(placed.component)), ("why", Node::from(placed.why.as_str()))];
    if !overridden.is_empty() {
        served.push(("overridden", Node::list(overridden.iter().map(|one| one.path.as_str()))));
    }
    let served = Node::map(served);
    let mut metadata = Map::from_iter([("scalectl".to_owned(), served)]);
    metadata.extend(std::mem::take(&mut resource.metadata));
    resource.metadata = metadata;
    Ok(resource)
}

fn description(architecture: &Architecture, site: &Site, layer: Layer) -> String {
    let settings = &architecture.settings;
    let text = format!("{} {}: {} stack of phase {}", settings.app, settings.environment, layer.word(), architecture.phase.id);
    if site.leads() { text } else { format!("{text}, region {}", site.region.region) }
}

/// Gives every stack the outputs that others ask of it, after those that it tells by itself.
fn tell_across(stacks: &mut [Stack], crossings: Vec<Crossing>) -> Result<(), RenderError> {
    for Crossing { stack: key, output, value, .. } in crossings {
        let Some(stack) = stacks.iter_mut().find(|stack| stack.key == key && stack.template.resources.contains_key(target(&value))) else {
            return Err(RenderError::Dangling { from: output, to: key.layer.word().to_owned() });
        };
        match stack.template.outputs.get(&output) {
            Some(told) if told.value != value => {
                let (first, second) = (stack.name.clone(), "an output that another stack asks for".to_owned());
                return Err(RenderError::NamedTwice { name: output, first, second });
            }
            Some(_) => {}
            None => {
                stack.template.outputs.insert(output, Output { value, ..Output::default() });
            }
        }
    }
    Ok(())
}

/// The logical ID that a `Ref` or `Fn::GetAtt` names.
fn target(value: &Node) -> &str {
    match value.intrinsic() {
        Some(("Ref", Node::Str(name))) => name,
        Some(("Fn::GetAtt", Node::List(parts))) => parts.first().and_then(Node::as_str).unwrap_or_default(),
        _ => "",
    }
}

/// The ops stack of a region binds finished parts together: it comes after all other stacks of its region.
fn finish_order(stacks: &mut [Stack]) {
    let keys: Vec<Key> = stacks.iter().map(|stack| stack.key.clone()).collect();
    for stack in stacks.iter_mut().filter(|stack| stack.key.layer == Layer::Ops) {
        let region = stack.key.region.clone();
        let leads = !stack.file.contains(&region);
        let others = keys.iter().filter(|key| key.layer != Layer::Ops && (key.region == region || (leads && key.layer == Layer::Edge)));
        stack.after.extend(others.cloned());
    }
}

/// The stacks in an order in which each comes after those it needs; by layer and region where the order is free.
fn sorted(mut waiting: Vec<Stack>) -> Result<Vec<Stack>, RenderError> {
    let mut done: Vec<Stack> = Vec::new();
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|stack| stack.after.iter().all(|key| done.iter().any(|stack| stack.key == *key)));
        match ready {
            Some(index) => done.push(waiting.remove(index)),
            None => {
                let names: Vec<String> = waiting.iter().map(|stack| format!("{} in {}", stack.name, stack.key.region)).collect();
                return Err(RenderError::Cycle(names.join(", ")));
            }
        }
    }
    Ok(done)
}
