"""Prints pairs of versions of AWS's managed policies, as releases of the PyPI package moto carried them: JSON lines.

Usage: python pairs.py WHEEL...; the wheels, oldest first.
"""
import json, re, sys, zipfile

releases = []
for wheel in sys.argv[1:]:
    scope = {}
    exec(zipfile.ZipFile(wheel).read("moto/iam/aws_managed_policies.py").decode(), scope)
    data = scope["aws_managed_policies_data"]
    releases.append(json.loads(data) if isinstance(data, str) else data)
for name in sorted(set().union(*releases)):
    versions = []
    for release in releases:
        if name in release and (not versions or versions[-1][0] != release[name]["DefaultVersionId"]):
            versions.append((release[name]["DefaultVersionId"], release[name]["Document"]))
    for (old, before), (new, after) in zip(versions, versions[1:]):
        if before != after:
            print(json.dumps({"name": name, "versions": [old, new], "before": before, "after": after}))
