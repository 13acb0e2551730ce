//! Where a comparison is written: to stdout, or to a file of which no reader ever finds half.

use std::io::Write;
use std::path::Path;

use crate::cli::exit::Stop;
use crate::cli::files;
use crate::cli::screen::{self, Screen};
use crate::report::look::Look;

/// How text may look there.
pub fn look(output: Option<&Path>, screen: &Screen) -> Look {
    if output.is_some() { Look { width: screen.out.width, ..Look::PLAIN } } else { screen.out }
}

/// Writes it.
pub fn write(output: Option<&Path>, text: &str) -> Result<(), Stop> {
    let Some(path) = output else { return screen::data(text) };
    match std::fs::metadata(path) {
        // A device or a pipe is written to; a file in its place would be no use to whoever reads it.
        Ok(meta) if !meta.is_file() && !meta.is_dir() => {
            let written = std::fs::OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(text.as_bytes()));
            written.map_err(|e| Stop::error(format!("{} cannot be written: {e}", path.display())))
        }
        // A link goes on pointing to where it points.
        Ok(_) => files::write_all(&[(path.canonicalize().unwrap_or_else(|_| path.to_owned()), text.to_owned())]),
        Err(_) => files::write_all(&[(path.to_owned(), text.to_owned())]),
    }
}
