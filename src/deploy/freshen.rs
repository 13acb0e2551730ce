//! After a deployment: what stands in front of a changed app forgets what it cached of the old one.

use super::observe::{Happening, Observer};
use super::outcome::{Changed, StackReport};
use super::prepare::Standing;
use super::run::Run;
use super::stacks::Stacks;

/// The output that names a distribution.
const OUTPUT: &str = "DistributionId";
/// The layers whose change a visitor may see.
const SEEN: [&str; 2] = ["app", "edge"];

/// Invalidates each distribution that stood before this run, when a stack that it shows was changed. One that is new has nothing cached.
/// What has been deployed stays deployed whatever comes of it: trouble is told, with the command that does the same.
pub async fn freshen<S: Stacks, O: Observer>(run: &Run<'_, S, O>, standings: &[Standing], done: &[Option<StackReport>]) {
    let changed = |report: &StackReport| SEEN.contains(&report.layer.as_str()) && report.change != Changed::Nothing;
    if !done.iter().flatten().any(changed) {
        return;
    }
    for (standing, report) in standings.iter().zip(done).filter_map(|(standing, report)| Some((standing, report.as_ref()?))) {
        let Some(output) = report.outputs.iter().find(|output| output.name == OUTPUT) else { continue };
        let before = standing.state.iter().flat_map(|state| &state.outputs);
        if !before.into_iter().any(|(name, value)| name == OUTPUT && *value == output.value) {
            continue;
        }
        let distribution = output.value.clone();
        let answer = run.ask(&report.key, || run.stacks.invalidate(&distribution, &run.options.run)).await;
        run.tell(match answer {
            Ok(()) => Happening::Invalidated { distribution },
            Err(error) => Happening::NotInvalidated { distribution, trouble: error.to_string() },
        });
    }
}
