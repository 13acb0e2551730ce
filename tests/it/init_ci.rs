//! `init ci`: the pipelines that it writes are sound and give no right away, and no value breaks them.

mod scripts;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::finding::{assert_covered, verdict};
use crate::program::{Desk, desk, finished};
use crate::python::{python, run};
use crate::tree::{read, root};

const GITHUB: &str = ".github/workflows/scalectl.yml";
const GITLAB: &str = ".gitlab-ci.scalectl.yml";

/// A folder with the pipeline that these flags write.
fn written(flags: &[&str]) -> Desk {
    let desk = desk();
    desk.run(&[&["init", "ci"], flags].concat()).exits(0);
    desk
}

fn yaml(desk: &Desk, file: &str) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(desk.path().join(file)).unwrap()).unwrap_or_else(|why| panic!("{file}: {why}"))
}

fn steps(job: &Value) -> &Vec<Value> {
    job["steps"].as_array().unwrap()
}

/// The script of the step whose name begins so.
fn script(job: &Value, name: &str) -> String {
    let step = steps(job).iter().find(|step| step["name"].as_str().is_some_and(|one| one.starts_with(name)));
    step.unwrap_or_else(|| panic!("no step {name}"))["run"].as_str().unwrap().to_owned()
}

/// The scripts of a GitLab job, as its one shell sees them.
fn whole(pipeline: &Value, job: &str, part: &str) -> String {
    let lines: Vec<&str> = pipeline[job][part].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    lines.join("\n")
}

#[test]
fn a_job_has_only_the_rights_that_its_work_needs() {
    let desk = written(&["--github", "--deploy"]);
    let workflow = yaml(&desk, GITHUB);
    assert_eq!(workflow["permissions"], json!({}));
    assert_eq!(workflow["jobs"]["review"]["permissions"], json!({"contents": "read"}));
    assert_eq!(workflow["jobs"]["comment"]["permissions"], json!({"pull-requests": "write"}));
    assert_eq!(workflow["jobs"]["deploy"]["permissions"], json!({"contents": "read", "id-token": "write"}));
    assert_eq!(workflow["jobs"]["deploy"]["environment"], "production");
    assert_eq!(workflow["jobs"]["deploy"]["concurrency"]["cancel-in-progress"], false);
    let triggers: Vec<&String> = workflow["on"].as_object().unwrap().keys().collect();
    assert_eq!(triggers, ["pull_request", "push", "workflow_dispatch"]);
    assert_eq!(workflow["on"]["push"]["branches"], json!(["main"]));

    let text = fs::read_to_string(desk.path().join(GITHUB)).unwrap();
    assert!(!text.contains("secrets.") && !text.contains("pull_request_target"), "{text}");
    let comment = steps(&workflow["jobs"]["comment"]);
    assert!(!comment.iter().any(|step| step["uses"].as_str().is_some_and(|uses| uses.contains("checkout"))), "{comment:?}");
}

#[test]
fn without_deploy_there_is_no_way_to_aws() {
    for (host, file) in [("--github", GITHUB), ("--gitlab", GITLAB)] {
        let desk = written(&[host]);
        let text = fs::read_to_string(desk.path().join(file)).unwrap().to_lowercase();
        for word in ["aws", "id-token", "id_tokens", "deploy --reviewed", "workflow_dispatch", "#if", "#end", "@templates@", "@install@"] {
            assert!(!text.contains(word), "{file} says {word}");
        }
        yaml(&desk, file);
    }
}

#[test]
fn every_action_and_image_is_pinned_and_no_script_holds_an_expression() {
    let desk = written(&["--github", "--deploy", "--all"]);
    let own = Desk { folder: tempfile::tempdir().unwrap() };
    fs::create_dir_all(own.path().join(".github/workflows")).unwrap();
    fs::copy(root().join(".github/workflows/ci.yml"), own.path().join(GITHUB)).unwrap();
    let mut uses = 0;
    for workflow in [yaml(&desk, GITHUB), yaml(&own, GITHUB)] {
        for (name, job) in workflow["jobs"].as_object().unwrap() {
            for step in steps(job) {
                if let Some(action) = step["uses"].as_str() {
                    let commit = action.split_once('@').map(|(_, commit)| commit).unwrap_or_default();
                    assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{name}: {action}");
                    assert!(!action.contains("checkout") || step["with"]["persist-credentials"] == false, "{name}: the token stays behind");
                    uses += 1;
                }
                assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{name}: {step}");
            }
        }
    }
    assert_eq!(uses, 6, "review 2, comment 1, deploy 2, ci 1");

    let gitlab = yaml(&written(&["--gitlab", "--deploy"]), GITLAB);
    for job in [".scalectl", "scalectl comment"] {
        let image = gitlab[job]["image"].as_str().unwrap();
        let (_, digest) = image.split_once("@sha256:").unwrap();
        assert!(digest.len() == 64 && digest.chars().all(|c| c.is_ascii_hexdigit()), "{image}");
    }
}

#[test]
fn zizmor_and_shellcheck_have_nothing_to_say() {
    let zizmor = |desk: &Desk, file: &str| -> Vec<Value> {
        let zizmor = python().with_file_name("zizmor");
        let mut command = Command::new(zizmor);
        command.args(["-q", "--offline", "--persona", "auditor", "--format", "json"]).arg(desk.path().join(file));
        let done = command.output().unwrap();
        serde_json::from_slice(&done.stdout).unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&done.stderr)))
    };
    let bad = desk();
    bad.write(
        "bad.yml",
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n      - run: echo ${{ github.head_ref }}\n",
    );
    let found = zizmor(&bad, "bad.yml");
    assert!(found.iter().any(|one| one["ident"] == "template-injection"), "{found:?}");

    let github = written(&["--github", "--deploy"]);
    assert_eq!(zizmor(&github, GITHUB), Vec::<Value>::new());
    fs::copy(root().join(".github/workflows/ci.yml"), github.path().join("ci.yml")).unwrap();
    assert_eq!(zizmor(&github, "ci.yml"), Vec::<Value>::new());

    let gitlab = written(&["--gitlab", "--deploy"]);
    let mut files = Vec::new();
    let mut keep = |name: String, script: String| {
        let file = github.path().join(name);
        fs::write(&file, script).unwrap();
        files.push(file.display().to_string());
    };
    for (name, job) in yaml(&github, GITHUB)["jobs"].as_object().unwrap() {
        for (index, step) in steps(job).iter().enumerate().filter(|(_, step)| step["run"].is_string()) {
            keep(format!("{name}-{index}.sh"), step["run"].as_str().unwrap().to_owned());
        }
    }
    let pipeline = yaml(&gitlab, GITLAB);
    for (name, job) in pipeline.as_object().unwrap() {
        for part in ["before_script", "script"].iter().filter(|part| job[**part].is_array()) {
            keep(format!("{}-{part}.sh", name.replace(' ', "-")), whole(&pipeline, name, part));
        }
    }
    assert!(files.len() >= 11, "only {files:?}");
    assert_covered(&verdict(&run("shell.py", &files)).findings);
}

#[test]
fn the_same_command_again_changes_nothing_and_check_says_so() {
    for (flags, file) in [(["--github", "--deploy"], GITHUB), (["--gitlab", "--deploy"], GITLAB)] {
        let desk = written(&flags);
        let text = fs::read_to_string(desk.path().join(file)).unwrap();
        let with = |more: &[&str]| desk.run(&[&["init", "ci"], &flags[..], more].concat());
        with(&[]).exits(0).says(&["already as it should be"]);
        with(&["--check"]).exits(0).says(&["as it should be"]);
        // The file says how to make it again.
        let command = text.lines().next().unwrap().trim_start_matches("# Written by: scalectl ").to_owned();
        desk.run(&command.split(' ').chain(["--check"]).collect::<Vec<_>>()).exits(0);

        let edited = text.replace("timeout", "time-out");
        desk.write(file, &edited);
        with(&["--check"]).exits(1).says(&[&format!("changed  {file}"), "time-out"]);
        with(&[]).exits(1).says(&[file, "stays as it is", "--force"]);
        assert_eq!(fs::read_to_string(desk.path().join(file)).unwrap(), edited);
        with(&["--force"]).exits(0).says(&["wrote"]);
        assert_eq!(fs::read_to_string(desk.path().join(file)).unwrap(), text);
        fs::remove_file(desk.path().join(file)).unwrap();
        with(&["--check"]).exits(1).says(&[&format!("missing  {file}")]);
        assert!(!desk.path().join(file).exists());
    }
}

#[test]
fn a_gitlab_pipeline_of_the_users_own_stays_and_is_told_what_to_include() {
    let desk = desk();
    desk.write(".gitlab-ci.yml", "stages: [test, deploy]\n");
    desk.run(&["init", "ci", "--gitlab"]).exits(0).says(&["wrote .gitlab-ci.scalectl.yml", "- local: .gitlab-ci.scalectl.yml"]);
    assert_eq!(fs::read_to_string(desk.path().join(".gitlab-ci.yml")).unwrap(), "stages: [test, deploy]\n");
    desk.run(&["init", "ci", "--gitlab", "--check"]).exits(1).says(&["does not include"]);
    desk.write(".gitlab-ci.yml", "include:\n  - local: .gitlab-ci.scalectl.yml\n");
    desk.run(&["init", "ci", "--gitlab", "--check"]).exits(0);
}

#[test]
fn values_that_would_break_the_file_are_refused() {
    let long = "a".repeat(300);
    for (flags, wanted) in [
        (&["--github", "--gitlab"][..], "once for each"),
        (&[], "give --github or --gitlab"),
        (&["--github", "--templates", "../elsewhere"], "leads out of the repository"),
        (&["--github", "--templates", "/etc"], "leads out of the repository"),
        (&["--github", "--templates", "."], "the repository itself"),
        (&["--github", "--templates", "my templates"], "contains ' '"),
        (&["--github", "--templates", "a'b"], "contains '\\''"),
        (&["--github", "--templates=-x/y"], "hyphen"),
        (&["--github", "--config", "../scalectl.yaml"], "--config"),
        (&["--github", "--branch", "a..b"], "git allows"),
        (&["--github", "--branch", ""], "git allows"),
        (&["--github", "--branch", "main\" #"], "--branch"),
        (&["--github", "--branch", "re*"], "contains '*'"),
        (&["--github", "--install", "one\ntwo"], "one line"),
        (&["--github", "--install", ""], "empty"),
        (&["--github", "--install", "echo 'open"], "nothing that the shell can read"),
        (&["--github", "--install", "echo ${{ github.head_ref }}"], "expression"),
        (&["--github", "--install", "cat <<EOF"], "next line"),
        (&["--github", "--exit-on", "data-fat"], "did you mean \"data-fate\"?"),
        (&["--github", "--exit-on", "cost>ten%"], "cost>10%"),
        (&["--github", "--exit-on", "x' ; touch hacked"], "--exit-on"),
        (&["--github", "--exit-on", &long], "--exit-on"),
        (&["--github", "--check", "--force"], "--force"),
    ] {
        let desk = desk();
        desk.run(&[&["init", "ci"], flags].concat()).exits(64).says(&[wanted]);
        assert_eq!(fs::read_dir(desk.path()).unwrap().count(), 0, "{flags:?} wrote something");
    }
}

#[test]
fn a_link_out_of_the_repository_and_a_folder_below_its_root_are_refused() {
    let (desk, outside) = (desk(), desk());
    std::os::unix::fs::symlink(outside.path(), desk.path().join("templates")).unwrap();
    desk.run(&["init", "ci", "--github"]).exits(64).says(&["a link out of the repository"]);
    fs::create_dir_all(desk.path().join(".git")).unwrap();
    fs::create_dir_all(desk.path().join("below")).unwrap();
    let mut below = desk.command(&["init", "ci", "--github"]);
    below.current_dir(desk.path().join("below"));
    finished(below).exits(1).says(&["repository's root"]);
    assert!(!desk.path().join("below/.github").exists());
}

#[test]
fn where_nothing_can_be_written_nothing_is_left_behind() {
    let desk = desk();
    desk.write(".github", "a file");
    desk.run(&["init", "ci", "--github"]).exits(1).says(&[".github", "nothing was written"]);
    assert_eq!(fs::read_to_string(desk.path().join(".github")).unwrap(), "a file");
    fs::create_dir(desk.path().join(GITLAB)).unwrap();
    desk.run(&["init", "ci", "--gitlab"]).exits(1).says(&[GITLAB, "nothing was written"]);
    assert!(!desk.path().join(".gitlab-ci.yml").exists(), "the second file is not written without the first");
}

#[test]
fn the_projects_own_pipeline_is_what_the_command_writes() {
    let mut command = desk().command(&["init", "ci", "--github", "--all", "--install", "cargo install --path . --locked", "--check"]);
    command.current_dir(root());
    finished(command).exits(0).says(&[GITHUB, "as it should be"]);
    assert!(read(GITHUB).contains("scalectl render --all -o templates --check"));
    assert!(Path::new(&root().join(".github/workflows/ci.yml")).exists());
}
