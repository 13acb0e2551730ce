//! How far an architecture carries: for each limit the last number of users that it holds, as built and at full scale-out.

use crate::architecture::Architecture;
use crate::block::{Ceiling, Driver};
use crate::units::Users;
use crate::workload::Load;

/// How far one limit carries.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    /// The component.
    pub component: &'static str,
    /// What a plan calls it.
    pub label: &'static str,
    /// What saturates.
    pub what: String,
    /// Its kind.
    pub driver: Driver,
    /// What is counted.
    pub unit: &'static str,
    /// What the planned load asks for.
    pub demand: f64,
    /// What there is, as built.
    pub built: f64,
    /// What there is at full scale-out.
    pub most: f64,
    /// The last number of users that is carried as built.
    pub users_built: Users,
    /// The last number of users that is carried at full scale-out.
    pub users_most: Users,
    /// The quota that full scale-out takes so much of, in its unit.
    pub quota: Option<(&'static str, f64)>,
    /// What to do then.
    pub then: String,
}

/// All limits, the first to break at full scale-out in front. A limit of each region counts once: the regions are built alike.
pub fn headroom(architecture: &Architecture) -> Vec<Room> {
    let regions: Vec<_> = architecture.regions.iter().collect();
    let mut rooms = Vec::new();
    let Some(site) = architecture.sites(&regions).next() else { return rooms };
    for piece in &architecture.pieces {
        for ceiling in piece.component.ceilings(&site) {
            rooms.push(room(piece.component.name(), piece.component.label(), ceiling, &architecture.load));
        }
    }
    rooms.sort_by(|a, b| (a.users_most, a.users_built, a.component, &a.what).cmp(&(b.users_most, b.users_built, b.component, &b.what)));
    rooms
}

fn room(component: &'static str, label: &'static str, ceiling: Ceiling, load: &Load) -> Room {
    Room {
        component,
        label,
        demand: (ceiling.demand)(load),
        built: ceiling.built,
        most: ceiling.most,
        users_built: last_carried(load, ceiling.built, &ceiling),
        users_most: last_carried(load, ceiling.most, &ceiling),
        what: ceiling.what,
        driver: ceiling.driver,
        unit: ceiling.unit,
        quota: ceiling.quota,
        then: ceiling.then,
    }
}

/// The largest number of users whose demand the capacity holds; found by halving, so that it holds exactly and one more does not.
fn last_carried(load: &Load, capacity: f64, ceiling: &Ceiling) -> Users {
    let holds = |users: u64| (ceiling.demand)(&load.with_users(Users(users))) <= capacity;
    if holds(u64::MAX) {
        return Users(u64::MAX);
    }
    let (mut held, mut broken) = (0, u64::MAX);
    while broken - held > 1 {
        let middle = held + (broken - held) / 2;
        if holds(middle) { held = middle } else { broken = middle }
    }
    Users(held)
}
