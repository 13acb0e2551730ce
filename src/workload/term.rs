//! Formulas as trees: one tree gives the words of a formula, the same with numbers put in, and the value.

use std::ops::{Add, Div, Mul, Sub};

use super::figure::Figure;

/// A formula, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// What was given.
    Given,
    /// An earlier step or an assumption, by its id.
    Of(&'static str),
    /// A number that never changes, and how it is written: 86,400 as `86,400 s`.
    Fixed(f64, &'static str),
    /// Rounded up.
    Whole(Box<Term>),
    /// The larger of two.
    Larger(Box<Term>, Box<Term>),
    /// The first, but at most the second.
    AtMost(Box<Term>, Box<Term>),
    /// Two terms and a sign between them.
    Both(Box<Term>, Sign, Box<Term>),
}

/// A sign between two terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Plus.
    Plus,
    /// Minus.
    Minus,
    /// Times.
    Times,
    /// Divided by.
    Over,
}

/// An earlier step or an assumption that a formula uses, with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand {
    /// The step's or assumption's id.
    pub id: &'static str,
    /// Its value with its unit.
    pub figure: Figure,
}

/// What a formula's numbers are at a number of digits: each with its words and the value that the words say.
type Numbers<'a> = &'a dyn Fn(&'static str) -> Option<(String, f64)>;

impl Term {
    /// The ids that it names, each once, in the order of reading.
    pub fn ids(&self) -> Vec<&'static str> {
        let mut ids = Vec::new();
        self.collect(&mut ids);
        ids
    }

    fn collect(&self, ids: &mut Vec<&'static str>) {
        match self {
            Term::Given | Term::Fixed(..) => {}
            Term::Of(id) if ids.contains(id) => {}
            Term::Of(id) => ids.push(id),
            Term::Whole(of) => of.collect(ids),
            Term::Larger(a, b) | Term::AtMost(a, b) | Term::Both(a, _, b) => {
                a.collect(ids);
                b.collect(ids);
            }
        }
    }

    /// The formula with the ids of its operands: `requests_mean × peak_factor`.
    pub fn formula(&self) -> String {
        self.words(&|id| Some((id.to_owned(), 0.0)))
    }

    /// The formula with the values of its operands: `57.87/s × 3`. Each has at least `digits` digits.
    pub fn numbers(&self, operands: &[Operand], digits: usize) -> String {
        self.words(&|id| find(operands, id).map(|operand| operand.figure.shown(digits)))
    }

    /// What the formula comes to; nothing when an operand is missing.
    pub fn value(&self, operands: &[Operand]) -> Option<f64> {
        self.evaluate(&|id| find(operands, id).map(|operand| (String::new(), operand.figure.amount())))
    }

    /// What the formula comes to for somebody who puts in the numbers as [`Term::numbers`] shows them.
    pub fn value_as_shown(&self, operands: &[Operand], digits: usize) -> Option<f64> {
        self.evaluate(&|id| find(operands, id).map(|operand| operand.figure.shown(digits)))
    }

    fn evaluate(&self, numbers: Numbers<'_>) -> Option<f64> {
        Some(match self {
            Term::Given => return None,
            Term::Of(id) => numbers(id)?.1,
            Term::Fixed(value, _) => *value,
            Term::Whole(of) => crate::units::whole(of.evaluate(numbers)?) as f64,
            Term::Larger(a, b) => a.evaluate(numbers)?.max(b.evaluate(numbers)?),
            Term::AtMost(a, b) => a.evaluate(numbers)?.min(b.evaluate(numbers)?),
            Term::Both(a, sign, b) => {
                let (a, b) = (a.evaluate(numbers)?, b.evaluate(numbers)?);
                match sign {
                    Sign::Plus => a + b,
                    Sign::Minus => a - b,
                    Sign::Times => a * b,
                    Sign::Over => a / b,
                }
            }
        })
    }

    fn words(&self, numbers: Numbers<'_>) -> String {
        match self {
            Term::Given => "given".to_owned(),
            Term::Of(id) => numbers(id).map_or_else(|| (*id).to_owned(), |(words, _)| words),
            Term::Fixed(_, words) => (*words).to_owned(),
            Term::Whole(of) => format!("whole {}", of.bound(3, numbers)),
            Term::Larger(a, b) => format!("max({}, {})", a.words(numbers), b.words(numbers)),
            Term::AtMost(a, b) => format!("{}, at most {}", a.words(numbers), b.words(numbers)),
            // What stands behind ÷ or − needs brackets as soon as it has a sign of the same strength; ÷ behind × too, for those who read from the left.
            Term::Both(a, sign, b) => {
                let behind = if *sign == Sign::Plus { sign.strength() } else { sign.strength() + 1 };
                format!("{} {} {}", a.bound(sign.strength(), numbers), sign.glyph(), b.bound(behind, numbers))
            }
        }
    }

    /// The words, in brackets when the term holds together less than `strength`.
    fn bound(&self, strength: u8, numbers: Numbers<'_>) -> String {
        let own = match self {
            Term::Both(_, sign, _) => sign.strength(),
            Term::AtMost(..) => 0,
            _ => 3,
        };
        let words = self.words(numbers);
        if own < strength { format!("({words})") } else { words }
    }

    /// Rounded up.
    pub fn whole(self) -> Term {
        Term::Whole(Box::new(self))
    }

    /// But at most `other`.
    pub fn at_most(self, other: Term) -> Term {
        Term::AtMost(Box::new(self), Box::new(other))
    }

    /// The larger of this and `other`.
    pub fn or_larger(self, other: Term) -> Term {
        Term::Larger(Box::new(self), Box::new(other))
    }

    fn with(self, sign: Sign, other: Term) -> Term {
        Term::Both(Box::new(self), sign, Box::new(other))
    }
}

fn find<'a>(operands: &'a [Operand], id: &str) -> Option<&'a Operand> {
    operands.iter().find(|operand| operand.id == id)
}

impl Sign {
    fn glyph(self) -> char {
        match self {
            Sign::Plus => '+',
            Sign::Minus => '−',
            Sign::Times => '×',
            Sign::Over => '÷',
        }
    }

    fn strength(self) -> u8 {
        match self {
            Sign::Plus | Sign::Minus => 1,
            Sign::Times | Sign::Over => 2,
        }
    }
}

impl Mul for Term {
    type Output = Term;
    fn mul(self, other: Term) -> Term {
        self.with(Sign::Times, other)
    }
}

impl Div for Term {
    type Output = Term;
    fn div(self, other: Term) -> Term {
        self.with(Sign::Over, other)
    }
}

impl Add for Term {
    type Output = Term;
    fn add(self, other: Term) -> Term {
        self.with(Sign::Plus, other)
    }
}

impl Sub for Term {
    type Output = Term;
    fn sub(self, other: Term) -> Term {
        self.with(Sign::Minus, other)
    }
}
