"""Patterns of policies as conditions on Z3's texts."""
import re
from typing import NamedTuple

import z3


class NotEncoded(Exception):
    """What the encoding has no words for."""


class Variable(NamedTuple):
    """A policy variable: `${aws:username}`, `${aws:username, 'none'}`."""

    key: str
    default: str | None


MANY, ONE = object(), object()
TEXTS = z3.ReSort(z3.StringSort())
ANYTHING, CHARACTER = z3.Full(TEXTS), z3.AllChar(TEXTS)
NO_COLON = z3.Intersect(CHARACTER, z3.Complement(z3.Re(":")))
WILDCARDS = {"*": MANY, "?": ONE}


def wildcards(text):
    """A text in pieces: what stands there, MANY, ONE."""
    return [WILDCARDS.get(piece, piece) for piece in re.split(r"([*?])", text) if piece]


def pieces(text, has_variables):
    """The same, variables and `${*}` among them."""
    found, place = [], 0
    for match in re.finditer(r"\$\{([^}]*)\}", text) if has_variables else ():
        inside = match[1]
        if inside not in ("*", "?", "$") and ":" not in inside:
            continue
        key, _, default = (part.strip() for part in inside.partition(","))
        is_quoted = len(default) > 1 and default[0] == default[-1] == "'"
        variable = Variable(key.lower(), default[1:-1] if is_quoted else None)
        found += [*wildcards(text[place : match.start()]), variable if ":" in inside else inside]
        place = match.end()
    return found + wildcards(text[place:])


def unwild(found):
    """The pieces of a text in which `*` and `?` are themselves."""
    return ["*" if piece is MANY else "?" if piece is ONE else piece for piece in found]


def has_variable(found):
    return any(isinstance(piece, Variable) for piece in found)


def concat(parts, empty):
    return z3.Concat(*parts) if len(parts) > 1 else parts[0] if parts else empty


def expression(found, many=ANYTHING, one=CHARACTER):
    """A regular expression of pieces without variables."""
    parts = [many if piece is MANY else one if piece is ONE else z3.Re(piece) for piece in found]
    return concat(parts, z3.Re(""))


def like(subject, found, value):
    """Whether a text fits; `value` says what a variable stands for."""
    if found == [MANY]:
        return z3.BoolVal(True)
    if all(isinstance(piece, str) for piece in found):
        return subject == z3.StringVal("".join(found))
    if not has_variable(found):
        return z3.InRe(subject, expression(found))
    if ONE in found:
        raise NotEncoded("? beside a variable")
    runs = [[]]
    for piece in found:
        if piece is MANY:
            runs.append([])
        else:
            runs[-1].append(value(piece) if isinstance(piece, Variable) else z3.StringVal(piece))
    first, *middle = (concat(run, z3.StringVal("")) for run in runs)
    if not middle:
        return subject == first
    *middle, last = middle
    # Each run where it occurs first: if a text fits at all, it fits so.
    fits, place = [z3.PrefixOf(first, subject)], z3.Length(first)
    for run in middle:
        found_at = z3.IndexOf(subject, run, place)
        fits.append(found_at >= 0)
        place = found_at + z3.Length(run)
    return z3.And(*fits, z3.SuffixOf(last, subject), z3.Length(subject) >= place + z3.Length(last))


def parts(found):
    """The six parts of an ARN's pattern; fewer if it is none."""
    divided = [[]]
    for piece in found:
        if not isinstance(piece, str):
            divided[-1].append(piece)
            continue
        first, *others = piece.split(":", 6 - len(divided))
        divided[-1] += [first] if first else []
        divided += [[other] if other else [] for other in others]
    return divided


def begins(head, last):
    """A regular expression of the first five parts of an ARN; `last`: what a `*` at the end of one stands for."""
    within = z3.Star(NO_COLON)
    ends_open = lambda part: bool(part) and part[-1] is MANY
    one = lambda part: [expression(part[:-1], within, NO_COLON), last] if ends_open(part) else [expression(part, within, NO_COLON)]
    return concat([each for part in head for each in (*one(part), z3.Re(":"))], z3.Re(""))


def arn_like(subject, found, value):
    """The same for ARNs in conditions: no wildcard reaches over one of the first five colons."""
    *head, rest = parts(found)
    if len(head) != 5:
        return z3.BoolVal(False)
    if any(map(has_variable, head)):
        raise NotEncoded("a variable in the first five parts of an ARN")
    start = begins(head, z3.Star(NO_COLON))
    if not has_variable(rest):
        return z3.InRe(subject, z3.Concat(start, expression(rest)))
    place = z3.IntVal(0)
    for _ in head:
        place = z3.IndexOf(subject, z3.StringVal(":"), place) + 1
    tail = z3.SubString(subject, place, z3.Length(subject))
    return z3.And(z3.InRe(subject, z3.Concat(start, ANYTHING)), like(tail, rest, value))


def resource_like(subject, found, value):
    """The same for resources: a `*` at the end of a part may reach over colons, no other wildcard does
    (IAM user guide, `reference_policies_elements_resource`)."""
    *head, rest = parts(found)
    is_wild = lambda part: ONE in part or MANY in part[:-1]
    if len(head) != 5 or not any(map(is_wild, head)):
        return like(subject, found, value)
    if has_variable(found):
        raise NotEncoded("a variable in an ARN with a wildcard in the midst of a part")
    return z3.InRe(subject, z3.Concat(begins(head, ANYTHING), expression(rest)))


def ignoring_case(text):
    """A regular expression of a text in any case of letters."""
    either = lambda char: z3.Union(z3.Re(char.lower()), z3.Re(char.upper()))
    return concat([either(char) if char.isalpha() else z3.Re(char) for char in text], z3.Re(""))
