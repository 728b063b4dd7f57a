"""Answers calls and inventories of an AWS account, one JSON object a line."""
import base64
import datetime
import json
import re
import sys
import traceback
import urllib.parse

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

clients = {}


def client(service):
    """`events`, or `events@us-gov-west-1` in another region than the usual one."""
    if service not in clients:
        retries = {"max_attempts": 3, "mode": "standard"}
        config = Config(retries=retries, s3={"addressing_style": "path"})
        name, _, region = service.partition("@")
        clients[service] = boto3.client(name, region_name=region or None, config=config)
        if service == "s3control":
            clients[service].meta.events.register("before-sign", without_account)
    return clients[service]


def without_account(request, **_):
    """Its hosts begin with the account, below which an IP address can have no names."""
    request.url = re.sub(r"//[0-9]{12}\.", "//", request.url)


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != "ResponseMetadata"}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "read"):
        return value.read().decode("utf-8", "replace")
    return value


def call(service, operation, **arguments):
    if "Body64" in arguments:
        arguments["Body"] = base64.b64decode(arguments.pop("Body64"))
    return plain(getattr(client(service), operation)(**arguments))


def pages(service, operation, name, **arguments):
    found = []
    for page in client(service).get_paginator(operation).paginate(**arguments):
        found.extend(plain(page.get(name) or []))
    return found


def optional(service, operation, name=None, **arguments):
    """None where AWS says that there is no such setting."""
    try:
        answer = call(service, operation, **arguments)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 404):
            return None
        raise
    return answer.get(name) if name else answer


def tags(listed, key="Key", value="Value"):
    return {tag[key]: tag[value] for tag in sorted(listed or [], key=lambda tag: tag[key])}


def document(text):
    if isinstance(text, dict) or text is None:
        return text
    return json.loads(urllib.parse.unquote(text) if text.startswith("%") else text)


def keys():
    aliases = pages("kms", "list_aliases", "Aliases")
    found = []
    for listed in pages("kms", "list_keys", "Keys"):
        key = listed["KeyId"]
        about = call("kms", "describe_key", KeyId=key)["KeyMetadata"]
        if about.get("KeyManager") == "AWS":
            continue
        rotation = optional("kms", "get_key_rotation_status", KeyId=key) or {}
        found.append({
            "id": key,
            "description": about.get("Description"),
            "state": about.get("KeyState"),
            "enabled": about.get("Enabled"),
            "multi_region": about.get("MultiRegion"),
            "rotation": rotation.get("KeyRotationEnabled"),
            "rotation_period": rotation.get("RotationPeriodInDays"),
            "policy": document(optional("kms", "get_key_policy", "Policy", KeyId=key, PolicyName="default")),
            "tags": tags(optional("kms", "list_resource_tags", "Tags", KeyId=key), "TagKey", "TagValue"),
            "aliases": sorted(alias["AliasName"] for alias in aliases if alias.get("TargetKeyId") == key),
        })
    return sorted(found, key=lambda key: (key["aliases"], key["state"], key["description"] or "", key["id"]))


def roles():
    found = {}
    for listed in pages("iam", "list_roles", "Roles"):
        name = listed["RoleName"]
        role = call("iam", "get_role", RoleName=name)["Role"]
        inline = pages("iam", "list_role_policies", "PolicyNames", RoleName=name)
        attached = pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
        found[name] = {
            "arn": role["Arn"],
            "description": role.get("Description"),
            "max_session_duration": role.get("MaxSessionDuration"),
            "permissions_boundary": (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
            "trust": document(role["AssumeRolePolicyDocument"]),
            "tags": tags(pages("iam", "list_role_tags", "Tags", RoleName=name)
                         if client("iam").can_paginate("list_role_tags")
                         else call("iam", "list_role_tags", RoleName=name)["Tags"]),
            "attached": sorted(policy["PolicyArn"] for policy in attached),
            "inline": {
                policy: document(call("iam", "get_role_policy", RoleName=name, PolicyName=policy)["PolicyDocument"])
                for policy in sorted(inline)
            },
        }
    return found


def policies():
    found = {}
    for listed in pages("iam", "list_policies", "Policies", Scope="Local"):
        arn = listed["Arn"]
        policy = call("iam", "get_policy", PolicyArn=arn)["Policy"]
        version = call("iam", "get_policy_version", PolicyArn=arn, VersionId=policy["DefaultVersionId"])
        found[policy["PolicyName"]] = {
            "arn": arn,
            "description": policy.get("Description"),
            "document": document(version["PolicyVersion"]["Document"]),
            "tags": tags(policy.get("Tags")),
        }
    return found


def instance_profiles():
    found = pages("iam", "list_instance_profiles", "InstanceProfiles")
    return {
        profile["InstanceProfileName"]: {
            "arn": profile["Arn"],
            "roles": [role["RoleName"] for role in profile["Roles"]],
            "tags": tags(profile.get("Tags")),
        }
        for profile in found
    }


def buckets():
    found = {}
    for listed in call("s3", "list_buckets")["Buckets"]:
        name = listed["Name"]
        versioning = call("s3", "get_bucket_versioning", Bucket=name)
        found[name] = {
            "versioning": versioning.get("Status"),
            "encryption": optional("s3", "get_bucket_encryption", "ServerSideEncryptionConfiguration", Bucket=name),
            "public_access_block": optional(
                "s3", "get_public_access_block", "PublicAccessBlockConfiguration", Bucket=name),
            "ownership": optional("s3", "get_bucket_ownership_controls", "OwnershipControls", Bucket=name),
            "policy": document(optional("s3", "get_bucket_policy", "Policy", Bucket=name)),
            "lifecycle": optional("s3", "get_bucket_lifecycle_configuration", "Rules", Bucket=name),
            "object_lock": optional(
                "s3", "get_object_lock_configuration", "ObjectLockConfiguration", Bucket=name),
            "logging": optional("s3", "get_bucket_logging", "LoggingEnabled", Bucket=name),
            "tags": tags(optional("s3", "get_bucket_tagging", "TagSet", Bucket=name)),
            "objects": sorted(entry["Key"] for entry in pages("s3", "list_objects_v2", "Contents", Bucket=name)),
        }
    return found


def trails():
    found = {}
    for trail in call("cloudtrail", "describe_trails")["trailList"]:
        name = trail["Name"]
        selectors = optional("cloudtrail", "get_event_selectors", TrailName=name) or {}
        listed = call("cloudtrail", "list_tags", ResourceIdList=[trail["TrailARN"]])["ResourceTagList"]
        found[name] = {
            "trail": trail,
            "logging": call("cloudtrail", "get_trail_status", Name=name).get("IsLogging"),
            "selectors": selectors.get("EventSelectors"),
            "advanced_selectors": selectors.get("AdvancedEventSelectors"),
            "tags": tags(listed[0]["TagsList"] if listed else []),
        }
    return found


def rules():
    found = {}
    for rule in pages("events", "list_rules", "Rules"):
        targets = call("events", "list_targets_by_rule", Rule=rule["Name"])["Targets"]
        found[rule["Name"]] = {"rule": rule, "targets": sorted(targets, key=lambda target: target["Id"])}
    return found


def topics():
    found = {}
    for topic in pages("sns", "list_topics", "Topics"):
        arn = topic["TopicArn"]
        attributes = call("sns", "get_topic_attributes", TopicArn=arn)["Attributes"]
        told = pages("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn)
        found[arn] = {
            "key": attributes.get("KmsMasterKeyId"),
            "policy": document(attributes.get("Policy")),
            "told": sorted(subscription["Endpoint"] for subscription in told),
        }
    return found


def alarms():
    volatile = ("AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
    listed = pages("cloudwatch", "describe_alarms", "MetricAlarms")
    return {
        alarm["AlarmName"]: {name: value for name, value in alarm.items() if name not in volatile}
        for alarm in listed
    }


def masked(account):
    text = json.dumps(account, sort_keys=True)
    for pattern, name in (
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
        (r"(?<=-cloudtrail-logs-)[0-9a-f]{8}", "SUFFIX"),
    ):
        seen = {}
        text = re.sub(pattern, lambda hit: seen.setdefault(hit[0], f"{name}-{len(seen) + 1}"), text)
    return json.loads(text)


def inventory():
    return masked({
        "keys": keys(),
        "roles": roles(),
        "instance_profiles": instance_profiles(),
        "policies": policies(),
        "buckets": buckets(),
        "trails": trails(),
        "rules": rules(),
        "topics": topics(),
        "alarms": alarms(),
    })


for line in sys.stdin:
    question = json.loads(line)
    try:
        if question.get("inventory"):
            answer = {"answer": inventory()}
        else:
            answer = {"answer": call(question["service"], question["operation"], **question["arguments"])}
    except ClientError as error:
        answer = {"refused": {
            "service": question.get("service") or "inventory",
            "operation": error.operation_name,
            "code": error.response["Error"]["Code"],
            "message": error.response["Error"]["Message"],
        }}
    except Exception:
        answer = {"failed": traceback.format_exc()}
    print(json.dumps(answer), flush=True)
