"""Every image model passes the suite that authors get for their own."""

from support.image_harnesses import ALL

from reelwright.testing import ImageContract


class TestImages(ImageContract):
    """Each protocol against its strict server, and what is drawn here."""

    harnesses = ALL
