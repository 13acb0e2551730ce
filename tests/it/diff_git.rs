//! `scalectl diff` with sides from git: which path of a revision is meant, and what is said when there is none.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::{Desk, Run, desk, finished};
use crate::tree::root;

const QUEUE: &str = "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: 1}\n";

/// Runs git as a fixed author.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]).args(arguments).current_dir(folder);
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.com");
        command.env(format!("GIT_{who}_DATE"), "2024-01-01T00:00:00Z");
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let done = command.stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

fn write(desk: &Desk, name: &str, text: &str) {
    std::fs::create_dir_all(desk.path().join(name).parent().unwrap()).unwrap();
    desk.write(name, text);
}

fn commit(desk: &Desk, message: &str) {
    git(desk.path(), &["add", "-A"]);
    git(desk.path(), &["commit", "-q", "-m", message]);
}

/// Two commits of `stacks/app.yaml`: a delay of 1, then of 2.
fn repository() -> Desk {
    let desk = desk();
    git(desk.path(), &["init", "-q"]);
    write(&desk, "stacks/app.yaml", QUEUE);
    commit(&desk, "One");
    write(&desk, "stacks/app.yaml", &QUEUE.replace('1', "2"));
    commit(&desk, "Two");
    desk
}

fn copy_templates(desk: &Desk, phase: &str) {
    for entry in std::fs::read_dir(root().join("templates").join(phase)).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("templates/{phase}/{}", path.file_name().unwrap().to_string_lossy());
        write(desk, &name, &std::fs::read_to_string(&path).unwrap());
    }
}

fn diff(desk: &Desk, from: &str, to: &str) -> Run {
    desk.run(&["diff", from, to, "--detailed-exitcode"])
}

#[test]
fn a_revision_with_a_path_is_a_file_or_a_folder_of_it() {
    let desk = repository();
    diff(&desk, "git:HEAD~1:stacks", "git:HEAD:stacks").exits(2).says(&["DelaySeconds"]);
    diff(&desk, "git:HEAD~1:stacks/app.yaml", "git:HEAD").exits(2).says(&["DelaySeconds", "git:HEAD:stacks/app.yaml"]);
    diff(&desk, "git:HEAD:stacks/", "git:main:./stacks").exits(0);
    diff(&desk, "git:HEAD:", "stacks").exits(0);
    diff(&desk, "git:HEAD@{2030-01-01 10:00}:stacks", "stacks").exits(0);
}

#[test]
fn a_revision_beside_a_path_means_the_same_path() {
    let desk = repository();
    diff(&desk, "git:HEAD~1", "stacks").exits(2).says(&["git:HEAD~1:stacks", "DelaySeconds"]);
    diff(&desk, "stacks/app.yaml", "git:HEAD").exits(0);
    // An uncommitted change of the working copy is what is compared.
    write(&desk, "stacks/app.yaml", &QUEUE.replace('1', "3"));
    let run = diff(&desk, "git:HEAD", "stacks").exits(2);
    assert!(!run.stderr.contains("uncommitted"), "{run:?}");
    // From a folder below, paths are still those of the repository.
    let mut below = desk.command(&["diff", "git:HEAD~1", "app.yaml"]);
    below.current_dir(desk.path().join("stacks"));
    finished(below).exits(0).says(&["git:HEAD~1:stacks/app.yaml", "DelaySeconds"]);
    let mut below = desk.command(&["diff", "git:HEAD~1:./app.yaml", "git:HEAD:../stacks/app.yaml"]);
    below.current_dir(desk.path().join("stacks"));
    finished(below).exits(0).says(&["DelaySeconds"]);
    let other = crate::program::desk();
    other.write("x.yaml", QUEUE);
    let elsewhere = other.path().join("x.yaml").display().to_string();
    diff(&desk, "git:HEAD", &elsewhere).exits(64).says(&["is not in this repository", "git:HEAD:PATH"]);
    diff(&desk, "git:HEAD:../../x", "stacks").exits(64).says(&["leads out of the repository"]);
}

#[test]
fn a_revision_beside_a_phase_means_its_templates_or_its_settings() {
    let desk = desk();
    git(desk.path(), &["init", "-q"]);
    write(&desk, "README.md", "nothing yet");
    commit(&desk, "Nothing");
    diff(&desk, "git:HEAD", "1k").exits(0);
    write(&desk, "scalectl.yaml", "app: shop\nlog_retention_days: 7\n");
    commit(&desk, "Settings");
    std::fs::remove_file(desk.path().join("scalectl.yaml")).unwrap();
    diff(&desk, "git:HEAD", "1k").exits(2).says(&["RetentionInDays"]);
    git(desk.path(), &["checkout", "-q", "--", "."]);
    diff(&desk, "git:HEAD", "1k").exits(0);
    git(desk.path(), &["rm", "-q", "scalectl.yaml"]);
    copy_templates(&desk, "1k");
    commit(&desk, "Templates");
    diff(&desk, "git:HEAD", "1k").exits(0).says(&["git:HEAD:templates/1k"]);
    // 10k is not among the templates of this revision, so it is rendered with its settings.
    diff(&desk, "git:HEAD", "users:10k").exits(0).says(&["git:HEAD → users:10k"]);
    desk.run(&["diff", "git:HEAD:templates/1k", "10k", "--exit-on", "cost>1%"]).exits(3).says(&["the bill grows from"]);
}

#[test]
fn two_revisions_mean_their_templates_or_what_their_settings_make() {
    let desk = repository();
    diff(&desk, "git:HEAD~1", "git:HEAD").exits(64).says(&["neither a folder templates nor a scalectl.yaml", "git:HEAD:PATH"]);
    write(&desk, "scalectl.yaml", "users: 2000\n");
    commit(&desk, "Small");
    write(&desk, "scalectl.yaml", "users: 20000\n");
    commit(&desk, "Large");
    diff(&desk, "git:HEAD~1", "git:HEAD").exits(2).says(&["2,000", "20,000"]);
    write(&desk, "scalectl.yaml", "users: many\n");
    commit(&desk, "Wrong");
    diff(&desk, "git:HEAD~1", "git:HEAD").exits(1).says(&["TO (git:HEAD)", "scalectl.yaml: ", "`many` is not a number"]);
    copy_templates(&desk, "launch");
    copy_templates(&desk, "1k");
    commit(&desk, "Templates");
    std::fs::remove_file(desk.path().join("templates/1k/edge.yaml")).unwrap();
    commit(&desk, "Fewer");
    diff(&desk, "git:HEAD~1", "git:HEAD").exits(2).says(&["edge"]);
    diff(&desk, "git:HEAD~1", "1k").exits(0);
}

#[test]
fn three_dots_are_what_both_have_in_common() {
    let desk = repository();
    git(desk.path(), &["checkout", "-q", "-b", "topic", "HEAD~1"]);
    write(&desk, "stacks/app.yaml", &QUEUE.replace('1', "9"));
    commit(&desk, "Nine");
    // Against main's tip the delay of 2 would show; against the base only the topic's own change does.
    let run = diff(&desk, "git:main...topic", "stacks").exits(2);
    assert!(run.stdout.contains('9') && run.stdout.contains('1'), "{run:?}");
    diff(&desk, "git:main...", "git:HEAD~1:stacks").exits(0);
    diff(&desk, "git:main...topic:stacks/app.yaml", "git:HEAD~1").exits(0);
    diff(&desk, "git:main..topic", "stacks").exits(64).says(&["is a range", "git:main...topic"]);
    git(desk.path(), &["checkout", "-q", "--orphan", "alone"]);
    commit(&desk, "Alone");
    diff(&desk, "git:main...alone", "stacks").exits(1).says(&["main and alone have no commit in common"]);
}

#[test]
fn what_is_no_revision_says_which_is_near() {
    let desk = repository();
    git(desk.path(), &["tag", "v1.0.0"]);
    git(desk.path(), &["update-ref", "refs/remotes/origin/release", "HEAD"]);
    diff(&desk, "git:mian", "stacks").exits(1).says(&["FROM (git:mian)", "no revision \"mian\"", "did you mean \"main\""]);
    diff(&desk, "git:release", "stacks").exits(1).says(&["did you mean \"origin/release\""]);
    diff(&desk, "stacks", "git:v1.0.1").exits(1).says(&["TO (git:v1.0.1)", "did you mean \"v1.0.0\""]);
    diff(&desk, "git:HEAD~9", "stacks").exits(1).says(&["no revision \"HEAD~9\""]);
    diff(&desk, "git:HEAD^{tree}", "stacks").exits(1).says(&["is no commit"]);
    for option in ["git:--all", "git:-h", "git:--output=stolen", "git:--exec=x...main"] {
        diff(&desk, option, "stacks").exits(1).says(&["no revision"]);
    }
    assert!(!desk.path().join("stolen").exists());
    diff(&desk, "git:", "stacks").exits(64).says(&["names no revision"]);
    diff(&desk, "git:HEAD:stakcs", "stacks").exits(1).says(&["there is no stakcs in HEAD", "did you mean \"stacks\""]);
    diff(&desk, "git:HEAD:deep/app.yaml", "stacks").exits(1).says(&["did you mean \"stacks/app.yaml\""]);
}

#[test]
fn where_git_cannot_help_it_says_why() {
    let alone = desk();
    alone.write("x.yaml", QUEUE);
    diff(&alone, "git:HEAD", "x.yaml").exits(1).says(&["in no git repository"]);
    git(alone.path(), &["init", "-q"]);
    diff(&alone, "git:HEAD", "x.yaml").exits(1).says(&["has no commit yet"]);
    let desk = repository();
    let with = |key: &str, value: &str| {
        let mut command = desk.command(&["diff", "git:HEAD", "stacks"]);
        command.env(key, value);
        finished(command)
    };
    with("PATH", "/nonexistent").exits(1).says(&["git is not installed"]);
    with("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1").exits(1).says(&["belongs to another user", "safe.directory"]);
}

#[test]
fn a_shallow_clone_says_how_to_get_the_rest() {
    let desk = repository();
    git(desk.path(), &["branch", "old", "HEAD~1"]);
    let origin = format!("file://{}", desk.path().display());
    git(desk.path(), &["clone", "-q", "--depth", "1", "--no-single-branch", &origin, "clone"]);
    let inside = |from: &str| {
        let mut command = desk.command(&["diff", from, "stacks"]);
        command.current_dir(desk.path().join("clone"));
        finished(command)
    };
    inside("git:HEAD").exits(0);
    inside("git:HEAD~1").exits(1).says(&["no revision \"HEAD~1\"", "shallow", "git fetch --unshallow", "fetch-depth: 0"]);
    inside("git:origin/old...HEAD").exits(1).says(&["no commit in common", "shallow", "fetch-depth: 0"]);
}

#[test]
fn a_partial_clone_fetches_nothing_and_says_what_is_missing() {
    let desk = repository();
    git(desk.path(), &["config", "uploadpack.allowFilter", "true"]);
    let origin = format!("file://{}", desk.path().display());
    git(desk.path(), &["clone", "-q", "--filter=blob:none", "--no-checkout", &origin, "clone"]);
    let mut command = desk.command(&["diff", "git:HEAD~1:stacks", "git:HEAD"]);
    command.current_dir(desk.path().join("clone"));
    finished(command).exits(1).says(&["FROM (git:HEAD~1:stacks)", "lacks an object", "partial clone", "stacks/app.yaml"]);
}

#[test]
fn a_settings_file_of_a_revision_is_rendered_beside_that_of_the_working_copy() {
    let desk = repository();
    write(&desk, "scalectl.yaml", "phase: 1k\n");
    commit(&desk, "Small");
    write(&desk, "scalectl.yaml", "phase: 10k\n");
    diff(&desk, "git:HEAD", "scalectl.yaml").exits(2).says(&["git:HEAD:scalectl.yaml", "DatabaseLeader", "1,000 → 10,000"]);
    diff(&desk, "git:HEAD:scalectl.yaml", "1k").exits(0);
    let run = desk.run(&["diff", "git:HEAD", "git:HEAD~1:scalectl.yaml"]).exits(1);
    run.says(&["TO (git:HEAD~1:scalectl.yaml)", "there is no scalectl.yaml in HEAD~1"]);
}

#[test]
fn a_bare_repository_is_read_where_the_path_is_named() {
    let desk = repository();
    git(desk.path(), &["clone", "-q", "--bare", ".", "bare.git"]);
    let inside = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        command.current_dir(desk.path().join("bare.git"));
        finished(command)
    };
    inside(&["diff", "git:main~1:stacks", "git:main"]).exits(0).says(&["DelaySeconds"]);
    inside(&["diff", "git:main", "../stacks"]).exits(64).says(&["bare repository", "git:main:PATH"]);
}

#[test]
fn uncommitted_changes_that_are_not_compared_are_mentioned() {
    let desk = repository();
    let quiet = diff(&desk, "git:HEAD~1:stacks", "git:HEAD:stacks").exits(2);
    assert!(quiet.stderr.is_empty(), "{quiet:?}");
    write(&desk, "elsewhere.yaml", QUEUE);
    let quiet = diff(&desk, "git:HEAD~1:stacks", "git:HEAD:stacks").exits(2);
    assert!(quiet.stderr.is_empty(), "{quiet:?}");
    write(&desk, "stacks/app.yaml", &QUEUE.replace('1', "3"));
    diff(&desk, "git:HEAD~1:stacks", "git:HEAD:stacks").exits(2).says(&["note: stacks", "uncommitted changes are not compared"]);
    diff(&desk, "git:HEAD:stacks", "1k").exits(2).says(&["uncommitted changes are not compared"]);
    let old = diff(&desk, "git:HEAD~1:stacks", "1k").exits(2);
    assert!(!old.stderr.contains("uncommitted"), "{old:?}");
}

#[test]
fn broken_files_links_and_submodules_of_a_revision() {
    let desk = repository();
    write(&desk, "stacks/data.yaml", "Resources:\n  A: 5\n");
    write(&desk, "large/app.yaml", &format!("{QUEUE}{}", "# padding\n".repeat(110_000)));
    write(&desk, "large/data.yaml", &QUEUE.replace("Jobs", "Others"));
    write(&desk, "none/values.yaml", "a: 1\n");
    std::os::unix::fs::symlink("stacks/app.yaml", desk.path().join("link.yaml")).unwrap();
    std::os::unix::fs::symlink("../stacks/app.yaml", desk.path().join("large/link.yaml")).unwrap();
    git(desk.path(), &["submodule", "--quiet", "add", &desk.path().display().to_string(), "large/sub"]);
    commit(&desk, "Strange things");
    let run = diff(&desk, "git:HEAD~1:stacks", "git:HEAD:stacks").exits(1);
    run.says(&["TO (git:HEAD:stacks)", "stacks/data.yaml:2:3"]);
    diff(&desk, "git:HEAD:large", "stacks/app.yaml").exits(1).says(&["FROM (git:HEAD:large)", "large/app.yaml:1:1", "1000000"]);
    diff(&desk, "git:HEAD:link.yaml", "stacks/app.yaml").exits(1).says(&["is a symbolic link"]);
    diff(&desk, "git:HEAD:large/sub", "stacks/app.yaml").exits(1).says(&["is a submodule"]);
    diff(&desk, "git:HEAD:none", "stacks/app.yaml").exits(1).says(&["git:HEAD:none", "holds no CloudFormation template"]);
}

#[test]
fn nothing_is_written_and_nothing_is_needed_of_the_machine() {
    let desk = repository();
    let before = git(desk.path(), &["status", "--porcelain=v2", "--branch"]);
    let index = std::fs::metadata(desk.path().join(".git/index")).unwrap().modified().unwrap();
    let mut command = desk.command(&["diff", "git:HEAD~1:stacks", "git:HEAD"]);
    let path = std::env::var_os("PATH").unwrap();
    command.env_clear().env("PATH", path);
    finished(command).exits(0).says(&["DelaySeconds"]);
    assert_eq!(std::fs::metadata(desk.path().join(".git/index")).unwrap().modified().unwrap(), index);
    assert_eq!(git(desk.path(), &["status", "--porcelain=v2", "--branch"]), before);
}

#[test]
fn no_network_is_needed() {
    let desk = repository();
    let apart = Command::new("unshare").args(["-rn", "true"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !apart.is_ok_and(|status| status.success()) {
        eprintln!("skipped: unshare -rn does not work here");
        return;
    }
    let inside = |arguments: &[&str]| {
        let own = desk.command(arguments);
        let mut command = Command::new("unshare");
        command.arg("-rn").arg(own.get_program()).args(own.get_args()).current_dir(desk.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        finished(command)
    };
    inside(&["diff", "git:HEAD~1:stacks", "stacks"]).exits(0).says(&["DelaySeconds"]);
    inside(&["diff", "1k", "10k"]).exits(0).says(&["1k"]);
}

#[test]
fn what_a_revision_does_not_have_yet_counts_as_new_unless_it_may_have_moved() {
    let desk = repository();
    std::fs::create_dir(desk.path().join("first")).unwrap();
    write(&desk, "first/queue.yaml", "Resources: {Queue: {Type: AWS::SQS::Queue}}\n");
    let run = desk.run(&["diff", "git:HEAD", "first", "--exit-on", "data-fate"]).exits(0);
    run.says(&["there is no first in HEAD yet: everything counts as new", "Queue"]);
    std::fs::create_dir(desk.path().join("moved")).unwrap();
    write(&desk, "moved/app.yaml", "Resources: {Queue: {Type: AWS::SQS::Queue}}\n");
    desk.run(&["diff", "git:HEAD", "moved"]).exits(1).says(&["there is no moved in HEAD"]);
}
