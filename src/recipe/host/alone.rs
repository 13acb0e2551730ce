//! A machine that stands alone: it grows by being replaced with a larger one, until more machines are the better answer.

use std::cmp::Reverse;

use super::fleet;
use crate::block::{Driver, Reason, Request, Unplaceable};
use crate::catalog::Class;
use crate::catalog::sizing::{Needs, Rejection, unmet};
use crate::units::{Usd, Users, number, thousands};
use crate::workload::Load;

/// vCPUs of the largest machine that makes sense alone: beyond it two machines cost no more, and one of them may fail.
pub const MOST_VCPU: u32 = 16;

/// More users than there are people need not be tried.
const MOST_USERS: u64 = 10_000_000_000;

/// The machine that was chosen, with how far its kind goes.
#[derive(Debug)]
pub struct Alone<'a> {
    /// The cheapest class that carries the load.
    pub class: &'a Class,
    /// The next smaller class of its family; none when it is the smallest.
    pub below: Option<&'a Class>,
    /// Why that one was not taken.
    pub smaller: Option<Rejection>,
    /// The largest class that makes sense.
    pub largest: &'a Class,
    /// The most users that a machine of that class carries.
    pub most: Users,
    /// The next dearer class that would do as well, with its price for an hour and that of the class taken.
    pub dearer: Option<(&'a Class, Usd, Usd)>,
}

/// The cheapest class for the load, and how many users the largest sensible one carries. What else goes with the machine costs the same with every
/// class, so the cheapest class makes the cheapest bill.
///
/// # Errors
/// When the load needs more than the largest sensible class has; the error says for how many users that is enough.
pub fn size<'a>(
    component: &'static str,
    request: &Request<'a>,
    families: &[&str],
    needs: &dyn Fn(&Load) -> Needs,
) -> Result<Alone<'a>, Unplaceable> {
    // Cheapest first; of two at one price the one with more memory.
    let mut classes = fleet::offered(request, families);
    classes.sort_by_key(|(class, hourly)| (*hourly, Reverse(class.memory)));
    let sensible: Vec<_> = classes.into_iter().filter(|(class, _)| class.vcpu <= MOST_VCPU).collect();
    let fitting = |needs: &Needs| sensible.iter().position(|(class, _)| unmet(class, needs).is_none());
    let at = |users: u64| fitting(&needs(&request.load.with_users(Users(users))));
    let needed = needs(request.load);
    let most = most(&|users| at(users).is_some());
    // Where not even one user fits there is no machine at all, and that is another trouble.
    let Some(largest) = at(most).filter(|_| most > 0) else {
        return Err(fleet::class(component, request, families, &needed)
            .err()
            .unwrap_or_else(|| too_many(component, request, &needed, most)));
    };
    let Some(place) = fitting(&needed) else { return Err(too_many(component, request, &needed, most)) };
    let (class, hourly) = sensible[place];
    let smaller = sensible.iter().filter(|(other, _)| other.family == class.family && other.memory < class.memory);
    let below = smaller.max_by_key(|(other, _)| other.memory).map(|(other, _)| *other);
    let dearer = sensible[place + 1..].iter().find(|(other, _)| unmet(other, &needed).is_none());
    Ok(Alone {
        class,
        below,
        smaller: below.and_then(|below| unmet(below, &needed)),
        largest: sensible[largest].0,
        most: Users(most),
        dearer: dearer.map(|(other, price)| (*other, *price, hourly)),
    })
}

fn too_many(component: &'static str, request: &Request, needed: &Needs, most: u64) -> Unplaceable {
    let problem = format!(
        "{} users need {needed} on one machine; the largest sensible one has {MOST_VCPU} vCPU and is full at about {} users: plan a later phase",
        thousands(request.load.users.0),
        thousands(rounded(most)),
    );
    Unplaceable { component, problem }
}

/// The most users for which it fits; 0 when it never does. More users never need less.
fn most(fits: &dyn Fn(u64) -> bool) -> u64 {
    let (mut enough, mut too_many) = (0, 1);
    while too_many < MOST_USERS && fits(too_many) {
        (enough, too_many) = (too_many, too_many * 2);
    }
    while too_many - enough > 1 {
        let middle = enough + (too_many - enough) / 2;
        if fits(middle) {
            enough = middle;
        } else {
            too_many = middle;
        }
    }
    enough
}

/// Two digits: more would promise what an estimate cannot keep.
fn rounded(users: u64) -> u64 {
    let unit = 10_u64.pow(users.checked_ilog10().unwrap_or_default().saturating_sub(1));
    users / unit * unit
}

impl Alone<'_> {
    /// What was not taken: the next smaller class with what it lacks, and the next dearer one with what it would cost.
    pub fn instead(&self) -> Vec<Reason> {
        let mut instead = Vec::new();
        if let (Some(below), Some(why)) = (self.below, self.smaller) {
            let driver = if matches!(why, Rejection::Vcpu { .. }) { Driver::Cpu } else { Driver::Memory };
            instead.push(Reason::instead(driver, format!("{}: {why}", below.name)));
        }
        if let Some((other, hourly, taken)) = self.dearer {
            let text = format!("{}: {}", other.name, Rejection::Dearer { hourly, taken });
            instead.push(Reason::instead(Driver::Cost, text));
        }
        instead
    }

    /// How far it grows, and what comes then.
    pub fn reason(&self) -> Reason {
        let (class, largest) = (self.class, self.largest);
        let most = thousands(rounded(self.most.0));
        if class.name == largest.name {
            let text = format!(
                "{largest} is the largest that makes sense for one machine: it is full at about {most} users, and from there on only more machines help",
                largest = largest.name
            );
            return Reason::new(Driver::Cpu, text);
        }
        let text = format!(
            "it grows by being replaced with a larger class, up to {} with {} vCPU, which is full at about {most} users; then only more machines help",
            largest.name,
            number(largest.sustained_vcpu())
        );
        Reason::new(Driver::Phase, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_users_are_found_to_the_last_one() {
        assert_eq!(most(&|users| users <= 12_345), 12_345);
        assert_eq!(most(&|users| users <= 1), 1);
        assert_eq!(most(&|_| false), 0);
    }

    #[test]
    fn estimates_are_told_with_two_digits() {
        assert_eq!([rounded(12_345), rounded(987), rounded(7), rounded(0)], [12_000, 980, 7, 0]);
    }
}
