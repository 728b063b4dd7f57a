"""Whether somebody can do more under one policy than under another: Z3 looks for a request that shows it."""
import z3

from actions import SERVICES
from policies import Policy
from request import Request

# Where the policy must allow, whatever others say: a denial that is lifted changes nothing else.
MUST_ALLOW = ("key", "trust", "boundary", "scp", "session")
PEOPLE = {"key": ("role", "user", "root", "service", "federated"), "identity": ("role", "user"), "boundary": ("role", "user"), "session": ("role", "user"),
          "scp": ("role", "user", "root")}
EVERYONE = ("role", "user", "root", "service", "federated", "nobody")
# Z3 counts its own steps: the same on any machine; some seconds.
STEPS = 3_000_000


class Comparison:
    """Two documents of one kind, of one account."""

    def __init__(self, reference, kind, account, before, after):
        self.kind, self.account = kind, account
        self.before, self.after = Policy(before), Policy(after)
        statements = self.before.statements + self.after.statements
        self.request = Request(PEOPLE.get(kind, EVERYONE), [test for one in statements for test in one.tests])
        self.request.asks_who = kind in SERVICES
        self.applying, self.reference = {}, reference

    def classes(self):
        """The statements of both about each action that they say something else about, and one such action."""
        statements = self.before.statements + self.after.statements
        patterns = {pattern.lower() for one in statements for pattern in one.actions + one.spared}
        universe = self.reference.universe(patterns, self.kind)
        old, new = (self.reference.by_action(policy, universe) for policy in (self.before, self.after))
        found = {}
        for name in sorted(universe):
            bodies = [frozenset(one.body for one in side[name]) for side in (old, new)]
            if bodies[0] != bodies[1]:
                found.setdefault(tuple(bodies), (name, old[name], new[name]))
        return list(found.values())

    def applies(self, statement):
        """Whether a statement applies, to whomever it means; and to whom it means by itself."""
        if statement.body not in self.applying:
            applies = statement.applies(self.request, self.kind)
            whole, direct = statement.reaches(self.request.person, self.kind)
            self.applying[statement.body] = z3.And(applies, whole), z3.And(applies, direct)
        return self.applying[statement.body]

    def gained(self, old, new):
        """Whether the request is refused under the old statements and allowed under the new."""
        before, after = (self.sides(statements) for statements in (old, new))
        gained = [z3.And(after[own], z3.Not(before[own])) for own in ("alone", "with all")]
        if self.kind == "identity":
            gained.append(z3.And(before["denied"], z3.Not(after["denied"])))
        return z3.Or(*gained)

    def sides(self, statements):
        """What some statements decide: where those of the account have no policies of their own, and all that there are."""
        of = lambda is_denial: [self.applies(one) for one in statements if one.is_denial == is_denial]
        denied = z3.Or(*(whole for whole, _ in of(True)))
        whole, direct = z3.Or(*(whole for whole, _ in of(False))), z3.Or(*(direct for _, direct in of(False)))
        alone = with_all = whole
        if self.kind in SERVICES:
            person = self.request.person
            is_own = z3.And(person.is_aws, person.account == self.account)
            is_enough = self.kind not in MUST_ALLOW
            alone = z3.If(is_own, z3.Or(direct, person.is_a("root")) if is_enough else direct, whole)
            with_all = z3.If(is_own, z3.BoolVal(True) if is_enough else whole, whole)
        allowed = lambda one: z3.And(one, z3.Not(denied))
        return {"alone": allowed(alone), "with all": allowed(with_all), "denied": denied}

    def judged(self):
        """`none`, `open`, or a request that shows a gain."""
        classes = self.classes()
        if not classes:
            return {"verdict": "none"}
        solver = z3.Solver()
        solver.set("rlimit", STEPS)
        flags = [z3.Bool(f"action {index}") for index in range(len(classes))]
        solver.add(z3.Or(*(z3.And(flag, self.gained(old, new)) for flag, (_, old, new) in zip(flags, classes))))
        solver.add(*self.request.rules())
        answer = solver.check()
        if answer == z3.unsat:
            return {"verdict": "none"}
        if answer == z3.unknown:
            return {"verdict": "open", "why": "no answer in so many steps"}
        model = solver.model()
        action = next(name for flag, (name, _, _) in zip(flags, classes) if z3.is_true(model.eval(flag)))
        return {"verdict": "gain", "request": self.request.of_model(model, action, self.kind)}
