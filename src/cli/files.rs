//! Writing files so that a reader never finds half of one: everything is written beside its place first, then renamed.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::exit::Stop;

/// Writes several files, all or none: directories are made, every file is written beside its place, and only when that worked for all of
/// them are they renamed. What was made on the way is taken away again when something fails.
pub fn write_all(files: &[(PathBuf, String)]) -> Result<(), Stop> {
    let mut staged = Staged::default();
    for (path, text) in files {
        staged.stage(path, text)?;
    }
    staged.settle()
}

/// Lets a file be run, where files have such a mark.
pub fn make_executable(path: &Path) -> Result<(), Stop> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let marked = fs::set_permissions(path, fs::Permissions::from_mode(0o755));
        marked.map_err(|e| Stop::error(format!("{} cannot be made executable: {e}", path.display())))?;
    }
    Ok(())
}

#[derive(Default)]
struct Staged {
    /// Where each file waits, and where it belongs.
    waiting: Vec<(PathBuf, PathBuf)>,
    /// Directories that did not exist before, outermost first.
    made: Vec<PathBuf>,
}

impl Staged {
    fn stage(&mut self, path: &Path, text: &str) -> Result<(), Stop> {
        if path.is_dir() {
            return Err(failure(path, "it is a directory, and a file of this name is to be written"));
        }
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        self.directory(directory)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let beside = directory.join(format!(".{name}.{}.new", std::process::id()));
        self.waiting.push((beside.clone(), path.to_owned()));
        let written = fs::File::create(&beside).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|e| failure(path, e))
    }

    fn directory(&mut self, directory: &Path) -> Result<(), Stop> {
        let standing = directory.ancestors().find(|part| !part.as_os_str().is_empty() && part.exists());
        if let Some(file) = standing.filter(|part| !part.is_dir()) {
            return Err(failure(file, "it is a file and not a directory"));
        }
        let missing: Vec<&Path> = directory.ancestors().take_while(|part| !part.as_os_str().is_empty() && !part.exists()).collect();
        for part in missing.into_iter().rev() {
            fs::create_dir(part).map_err(|e| failure(part, e))?;
            self.made.push(part.to_owned());
        }
        Ok(())
    }

    fn settle(mut self) -> Result<(), Stop> {
        while let Some((beside, path)) = self.waiting.first().cloned() {
            fs::rename(&beside, &path).map_err(|e| failure(&path, e))?;
            self.waiting.remove(0);
        }
        self.made.clear();
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Whatever still waits here was not wanted in the end; that it cannot be removed either changes nothing.
        for (beside, _) in &self.waiting {
            let _ = fs::remove_file(beside);
        }
        for directory in self.made.iter().rev() {
            let _ = fs::remove_dir(directory);
        }
    }
}

fn failure(path: &Path, why: impl std::fmt::Display) -> Stop {
    Stop::error(format!("{} cannot be written: {why}; nothing was written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_all_or_none_and_leave_nothing_beside() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| dir.path().join(name);
        write_all(&[(at("a/b/one.yaml"), "1".into()), (at("a/two.yaml"), "2".into())]).expect("both are written");
        assert_eq!(fs::read_to_string(at("a/b/one.yaml")).expect("one"), "1");
        assert_eq!(fs::read_dir(at("a")).expect("a").count(), 2, "nothing but b and two.yaml");

        fs::write(at("file"), "x").expect("a file");
        let stop = write_all(&[(at("new/one.yaml"), "1".into()), (at("file/two.yaml"), "2".into())]).expect_err("file is no directory");
        assert!(stop.message.contains("not a directory"), "{}", stop.message);
        assert!(!at("new").exists(), "the first file's directory is gone again");
        let stop = write_all(&[(at("a"), "x".into())]).expect_err("a is a directory");
        assert!(stop.message.contains("it is a directory"), "{}", stop.message);
    }
}
