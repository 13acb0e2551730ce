//! What an unquoted word means.

use crate::node::Node;

/// Null, boolean or number when the word is one in YAML 1.1 and 1.2 alike (see the module above); text otherwise.
pub(super) fn resolve(word: &str) -> Node {
    match word {
        "" | "~" | "null" | "Null" | "NULL" => Node::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Node::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Node::Bool(false),
        _ => number(word).unwrap_or_else(|| Node::Str(word.to_owned())),
    }
}

/// `-12`, `0.5`, `1.5e-7`: the forms that need no second thought. No leading zero, no plus, no underscore, no bare exponent.
fn number(word: &str) -> Option<Node> {
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let whole = digits(unsigned);
    if whole == 0 || (whole > 1 && unsigned.starts_with('0')) {
        return None;
    }
    let rest = unsigned.get(whole..)?;
    if rest.is_empty() {
        // `-0` would come back as `0`.
        return if word == "-0" { None } else { word.parse().ok().map(Node::Int) };
    }
    let fraction = rest.strip_prefix('.')?;
    let places = digits(fraction);
    let exponent = fraction.get(places..)?;
    if places == 0 || !(exponent.is_empty() || is_exponent(exponent)) {
        return None;
    }
    word.parse().ok().filter(|value: &f64| value.is_finite()).map(Node::Float)
}

fn is_exponent(text: &str) -> bool {
    let Some(signed) = text.strip_prefix(['e', 'E']) else { return false };
    let Some(power) = signed.strip_prefix(['+', '-']) else { return false };
    !power.is_empty() && digits(power) == power.len()
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// A number with a fraction, in the one spelling that YAML 1.1, YAML 1.2 and JSON all read as such: `0.5`, `1.0e+21`.
/// What is no number (`NaN`, infinity) has no spelling in a template.
pub(crate) fn float(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    let text = format!("{value:?}");
    let Some((mantissa, power)) = text.split_once('e') else { return Some(text) };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if power.starts_with('-') { "" } else { "+" };
    Some(format!("{mantissa}{point}e{sign}{power}"))
}
