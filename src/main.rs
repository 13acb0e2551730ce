//! The program: everything is behind the command line's door.

/// Templates are made of many small pieces, which the system's allocator takes twice as long for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    scalectl::cli::run()
}
