"""The use case behind ``waive``: one waiver in a file of its own beside the profile."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from seatrial.app.catalogue import installed_catalogue
from seatrial.app.profile import API_VERSION, DEFAULT_PATH, WAIVERS, parse_waivers
from seatrial.app.reporting import write_file
from seatrial.app.suggest import nearest
from seatrial.model.errors import UserError
from seatrial.reports._page import plain


def waive(
    name: str,
    *,
    subjects: Sequence[str],
    owner: str,
    reason: str,
    expires: str,
    profile_path: str | None,
    force: bool,
) -> Path:
    """Writes the waiver of an item, or of a claim of it (``3.7/cpu-limit``), and gives its file. Raises UserError."""
    item, _, claim = name.partition("/")
    known = installed_catalogue().item(item)
    if known is None:
        ids = [row.id for row in installed_catalogue().items]
        raise UserError(f"there is no item {plain(item)!r}{nearest(item, ids)}", hint="seatrial list items")
    if not known.waivable:
        raise UserError(f"item {item} cannot be waived", hint=f"mend it instead: seatrial explain {item}")
    claims = [use.claim.id for use in known.uses]
    if claim and claim not in claims:
        raise UserError(
            f"item {item} has no claim {plain(claim)!r}{nearest(claim, claims)}",
            hint=f"it has {', '.join(claims)}",
        )
    for word, text in (("--owner", owner), ("--reason", reason)):
        if not text.strip():
            raise UserError(f"{word} says nothing", hint="a waiver names who answers for it, and why")
    _refuse_past(expires)
    row: dict[str, object] = {"item": item}
    if claim:
        row["claim"] = claim
    if subjects:
        row["subjects"] = [_subject(text) for text in subjects]
    row |= {"owner": owner, "reason": reason, "expires": expires}
    text = "\n".join([
        f"apiVersion: {API_VERSION}", "kind: Waivers", "waivers:",
        *(f"{'- ' if at == 0 else '  '}{key}: {json.dumps(value, ensure_ascii=False)}" for at, (key, value) in enumerate(row.items())),
    ]) + "\n"  # fmt: skip
    folder = Path(profile_path or DEFAULT_PATH).parent / WAIVERS
    path = (
        folder
        / f"{'-'.join([item, *([claim] if claim else []), *([_slug(subjects[0])] if subjects else [])])}.yaml"
    )
    parse_waivers(text.encode(), str(path), installed_catalogue())
    if path.exists() and not force:
        raise UserError(f"{path} is there already", hint="--force writes it anew")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made: {error.strerror}", hint="choose another folder") from error
    write_file(path, text)
    return path


def _refuse_past(expires: str) -> None:
    try:
        last = date.fromisoformat(expires)
    except ValueError as error:
        raise UserError(f"--expires {plain(expires)!r} is no date", hint="--expires 2027-01-31") from error
    if last < datetime.now(UTC).date():
        raise UserError(f"--expires {expires} is over already", hint="a waiver holds until a day to come")


def _subject(text: str) -> dict[str, str]:
    """``KIND/NAMESPACE/NAME``, ``KIND/NAME`` for kinds of the cluster; each word may be a pattern."""
    words = text.split("/")
    if len(words) not in {2, 3} or not all(words):
        raise UserError(
            f"--subject {plain(text)!r} names no object",
            hint="--subject Deployment/shop/web, or Deployment/shop/*",
        )
    if len(words) == 2:
        return {"kind": words[0], "namespace": "", "name": words[1]}
    return dict(zip(("kind", "namespace", "name"), words, strict=True))


def _slug(text: str) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in text.lower())[:60]
