//! Who asks, where, and how patiently: credentials, endpoint, timeouts, one client per region.

use super::classify::classify;
use super::clock::Interrupt;
use crate::deploy::Trouble;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_sdk_cloudformation::Client;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Long enough for a connection over a slow line, short enough to say quickly that there is no network.
const CONNECT: Duration = Duration::from_secs(3);
/// Reads of large answers included.
const ATTEMPT: Duration = Duration::from_secs(30);
/// Requests that meet throttling or a passing error are sent this often altogether.
const ATTEMPTS: u32 = 6;

/// What the user said about the connection; the rest comes from the SDK's environment variables and files.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// The profile of the AWS CLI's configuration.
    pub profile: Option<String>,
    /// The region to ask who the caller is.
    pub region: Option<String>,
    /// Another endpoint for every service: an emulator, or a private endpoint.
    pub endpoint_url: Option<String>,
    /// Raised when the user wants to stop.
    pub interrupt: Interrupt,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account's number.
    pub account: String,
    /// The user or role.
    pub arn: String,
}

/// A connection to AWS.
pub struct Aws {
    pub(super) config: SdkConfig,
    pub(super) connector: SharedHttpConnector,
    pub(super) interrupt: Interrupt,
    pub(super) begun: Instant,
    clients: RefCell<BTreeMap<String, Client>>,
}

/// The SDK's HTTP client: TLS by `ring`, proxies from the environment.
pub(super) fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut builder = Connector::builder().proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build()
    })
}

fn connector() -> Connector {
    Connector::builder().proxy_config(ProxyConfig::from_env()).tls_provider(Provider::Rustls(CryptoMode::Ring)).build()
}

impl Aws {
    /// Reads credentials and settings; sends nothing but what finding credentials needs.
    pub async fn connect(connection: Connection) -> Aws {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build();
        let retries = RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_initial_backoff(Duration::from_millis(300))
            .with_max_backoff(Duration::from_secs(8));
        let mut loader =
            aws_config::defaults(BehaviorVersion::latest()).http_client(http_client()).timeout_config(timeouts).retry_config(retries);
        if let Ok(name) = AppName::new("scalectl") {
            loader = loader.app_name(name);
        }
        if let Some(profile) = connection.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = connection.region {
            loader = loader.region(Region::new(region));
        }
        if let Some(url) = connection.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        Aws::new(loader.load().await, connection.interrupt)
    }

    /// A connection with these settings.
    pub(super) fn new(config: SdkConfig, interrupt: Interrupt) -> Aws {
        let connector = SharedHttpConnector::new(connector());
        Aws { config, connector, interrupt, begun: Instant::now(), clients: RefCell::new(BTreeMap::new()) }
    }

    /// The region of the profile or the environment, when nobody named one.
    pub fn region(&self) -> Option<&str> {
        self.config.region().map(Region::as_ref)
    }

    /// Who asks. The first request of a run: it finds out quickly when credentials or the network are missing.
    ///
    /// # Errors
    /// No or expired credentials, no network, or whatever else STS answers.
    pub async fn caller(&self) -> Result<Caller, Trouble> {
        let region = self.region().unwrap_or("us-east-1").to_owned();
        let retries = RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(200));
        let config = aws_sdk_sts::config::Builder::from(&self.config).region(Region::new(region.clone())).retry_config(retries).build();
        let answer = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await;
        let answer = answer.map_err(|error| classify(&error, "sts:GetCallerIdentity", &self.endpoint("sts", &region)))?;
        Ok(Caller { account: answer.account().unwrap_or_default().to_owned(), arn: answer.arn().unwrap_or_default().to_owned() })
    }

    /// The CloudFormation client of a region.
    pub(super) fn client(&self, region: &str) -> Client {
        let mut clients = self.clients.borrow_mut();
        let make = || {
            let config = aws_sdk_cloudformation::config::Builder::from(&self.config).region(Region::new(region.to_owned()));
            Client::from_conf(config.build())
        };
        clients.entry(region.to_owned()).or_insert_with(make).clone()
    }

    /// The URL of a service in a region, without a slash at its end.
    pub(super) fn endpoint(&self, service: &str, region: &str) -> String {
        match self.config.endpoint_url() {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("https://{service}.{region}.{}", domain(region)),
        }
    }
}

/// The domain of a region's partition (botocore's `partitions.json`).
fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else if region.starts_with("eusc-") {
        "amazonaws.eu"
    } else {
        "amazonaws.com"
    }
}
