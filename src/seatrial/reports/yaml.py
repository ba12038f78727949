"""YAML: the same document as JSON."""

import yaml

from seatrial.engine.assess import Assessment
from seatrial.reports._document import document
from seatrial.reports._page import Page


def write(assessment: Assessment, page: Page) -> str:
    dumped: str = yaml.dump(
        document(assessment, page), Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=False, width=100
    )
    return dumped
