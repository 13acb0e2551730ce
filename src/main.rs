//! The program: everything is behind the command line's door.

fn main() -> std::process::ExitCode {
    scalectl::cli::run()
}
