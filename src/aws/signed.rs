//! Two requests that are not worth an SDK crate each: a public SSM parameter, and one object into S3. Signed with AWS's own signer.

use super::classify::{garbage, no_network, of_code, of_credentials};
use super::connect::Aws;
use crate::deploy::Trouble;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use std::time::{Duration, SystemTime};

/// How long one of these requests may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request to sign and send.
pub struct Request<'r> {
    /// `GET`, `POST` or `PUT`.
    pub method: &'r str,
    /// The whole URL.
    pub url: &'r str,
    /// The service's name in signatures.
    pub service: &'r str,
    /// The region's code.
    pub region: &'r str,
    /// The permission that it needs.
    pub action: &'r str,
    /// Headers besides those of the signature.
    pub headers: &'r [(&'r str, &'r str)],
    /// What is sent.
    pub body: &'r str,
}

/// What came back.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The region of the bucket, when S3 says that it is another one.
    pub bucket_region: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Aws {
    /// Signs and sends one request.
    pub(super) async fn send(&self, request: &Request<'_>) -> Result<Answer, Trouble> {
        let other = |message: String| Trouble::Other { action: request.action.to_owned(), message };
        let provider = self.config.credentials_provider().ok_or_else(|| Trouble::NoCredentials("no provider of credentials".into()))?;
        let credentials = provider.provide_credentials().await.map_err(|error| of_credentials(&error))?;
        let identity = credentials.into();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        if request.service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        let time = self.config.time_source().map_or(SystemTime::UNIX_EPOCH, |source| source.now());
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(request.region)
            .name(request.service)
            .time(time)
            .settings(settings)
            .build()
            .map_err(|error| other(error.to_string()))?;
        let signable = SignableRequest::new(
            request.method,
            request.url,
            request.headers.iter().copied(),
            SignableBody::Bytes(request.body.as_bytes()),
        )
        .map_err(|error| other(error.to_string()))?;
        let (instructions, _) = sign(signable, &parameters.into()).map_err(|error| other(error.to_string()))?.into_parts();
        let mut builder = http::Request::builder().method(request.method).uri(request.url);
        for (name, value) in request.headers {
            builder = builder.header(*name, *value);
        }
        let mut http = builder.body(SdkBody::from(request.body)).map_err(|error| other(error.to_string()))?;
        instructions.apply_to_request_http1x(&mut http);
        let http = HttpRequest::try_from(http).map_err(|error| other(error.to_string()))?;
        let endpoint = self.endpoint(request.service, request.region);
        let late = |_| Trouble::NoNetwork { endpoint: endpoint.clone(), detail: format!("no answer within {} s", PATIENCE.as_secs()) };
        let sent = tokio::time::timeout(PATIENCE, self.connector.call(http)).await.map_err(late)?;
        let mut response = sent.map_err(|error| no_network(&endpoint, &error))?;
        let body = std::mem::replace(response.body_mut(), SdkBody::taken());
        let body = aws_smithy_types::byte_stream::ByteStream::new(body).collect().await.map_err(|error| no_network(&endpoint, &error))?;
        let bucket_region = response.headers().get("x-amz-bucket-region").map(str::to_owned);
        Ok(Answer { status: response.status().as_u16(), bucket_region, body: body.into_bytes().to_vec() })
    }

    /// The value of a public SSM parameter.
    pub(super) async fn parameter(&self, region: &str, path: &str) -> Result<String, Trouble> {
        let url = format!("{}/", self.endpoint("ssm", region));
        let body = serde_json::json!({ "Name": path }).to_string();
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AmazonSSM.GetParameter")];
        let action = "ssm:GetParameter";
        let request = Request { method: "POST", url: &url, service: "ssm", region, action, headers: &headers, body: &body };
        let answer = self.send(&request).await?;
        let json: Option<serde_json::Value> = serde_json::from_slice(&answer.body).ok();
        let value = json.as_ref().and_then(|json| json.pointer("/Parameter/Value")).and_then(|value| value.as_str());
        if let (200, Some(value)) = (answer.status, value) {
            return Ok(value.to_owned());
        }
        let text = |key: &str| json.as_ref().and_then(|json| json.get(key)).and_then(|text| text.as_str()).unwrap_or_default();
        // The code may come with its namespace: `com.amazonaws.ssm#ParameterNotFound`.
        match text("__type").rsplit('#').next() {
            Some("ParameterNotFound") => {
                Err(Trouble::NotFound(format!("there is no image parameter {path} in {region}; give one with --image-id")))
            }
            Some(code) if !code.is_empty() => {
                let message = if text("message").is_empty() { text("Message") } else { text("message") };
                Err(of_code(code, message, answer.status, action))
            }
            _ => Err(garbage(&self.endpoint("ssm", region), answer.status, &answer.body)),
        }
    }

    /// Puts a template into a bucket; returns its URL. The bucket may be in another region than the stack.
    pub(super) async fn put(&self, region: &str, bucket: &str, name: &str, body: &str) -> Result<String, Trouble> {
        let mut region = region.to_owned();
        for _ in 0..2 {
            // The path style works for every bucket name; names with dots break the certificate of the other style.
            let url = format!("{}/{bucket}/{name}", self.endpoint("s3", &region));
            let headers = [("content-type", "application/json"), ("x-amz-server-side-encryption", "AES256")];
            let request =
                Request { method: "PUT", url: &url, service: "s3", region: &region, action: "s3:PutObject", headers: &headers, body };
            let answer = self.send(&request).await?;
            if (200..300).contains(&answer.status) {
                return Ok(url);
            }
            match answer.bucket_region {
                Some(actual) if actual != region => region = actual,
                _ => return Err(self.s3_trouble(&region, bucket, answer.status, &answer.body)),
            }
        }
        Err(Trouble::Other { action: "s3:PutObject".into(), message: format!("the region of the bucket {bucket} cannot be found") })
    }

    fn s3_trouble(&self, region: &str, bucket: &str, status: u16, body: &[u8]) -> Trouble {
        let text = String::from_utf8_lossy(body);
        let between = |tag: &str| text.split_once(&format!("<{tag}>")).and_then(|(_, rest)| rest.split_once("</")).map(|(inner, _)| inner);
        match between("Code") {
            Some(code) => of_code(code, &format!("{} (bucket {bucket})", between("Message").unwrap_or_default()), status, "s3:PutObject"),
            None => garbage(&self.endpoint("s3", region), status, body),
        }
    }
}
