"""Every narrator passes the suite that authors get for their own."""

from support.narrator_harnesses import ALL

from reelwright.testing import NarratorContract


class TestNarrators(NarratorContract):
    """Each protocol against its strict server, and the local voice."""

    harnesses = ALL
