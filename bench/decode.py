"""Typed decoding of a page of pods, redaction and sharing of texts included, over msgspec's own time for the struct."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import msgspec

from platform_pods import page
from seatrial.needs import kube
from seatrial.sources.kube.answers import read_page
from seatrial.sources.kube.transport import Answer
from seatrial.wire.pod import Pod
from seatrial.wire.redact import Redactor
from seatrial.wire.storing import PodStore

body = page(0, 500)
floor_decoder = msgspec.json.Decoder(msgspec.defstruct("PodList", [("items", list[Pod])]))
answer = Answer(200, {}, body)
redactor = Redactor(b"bench")


def least(work, rounds=15):
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


floor = least(lambda: floor_decoder.decode(body))
ours = least(lambda: read_page(kube.PODS, "v1", "/api/v1/pods", answer, redactor, PodStore(redactor)))
print(
    f"500 pods, {len(body) / 500 / 1024:.1f} kB each: msgspec {floor / 500 * 1e6:.1f} us a pod, ours {ours / 500 * 1e6:.1f} us"
)
print(f"ratio {ours / floor:.2f} (budget 1.30)")
