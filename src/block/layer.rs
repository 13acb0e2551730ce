//! The stacks by life cycle, and what components put into them.

use cfn::template::Parameter;
use cfn::{Id, Resource, ResourceType, Val};

/// The stack that a resource belongs to, lowest first: references only ever point to the same layer or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Addresses, routes, security groups and their rules: hardly ever changes.
    Network,
    /// Everything that holds data.
    Data,
    /// The landing page and its little backend; in a further region, the copy of the static files.
    Site,
    /// Queues, events and the functions that take from them.
    Async,
    /// What is redeployed daily: servers, services, load balancers.
    App,
    /// Content delivery and public names; always in us-east-1.
    Edge,
    /// Alarms, dashboards, and what binds finished parts together.
    Ops,
}

impl Layer {
    /// All layers, lowest first.
    pub const ALL: [Layer; 7] = [Layer::Network, Layer::Data, Layer::Site, Layer::Async, Layer::App, Layer::Edge, Layer::Ops];

    /// The stack's name without app and environment.
    pub fn word(self) -> &'static str {
        match self {
            Layer::Network => "network",
            Layer::Data => "data",
            Layer::Site => "site",
            Layer::Async => "async",
            Layer::App => "app",
            Layer::Edge => "edge",
            Layer::Ops => "ops",
        }
    }
}

/// A resource on its layer, with the component that owns it and the requirement that it serves.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Which stack.
    pub layer: Layer,
    /// The logical ID.
    pub logical_id: String,
    /// The component that put it there.
    pub component: &'static str,
    /// The requirement that it serves, in one sentence.
    pub why: String,
    /// What it is.
    pub resource: Resource,
}

/// A value that the stack tells its users.
#[derive(Debug, Clone)]
pub struct Told {
    /// Which stack.
    pub layer: Layer,
    /// The output's name.
    pub name: String,
    /// Its value.
    pub value: Val<String>,
    /// What it is, in one sentence.
    pub about: String,
    /// Whether this is the app's public address.
    pub address: bool,
}

/// A parameter that the deployment supplies from outside the templates.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which stack.
    pub layer: Layer,
    /// The parameter's name.
    pub name: String,
    /// Its declaration.
    pub parameter: Parameter,
    /// The public SSM parameter whose value is looked up once, at the first deployment.
    pub image_path: &'static str,
    /// Whether an image refresh that was asked for changes it (scaling groups), or never (hosts that hold data or addresses).
    pub refreshable: bool,
}

/// Where components put their resources.
#[derive(Debug, Default)]
pub struct Layers {
    /// Who is putting; set by the renderer before it calls a component.
    pub component: &'static str,
    /// All resources, in the order in which they were put.
    pub placed: Vec<Placed>,
    /// All outputs that a component tells.
    pub told: Vec<Told>,
    /// All parameters that the deployment supplies.
    pub asked: Vec<Asked>,
}

impl Layers {
    /// Puts a resource on a layer, with the requirement that it serves in one sentence.
    pub fn put<R: ResourceType>(&mut self, layer: Layer, id: &Id<R>, why: impl Into<String>, resource: impl Into<Resource>) {
        let resource = resource.into();
        self.placed.push(Placed { layer, logical_id: id.name().to_owned(), component: self.component, why: why.into(), resource });
    }

    /// Tells a value as a stack output.
    pub fn tell(&mut self, layer: Layer, name: &str, value: Val<String>, about: &str) {
        self.told.push(Told { layer, name: name.to_owned(), value, about: about.to_owned(), address: false });
    }

    /// Tells the app's public address as a stack output.
    pub fn tell_address(&mut self, layer: Layer, name: &str, value: Val<String>, about: &str) {
        self.told.push(Told { layer, name: name.to_owned(), value, about: about.to_owned(), address: true });
    }

    /// Asks the deployment for a machine image; gives the parameter's value.
    pub fn image(&mut self, layer: Layer, name: &str, path: &'static str, refreshable: bool) -> Val<String> {
        let parameter = Parameter {
            parameter_type: "AWS::EC2::Image::Id".to_owned(),
            description: Some(format!("Machine image; the first deployment looks up {path}, later ones keep it")),
            ..Parameter::default()
        };
        self.asked.push(Asked { layer, name: name.to_owned(), parameter, image_path: path, refreshable });
        Val::reference(name)
    }
}
