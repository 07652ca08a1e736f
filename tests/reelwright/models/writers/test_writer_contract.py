"""Every writer passes the suite that authors get for their own."""

from support.writer_harnesses import ALL

from reelwright.testing import WriterContract


class TestWriters(WriterContract):
    """Each protocol against its strict server, and one of somebody's own that needs none."""

    harnesses = ALL
