//! The server, its stricter attributes and our way of looking at it, tried with templates written by hand.

use crate::ministack::cloud;

const REGION: &str = "us-east-1";
const GOOD: &str = "tests/oracles/good.yaml";

#[test]
fn a_stack_is_created_updated_and_deleted_and_keeps_its_data() {
    let cloud = cloud();
    assert_eq!(cloud.ask(REGION, "deploy", &["hand", GOOD])["status"], "CREATE_COMPLETE");
    assert_eq!(cloud.stacks(REGION), [("hand".to_owned(), "CREATE_COMPLETE".to_owned())]);
    assert_eq!(cloud.resources(REGION, "hand"), ["Address", "Queue", "Role", "Table"]);
    let before = cloud.events(REGION, "hand");

    let again = cloud.ask(REGION, "deploy", &["hand", GOOD]);
    assert_eq!(again["status"], "FAILED");
    assert!(again["why"][0].as_str().unwrap().contains("didn't contain changes"), "{again}");
    assert_eq!(cloud.events(REGION, "hand"), before);

    let changed = cloud.ask(REGION, "deploy", &["hand", GOOD, "Delay=2"]);
    assert_eq!((changed["status"].as_str(), changed["changes"][0]["id"].as_str()), (Some("UPDATE_COMPLETE"), Some("Queue")), "{changed}");
    assert!(cloud.events(REGION, "hand") > before);

    assert_eq!(cloud.ask(REGION, "delete", &["hand"])["status"], "DELETE_COMPLETE");
    assert_eq!(cloud.ask(REGION, "kept", &[])["tables"][0], "kept");
}

#[test]
fn an_attribute_that_the_type_does_not_have_fails_the_deployment() {
    let answer = cloud().ask(REGION, "deploy", &["bad", "tests/oracles/bad/attribute.yaml"]);
    assert_eq!(answer["status"], "ROLLBACK_COMPLETE");
    assert!(answer["why"].to_string().contains("DnsName"), "{answer}");
}

#[test]
fn accounts_and_regions_do_not_see_one_another() {
    let (one, other) = (cloud(), cloud());
    one.ask(REGION, "deploy", &["mine", GOOD]);
    assert!(other.stacks(REGION).is_empty() && one.stacks("eu-west-1").is_empty());
}
