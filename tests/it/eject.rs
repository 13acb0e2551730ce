//! What `eject` writes deploys with the AWS CLI alone: tried with one that writes down what it is asked.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::{Desk, Run, desk, finished};
use crate::python;

/// A folder with an ejected app and a recording `aws`.
fn ejected(phase: &str, settings: &str) -> Desk {
    let desk = desk();
    desk.write("scalectl.yaml", settings);
    desk.run(&["eject", "--phase", phase, "-o", "out"]).exits(0).says(&["out/deploy.sh"]);
    std::fs::create_dir(desk.path().join("bin")).unwrap();
    let fake = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/recording_aws.py");
    desk.write("bin/aws", format!("#!/bin/sh\nexec '{}' '{}' \"$@\"\n", python::python().display(), fake.display()));
    Command::new("chmod").arg("+x").arg(desk.path().join("bin/aws")).status().unwrap();
    desk
}

fn deploy(desk: &Desk, environment: &[(&str, &str)]) -> Run {
    let path = format!("{}:{}", desk.path().join("bin").display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(desk.path().join("out/deploy.sh"));
    command.env("PATH", path).env("RECORDING", desk.path().join("log")).envs(environment.iter().copied());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    finished(command)
}

fn log(desk: &Desk) -> Vec<Value> {
    let text = std::fs::read_to_string(desk.path().join("log")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn stacks_are_deployed_in_order_with_the_outputs_of_those_before() {
    let desk = ejected("10m", "app: shop\ntags: {team: two words}\n");
    deploy(&desk, &[]).exits(0).says(&["== shop-prod-network (us-east-1)", "shop-prod-edge/\"AppUrl\""]);
    let (all, units) = (log(&desk), std::fs::read_to_string(desk.path().join("out/deploy.sh")).unwrap());
    let deployed: Vec<&Value> = all.iter().filter(|entry| entry["verb"] == "cloudformation deploy").collect();
    assert_eq!(deployed.len(), units.lines().filter(|line| line.starts_with("stack shop")).count());
    assert_eq!(deployed[0]["stack"], "shop-prod-network");
    for entry in &deployed {
        let stem = Path::new(entry["template"].as_str().unwrap()).file_name().unwrap().to_string_lossy().into_owned();
        let stem = stem.trim_end_matches(".min.json").trim_end_matches(".yaml").to_owned();
        assert!(entry["tags"].as_array().unwrap().contains(&"team=two words".into()), "{entry}");
        assert_eq!(entry["capabilities"], "CAPABILITY_NAMED_IAM");
        let Ok(wanted) = std::fs::read_to_string(desk.path().join(format!("out/parameters/{stem}.json"))) else { continue };
        let wanted: Vec<Value> = serde_json::from_str(&wanted).unwrap();
        for parameter in &wanted {
            let (name, mark) = (parameter["ParameterKey"].as_str().unwrap(), parameter["ParameterValue"].as_str().unwrap());
            let words: Vec<&str> = mark.trim_start_matches("@{").trim_end_matches('}').split(' ').collect();
            let value = if words[0] == "image" { "ami-1".to_owned() } else { format!("{}/\"{}\"\\", words[1], words[3]) };
            assert_eq!(entry["parameters"][name], value, "{stem}: {name}");
        }
    }
    let large = deployed.iter().filter(|entry| std::fs::metadata(entry["template"].as_str().unwrap()).unwrap().len() > 51_200);
    let large: Vec<_> = large.map(|entry| entry["bucket"].as_str()).collect();
    assert!(!large.is_empty() && large.iter().all(|bucket| *bucket == Some("shop-prod-network/\"TemplatesBucket\"\\")), "{large:?}");
    let protected: Vec<_> = all.iter().filter(|entry| entry["verb"] == "cloudformation update-termination-protection").collect();
    assert!(protected.len() == 2 && protected.iter().all(|entry| entry["stack"] == "shop-prod-data"), "{protected:?}");
}

#[test]
fn images_are_kept_and_a_failure_to_look_is_not_taken_for_a_new_stack() {
    let desk = ejected("1k", "app: shop\n");
    deploy(&desk, &[("DENIED", "1")]).says(&["AccessDenied"]);
    assert!(!log(&desk).iter().any(|entry| entry["stack"] == "shop-prod-app"), "nothing that needs a value is deployed without one");
    let images = |desk: &Desk| -> Vec<String> {
        let last = log(desk)
            .into_iter()
            .rev()
            .find(|entry| entry["verb"] == "cloudformation deploy" && entry["stack"] == "shop-prod-app")
            .unwrap();
        let values = last["parameters"].as_object().unwrap().values().filter_map(|value| value.as_str().map(str::to_owned));
        values.filter(|value| value.starts_with("ami-")).collect()
    };
    deploy(&desk, &[]).exits(0);
    assert_eq!(images(&desk), ["ami-1"]);
    deploy(&desk, &[("IMAGE", "ami-2")]).exits(0);
    assert_eq!(images(&desk), ["ami-1"], "a new image is no reason to replace a machine");
    deploy(&desk, &[("IMAGE", "ami-2"), ("REFRESH_IMAGES", "1")]).exits(0);
    assert_eq!(images(&desk), ["ami-2"]);
}

#[test]
fn the_script_is_clean_by_shellcheck() {
    let desk = ejected("500k", "app: shop\ntags: {note: two words, team: shop}\n");
    let shellcheck = python::python().with_file_name("shellcheck");
    let run = Command::new(shellcheck).arg(desk.path().join("out/deploy.sh")).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
}

#[test]
fn foreign_and_changed_files_stay_until_force_and_what_an_earlier_phase_left_goes() {
    let desk = desk();
    desk.run(&["eject", "--phase", "10k", "-o", "out"]).exits(0);
    let at = |name: &str| desk.path().join("out").join(name);
    assert!(at("templates/async.yaml").exists());
    desk.write("out/README.md", "mine\n");
    desk.write("out/notes.txt", "mine too\n");
    desk.run(&["eject", "--phase", "1k", "-o", "out"]).exits(1).says(&["out/README.md", "nothing was written", "--force"]);
    assert!(at("templates/async.yaml").exists(), "a refusal changes nothing");
    assert_eq!(std::fs::read_to_string(at("README.md")).unwrap(), "mine\n");
    desk.run(&["eject", "--phase", "1k", "-o", "out", "--force"]).exits(0).says(&["removed out/templates/async.yaml"]);
    assert!(!at("templates/async.yaml").exists() && at("notes.txt").exists());
    desk.run(&["eject", "--phase", "10", "-o", "out"]).exits(0);
}
