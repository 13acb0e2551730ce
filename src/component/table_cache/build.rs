//! The DAX cluster and what it stands on.

use cfn::policy::Statement;
use cfn::resource::{dax, iam};
use cfn::{Id, Node};

use super::{PORT, TableCache, cluster, group};
use crate::block::{HotTable, Layer, Layers, NetworkOffer, Offers, Site, Tier};
use crate::recipe;

/// Milliseconds that an item or the answer to a query is kept: writes of another region are seen no later.
const LIFETIME: &str = "60000";

/// Puts who may connect, the role, and the cluster.
pub fn resources(cache: &TableCache, site: &Site, network: &NetworkOffer, offers: &Offers, table: &HotTable, layers: &mut Layers) {
    recipe::security_group(site, network, layers, &group(), "table-cache", "Caches of tables");
    recipe::let_callers_in(layers, "TableCache", &group(), &offers.callers, PORT, "the cache of the table");

    let role: Id<iam::Role> = Id::new("TableCacheRole");
    let actions = [
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
    ];
    let use_table = Statement::allow(actions).on_each(table.arns.iter().cloned()).sid("UseTable");
    recipe::role(layers, Layer::Data, &role, "dax.amazonaws.com", vec![use_table], &[]);

    let subnets: Id<dax::SubnetGroup> = Id::new("TableCacheSubnetGroup");
    let model = dax::SubnetGroup::new(network.subnets(Tier::Data, 3)).description("The data subnets of all three zones");
    layers.put(Layer::Data, &subnets, "The cache stands in subnets without a way to the internet, in three zones", model);

    let parameters: Id<dax::ParameterGroup> = Id::new("TableCacheParameterGroup");
    let model = dax::ParameterGroup::new()
        .description("Short lifetimes, so that regions agree soon")
        .parameter_name_values([("query-ttl-millis", LIFETIME), ("record-ttl-millis", LIFETIME)]);
    layers.put(Layer::Data, &parameters, "What another region wrote is seen within a minute", model);

    let zones = (0..cache.nodes as usize).filter_map(|node| network.data.get(node % 3)).map(|subnet| subnet.availability_zone());
    let model = dax::Cluster::new(role.arn(), cache.class, cache.nodes as i64)
        .availability_zones(zones.collect::<Vec<_>>())
        .cluster_endpoint_encryption_type("TLS")
        .description(format!("Cache of {}", table.name))
        .parameter_group_name(parameters.reference())
        .preferred_maintenance_window("sun:06:30-sun:07:30")
        .security_group_ids([group().group_id()])
        .sse_specification(dax::cluster::SSESpecification::new().sse_enabled(true))
        .subnet_group_name(subnets.reference())
        .tags(Node::map([("Name", site.name("table-cache"))]));
    let why = "Sessions are read by every request: from memory, in microseconds, from any of three zones";
    layers.put(Layer::Data, &cluster(), why, model);
}
