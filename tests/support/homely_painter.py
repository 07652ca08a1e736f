"""An image model of somebody's own at a host of their own: sound, and in most ways unlike ours.

Its host asks for no key and has one model; its address stands in the options; references are put there before, small
and as JPEG; each request has a number of its own; colours are told by name.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from PIL import Image

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind
from reelwright.models.bench import Bench
from reelwright.models.identity import identity_of
from reelwright.models.images.contract import ImageRequest, Picture
from reelwright.models.images.drawn import finished
from reelwright.models.remote.transport import Transport
from reelwright.models.video.contract import Charge
from reelwright.testing import Failure, ImageHarness
from reelwright.testing.servers.stills import picture, require_picture
from reelwright.testing.servers.strict import Call, Refused, Reply, StrictServer
from reelwright.values import Asset
from reelwright.vault import Vault

_COLOURS = {"#ffaa00": "amber"}


class HomelyPainter:
    """The model."""

    __slots__ = ("_entry", "_transport", "_vault", "identity", "name")

    def __init__(self, entry: Entry, vault: Vault) -> None:
        self.name, self.identity, self._entry, self._vault = entry.name, identity_of(entry), entry, vault
        self._transport = Transport(vendor="homely", base_url=entry.options["host"], model=entry.name)

    async def draw(self, request: ImageRequest, *, idempotency_key: str = "") -> Picture:
        """Put the references there, and ask once."""
        del idempotency_key
        most = self._entry.reference_images
        asked = {
            "number": secrets.token_hex(),
            "scene": f"{request.prompt} {request.style}",
            "colours": [_COLOURS.get(colour, colour) for colour in request.palette],
            "size": str(request.size),
            "pictures": [await self._put(asset) for asset in request.references[:most]],
        }
        answer = await self._transport.paid("paint", json=asked, expect="bytes")
        warnings = [
            *(["it knows no negative prompt"] if request.negative_prompt else []),
            *(["two pictures at most: others were not looked at"] if len(request.references) > most else []),
            *([] if self._entry.usd_each else ["nobody told the price"]),
        ]
        charge = Charge(usd=self._entry.usd_each or Decimal(0), source="catalogue", estimated=not self._entry.usd_each)
        return await finished(
            self._vault, answer.content, request, charge, provider="homely", model=self.name, warnings=warnings
        )

    async def aclose(self) -> None:
        """Close the client."""
        await self._transport.aclose()

    async def _put(self, asset: Asset) -> str:
        with Image.open(self._vault.path(asset)) as image, io.BytesIO() as file:
            image.convert("RGB").resize((64, 64)).save(file, "JPEG", quality=60)
            answer = await self._transport.paid("pictures", files={"file": ("a.jpg", file.getvalue(), "image/jpeg")})
        return str(answer.fields["id"])


def build(entry: Entry, bench: Bench) -> HomelyPainter:
    """Return the model of an entry."""
    return HomelyPainter(entry, bench.vault)


class HomelyHost(StrictServer):
    """The host: it paints what was put there before."""

    def __init__(self) -> None:
        super().__init__()
        self.put: set[str] = set()

    def answer(self, call: Call) -> Reply:
        """Keep a picture, or paint.

        Raises:
            Refused: a picture is none, or is not here.
        """
        if call.path == "/pictures":
            require_picture(call.parts[0].data, ("JPEG",))
            self.put.add(name := secrets.token_hex())
            return Reply(json={"id": name})
        if call.path != "/paint" or not self.put.issuperset(call.json["pictures"]):
            raise Refused(404, "not here")
        width, height = map(int, call.json["size"].split("x"))
        return Reply(body=picture(width, height), media_type="image/png")


class HomelyHarness(ImageHarness):
    """The model and its host."""

    name, key = "homely", ""
    prices: Mapping[str, Any] = {"usd_each": "0.02"}
    usd = "0.02"
    another: Mapping[str, Any] = {}
    failures: Mapping[str, Failure] = {"busy": Failure(FailureKind.BUSY, status=503)}

    def make_server(self) -> HomelyHost:
        """Return the host."""
        return HomelyHost()

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        named = {"name": "homely", "protocol": "support.homely_painter", "options": {"host": server_url}}
        return {**named, "reference_images": self.reference_images}

    def says(self, wish: ImageRequest) -> Mapping[str, tuple[str, ...]]:
        """Colours by their names."""
        return {**super().says(wish), "palette": tuple(_COLOURS[colour] for colour in wish.palette)}

    def starts(self, server: StrictServer) -> int:
        """To put a picture there is free."""
        return sum(call.path == "/paint" for call in server.calls)
