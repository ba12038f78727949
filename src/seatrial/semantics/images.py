"""Image references, parsed once and properly."""

import re

from msgspec import Struct

_DATABASES = re.compile(
    r"(?:^|[-_/])(postgres(?:ql)?|mysql|mariadb|percona|mongo(?:db)?|redis|valkey|kafka|elasticsearch|opensearch"
    r"|cassandra|etcd|rabbitmq|clickhouse|cockroach(?:db)?|influxdb|neo4j|zookeeper|minio)(?:[-_]server|db)?$"
)


class Reference(Struct, frozen=True):
    """``registry.example:5000/shop/web:2.1@sha256:...``, taken apart. Tag and digest are empty where absent."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""


def parse(image: str) -> Reference:
    """Splits a reference as container runtimes do: a port is no tag, and ``nginx`` is ``docker.io/library/nginx``."""
    rest, _, digest = image.partition("@")
    head, slash, last = rest.rpartition("/")
    name, _, tag = last.partition(":")
    path = f"{head}{slash}{name}"
    first, _, remainder = path.partition("/")
    if remainder and ("." in first or ":" in first or first == "localhost"):
        return Reference(first, remainder, tag, digest)
    return Reference("docker.io", path if "/" in path else f"library/{path}", tag, digest)


def database_hint(image: str) -> str:
    """The database that an image's name speaks of, or nothing. It may raise a question, never decide one."""
    found = _DATABASES.search(parse(image).repository)
    return found[1] if found else ""
