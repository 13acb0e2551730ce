//! The SDK against canned answers over HTTP: what AWS, a proxy or an emulator may say, and what becomes of it.

use super::Interrupt;
use super::connect::Aws;
use crate::deploy::{Action, Image, Key, Policy, Replacement, Stacks, Status, Trouble};
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

/// Answers one request after the other with these statuses and bodies; hands the requests' bodies over.
fn serve(answers: Vec<(u16, &'static str)>) -> (Aws, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let read = stream.read(&mut buffer).unwrap();
                request.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, sent)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
                if sent.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    sender.send(text).unwrap();
                    break;
                }
            }
            write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::new("us-east-1"))
        .retry_config(RetryConfig::disabled())
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .http_client(super::connect::http_client())
        .build();
    (Aws::new(config, Interrupt::default()), receiver)
}

fn key() -> Key {
    Key::new("shop-prod-data", "us-east-1")
}

async fn trouble(status: u16, body: &'static str) -> Trouble {
    serve(vec![(status, body)]).0.describe(&key()).await.unwrap_err()
}

fn error(code: &str, message: &str) -> &'static str {
    let text = format!("<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>");
    Box::leak(text.into_boxed_str())
}

#[tokio::test]
async fn every_refusal_of_aws_is_one_kind_of_trouble() {
    assert!(matches!(trouble(403, error("ExpiredToken", "late")).await, Trouble::ExpiredCredentials(_)));
    assert!(matches!(trouble(403, error("InvalidClientTokenId", "who")).await, Trouble::ExpiredCredentials(_)));
    let denied = trouble(403, error("AccessDenied", "no")).await;
    assert_eq!(denied, Trouble::AccessDenied { action: "cloudformation:DescribeStacks".into(), message: "no".into() });
    assert_eq!(
        trouble(400, error("Throttling", "Rate exceeded")).await,
        Trouble::Throttled { action: "cloudformation:DescribeStacks".into(), message: "Rate exceeded".into() }
    );
    assert!(
        matches!(trouble(400, error("ValidationError", "bad name")).await, Trouble::Validation { message, .. } if message == "bad name")
    );
    assert!(trouble(503, error("ServiceUnavailable", "busy")).await.passes());
}

#[tokio::test]
async fn a_stack_that_does_not_exist_is_nothing() {
    let (aws, _requests) = serve(vec![(400, error("ValidationError", "Stack with id shop-prod-data does not exist"))]);
    assert!(aws.describe(&key()).await.unwrap().is_none());
}

#[tokio::test]
async fn html_is_told_apart_from_aws_whatever_its_status() {
    for status in [200, 403, 500] {
        let trouble = trouble(status, "<!DOCTYPE html><html><body><h1>Bad Gateway</h1></body></html>").await;
        let text = trouble.to_string();
        assert!(matches!(trouble, Trouble::Garbage { what: "HTML", .. }) && text.contains("Bad Gateway"), "{status}: {text}");
    }
}

#[tokio::test]
async fn an_endpoint_that_nobody_listens_at_is_no_network() {
    let (aws, _requests) = serve(vec![]);
    // The listener is gone with its thread, at the latest when the connection is refused or reset.
    let trouble = aws.describe(&key()).await.unwrap_err();
    assert!(matches!(&trouble, Trouble::NoNetwork { endpoint, .. } if endpoint.starts_with("http://127.0.0.1:")), "{trouble:?}");
}

#[tokio::test]
async fn change_sets_are_read_page_by_page_and_unknown_words_are_kept() {
    let page = |change: &str, token: &str| {
        let text = format!(
            "<DescribeChangeSetResponse><DescribeChangeSetResult><Status>CREATE_COMPLETE</Status>{token}<Changes><member><Type>Resource</Type>\
             <ResourceChange>{change}</ResourceChange></member></Changes></DescribeChangeSetResult></DescribeChangeSetResponse>"
        );
        &*Box::leak(text.into_boxed_str())
    };
    let first = "<LogicalResourceId>Users</LogicalResourceId><Action>Modify</Action><Replacement>True</Replacement>\
                 <PolicyAction>ReplaceAndRetain</PolicyAction><Details><member><Target><Attribute>Properties</Attribute><Name>TableName</Name>\
                 <RequiresRecreation>Always</RequiresRecreation></Target><CausingEntity>Name</CausingEntity></member></Details>";
    let second = "<LogicalResourceId>New</LogicalResourceId><Action>Teleport</Action><Replacement>Perhaps</Replacement>\
                  <PolicyAction>Vanish</PolicyAction>";
    let (aws, requests) = serve(vec![(200, page(first, "<NextToken>more</NextToken>")), (200, page(second, ""))]);
    let set = aws.change_set(&key(), "set").await.unwrap();
    let (users, new) = (&set.changes[0], &set.changes[1]);
    assert_eq!((users.replacement, users.policy), (Replacement::Always, Some(Policy::Retain)));
    assert_eq!((users.causes[0].property.as_str(), users.causes[0].entity.as_deref()), ("TableName", Some("Name")));
    assert_eq!((&new.action, new.replacement), (&Action::Unknown("Teleport".into()), Replacement::Conditional));
    assert_eq!(new.policy, Some(Policy::Delete), "what is unknown counts as the worst");
    let (first, second) = (requests.recv().unwrap(), requests.recv().unwrap());
    assert!(first.contains("IncludePropertyValues=true") && second.contains("NextToken=more"));
}

#[tokio::test]
async fn executing_keeps_nothing_of_a_creation_that_fails() {
    let (aws, requests) = serve(vec![(200, "<ExecuteChangeSetResponse><ExecuteChangeSetResult/></ExecuteChangeSetResponse>")]);
    aws.execute(&key(), "set", "token").await.unwrap();
    let request = requests.recv().unwrap();
    assert!(request.contains("RetainExceptOnCreate=true") && request.contains("ClientRequestToken=token"), "{request}");
}

#[tokio::test]
async fn an_unknown_status_of_a_stack_is_kept_as_it_is() {
    let body = "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>s</StackName><StackStatus>MELTED</StackStatus>\
                <CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks></DescribeStacksResult></DescribeStacksResponse>";
    let (aws, _requests) = serve(vec![(200, body)]);
    assert_eq!(aws.describe(&key()).await.unwrap().unwrap().status, Status::Unknown("MELTED".into()));
}

#[tokio::test]
async fn an_image_comes_from_its_parameter_and_a_template_goes_into_its_bucket() {
    let (aws, requests) = serve(vec![
        (200, r#"{"Parameter":{"Value":"ami-1"}}"#),
        (400, r#"{"__type":"ParameterNotFound"}"#),
        (200, ""),
        (403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"),
    ]);
    assert_eq!(aws.image("us-east-1", "/image").await.unwrap(), Image::Found("ami-1".into()));
    let missing = aws.parameter("us-east-1", "/other").await.unwrap_err().to_string();
    assert!(missing.contains("/other") && missing.contains("--image-id"), "{missing}");
    let url = aws.put_template(&key(), "my.bucket", "a/b.json", "{}").await.unwrap();
    assert!(url.ends_with("/my.bucket/a/b.json"), "{url}");
    let denied = aws.put_template(&key(), "theirs", "a", "{}").await.unwrap_err();
    assert!(matches!(denied, Trouble::AccessDenied { action, .. } if action == "s3:PutObject"));
    let (parameter, _, put) = (requests.recv().unwrap(), requests.recv().unwrap(), requests.recv().unwrap());
    assert!(parameter.contains("AmazonSSM.GetParameter") && parameter.contains("AWS4-HMAC-SHA256"), "{parameter}");
    assert!(put.starts_with("PUT /my.bucket/a/b.json") && put.contains("x-amz-content-sha256"), "{put}");
}

#[tokio::test]
async fn an_emulator_on_this_machine_may_lack_an_image_and_nothing_else() {
    let (aws, _requests) =
        serve(vec![(400, r#"{"__type":"ParameterNotFound"}"#), (400, r#"{"__type":"AccessDeniedException","message":"no"}"#)]);
    assert!(matches!(aws.image("us-east-1", "/other").await, Ok(Image::StandIn(id)) if id.starts_with("ami-")));
    assert!(matches!(aws.image("us-east-1", "/other").await, Err(Trouble::AccessDenied { .. })));
}

#[tokio::test]
async fn an_invalidation_names_every_path_and_aws_s_refusal_is_told() {
    let refusal = "<ErrorResponse><Error><Code>NoSuchDistribution</Code><Message>it is gone</Message></Error></ErrorResponse>";
    let (aws, requests) = serve(vec![(201, "<Invalidation/>"), (404, refusal)]);
    aws.invalidate("E123", "run-1").await.unwrap();
    let request = requests.recv().unwrap();
    assert!(request.starts_with("POST /2020-05-31/distribution/E123/invalidation "), "{request}");
    assert!(request.contains("<Path>/*</Path>") && request.contains("<CallerReference>run-1<"), "{request}");
    assert!(request.contains("/us-east-1/cloudfront/aws4_request"), "{request}");
    let refused = aws.invalidate("E123", "run-2").await.unwrap_err().to_string();
    assert!(refused.contains("it is gone"), "{refused}");
}
