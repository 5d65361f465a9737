"""Writes the bill of materials of the package as CycloneDX: what it needs to run, without extras, as installed here.

`make wheel` calls it, after `make` has installed what the constraints pin: `python tests/bill_of_materials.py FOLDER`.
The same packages give the same file: its number is made of them, and it bears no date.
"""

import sys
import uuid
from importlib.metadata import Distribution, distribution
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS = "geotwin"


def needed(name: str) -> dict[str, set[str]]:
    """All packages that `name` needs to run on this machine, itself included; for each those that it asks for."""
    found: dict[str, set[str]] = {}
    wanted, met = [Requirement(name)], set()
    while wanted:
        requirement = wanted.pop()
        here, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (here, extras) in met:
            continue
        met.add((here, extras))
        asked = [Requirement(line) for line in distribution(here).requires or () if _applies(line, extras)]
        found.setdefault(here, set()).update(canonicalize_name(one.name) for one in asked)
        wanted += asked
    return found


def _applies(line: str, extras: frozenset[str]) -> bool:
    marker = Requirement(line).marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _licenses(package: Distribution) -> list[License]:
    """The licence by its expression, else by what the package classifies itself as."""
    make, told = LicenseFactory(), package.metadata
    if expression := told.get("License-Expression"):
        return [make.make_from_string(expression)]
    classified = [line.split(" :: ")[-1] for line in told.get_all("Classifier") or () if line.startswith("License ::")]
    return [make.make_with_name(one) for one in sorted(set(classified))]


def component(name: str, kind: ComponentType) -> Component:
    """An installed package as a component."""
    package = distribution(name)
    url = PackageURL("pypi", None, name, package.version)
    about = package.metadata.get("Summary")
    return Component(
        name=name, version=package.version, type=kind, purl=url, bom_ref=str(url), description=about,
        licenses=_licenses(package),
    )  # fmt: skip


def bill() -> Bom:
    """What the package is made of, and what depends on what."""
    asked = needed(OURS)
    parts = {name: component(name, ComponentType.LIBRARY) for name in sorted(asked) if name != OURS}
    made = Bom(components=parts.values())
    made.metadata.component = ours = component(OURS, ComponentType.APPLICATION)
    for name, part in {OURS: ours, **parts}.items():
        made.register_dependency(part, [parts[one] for one in sorted(asked[name])])
    made.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, " ".join(str(part.purl) for part in (ours, *parts.values())))
    made.metadata.timestamp = None
    return made


def main(folder: Path) -> Path:
    """Write the bill into a folder; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{OURS}-{distribution(OURS).version}.cdx.json"
    file.write_text(JsonV1Dot6(bill()).output_as_string(indent=2) + "\n", encoding="utf-8")
    return file


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))
