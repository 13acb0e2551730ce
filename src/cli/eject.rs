//! `scalectl eject`: everything that the AWS CLI needs to deploy the app without scalectl.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::exit::{Exit, Stop};
use super::screen::Screen;
use super::target::{Home, Target};
use super::{Global, files, stacks};
use crate::deploy;
use crate::report::eject::{self, Ejected};

/// Arguments of `eject`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// Where to write
    #[arg(short, long, value_name = "DIR", default_value = "ejected")]
    output: PathBuf,
    /// Overwrite files that eject did not write, or that were changed since
    #[arg(long)]
    force: bool,
}

/// Says which files of the directory are ours, and what they held: file to fingerprint.
const MANIFEST: &str = ".scalectl-eject.json";

/// Writes the directory.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let architecture = args.target.architecture(global, screen, Home::Fixed)?;
    let stacks = stacks::stacks(&architecture, screen)?;
    stacks::warn(&stacks, screen);
    let settings = &architecture.settings;
    if let Some(key) = settings.tags.keys().find(|key| key.contains('=')) {
        return Err(Stop::error(format!("tag \"{key}\" has a = in its key, which the AWS CLI cannot hand over; rename it to eject")));
    }
    let units = deploy::units(&stacks, settings);
    let names: Vec<String> = stacks.iter().map(|stack| stack.file.clone()).collect();
    let title = format!("{}, phase {}", settings.prefix(), architecture.phase.id);
    let ejected = eject::files(&units, &names, &title, settings.template_bucket.as_deref());

    let before = manifest(&args.output)?;
    if !args.force {
        let foreign: Vec<String> = ejected
            .iter()
            .map(|file| (args.output.join(&file.path), file))
            .filter(|(path, file)| !may_write(path, file, before.get(&file.path)))
            .map(|(path, _)| path.display().to_string())
            .collect();
        if !foreign.is_empty() {
            let list = foreign.join("\n  ");
            return Err(Stop::error(format!(
                "these files are not as eject left them, and stay as they are:\n  {list}\nnothing was written; --force overwrites them, -o DIR writes elsewhere"
            )));
        }
    }
    let mut texts: Vec<(PathBuf, String)> = ejected.iter().map(|file| (args.output.join(&file.path), file.text.clone())).collect();
    let now: BTreeMap<&str, String> = ejected.iter().map(|file| (file.path.as_str(), fingerprint(file.text.as_bytes()))).collect();
    let text = serde_json::to_string_pretty(&now).map_err(Stop::error)?;
    texts.push((args.output.join(MANIFEST), format!("{text}\n")));
    files::write_all(&texts)?;
    for file in ejected.iter().filter(|file| file.executable) {
        files::make_executable(&args.output.join(&file.path))?;
    }
    // What an earlier phase left and nobody changed is no part of this one.
    for (name, print) in before.iter().filter(|(name, _)| !now.contains_key(name.as_str())) {
        let path = args.output.join(name);
        let plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if plain && fs::read(&path).is_ok_and(|bytes| fingerprint(&bytes) == *print) {
            fs::remove_file(&path)
                .map_err(|e| Stop::error(format!("{} is no longer wanted and cannot be removed: {e}", path.display())))?;
            screen.note(&format!("removed {}: no stack of this phase is written to it\n", path.display()));
        }
    }
    let dir = args.output.display();
    screen.note(&format!("{dir}: {} stacks, {} files\nnext: read {dir}/README.md, then run {dir}/deploy.sh\n", units.len(), texts.len()));
    Ok(Exit::Done)
}

/// Whether a file is free, already right, or one of ours that nobody changed.
fn may_write(path: &Path, file: &Ejected, ours: Option<&String>) -> bool {
    match fs::read(path) {
        Ok(bytes) => bytes == file.text.as_bytes() || ours.is_some_and(|print| *print == fingerprint(&bytes)),
        Err(_) => path.symlink_metadata().is_err(),
    }
}

fn manifest(dir: &Path) -> Result<BTreeMap<String, String>, Stop> {
    let path = dir.join(MANIFEST);
    match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text)
            .map_err(|e| Stop::error(format!("{} does not say which files are eject's: {e}; remove it, and add --force", path.display()))),
        Err(_) => Ok(BTreeMap::new()),
    }
}

/// FNV-1a of 64 bits: enough to see that somebody changed a file.
fn fingerprint(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
