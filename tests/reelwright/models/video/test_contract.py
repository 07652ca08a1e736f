"""The contract of video models, over every protocol: the suite that authors use, with our harnesses."""

from __future__ import annotations

import pytest
from support.harnesses import HARNESSES

from reelwright.testing import Trial, VideoContract


class TestEveryProtocol(VideoContract):
    """What a stage may rely on whoever the vendor is."""

    harnesses = HARNESSES

    @pytest.mark.slow
    def test_what_was_paid_is_found_again(self, trial: Trial) -> None:
        """As the suite has it; `reelwright.testing`'s own test buys twice from one of them."""
        super().test_what_was_paid_is_found_again(trial)
