"""What is in an account, read with boto3: one JSON request a line in, one JSON inventory a line out.

A request is {"endpoint": URL, "region": NAME}. Generated values (ids, dates) are kept: who compares decides.
"""

import json
import sys
from urllib.parse import unquote

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def clients(endpoint, region):
    config = Config(retries={"max_attempts": 2}, s3={"addressing_style": "path"})
    session = boto3.session.Session("test", "test", region_name=region)
    return {
        name: session.client(name, endpoint_url=endpoint, config=config)
        for name in ("kms", "iam", "s3", "cloudtrail", "dynamodb")
    }


def attempt(call, *codes):
    """The answer of a call, or None for one of the error codes that mean "not set"."""
    try:
        answer = call()
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return None
        raise
    answer.pop("ResponseMetadata", None)
    return answer


def tags(pairs, key="Key", value="Value"):
    return {pair[key]: pair[value] for pair in pairs}


def keys(kms):
    aliases = {}
    for page in kms.get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            if "TargetKeyId" in alias and not alias["AliasName"].startswith("alias/aws/"):
                aliases.setdefault(alias["TargetKeyId"], []).append(alias["AliasName"])
    found = []
    for page in kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            metadata = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            if metadata.get("KeyManager") == "AWS":
                continue
            rotation = attempt(lambda: kms.get_key_rotation_status(KeyId=key["KeyId"]), "KMSInvalidStateException") or {}
            policy = kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"]
            found.append({
                "id": key["KeyId"],
                "arn": metadata["Arn"],
                "description": metadata.get("Description"),
                "enabled": metadata["Enabled"],
                "state": metadata.get("KeyState"),
                "policy": json.loads(policy),
                "rotation": rotation.get("KeyRotationEnabled"),
                "rotation_period": rotation.get("RotationPeriodInDays"),
                "tags": tags(kms.list_resource_tags(KeyId=key["KeyId"])["Tags"], "TagKey", "TagValue"),
                "aliases": sorted(aliases.get(key["KeyId"], [])),
            })
    return sorted(found, key=lambda key: key["id"])


def document(value):
    return json.loads(unquote(value)) if isinstance(value, str) else value


def roles(iam):
    found = {}
    for page in iam.get_paginator("list_roles").paginate():
        for listed in page["Roles"]:
            name = listed["RoleName"]
            role = iam.get_role(RoleName=name)["Role"]
            attached = [
                policy["PolicyArn"]
                for part in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
                for policy in part["AttachedPolicies"]
            ]
            inline = {
                policy: document(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
                for part in iam.get_paginator("list_role_policies").paginate(RoleName=name)
                for policy in part["PolicyNames"]
            }
            found[name] = {
                "arn": role["Arn"],
                "path": role["Path"],
                "description": role.get("Description"),
                "max_session_duration": role.get("MaxSessionDuration"),
                "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
                "trust": document(role["AssumeRolePolicyDocument"]),
                "attached": sorted(attached),
                "inline": inline,
                "tags": tags(role.get("Tags", [])),
            }
    return found


def instance_profiles(iam):
    found = {}
    for page in iam.get_paginator("list_instance_profiles").paginate():
        for profile in page["InstanceProfiles"]:
            found[profile["InstanceProfileName"]] = {
                "arn": profile["Arn"],
                "path": profile["Path"],
                "roles": [role["RoleName"] for role in profile["Roles"]],
                "tags": tags(iam.list_instance_profile_tags(InstanceProfileName=profile["InstanceProfileName"])["Tags"]),
            }
    return found


def bucket(s3, name):
    policy = attempt(lambda: s3.get_bucket_policy(Bucket=name), "NoSuchBucketPolicy")
    tagging = attempt(lambda: s3.get_bucket_tagging(Bucket=name), "NoSuchTagSet")
    return {
        "location": s3.get_bucket_location(Bucket=name)["LocationConstraint"],
        "versioning": s3.get_bucket_versioning(Bucket=name).get("Status"),
        "encryption": attempt(
            lambda: s3.get_bucket_encryption(Bucket=name), "ServerSideEncryptionConfigurationNotFoundError"
        ),
        "public_access_block": attempt(
            lambda: s3.get_public_access_block(Bucket=name), "NoSuchPublicAccessBlockConfiguration"
        ),
        "ownership": attempt(lambda: s3.get_bucket_ownership_controls(Bucket=name), "OwnershipControlsNotFoundError"),
        "policy": json.loads(policy["Policy"]) if policy else None,
        "lifecycle": attempt(
            lambda: s3.get_bucket_lifecycle_configuration(Bucket=name), "NoSuchLifecycleConfiguration"
        ),
        "object_lock": attempt(
            lambda: s3.get_object_lock_configuration(Bucket=name),
            "ObjectLockConfigurationNotFoundError",
            "ObjectLockConfigurationNotFound",
        ),
        "logging": s3.get_bucket_logging(Bucket=name).get("LoggingEnabled"),
        "tags": tags(tagging["TagSet"]) if tagging else {},
        "objects": [item["Key"] for item in s3.list_objects_v2(Bucket=name).get("Contents", [])],
    }


def trails(cloudtrail):
    found = {}
    for trail in cloudtrail.describe_trails(includeShadowTrails=False)["trailList"]:
        arn = trail["TrailARN"]
        status = cloudtrail.get_trail_status(Name=arn)
        selectors = cloudtrail.get_event_selectors(TrailName=arn)
        listed = cloudtrail.list_tags(ResourceIdList=[arn])["ResourceTagList"]
        found[trail["Name"]] = {
            **trail,
            "IsLogging": status["IsLogging"],
            "EventSelectors": selectors.get("EventSelectors", []),
            "AdvancedEventSelectors": selectors.get("AdvancedEventSelectors", []),
            "Tags": tags(listed[0]["TagsList"]) if listed else {},
        }
    return found


def inventory(endpoint, region):
    client = clients(endpoint, region)
    s3 = client["s3"]
    return {
        "keys": keys(client["kms"]),
        "roles": roles(client["iam"]),
        "instance_profiles": instance_profiles(client["iam"]),
        "buckets": {item["Name"]: bucket(s3, item["Name"]) for item in s3.list_buckets()["Buckets"]},
        "trails": trails(client["cloudtrail"]),
    }


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(inventory(request["endpoint"], request["region"]), default=str, sort_keys=True), flush=True)
