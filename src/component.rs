//! The catalogue of building blocks: one line each gives the module, the entry in the phase files, and the call of its `size`.

use serde::Deserialize;

pub use crate::block::*;

macro_rules! blocks {
    ($($(#[doc = $doc:literal])* $module:ident => $variant:ident,)*) => {
        $($(#[doc = $doc])* pub mod $module;)*

        /// One entry of a phase file's `components`: which block, with which settings.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Block {
            $($(#[doc = $doc])* $variant($module::Settings),)*
        }

        impl Block {
            /// Sizes the block for the load; the planner calls this, nothing later sizes anything.
            ///
            /// # Errors
            /// When no class and count that the catalogue knows carries the load.
            pub fn size(&self, request: &Request) -> Result<(Box<dyn Component>, Vec<Reason>), Unplaceable> {
                match self {
                    $(Block::$variant(settings) => {
                        let (component, reasons) = $module::size(settings, request)?;
                        Ok((Box::new(component), reasons))
                    })*
                }
            }
        }

        impl Block {
            /// The block's name, as the phase files write it.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Block::$variant(_) => stringify!($module),)*
                }
            }
        }

        /// The name of every block, as the phase files write it.
        pub const BLOCKS: &[&str] = &[$(stringify!($module)),*];

        /// What every block is, in the order of [`BLOCKS`].
        pub const ABOUT: &[&str] = &[$(concat!($($doc),*)),*];
    };
}

blocks! {
    /// VPC, subnets, routes, NAT gateways and gateway endpoints.
    network => Network,
    /// Where templates wait that are too large for a request.
    templates_bucket => TemplatesBucket,
    /// The key for data at rest.
    encryption_key => EncryptionKey,
    /// The signup list: table and function.
    signup => Signup,
    /// The HTTP API in front of functions.
    http_api => HttpApi,
    /// The static page on Amplify Hosting.
    landing_page => LandingPage,
    /// The data volume of a database on EC2.
    data_volume => DataVolume,
    /// The single host of the first phases.
    app_server => AppServer,
    /// PostgreSQL on a host of its own.
    database_server => DatabaseServer,
    /// PostgreSQL on RDS: leader, standby and follower.
    database_instance => DatabaseInstance,
    /// PostgreSQL on Aurora: writer and readers, by domain and region.
    database_cluster => DatabaseCluster,
    /// Pools of connections in front of Aurora, when there are many.
    database_proxy => DatabaseProxy,
    /// Which shard of the divided domain holds a key.
    shard_map => ShardMap,
    /// Valkey in cluster mode: hot reads, and sessions at first.
    cache => Cache,
    /// Sessions in a global table of DynamoDB.
    sessions => Sessions,
    /// DAX in front of the sessions.
    table_cache => TableCache,
    /// Static files in a bucket that only content delivery reads.
    assets => Assets,
    /// The bucket of users' files, and thumbnails of them.
    uploads => Uploads,
    /// Queues of jobs and events, and the function that takes events.
    queue => Queue,
    /// Publish and subscribe between services.
    event_topic => EventTopic,
    /// What users do, as a stream that ends in a bucket.
    clickstream => Clickstream,
    /// The steps of an order, tried again and undone by a workflow.
    order_workflow => OrderWorkflow,
    /// The load balancer that users reach, with its certificate and its logs.
    load_balancer => LoadBalancer,
    /// The API for programs of others, with keys and limits.
    rest_api => RestApi,
    /// A GraphQL API, when it is asked for.
    graphql => Graphql,
    /// The load balancer between services.
    internal_load_balancer => InternalLoadBalancer,
    /// Web servers in several zones behind the load balancer.
    web_servers => WebServers,
    /// Machines that work off the queue.
    workers => Workers,
    /// The app's services on ECS.
    services => Services,
    /// Traces of a part of the requests, through all services.
    tracing => Tracing,
    /// What turns attacks away.
    firewall => Firewall,
    /// What runs at the edge on each request for a page.
    edge_functions => EdgeFunctions,
    /// Content delivery in front of everything.
    content_delivery => ContentDelivery,
    /// The app's public name.
    names => Names,
    /// Protection from floods, with people at AWS who help; only when asked for.
    shield => Shield,
    /// The look at the app from outside, from many places of the world.
    health_check => HealthCheck,
    /// Backups in a vault of their own, and copies in another region.
    backups => Backups,
    /// Alarm topic, alarms and dashboard.
    monitoring => Monitoring,
}
