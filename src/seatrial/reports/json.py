"""JSON, after the published schema. The same trial gives the same bytes."""

import msgspec

from seatrial.engine.assess import Assessment
from seatrial.reports._document import document
from seatrial.reports._page import Page


def write(assessment: Assessment, page: Page) -> str:
    return msgspec.json.format(msgspec.json.encode(document(assessment, page)), indent=2).decode() + "\n"
