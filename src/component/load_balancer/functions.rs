//! Functions behind the load balancer: a path each, beside the servers.

use cfn::resource::elasticloadbalancingv2::{self as elb, target_group};
use cfn::resource::lambda;
use cfn::{Id, Resource, Val};

use crate::component::{Layer, Layers, Offers};
use crate::recipe::rules::Road;

/// Puts a target group for every function, and the permission to call it; gives the roads that lead there.
pub fn put<'a>(offers: &'a Offers, layers: &mut Layers) -> Vec<Road<'a>> {
    let mut roads = Vec::new();
    for function in &offers.functions {
        let permission: Id<lambda::Permission> = Id::new(format!("{}LoadBalancerPermission", function.name));
        // By account rather than by target group: the group cannot be made before it may call the function.
        let model = lambda::Permission::new("lambda:InvokeFunction", function.called(), "elasticloadbalancing.amazonaws.com")
            .source_account(Val::reference("AWS::AccountId"));
        layers.put(Layer::App, &permission, "Load balancers of this account may call the function", model);
        let group: Id<elb::TargetGroup> = Id::new(format!("{}TargetGroup", function.name));
        // Health checks would be calls, and would be billed as such.
        let model = elb::TargetGroup::new()
            .target_type(target_group::TargetType::Lambda)
            .health_check_enabled(false)
            .targets([target_group::TargetDescription::new(function.called())]);
        let why = format!("{} is answered by a function: no server runs for it", function.path);
        layers.put(Layer::App, &group, why, Resource::new(model).after(permission.name()));
        roads.push(Road { name: function.name, paths: vec![function.path], group, alternate: None, whole: None });
    }
    roads
}
