//! Tells a CloudFront distribution to forget what it has cached. One signed request; the SDK's crate for it would be far larger.

use super::classify::{garbage, of_code};
use super::connect::Aws;
use super::signed::Request;
use crate::deploy::Trouble;

/// CloudFront is one service for all regions; its requests are signed for this one (AWS General Reference, "CloudFront endpoints").
const SIGNED_FOR: &str = "us-east-1";
const ACTION: &str = "cloudfront:CreateInvalidation";

impl Aws {
    /// Begins an invalidation of every path. The same `token` a second time makes no second one.
    pub(super) async fn forget(&self, distribution: &str, token: &str) -> Result<(), Trouble> {
        let endpoint = match self.config.endpoint_url() {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => "https://cloudfront.amazonaws.com".to_owned(),
        };
        let url = format!("{endpoint}/2020-05-31/distribution/{distribution}/invalidation");
        let body = format!(
            "<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Paths><Quantity>1</Quantity>\
             <Items><Path>/*</Path></Items></Paths><CallerReference>{token}</CallerReference></InvalidationBatch>"
        );
        let headers = [("content-type", "text/xml")];
        let request = Request {
            method: "POST",
            url: &url,
            service: "cloudfront",
            region: SIGNED_FOR,
            action: ACTION,
            headers: &headers,
            body: &body,
        };
        let answer = self.send(&request).await?;
        if answer.status == 201 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&answer.body);
        let between = |tag: &str| text.split_once(&format!("<{tag}>")).and_then(|(_, rest)| rest.split_once("</")).map(|(inner, _)| inner);
        Err(match between("Code") {
            Some(code) => of_code(code, between("Message").unwrap_or_default(), answer.status, ACTION),
            None => garbage(&endpoint, answer.status, &answer.body),
        })
    }
}
