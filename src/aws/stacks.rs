//! `Stacks` on the AWS SDK.

use super::classify::classify;
use super::connect::Aws;
use super::{changes, convert};
use crate::deploy::{ChangeSet, ChangeSetRequest, Event, Image, Key, StackResource, StackState, Stacks, Trouble};
use aws_sdk_cloudformation::types;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::time::Duration;

impl Aws {
    fn trouble<E>(&self, key: &Key, action: &str) -> impl Fn(SdkError<E, HttpResponse>) -> Trouble
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let (action, endpoint) = (format!("cloudformation:{action}"), self.endpoint("cloudformation", &key.region));
        move |error| classify(&error, &action, &endpoint)
    }
}

/// What was to be taken away and is not there is as wanted.
fn gone_is_fine(answer: Result<(), Trouble>) -> Result<(), Trouble> {
    match answer {
        Err(Trouble::NotFound(_)) => Ok(()),
        other => other,
    }
}

impl Stacks for Aws {
    async fn describe(&self, key: &Key) -> Result<Option<StackState>, Trouble> {
        let answer = self.client(&key.region).describe_stacks().stack_name(&key.stack).send().await;
        match answer.map_err(self.trouble(key, "DescribeStacks")) {
            Ok(answer) => Ok(answer.stacks().first().map(convert::stack)),
            Err(Trouble::NotFound(_)) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    async fn resources(&self, key: &Key) -> Result<Vec<StackResource>, Trouble> {
        let client = self.client(&key.region);
        let mut pages = client.list_stack_resources().stack_name(&key.stack).into_paginator().send();
        let mut resources = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(self.trouble(key, "ListStackResources"))?;
            resources.extend(page.stack_resource_summaries().iter().map(convert::resource));
        }
        resources.retain(|resource| resource.status != "DELETE_COMPLETE");
        Ok(resources)
    }

    async fn template(&self, key: &Key) -> Result<String, Trouble> {
        let call = self.client(&key.region).get_template().stack_name(&key.stack).template_stage(types::TemplateStage::Original);
        let answer = call.send().await.map_err(self.trouble(key, "GetTemplate"))?;
        Ok(answer.template_body().unwrap_or_default().to_owned())
    }

    async fn create_change_set(&self, key: &Key, request: &ChangeSetRequest) -> Result<String, Trouble> {
        let call = changes::fill(self.client(&key.region).create_change_set().stack_name(&key.stack), request);
        let answer = call.send().await.map_err(self.trouble(key, "CreateChangeSet"))?;
        Ok(answer.id().unwrap_or(&request.name).to_owned())
    }

    async fn change_set(&self, key: &Key, id: &str) -> Result<ChangeSet, Trouble> {
        let client = self.client(&key.region);
        let mut set: Option<ChangeSet> = None;
        let mut token = None;
        loop {
            let call = client.describe_change_set().stack_name(&key.stack).change_set_name(id).include_property_values(true);
            let page = call.set_next_token(token).send().await.map_err(self.trouble(key, "DescribeChangeSet"))?;
            let set = set.get_or_insert_with(|| changes::head(&page));
            set.changes.extend(page.changes().iter().filter_map(|change| change.resource_change()).map(changes::change));
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(set.clone());
            }
        }
    }

    async fn execute(&self, key: &Key, id: &str, token: &str) -> Result<(), Trouble> {
        let call = self.client(&key.region).execute_change_set().stack_name(&key.stack).change_set_name(id);
        let call = call.client_request_token(token).retain_except_on_create(true);
        call.send().await.map(drop).map_err(self.trouble(key, "ExecuteChangeSet"))
    }

    async fn delete_change_set(&self, key: &Key, id: &str) -> Result<(), Trouble> {
        let call = self.client(&key.region).delete_change_set().stack_name(&key.stack).change_set_name(id);
        gone_is_fine(call.send().await.map(drop).map_err(self.trouble(key, "DeleteChangeSet")))
    }

    async fn newest_event(&self, key: &Key) -> Result<Option<String>, Trouble> {
        let answer = self.client(&key.region).describe_stack_events().stack_name(&key.stack).send().await;
        match answer.map_err(self.trouble(key, "DescribeStackEvents")) {
            Ok(answer) => Ok(answer.stack_events().first().and_then(|event| event.event_id()).map(str::to_owned)),
            // An empty stack can be gone between two looks; nothing more happens to it.
            Err(Trouble::NotFound(_)) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    // `DescribeEvents` says more, but not in which order, and it does not mark the stack's own steps; so progress is read here and only
    // failures there.
    async fn events(&self, key: &Key, after: Option<&str>) -> Result<Vec<Event>, Trouble> {
        let client = self.client(&key.region);
        let mut pages = client.describe_stack_events().stack_name(&key.stack).into_paginator().send();
        let mut events = Vec::new();
        'pages: while let Some(page) = pages.next().await {
            let page = match page.map_err(self.trouble(key, "DescribeStackEvents")) {
                Err(Trouble::NotFound(_)) => break,
                page => page?,
            };
            for event in page.stack_events() {
                if after.is_some() && event.event_id() == after {
                    break 'pages;
                }
                events.push(convert::event(event));
            }
        }
        // They come newest first (API reference, DescribeStackEvents).
        events.reverse();
        Ok(events)
    }

    async fn failures(&self, key: &Key, change_set: Option<&str>) -> Result<Vec<Event>, Trouble> {
        let filter = types::EventFilter::builder().failed_events(true).build();
        let call = self.client(&key.region).describe_events().stack_name(&key.stack).filters(filter);
        let answer = call.set_change_set_name(change_set.map(str::to_owned)).send().await;
        let answer = answer.map_err(self.trouble(key, "DescribeEvents"))?;
        Ok(answer.operation_events().iter().map(convert::operation_event).collect())
    }

    async fn cancel_update(&self, key: &Key) -> Result<(), Trouble> {
        let call = self.client(&key.region).cancel_update_stack().stack_name(&key.stack);
        call.send().await.map(drop).map_err(self.trouble(key, "CancelUpdateStack"))
    }

    async fn delete(&self, key: &Key, retain: &[String], token: &str) -> Result<(), Trouble> {
        let call = self.client(&key.region).delete_stack().stack_name(&key.stack).client_request_token(token);
        let call = if retain.is_empty() { call } else { call.set_retain_resources(Some(retain.to_vec())) };
        gone_is_fine(call.send().await.map(drop).map_err(self.trouble(key, "DeleteStack")))
    }

    async fn protect(&self, key: &Key, on: bool) -> Result<(), Trouble> {
        let call = self.client(&key.region).update_termination_protection().stack_name(&key.stack).enable_termination_protection(on);
        call.send().await.map(drop).map_err(self.trouble(key, "UpdateTerminationProtection"))
    }

    async fn set_policy(&self, key: &Key, policy: &str) -> Result<(), Trouble> {
        let call = self.client(&key.region).set_stack_policy().stack_name(&key.stack).stack_policy_body(policy);
        call.send().await.map(drop).map_err(self.trouble(key, "SetStackPolicy"))
    }

    async fn put_template(&self, key: &Key, bucket: &str, name: &str, body: &str) -> Result<String, Trouble> {
        self.put(&key.region, bucket, name, body).await
    }

    async fn image(&self, region: &str, path: &str) -> Result<Image, Trouble> {
        self.newest_image(region, path).await
    }

    async fn invalidate(&self, distribution: &str, token: &str) -> Result<(), Trouble> {
        self.forget(distribution, token).await
    }

    async fn sleep(&self, time: Duration) {
        self.interrupt.sleep(time).await;
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    fn interrupted(&self) -> bool {
        self.interrupt.raised()
    }
}
