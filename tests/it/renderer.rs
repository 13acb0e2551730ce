//! The renderer's promises, on components made for the purpose: what crosses a stack becomes output and parameter, and contradictions are errors.

use cfn::resource::{sns, sqs};
use cfn::{Id, Node, Val};
use scalectl::architecture::{Architecture, Piece};
use scalectl::block::{Component, Layer, Layers, Offers, Site, Size, Variable};
use scalectl::render::{self, RenderError, Source, Stack};
use scalectl::settings::Settings;

use crate::identity::architecture;

/// A component whose resources are put by a function.
struct Probe(fn(&Site, &mut Layers), Option<&'static str>);

impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Probe")
    }
}

impl Component for Probe {
    fn name(&self) -> &'static str {
        "probe"
    }
    fn label(&self) -> &'static str {
        "Probe"
    }
    fn size(&self) -> Size {
        Size::default()
    }
    fn offers(&self, _site: &Site) -> Offers {
        let variables = self.1.map(|name| Variable::new(name, Val::from("x"))).into_iter().collect();
        Offers { variables, ..Offers::default() }
    }
    fn resources(&self, site: &Site, _offers: &Offers, layers: &mut Layers) {
        (self.0)(site, layers);
    }
}

fn with(phase: &str, settings: &Settings, probes: Vec<Probe>) -> Architecture {
    let mut architecture = architecture(phase, 0, settings);
    architecture.pieces = probes.into_iter().map(|probe| Piece { component: Box::new(probe), reasons: Vec::new() }).collect();
    architecture
}

fn stacks(put: fn(&Site, &mut Layers)) -> Result<Vec<Stack>, RenderError> {
    render::stacks(&with("launch", &Settings::default(), vec![Probe(put, None)]))
}

fn queue(layers: &mut Layers, layer: Layer, id: &str) -> Id<sqs::Queue> {
    let id = Id::new(id);
    layers.put(layer, &id, "a queue", sqs::Queue::new());
    id
}

#[test]
fn a_reference_down_becomes_an_output_there_and_a_parameter_here() {
    let stacks = stacks(|_, layers| {
        let queue = queue(layers, Layer::Data, "Jobs");
        let topic: Id<sns::Topic> = Id::new("Told");
        layers.put(
            Layer::App,
            &topic,
            "a topic",
            sns::Topic::new().display_name(Val::sub("of ${Jobs.Arn} in ${AWS::Region}, ${!Literal}")).topic_name(queue.queue_name()),
        );
    })
    .unwrap();
    let [data, app] = stacks.as_slice() else { panic!("two stacks: {stacks:#?}") };
    assert_eq!(data.template.outputs["JobsArn"].value, Node::map([("Fn::GetAtt", Node::list(["Jobs", "Arn"]))]));
    assert!(app.template.parameters.contains_key("JobsArn") && app.template.parameters.contains_key("JobsQueueName"));
    let shown = app.template.resources["Told"].properties["DisplayName"].clone();
    assert_eq!(shown, Node::map([("Fn::Sub", "of ${JobsArn} in ${AWS::Region}, ${!Literal}")]));
    let source = Source::Output { stack: data.key.clone(), output: "JobsArn".to_owned() };
    assert!(app.inputs.iter().any(|input| input.parameter == "JobsArn" && input.source == source));
    assert!(app.after.contains(&data.key), "the app stack waits for the data stack");
}

#[test]
fn a_reference_up_is_an_error() {
    let error = stacks(|_, layers| {
        queue(layers, Layer::App, "Jobs");
        layers.put(Layer::Data, &Id::<sns::Topic>::new("Told"), "a topic", sns::Topic::new().topic_name(Val::reference("Jobs")));
    });
    assert_eq!(error.unwrap_err().to_string(), "Told (data) refers up to Jobs (app): references point down");
}

#[test]
fn a_reference_to_nothing_is_an_error() {
    let error = stacks(|_, layers| {
        layers.put(Layer::Data, &Id::<sns::Topic>::new("Told"), "a topic", sns::Topic::new().topic_name(Val::reference("Jobs")));
    });
    assert_eq!(error.unwrap_err().to_string(), "Told refers to Jobs, which does not exist");
}

#[test]
fn one_name_for_two_resources_is_an_error_even_in_two_stacks() {
    let error = stacks(|_, layers| {
        queue(layers, Layer::Data, "Jobs");
        queue(layers, Layer::Async, "Jobs");
    });
    assert!(matches!(error.unwrap_err(), RenderError::NamedTwice { name, .. } if name == "Jobs"));
}

#[test]
fn one_offer_of_two_components_is_an_error() {
    let nothing = |_: &Site, _: &mut Layers| {};
    let probes = vec![Probe(nothing, Some("QUEUE_URL")), Probe(nothing, Some("QUEUE_URL"))];
    let error = render::stacks(&with("launch", &Settings::default(), probes)).unwrap_err();
    assert_eq!(error.to_string(), "two components offer the variable QUEUE_URL: only one may");
}

#[test]
fn a_value_that_the_schema_refuses_is_an_error() {
    let error = stacks(|_, layers| {
        layers.put(Layer::Data, &Id::<sqs::Queue>::new("Jobs"), "a queue", sqs::Queue::new().visibility_timeout(50_000));
    });
    assert!(matches!(error.unwrap_err(), RenderError::Unsound { path, .. } if path == "VisibilityTimeout"));
}

#[test]
fn another_regions_resource_is_reached_through_its_output_and_order_follows() {
    let put = |site: &Site, layers: &mut Layers| {
        if site.leads() {
            let there: Id<sqs::Queue> = Id::<sqs::Queue>::new("Copy").in_region(site.regions[1].region.code());
            layers.put(Layer::Data, &Id::<sns::Topic>::new("Told"), "a topic", sns::Topic::new().topic_name(there.queue_name()));
        } else {
            queue(layers, Layer::Site, "Copy");
        }
    };
    let stacks = render::stacks(&with("10m", &Settings::default(), vec![Probe(put, None)])).unwrap();
    let files: Vec<&str> = stacks.iter().map(|stack| stack.file.as_str()).collect();
    assert_eq!(files, ["site.us-west-2.yaml", "data.yaml"]);
    assert!(stacks[1].template.parameters.contains_key("CopyQueueNameUsWest2"));
    assert!(stacks[0].template.outputs.contains_key("CopyQueueName"));
}

#[test]
fn stacks_of_two_regions_that_need_one_another_are_an_error() {
    let put = |site: &Site, layers: &mut Layers| {
        let other = site.regions[1 - site.regions.iter().position(|region| region.region == site.region.region).unwrap()];
        queue(layers, Layer::Data, "Jobs");
        let there: Id<sqs::Queue> = Id::<sqs::Queue>::new("Jobs").in_region(other.region.code());
        layers.put(Layer::Data, &Id::<sns::Topic>::new("Told"), "a topic", sns::Topic::new().topic_name(there.queue_name()));
    };
    let error = render::stacks(&with("10m", &Settings::default(), vec![Probe(put, None)])).unwrap_err();
    assert!(matches!(error, RenderError::Cycle(_)), "{error}");
}

#[test]
fn every_resource_says_whom_it_serves_and_why() {
    for phase in scalectl::phase::all().unwrap() {
        for stack in render::stacks(&architecture(&phase.id, phase.from, &Settings::default())).unwrap() {
            for (id, resource) in &stack.template.resources {
                let served = &resource.metadata["scalectl"];
                let why = served.get("why").and_then(Node::as_str).unwrap_or_default();
                assert!(why.len() > 10, "{} {id}: {why:?}", stack.file);
                assert!(scalectl::component::BLOCKS.contains(&served.get("component").and_then(Node::as_str).unwrap()));
            }
        }
    }
}
