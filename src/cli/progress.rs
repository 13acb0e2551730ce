//! Who watches a deployment at the terminal: lines that are redrawn where they can be, lines that are appended where they cannot.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::screen::Screen;
use crate::aws::Interrupt;
use crate::deploy::{Decision, Happening, Intent, Key, Observer, Review};
use crate::report::{progress as words, review};

/// In a log, a stack that only takes its time is mentioned this often.
const PATIENCE: Duration = Duration::from_secs(60);

/// What must be typed to go on.
pub enum Question {
    /// `y` or `yes`.
    Yes,
    /// This name.
    Name(String),
}

/// The watcher.
pub struct Watcher {
    screen: Screen,
    question: Question,
    interrupt: Interrupt,
    begun: Instant,
    bars: MultiProgress,
    going: BTreeMap<Key, ProgressBar>,
    told: BTreeMap<Key, Duration>,
    deleting: BTreeSet<Key>,
    reviews: Vec<Review>,
}

impl Watcher {
    /// A watcher that asks this question.
    pub fn new(screen: &Screen, question: Question, interrupt: &Interrupt) -> Watcher {
        Watcher {
            screen: *screen,
            question,
            interrupt: interrupt.clone(),
            begun: Instant::now(),
            bars: MultiProgress::new(),
            going: BTreeMap::new(),
            told: BTreeMap::new(),
            deleting: BTreeSet::new(),
            reviews: Vec::new(),
        }
    }

    /// Takes the moving lines away and says what has not been said.
    pub fn end(&mut self) {
        self.show_reviews();
        for (_, bar) in std::mem::take(&mut self.going) {
            bar.finish_and_clear();
        }
    }

    /// Reviews come one by one; they are shown together, unless there is nothing in them.
    fn show_reviews(&mut self) {
        let reviews = std::mem::take(&mut self.reviews);
        if reviews.iter().any(|review| !matches!(review.intent, Intent::Nothing)) {
            let look = self.screen.err;
            self.say(&format!("{}\n", review::review(&reviews, &look)));
        }
    }

    fn say(&self, text: &str) {
        if self.going.is_empty() {
            self.screen.note(text);
        } else {
            self.bars.suspend(|| self.screen.note(text));
        }
    }

    fn line(&self, line: &str) {
        if self.screen.live {
            self.say(&format!("  {line}\n"));
        } else {
            self.say(&format!("[{:>7}] {line}\n", words::elapsed(self.begun.elapsed())));
        }
    }

    fn redraw(&mut self, happening: &Happening) {
        let Some(key) = words::stack_of(happening).cloned() else { return };
        if matches!(happening, Happening::Finished { .. } | Happening::Failed { .. } | Happening::Unchanged(_)) {
            if let Some(bar) = self.going.remove(&key) {
                bar.finish_and_clear();
                self.bars.remove(&bar);
            }
            return;
        }
        let Some(now) = words::now(happening) else { return };
        let unicode = self.screen.err.unicode;
        let bars = &self.bars;
        let bar = self.going.entry(key.clone()).or_insert_with(|| {
            let bar = bars.add(ProgressBar::new_spinner());
            let style = ProgressStyle::with_template("  {spinner} {prefix}  {wide_msg} {elapsed:>6}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            bar.set_style(if unicode { style } else { style.tick_chars("|/-\\*") });
            bar.set_prefix(key.stack.clone());
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        bar.set_message(self.screen.err.finish(&now));
    }

    fn patience(&mut self, key: &Key, elapsed: Duration) {
        let told = self.told.entry(key.clone()).or_default();
        if elapsed >= *told + PATIENCE {
            *told = elapsed;
            self.line(&format!("· {}: still going on, {}", key.stack, words::elapsed(elapsed)));
        }
    }
}

impl Observer for Watcher {
    fn saw(&mut self, happening: &Happening) {
        if let Happening::Reviewed(review) = happening {
            self.reviews.push(review.clone());
            return;
        }
        if !matches!(happening, Happening::Tick { .. } | Happening::WaitingFor { .. } | Happening::Retrying { .. }) {
            self.show_reviews();
        }
        if self.screen.live {
            self.redraw(happening);
        } else if let Happening::Tick { key, elapsed } = happening {
            self.patience(key, *elapsed);
        }
        if let Happening::Deleting(key) = happening {
            self.deleting.insert(key.clone());
        }
        let line = match happening {
            Happening::Finished { key, elapsed } if self.deleting.contains(key) => Some(words::gone(key, *elapsed, &self.screen.err)),
            _ => words::line(happening, self.screen.live, &self.screen.err),
        };
        if let Some(line) = line {
            self.line(&line);
        }
    }

    fn confirm(&mut self, reviews: &[Review]) -> Decision {
        self.reviews.clear();
        let look = self.screen.err;
        self.say(&review::review(reviews, &look));
        if !self.screen.ask {
            self.say("there is nobody to ask here; to go on without a question, say --yes\n");
            return Decision::Decline;
        }
        let (question, wanted) = match &self.question {
            Question::Yes => ("go on? [y/N] ".to_owned(), None),
            Question::Name(name) => (format!("to go on, type the environment's name ({name}): "), Some(name.clone())),
        };
        let screen = self.screen;
        let answer = self.bars.suspend(|| screen.ask(&question, || self.interrupt.raised())).unwrap_or_default();
        let yes = match wanted {
            Some(name) => answer == name,
            None => matches!(answer.to_lowercase().as_str(), "y" | "yes"),
        };
        if yes { Decision::Proceed } else { Decision::Decline }
    }
}
