"""Every transcriber passes the suite that authors get for their own."""

import pytest
from support.transcriber_harnesses import LOCAL, REMOTE

from reelwright.testing import TranscriberContract


class TestTranscribers(TranscriberContract):
    """Each protocol against its strict server."""

    harnesses = REMOTE


@pytest.mark.slow
class TestLocalEar(TranscriberContract):
    """What is recognised here: its models take seconds to load."""

    harnesses = (LOCAL,)
