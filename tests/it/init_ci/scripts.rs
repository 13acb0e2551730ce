//! The scripts of the pipelines, run as a runner runs them, with a code host on this machine.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::{GITHUB, GITLAB, script, whole, written, yaml};
use crate::program::{Desk, Run, desk, ended};
use crate::python::python;
use crate::tree::root;

const MARK: &str = "<!-- scalectl-diff -->";

/// Runs a script as the runner does, with the code host of `tests/oracles/codehost.py` and nothing else but the system's programs.
fn runs(desk: &Desk, shell: &[&str], script: &str, env: &[(&str, &str)]) -> Run {
    let programs = desk.path().join("programs");
    fs::create_dir_all(&programs).unwrap();
    for program in ["gh", "curl", "jq", "apk", "scalectl"] {
        let host = root().join("tests/oracles/codehost.py");
        let text = format!("#!/bin/sh\nexec '{}' '{}' {program} \"$@\"\n", python().display(), host.display());
        fs::write(programs.join(program), text).unwrap();
        assert!(Command::new("chmod").arg("+x").arg(programs.join(program)).status().unwrap().success());
    }
    let file = desk.path().join("script");
    fs::write(&file, script).unwrap();
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg(&file).current_dir(desk.path()).env_clear();
    command.env("PATH", format!("{}:/usr/bin:/bin", programs.display())).env("CODEHOST", desk.path()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.envs(env.iter().copied());
    command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    ended(command.spawn().unwrap())
}

const BASH: [&str; 5] = ["bash", "--noprofile", "--norc", "-eo", "pipefail"];
const SH: [&str; 2] = ["sh", "-e"];

fn calls(desk: &Desk) -> Vec<String> {
    let text = fs::read_to_string(desk.path().join("calls")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn comments(desk: &Desk) -> Vec<Value> {
    serde_json::from_str(&fs::read_to_string(desk.path().join("comments.json")).unwrap()).unwrap()
}

#[test]
fn the_first_comment_is_made_the_next_run_changes_it_and_strangers_keep_theirs() {
    let github = written(&["--github"]);
    let script = script(&yaml(&github, GITHUB)["jobs"]["comment"], "Create or update");
    let env = [("GH_TOKEN", "token of the run"), ("REPOSITORY", "acme/shop"), ("NUMBER", "7"), ("CHANGES", "true")];
    commented(
        &github,
        &BASH,
        &script,
        &env,
        ("user", json!({"login": "mallory"})),
        ("POST repos/acme/shop/issues/7/comments", "PATCH repos/acme/shop/issues/comments/"),
    );
    // A pull request that changes no template gets no comment, but one that is there is brought up to date.
    let quiet = written(&["--github"]);
    quiet.write("comments.json", "[]");
    quiet.write("diff.md", format!("{MARK}\nnothing changes\n"));
    let unchanged = [("GH_TOKEN", "token of the run"), ("REPOSITORY", "acme/shop"), ("NUMBER", "7"), ("CHANGES", "false")];
    runs(&quiet, &BASH, &script, &unchanged).exits(0);
    assert_eq!(comments(&quiet), Vec::<Value>::new());
}

#[test]
fn gitlab_has_one_comment_too() {
    let gitlab = written(&["--gitlab"]);
    let script = whole(&yaml(&gitlab, GITLAB), "scalectl comment", "script");
    let env = [
        ("CI_API_V4_URL", "https://gitlab.example.com/api/v4"),
        ("CI_PROJECT_ID", "3"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("SCALECTL_GITLAB_TOKEN", "token of the project"),
    ];
    let notes = ("POST /api/v4/projects/3/merge_requests/7/notes", "PUT /api/v4/projects/3/merge_requests/7/notes/");
    commented(&gitlab, &SH, &script, &env, ("author", json!({"id": 41})), notes);
    gitlab.write("comments.json", "[]");
    gitlab.write("diff.md", format!("{MARK}\nnothing changes\n"));
    gitlab.write("diff.unchanged", "");
    runs(&gitlab, &SH, &script, &env).exits(0);
    assert_eq!(comments(&gitlab), Vec::<Value>::new());
    fs::remove_file(gitlab.path().join("diff.md")).unwrap();
    std::os::unix::fs::symlink("comments.json", gitlab.path().join("diff.md")).unwrap();
    runs(&gitlab, &SH, &script, &env).exits(1).says(&["nothing was commented"]);
}

/// Three runs beside more than a page of others' comments, one of which wears our mark.
fn commented(desk: &Desk, shell: &[&str], script: &str, env: &[(&str, &str)], other: (&str, Value), (post, patch): (&str, &str)) {
    let stranger = |id: usize, body: &str| json!({"id": id, other.0: other.1, "body": body});
    let mut there: Vec<Value> = (0..120).map(|id| stranger(id, "looks good")).collect();
    there[3] = stranger(3, &format!("{MARK}\nnot yours"));
    desk.write("comments.json", serde_json::to_string(&there).unwrap());
    for text in ["first", "second $(touch hacked) `touch hacked` @all \"quoted\"", "third"] {
        desk.write("diff.md", format!("{MARK}\n{text}\n"));
        runs(desk, shell, script, env).exits(0);
        let now = comments(desk);
        assert_eq!(now[..120], there[..], "what others wrote stays");
        assert_eq!(now.len(), 121, "one comment of ours");
        assert_eq!(now[120]["body"], format!("{MARK}\n{text}\n"), "byte for byte");
    }
    let calls = calls(desk);
    assert_eq!(calls[0], post);
    assert!(calls.len() == 3 && calls[1..].iter().all(|call| call.starts_with(patch)), "{calls:?}");
    assert!(!desk.path().join("hacked").exists());
    desk.write("diff.md", "not ours");
    runs(desk, shell, script, env).exits(1).says(&["nothing was commented"]);
}

#[test]
fn the_review_keeps_the_comparison_and_then_fails_as_it_did() {
    let desk = written(&["--github", "--exit-on", "data-fate,cost>10%"]);
    let script = script(&yaml(&desk, GITHUB)["jobs"]["review"], "Compare");
    for (ends, code, changes) in [("0", 0, "false"), ("2", 0, "true"), ("3", 3, "true"), ("4", 4, "true")] {
        desk.write("summary", "");
        desk.write("output", "");
        let ends = format!("{{\"diff\": {ends}}}");
        let env = [("BASE", "main"), ("GITHUB_STEP_SUMMARY", "summary"), ("GITHUB_OUTPUT", "output"), ("ENDS", ends.as_str())];
        runs(&desk, &BASH, &script, &env).exits(code);
        assert_eq!(fs::read_to_string(desk.path().join("output")).unwrap(), format!("changes={changes}\n"));
        assert!(fs::read_to_string(desk.path().join("summary")).unwrap().starts_with(MARK));
    }
    let wanted = "diff git:origin/main...HEAD templates --format markdown -o diff.md --exit-on data-fate,cost>10% --detailed-exitcode";
    assert_eq!(calls(&desk)[0], wanted);
}

#[test]
fn the_review_of_gitlab_asks_everything_and_the_first_failure_decides() {
    let desk = desk();
    fs::create_dir(desk.path().join("infra")).unwrap();
    desk.write("infra/scalectl.yaml", "phase: 10k\n");
    let flags = ["--gitlab", "--all", "--templates", "infra/cfn", "--config", "infra/scalectl.yaml"];
    desk.run(&[&["init", "ci"], &flags[..]].concat()).exits(0);
    let script = whole(&yaml(&desk, GITLAB), "scalectl review", "script");
    let base = ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "0123abcd");
    for (ends, code) in [("{}", 0), ("{\"diff\": 2}", 2), ("{\"render\": 1, \"check\": 3}", 1), ("{\"check\": 3}", 3)] {
        let _ = fs::remove_file(desk.path().join("calls"));
        runs(&desk, &SH, &script, &[base, ("ENDS", ends)]).exits(code);
        let verbs: Vec<String> = calls(&desk).iter().map(|call| call.split(' ').next().unwrap().to_owned()).collect();
        assert!(verbs.starts_with(&["diff", "diff", "render", "check"].map(str::to_owned)), "{verbs:?}");
    }
    let asked = calls(&desk);
    assert!(asked[1].starts_with("diff git:0123abcd...HEAD infra/cfn --config infra/scalectl.yaml"), "{asked:?}");
    assert_eq!(asked[2], "render --all --config infra/scalectl.yaml -o infra/cfn --check");
}

#[test]
fn the_deployment_takes_logical_ids_and_nothing_that_a_shell_would_run() {
    let (github, gitlab) = (written(&["--github", "--deploy"]), written(&["--gitlab", "--deploy"]));
    let of_github = script(&yaml(&github, GITHUB)["jobs"]["deploy"], "Deploy");
    let of_gitlab = whole(&yaml(&gitlab, GITLAB), "scalectl deploy", "script");
    for (desk, shell, script, name) in
        [(&github, &BASH[..], &of_github, "ACCEPT"), (&gitlab, &SH[..], &of_gitlab, "SCALECTL_ACCEPT_DATA_FATE")]
    {
        let with = |accept: &str| runs(desk, shell, script, &[(name, accept), ("SCALECTL_AWS_TOKEN", "jwt"), ("TMPDIR", "/tmp")]);
        with("").exits(0);
        with("Table  DatabaseWriter").exits(0);
        let plain = "deploy --reviewed templates --yes";
        assert_eq!(calls(desk), [plain.to_owned(), format!("{plain} --accept-data-fate Table --accept-data-fate DatabaseWriter")]);
        for bad in ["$(touch hacked)", "Table;touch hacked", "--endpoint-url=x", "Table\ntouch", "*"] {
            with(bad).exits(64).says(&["nothing was deployed"]);
        }
        assert_eq!(calls(desk).len(), 2);
        assert!(!desk.path().join("hacked").exists());
    }
}
