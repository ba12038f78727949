"""The catalogue and the checks as they are installed."""

import importlib
import pkgutil
from functools import cache
from importlib import resources
from types import ModuleType
from typing import Any

import seatrial.checks
from seatrial.catalogue.load import load
from seatrial.kit.checking import Check
from seatrial.model.item import Catalogue

CATALOGUE = "catalogue.json"
"""Made from ``data/claims/*.yaml`` by ``make docs``; YAML of 958 claims takes a hundred times as long to read."""


@cache
def installed_catalogue() -> Catalogue:
    return load(resources.files("seatrial.catalogue").joinpath("data", CATALOGUE).read_bytes())


@cache
def installed_modules() -> tuple[ModuleType, ...]:
    """Every module of ``seatrial.checks`` that holds a check, by name."""
    found = pkgutil.walk_packages(seatrial.checks.__path__, "seatrial.checks.")
    return tuple(importlib.import_module(module.name) for module in found if not module.ispkg)


@cache
def installed_checks() -> tuple[Check[Any, Any], ...]:
    """Every check, by id. A module that holds none, or more than one, is refused."""
    return tuple(sorted((check_of(module) for module in installed_modules()), key=lambda check: check.id))


def check_of(module: ModuleType) -> Check[Any, Any]:
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, Check) and value.module == module.__name__
    ]
    if len(found) != 1:
        raise TypeError(f"{module.__name__} must hold one check; it holds {len(found)}")
    return found[0]
