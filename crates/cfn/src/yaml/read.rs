//! The reader: events to nodes, with places, and within limits.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_saphyr::granit_parser::{self, Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::plain;
use crate::node::{Map, Node};
use crate::syntax::{Document, Limits, Place, Spot, SyntaxError};

/// Reads one YAML document (JSON is one too, but [`crate::json`] says better what is wrong with it).
///
/// # Errors
/// No YAML, or YAML that CloudFormation does not take: a key twice in a map, a key that is no text, `<<` merges, several documents,
/// unknown tags; or it exceeds the [`Limits`].
pub fn parse(text: &str) -> Result<Document, SyntaxError> {
    parse_with(text, Limits::default())
}

/// [`parse`] with limits of the caller's.
///
/// # Errors
/// As for [`parse`].
pub fn parse_with(text: &str, limits: Limits) -> Result<Document, SyntaxError> {
    let text = limits.admit(text)?;
    let options = granit_parser::options! { emit_comments: false, block_scalar_eof_without_line_feed: true };
    let parser = Parser::new_from_str_with_options(text, options);
    Reader { parser, limits, anchors: HashMap::new(), copied: 0 }.document()
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    limits: Limits,
    anchors: HashMap<usize, Value>,
    /// Weight of all that anchors and aliases have copied.
    copied: usize,
}

#[derive(Clone)]
struct Value {
    node: Node,
    spot: Spot,
    /// Roughly the bytes that it would take to write it out.
    weight: usize,
    /// Levels of lists and maps in it.
    height: usize,
}

type Tagged<'a> = Option<Cow<'a, Tag>>;

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), SyntaxError> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(scan_error(&error)),
            None => Err(SyntaxError::at(Place::START, "the file ends too early")),
        }
    }

    fn document(mut self) -> Result<Document, SyntaxError> {
        let mut found: Option<Value> = None;
        loop {
            let (event, span) = self.next()?;
            let place = place(&span.start);
            match event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) if found.is_some() => {
                    return Err(SyntaxError::at(place, "a second document begins here; a template is a single document"));
                }
                Event::DocumentStart(..) => {
                    let (event, span) = self.next()?;
                    let empty = span.start == span.end && matches!(event, Event::Scalar(_, ScalarStyle::Plain, 0, None));
                    if !empty {
                        found = Some(self.value(event, &span, 0)?);
                    }
                }
                _ => break,
            }
        }
        let value = found.ok_or_else(|| SyntaxError::at(Place::START, "the file is empty"))?;
        Ok(Document::new(value.node, value.spot))
    }

    fn value(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Value, SyntaxError> {
        let at = place(&span.tag_start.unwrap_or(span.start));
        self.limits.check_depth(depth, at)?;
        let (anchor, value) = match event {
            Event::Alias(id) => return self.alias(id, at, depth),
            Event::Scalar(text, style, anchor, tag) => (anchor, scalar(&text, style, &tag, at)?),
            Event::SequenceStart(_, anchor, tag) => {
                let meaning = meaning(&tag, at)?;
                let inner = depth + 1 + usize::from(matches!(meaning, Meaning::Function(_)));
                let list = self.list(place(&span.start), inner)?;
                (anchor, collection(meaning, list, at, "seq")?)
            }
            Event::MappingStart(_, anchor, tag) => {
                let meaning = meaning(&tag, at)?;
                let inner = depth + 1 + usize::from(matches!(meaning, Meaning::Function(_)));
                let map = self.map(place(&span.start), inner)?;
                (anchor, collection(meaning, map, at, "map")?)
            }
            _ => return Err(SyntaxError::at(at, "a value is missing here")),
        };
        if anchor != 0 {
            self.charge(value.weight, at)?;
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn alias(&mut self, id: usize, at: Place, depth: usize) -> Result<Value, SyntaxError> {
        let Some(target) = self.anchors.get(&id) else {
            return Err(SyntaxError::at(at, "this alias refers to a value that it is part of"));
        };
        let (weight, height) = (target.weight, target.height);
        self.limits.check_depth(depth + height, at)?;
        self.charge(weight, at)?;
        self.anchors.get(&id).cloned().ok_or_else(|| SyntaxError::at(at, "this alias refers to nothing"))
    }

    /// Counts a copy before it is made, so that a few lines of nested aliases cannot fill the memory.
    fn charge(&mut self, weight: usize, at: Place) -> Result<(), SyntaxError> {
        self.copied = self.copied.saturating_add(weight);
        if self.copied > self.limits.max_bytes {
            return Err(SyntaxError::at(at, format!("the aliases expand to more than {} bytes", self.limits.max_bytes)));
        }
        Ok(())
    }

    fn list(&mut self, at: Place, depth: usize) -> Result<Value, SyntaxError> {
        let (mut items, mut children) = (Vec::new(), Vec::new());
        let (mut weight, mut height) = (NODE_WEIGHT, 0);
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Value { node: Node::List(items), spot: Spot { place: at, children }, weight, height: height + 1 });
            }
            let item = self.value(event, &span, depth)?;
            weight = weight.saturating_add(item.weight);
            height = height.max(item.height);
            children.push((String::new(), item.spot));
            items.push(item.node);
        }
    }

    fn map(&mut self, at: Place, depth: usize) -> Result<Value, SyntaxError> {
        let (mut map, mut children) = (Map::new(), Vec::<(String, Spot)>::new());
        let (mut weight, mut height) = (NODE_WEIGHT, 0);
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Value { node: Node::Map(map), spot: Spot { place: at, children }, weight, height: height + 1 });
            }
            let key_place = place(&span.start);
            let key = key(event, key_place)?;
            if let Some(index) = map.get_index_of(&key) {
                let first = children.get(index).map_or(0, |(_, spot)| spot.place.line);
                return Err(SyntaxError::at(key_place, format!("the key {key:?} stands here a second time; the first is on line {first}")));
            }
            let (event, span) = self.next()?;
            let item = self.value(event, &span, depth)?;
            weight = weight.saturating_add(item.weight).saturating_add(NODE_WEIGHT + key.len());
            height = height.max(item.height);
            children.push((key.clone(), Spot { place: key_place, children: item.spot.children }));
            map.insert(key, item.node);
        }
    }
}

/// What a node weighs besides its text.
const NODE_WEIGHT: usize = 8;

fn key(event: Event<'_>, at: Place) -> Result<String, SyntaxError> {
    let Event::Scalar(text, style, _, tag) = event else {
        return Err(SyntaxError::at(at, "a key must be a plain text, not a list, a map or an alias"));
    };
    match meaning(&tag, at)? {
        Meaning::Nothing | Meaning::Core("str") => {}
        _ => return Err(SyntaxError::at(at, "a key must be a plain text, without a tag")),
    }
    if style == ScalarStyle::Plain && tag.is_none() {
        if text == "<<" {
            return Err(SyntaxError::at(at, "CloudFormation has no hash merges (<<); write the keys out"));
        }
        if plain::resolve(&text) == Node::Null {
            return Err(SyntaxError::at(at, "a key must be a text; this one is empty or null"));
        }
    }
    Ok(text.into_owned())
}

/// What a tag says.
enum Meaning<'t> {
    Nothing,
    /// A tag of YAML's own, `!!str`.
    Core(&'t str),
    /// The long name of a function.
    Function(String),
}

fn meaning<'t>(tag: &'t Tagged<'_>, at: Place) -> Result<Meaning<'t>, SyntaxError> {
    let Some(tag) = tag.as_deref() else { return Ok(Meaning::Nothing) };
    if let Some(core) = tag.core_suffix() {
        return Ok(Meaning::Core(core));
    }
    match (tag.handle(), tag.suffix()) {
        // A lone `!` only says that the value is not to be guessed at.
        ("!", "") | ("", "!") => Ok(Meaning::Core("str")),
        ("!", name @ ("Ref" | "Condition")) => Ok(Meaning::Function(name.to_owned())),
        ("!", name) if name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            Ok(Meaning::Function(format!("Fn::{name}")))
        }
        _ => Err(SyntaxError::at(at, format!("CloudFormation knows no tag {}", tag.original()))),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: &Tagged<'_>, at: Place) -> Result<Value, SyntaxError> {
    let leaf = |node| Value { node, spot: Spot::leaf(at), weight: NODE_WEIGHT + text.len(), height: 0 };
    match meaning(tag, at)? {
        Meaning::Nothing if style == ScalarStyle::Plain => Ok(leaf(plain::resolve(text))),
        Meaning::Nothing | Meaning::Core("str") => Ok(leaf(Node::Str(text.to_owned()))),
        Meaning::Core(kind) => {
            let node = plain::resolve(text);
            let fits = matches!(
                (kind, &node),
                ("null", Node::Null) | ("bool", Node::Bool(_)) | ("int", Node::Int(_)) | ("float", Node::Float(_) | Node::Int(_))
            );
            if fits { Ok(leaf(node)) } else { Err(SyntaxError::at(at, format!("{text:?} is not what the tag !!{kind} promises"))) }
        }
        // `!GetAtt Queue.Arn`: the resource ends at the first dot.
        Meaning::Function(name) if name == "Fn::GetAtt" => {
            let words = text.splitn(2, '.').map(|word| Node::Str(word.to_owned())).collect();
            Ok(function(name, Value { height: 1, ..leaf(Node::List(words)) }, at))
        }
        Meaning::Function(name) => Ok(function(name, leaf(Node::Str(text.to_owned())), at)),
    }
}

fn collection(meaning: Meaning<'_>, value: Value, at: Place, kind: &str) -> Result<Value, SyntaxError> {
    match meaning {
        Meaning::Function(name) => Ok(function(name, value, at)),
        Meaning::Nothing => Ok(value),
        Meaning::Core(core) if core == kind => Ok(value),
        Meaning::Core(core) => Err(SyntaxError::at(at, format!("a collection cannot carry the tag !!{core}"))),
    }
}

fn function(name: String, argument: Value, at: Place) -> Value {
    Value {
        weight: argument.weight + NODE_WEIGHT + name.len(),
        height: argument.height + 1,
        spot: Spot { place: at, children: vec![(name.clone(), argument.spot)] },
        node: Node::Map(Map::from([(name, argument.node)])),
    }
}

fn place(marker: &Marker) -> Place {
    Place { line: marker.line(), column: marker.col() + 1 }
}

fn scan_error(error: &ScanError) -> SyntaxError {
    SyntaxError::at(place(error.marker()), error.info())
}
