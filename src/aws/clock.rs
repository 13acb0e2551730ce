//! Time and the wish to stop, as the deployment sees them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// The user's wish to stop. Clones share it, so that whoever listens for Ctrl-C can raise it.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    inner: Arc<(AtomicBool, Notify)>,
}

impl Interrupt {
    /// Asks to stop. Whoever sleeps wakes up.
    pub fn raise(&self) {
        self.inner.0.store(true, Ordering::SeqCst);
        self.inner.1.notify_waiters();
    }

    /// Whether it was asked to stop.
    pub fn raised(&self) -> bool {
        self.inner.0.load(Ordering::SeqCst)
    }

    /// Sleeps, at most until it is asked to stop.
    pub async fn sleep(&self, time: Duration) {
        // Listening begins before the flag is read, so that a wish in between is not missed.
        let wish = self.inner.1.notified();
        if !self.raised() {
            tokio::select! {
                () = wish => {}
                () = tokio::time::sleep(time) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_asked_to_stop() {
        let interrupt = Interrupt::default();
        let other = interrupt.clone();
        let sleeper = interrupt.sleep(Duration::from_secs(3600));
        tokio::join!(sleeper, async move { other.raise() });
        assert!(interrupt.raised());
        interrupt.sleep(Duration::from_secs(3600)).await;
    }
}
