"""What policies decide of a request, as IAM's documentation says."""
import datetime
import ipaddress
import json
from functools import cached_property

import z3

from texts import NotEncoded, arn_like, ignoring_case, like, pieces, resource_like, unwild

NEVER, ALWAYS = z3.BoolVal(False), z3.BoolVal(True)
ORDERS = {"equals": "==", "lessthan": "<", "lessthanequals": "<=", "greaterthan": ">", "greaterthanequals": ">="}
# Comparisons of texts, without `not`.
TEXTS = {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "bool", "binaryequals"}


def several(value):
    return [] if value is None else value if isinstance(value, list) else [value]


class Test:
    """One test of a condition."""

    def __init__(self, operator, key, values, has_variables):
        self.operator, self.key, self.has_variables = operator.lower(), key.lower(), has_variables
        self.values = [str(value).lower() if isinstance(value, bool) else str(value) for value in several(values)]
        self.quantifier, _, rest = self.operator.rpartition(":")
        self.if_exists = rest.endswith("ifexists")
        rest = rest.removesuffix("ifexists")
        self.is_negated = "not" in rest
        self.comparison = rest.replace("not", "")
        families = {"numeric": "number", "date": "date", "ipaddress": "address"}
        of_family = [sort for family, sort in families.items() if self.comparison.startswith(family)]
        self.sort = of_family[0] if of_family else None if self.comparison == "null" else "text"
        if self.sort == "text" and self.comparison not in TEXTS or self.quantifier not in ("", "forallvalues", "foranyvalue"):
            raise NotEncoded(f"the operator {operator}")

    def holds(self, request):
        """Whether the test holds; an absent key fails it, but for a negated one, `…IfExists` and `ForAllValues`."""
        found = request.found(self.key)
        is_present = z3.Or(*(there for there, _ in found))
        if self.comparison == "null":
            wanted = {value.lower() for value in self.values}
            return z3.If(is_present, z3.BoolVal("false" in wanted), z3.BoolVal("true" in wanted))
        passing = [(there, self.matches(request, index, value)) for index, (there, value) in enumerate(found)]
        if self.quantifier:
            passing = [(there, z3.Not(one) if self.is_negated else one) for there, one in passing]
        some = z3.Or(*(z3.And(there, one) for there, one in passing))
        if self.quantifier == "forallvalues":
            holds = z3.And(*(z3.Implies(there, one) for there, one in passing))
        else:
            holds = z3.Not(some) if self.is_negated and not self.quantifier else some
        return z3.Or(holds, z3.Not(is_present)) if self.if_exists else holds

    def matches(self, request, index, value):
        """Whether a value of the request is one of those wanted."""
        return z3.Or(*(self.matches_one(request, index, value, wanted) for wanted in self.values))

    def matches_one(self, request, index, value, wanted):
        if self.sort == "number":
            return compared(self.comparison.removeprefix("numeric"), value, float(wanted))
        if self.sort == "date":
            return compared(self.comparison.removeprefix("date"), value, seconds(wanted))
        if self.sort == "address":
            network = ipaddress.ip_network(wanted, strict=False)
            is_v4 = request.key(self.key).is_v4[index]
            first, last = int(network[0]), int(network[-1])
            return z3.And(is_v4 == (network.version == 4), value >= z3.IntVal(first), value <= z3.IntVal(last))
        found = pieces(wanted, self.has_variables)
        is_defined = request.is_defined(found)
        if self.comparison == "stringlike":
            return z3.And(is_defined, like(value, found, request.value))
        if self.comparison in ("arnlike", "arnequals"):
            return z3.And(is_defined, arn_like(value, found, request.value))
        if self.comparison in ("stringequalsignorecase", "bool"):
            if "${" in wanted:
                raise NotEncoded("a variable whose case of letters does not matter")
            return z3.InRe(value, ignoring_case(wanted))
        return z3.And(is_defined, like(value, unwild(found), request.value))


def compared(order, value, wanted):
    wanted = z3.RealVal(repr(wanted))
    return {"==": value == wanted, "<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted}[ORDERS[order]]


def seconds(wanted):
    if wanted.replace(".", "", 1).isdigit():
        return float(wanted)
    moment = datetime.datetime.fromisoformat(wanted.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)).timestamp()


class Statement:
    """A statement, without its actions."""

    def __init__(self, source, has_variables):
        self.source, self.has_variables = source, has_variables
        self.is_denial = source["Effect"] == "Deny"
        self.actions, self.spared = several(source.get("Action")), several(source.get("NotAction"))
        block = source.get("Condition") or {}
        self.tests = [Test(operator, key, values, has_variables) for operator, tests in block.items() for key, values in tests.items()]

    @cached_property
    def body(self):
        """What statements that decide alike about an action have in common."""
        names = ("Effect", "Principal", "NotPrincipal", "Resource", "NotResource", "Condition")
        return json.dumps([self.has_variables, *(self.source.get(name) for name in names)], sort_keys=True)

    def applies(self, request, kind):
        """Whether resource and conditions are met."""
        return z3.And(self.is_about(request, kind), *(test.holds(request) for test in self.tests))

    def is_about(self, request, kind):
        """Whether the resource is meant."""
        for name in ("Resource", "NotResource"):
            if name not in self.source:
                continue
            found = [pieces(text, self.has_variables) for text in several(self.source[name])]
            each = [(request.is_defined(one), resource_like(request.resource, one, request.value)) for one in found]
            if name == "Resource":
                return z3.Or(*(z3.And(*both) for both in each))
            return z3.And(*(z3.And(is_defined, z3.Not(fits)) for is_defined, fits in each))
        # A key's statement without a resource does nothing.
        return NEVER if kind == "key" else ALWAYS

    def reaches(self, person, kind):
        """Whether somebody is meant, also as one of their account; and whether by themselves."""
        if "NotPrincipal" in self.source:
            raise NotEncoded("NotPrincipal")
        named = self.source.get("Principal")
        if named is None:
            return (ALWAYS, ALWAYS)
        entries = [("AWS", named)] if isinstance(named, str) else [(of, one) for of, all_ in named.items() for one in several(all_)]
        each = [reach(person, of, one, kind, self.is_denial) for of, one in entries]
        return z3.Or(*(whole for whole, _ in each)), z3.Or(*(direct for _, direct in each))


def reach(person, of, one, kind, is_denial):
    """The same for one who is named."""
    if of == "Service":
        is_it = z3.And(person.is_a("service"), person.service == one)
        return is_it, is_it
    if of != "AWS":
        raise NotEncoded(f"a principal of {of}")
    if one == "*":
        return ALWAYS, ALWAYS
    fields = one.split(":", 5)
    account = one if len(fields) == 1 else fields[4]
    is_of_account = z3.And(person.is_aws, person.account == account)
    if len(fields) == 1 and not one.isdigit():
        # The id of somebody who is gone.
        return NEVER, NEVER
    if len(fields) == 1 or fields[5] == "root":
        return is_of_account, is_of_account if is_denial else z3.And(is_of_account, person.is_a("root"))
    what, *rest = fields[5].split("/")
    if what == "assumed-role":
        session = ALWAYS if kind == "key" else person.session == rest[-1]
        is_it = z3.And(is_of_account, person.is_a("role"), person.name == rest[0], session)
    elif what in ("role", "user"):
        path = "".join(f"{part}/" for part in rest[:-1])
        is_it = z3.And(is_of_account, person.is_a(what), person.path == path, person.name == rest[-1])
    else:
        raise NotEncoded(f"a principal {what}")
    is_it = z3.And(is_it, person.partition == fields[1])
    return is_it, is_it


class Policy:
    """A document."""

    def __init__(self, document):
        has_variables = document.get("Version") == "2012-10-17"
        self.statements = [Statement(one, has_variables) for one in several(document.get("Statement"))]
