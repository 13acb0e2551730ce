//! The reader: RFC 8259, with places, and within limits.

use crate::node::{Map, Node};
use crate::syntax::{Document, Limits, Place, Spot, SyntaxError};

/// Reads one JSON value.
///
/// A whole number beyond 64 bits is kept as text, so that no digit is lost.
///
/// # Errors
/// No JSON; a key twice in an object; or it exceeds the [`Limits`].
pub fn parse(text: &str) -> Result<Document, SyntaxError> {
    parse_with(text, Limits::default())
}

/// [`parse`] with limits of the caller's.
///
/// # Errors
/// As for [`parse`].
pub fn parse_with(text: &str, limits: Limits) -> Result<Document, SyntaxError> {
    let text = limits.admit(text)?;
    let mut reader = Reader { rest: text, place: Place::START, limits };
    let (root, spots) = reader.value(0)?;
    reader.blanks();
    match reader.peek() {
        None => Ok(Document::new(root, spots)),
        Some(c) => Err(reader.error(format!("{c:?} after the end of the value"))),
    }
}

struct Reader<'a> {
    rest: &'a str,
    place: Place,
    limits: Limits,
}

type Read<T> = Result<T, SyntaxError>;

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        if c == '\n' {
            self.place = Place { line: self.place.line + 1, column: 1 };
        } else {
            self.place.column += 1;
        }
        Some(c)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.bump();
        }
        found
    }

    fn blanks(&mut self) {
        let end = self.rest.bytes().position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).unwrap_or(self.rest.len());
        for byte in self.rest.bytes().take(end) {
            if byte == b'\n' {
                self.place = Place { line: self.place.line + 1, column: 1 };
            } else {
                self.place.column += 1;
            }
        }
        self.rest = self.rest.get(end..).unwrap_or_default();
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError::at(self.place, message)
    }

    fn unexpected(&self, wanted: &str) -> SyntaxError {
        match self.peek() {
            Some(c) => self.error(format!("expected {wanted}, found {c:?}")),
            None => self.error(format!("expected {wanted}, found the end of the file")),
        }
    }

    fn value(&mut self, depth: usize) -> Read<(Node, Spot)> {
        self.blanks();
        let place = self.place;
        self.limits.check_depth(depth, place)?;
        let node = match self.peek() {
            Some('{') => return self.object(depth, place),
            Some('[') => return self.array(depth, place),
            Some('"') => Node::Str(self.string()?),
            Some('-' | '0'..='9') => self.number()?,
            _ => self.word()?,
        };
        Ok((node, Spot::leaf(place)))
    }

    fn word(&mut self) -> Read<Node> {
        for (word, node) in [("true", Node::Bool(true)), ("false", Node::Bool(false)), ("null", Node::Null)] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                self.place.column += word.len();
                return Ok(node);
            }
        }
        Err(self.unexpected("a value"))
    }

    fn array(&mut self, depth: usize, place: Place) -> Read<(Node, Spot)> {
        self.bump();
        let (mut items, mut children) = (Vec::new(), Vec::new());
        self.blanks();
        if !self.eat(']') {
            loop {
                let (item, spot) = self.value(depth + 1)?;
                children.push((String::new(), spot));
                items.push(item);
                self.blanks();
                if self.eat(']') {
                    break;
                }
                if !self.eat(',') {
                    return Err(self.unexpected("`,` or `]`"));
                }
            }
        }
        Ok((Node::List(items), Spot { place, children }))
    }

    fn object(&mut self, depth: usize, place: Place) -> Read<(Node, Spot)> {
        self.bump();
        let (mut map, mut children) = (Map::new(), Vec::<(String, Spot)>::new());
        self.blanks();
        if !self.eat('}') {
            loop {
                self.blanks();
                let key_place = self.place;
                if self.peek() != Some('"') {
                    return Err(self.unexpected("a key in double quotes"));
                }
                let key = self.string()?;
                if let Some(index) = map.get_index_of(&key) {
                    let first = children.get(index).map_or(0, |(_, spot)| spot.place.line);
                    let message = format!("the key {key:?} stands here a second time; the first is on line {first}");
                    return Err(SyntaxError::at(key_place, message));
                }
                self.blanks();
                if !self.eat(':') {
                    return Err(self.unexpected("`:`"));
                }
                let (item, spot) = self.value(depth + 1)?;
                children.push((key.clone(), Spot { place: key_place, children: spot.children }));
                map.insert(key, item);
                self.blanks();
                if self.eat('}') {
                    break;
                }
                if !self.eat(',') {
                    return Err(self.unexpected("`,` or `}`"));
                }
            }
        }
        Ok((Node::Map(map), Spot { place, children }))
    }

    fn digits(&mut self) -> Read<()> {
        if !matches!(self.peek(), Some('0'..='9')) {
            return Err(self.unexpected("a digit"));
        }
        while matches!(self.peek(), Some('0'..='9')) {
            self.bump();
        }
        Ok(())
    }

    fn number(&mut self) -> Read<Node> {
        let start = self.rest;
        self.eat('-');
        if self.eat('0') {
            if matches!(self.peek(), Some('0'..='9')) {
                return Err(self.error("a number has no leading zero; put quotes around it to keep it"));
            }
        } else {
            self.digits()?;
        }
        let mut whole = true;
        if self.eat('.') {
            whole = false;
            self.digits()?;
        }
        if self.eat('e') || self.eat('E') {
            whole = false;
            let _ = self.eat('+') || self.eat('-');
            self.digits()?;
        }
        let text = start.get(..start.len() - self.rest.len()).unwrap_or_default();
        let number =
            if whole { text.parse().ok().map(Node::Int) } else { text.parse().ok().filter(|f: &f64| f.is_finite()).map(Node::Float) };
        Ok(number.unwrap_or_else(|| Node::Str(text.to_owned())))
    }

    fn string(&mut self) -> Read<String> {
        self.bump();
        let mut out = String::new();
        loop {
            // What stands for itself is taken in one piece.
            let plain = self.rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\').unwrap_or(self.rest.len());
            if let Some((piece, rest)) = self.rest.split_at_checked(plain) {
                out.push_str(piece);
                self.place.column += piece.chars().count();
                self.rest = rest;
            }
            let at = self.place;
            match self.bump() {
                None => return Err(SyntaxError::at(at, "the string has no end")),
                Some('"') => return Ok(out),
                Some('\\') => out.push(self.escape(at)?),
                Some(c) if c < ' ' => return Err(SyntaxError::at(at, format!("{c:?} must be escaped in a string"))),
                Some(c) => out.push(c),
            }
        }
    }

    fn escape(&mut self, at: Place) -> Read<char> {
        Ok(match self.bump() {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let first = self.unit(at)?;
                let mut units = vec![first];
                if (0xd800..0xdc00).contains(&first) && self.rest.starts_with("\\u") {
                    self.bump();
                    self.bump();
                    units.push(self.unit(at)?);
                }
                let mut decoded = char::decode_utf16(units);
                match (decoded.next(), decoded.next()) {
                    (Some(Ok(c)), None) => c,
                    _ => return Err(SyntaxError::at(at, "half of a surrogate pair; both halves belong together")),
                }
            }
            _ => return Err(SyntaxError::at(at, "no such escape in JSON; a backslash is written \\\\")),
        })
    }

    fn unit(&mut self, at: Place) -> Read<u16> {
        let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| SyntaxError::at(at, "\\u must be followed by four hexadecimal digits"))?;
        for _ in 0..4 {
            self.bump();
        }
        Ok(unit)
    }
}
