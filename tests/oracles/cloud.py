"""Looks at (or changes) a cloud without scalectl: `cloud.py ENDPOINT ACCOUNT REGION COMMAND argument…`, JSON on stdout."""

import json
import sys
import time

import boto3


def paged(client, operation, key, **given):
    return [item for page in client.get_paginator(operation).paginate(**given) for item in page[key]]


def stacks(cf, _):
    """Every stack that was not deleted: name, status, parameters, outputs, protection."""
    return [{
        "name": one["StackName"], "status": one["StackStatus"], "protected": one.get("EnableTerminationProtection", False),
        "outputs": {item["OutputKey"]: item["OutputValue"] for item in one.get("Outputs", [])},
        "parameters": {item["ParameterKey"]: item.get("ParameterValue") for item in one.get("Parameters", [])},
    } for one in paged(cf, "describe_stacks", "Stacks")]


def resources(cf, _, stack):
    return [{"id": one["LogicalResourceId"], "physical": one.get("PhysicalResourceId"), "type": one["ResourceType"], "status": one["ResourceStatus"]}
            for one in paged(cf, "list_stack_resources", "StackResourceSummaries", StackName=stack)]


def events(cf, _, stack):
    return [{"id": one["LogicalResourceId"], "status": one.get("ResourceStatus"), "why": one.get("ResourceStatusReason", "")}
            for one in paged(cf, "describe_stack_events", "StackEvents", StackName=stack)]


def template(cf, _, stack):
    body = cf.get_template(StackName=stack)["TemplateBody"]
    return {"body": body if isinstance(body, str) else json.dumps(body)}


def change_sets(cf, _, stack):
    return [{"name": one["ChangeSetName"], "status": one["Status"], "execution": one.get("ExecutionStatus")}
            for one in paged(cf, "list_change_sets", "Summaries", StackName=stack)]


def kept(_, client):
    """What holds data, whichever stack it came from or outlived."""
    return {
        "tables": sorted(paged(client("dynamodb"), "list_tables", "TableNames")),
        "buckets": sorted(one["Name"] for one in client("s3").list_buckets()["Buckets"]),
        # The data of a cluster's members is the cluster's.
        "databases": sorted(one["DBInstanceIdentifier"] for one in paged(client("rds"), "describe_db_instances", "DBInstances")
                            if not one.get("DBClusterIdentifier")),
        "clusters": sorted(one["DBClusterIdentifier"] for one in paged(client("rds"), "describe_db_clusters", "DBClusters")),
    }


def look(client_of, *regions):
    """Everything at once, because starting this program costs more than asking: region → stacks with their resources and what happened, and what holds data."""
    def one(client):
        cf = client("cloudformation")
        found = stacks(cf, None)
        for stack in found:
            stack["resources"] = [item["id"] for item in resources(cf, None, stack["name"])]
            stack["events"] = len(events(cf, None, stack["name"]))
        return {"stacks": found, "kept": kept(None, client)}
    return {region: one(client_of(region)) for region in regions}


def deploy(cf, _, stack, file, *parameters):
    """Creates or updates a stack through a change set and waits: {"status", "changes", "why"}."""
    present = any(one["StackName"] == stack for one in paged(cf, "describe_stacks", "Stacks"))
    name = f"by-hand-{time.time_ns()}"
    cf.create_change_set(
        StackName=stack, ChangeSetName=name, ChangeSetType="UPDATE" if present else "CREATE", TemplateBody=open(file).read(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[dict(zip(("ParameterKey", "ParameterValue"), one.split("=", 1))) for one in parameters])
    change_set = settle(lambda: cf.describe_change_set(StackName=stack, ChangeSetName=name), "Status")
    if change_set["Status"] == "FAILED":
        return {"status": "FAILED", "changes": [], "why": [change_set["StatusReason"]]}
    cf.execute_change_set(StackName=stack, ChangeSetName=name)
    done = settle(lambda: cf.describe_stacks(StackName=stack)["Stacks"][0], "StackStatus")
    changes = [one["ResourceChange"] for one in change_set["Changes"]]
    return {"status": done["StackStatus"], "why": [one["why"] for one in events(cf, _, stack) if "FAILED" in one["status"]],
            "changes": [{"id": one["LogicalResourceId"], "action": one["Action"], "replacement": one.get("Replacement")} for one in changes]}


def delete(cf, _, stack):
    identity = cf.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    cf.delete_stack(StackName=stack)
    return {"status": settle(lambda: cf.describe_stacks(StackName=identity)["Stacks"][0], "StackStatus")["StackStatus"]}


def settle(look, key):
    for _ in range(600):
        seen = look()
        if not seen[key].endswith(("IN_PROGRESS", "PENDING")):
            return seen
        time.sleep(0.05)
    sys.exit(f"still {seen[key]} after 30 s")


def main():
    endpoint, account, region, command, *arguments = sys.argv[1:]

    session = boto3.session.Session(aws_access_key_id=account, aws_secret_access_key="test")

    def client_of(place):
        return lambda service: session.client(service, endpoint_url=endpoint, region_name=place)
    client = client_of(region)
    if command == "look":
        print(json.dumps(look(client_of, region, *arguments)))
        return
    verbs = {"stacks": stacks, "resources": resources, "events": events, "template": template, "change-sets": change_sets, "deploy": deploy, "delete": delete}
    print(json.dumps(kept(None, client) if command == "kept" else verbs[command](client("cloudformation"), client, *arguments)))


main()
