"""Certificates for servers and users of a test, by the openssl command."""

import base64
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path


class Authority:
    """A CA in a folder of its own; it issues certificates and kubeconfigs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate = folder / "ca.crt"
        self._key = folder / "ca.key"
        _openssl(
            "req", "-x509", *_NEW_KEY, "-days", "2", "-subj", "/CN=seatrial-testbed",
            "-keyout", self._key, "-out", self.certificate,
        )  # fmt: skip

    def issue(self, name: str, subject: str, names: str = "DNS:localhost") -> tuple[Path, Path]:
        """Certificate and key for a subject such as ``/O=system:masters/CN=admin``."""
        certificate, key = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        request, extension = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extension.write_text(
            f"subjectAltName={names}\nextendedKeyUsage=clientAuth,serverAuth\nkeyUsage=digitalSignature\n"
        )
        _openssl("req", *_NEW_KEY, "-subj", subject, "-keyout", key, "-out", request)
        _openssl(
            "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial",
            "-days", "2", "-extfile", extension, "-out", certificate,
        )  # fmt: skip
        return certificate, key

    def service_account_key(self) -> tuple[Path, Path]:
        """The key that service account tokens are signed with, and its public half."""
        key, public = self.folder / "sa.key", self.folder / "sa.pub"
        _openssl("genrsa", "-out", key, "2048")
        _openssl("rsa", "-in", key, "-pubout", "-out", public)
        return key, public

    def kubeconfig(self, server: str, user: str, groups: Sequence[str] = ()) -> Path:
        """A kubeconfig file for a user, by a client certificate."""
        name = "-".join([user, *groups]).replace(":", "_")
        path = self.folder / f"{name}.kubeconfig"
        if path.is_file():
            return path
        subject = "".join(f"/O={group}" for group in groups) + f"/CN={user}"
        certificate, key = self.issue(name, subject)
        encoded = [
            base64.b64encode(file.read_bytes()).decode() for file in (self.certificate, certificate, key)
        ]
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "testbed",
            "contexts": [{"name": "testbed", "context": {"cluster": "testbed", "user": user}}],
            "clusters": [
                {"name": "testbed", "cluster": {"server": server, "certificate-authority-data": encoded[0]}}
            ],
            "users": [
                {
                    "name": user,
                    "user": {"client-certificate-data": encoded[1], "client-key-data": encoded[2]},
                }
            ],
        }
        path.write_text(json.dumps(config))
        return path


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
