//! The body of a CloudWatch dashboard: graphs and texts on a grid of 24 columns, written as JSON text.
//!
//! Body format: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>

use crate::node::{Map, Node};
use crate::val::{Literal, Val};

mod text;

/// Columns of the grid.
const COLUMNS: u32 = 24;

/// A dashboard to be. Widgets flow from left to right, and into a new row when one has no room left.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Dashboard {
    region: Node,
    widgets: Vec<Node>,
    x: u32,
    y: u32,
    row: u32,
}

impl Dashboard {
    /// A dashboard whose graphs show metrics of this region (`Val::reference("AWS::Region")`) unless they say otherwise.
    pub fn new(region: impl Into<Val<String>>) -> Self {
        Dashboard { region: region.into().into_node(), widgets: Vec::new(), x: 0, y: 0, row: 0 }
    }

    /// Adds a text in Markdown: width in columns, height in rows.
    pub fn text(self, markdown: impl Into<String>, width: u32, height: u32) -> Self {
        let properties = Node::map([("markdown", Node::Str(markdown.into()))]);
        self.place("text", width, height, properties)
    }

    /// Adds a graph.
    pub fn graph(self, graph: Graph) -> Self {
        let region = graph.region.unwrap_or_else(|| self.region.clone());
        let mut properties = Map::new();
        properties.insert("title".to_owned(), Node::Str(graph.title));
        properties.insert("region".to_owned(), region);
        properties.insert("view".to_owned(), graph.view.into());
        properties.insert("stacked".to_owned(), graph.stacked.into());
        properties.insert("stat".to_owned(), Node::Str(graph.stat));
        properties.insert("period".to_owned(), graph.period.into());
        properties.insert("metrics".to_owned(), Node::List(graph.metrics.into_iter().map(Metric::into_node).collect()));
        if !graph.annotations.is_empty() {
            properties.insert("annotations".to_owned(), Node::map([("horizontal", Node::List(graph.annotations))]));
        }
        self.place("metric", graph.width, graph.height, Node::Map(properties))
    }

    /// Goes on in a new row.
    pub fn new_row(mut self) -> Self {
        if self.x > 0 {
            (self.x, self.y, self.row) = (0, self.y + self.row, 0);
        }
        self
    }

    fn place(mut self, kind: &str, width: u32, height: u32, properties: Node) -> Self {
        let width = width.clamp(1, COLUMNS);
        let height = height.max(1);
        if self.x + width > COLUMNS {
            self = self.new_row();
        }
        self.widgets.push(Node::map([
            ("type", Node::from(kind)),
            ("x", self.x.into()),
            ("y", self.y.into()),
            ("width", width.into()),
            ("height", height.into()),
            ("properties", properties),
        ]));
        self.x += width;
        self.row = self.row.max(height);
        self
    }

    /// The body: text, or one `Fn::Sub` when something in it is known only when the stack is deployed.
    pub fn body(self) -> Val<String> {
        text::body(&self.widgets)
    }
}

impl Literal for Dashboard {
    fn into_node(self) -> Node {
        self.body().into_node()
    }
}
impl From<Dashboard> for Val<String> {
    fn from(dashboard: Dashboard) -> Self {
        dashboard.body()
    }
}

/// A graph of metrics.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Graph {
    title: String,
    metrics: Vec<Metric>,
    stat: String,
    period: u32,
    region: Option<Node>,
    view: &'static str,
    stacked: bool,
    annotations: Vec<Node>,
    width: u32,
    height: u32,
}

impl Graph {
    /// A graph of averages per minute, a third of the grid wide.
    pub fn new(title: impl Into<String>) -> Self {
        Graph {
            title: title.into(),
            metrics: Vec::new(),
            stat: "Average".to_owned(),
            period: 60,
            region: None,
            view: "timeSeries",
            stacked: false,
            annotations: Vec::new(),
            width: 8,
            height: 6,
        }
    }

    /// Adds a metric.
    pub fn metric(mut self, metric: Metric) -> Self {
        self.metrics.push(metric);
        self
    }

    /// `Average`, `Sum`, `Maximum`, `p99`.
    pub fn stat(mut self, stat: impl Into<String>) -> Self {
        self.stat = stat.into();
        self
    }

    /// Seconds of a data point; 60 and its multiples.
    pub fn period(mut self, seconds: u32) -> Self {
        self.period = seconds;
        self
    }

    /// The region whose metrics are shown.
    pub fn region(mut self, region: impl Into<Val<String>>) -> Self {
        self.region = Some(region.into().into_node());
        self
    }

    /// Numbers instead of lines.
    pub fn single_value(mut self) -> Self {
        self.view = "singleValue";
        self
    }

    /// Areas on top of each other instead of lines.
    pub fn stacked(mut self) -> Self {
        self.stacked = true;
        self
    }

    /// A horizontal line at a value: a threshold, a ceiling.
    pub fn line_at(mut self, label: impl Into<String>, value: f64) -> Self {
        self.annotations.push(Node::map([("label", Node::Str(label.into())), ("value", Node::Float(value))]));
        self
    }

    /// Width in columns of 24, height in rows.
    pub fn size(mut self, width: u32, height: u32) -> Self {
        (self.width, self.height) = (width, height);
        self
    }
}

/// A metric of a graph.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Metric {
    path: Vec<Node>,
    options: Map,
}

impl Metric {
    /// Namespace and name: `AWS/SQS`, `ApproximateAgeOfOldestMessage`.
    pub fn new(namespace: impl Into<Val<String>>, name: impl Into<Val<String>>) -> Self {
        Metric { path: vec![namespace.into().into_node(), name.into().into_node()], options: Map::new() }
    }

    /// A formula over metrics with an id (`errors / requests * 100`).
    pub fn formula(expression: impl Into<String>) -> Self {
        Metric { path: Vec::new(), options: Map::new() }.option("expression", expression.into())
    }

    /// Adds a dimension.
    pub fn dimension(mut self, name: impl Into<String>, value: impl Into<Val<String>>) -> Self {
        self.path.push(Node::Str(name.into()));
        self.path.push(value.into().into_node());
        self
    }

    /// The name in the legend.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.option("label", label.into())
    }

    /// A statistic other than the graph's.
    pub fn stat(self, stat: impl Into<String>) -> Self {
        self.option("stat", stat.into())
    }

    /// A name for formulas: begins with a small letter.
    pub fn id(self, id: impl Into<String>) -> Self {
        self.option("id", id.into())
    }

    /// Measures against the axis on the right.
    pub fn right_axis(self) -> Self {
        self.option("yAxis", "right")
    }

    /// Takes part in formulas only.
    pub fn hidden(self) -> Self {
        self.option("visible", false)
    }

    fn option(mut self, name: &str, value: impl Into<Node>) -> Self {
        self.options.insert(name.to_owned(), value.into());
        self
    }

    fn into_node(self) -> Node {
        let mut path = self.path;
        if !self.options.is_empty() {
            path.push(Node::Map(self.options));
        }
        Node::List(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widgets_flow_over_the_grid() {
        let graph = || Graph::new("CPU").metric(Metric::new("AWS/EC2", "CPUUtilization"));
        let board = Dashboard::new("eu-west-1").text("# Web", 24, 1).graph(graph().size(10, 6)).graph(graph().size(10, 4)).graph(graph());
        let places: Vec<(i64, i64)> =
            board.widgets.iter().map(|w| (w.get("x").unwrap().as_int().unwrap(), w.get("y").unwrap().as_int().unwrap())).collect();
        assert_eq!(places, [(0, 0), (0, 1), (10, 1), (0, 7)]);
    }

    #[test]
    fn a_body_without_intrinsics_is_json_text() {
        let body = Dashboard::new("eu-west-1").text("cost ${x} \"now\"", 6, 2).body();
        let json: serde_json::Value = serde_json::from_str(body.node().as_str().unwrap()).unwrap();
        assert_eq!(json["widgets"][0]["properties"]["markdown"], "cost ${x} \"now\"");
        assert_eq!(json["widgets"][0]["width"], 6);
    }

    #[test]
    fn references_become_one_sub() {
        let metric =
            Metric::new("AWS/ApplicationELB", "RequestCount").dimension("LoadBalancer", Val::attribute("Balancer", "LoadBalancerFullName"));
        let graph = Graph::new("Requests ${literal}").stat("Sum").metric(metric.label("all")).line_at("ceiling", 100.0);
        let body = Dashboard::new(Val::reference("AWS::Region")).graph(graph).body();
        let text = body.node().get("Fn::Sub").unwrap().as_str().unwrap();
        assert!(
            text.contains(r#"["AWS/ApplicationELB","RequestCount","LoadBalancer","${Balancer.LoadBalancerFullName}",{"label":"all"}]"#),
            "{text}"
        );
        assert!(text.contains(r#""region":"${AWS::Region}""#), "{text}");
        assert!(text.contains("Requests ${!literal}"), "{text}");
        assert!(serde_json::from_str::<serde_json::Value>(text).is_ok());
    }

    #[test]
    fn what_sub_cannot_say_becomes_a_variable() {
        let far = Val::reference("Balancer@us-west-2");
        let joined: Val<String> = Val::join("-", ["a", "b"]);
        let metric = Metric::new("App", "Depth").dimension("Far", far.clone()).dimension("Again", far).dimension("Joined", joined.clone());
        let body = Dashboard::new("eu-west-1").graph(Graph::new("Depth").metric(metric)).body();
        let argument = body.node().get("Fn::Sub").unwrap().as_list().unwrap();
        assert!(argument[0].as_str().unwrap().contains(r#""Far","${Value1}","Again","${Value1}","Joined","${Value2}""#));
        assert_eq!(argument[1].get("Value2"), Some(joined.node()));
        assert_eq!(argument[1].as_map().unwrap().len(), 2);
    }
}
