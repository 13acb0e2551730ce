//! Queues that hand a message out again while it is still being worked on, and dead-letter queues that lose it.

use cfn::Node;

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "queue-redelivers-early",
    severity: Severity::Error,
    what: "a queue's visibility timeout covers its consumer, and its dead-letter queue is of the same kind and keeps messages at least as long",
    why: "Lambda refuses a queue whose visibility timeout is below the function's; a message that is handed out twice is worked on twice, and one that expires in the dead-letter queue is lost.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    run,
};

const QUEUE: &str = "AWS::SQS::Queue";

fn run(graph: &Graph, found: &mut Found) {
    for mapping in graph.of_type("AWS::Lambda::EventSourceMapping") {
        let source = mapping.get("EventSourceArn").and_then(|arn| graph.target(arn)).filter(|source| source.kind == QUEUE);
        let function = mapping.get("FunctionName").and_then(|name| graph.mentioned(name).into_iter().next());
        let (Some(queue), Some(function)) = (source, function.filter(|item| item.kind == "AWS::Lambda::Function")) else { continue };
        let visible = if queue.has("VisibilityTimeout") { queue.int("VisibilityTimeout") } else { Some(30) };
        let timeout = if function.has("Timeout") { function.int("Timeout") } else { Some(3) };
        if let (Some(visible), Some(timeout)) = (visible, timeout)
            && visible < timeout
        {
            let message = format!(
                "messages show again after {visible} s while {} may work {timeout} s on them; set VisibilityTimeout to {} or more",
                function.id,
                timeout * 6
            );
            found.at(queue, "VisibilityTimeout", message);
        }
    }
    for queue in graph.of_type(QUEUE) {
        let Some(policy) = queue.get("RedrivePolicy") else { continue };
        if let Some(Node::Int(count)) = policy.get("maxReceiveCount")
            && !(1..=1000).contains(count)
        {
            found.at(queue, "RedrivePolicy/maxReceiveCount", format!("maxReceiveCount is 1 to 1,000, not {count}"));
        }
        let Some(dead) = policy.get("deadLetterTargetArn").and_then(|arn| graph.target(arn)) else { continue };
        if dead.kind != QUEUE {
            found.at(queue, "RedrivePolicy/deadLetterTargetArn", format!("{} is a {}; a dead-letter target is a queue", dead.id, dead.kind));
            continue;
        }
        if std::ptr::eq(dead, queue) {
            found.at(queue, "RedrivePolicy/deadLetterTargetArn", "the queue is its own dead-letter queue");
        }
        if queue.flag("FifoQueue").unwrap_or(false) != dead.flag("FifoQueue").unwrap_or(false) {
            let message = format!("{} is of the other kind; the dead-letter queue of a FIFO queue is FIFO, of a standard queue standard", dead.id);
            found.at(queue, "RedrivePolicy/deadLetterTargetArn", message);
        }
        const FOUR_DAYS: i64 = 345_600;
        let (kept, dead_kept) = (queue.int("MessageRetentionPeriod").unwrap_or(FOUR_DAYS), dead.int("MessageRetentionPeriod").unwrap_or(FOUR_DAYS));
        if dead_kept < kept {
            let message = format!("keeps messages {dead_kept} s, {} keeps them {kept} s: age counts from the first queue, so they may vanish at once", queue.id);
            found.at(dead, "MessageRetentionPeriod", message);
        }
    }
}
