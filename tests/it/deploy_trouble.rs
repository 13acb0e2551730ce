//! Deployments that are cut short, interrupted, unanswered, or have no AWS to talk to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Child;
use std::thread;
use std::time::Duration;

use crate::ministack::{Cloud, cloud};
use crate::program::{Desk, desk, ended, finished, signal};

const HOME: &str = "us-east-1";
const DEPLOY: [&str; 4] = ["deploy", "--phase", "10k", "--yes"];

/// A deployment that has just said this; what it says from then on can be read.
fn until(desk: &Desk, cloud: &Cloud, words: &str) -> (Child, impl BufRead + use<>) {
    let mut child = desk.against(cloud, &DEPLOY).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "the deployment never said {words:?}");
    }
    (child, said)
}

#[test]
fn a_deployment_that_was_killed_is_completed_by_running_it_again() {
    let (desk, cloud) = (desk(), cloud());
    // Before anything, with a change set that waits to be executed, and twice while a stack is being made.
    for words in ["phase 10k", "app-prod-network", "app-prod-data: creating", "app-prod-app: creating"] {
        let (child, _said) = until(&desk, &cloud, words);
        signal(child.id(), "KILL");
        assert_eq!(ended(child).code, None, "the deployment was over before it could be killed");
    }
    desk.run_against(&cloud, &DEPLOY).exits(0);
    let stacks = cloud.stacks(HOME);
    assert!(
        stacks.len() >= 4 && stacks.iter().all(|(_, status)| matches!(status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE")),
        "{stacks:?}"
    );
    desk.run_against(&cloud, &DEPLOY).exits(0).says(&["no changes"]);
}

#[test]
fn ctrl_c_says_what_goes_on_and_how_to_look() {
    let (desk, cloud) = (desk(), cloud());
    let (child, mut said) = until(&desk, &cloud, "app-prod-network: creating");
    signal(child.id(), "INT");
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    ended(child).exits(130);
    assert!(rest.contains("scalectl status"), "{rest}");
    desk.run_against(&cloud, &DEPLOY).exits(0);
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_deployed() {
    let (desk, cloud) = (desk(), cloud());
    desk.run_against(&cloud, &["deploy", "--phase", "prelaunch"]).exits(8).says(&["--yes"]);
    assert!(cloud.stacks(HOME).iter().all(|(_, status)| status == "REVIEW_IN_PROGRESS"), "{:?}", cloud.stacks(HOME));
}

#[test]
fn destroy_without_a_terminal_and_without_yes_takes_nothing() {
    let (desk, cloud) = (desk(), cloud());
    desk.run_against(&cloud, &["deploy", "--phase", "prelaunch", "--yes"]).exits(0);
    let before = cloud.stacks(HOME);
    desk.run_against(&cloud, &["destroy"]).exits(8);
    assert_eq!(cloud.stacks(HOME), before);
}

#[test]
fn status_of_nothing_says_that_nothing_is_there() {
    let run = desk().run_against(&cloud(), &["status"]).exits(0);
    assert!(format!("{}{}", run.stdout, run.stderr).to_lowercase().contains("nothing"), "{run:?}");
}

/// An endpoint that answers every request with the same bytes.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
            let _ = stream.read(&mut [0; 16 * 1024]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    endpoint
}

fn deploy_to(endpoint: &str, credentials: bool) -> crate::program::Run {
    let desk = desk();
    let mut command = desk.command(&["deploy", "--phase", "prelaunch", "--yes", "--endpoint-url", endpoint]);
    command.env("SCALECTL_POLL_MS", "20");
    if credentials {
        command.env("AWS_ACCESS_KEY_ID", "100000000000").env("AWS_SECRET_ACCESS_KEY", "test");
    }
    finished(command)
}

#[test]
fn without_credentials_the_ways_to_give_them_are_named() {
    deploy_to(&answering("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"), false).exits(1).says(&["credentials", "AWS_PROFILE"]);
}

#[test]
fn expired_credentials_are_called_expired() {
    let answer = "HTTP/1.1 403 Forbidden\r\ncontent-type: text/xml\r\nconnection: close\r\n\r\n<ErrorResponse><Error><Type>Sender</Type>\
        <Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>";
    deploy_to(&answering(answer), true).exits(1).says(&["expired"]);
}

#[test]
fn an_endpoint_that_answers_html_is_named() {
    let html = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<html><body>Log in to the network</body></html>";
    let endpoint = answering(html);
    deploy_to(&endpoint, true).exits(1).says(&[&endpoint]);
}

#[test]
fn throttling_is_named_after_the_retries() {
    let answer = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/xml\r\nconnection: close\r\n\r\n<ErrorResponse><Error><Type>Sender</Type>\
        <Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>";
    deploy_to(&answering(answer), true).exits(1).says(&["Rate exceeded"]);
}

#[test]
fn no_network_names_the_address() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    deploy_to(&format!("http://{closed}"), true).exits(1).says(&[&closed.to_string()]);
}
