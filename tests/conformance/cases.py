"""The cases of cases.toml, whose head says what each word means."""

import tomllib
from dataclasses import dataclass, field

from outcome import Malformed


@dataclass
class Case:
    name: str
    checks: str
    module: str
    args: list = field(default_factory=list)
    before: list = field(default_factory=list)
    needs: list = field(default_factory=list)
    kernel: str = ""
    kernel_has: str = ""
    allow: dict = field(default_factory=dict)
    environment: dict = field(default_factory=dict)
    place: list = field(default_factory=list)
    holds: bool = False
    steps: list = field(default_factory=list)
    input: str | None = None
    stdout: str | None = None
    stdout_pattern: str | None = None
    exit: str = "code 0"
    seconds: int = 30
    words: dict = field(default_factory=dict)  # of a variant

    @property
    def all_needs(self):
        folder = self.module.split("/")[0]
        return [*{"v0": ["version_0"], "v1": ["version_1"]}.get(folder, []), *self.needs]


def variants(row):
    """A case for each set of words of `variants`, named by the first of them."""
    sets = row.pop("variants", None)
    if sets is None:
        yield Case(**row)
        return
    for words in sets:
        words = {key: str(value) for key, value in words.items()}
        yield Case(**{**row, "name": f"{row['name']}.{next(iter(words.values()))}", "words": words})


def read(path):
    with open(path, "rb") as file:
        table = tomllib.load(file)
    every = []
    for row in table.get("case", []):
        try:
            every += variants(dict(row))
        except TypeError as error:
            raise Malformed(f"{path}: case {row.get('name')}: {error}") from error
    names = [case.name for case in every]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise Malformed(f"{path}: twice: {', '.join(sorted(twice))}")
    for case in every:
        if case.stdout is not None and case.stdout_pattern is not None:
            raise Malformed(f"{path}: case {case.name} has both an exact output and a pattern")
    return every


def features(every):
    """Every word that a runtime can be without."""
    return {need.lstrip("!") for case in every for need in case.all_needs}
