"""Intrinsics replaced by plausible literals, so that tools which only judge text can judge policies and scripts."""

import os
import re
from functools import lru_cache
from glob import glob

from findings import load

ACCOUNT, REGION = "123456789012", "us-east-1"
PSEUDO = {
    "AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com", "AWS::StackName": "shop-prod-app",
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shop-prod-app/1", "AWS::NoValue": None, "AWS::NotificationARNs": [],
}
# What follows "arn:aws:" in the ARN of a type; {} is the resource's name. A type that is missing here becomes "*".
ARN = {
    "AWS::SQS::Queue": "sqs:R:A:{}", "AWS::SNS::Topic": "sns:R:A:{}", "AWS::S3::Bucket": "s3:::{}", "AWS::DynamoDB::Table": "dynamodb:R:A:table/{}",
    "AWS::DynamoDB::GlobalTable": "dynamodb:R:A:table/{}", "AWS::Lambda::Function": "lambda:R:A:function:{}", "AWS::Lambda::Alias": "lambda:R:A:function:f:{}",
    "AWS::SecretsManager::Secret": "secretsmanager:R:A:secret:{}-AbCdEf", "AWS::KMS::Key": "kms:R:A:key/{}", "AWS::Logs::LogGroup": "logs:R:A:log-group:{}:*",
    "AWS::IAM::Role": "iam::A:role/{}", "AWS::IAM::InstanceProfile": "iam::A:instance-profile/{}", "AWS::Kinesis::Stream": "kinesis:R:A:stream/{}",
    "AWS::KinesisFirehose::DeliveryStream": "firehose:R:A:deliverystream/{}", "AWS::StepFunctions::StateMachine": "states:R:A:stateMachine:{}",
    "AWS::ECS::Cluster": "ecs:R:A:cluster/{}", "AWS::ECS::Service": "ecs:R:A:service/c/{}", "AWS::RDS::DBInstance": "rds:R:A:db:{}",
    "AWS::RDS::DBCluster": "rds:R:A:cluster:{}", "AWS::RDS::DBProxy": "rds:R:A:db-proxy:prx-{}", "AWS::Events::Rule": "events:R:A:rule/{}",
    "AWS::ApiGateway::RestApi": "apigateway:R::/restapis/{}", "AWS::CloudFront::Distribution": "cloudfront::A:distribution/{}",
    "AWS::CloudWatch::Alarm": "cloudwatch:R:A:alarm:{}",
    "AWS::AppSync::GraphQLApi": "appsync:R:A:apis/{}",
    "AWS::DAX::Cluster": "dax:R:A:cache/{}", "AWS::SSM::Parameter": "ssm:R:A:parameter/{}",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "elasticloadbalancing:R:A:loadbalancer/app/{}/1",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "elasticloadbalancing:R:A:targetgroup/{}/1",
}
REF_IS_ARN = {
    "AWS::SNS::Topic", "AWS::SecretsManager::Secret", "AWS::StepFunctions::StateMachine", "AWS::ECS::Service", "AWS::Lambda::Alias",
    "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup",
}


@lru_cache(None)
def template(file):
    return load(file) or {}


@lru_cache(None)
def lent(folder):
    """Output name → (file, value) of every stack beside this one: what scalectl feeds into parameters of the same name."""
    return {name: (file, output["Value"]) for file in sorted(glob(f"{folder}/*.yaml")) for name, output in template(file).get("Outputs", {}).items()}


def reference(file, name, attribute=None):
    if attribute is None and name in PSEUDO:
        return PSEUDO[name]
    resource = template(file).get("Resources", {}).get(name)
    if resource is None:
        return parameter(file, name)
    kind = resource["Type"]
    if attribute in ("Arn", "ServiceArn", "TopicArn", "DBClusterArn", "DBInstanceArn", "DBProxyArn", "KeyArn", "LoadBalancerArn") or (attribute is None and kind in REF_IS_ARN):
        return "arn:aws:" + ARN[kind].format(name.lower()).replace(":R:", f":{REGION}:").replace(":A:", f":{ACCOUNT}:") if kind in ARN else "*"
    return name.lower() if attribute is None else f"{name}-{attribute}".lower().replace(".", "-")


def parameter(file, name):
    value = lent(os.path.dirname(file)).get(name)
    if value and value[0] != file:
        return literal(*value)
    return template(file).get("Parameters", {}).get(name, {}).get("Default", "*")


def substitute(file, text, own):
    def one(match):
        name = match[1]
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        value = literal(file, own[name]) if name in own else reference(file, *name.split(".", 1))
        return str(value)
    return re.sub(r"\$\{([^}]+)\}", one, text)


def literal(file, node):
    if isinstance(node, list):
        return [value for value in (literal(file, item) for item in node) if value is not None]
    if not isinstance(node, dict):
        return node
    if len(node) == 1:
        (key, value), = node.items()
        match key:
            case "Ref": return reference(file, value)
            case "Fn::GetAtt": return reference(file, *(value if isinstance(value, list) else value.split(".", 1)))
            case "Fn::Sub": return substitute(file, *((value, {}) if isinstance(value, str) else value))
            case "Fn::Join": return value[0].join(str(literal(file, part)) for part in value[1])
            case "Fn::Base64": return literal(file, value)
            case "Fn::If": return literal(file, value[1])
            case "Fn::Select": return literal(file, value[1])[int(value[0])] if isinstance(literal(file, value[1]), list) else "*"
            case "Fn::GetAZs": return [f"{REGION}a", f"{REGION}b", f"{REGION}c"]
            case _ if key.startswith("Fn::"): return "*"
    return {key: value for key, value in ((key, literal(file, value)) for key, value in node.items()) if value is not None}
