//! Sorts what the SDK reports into the few kinds of trouble that each have one remedy.

use crate::deploy::Trouble;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::error::Error;

/// The trouble behind an SDK error. `action` is the permission that the request needs (`cloudformation:CreateChangeSet`).
pub fn classify<E>(error: &SdkError<E, HttpResponse>, action: &str, endpoint: &str) -> Trouble
where
    E: Error + ProvideErrorMetadata + 'static,
{
    if let Some(credentials) = cause::<CredentialsError>(error) {
        return of_credentials(credentials);
    }
    let detail = DisplayErrorContext(error).to_string();
    match error {
        SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout() => return no_network(endpoint, error),
        SdkError::TimeoutError(_) => return no_network(endpoint, error),
        _ => {}
    }
    if let (Some(code), message) = (error.code(), error.message().unwrap_or_default()) {
        let status = error.raw_response().map_or(0, |response| response.status().as_u16());
        return of_code(code, message, status, action);
    }
    match error.raw_response() {
        Some(response) => garbage(endpoint, response.status().as_u16(), response.body().bytes().unwrap_or_default()),
        None => Trouble::Other { action: action.to_owned(), message: detail },
    }
}

/// Trouble with the credentials: never given, or given once and no longer good.
pub fn of_credentials(error: &CredentialsError) -> Trouble {
    let detail = DisplayErrorContext(error).to_string();
    let lower = detail.to_ascii_lowercase();
    if lower.contains("expired") || lower.contains("invalid_grant") {
        return Trouble::ExpiredCredentials(innermost(error));
    }
    // The chain ends at the instance's metadata service, whose words only confuse on any other machine.
    if lower.contains("imds") {
        return Trouble::NoCredentials("none in the environment, in the profile, or in the machine's role".into());
    }
    Trouble::NoCredentials(innermost(error))
}

/// The trouble that an error code of AWS means.
pub fn of_code(code: &str, message: &str, status: u16, action: &str) -> Trouble {
    let (text, action) = (message.to_owned(), action.to_owned());
    match code {
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "AuthFailure"
        | "InvalidAccessKeyId"
        | "InvalidToken" => Trouble::ExpiredCredentials(format!("{code}: {text}")),
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown" => Trouble::Throttled { action, message: text },
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "NotAuthorized" => {
            Trouble::AccessDenied { action, message: text }
        }
        "InvalidChangeSetStatus" => Trouble::Obsolete(text),
        _ if code.contains("AlreadyExists") => Trouble::AlreadyExists(text),
        _ if code.contains("NotFound") || code == "NoSuchBucket" || code == "NoSuchEntity" => Trouble::NotFound(text),
        "ValidationError" if message.contains("does not exist") => Trouble::NotFound(text),
        "ValidationError"
        | "ValidationException"
        | "InsufficientCapabilitiesException"
        | "InsufficientCapabilities"
        | "InvalidParameterValue" => Trouble::Validation { action, message: text },
        _ if status >= 500 => Trouble::Unavailable { action, message: format!("{code}: {text}") },
        _ => Trouble::Other { action, message: format!("{code}: {text}") },
    }
}

/// An answer that is not one of AWS's, with its first words in one line.
pub fn garbage(endpoint: &str, status: u16, body: &[u8]) -> Trouble {
    let text = String::from_utf8_lossy(body);
    let words: Vec<&str> = text.split_whitespace().take(24).collect();
    let start: String = words.join(" ").chars().take(120).collect();
    let what = if text.trim().is_empty() {
        "nothing"
    } else if text.trim_start().starts_with('<') && text.to_ascii_lowercase().contains("<html") {
        "HTML"
    } else {
        "something"
    };
    Trouble::Garbage { endpoint: endpoint.to_owned(), what, status, start }
}

/// A connection that did not come about.
pub fn no_network(endpoint: &str, error: &(dyn Error + 'static)) -> Trouble {
    Trouble::NoNetwork { endpoint: endpoint.to_owned(), detail: innermost(error) }
}

fn cause<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The last cause of a chain: the operating system's or the provider's own words.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
