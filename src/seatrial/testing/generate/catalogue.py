"""The catalogue as one JSON document, from its YAML."""

import json
from importlib import resources
from typing import Any

import yaml

from seatrial.catalogue.build import build

ORDER = [*(str(number) for number in range(1, 31)), "S1", "S2", "P1", "P2", "Z"]
"""The sections in the order of the checklist."""


def sections() -> list[dict[str, Any]]:
    """The YAML of every section, in the order of the checklist."""
    folder = resources.files("seatrial.catalogue").joinpath("data", "claims")
    found = [yaml.safe_load(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".yaml")]
    return sorted(found, key=lambda section: ORDER.index(section["section"]))


def document() -> bytes:
    """What ``catalogue.json`` must hold. Raises CatalogueError where the YAML breaks the vocabulary."""
    data = resources.files("seatrial.catalogue").joinpath("data")
    alternatives = yaml.safe_load(data.joinpath("alternatives.yaml").read_bytes())
    return json.dumps(build(sections(), alternatives), ensure_ascii=False, indent=0, sort_keys=True).encode()
