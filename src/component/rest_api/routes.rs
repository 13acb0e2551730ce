//! What the public API answers: functions, and calls to AWS's services that need no function between.

use cfn::policy::Statement;
use cfn::resource::apigateway::method::{Integration, IntegrationResponse, IntegrationType, MethodResponse, PassthroughBehavior};
use cfn::resource::{apigateway, iam, lambda};
use cfn::{Id, Val};

use super::api;
use crate::component::{ApiAction, Grant, HttpFunction, Layer, Layers, Offers, Release};
use crate::recipe;

/// Milliseconds that a function and a service have; signups are stopped after ten seconds.
const FUNCTION_MS: i64 = 12_000;
const SERVICE_MS: i64 = 5_000;
/// Answers of AWS's services that are refusals.
const REFUSALS: &str = r"[45]\d{2}";
const JSON: &str = "application/json";

/// Puts a path and a method for each function and action; gives the methods, which a deployment waits for.
pub fn put(offers: &Offers, layers: &mut Layers) -> Vec<Id<apigateway::Method>> {
    let validator: Id<apigateway::RequestValidator> = Id::new("RestApiValidator");
    let model = apigateway::RequestValidator::new(api().reference()).name("body").validate_request_body(true);
    layers.put(Layer::App, &validator, "What does not look like a request is refused before anything is called", model);
    let mut methods: Vec<Id<apigateway::Method>> = offers.functions.iter().map(|function| put_function(function, layers)).collect();
    if !offers.api_actions.is_empty() {
        let role: Id<iam::Role> = Id::new("RestApiRole");
        let granted = offers.api_actions.iter().flat_map(|action| std::iter::once(&action.grant).chain(action.key.as_ref()));
        recipe::role(layers, Layer::App, &role, "apigateway.amazonaws.com", granted.map(statement).collect(), &[]);
        methods.extend(offers.api_actions.iter().map(|action| put_action(action, &role, &validator, layers)));
    }
    methods
}

fn statement(grant: &Grant) -> Statement {
    Statement::allow(grant.actions.iter().copied()).on_each(grant.resources.iter().cloned()).sid(grant.name)
}

fn put_path(name: &str, path: &str, layers: &mut Layers) -> Id<apigateway::Resource> {
    let id: Id<apigateway::Resource> = Id::new(format!("{name}ApiPath"));
    let model = apigateway::Resource::new(api().root_resource_id(), path, api().reference());
    layers.put(Layer::App, &id, format!("/{path} of the public API"), model);
    id
}

/// A method that only clients with a key may call.
fn method(path: &Id<apigateway::Resource>) -> apigateway::Method {
    apigateway::Method::new("POST", path.reference(), api().reference()).authorization_type("NONE").api_key_required(true)
}

fn put_function(function: &HttpFunction, layers: &mut Layers) -> Id<apigateway::Method> {
    let HttpFunction { name, path, function, release } = function;
    let path = path.trim_matches('/');
    let resource = put_path(name, path, layers);
    let mut permit = |word: &str, called: Val<String>| {
        let id: Id<lambda::Permission> = Id::new(format!("{name}{word}RestApiPermission"));
        let source = format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{}}}/*/POST/{path}", api().name());
        let model = lambda::Permission::new("lambda:InvokeFunction", called, "apigateway.amazonaws.com").source_arn(Val::sub(source));
        layers.put(Layer::App, &id, "This method of this API may call the function", model);
    };
    // The stage says by a variable which alias is called, and says it differently for the canary's part of the calls.
    let alias = match release {
        Some(Release { live, canary }) => {
            permit("Live", live.reference());
            permit("Canary", canary.reference());
            ":${!stageVariables.release}"
        }
        None => {
            permit("", function.arn());
            ""
        }
    };
    let uri = format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{}.Arn}}{alias}/invocations",
        function.name()
    );
    let integration = Integration::new(IntegrationType::AwsProxy)
        .integration_http_method("POST")
        .uri(Val::sub(uri))
        .timeout_in_millis(FUNCTION_MS);
    let id: Id<apigateway::Method> = Id::new(format!("{name}ApiMethod"));
    layers.put(Layer::App, &id, format!("POST /{path} is answered by a function"), method(&resource).integration(integration));
    id
}

fn put_action(
    action: &ApiAction,
    role: &Id<iam::Role>,
    validator: &Id<apigateway::RequestValidator>,
    layers: &mut Layers,
) -> Id<apigateway::Method> {
    let ApiAction { name, path, target, .. } = action;
    let resource = put_path(name, path, layers);
    let shape: Id<apigateway::Model> = Id::new(format!("{name}ApiModel"));
    let model = apigateway::Model::new(api().reference()).content_type(JSON).name(*name).schema(action.body.clone());
    layers.put(Layer::App, &shape, format!("What a request to /{path} must look like"), model);
    let refused =
        IntegrationResponse::new("503").selection_pattern(REFUSALS).response_templates([(JSON, Val::<String>::from(action.refused))]);
    let accepted = IntegrationResponse::new("202").response_templates([(JSON, Val::<String>::from(action.accepted))]);
    let integration = Integration::new(IntegrationType::Aws)
        .integration_http_method("POST")
        .uri(Val::sub(format!("arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:{target}")))
        .credentials(role.arn())
        .passthrough_behavior(PassthroughBehavior::Never)
        .request_parameters([("integration.request.header.Content-Type", Val::<String>::from(format!("'{}'", action.content_type)))])
        .request_templates([(JSON, action.request.clone())])
        .integration_responses([accepted, refused])
        .timeout_in_millis(SERVICE_MS);
    let model = method(&resource)
        .request_validator_id(validator.reference())
        .request_models([(JSON, shape.reference())])
        .method_responses([MethodResponse::new("202"), MethodResponse::new("409"), MethodResponse::new("503")])
        .integration(integration);
    let id: Id<apigateway::Method> = Id::new(format!("{name}ApiMethod"));
    layers.put(Layer::App, &id, format!("POST /{path} goes to the service itself: no function runs, and none has to grow"), model);
    id
}
