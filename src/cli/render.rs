//! `scalectl render`: the templates, to stdout, to a directory, or against one (`--check`).

use std::fs;
use std::path::{Path, PathBuf};

use super::Global;
use super::exit::{Exit, Stop};
use super::files;
use super::screen::{self, Screen};
use super::stacks;
use super::target::{Home, Target};
use crate::architecture::Architecture;
use crate::component::Layer;
use crate::report::stale::{self, Stale, What};
use crate::units::Users;
use crate::{phase, render};

/// Arguments of `render`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// Every phase, each sized for its first user
    #[arg(long, conflicts_with_all = ["users", "phase"])]
    all: bool,
    /// Write DIR/<phase>/<stack>.yaml instead of printing
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write nothing; name the files of DIR that differ, show how, and exit 1 if there are any [DIR: templates]
    #[arg(long)]
    check: bool,
    /// Language of the templates
    #[arg(long, value_name = "FORMAT", default_value = "yaml")]
    format: Format,
}

/// The two languages that CloudFormation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Yaml,
    Json,
}

/// One file: its path below the output directory, and its text.
pub struct Rendered {
    pub path: PathBuf,
    text: String,
}

/// Renders, then prints, writes or compares.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let (mut rendered, mut written, mut last) = (Vec::new(), Vec::new(), None);
    if args.all {
        let ground = args.target.ground(global, screen, Home::Fixed)?;
        for phase in phase::all().map_err(Stop::error)? {
            let users = Users(phase.from);
            let architecture = ground.plan(phase, users)?;
            let stacks = render::stacks(&architecture).map_err(Stop::error)?;
            rendered.extend(files_of(&architecture, &stacks, args.format));
            written.extend(stacks);
            last = Some(architecture);
        }
        if let Some(last) = &last {
            stacks::unused(last, &written)?;
        }
    } else {
        let architecture = args.target.architecture(global, screen, Home::Fixed)?;
        written = stacks::stacks(&architecture, screen)?;
        rendered = files_of(&architecture, &written, args.format);
    }
    stacks::warn(&written, screen);
    match (&args.output, args.check) {
        (None, false) => print(&rendered, args.format)?,
        (Some(dir), false) => write(dir, &rendered, screen)?,
        (dir, true) => return check(dir.as_deref().unwrap_or(Path::new("templates")), &rendered, screen),
    }
    Ok(Exit::Done)
}

/// The files of one phase's stacks.
pub fn files_of(architecture: &Architecture, stacks: &[render::Stack], format: Format) -> Vec<Rendered> {
    let folder = Path::new(&architecture.phase.id);
    let file = |stack: &render::Stack| match format {
        Format::Yaml => Rendered { path: folder.join(&stack.file), text: stack.template.to_yaml() },
        Format::Json => Rendered { path: folder.join(&stack.file).with_extension("json"), text: stack.template.to_json() },
    };
    stacks.iter().map(file).collect()
}

/// YAML as documents of one stream, each under a comment with its file's name; JSON as one object, file name to template.
fn print(rendered: &[Rendered], format: Format) -> Result<(), Stop> {
    let mut text = String::new();
    for (index, file) in rendered.iter().enumerate() {
        let last = index + 1 == rendered.len();
        let body = file.text.trim_end();
        match format {
            Format::Yaml => text.push_str(&format!("---\n# {}\n{body}\n", file.path.display())),
            Format::Json => {
                let open = if index == 0 { "{\n" } else { "" };
                let close = if last { "\n}\n" } else { ",\n" };
                text.push_str(&format!("{open}\"{}\": {body}{close}", file.path.display()));
            }
        }
    }
    screen::data(&text)
}

fn write(dir: &Path, rendered: &[Rendered], screen: &Screen) -> Result<(), Stop> {
    let differences = differences(dir, rendered)?;
    let changed = differences.iter().filter(|stale| stale.what != What::Surplus);
    let texts: Vec<(PathBuf, String)> = changed
        .filter_map(|stale| rendered.iter().find(|file| dir.join(&file.path) == Path::new(&stale.path)))
        .map(|file| (dir.join(&file.path), file.text.clone()))
        .collect();
    files::write_all(&texts)?;
    for surplus in differences.iter().filter(|stale| stale.what == What::Surplus) {
        fs::remove_file(&surplus.path)
            .map_err(|e| Stop::error(format!("{} is no longer wanted and cannot be removed: {e}", surplus.path)))?;
        screen.note(&format!("removed {}: no stack of this phase is written to it\n", surplus.path));
    }
    let (written, same) = (texts.len(), rendered.len() - texts.len());
    screen.note(&format!("{}: {written} written, {same} already as they should be\n", dir.display()));
    Ok(())
}

fn check(dir: &Path, rendered: &[Rendered], screen: &Screen) -> Result<Exit, Stop> {
    let differences = differences(dir, rendered)?;
    if differences.is_empty() {
        screen.note(&format!("{}: {} files, all current\n", dir.display(), rendered.len()));
        return Ok(Exit::Done);
    }
    screen.view(&stale::diff(&differences, &screen.out))?;
    let remedy = "make them current: the same command without --check";
    screen.note(&stale::summary(&differences, rendered.len(), &dir.display().to_string(), remedy, &screen.err));
    Ok(Exit::Error)
}

/// What in the directory is not as rendered: changed and missing files, and surplus ones that an earlier run wrote.
pub fn differences(dir: &Path, rendered: &[Rendered]) -> Result<Vec<Stale>, Stop> {
    let mut differences = Vec::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for file in rendered {
        let path = dir.join(&file.path);
        let what = match fs::read(&path) {
            Ok(bytes) if bytes == file.text.as_bytes() => None,
            Ok(bytes) => Some(What::Changed { is: String::from_utf8_lossy(&bytes).into_owned(), should: file.text.clone() }),
            Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => Some(What::Missing),
            Err(e) if e.kind() == std::io::ErrorKind::IsADirectory => Some(What::Missing),
            Err(e) => return Err(Stop::error(format!("{} cannot be read: {e}", path.display()))),
        };
        if let Some(what) = what {
            differences.push(Stale { path: path.display().to_string(), what });
        }
        let folder = path.parent().unwrap_or(dir).to_owned();
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    for folder in folders {
        for path in ours(&folder)? {
            if !rendered.iter().any(|file| dir.join(&file.path) == path) {
                differences.push(Stale { path: path.display().to_string(), what: What::Surplus });
            }
        }
    }
    Ok(differences)
}

/// Files of a phase's folder that an earlier run wrote, in order: the name is a layer's and the content says who wrote it.
/// Whatever else lies there belongs to somebody and is left alone.
fn ours(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let layer = name.split('.').next().unwrap_or_default();
        let named = Layer::ALL.iter().any(|known| known.word() == layer) && (name.ends_with(".yaml") || name.ends_with(".json"));
        named
            && path.is_file()
            && fs::read_to_string(path).is_ok_and(|text| text.contains("AWSTemplateFormatVersion") && text.contains("scalectl"))
    });
    paths.sort();
    Ok(paths)
}
