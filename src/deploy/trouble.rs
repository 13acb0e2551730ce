//! What can go wrong between here and AWS, in few kinds that each have one remedy.

use thiserror::Error;

/// A failure of the world.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Trouble {
    /// Nobody said who is asking.
    #[error(
        "no AWS credentials found ({0}); sign in with `aws sso login` or `aws configure`, name a profile with --profile or AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )]
    NoCredentials(String),
    /// The credentials were good once.
    #[error("the AWS credentials have expired or are not valid ({0}); sign in again, for example with `aws sso login`")]
    ExpiredCredentials(String),
    /// The endpoint does not answer.
    #[error("cannot reach {endpoint} ({detail}); check the network, a proxy, the region's name, or --endpoint-url")]
    NoNetwork {
        /// Where the request went.
        endpoint: String,
        /// What the connection said.
        detail: String,
    },
    /// Too many requests, after all retries.
    #[error("AWS refuses {action} for now because of too many requests ({message}); wait a minute and run the same command again")]
    Throttled {
        /// The API action.
        action: String,
        /// AWS's words.
        message: String,
    },
    /// A permission is missing.
    #[error("AWS does not allow {action}: {message}")]
    AccessDenied {
        /// The API action, `cloudformation:CreateChangeSet`.
        action: String,
        /// AWS's words.
        message: String,
    },
    /// What was asked for does not exist.
    #[error("AWS does not know it: {0}")]
    NotFound(String),
    /// It exists already.
    #[error("it exists already: {0}")]
    AlreadyExists(String),
    /// A change set no longer fits its stack.
    #[error("the stack has changed since: {0}")]
    Obsolete(String),
    /// AWS does not accept what was sent.
    #[error("AWS does not accept the request {action}: {message}")]
    Validation {
        /// The API action.
        action: String,
        /// AWS's words.
        message: String,
    },
    /// The answer is not one of AWS's: a proxy's page, an emulator's traceback.
    #[error("{endpoint} answered {what}, not AWS (HTTP {status}): {start:?}; check --endpoint-url and proxies")]
    Garbage {
        /// Who answered.
        endpoint: String,
        /// `HTML`, `nothing` or `something`.
        what: &'static str,
        /// The HTTP status.
        status: u16,
        /// The answer's first words.
        start: String,
    },
    /// AWS has trouble of its own, after all retries.
    #[error("AWS cannot do {action} for now: {message}")]
    Unavailable {
        /// The API action.
        action: String,
        /// AWS's words.
        message: String,
    },
    /// Anything else.
    #[error("{action} failed: {message}")]
    Other {
        /// The API action.
        action: String,
        /// What was said.
        message: String,
    },
}

impl Trouble {
    /// Whether the same request may well succeed a little later.
    pub fn passes(&self) -> bool {
        match self {
            Trouble::NoNetwork { .. } | Trouble::Throttled { .. } | Trouble::Unavailable { .. } => true,
            Trouble::Garbage { status, .. } => *status >= 500,
            _ => false,
        }
    }
}
