"""The suites of images, writers, narrators and transcribers name what is wrong with a part, and pass what is sound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from support.broken_parts import Broken, failures_of
from support.homely_painter import HomelyHarness

from reelwright.testing import ImageContract

_SUITE = """
from reelwright.testing import {contract}
from support.{kind}_harnesses import {ours} as ours

class Harness(type(ours)):
    def definition(self, server_url):
        return {{**super().definition(server_url), "protocol": "FILE"}}

class TestPart({contract}):
    harnesses = (Harness(),)
"""
_OURS = {"image": "OPENAI", "writer": "CHAT", "narrator": "OPENAI", "transcriber": "OPENAI"}
_SUITES = {
    kind: _SUITE.format(contract=f"{kind.capitalize()}Contract", kind=kind, ours=ours) for kind, ours in _OURS.items()
}
_CLASSES = {
    "image": ("images.openai_images", "OpenAiImages"),
    "writer": ("writers.openai_text", "OpenAiWriter"),
    "narrator": ("narrators.openai_speech", "OpenAiSpeech"),
    "transcriber": ("transcribers.openai_transcriptions", "OpenAiTranscriptions"),
}
_PART = """
import io, os, secrets
from fractions import Fraction
from PIL import Image
from reelwright.errors import ProviderError, StartAmbiguous
from reelwright.values import Size
from reelwright.models.{module} import {ours}, build as ours

class Part({ours}):
{method}

def build(entry, bench):
    made = ours(entry, bench)
    made.__class__ = Part
    return made
"""


def broken(kind: str, behaviour: str, reason: str, method: str) -> Broken:
    """A part of ours with one method that is not sound."""
    module, ours = _CLASSES[kind]
    return Broken(kind, behaviour, reason, _PART.format(module=module, ours=ours, method=method))


def painter(behaviour: str, reason: str, body: str) -> Broken:
    """An image model that does something else with its request; `drawn` draws it as ours does."""
    method = f"""
    async def draw(self, request, *, idempotency_key):
        async def drawn(**changes):
            return await super(Part, self).draw(request.model_copy(update=changes), idempotency_key=idempotency_key)

        {body}
"""
    return broken("image", behaviour, reason, method)


def writer(behaviour: str, reason: str, body: str) -> Broken:
    """A writer that does something else when it fails with `error`."""
    method = f"""
    async def write(self, request, *, idempotency_key):
        try:
            return await super().write(request, idempotency_key=idempotency_key)
        except ProviderError as error:
            {body}
"""
    return broken("writer", behaviour, reason, method)


BROKEN: Mapping[str, Broken] = {
    "an image model that draws another size": painter(
        "test_the_picture_has_exactly_the_wanted_size",
        "(540, 960)",
        "return await drawn(size=Size(width=request.size.width // 2, height=request.size.height // 2))",
    ),
    "an image model that trims and enlarges": painter(
        "test_a_size_that_it_draws_itself_is_not_touched",
        "_changed",
        """made = await drawn()
        with Image.open(io.BytesIO(made.data)) as image, io.BytesIO() as file:
            image.crop((8, 8, image.width - 8, image.height - 8)).resize(image.size).save(file, "PNG")
            return made.model_copy(update={"data": file.getvalue()})""",
    ),
    "an image model that keeps colours to itself": painter(
        "test_every_word_of_the_wish_is_sent_or_said_to_be_left_out", "palette", "return await drawn(palette=())"
    ),
    "an image model that looks at one reference": painter(
        "test_reference_pictures_go_along",
        "these places do not count",
        """made = await drawn(references=request.references[:1])
        told = ("two are taken",) if len(request.references) > 2 else ()
        return made.model_copy(update={"warnings": (*made.warnings, *told)})""",
    ),
    "an image model that sends all references": painter(
        "test_reference_pictures_go_along",
        "more goes out than the entry takes",
        """self._entry = self._entry.model_copy(update={"reference_images": 9})
        made = await drawn()
        told = ("two are taken",) if len(request.references) > 2 else ()
        return made.model_copy(update={"warnings": (*made.warnings, *told)})""",
    ),
    "an image model that is another with another key": broken(
        "image",
        "test_it_is_found_again_by_what_is_asked_and_of_whom",
        "one.identity == other.identity",
        """
    @property
    def identity(self):
        return f"{self._transport.account} {self._entry.model}"

    @identity.setter
    def identity(self, told):
        pass
""",
    ),
    "a writer that pays again for a lost answer": writer(
        "test_no_clear_answer_is_ambiguous_and_never_repeated",
        "it did not fail, after so many calls that could cost money: 2",
        """if not isinstance(error, StartAmbiguous):
                raise
            return await super().write(request, idempotency_key=idempotency_key)""",
    ),
    "a writer that forgets what was billed": writer(
        "test_a_documented_failure_is_told_by_its_kind",
        "told.billed",
        """error.billed = False
            raise""",
    ),
    "a writer that tells its key": writer(
        "test_secrets_are_nowhere",
        "secret not in everything",
        """words = f"{error.message} (asked with {os.environ['REELWRIGHT_TEST_KEY']})"
            raise ProviderError(words, provider="x", model="x", kind=error.kind) from None""",
    ),
    "a narrator that rounds": broken(
        "narrator",
        "test_the_speech_is_a_wav_of_exactly_the_length_that_is_told",
        "speech.seconds",
        """
    async def speak(self, request, into, *, idempotency_key):
        speech = await super().speak(request, into, idempotency_key=idempotency_key)
        return speech.model_copy(update={"seconds": Fraction(round(speech.seconds))})
""",
    ),
    "a narrator that takes a number for a pace": broken(
        "narrator",
        "test_a_pace_is_taken_or_said_to_be_left_out",
        "is_heard or is_sent",
        """
    def _body(self, request):
        usual = super()._body(request.model_copy(update={"speed": Fraction(1)}))
        return {**usual, "instructions": secrets.token_hex()}
""",
    ),
    "a transcriber that prompts who hears": broken(
        "transcriber",
        "test_who_hears_is_not_told_the_script",
        "crystal",
        """
    async def align(self, speech, request, *, idempotency_key):
        self.written = request.text
        return await super().align(speech, request, idempotency_key=idempotency_key)

    async def _asked(self, speech, further, idempotency_key):
        hint = "Names: " + " ".join(self.written.split()[-4:]).upper()
        return await super()._asked(speech, further or {"prompt": hint}, idempotency_key)
""",
    ),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What one run of pytest over all of them tells of each: the failures of the behaviour that was asked for."""
    return failures_of(tmp_path_factory.mktemp("broken"), BROKEN, _SUITES)


@pytest.mark.slow
@pytest.mark.parametrize("part", BROKEN)
def test_the_broken_behaviour_is_named(told: dict[str, list[str]], part: str) -> None:
    """By the test that fails, and a reason to go on with."""
    assert [failure for failure in told[part] if BROKEN[part].reason in failure]


class TestHomely(ImageContract):
    """Sound, and unlike ours: its host takes no key, what it holds is in slots, its colours have names."""

    harnesses = (HomelyHarness(),)


def test_a_host_without_a_key_is_asked_for_none() -> None:
    """The tests of keys are left out; those of lines and money are not."""
    suite: Any = TestHomely
    assert (suite.test_secrets_are_nowhere, suite.test_a_wrong_key_is_refused_without_being_told) == (None, None)
    assert callable(suite.test_no_clear_answer_is_ambiguous_and_never_repeated)
    assert callable(suite.test_a_price_that_is_not_known_is_said)
