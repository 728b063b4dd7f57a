"""A request of which nothing is known: who asks, for what, under which condition keys."""
import ipaddress
import re

import z3

from texts import ANYTHING, MANY, NO_COLON, NotEncoded, Variable, begins

WORD = z3.Plus(z3.Union(z3.Range("a", "z"), z3.Range("A", "Z"), z3.Range("0", "9"), z3.Re("-"), z3.Re("_")))
ACCOUNT = z3.Loop(z3.Range("0", "9"), 12, 12)
PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-eusc")
# The most values that a key with several is given; each test asks for one at most.
MOST_VALUES = 12
ALWAYS = ("aws:resourceaccount", "aws:viaawsservice")


def text(value):
    return z3.StringVal(value)


class Person:
    """Who asks: somebody of an account, a service, or nobody."""

    KINDS = ("role", "user", "root", "service", "federated", "nobody")
    KEYS = ("aws:principalarn", "aws:principalaccount", "aws:principalisawsservice", "aws:principalservicename",
            "aws:principaltype", "aws:username", "kms:calleraccount")

    def __init__(self, kinds):
        self.kind = z3.Int("person")
        names = ("partition", "account", "path", "name", "session", "service")
        self.partition, self.account, self.path, self.name, self.session, self.service = map(z3.String, names)
        self.is_aws = z3.Or(self.is_a("role"), self.is_a("user"), self.is_a("root"))
        resource = z3.If(self.is_a("root"), text(":root"),
                         z3.Concat(z3.If(self.is_a("role"), text(":role/"), text(":user/")), self.path, self.name))
        self.arn = z3.Concat(text("arn:"), self.partition, text(":iam::"), self.account, resource)
        word = lambda one, expression: z3.InRe(one, expression)
        self.rules = [
            z3.Or(*(self.is_a(kind) for kind in kinds)),
            z3.Or(*(self.partition == text(name) for name in PARTITIONS)),
            word(self.account, ACCOUNT), word(self.name, WORD), word(self.session, WORD),
            word(self.path, z3.Star(z3.Concat(WORD, z3.Re("/")))),
            word(self.service, z3.Plus(z3.Union(WORD, z3.Re(".")))),
        ]

    def is_a(self, kind):
        return self.kind == self.KINDS.index(kind)

    def value(self, key):
        """Whether a key follows from who asks, and its value."""
        truth = lambda holds: z3.If(holds, text("true"), text("false"))
        kind = z3.If(self.is_a("role"), text("AssumedRole"), z3.If(self.is_a("user"), text("User"), z3.If(
            self.is_a("root"), text("Account"), text("Anonymous"))))
        return {
            "aws:principalarn": (self.is_aws, self.arn),
            "aws:principalaccount": (self.is_aws, self.account),
            "kms:calleraccount": (self.is_aws, self.account),
            "aws:principalisawsservice": (z3.Or(self.is_aws, self.is_a("service")), truth(self.is_a("service"))),
            "aws:principalservicename": (self.is_a("service"), self.service),
            "aws:principaltype": (z3.Or(self.is_aws, self.is_a("nobody")), kind),
            "aws:username": (self.is_a("user"), self.name),
        }[key]


class Key:
    """A condition key: its values, each with whether it is there."""

    def __init__(self, name, sort, count):
        make = {"text": z3.String, "number": z3.Real, "date": z3.Real, "address": z3.Int}[sort]
        self.name, self.sort = name, sort
        self.values = [(z3.Bool(f"{name}?{index}"), make(f"{name}={index}")) for index in range(count)]
        self.is_v4 = [z3.Bool(f"{name}4{index}") for index in range(count)]
        self.is_present = z3.Or(*(there for there, _ in self.values))
        self.rules = [self.is_present] if name in ALWAYS else []
        if sort == "address":
            bits = [z3.If(is_v4, z3.IntVal(2**32), z3.IntVal(2**128)) for is_v4 in self.is_v4]
            self.rules += [z3.And(value >= 0, value < size) for (_, value), size in zip(self.values, bits)]

    def shown(self, index, eval_text, is_true):
        """A value of a model, as requests have it."""
        _, value = self.values[index]
        if self.sort == "address":
            number = int(eval_text(value))
            return str(ipaddress.IPv4Address(number) if is_true(self.is_v4[index]) else ipaddress.IPv6Address(number))
        return eval_text(value)


class Request:
    """Somebody asks for a resource, with what the tests of two policies look at."""

    def __init__(self, kinds, tests):
        self.person, self.resource, self.tests = Person(kinds), z3.String("resource"), tests
        self.keys, self.asks_who = {}, False

    def key(self, name):
        """A condition key that does not follow from who asks."""
        if name not in self.keys:
            own = {(test.operator, tuple(test.values)) for test in self.tests if test.key == name}
            sorts = {test.sort for test in self.tests if test.key == name and test.sort} or {"text"}
            is_set = any(test.quantifier for test in self.tests if test.key == name)
            count = max(len(own), 1) if is_set else 1
            if len(sorts) > 1:
                raise NotEncoded("a key of two types")
            if count > MOST_VALUES:
                raise NotEncoded("more values of a set than are tried")
            self.keys[name] = Key(name, sorts.pop(), count)
        return self.keys[name]

    def found(self, name):
        """Whether each value is there, and the value."""
        if name not in Person.KEYS:
            return self.key(name).values
        self.asks_who = True
        return [self.person.value(name)]

    def value(self, variable: Variable):
        """What a variable stands for."""
        there, value = self.only(variable)
        return value if variable.default is None else z3.If(there, value, text(variable.default))

    def is_defined(self, found):
        """Whether all variables have a value."""
        open_ones = [piece for piece in found if isinstance(piece, Variable) and piece.default is None]
        return z3.And(*(self.only(variable)[0] for variable in open_ones))

    def only(self, variable):
        found = self.found(variable.key)
        if len(found) > 1 or found[0][1].sort() != z3.StringSort():
            raise NotEncoded("a variable with several values, or of no text")
        return found[0]

    def rules(self):
        """What holds of every request."""
        rules = [rule for key in self.keys.values() for rule in key.rules]
        if self.asks_who:
            rules += self.person.rules
        if "aws:sourcearn" in self.keys:
            rules += self.of_source()
        return rules

    def of_source(self):
        """The account of a source is the one in its ARN, as far as the tests name accounts."""
        there, arn = self.keys["aws:sourcearn"].values[0]
        of = lambda account: z3.InRe(arn, z3.Concat(begins([["arn"], [MANY], [MANY], [MANY], account], z3.Star(NO_COLON)), ANYTHING))
        rules = [of([MANY])]
        if "aws:sourceaccount" in self.keys:
            known, value = self.keys["aws:sourceaccount"].values[0]
            written = " ".join(one for test in self.tests if test.key.startswith("aws:source") for one in test.values)
            for account in sorted(set(re.findall(r"\b[0-9]{12}\b", written))):
                is_it = z3.And(known, value == text(account))
                rules += [z3.Implies(z3.And(there, of([account])), is_it), z3.Implies(z3.And(there, is_it), z3.Or(of([account]), of([])))]
            rules.append(z3.Implies(z3.And(there, z3.Not(known)), of([])))
        return rules

    def of_model(self, model, action, kind):
        """The request that a model of Z3 is about."""
        eval_text = lambda value: model.eval(value, model_completion=True).as_string()
        is_true = lambda value: z3.is_true(model.eval(value, model_completion=True))
        context = {}
        for name, key in self.keys.items():
            values = [key.shown(index, eval_text, is_true) for index, (there, _) in enumerate(key.values) if is_true(there)]
            if values:
                context[name] = values
        person = self.person
        who = next((name for name in person.KINDS if is_true(person.is_a(name))), None) if self.asks_who else None
        principal = {"service": person.service}.get(who, person.arn)
        return {"principal": who and ("anonymous" if who in ("nobody", "federated") else eval_text(principal)), "action": action,
                "resource": eval_text(self.resource), "context": context}
