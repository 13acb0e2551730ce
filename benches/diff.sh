#!/usr/bin/env bash
# How long `scalectl diff` takes over two templates of 500 resources each, beside @aws-cdk/cloudformation-diff over the same two (with Node and npm), by
# hyperfine. Prints a table; judges nothing, because a machine's load is not the program's fault.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v hyperfine > /dev/null || { echo "hyperfine is missing: apt-get install hyperfine" >&2; exit 1; }
cargo build --release --quiet
program=$(realpath "${CARGO_TARGET_DIR:-target}/release/scalectl")
root=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# 500 resources that refer to one another, and the same with every tenth changed: a rule, a policy, a class, and a key that cannot be changed.
python3 - "$scratch" << 'PYTHON'
import json, sys

def template(changed):
    resources = {}
    for i in range(100):
        at = changed and i % 10 == 0
        resources[f"Group{i}"] = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "a group", "VpcId": {"Ref": "Vpc"},
            "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/16"}
                                     for port in ([22, 80, 443] if not at else [443, 80, 8080])]}}
        resources[f"Role{i}"] = {"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
            "Policies": [{"PolicyName": "work", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": ["s3:GetObject"] + (["s3:PutObject"] if at else []), "Resource": {"Fn::Sub": f"${{Bucket{i}.Arn}}/*"}}]}}]}}
        resources[f"Bucket{i}"] = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", "Properties": {
            "VersioningConfiguration": {"Status": "Enabled"}, "Tags": [{"Key": "number", "Value": str(i + (1 if at else 0))}]}}
        resources[f"Table{i}"] = {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "key" if at else "id", "KeyType": "HASH"}]}}
        resources[f"Alarm{i}"] = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Namespace": "AWS/DynamoDB", "MetricName": "ThrottledRequests",
            "Dimensions": [{"Name": "TableName", "Value": {"Ref": f"Table{i}"}}], "Threshold": 2 if at else 1, "EvaluationPeriods": 5, "Period": 60,
            "Statistic": "Sum", "ComparisonOperator": "GreaterThanThreshold"}}
    del resources["Alarm99"]
    resources["Vpc"] = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    assert len(resources) == 500
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}

for name, changed in (("from", False), ("to", True)):
    json.dump(template(changed), open(f"{sys.argv[1]}/{name}.json", "w"), indent=2)
PYTHON
# The same in YAML, which takes longer to read.
python3 -c 'import yaml' 2> /dev/null && python3 - "$scratch" << 'PYTHON'
import json, sys, yaml
for name in ("from", "to"):
    yaml.safe_dump(json.load(open(f"{sys.argv[1]}/{name}.json")), open(f"{sys.argv[1]}/{name}.yaml", "w"), sort_keys=False)
PYTHON

runs=("$program diff $scratch/from.json $scratch/to.json" "$program diff $scratch/from.json $scratch/to.json --format json")
[ -f "$scratch/from.yaml" ] && runs+=("$program diff $scratch/from.yaml $scratch/to.yaml")
runs+=("$program diff 1k 10k" "$program diff 500k 10m" "$program diff templates templates" "$program diff --matrix")
if command -v npm > /dev/null; then
  cp tests/oracles/cdk/package.json tests/oracles/cdk/package-lock.json "$scratch"
  (cd "$scratch" && npm ci --ignore-scripts --no-audit --no-fund --silent)
  cat > "$scratch/cdk.mjs" << 'NODE'
import { readFileSync } from 'node:fs';
import { fullDiff, formatDifferences } from '@aws-cdk/cloudformation-diff';
const [from, to] = ['from', 'to'].map((name) => JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url))));
formatDifferences(process.stdout, fullDiff(from, to));
NODE
  runs+=("node $scratch/cdk.mjs")
fi
cd "$root"
hyperfine --shell=none --warmup 3 "$@" "${runs[@]}"
