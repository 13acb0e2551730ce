//! Work that knows nothing of one another, done side by side.

use std::sync::atomic::{AtomicUsize, Ordering};

/// A job panicked, so that nothing can be said of any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a part of the work came to an unexpected end: please report it with what you asked for")]
pub struct Broken;

/// Does the jobs on as many threads as there are processors; results in the order of the jobs.
///
/// # Errors
/// When a job panics.
pub fn side_by_side<T: Sync, R: Send>(jobs: &[T], work: impl Fn(&T) -> R + Sync) -> Result<Vec<R>, Broken> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        while let Some((index, job)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|index| Some((index, jobs.get(index)?))) {
            done.push((index, work(job)));
        }
        done
    };
    let mut all = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        workers.into_iter().map(|one| one.join().map_err(|_| Broken)).collect::<Result<Vec<_>, Broken>>()
    })?
    .into_iter()
    .flatten()
    .collect::<Vec<_>>();
    all.sort_by_key(|(index, _)| *index);
    Ok(all.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        let jobs: Vec<u32> = (0..100).collect();
        assert_eq!(side_by_side(&jobs, |job| job * 2).unwrap(), (0..100).map(|job| job * 2).collect::<Vec<_>>());
        assert_eq!(side_by_side(&[] as &[u32], |job| *job), Ok(Vec::new()));
    }
}
