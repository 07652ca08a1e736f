"""One shot, stage by stage: narration, start frame, clip, segment. Every result is found again by what made it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from reelwright.animatic.motion import Motion
from reelwright.asking import prompt_of
from reelwright.catalogue import Entry
from reelwright.errors import MediaRejected
from reelwright.finished import Finished, once
from reelwright.models.identity import asked_of, identity_in
from reelwright.models.images.contract import ImageRequest
from reelwright.models.narrators.contract import NarrationRequest, Narrator
from reelwright.models.transcribers.contract import AlignmentRequest
from reelwright.models.video.contract import FREE, Charge, Done, Failed, VideoRequest
from reelwright.recipe import Recipe
from reelwright.stages.paying import BuyerOf, payer_at
from reelwright.stages.words import Listener, time_words
from reelwright.storyboard import Shot, Storyboard
from reelwright.studio import Studio
from reelwright.takes.values import Clip
from reelwright.values import Asset, Exact, Word

if TYPE_CHECKING:
    from reelwright.takes.call import Buyer


class Narration(Finished):
    """A spoken line."""

    speech: Asset
    """The sound, as WAV."""
    seconds: Exact
    """How long it is."""
    words: tuple[Word, ...]
    """When each word is heard."""
    narrator: str
    """Who spoke, by name."""
    charge: Charge
    """What it cost."""
    warnings: tuple[str, ...] = ()
    """What was adapted."""


class StartFrame(Finished):
    """The picture a shot starts from."""

    picture: Asset
    """The picture itself."""
    model: str
    """Who drew it, or where else it is from."""
    charge: Charge
    """What it cost."""
    warnings: tuple[str, ...] = ()
    """What was adapted."""


class Segment(Finished):
    """A clip finished in the output format, without sound."""

    video: Asset
    """The encoded frames."""
    frames: int
    """How many there are."""


async def narrate(
    studio: Studio, text: str, recipe: Recipe, language: str = "en", *, buyer_of: BuyerOf | None = None
) -> Narration:
    """Speak a shot's line with the recipe's voice; `buyer_of` gives who pays where it costs something.

    Raises:
        ProviderError, TakeFailed: the narrator refused.
        BudgetExceeded: a cap would be passed; nothing was sent.
    """
    voice, ear = recipe.voice, None
    entry = studio.catalogue.resolve(voice.narrator, "narrator")
    request = NarrationRequest(text=text, language=language, voice=voice.voice, speed=voice.speed)
    if voice.transcriber != "none":
        ear = studio.catalogue.resolve(voice.transcriber, "transcriber")
    listener = Listener(ear, payer_at(ear, buyer_of)) if ear else None
    return await speak(studio, entry, request, payer_at(entry, buyer_of), listener=listener)


async def speak(
    studio: Studio,
    entry: Entry,
    request: NarrationRequest,
    buyer: Buyer | None = None,
    *,
    listener: Listener | None = None,
) -> Narration:
    """Speak a line with one narrator; `buyer` pays for it where it costs something.

    Words whose times the narrator does not tell get them from the listener, or by estimate.
    """
    narrator = studio.narrator(entry)
    try:
        spoken = await _spoken(studio, narrator, entry, request, buyer)
    finally:
        if not entry.is_local:  # the local voice is one for the whole process
            await narrator.aclose()
    if spoken.words:
        return spoken
    asked = AlignmentRequest(text=request.text, language=request.language)
    timed = await time_words(studio, spoken.speech, asked, narrator=entry.name, listener=listener)
    # What was found again costs nothing: this time's charge is that of what was made this time.
    paid = [part.charge.usd for part in (spoken, timed) if not part.hit]
    return spoken.model_copy(
        update={
            "words": timed.words,
            "charge": spoken.charge.model_copy(update={"usd": sum(paid, Decimal(0))}) if paid else spoken.charge,
            "warnings": (*spoken.warnings, *timed.warnings),
            "hit": spoken.hit and timed.hit,
        }
    )


async def _spoken(
    studio: Studio, narrator: Narrator, entry: Entry, request: NarrationRequest, buyer: Buyer | None
) -> Narration:
    identity = identity_in(narrator, entry)
    asked = asked_of(identity, entry, request)

    async def speak(idempotency_key: str) -> tuple[Narration, Charge]:
        with studio.vault.scratch(".wav") as path:
            speech = await narrator.speak(request, path, idempotency_key=idempotency_key)
            made = Narration(
                speech=studio.vault.put_file(path, "audio/wav", {"seconds": float(speech.seconds)}),
                seconds=speech.seconds,
                words=speech.words,
                narrator=entry.name,
                charge=speech.charge,
                warnings=speech.warnings,
            )
            return made, speech.charge

    async def make() -> Narration:
        if buyer is None:
            return (await speak(""))[0]
        return await buyer.buy(entry, asked, entry.price_of_text(request.text), Narration, speak)

    return await once(studio.vault, "narration/1", {"narrator": identity, "request": request}, Narration, make)


async def draw_start_frame(
    studio: Studio, entry: Entry, request: ImageRequest, buyer: Buyer | None = None
) -> StartFrame:
    """Draw a picture with one image model; `buyer` pays for it where it costs something."""
    model = studio.image_model(entry)
    identity = identity_in(model, entry)
    asked = asked_of(identity, entry, request)

    async def draw(idempotency_key: str) -> tuple[StartFrame, Charge]:
        picture = await model.draw(request, idempotency_key=idempotency_key)
        facts = {"width": request.size.width, "height": request.size.height, "drawn_by": entry.protocol}
        made = StartFrame(
            picture=studio.vault.put_bytes(picture.data, picture.media_type, facts),
            model=entry.name,
            charge=picture.charge,
            warnings=picture.warnings,
        )
        return made, picture.charge

    async def make() -> StartFrame:
        if buyer is None:
            return (await draw(""))[0]
        return await buyer.buy(entry, asked, entry.price(Fraction(0), size=request.size), StartFrame, draw)

    try:
        return await once(studio.vault, "start-frame/1", {"model": identity, "request": request}, StartFrame, make)
    finally:
        await model.aclose()


async def make_clip(studio: Studio, shot: Shot, storyboard: Storyboard, frame: StartFrame, recipe: Recipe) -> Clip:
    """Make the moving picture of a shot with the animatic: drawn on this machine, for nothing."""
    # A motion document is as long as it is rendered: its length is no part of what it is.
    request = VideoRequest(
        # In the words of its start frame, which it draws again: who appears in it is among them.
        prompt=prompt_of(shot, storyboard),
        seconds=Fraction(1),
        size=recipe.output.pixels,
        camera=shot.camera,
        style=shot.style or recipe.look.style,
        negative_prompt=shot.negative_prompt or recipe.look.negative_prompt,
        seed=shot.seed,
        first_frame=frame.picture,
        options={"palette": list(recipe.look.palette)} if recipe.look.palette else {},
    )
    return await animate(studio, studio.catalogue.resolve("animatic", "video"), request)


async def animate(studio: Studio, entry: Entry, request: VideoRequest) -> Clip:
    """Make a clip with an embedded model: free, so it needs no ledger.

    Raises:
        MediaRejected: the model gave no clip.
    """
    model = studio.video_model(entry)
    identity = identity_in(model, entry)

    async def make() -> Clip:
        ticket = await model.start(request, idempotency_key="")
        result = await model.poll(ticket)
        if not isinstance(result, Done) or result.inline is None:
            reason = result.reason if isinstance(result, Failed) else "it is not ready"
            raise MediaRejected((f"{entry.name} gave no clip: {reason}",))
        motion = Motion.model_validate_json(studio.vault.path(result.inline).read_bytes())
        return Clip(
            clip=result.inline,
            picture=motion.picture,
            model=entry.name,
            seconds=ticket.seconds,
            charge=FREE,
            warnings=ticket.warnings,
        )

    return await once(studio.vault, "clip/1", {"model": identity, "request": request}, Clip, make)
