//! The 23 statuses of a stack, and for each the one legal next step.

use super::unit::Key;

macro_rules! statuses {
    ($($variant:ident $text:literal,)*) => {
        /// The status of a stack, as CloudFormation names it.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Status {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
            /// A status that CloudFormation did not have when this was written.
            Unknown(String),
        }

        impl Status {
            /// Every status that CloudFormation documents.
            pub const ALL: &[Status] = &[$(Status::$variant,)*];

            /// The status with this name.
            pub fn parse(text: &str) -> Status {
                match text {
                    $($text => Status::$variant,)*
                    other => Status::Unknown(other.to_owned()),
                }
            }

            /// CloudFormation's name of the status.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Status::$variant => $text,)*
                    Status::Unknown(text) => text,
                }
            }
        }
    };
}

statuses! {
    CreateComplete "CREATE_COMPLETE",
    CreateFailed "CREATE_FAILED",
    CreateInProgress "CREATE_IN_PROGRESS",
    DeleteComplete "DELETE_COMPLETE",
    DeleteFailed "DELETE_FAILED",
    DeleteInProgress "DELETE_IN_PROGRESS",
    ImportComplete "IMPORT_COMPLETE",
    ImportInProgress "IMPORT_IN_PROGRESS",
    ImportRollbackComplete "IMPORT_ROLLBACK_COMPLETE",
    ImportRollbackFailed "IMPORT_ROLLBACK_FAILED",
    ImportRollbackInProgress "IMPORT_ROLLBACK_IN_PROGRESS",
    ReviewInProgress "REVIEW_IN_PROGRESS",
    RollbackComplete "ROLLBACK_COMPLETE",
    RollbackFailed "ROLLBACK_FAILED",
    RollbackInProgress "ROLLBACK_IN_PROGRESS",
    UpdateComplete "UPDATE_COMPLETE",
    UpdateCompleteCleanupInProgress "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    UpdateFailed "UPDATE_FAILED",
    UpdateInProgress "UPDATE_IN_PROGRESS",
    UpdateRollbackComplete "UPDATE_ROLLBACK_COMPLETE",
    UpdateRollbackCompleteCleanupInProgress "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    UpdateRollbackFailed "UPDATE_ROLLBACK_FAILED",
    UpdateRollbackInProgress "UPDATE_ROLLBACK_IN_PROGRESS",
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What may be done with a stack in some status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing was ever created under this name: create it.
    Create,
    /// The stack stands: update it.
    Update,
    /// An operation goes on: wait until it has ended, then look again.
    Wait,
    /// The creation failed and was undone: if no resource is left, the shell may be removed and the stack created anew.
    Recreate,
    /// Only a person can decide: why, and the command that leads on.
    Stuck {
        /// What is the matter.
        why: String,
        /// The command that leads on.
        command: String,
    },
}

/// The one legal next step for a stack in this status.
pub fn next(key: &Key, status: &Status) -> Next {
    let stuck = |why: &str, verb: &str| Next::Stuck { why: why.to_owned(), command: aws_command(key, verb) };
    match status {
        Status::DeleteComplete | Status::ReviewInProgress => Next::Create,
        Status::CreateComplete
        | Status::UpdateComplete
        | Status::UpdateRollbackComplete
        | Status::ImportComplete
        | Status::ImportRollbackComplete => Next::Update,
        Status::CreateInProgress
        | Status::DeleteInProgress
        | Status::ImportInProgress
        | Status::ImportRollbackInProgress
        | Status::RollbackInProgress
        | Status::UpdateCompleteCleanupInProgress
        | Status::UpdateInProgress
        | Status::UpdateRollbackCompleteCleanupInProgress
        | Status::UpdateRollbackInProgress => Next::Wait,
        Status::RollbackComplete => Next::Recreate,
        Status::CreateFailed | Status::UpdateFailed => stuck("the last operation failed and was not rolled back", "rollback-stack"),
        Status::UpdateRollbackFailed => stuck("the rollback of the last update failed", "continue-update-rollback"),
        Status::RollbackFailed => stuck("its creation failed, and so did taking it away again", "delete-stack"),
        Status::DeleteFailed => stuck("its deletion was begun and failed", "delete-stack"),
        Status::ImportRollbackFailed => stuck("the rollback of an import failed", "describe-stack-events"),
        Status::Unknown(_) => stuck("its status is one that this version does not know", "describe-stacks"),
    }
}

/// A command line of the AWS CLI about this stack.
pub fn aws_command(key: &Key, verb: &str) -> String {
    format!("aws cloudformation {verb} --stack-name {} --region {}", key.stack, key.region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_reads_back_and_has_a_next_step() {
        let key = Key::new("shop-prod-data", "us-east-1");
        assert_eq!(Status::ALL.len(), 23);
        for status in Status::ALL {
            assert_eq!(&Status::parse(status.as_str()), status);
            let step = next(&key, status);
            assert_eq!(status.as_str().ends_with("_IN_PROGRESS") && *status != Status::ReviewInProgress, step == Next::Wait, "{status}");
            assert_eq!(status.as_str().ends_with("_FAILED"), matches!(step, Next::Stuck { .. }), "{status}");
        }
    }

    #[test]
    fn an_unknown_status_leads_to_a_person() {
        let key = Key::new("a", "b");
        assert!(matches!(next(&key, &Status::parse("SOMETHING_NEW")), Next::Stuck { .. }));
    }
}
