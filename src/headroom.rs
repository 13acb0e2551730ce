//! How far an architecture carries: for each limit the last number of users that it holds, as built and at full scale-out.

use crate::architecture::Architecture;
use crate::block::{Ceiling, Driver};
use crate::catalog::{Catalog, CatalogError};
use crate::phase;
use crate::units::{PerSecond, Users};
use crate::workload::{Load, Queueing};

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
    /// What the stress case asks for.
    pub stress: f64,
    /// What there is, as built.
    pub built: f64,
    /// What there is at full scale-out.
    pub most: f64,
    /// The last number of users that is carried as built.
    pub users_built: Users,
    /// The last number of users that is carried at full scale-out.
    pub users_most: Users,
    /// How long requests take at peak and in the stress case with what is built, where that can be computed.
    pub waiting: Option<Waiting>,
    /// The quota of AWS's that full scale-out takes from.
    pub quota: Option<QuotaUse>,
    /// What to do then.
    pub then: String,
}

/// How long requests take on the vCPUs that are built; nothing where they are saturated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waiting {
    /// At the normal peak.
    pub peak: Option<Queueing>,
    /// In the stress case, before anything has scaled out.
    pub stress: Option<Queueing>,
}

/// How much of a quota is taken.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaUse {
    /// Its line in `data/quotas.yaml`.
    pub id: &'static str,
    /// What is counted, per what.
    pub unit: String,
    /// What an account has by default.
    pub value: u64,
    /// What is taken as built.
    pub built: f64,
    /// What is taken at full scale-out.
    pub most: f64,
    /// The last number of users that is carried within it.
    pub users: Users,
    /// Whether AWS raises it on request.
    pub adjustable: bool,
    /// How many days ahead to ask, where it is known or estimated.
    pub lead_days: Option<u32>,
    /// Where AWS says so.
    pub link: String,
    /// Whether no source was seen for the figure.
    pub estimated: bool,
}

impl QuotaUse {
    /// Whether what is built takes more than an account has by default: to be raised before the deployment.
    pub fn before_deployment(&self) -> bool {
        self.built > self.value as f64
    }

    /// Whether full scale-out takes more than an account has by default.
    pub fn before_scale_out(&self) -> bool {
        self.most > self.value as f64
    }
}

/// How far everything carries.
#[derive(Debug, Clone, PartialEq)]
pub struct Headroom {
    /// All limits, the first to break at full scale-out in front.
    pub rooms: Vec<Room>,
    /// The next phase and its first user.
    pub next: Option<(&'static str, Users)>,
}

impl Headroom {
    /// What breaks first at full scale-out.
    pub fn first(&self) -> Option<&Room> {
        self.rooms.first()
    }

    /// Quotas that must be raised, those before the deployment in front; each once.
    pub fn quotas(&self) -> Vec<(&Room, &QuotaUse)> {
        let mut due: Vec<(&Room, &QuotaUse)> = Vec::new();
        for room in &self.rooms {
            let Some(quota) = room.quota.as_ref().filter(|quota| quota.before_scale_out()) else { continue };
            if !due.iter().any(|(_, other)| other.id == quota.id) {
                due.push((room, quota));
            }
        }
        due.sort_by_key(|(_, quota)| (!quota.before_deployment(), quota.users));
        due
    }
}

/// All limits of an architecture. A limit of each region counts once: the regions are built alike.
///
/// # Errors
/// When the table of quotas cannot be read, or lacks a line that a component names.
pub fn headroom(architecture: &Architecture, catalog: &Catalog) -> Result<Headroom, CatalogError> {
    let regions: Vec<_> = architecture.regions.iter().collect();
    let mut rooms = Vec::new();
    let stressed = architecture.load.stressed();
    if let Some(site) = architecture.sites(&regions).next() {
        for piece in &architecture.pieces {
            for ceiling in piece.component.ceilings(&site) {
                rooms.push(room((piece.component.name(), piece.component.label()), ceiling, &architecture.load, &stressed, catalog)?);
            }
        }
    }
    rooms.sort_by(|a: &Room, b: &Room| {
        (a.users_most, a.users_built, a.component, &a.what).cmp(&(b.users_most, b.users_built, b.component, &b.what))
    });
    Ok(Headroom { rooms, next: phase::after(&architecture.phase.id) })
}

fn room(
    (component, label): (&'static str, &'static str),
    ceiling: Ceiling,
    load: &Load,
    stressed: &Load,
    catalog: &Catalog,
) -> Result<Room, CatalogError> {
    let quota = match ceiling.quota {
        None => None,
        Some((id, most)) => Some(quota_use(component, id, most, &ceiling, load, catalog)?),
    };
    let (demand, stress) = ((ceiling.demand)(load), (ceiling.demand)(stressed));
    let waiting = ceiling.pool.map(|(vcpus, pool)| {
        let pool = pool(load, vcpus);
        // The same part of all that the pool can answer as the demand is of the ceiling.
        let arriving = |demand: f64| PerSecond::new(demand / ceiling.built * pool.servers / pool.service_seconds);
        Waiting { peak: pool.queueing(arriving(demand)), stress: pool.queueing(arriving(stress)) }
    });
    Ok(Room {
        component,
        label,
        demand,
        stress,
        waiting,
        built: ceiling.built,
        most: ceiling.most,
        users_built: last_carried(load, ceiling.built, &ceiling),
        users_most: last_carried(load, ceiling.most, &ceiling),
        quota,
        what: ceiling.what,
        driver: ceiling.driver,
        unit: ceiling.unit,
        then: ceiling.then,
    })
}

fn quota_use(
    component: &'static str,
    id: &'static str,
    most: f64,
    ceiling: &Ceiling,
    load: &Load,
    catalog: &Catalog,
) -> Result<QuotaUse, CatalogError> {
    let missing = || CatalogError { file: "quotas.yaml", message: format!("there is no `{id}`, which {component} takes from") };
    let quota = catalog.quota(id)?.ok_or_else(missing)?;
    // What is taken grows with the capacity.
    let per_capacity = if ceiling.most > 0.0 { most / ceiling.most } else { 0.0 };
    let within = if per_capacity > 0.0 { quota.value as f64 / per_capacity } else { f64::INFINITY };
    Ok(QuotaUse {
        id,
        unit: quota.unit.clone(),
        value: quota.value,
        built: ceiling.built * per_capacity,
        most,
        users: last_carried(load, within.min(ceiling.most), ceiling),
        adjustable: quota.adjustable,
        lead_days: quota.lead_days,
        link: quota.link.clone(),
        estimated: quota.estimated,
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::{self, Assumptions, Pool};

    /// 500,000 users bring 173.6 requests a second at peak and 416.7 in the stress case.
    fn load() -> Load {
        workload::load(Users(500_000), &Assumptions::default())
    }

    fn made(ceiling: Ceiling) -> Room {
        let catalog = Catalog::builtin().unwrap();
        room(("services", "Services"), ceiling, &load(), &load().stressed(), &catalog).unwrap()
    }

    fn requests(capacity: f64) -> Ceiling {
        Ceiling::fixed("requests", Driver::Throughput, "requests/s", capacity, |load: &Load| load.requests_peak.get())
    }

    #[test]
    fn a_limit_is_told_to_the_last_user() {
        let room = made(requests(347.0).scales_to(694.0));
        // 347 ÷ (0.2 × 50 ÷ 86,400 × 3) and twice as much.
        assert_eq!((room.users_built, room.users_most), (Users(999_360), Users(1_998_720)));
        assert!((room.demand - 173.611).abs() < 0.001 && (room.stress - 416.667).abs() < 0.001, "{room:?}");
        assert_eq!(made(requests(f64::MAX)).users_most, Users(u64::MAX));
        assert_eq!(made(requests(0.0)).users_most, Users(0));
    }

    #[test]
    fn a_quota_is_taken_as_capacity_is_and_tells_when_to_raise_it() {
        // Six vCPU by default: full scale-out takes 16 of them, what is built four.
        let quota = made(requests(512.0).scales_to(2_048.0).within("fargate.vcpu", 16.0)).quota.unwrap();
        assert_eq!((quota.value, quota.users), (6, Users(768 * 2_880)), "6 of 16 are 768 requests/s, of which 2,880 users bring one");
        assert!((quota.built - 4.0).abs() < 1e-9 && (quota.most - 16.0).abs() < 1e-9, "{quota:?}");
        assert!(!quota.before_deployment() && quota.before_scale_out());
        let of = |built: f64, most: f64| made(requests(built).scales_to(most).within("fargate.vcpu", most)).quota.unwrap();
        assert!(of(7.0, 7.0).before_deployment() && of(7.0, 7.0).before_scale_out());
        assert!(!of(6.0, 6.0).before_deployment() && !of(6.0, 6.0).before_scale_out(), "all of it may be taken");
        assert!(!of(3.0, 5.0).before_scale_out());
        assert_eq!(
            made(requests(347.0).within("fargate.vcpu", 0.0)).quota.unwrap().users,
            Users(999_360),
            "what takes nothing is bound by itself"
        );
    }

    #[test]
    fn quotas_that_are_due_are_told_once_and_the_urgent_first() {
        let rooms = vec![
            made(requests(3.0).within("fargate.vcpu", 3.0)),
            made(requests(3.0).scales_to(12.0).within("fargate.vcpu", 12.0)),
            made(requests(3.0).scales_to(13.0).within("fargate.vcpu", 13.0)),
            made(requests(9.0).within("ec2.spot_standard_vcpu", 9.0)),
            made(requests(1.0)),
        ];
        let headroom = Headroom { rooms, next: None };
        let due: Vec<(&str, u64)> = headroom.quotas().iter().map(|(_, quota)| (quota.id, quota.most as u64)).collect();
        assert_eq!(due, [("ec2.spot_standard_vcpu", 9), ("fargate.vcpu", 12)]);
        assert_eq!(headroom.first().map(|room| room.users_most), Some(Users(3 * 2_880)));
        assert!(Headroom { rooms: Vec::new(), next: None }.first().is_none());
    }

    #[test]
    fn waiting_follows_from_the_part_of_the_capacity_that_is_asked_for() {
        // Two vCPU of 100 requests/s at 60 % each answer 333.3 at full tilt; 173.6 are 52.1 % of it, 416.7 are more than all.
        let waiting = made(requests(1_000.0 / 3.0).served_by(2.0, Pool::app)).waiting.unwrap();
        let peak = waiting.peak.unwrap();
        assert!((peak.utilisation - 0.52083).abs() < 1e-4, "{peak:?}");
        // M/M/2: C = 2ρ² ÷ (1 + ρ) = 0.35674; 6 ms of service and C × 6 ÷ (2 × (1 − ρ)) ms of waiting.
        assert!((peak.waits - 0.35674).abs() < 1e-4 && (peak.response_seconds - 0.0082335).abs() < 1e-5, "{peak:?}");
        assert!(waiting.stress.is_none());
        assert!(made(requests(347.0)).waiting.is_none());
    }
}
