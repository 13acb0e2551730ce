//! Why a deployment cannot be carried on, when that is not an end of its own.

use super::trouble::Trouble;
use super::unit::Key;
use thiserror::Error;

/// Why a deployment could not be carried on. All of these are exit code 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DeployError {
    /// Stacks wait for each other.
    #[error("these stacks wait for each other: {}; one of the references has to go", .0.join(" → "))]
    Cycle(Vec<String>),
    /// Two units are the same stack.
    #[error("{0} is given twice; a stack is deployed once")]
    Twice(Key),
    /// An output that a parameter needs does not exist.
    #[error("{wanted_by} needs the output {output} for its parameter \"{parameter}\", and there is none")]
    NoOutput {
        /// The output's name and the stack that should have it.
        output: String,
        /// The stack that needs it.
        wanted_by: Key,
        /// Its parameter.
        parameter: String,
    },
    /// Too large for a request.
    #[error(
        "the template of {key} has {bytes} bytes and a request carries 51,200; name a bucket of yours with --template-bucket to send it through S3"
    )]
    NeedsBucket {
        /// The stack.
        key: Key,
        /// Size without white space.
        bytes: usize,
    },
    /// Too large at all.
    #[error("the template of {key} has {bytes} bytes and CloudFormation takes 1,000,000; split the stack")]
    TooLarge {
        /// The stack.
        key: Key,
        /// Size without white space.
        bytes: usize,
    },
    /// CloudFormation could not make the change set.
    #[error("CloudFormation cannot change {key} this way: {}", .reasons.join("; "))]
    ChangeSet {
        /// The stack.
        key: Key,
        /// CloudFormation's words.
        reasons: Vec<String>,
    },
    /// The deployed template could not be read, so nobody knows what data it holds.
    #[error("the deployed template of {key} cannot be read ({why}), so it is not known whether data would be lost")]
    Unreadable {
        /// The stack.
        key: Key,
        /// What is wrong with it.
        why: String,
    },
    /// The world failed.
    #[error("{about}: {trouble}")]
    World {
        /// The stack it was about.
        about: String,
        /// What happened.
        trouble: Trouble,
    },
}
