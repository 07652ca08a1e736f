"""Further takes of a shot whose dialogue was said wrongly: how many, at what price, within the room of its plan."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from reelwright.asking import speaks_itself
from reelwright.catalogue import Entry
from reelwright.models.video.adapting import adapt
from reelwright.models.video.contract import VideoRequest
from reelwright.recipe import Recipe
from reelwright.storyboard import Shot


def further_takes(shot: Shot, recipe: Recipe) -> int:
    """Return how many takes more a model makes, one after the other, while people in the picture say the line wrongly.

    None for a shot of which a person has chosen a take, and none where nobody listens.
    """
    checks = recipe.checks
    return checks.sound.more_takes if checks.enabled and speaks_itself(shot) and shot.take is None else 0


def take_price(entry: Entry, request: VideoRequest) -> Decimal:
    """Return what one take costs by the catalogue; 0 where nobody knows, which no budget allows."""
    adapted, _ = adapt(entry, request)
    return entry.price(adapted.seconds, size=adapted.size, audio=adapted.audio) or Decimal(0)


@dataclass
class Room:
    """What an episode may spend on further takes, beside all that its plan has counted already."""

    usd: Decimal

    def take(self, usd: Decimal) -> bool:
        """Set an amount aside if there is room for it."""
        if usd > self.usd:
            return False
        self.usd -= usd
        return True
