"""Credential plugins: a command of the kubeconfig that answers with a token or a certificate.

Run without a shell and with a time limit. Its output is a secret: errors never repeat it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from seatrial.model.errors import UserError

TIME_LIMIT = 60
"""Seconds; a login in a browser takes less, a hanging plugin forever."""

VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_CLUSTER_FIELDS = {
    "server": "server",
    "tls-server-name": "tls-server-name",
    "insecure-skip-tls-verify": "insecure-skip-tls-verify",
    "certificate-authority-data": "certificate-authority-data",
    "proxy-url": "proxy-url",
}


def run(plugin: Mapping[str, Any], cluster: Mapping[str, Any], limit: float = TIME_LIMIT) -> dict[str, Any]:
    """The ``status`` of the plugin's answer. Raises UserError, which names the command and the next step."""
    command = str(plugin.get("command") or "")
    version = plugin.get("apiVersion")
    if version not in VERSIONS:
        raise UserError(
            f"the exec plugin {command} speaks {version}, which is not read",
            hint=f"valid are {', '.join(VERSIONS)}",
        )
    arguments = [command, *(str(argument) for argument in plugin.get("args") or ())]
    environment = {**os.environ, **{str(row["name"]): str(row["value"]) for row in plugin.get("env") or ()}}
    interactive = sys.stdin.isatty() and plugin.get("interactiveMode") != "Never"
    info: dict[str, Any] = {
        "apiVersion": version,
        "kind": "ExecCredential",
        "spec": {"interactive": interactive},
    }
    if plugin.get("provideClusterInfo"):
        info["spec"]["cluster"] = {
            name: cluster[key] for key, name in _CLUSTER_FIELDS.items() if cluster.get(key)
        }
    environment["KUBERNETES_EXEC_INFO"] = json.dumps(info)
    try:
        done = subprocess.run(  # noqa: S603  # the kubeconfig's own command, without a shell
            arguments,
            env=environment,
            stdin=None if interactive else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if interactive else subprocess.DEVNULL,
            timeout=limit,
            check=False,
        )
    except FileNotFoundError as error:
        hint = str(plugin.get("installHint") or "install it, or choose another context")
        raise UserError(f"the exec plugin {command} is not installed", hint=hint.splitlines()[0]) from error
    except subprocess.TimeoutExpired as error:
        raise UserError(
            f"the exec plugin {command} did not answer in {limit:g} s", hint=f"run it: {command}"
        ) from error
    except OSError as error:
        raise UserError(
            f"the exec plugin {command} cannot run: {error.strerror}", hint=f"run it: {command}"
        ) from error
    if done.returncode != 0:
        raise UserError(
            f"the exec plugin {command} ended with {done.returncode}", hint=f"log in, then run it: {command}"
        )
    return _status(command, str(version), done.stdout)


def _status(command: str, version: str, answer: bytes) -> dict[str, Any]:
    try:
        value = json.loads(answer)
    except ValueError as error:
        raise UserError(
            f"the exec plugin {command} answered something else than JSON", hint=f"run it: {command}"
        ) from error
    status = value.get("status") if isinstance(value, dict) else None
    if not isinstance(status, dict) or value.get("kind") != "ExecCredential":
        raise UserError(f"the exec plugin {command} answered without a status", hint=f"run it: {command}")
    if value.get("apiVersion") != version:
        raise UserError(
            f"the exec plugin {command} answered in another version than {version}",
            hint="update it",
        )
    whole = bool(status.get("clientCertificateData")) == bool(status.get("clientKeyData"))
    if not whole or not (status.get("token") or status.get("clientKeyData")):
        raise UserError(
            f"the exec plugin {command} gave neither a token nor a whole certificate",
            hint=f"run it: {command}",
        )
    return status
