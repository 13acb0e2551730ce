//! The chain of arithmetic as data: what was computed, from what, by which formula.

use std::fmt;

use serde::Serialize;

use super::Load;
use super::assumption::assumption;
use super::figure::{self, ALL_DIGITS, Figure};
use super::term::{Operand, Term};
use crate::units::{self, Bytes, PerSecond, Users};

/// A computed quantity with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Users.
    Users(Users),
    /// A rate.
    Rate(PerSecond),
    /// A size.
    Bytes(Bytes),
    /// A whole number of things.
    Count(u64),
    /// A measured amount (vCPUs).
    Amount(f64),
}

impl Value {
    /// The bare number.
    pub fn amount(self) -> f64 {
        match self {
            Value::Users(users) => users.as_f64(),
            Value::Rate(rate) => rate.get(),
            Value::Bytes(bytes) => bytes.as_f64(),
            Value::Count(count) => count as f64,
            Value::Amount(amount) => amount,
        }
    }

    /// The same kind of value with another number: whole things are rounded up.
    fn like(self, amount: f64) -> Value {
        match self {
            Value::Users(_) => Value::Users(Users(units::whole(amount))),
            Value::Rate(_) => Value::Rate(PerSecond::new(amount)),
            Value::Bytes(_) => Value::Bytes(Bytes::from_f64(amount)),
            Value::Count(_) => Value::Count(units::whole(amount)),
            Value::Amount(_) => Value::Amount(amount),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Users(users) => users.fmt(f),
            Value::Rate(rate) => rate.fmt(f),
            Value::Bytes(bytes) => bytes.fmt(f),
            Value::Count(count) => f.pad(&units::thousands(*count)),
            Value::Amount(amount) => f.pad(&units::number(*amount)),
        }
    }
}

/// One line of the chain of arithmetic.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The field of [`Load`] or its method.
    pub id: &'static str,
    /// What it is, for a person.
    pub quantity: &'static str,
    /// How much.
    pub value: Value,
    /// What the value counts: `users`, `/s`, `bytes`, `bytes/month`, `/month`, …
    pub unit: &'static str,
    /// How it was computed, in terms of earlier steps and assumption ids.
    pub formula: String,
    /// The same, as a tree.
    pub term: Term,
    /// What the formula names, with the values in force.
    pub operands: Vec<Operand>,
    /// The assumptions that the formula itself names.
    pub assumptions: Vec<&'static str>,
    /// The assumptions that its operands rest on, without those that it names itself.
    pub before: Vec<&'static str>,
}

/// The fewest digits of a number that is put into a formula.
const FEWEST_DIGITS: usize = 4;

impl Step {
    /// The value with its unit: `57.9/s`.
    pub fn result(&self) -> String {
        figure::result(self.value, self.unit)
    }

    /// The formula with the numbers put in and what comes of it, `57.87/s × 3 = 174/s`; nothing for what was given.
    ///
    /// Numbers have as few digits as lead to the result that is shown, so that nobody who follows the arithmetic finds another one.
    pub fn numbers(&self) -> Option<String> {
        let result = self.result();
        let digits = (FEWEST_DIGITS..ALL_DIGITS).find(|digits| {
            let shown = self.term.value_as_shown(&self.operands, *digits);
            shown.is_some_and(|shown| figure::result(self.value.like(shown), self.unit) == result)
        });
        let exact = self.term.value(&self.operands)?;
        let rounded = match self.value {
            Value::Users(_) | Value::Count(_) => true,
            Value::Bytes(bytes) => bytes.0 < 1_000,
            Value::Rate(_) | Value::Amount(_) => false,
        } && self.value.amount() - exact > 1e-9 * exact.max(1.0);
        let whole = !matches!(self.value, Value::Rate(_) | Value::Amount(_));
        let note = match rounded {
            // 2^64, where whole numbers end.
            _ if whole && exact > u64::MAX as f64 => " (the most that is counted)",
            true => " (rounded up)",
            false => "",
        };
        Some(format!("{} = {}{note}", self.term.numbers(&self.operands, digits.unwrap_or(ALL_DIGITS)), result))
    }
}

/// Steps as they are made, each of what came before.
pub(super) struct Steps<'a> {
    load: &'a Load,
    known: Vec<Step>,
}

impl<'a> Steps<'a> {
    pub fn new(load: &'a Load, known: Vec<Step>) -> Steps<'a> {
        Steps { load, known }
    }

    /// Adds a step. What it names must be an earlier step or an assumption; a test holds every formula to that.
    pub fn add(&mut self, id: &'static str, quantity: &'static str, value: Value, unit: &'static str, term: Term) {
        let (mut operands, mut assumptions, mut before): (Vec<Operand>, Vec<&'static str>, Vec<&'static str>) = Default::default();
        for name in term.ids() {
            // A step and an assumption may have one name, such as `session_bytes`; a step cannot mean itself.
            if let Some(step) = self.known.iter().find(|step| step.id == name) {
                operands.push(Operand { id: name, figure: Figure::Step(step.value, step.unit) });
                before.extend(step.assumptions.iter().chain(&step.before));
            } else if let Some((entry, value)) = assumption(name).zip(self.load.assumptions.value(name)) {
                operands.push(Operand { id: name, figure: Figure::Assumed(value, entry.unit) });
                assumptions.push(entry.id);
            }
        }
        let mut seen = assumptions.clone();
        before.retain(|id| {
            let fresh = !seen.contains(id);
            seen.push(id);
            fresh
        });
        let formula = term.formula();
        self.known.push(Step { id, quantity, value, unit, formula, term, operands, assumptions, before });
    }

    pub fn done(self) -> Vec<Step> {
        self.known
    }
}
