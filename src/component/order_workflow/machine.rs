//! The steps of an order.
//!
//! A worker charges: it takes a job of type `order.charge` from the job queue and answers by the job's `token`, with success, or with the error
//! `Charge.TryAgain` to be asked again later, or with any other error to give the order up. Jobs may come twice: it charges by the order's id.

use cfn::resource::sqs;
use cfn::states::{Machine, Retry, State, Task};
use cfn::{Id, Node, Val};

use crate::component::{Driver, NamedTable, Offers, Reason};

/// The key of an order.
pub const KEY: &str = "id";
/// Seconds that a worker has to charge an order, waiting in the queue included, and that an order may take in all.
const CHARGE_SECONDS: u32 = 900;
const ORDER_SECONDS: u32 = 7_200;
/// Seconds that a call to a service of AWS may take.
const CALL_SECONDS: u32 = 10;
/// How often a call is tried again, and how long it waits at the most before.
const ATTEMPTS: u32 = 6;
const LONGEST_WAIT: u32 = 60;

/// Whatever a call answers may be different the next time, but for a condition that does not hold.
const PASSING: [&str; 2] = ["States.TaskFailed", "States.Timeout"];

/// A call to a service, tried again when that may help.
fn call(service: &str, parameters: Node) -> Task {
    Task::new(Val::sub(format!("arn:${{AWS::Partition}}:states:::{service}")))
        .parameters(parameters)
        .timeout(CALL_SECONDS)
        .retry(Retry::on(["DynamoDB.ConditionalCheckFailedException"], 0, 1))
        .retry(Retry::on(PASSING, ATTEMPTS, 2).at_most(LONGEST_WAIT))
}

fn text(value: &str) -> Node {
    Node::map([("S", value)])
}

fn from(path: &str) -> Node {
    Node::map([("S.$", path)])
}

/// Sets an order's state, if it is still this execution's.
fn set(table: &NamedTable, status: &str) -> Task {
    let parameters = Node::map([
        ("TableName", table.name.node().clone()),
        ("Key", Node::map([(KEY, from("$.id"))])),
        ("UpdateExpression", Node::from("SET #status = :status, #at = :at")),
        ("ConditionExpression", Node::from("#execution = :execution")),
        ("ExpressionAttributeNames", Node::map([("#status", "status"), ("#at", "changed_at"), ("#execution", "execution")])),
        (
            "ExpressionAttributeValues",
            Node::map([(":status", text(status)), (":at", from("$$.State.EnteredTime")), (":execution", from("$$.Execution.Id"))]),
        ),
    ]);
    call("dynamodb:updateItem", parameters).result("$.kept", Node::map([("status", status)]))
}

fn reserve(table: &NamedTable) -> Task {
    let item = Node::map([
        (KEY, from("$.id")),
        ("status", text("reserved")),
        ("order", from("States.JsonToString($$.Execution.Input)")),
        ("execution", from("$$.Execution.Id")),
        ("changed_at", from("$$.State.EnteredTime")),
    ]);
    let parameters = Node::map([
        ("TableName", table.name.node().clone()),
        ("Item", item),
        // The same execution may write again: the answer to its first try may have been lost.
        ("ConditionExpression", Node::from("attribute_not_exists(#id) OR #execution = :execution")),
        ("ExpressionAttributeNames", Node::map([("#id", KEY), ("#execution", "execution")])),
        ("ExpressionAttributeValues", Node::map([(":execution", from("$$.Execution.Id"))])),
    ]);
    call("dynamodb:putItem", parameters).result("$.kept", Node::map([("status", "reserved")]))
}

fn charge(jobs: &Id<sqs::Queue>) -> Task {
    let job = Node::map([
        ("type", Node::from("order.charge")),
        ("id.$", "$.id".into()),
        ("order.$", "$$.Execution.Input".into()),
        ("token.$", "$$.Task.Token".into()),
    ]);
    let again = ["Charge.TryAgain", "SQS.AmazonSQSException", "SQS.SdkClientException"];
    Task::new(Val::sub("arn:${AWS::Partition}:states:::sqs:sendMessage.waitForTaskToken"))
        .parameters(Node::map([("QueueUrl", jobs.reference().into_node()), ("MessageBody", job)]))
        .timeout(CHARGE_SECONDS)
        .result("$.charge", Node::map([("answer.$", "$")]))
        .retry(Retry::on(again, 4, 30).at_most(300))
}

fn announce(topic: Val<String>) -> Task {
    let event = Node::map([
        ("type", Node::from("orders.confirmed")),
        ("id.$", "States.Format('order:{}:confirmed', $.id)".into()),
        ("order.$", "$$.Execution.Input".into()),
    ]);
    call("sns:publish", Node::map([("TopicArn", topic.into_node()), ("Message", event)])).result("$.told", Node::map([("told", true)]))
}

fn give_up(dead: &Id<sqs::Queue>) -> Task {
    let letter = Node::map([
        ("execution.$", "$$.Execution.Id"),
        ("order.$", "$$.Execution.Input"),
        ("error.$", "$.error"),
        ("kept.$", "$"),
    ]);
    call("sqs:sendMessage", Node::map([("QueueUrl", dead.reference().into_node()), ("MessageBody", letter)])).next("Failed")
}

/// The whole way of an order. Without a queue of jobs nobody charges, and without a topic nobody is told.
pub fn definition(table: &NamedTable, dead: &Id<sqs::Queue>, offers: &Offers) -> Machine {
    let after_reserve = if offers.backlog.is_some() { "Charge" } else { "Confirm" };
    let mut confirm = set(table, "confirmed").catch(["States.ALL"], "GiveUp");
    confirm = confirm.next(if offers.topic.is_some() { "Announce" } else { "Done" });
    let reserve = reserve(table)
        .catch(["DynamoDB.ConditionalCheckFailedException"], "SentBefore")
        .catch(["States.ALL"], "GiveUp")
        .next(after_reserve);
    let mut machine = Machine::new("Check")
        .comment("Keeps an order once, has it charged, confirms it, and tells the other services")
        .timeout(ORDER_SECONDS)
        .state("Check", State::has_text(["$.id"], "Reserve", "Malformed"))
        .state("Reserve", reserve)
        .state("Confirm", confirm);
    if let Some(jobs) = &offers.backlog {
        machine = machine
            .state("Charge", charge(jobs).catch(["States.ALL"], "Release").next("Confirm"))
            .state("Release", set(table, "released").catch(["States.ALL"], "GiveUp").next("GiveUp"));
    }
    if let Some(topic) = &offers.topic {
        machine = machine.state("Announce", announce(topic.reference()).catch(["States.ALL"], "GiveUp").next("Done"));
    }
    machine
        .state("GiveUp", give_up(dead))
        .state("Done", State::succeed())
        .state("SentBefore", State::succeed())
        .state("Malformed", State::fail("MalformedOrder", "an order needs a text `id`"))
        .state("Failed", State::fail("OrderFailed", "the order waits in the dead-letter queue, with the error"))
}

/// States that an order passes through when nothing fails: `Check`, `Reserve`, `Confirm`, `Done`, and those that it charges and is told by.
pub fn steps(offers: &Offers) -> u64 {
    4 + u64::from(offers.backlog.is_some()) + u64::from(offers.topic.is_some())
}

/// The most states that [`steps`] can be.
pub const MOST_STEPS: u64 = 6;

/// Express workflows, with how long they may take (Step Functions developer guide, "Choosing workflow type": five minutes, at least once).
pub fn express() -> Reason {
    let text = format!(
        "an Express workflow ends after 5 minutes and may run twice; an order may wait {} minutes for its charge and take {} in all",
        CHARGE_SECONDS / 60,
        ORDER_SECONDS / 60
    );
    Reason::instead(Driver::Availability, text)
}

#[cfg(test)]
mod tests {
    use cfn::Node;
    use cfn::resource::sns;

    use super::*;

    /// Follows the definition from its start, at a choice by the first of its ways, to the end.
    fn walked(offers: &Offers) -> u64 {
        let table = NamedTable { name: "orders".into(), arn: "arn".into() };
        let machine = Val::<Node>::from(definition(&table, &Id::new("Dead"), offers)).into_node();
        let states = machine.get("States").unwrap();
        let mut at = machine.get("StartAt").and_then(Node::as_str).unwrap().to_owned();
        for steps in 1..100 {
            let state = states.get(&at).unwrap();
            let chosen = state.get("Choices").and_then(Node::as_list).and_then(|ways| ways[0].get("Next"));
            match chosen.or(state.get("Next")).and_then(Node::as_str) {
                Some(next) => at = next.to_owned(),
                None => return steps,
            }
        }
        unreachable!("the way of an order has no end");
    }

    #[test]
    fn an_order_passes_as_many_states_as_are_billed() {
        let (jobs, topic) = (Some(Id::<sqs::Queue>::new("Jobs")), Some(Id::<sns::Topic>::new("Topic")));
        let mut offers = Offers::default();
        assert_eq!((walked(&offers), steps(&offers)), (4, 4));
        offers.backlog = jobs;
        assert_eq!((walked(&offers), steps(&offers)), (5, 5));
        offers.topic = topic;
        assert_eq!((walked(&offers), steps(&offers)), (MOST_STEPS, MOST_STEPS));
    }
}
