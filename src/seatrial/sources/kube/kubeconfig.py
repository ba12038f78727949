"""The kubeconfig as kubectl reads it: files merged first-wins, one context chosen, paths made absolute.

Authentication itself is the official client's loader; it is imported only here, since it takes half a second.
Its exec plugins have no time limit and its errors go to a log, so plugins are run here first.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, structs

from seatrial.model.errors import UserError
from seatrial.sources.kube import exec_plugin
from seatrial.wire.yamltext import load_one

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_FILE_FIELDS = {
    "clusters": ("certificate-authority",),
    "users": ("client-certificate", "client-key", "tokenFile"),
}
_BODY = {"clusters": "cluster", "users": "user", "contexts": "context"}
_LOOPBACK = ("127.", "localhost", "::1")
_WHERE = "kubectl config get-contexts shows what there is; --kubeconfig FILE names another file"


class Access(Struct, frozen=True):
    """How to reach an API server, and as whom. Secrets are in ``authorization`` only, and never shown."""

    server: str
    context: str
    ca_file: str | None = None
    verify: bool = True
    cert_file: str | None = None
    key_file: str | None = None
    authorization: str | None = None
    server_name: str | None = None
    proxy: str | None = None
    namespace: str = ""
    """The context's own namespace; the pod's, within one."""

    def __repr__(self) -> str:
        return f"Access({self.server}, {self.context})"


def access(kubeconfig: str | None, context: str | None) -> Access:
    """The access of a context; called again when a token has run out. Raises UserError.

    Without any kubeconfig, within a pod, the pod's own service account is used.
    """
    files = _files(kubeconfig)
    if not files:
        if context is None and "KUBERNETES_SERVICE_HOST" in os.environ and SERVICE_ACCOUNT.is_dir():
            return _in_cluster()
        raise UserError("there is no kubeconfig", hint="set KUBECONFIG, or give --kubeconfig FILE")
    config = _merged(files)
    name = context or config["current-context"]
    if not name:
        raise UserError("no context is chosen", hint="--context NAME, or kubectl config use-context NAME")
    chosen = _named(config, "contexts", name, "context")
    cluster = _named(config, "clusters", str(chosen.get("cluster", "")), f"cluster of context {name}")
    user_name = str(chosen.get("user") or "")
    user = _named(config, "users", user_name, f"user of context {name}") if user_name else {}
    return structs.replace(_loaded(name, cluster, user), namespace=str(chosen.get("namespace") or ""))


def _files(kubeconfig: str | None) -> list[Path]:
    if kubeconfig is not None:
        path = Path(kubeconfig).expanduser()
        if not path.is_file():
            raise UserError(f"there is no kubeconfig {kubeconfig}", hint="--kubeconfig FILE")
        return [path]
    listed = os.environ.get("KUBECONFIG")
    found = listed.split(os.pathsep) if listed else [str(Path.home() / ".kube" / "config")]
    paths = [Path(name).expanduser() for name in found if name]
    present = [path for path in paths if path.is_file()]
    if listed and not present:
        raise UserError(f"KUBECONFIG names no file that exists: {listed}", hint="correct KUBECONFIG")
    return present


def _merged(files: list[Path]) -> dict[str, Any]:
    """Entries by kind and name; of two entries of one name the first wins, as for kubectl."""
    merged: dict[str, Any] = {"current-context": "", **{kind: {} for kind in _BODY}}
    for path in files:
        try:
            text = path.read_bytes()
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}", hint="check its rights") from error
        value = load_one(text, str(path)).value
        if not isinstance(value, dict):
            raise UserError(f"{path} is no kubeconfig", hint=_WHERE)
        merged["current-context"] = merged["current-context"] or value.get("current-context") or ""
        for kind, body in _BODY.items():
            for row in value.get(kind) or ():
                if not isinstance(row, dict) or not isinstance(row.get("name"), str):
                    raise UserError(f"{path}: an entry of {kind} has no name", hint="correct the file")
                entry = row.get(body) or {}
                merged[kind].setdefault(row["name"], _absolute(entry, kind, path.parent))
    return merged


def _absolute(entry: dict[str, Any], kind: str, folder: Path) -> dict[str, Any]:
    """The entry with paths that were relative to its file made absolute."""
    paths = {
        name: str(folder.absolute() / entry[name]) for name in _FILE_FIELDS.get(kind, ()) if entry.get(name)
    }
    plugin = entry.get("exec")
    if isinstance(plugin, dict) and "/" in str(plugin.get("command", "")):
        paths["exec"] = {**plugin, "command": str(folder.absolute() / plugin["command"])}  # type: ignore[assignment]
    return {**entry, **paths}


def _named(config: Mapping[str, Any], kind: str, name: str, what: str) -> dict[str, Any]:
    found = config[kind].get(name)
    if found is None:
        near = _nearest(name, list(config[kind]))
        raise UserError(f"there is no {what} {name!r}{near}", hint=_WHERE)
    entry: dict[str, Any] = found
    return entry


def _nearest(wrong: str, valid: list[str]) -> str:
    import difflib

    found = difflib.get_close_matches(wrong, valid, n=1)
    if found:
        return f"; did you mean {found[0]!r}?"
    return f"; there are {', '.join(sorted(valid)[:5])}" if valid else ""


def _loaded(context: str, cluster: dict[str, Any], user: dict[str, Any]) -> Access:
    server = str(cluster.get("server") or "")
    parts = urlsplit(server)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UserError(f"context {context} has no server address", hint=_WHERE)
    if parts.scheme == "http" and not parts.hostname.startswith(_LOOPBACK):
        raise UserError(f"{server} is plain http; only a loopback address may be", hint="use https")
    if isinstance(user.get("exec"), dict):
        user = {
            **{key: value for key, value in user.items() if key != "exec"},
            **_from_plugin(user["exec"], cluster),
        }
    for entry in (cluster, user):
        for name in (*_FILE_FIELDS["clusters"], *_FILE_FIELDS["users"]):
            if entry.get(name) and not Path(entry[name]).is_file():
                raise UserError(
                    f"context {context} names {entry[name]} as {name}; it does not exist", hint=_WHERE
                )
    from kubernetes.client import Configuration
    from kubernetes.config.config_exception import ConfigException
    from kubernetes.config.kube_config import KubeConfigLoader

    plain = {
        "current-context": context,
        "contexts": [{"name": context, "context": {"cluster": "cluster", "user": "user"}}],
        "clusters": [{"name": "cluster", "cluster": cluster}],
        "users": [{"name": "user", "user": user}],
    }
    settings = Configuration()
    try:
        loader: Any = KubeConfigLoader
        loader(plain, active_context=context).load_and_set(settings)
    except (ConfigException, ValueError, TypeError, KeyError, OSError) as error:
        raise UserError(f"context {context} cannot be used: {type(error).__name__}", hint=_WHERE) from error
    return Access(
        server=server.rstrip("/"),
        context=context,
        ca_file=settings.ssl_ca_cert,
        verify=settings.verify_ssl,
        cert_file=settings.cert_file,
        key_file=settings.key_file,
        authorization=settings.api_key.get("authorization") or settings.api_key.get("BearerToken"),
        server_name=settings.tls_server_name,
        proxy=cluster.get("proxy-url") or settings.proxy,
    )


def _from_plugin(plugin: dict[str, Any], cluster: dict[str, Any]) -> dict[str, Any]:
    """The plugin's credentials in the kubeconfig's own words, for the loader."""
    import base64

    status = exec_plugin.run(plugin, cluster)
    user: dict[str, Any] = {}
    if status.get("token"):
        user["token"] = status["token"]
    if status.get("clientCertificateData"):
        for name, key in (
            ("client-certificate-data", "clientCertificateData"),
            ("client-key-data", "clientKeyData"),
        ):
            user[name] = base64.b64encode(str(status[key]).encode()).decode()
    return user


def _in_cluster() -> Access:
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    place = f"[{host}]" if ":" in host else host
    return Access(
        server=f"https://{place}:{port}",
        context="in-cluster",
        ca_file=str(SERVICE_ACCOUNT / "ca.crt"),
        authorization=f"Bearer {(SERVICE_ACCOUNT / 'token').read_text('utf-8').strip()}",
        namespace=(SERVICE_ACCOUNT / "namespace").read_text("utf-8").strip(),
    )
