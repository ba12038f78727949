"""JSON, after the published schema. The same trial gives the same bytes."""

import json
import re

import msgspec

from seatrial.engine.assess import Assessment
from seatrial.reports._document import document
from seatrial.reports._page import UNSAFE, Page

_UNSAFE = re.compile(f"(?!\n){UNSAFE.pattern}")
"""What a terminal would act on, but for the line breaks of the document's own; those of texts are escaped already."""


def write(assessment: Assessment, page: Page) -> str:
    plain = msgspec.json.format(msgspec.json.encode(document(assessment, page)), indent=2).decode()
    return _UNSAFE.sub(lambda found: json.dumps(found[0])[1:-1], plain) + "\n"
