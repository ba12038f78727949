"""Requests to one API server: bounded, retried within a budget, and never more than the server asks for."""

import email.utils
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import urllib3
from msgspec import Struct

from seatrial.model.errors import UserError
from seatrial.model.evidence import Cause
from seatrial.sources.kube.kubeconfig import Access

MOST_BODY = 64 * 1024 * 1024
"""Bytes of one answer. Real pages of 500 objects have 4 MB; one of larger objects is asked again in smaller pages."""

_PIECE = 256 * 1024

ATTEMPTS = 10
"""As client-go: the most times one request is tried."""

WAITING = 60.0
"""Seconds that all requests of a run may wait in all, before they are given up."""

LONGEST_WAIT = 32.0
"""Seconds: the most that the API server's own flow control asks for."""

CONNECT_TIMEOUT = 10.0
_RETRIED = frozenset({429, 500, 502, 503, 504})
_TRIED_LESS = 3
"""A 500 may be a passing trouble of etcd, or an object that cannot be decrypted, which stays."""


_TRIES_OF_SLOW = 2


class Answer(Struct, frozen=True):
    status: int
    headers: Mapping[str, str]
    body: bytes


class Failure(Exception):
    """No usable answer came. ``says`` is short, and holds neither bodies nor secrets; ``cure`` is what to do."""

    def __init__(self, cause: Cause, says: str, cure: str = "run again when the API server answers") -> None:
        super().__init__(says)
        self.cause = cause
        self.says = says
        self.cure = cure


class Slow(Failure):
    """No answer, or not its end, within the time of one request. Tried once more, no oftener: it costs most."""

    def __init__(self, span: float) -> None:
        super().__init__(
            Cause.UNREACHABLE,
            f"the answer did not end within {span:g} seconds",
            "give single requests more time: --request-timeout SECONDS",
        )


class TooLarge(Failure):
    """An answer of more than ``MOST_BODY`` bytes."""

    def __init__(self) -> None:
        super().__init__(
            Cause.TRUNCATED,
            f"an answer of more than {MOST_BODY} bytes",
            "look for objects that are far too large: kubectl get --raw",
        )


class Transport:
    """Thread safe. ``renew`` gives fresh access when the server no longer knows us; it is asked once per failure.

    ``timeout`` bounds one request in seconds, its body included; ``lasts`` all of them together.
    """

    def __init__(
        self,
        access: Access,
        *,
        headers: Sequence[tuple[str, str]],
        timeout: float,
        renew: Any,
        lasts: float | None = None,
        waiting: float = WAITING,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._access = access
        self._headers = urllib3.HTTPHeaderDict()
        for name, value in headers:  # a group is a header of its own
            self._headers.add(name, value)
        self._timeout = timeout
        self._renew = renew
        self._waiting = waiting
        self._pause = pause
        self._lasts = lasts
        self._ends = None if lasts is None else time.monotonic() + lasts
        self._lock = threading.Lock()
        self._pool = _pool(access, timeout)
        self.requests = 0
        self.received = 0
        """Bytes of bodies."""
        self.skew = 0.0
        """Seconds that the server's clock is ahead of this one, by its ``Date`` headers; the largest that was seen."""

    @property
    def access(self) -> Access:
        return self._access

    def get(
        self, path: str, params: Mapping[str, str] | None = None, accept: str = "application/json"
    ) -> Answer:
        """An answer of any status below 500 but 429. Raises Failure."""
        return self._send("GET", path, params or {}, accept, None)

    def post(self, path: str, body: bytes) -> Answer:
        return self._send("POST", path, {}, "application/json", body)

    def _send(
        self, method: str, path: str, params: Mapping[str, str], accept: str, body: bytes | None
    ) -> Answer:
        renewed = False
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = self._once(method, path, params, accept, body)
            except Failure as failure:
                most = _TRIES_OF_SLOW if isinstance(failure, Slow) else ATTEMPTS
                if failure.cause is not Cause.UNREACHABLE or attempt >= most or not self._wait(attempt, None):
                    raise
                continue
            if answer.status == 401 and not renewed:
                renewed = True
                self._reauthenticate()
                continue
            if answer.status not in _RETRIED:
                return answer
            most = _TRIED_LESS if answer.status == 500 else ATTEMPTS
            if attempt >= most or not self._wait(attempt, answer.headers.get("retry-after")):
                return answer

    def _once(
        self, method: str, path: str, params: Mapping[str, str], accept: str, body: bytes | None
    ) -> Answer:
        headers = self._headers.copy()
        headers["Accept"] = accept
        # lists shrink to a tenth; unpacking them costs less than reading them through TLS would
        headers["Accept-Encoding"] = "gzip"
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self._access.authorization:
            headers["Authorization"] = self._access.authorization
        url = f"{self._access.server}{path}" + (f"?{urlencode(params)}" if params else "")
        span = self._span()
        with self._lock:
            self.requests += 1
        try:
            response = self._pool.request(
                method,
                url,
                headers=headers,
                body=body,
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=min(CONNECT_TIMEOUT, span), read=span),
            )
            try:
                answer = self._read(response, time.monotonic() + span)
            except BaseException:
                response.close()
                raise
            response.release_conn()
        except urllib3.exceptions.ReadTimeoutError as error:
            self._span()
            raise Slow(self._timeout) from error
        except urllib3.exceptions.HTTPError as error:
            self._span()
            raise Failure(Cause.UNREACHABLE, _says(error)) from error
        except OSError as error:
            raise Failure(Cause.UNREACHABLE, f"{type(error).__name__}") from error
        self._note_clock(answer.headers.get("date"))
        if 300 <= answer.status < 400:
            raise Failure(Cause.MALFORMED, f"the server redirects ({answer.status}), which is not followed")
        return answer

    def _span(self) -> float:
        """The seconds that a request may take. Raises Failure where the run's own time is over."""
        if self._ends is None:
            return self._timeout
        left = self._ends - time.monotonic()
        if left <= 0:
            raise Failure(
                Cause.TRUNCATED,
                f"the run's {self._lasts:g} seconds were over",
                "give it more time: --timeout SECONDS",
            )
        return min(left, self._timeout)

    def _read(self, response: urllib3.BaseHTTPResponse, until: float) -> Answer:
        """The whole answer. A body that drips is given up like one that does not come at all."""
        pieces: list[bytes] = []
        size = 0
        while piece := response.read1(_PIECE, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BODY:
                raise TooLarge
            if time.monotonic() > until:
                self._span()
                raise Slow(self._timeout)
        with self._lock:
            self.received += size
        headers = {key.lower(): value for key, value in response.headers.items()}
        return Answer(response.status, headers, b"".join(pieces))

    def _note_clock(self, date: str | None) -> None:
        try:
            at = email.utils.parsedate_to_datetime(date or "")
        except ValueError:
            return
        if at.tzinfo is not None:
            skew = (at - datetime.now(UTC)).total_seconds()
            with self._lock:
                self.skew = max(self.skew, skew, key=abs)

    def _reauthenticate(self) -> None:
        with self._lock:
            try:
                self._access = self._renew()
            except UserError as error:
                raise Failure(Cause.REFUSED, f"logging in again failed: {error}", "log in again") from error
            self._pool = _pool(self._access, self._timeout)

    def _wait(self, attempt: int, retry_after: str | None) -> bool:
        """Waits before the next try; False where the run has no waiting time left for it."""
        asked = _seconds(retry_after)
        # full jitter: clients that failed together must not come back together
        span = random.uniform(0, min(8.0, 0.25 * 2**attempt)) if asked is None else min(asked, LONGEST_WAIT)  # noqa: S311
        with self._lock:
            if span > self._waiting or (self._ends is not None and time.monotonic() + span > self._ends):
                return False
            self._waiting -= span
        self._pause(span)
        return True


def _seconds(retry_after: str | None) -> float | None:
    """Of a Retry-After header: seconds, or a date."""
    if not retry_after:
        return None
    if retry_after.isdigit():
        return float(retry_after[:6])
    try:
        at = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max((at - datetime.now(UTC)).total_seconds(), 0.0) if at.tzinfo else None


def _pool(access: Access, timeout: float) -> urllib3.PoolManager:
    settings: dict[str, Any] = {
        "num_pools": 2,
        "maxsize": 4,
        "block": True,
        "timeout": urllib3.Timeout(connect=min(CONNECT_TIMEOUT, timeout), read=timeout),
        "cert_file": access.cert_file,
        "key_file": access.key_file,
        "ca_certs": access.ca_file,
        "cert_reqs": "CERT_REQUIRED" if access.verify else "CERT_NONE",
    }
    if not access.verify:
        settings["assert_hostname"] = False
        settings["ca_certs"] = None
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    if access.server_name:
        settings["server_hostname"] = access.server_name
        settings["assert_hostname"] = access.server_name
    if access.proxy:
        return urllib3.ProxyManager(access.proxy, **settings)
    return urllib3.PoolManager(**settings)


def _says(error: urllib3.exceptions.HTTPError) -> str:
    """The innermost reason, short, without addresses of objects or bodies."""
    reason: BaseException = error
    while True:
        inner = getattr(reason, "reason", None) or reason.__cause__
        if not isinstance(inner, BaseException):
            break
        reason = inner
    text = str(reason).split("(Caused by")[0]
    text = text.split(": ", 1)[1] if text.startswith("<") and ": " in text else text
    return " ".join(f"{type(reason).__name__}: {text}".split())[:200]
