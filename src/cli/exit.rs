//! How the process ends: one table of exit codes, which `explain exit-codes` prints and scripts rely on.

/// Every way to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    /// Something went wrong.
    Error,
    /// Something differs, and it was asked to say so.
    Changes,
    /// There are findings at or above the threshold.
    Findings,
    /// Data would be lost.
    Refused,
    /// AWS would do other than was shown or reviewed.
    Stale,
    /// A deployment failed and was undone.
    RolledBack,
    /// A deployment failed and needs a person.
    NeedsAction,
    /// The answer was no.
    Declined,
    /// Waiting ended before the deployment did.
    GaveUp,
    /// The command line was wrong.
    Usage,
    /// Ctrl-C.
    Interrupted,
}

/// The table: code, and what it says.
pub const TABLE: [(Exit, u8, &str); 12] = [
    (Exit::Done, 0, "done, or nothing to do"),
    (Exit::Error, 1, "error; also: render --check found stale files"),
    (Exit::Changes, 2, "something differs, and nothing worse; only with --detailed-exitcode"),
    (Exit::Findings, 3, "check found something at or above --fail-on; diff met a condition of --exit-on"),
    (
        Exit::Refused,
        4,
        "refused: data would be lost, moved or left behind (--accept-data-fate names it); of several, diff ends with 4 before 1, 3 and 2",
    ),
    (Exit::Stale, 5, "AWS would do other than was shown or reviewed (--reviewed); nothing was changed in that stack"),
    (Exit::RolledBack, 6, "the deployment failed and was rolled back"),
    (Exit::NeedsAction, 7, "the deployment failed and needs action; the command is printed"),
    (Exit::Declined, 8, "declined: the answer was no, or there was nobody to ask and no --yes"),
    (Exit::GaveUp, 9, "gave up waiting; the deployment goes on at AWS"),
    (Exit::Usage, 64, "the command line is wrong"),
    (Exit::Interrupted, 130, "interrupted"),
];

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        TABLE.iter().find(|(exit, ..)| *exit == self).map_or(1, |(_, code, _)| *code)
    }

    /// The ending with this number; an unknown number is an error.
    pub fn of(code: u8) -> Exit {
        TABLE.iter().find(|(_, number, _)| *number == code).map_or(Exit::Error, |(exit, ..)| *exit)
    }
}

/// Why a command stops before its end.
#[derive(Clone, Debug)]
pub struct Stop {
    /// How the process ends.
    pub exit: Exit,
    /// What is said on stderr; nothing when all has been said.
    pub message: String,
}

impl Stop {
    /// Something went wrong.
    pub fn error(message: impl ToString) -> Stop {
        Stop { exit: Exit::Error, message: message.to_string() }
    }

    /// The command line was wrong.
    pub fn usage(message: impl ToString) -> Stop {
        Stop { exit: Exit::Usage, message: message.to_string() }
    }

    /// An end without words.
    pub fn quiet(exit: Exit) -> Stop {
        Stop { exit, message: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_has_one_code_and_every_code_one_ending() {
        for (index, (exit, code, words)) in TABLE.iter().enumerate() {
            assert_eq!(exit.code(), *code);
            assert_eq!(Exit::of(*code), *exit);
            assert!(!words.is_empty());
            assert!(TABLE.iter().skip(index + 1).all(|(_, other, _)| other > code), "the table is in the order of the codes");
        }
        let contract: Vec<u8> = TABLE.iter().map(|(_, code, _)| *code).collect();
        assert_eq!(contract, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 64, 130], "scripts rely on these numbers");
    }
}
