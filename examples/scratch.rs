//! scratch
#![allow(clippy::all, clippy::unwrap_used, clippy::disallowed_methods)]
use scalectl::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&a[1]).unwrap();
    let phase: phase::Phase = serde_saphyr::from_str(&text).unwrap();
    let users = a.get(3).map(|s| s.parse().unwrap()).unwrap_or(phase.from);
    let catalog = catalog::Catalog::builtin().unwrap();
    let mut s = settings::Settings::default();
    if let Some(r) = a.get(4) {
        s.region = r.clone();
    }
    if let Some(d) = a.get(5) {
        s.domain = Some(d.clone());
        s.hosted_zone_id = Some("Z0123456789ABCDEFGHIJ".into());
        s.alerts_email = Some("ops@example.com".into());
    }
    let arch = planner::plan(phase, units::Users(users), &s, &workload::Assumptions::default(), &catalog).unwrap();
    for p in &arch.pieces {
        println!("{:20} {} -- {:?}", p.component.label(), p.component.size(), p.reasons);
    }
    std::fs::create_dir_all(&a[2]).unwrap();
    match render::stacks(&arch) {
        Ok(st) => {
            for s in st {
                std::fs::write(format!("{}/{}", a[2], s.file), s.template.to_yaml()).unwrap();
                println!("{} {} after {:?}", s.file, s.template.resources.len(), s.after);
            }
        }
        Err(e) => println!("ERROR {e}"),
    }
}
