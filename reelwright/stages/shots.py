"""One shot, stage by stage: narration, start frame, clip, segment. Every result is found again by what made it."""

from __future__ import annotations

from reelwright.animatic.motion import MEDIA_TYPE, Motion
from reelwright.catalogue import Entry
from reelwright.errors import MediaRejected
from reelwright.finished import Finished, once
from reelwright.media.jobs import SegmentJob, SpeechJob, SpeechVerdict
from reelwright.models.images.contract import ImageRequest
from reelwright.models.narrators.contract import NarrationRequest
from reelwright.models.video.contract import Charge, Done, Failed, VideoRequest
from reelwright.recipe import Captions, OutputFormat
from reelwright.studio import Studio
from reelwright.timing import ShotTime
from reelwright.values import Asset, Exact, Word

_SEGMENT_VERSION = 1


class Narration(Finished):
    """A spoken line."""

    speech: Asset
    seconds: Exact
    words: tuple[Word, ...]
    narrator: str
    charge: Charge
    warnings: tuple[str, ...] = ()


class StartFrame(Finished):
    """The picture a shot starts from."""

    picture: Asset
    model: str
    charge: Charge
    warnings: tuple[str, ...] = ()


class Clip(Finished):
    """An accepted take."""

    clip: Asset
    picture: Asset | None = None
    """The given start frame that a motion document moves."""
    model: str
    seconds: Exact
    charge: Charge
    warnings: tuple[str, ...] = ()


class Segment(Finished):
    """A clip finished in the output format, without sound."""

    video: Asset
    frames: int


async def narrate(studio: Studio, entry: Entry, request: NarrationRequest) -> Narration:
    """Speak a line."""
    narrator = studio.narrator(entry)
    identity = getattr(narrator, "identity", entry.name)

    async def make() -> Narration:
        with studio.vault.scratch(".wav") as path:
            speech = await narrator.speak(request, path, idempotency_key="")
            return Narration(
                speech=studio.vault.put_file(path, "audio/wav", {"seconds": float(speech.seconds)}),
                seconds=speech.seconds,
                words=speech.words,
                narrator=entry.name,
                charge=speech.charge,
                warnings=speech.warnings,
            )

    return await once(studio.vault, "narration/1", {"narrator": identity, "request": request}, Narration, make)


class SpeechCheck(Finished):
    """What was heard of a narration."""

    verdict: SpeechVerdict


async def check_narration(studio: Studio, narration: Narration, text: str) -> SpeechCheck:
    """Listen to a narration before pictures are made for it.

    Raises:
        MediaRejected: it cannot be used; every fault is named.
    """

    async def make() -> SpeechCheck:
        job = SpeechJob(speech=studio.vault.path(narration.speech), text=text)
        return SpeechCheck(verdict=SpeechVerdict.model_validate(await studio.crew.ask(job.model_dump(mode="json"))))

    check = await once(studio.vault, "speech/1", {"speech": narration.speech, "text": text}, SpeechCheck, make)
    if check.verdict.faults:
        raise MediaRejected(tuple(f"narration: {fault}" for fault in check.verdict.faults))
    return check


async def draw_start_frame(studio: Studio, entry: Entry, request: ImageRequest) -> StartFrame:
    """Make the picture a shot starts from."""
    model = studio.image_model(entry)
    identity = getattr(model, "identity", entry.name)

    async def make() -> StartFrame:
        picture = await model.draw(request, idempotency_key="")
        facts = {"width": request.size.width, "height": request.size.height, "drawn_by": entry.protocol}
        return StartFrame(
            picture=studio.vault.put_bytes(picture.data, picture.media_type, facts),
            model=entry.name,
            charge=picture.charge,
            warnings=picture.warnings,
        )

    return await once(studio.vault, "start-frame/1", {"model": identity, "request": request}, StartFrame, make)


async def make_clip(studio: Studio, entry: Entry, request: VideoRequest) -> Clip:
    """Make a clip with an embedded model.

    Raises:
        MediaRejected: the model gave no clip.
    """
    model = studio.video_model(entry)
    identity = getattr(model, "identity", entry.name)

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
            charge=result.charge or Charge(usd=entry.price(ticket.seconds) or 0, source="catalogue"),
            warnings=ticket.warnings,
        )

    return await once(studio.vault, "clip/1", {"model": identity, "request": request}, Clip, make)


async def finish_segment(
    studio: Studio, clip: Clip, time: ShotTime, *, output: OutputFormat, captions: Captions, language: str
) -> Segment:
    """Encode a clip once, in the output's format, exactly as long as its narration, captions on it."""
    is_motion = clip.clip.media_type == MEDIA_TYPE
    asked = {
        "clip": clip.clip.sha256,
        "frames": time.frames,
        "output": output,
        "captions": captions,
        "words": time.words if captions.preset != "none" else (),
        "language": language,
    }

    async def make() -> Segment:
        with studio.vault.scratch(".mp4") as path:
            job = SegmentJob(
                clip=studio.vault.path(clip.clip),
                is_motion=is_motion,
                picture=studio.vault.path(clip.picture) if clip.picture else None,
                output=output,
                frames=time.frames,
                words=time.words,
                captions=captions,
                language=language,
                font_folder=studio.settings.font_folder,
                paintings=studio.settings.painting_folder,
                into=path,
            )
            await studio.crew.ask(job.model_dump(mode="json"))
            facts = {"frames": time.frames, "frame_rate": output.frame_rate, "size": output.size}
            return Segment(video=studio.vault.put_file(path, "video/mp4", facts), frames=time.frames)

    return await once(studio.vault, f"segment/{_SEGMENT_VERSION}", asked, Segment, make)
