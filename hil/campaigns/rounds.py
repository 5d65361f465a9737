"""In which order scenarios are tried on a mistake: those that are about it first, and no more once it is caught."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from hil.campaigns.case import Case, Seen
from hil.campaigns.matrix import Matrix
from hil.campaigns.mutant import Mutant
from scenarios import Scenario


def in_order(scenarios: Mapping[str, Scenario], names: Iterable[str], words: Sequence[str]) -> list[str]:
    """Names of scenarios, those first whose files have these words most often; among equals the shortest."""

    def key(name: str) -> tuple[int, float]:
        scenario = scenarios[name]
        clock = scenario.clock
        return -sum(
            scenario.text.count(word) for word in words
        ), clock.duration / clock.tick + clock.duration / clock.scan

    return sorted(names, key=key)


def words_of(mutant: Mutant) -> list[str]:
    """By which words a scenario shows that it is about a mutant: its register, and its kind of component."""
    component, _, point = mutant.register.partition(".")
    kind = component.rstrip("0123456789")
    return [mutant.register, f".{point}", kind] if mutant.register else ["restart"]


def until_caught(
    cases: Mapping[str, Sequence[Case]],
    run: Callable[[Sequence[Case]], list[Seen]],
    summed: Callable[[Sequence[Seen]], Matrix],
    all_of_them: bool,
) -> list[Seen]:
    """Try one scenario after the other on everybody who is not caught yet by a requirement about the mistake.

    cases: of everybody by name, in order; run: runs some of them; summed: what is known after some
    all_of_them: whether everybody runs in all of them whatever is caught
    """
    left = {who: list(own) for who, own in cases.items() if own}
    seen: list[Seen] = []
    if all_of_them:
        return run([case for own in left.values() for case in own])
    while left:
        seen += run([own.pop(0) for own in left.values()])
        caught = {row.who for row in summed(seen).rows if row.said == "caught"}
        left = {who: own for who, own in left.items() if own and who not in caught}
    return seen
