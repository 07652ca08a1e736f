"""The pure core of Reelwright: values and functions that know nothing of Prefect.

What an author uses is here by name, and imported when it is first asked for: `import reelwright` loads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.lazy import lazily

if TYPE_CHECKING:
    from reelwright.catalogue import Catalogue as Catalogue
    from reelwright.catalogue import Entry as Entry
    from reelwright.checks.own import ClipSeen as ClipSeen
    from reelwright.checks.verdict import Finding as Finding
    from reelwright.checks.verdict import Verdict as Verdict
    from reelwright.errors import AllModelsFailed as AllModelsFailed
    from reelwright.errors import BudgetExceeded as BudgetExceeded
    from reelwright.errors import EpisodeIncomplete as EpisodeIncomplete
    from reelwright.errors import FailureKind as FailureKind
    from reelwright.errors import InvalidInput as InvalidInput
    from reelwright.errors import PlanRefused as PlanRefused
    from reelwright.errors import ProviderError as ProviderError
    from reelwright.errors import ReelwrightError as ReelwrightError
    from reelwright.errors import StartAmbiguous as StartAmbiguous
    from reelwright.media.captions.presets import Grouping as Grouping
    from reelwright.media.captions.presets import SpokenWord as SpokenWord
    from reelwright.media.captions.presets import WordStyle as WordStyle
    from reelwright.media.captions.presets import ass_colour as ass_colour
    from reelwright.media.own_transitions import Moment as Moment
    from reelwright.media.own_transitions import Picture as Picture
    from reelwright.plan import Plan as Plan
    from reelwright.plan import ShotPlan as ShotPlan
    from reelwright.plan import make_plan as make_plan
    from reelwright.recipe import Budget as Budget
    from reelwright.recipe import Captions as Captions
    from reelwright.recipe import Checks as Checks
    from reelwright.recipe import Look as Look
    from reelwright.recipe import Music as Music
    from reelwright.recipe import OutputFormat as OutputFormat
    from reelwright.recipe import OwnCheck as OwnCheck
    from reelwright.recipe import Recipe as Recipe
    from reelwright.recipe import Voice as Voice
    from reelwright.script.source import Source as Source
    from reelwright.script.source import read_source as read_source
    from reelwright.settings import Settings as Settings
    from reelwright.stages.episode import Episode as Episode
    from reelwright.storyboard import Brief as Brief
    from reelwright.storyboard import Character as Character
    from reelwright.storyboard import Shot as Shot
    from reelwright.storyboard import Storyboard as Storyboard
    from reelwright.studio import Studio as Studio
    from reelwright.studio import open_studio as open_studio
    from reelwright.values import Asset as Asset
    from reelwright.values import Size as Size
    from reelwright.values import Value as Value

__version__ = "0.1.0"

PLACES = {
    "catalogue": ("Catalogue", "Entry"),
    "checks.own": ("ClipSeen",),
    "checks.verdict": ("Finding", "Verdict"),
    "errors": (
        "AllModelsFailed", "BudgetExceeded", "EpisodeIncomplete", "FailureKind", "InvalidInput", "PlanRefused",
        "ProviderError", "ReelwrightError", "StartAmbiguous",
    ),
    "media.captions.presets": ("Grouping", "SpokenWord", "WordStyle", "ass_colour"),
    "media.own_transitions": ("Moment", "Picture"),
    "plan": ("Plan", "ShotPlan", "make_plan"),
    "recipe": ("Budget", "Captions", "Checks", "Look", "Music", "OutputFormat", "OwnCheck", "Recipe", "Voice"),
    "script.source": ("Source", "read_source"),
    "settings": ("Settings",),
    "stages.episode": ("Episode",),
    "storyboard": ("Brief", "Character", "Shot", "Storyboard"),
    "studio": ("Studio", "open_studio"),
    "values": ("Asset", "Size", "Value"),
}  # fmt: skip
"""The public names, by module."""

if not TYPE_CHECKING:  # type checkers have the names above, and tell a misspelt one
    __getattr__, __dir__ = lazily(__name__, PLACES)
