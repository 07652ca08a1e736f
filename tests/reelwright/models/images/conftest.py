"""What the tests of remote image models share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.painters import Bench, Vendor

from reelwright.studio import Studio


@pytest.fixture
def bench(request: pytest.FixtureRequest, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The vendor that the test names."""
    vendor: Vendor = request.param
    monkeypatch.setenv("IMAGE_KEY", vendor.key)
    with vendor.serve() as server:
        yield Bench(vendor, server, studio)
