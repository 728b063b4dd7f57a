"""Holds recorded requests against botocore's service models: members, required members, lengths, ranges, patterns and
enumerations. botocore itself checks only what is required and what is too short."""

import base64
import datetime
import functools
import json
import struct
import sys
import urllib.parse
import xml.etree.ElementTree

import botocore.session
import regex
from botocore.model import ServiceModel

# By the signing name.
SERVICES = {"monitoring": "cloudwatch"}
SESSION = botocore.session.get_session()


@functools.cache
def service(name):
    name = SERVICES.get(name, name)
    return ServiceModel(SESSION.get_service_data(name), service_name=name)


@functools.cache
def pattern(text):
    return regex.compile(text)


class Request:
    def __init__(self, line):
        recorded = json.loads(line)
        self.method, self.target = recorded["start"].split(" ")[:2]
        self.headers = recorded["headers"]
        self.body = base64.b64decode(recorded["body"])
        self.path, _, query = self.target.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.fault = []

    def service(self):
        scope = self.headers.get("authorization", "").partition("Credential=")[2]
        return scope.split(",")[0].split("/")[-2] if scope else None

    def decoded(self):
        """The operation's model and its members."""
        model = service(self.service())
        target = self.headers.get("x-amz-target")
        if target:
            operation = model.operation_model(target.rpartition(".")[2])
            return operation, json.loads(self.body or b"{}")
        if self.headers.get("smithy-protocol") == "rpc-v2-cbor":
            operation = model.operation_model(self.path.rpartition("/")[2])
            return operation, cbor(self.body)[0] if self.body else {}
        if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            form = dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True))
            operation = model.operation_model(form.pop("Action"))
            if form.pop("Version") != model.api_version:
                raise ValueError("another version of the API")
            return operation, self.query_members(operation.input_shape, tree(form))
        operation = self.rest_operation(model)
        return operation, self.rest_members(operation)

    def query_members(self, shape, value):
        if shape.type_name == "structure":
            names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
            return {
                names.get(wire, wire): self.query_members(shape.members[names[wire]], part) if wire in names else part
                for wire, part in ({} if value == "" else value).items()
            }
        if shape.type_name == "list":
            if value == "":
                return []
            items = value if shape.serialization.get("flattened") else value[shape.member.serialization.get("name", "member")]
            return [self.query_members(shape.member, items[index]) for index in sorted(items, key=int)]
        if shape.type_name == "map":
            entries = value if shape.serialization.get("flattened") else value["entry"]
            key, of = (part.serialization.get("name", name) for part, name in ((shape.key, "key"), (shape.value, "value")))
            return {entry[key]: self.query_members(shape.value, entry[of]) for entry in entries.values()}
        return scalar(shape, value)

    def rest_operation(self, model):
        segments = 0 if self.path == "/" else 1 if "/" not in self.path.strip("/") else 2
        best = None
        for name in model.operation_names:
            operation = model.operation_model(name)
            path, _, query = operation.http["requestUri"].partition("?")
            literal = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
            if operation.http["method"] != self.method or path.count("{") != segments:
                continue
            if any(self.query.get(key) != value for key, value in literal.items()):
                continue
            needed = [
                member.serialization.get("name")
                for member_name, member in operation.input_shape.members.items()
                if member_name in operation.input_shape.required_members
                and member.serialization.get("location") in ("header", "querystring")
            ]
            if any(key not in self.query and key.lower() not in self.headers for key in needed):
                continue
            said = self.query.get("x-id")
            rank = (said == name, not operation.deprecated, len(literal) + len(needed), -len(operation.input_shape.members))
            if best is None or rank > best[0]:
                best = rank, operation
        if best is None:
            raise ValueError(f"no operation: {self.method} {self.target}")
        return best[1]

    def rest_members(self, operation):
        shape = operation.input_shape
        members = {}
        template = operation.http["requestUri"].partition("?")[0].strip("/").split("/")
        given = self.path.lstrip("/").split("/", max(len(template) - 1, 0))
        for part, text in zip(template, given):
            if part.startswith("{"):
                members[part.strip("{+}")] = urllib.parse.unquote(text)
        for name, member in shape.members.items():
            wire, location = member.serialization.get("name"), member.serialization.get("location")
            if location == "querystring" and wire in self.query:
                members[name] = scalar(member, self.query[wire])
            elif location == "header" and wire.lower() in self.headers:
                members[name] = scalar(member, self.headers[wire.lower()])
            elif location == "headers":
                found = {key[len(wire):]: value for key, value in self.headers.items() if key.startswith(wire.lower())}
                if found:
                    members[name] = found
        payload = shape.serialization.get("payload")
        if payload and shape.members[payload].type_name != "structure":
            if self.body:
                members[payload] = self.body if shape.members[payload].type_name == "blob" else self.body.decode()
        elif self.body:
            root = xml.etree.ElementTree.fromstring(self.body)
            if payload:
                members[payload] = self.xml_members(shape.members[payload], root)
            else:
                members.update(self.xml_members(shape, root))
        return members

    def xml_members(self, shape, element):
        if shape.type_name == "structure":
            names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
            members = {}
            for child in element:
                wire = child.tag.rpartition("}")[2]
                if wire not in names:
                    members[wire] = child.text
                    continue
                name = names[wire]
                member = shape.members[name]
                if member.type_name == "list" and member.serialization.get("flattened"):
                    members.setdefault(name, []).append(self.xml_members(member.member, child))
                else:
                    members[name] = self.xml_members(member, child)
            for name, member in shape.members.items():
                if member.serialization.get("xmlAttribute"):
                    prefix, _, local = member.serialization["name"].partition(":")
                    for key, value in element.attrib.items():
                        if key.rpartition("}")[2] == local:
                            members[name] = value
            return members
        if shape.type_name == "list":
            return [self.xml_members(shape.member, child) for child in element]
        return scalar(shape, element.text or "")


def tree(form):
    root = {}
    for name, value in form.items():
        *parents, last = name.split(".")
        place = root
        for part in parents:
            if place.get(part) == "":
                place[part] = {}
            place = place.setdefault(part, {})
        place[last] = value
    return root


def cbor(data):
    """The first CBOR item (RFC 8949) of some bytes, as far as rpcv2Cbor has them, and what follows it."""
    kind, detail, rest = data[0] >> 5, data[0] & 31, data[1:]
    if kind == 7:
        if detail in (26, 27):
            size, form = (4, ">f") if detail == 26 else (8, ">d")
            return struct.unpack(form, rest[:size])[0], rest[size:]
        return {20: False, 21: True, 22: None}[detail], rest
    if detail == 31:
        items = []
        while rest[0] != 0xFF:
            item, rest = cbor(rest)
            items.append(item)
        rest = rest[1:]
    else:
        if detail < 24:
            number = detail
        else:
            size = 1 << (detail - 24)
            number, rest = int.from_bytes(rest[:size], "big"), rest[size:]
        if kind in (0, 1):
            return (number if kind == 0 else -1 - number), rest
        if kind in (2, 3):
            return (rest[:number] if kind == 2 else rest[:number].decode()), rest[number:]
        if kind == 6:
            return cbor(rest)
        items = []
        for _ in range(number * (2 if kind == 5 else 1)):
            item, rest = cbor(rest)
            items.append(item)
    if kind == 5:
        return dict(zip(items[::2], items[1::2])), rest
    return (items if kind == 4 else b"".join(items) if kind == 2 else "".join(items)), rest


def scalar(shape, text):
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name in ("float", "double"):
        return float(text)
    if shape.type_name == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text


@functools.cache
def regions():
    """Where S3 is, in every partition."""
    return [region for partition in SESSION.get_available_partitions() for region in SESSION.get_available_regions("s3", partition)]


def values(shape):
    """What an enumeration has. The model's list of S3's regions lacks some of those that botocore itself sends buckets to."""
    listed = shape.metadata["enum"]
    return [*listed, *regions()] if shape.name == "BucketLocationConstraint" else listed


NUMBERS = {"integer": int, "long": int, "float": (int, float), "double": (int, float)}


def faults(shape, value, path):
    """What the model forbids of a value, by the path to it."""
    kind, limits = shape.type_name, shape.metadata
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{path}: no structure"
            return
        for name in shape.required_members:
            if name not in value:
                yield f"{path}.{name}: required"
        for name, part in value.items():
            if name in shape.members:
                if part is not None:
                    yield from faults(shape.members[name], part, f"{path}.{name}")
            elif not getattr(shape, "is_document_type", False):
                yield f"{path}.{name}: no such member"
        if getattr(shape, "is_tagged_union", False) and len(value) != 1:
            yield f"{path}: not exactly one member of a union"
        return
    if kind == "list":
        if not isinstance(value, list):
            yield f"{path}: no list"
            return
        yield from within(limits, len(value), f"{path}: {len(value)} items")
        for item in value:
            yield from faults(shape.member, item, f"{path}[]")
        return
    if kind == "map":
        yield from within(limits, len(value), f"{path}: {len(value)} entries")
        for key, part in value.items():
            yield from faults(shape.key, key, f"{path}.key")
            yield from faults(shape.value, part, f"{path}.value")
        return
    if kind == "boolean":
        if not isinstance(value, bool):
            yield f"{path}: {value!r} is no boolean"
        return
    if kind in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, NUMBERS[kind]):
            yield f"{path}: {value!r} is no {kind}"
        else:
            yield from within(limits, value, f"{path}: {value}")
        return
    if kind == "timestamp":
        if not isinstance(value, (int, float, str, datetime.datetime)):
            yield f"{path}: {value!r} is no time"
        return
    if kind == "blob":
        return
    if not isinstance(value, str):
        yield f"{path}: {value!r} is no string"
        return
    yield from within(limits, len(value), f"{path}: {len(value)} characters")
    if limits.get("enum") and value not in values(shape):
        yield f"{path}: {value!r} is none of {', '.join(values(shape))}"
    if limits.get("pattern") and not pattern(limits["pattern"]).fullmatch(value):
        yield f"{path}: {value!r} does not match {limits['pattern']}"


def within(limits, number, what):
    if "min" in limits and number < limits["min"]:
        yield f"{what}, at least {limits['min']}"
    if "max" in limits and number > limits["max"]:
        yield f"{what}, at most {limits['max']}"


def main():
    operations, found, requests = set(), set(), 0
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            request = Request(line)
            signed = request.service()
            if signed is None:
                found.add(f"unsigned: {request.method} {request.target}")
                continue
            try:
                operation, members = request.decoded()
            except Exception as error:
                found.add(f"{signed}: {request.method} {request.target} cannot be read: {error!r}")
                continue
            requests += 1
            name = f"{operation.service_model.service_name}:{operation.name}"
            operations.add(name)
            if operation.input_shape is None:
                if members:
                    found.add(f"{name}: takes no input")
                continue
            found.update(faults(operation.input_shape, members, name))
    print(json.dumps({"requests": requests, "operations": sorted(operations), "faults": sorted(found)}))


main()
