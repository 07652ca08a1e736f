"""What every remote video model does to a request before a vendor sees it: fit, fold, warn, or refuse. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from reelwright.catalogue import Entry
from reelwright.errors import InvalidInput
from reelwright.models.video.contract import Reference, VideoRequest
from reelwright.storyboard import Camera
from reelwright.values import Size

CAMERA_WORDS: Mapping[Camera, str] = MappingProxyType(
    {
        "push": "the camera pushes in slowly",
        "pull": "the camera pulls back slowly",
        "pan-left": "the camera pans slowly to the left",
        "pan-right": "the camera pans slowly to the right",
        "tilt-up": "the camera tilts slowly upwards",
        "tilt-down": "the camera tilts slowly downwards",
        "orbit": "the camera orbits slowly around the subject",
        "drift": "the camera drifts gently",
        "still": "the camera stands still",
    }
)
"""How a camera move is told in a prompt; `auto` is left to the model."""

_REFERENCE_NAMES = {"image": "reference pictures", "video": "reference videos", "audio": "reference sounds"}


def adapt(
    entry: Entry, request: VideoRequest, *, options: Collection[str] | None = None, whole_seconds: bool = True
) -> tuple[VideoRequest, tuple[str, ...]]:
    """Return the request as the entry's model can honour it, and a warning for each thing that was adapted.

    Args:
        entry: What the model can do.
        request: What is wanted.
        options: The names of the vendor's own options that it takes; `None`: all are passed on.
        whole_seconds: Whether the vendor counts in whole seconds.

    Raises:
        InvalidInput: too long, no start frame where one is needed, or a prompt longer than the model takes.
    """
    warnings: list[str] = []
    seconds = fit_seconds(entry, request.seconds, whole=whole_seconds)
    size = fit_size(entry.sizes, request.size)
    if size.aspect != request.size.aspect:
        warnings.append(f"{entry.name} makes {size}: the picture is cut to {request.size}")
    elif size.width < request.size.width:
        warnings.append(f"{entry.name} makes {size}: the picture is enlarged to {request.size}")
    changes = {
        "seconds": seconds,
        "size": size,
        **_sound(entry, request, warnings),
        **_frames(entry, request, warnings),
        **_words(entry, request, options, warnings),
    }
    adapted = request.model_copy(update=changes)
    check_prompt(entry, prompt_of(adapted))
    return adapted, tuple(warnings)


def prompt_of(request: VideoRequest) -> str:
    """Return the prompt with camera, style and spoken words told in it."""
    parts = [request.prompt.strip()]
    if words := CAMERA_WORDS.get(request.camera):
        parts.append(f"Camera: {words}")
    if request.style:
        parts.append(f"Style: {request.style.strip()}")
    if request.dialogue:
        parts.append(f'Dialogue: "{request.dialogue.strip()}"')
    return "\n".join(part if part.endswith((".", "!", "?", '"')) else f"{part}." for part in parts if part)


def check_prompt(entry: Entry, prompt: str) -> None:
    """Refuse a prompt that the model does not take.

    Raises:
        InvalidInput: it is empty or too long.
    """
    if not prompt:
        raise InvalidInput(f"{entry.name} needs a prompt.", hint="Say what is seen in this shot.")
    limit = entry.prompt_characters
    if limit is not None and len(prompt) > limit:
        raise InvalidInput(
            f"{entry.name} takes prompts of {limit} characters; this one, with style and camera, has {len(prompt)}.",
            hint="Shorten the prompt or the style.",
        )


def fit_seconds(entry: Entry, wanted: Fraction, *, whole: bool = True) -> Fraction:
    """Return the nearest length the model makes that is at least `wanted`, in seconds.

    Raises:
        InvalidInput: it makes nothing as long as that.
    """
    fitted = entry.fit_seconds(wanted)
    if not whole or fitted.denominator == 1:
        return fitted
    return entry.fit_seconds(Fraction(-(-fitted.numerator // fitted.denominator)))


def fit_size(sizes: Sequence[str], wanted: Size) -> Size:
    """Return the size to ask for: the wanted one, else one of its shape, else the nearest shape.

    Of one shape, the smallest that is large enough, else the largest.
    """
    made = [Size.parse(text) for text in sizes]
    if not made or wanted in made:
        return wanted

    def distance(size: Size) -> tuple[float, bool, int]:
        # Shapes that differ by less than half a part in a hundred count as the same.
        off = abs(float(size.aspect / wanted.aspect) - 1)
        too_small = size.width < wanted.width
        return round(off, 2), too_small, -size.width if too_small else size.width

    return min(made, key=distance)


def _sound(entry: Entry, request: VideoRequest, warnings: list[str]) -> dict[str, object]:
    if entry.audio != "none":
        # What is said in the picture needs sound.
        return {"audio": request.audio or bool(request.dialogue) or entry.audio == "always"}
    if request.audio or request.dialogue:
        warnings.append(f"{entry.name} makes no sound" + (": the dialogue is not heard" if request.dialogue else ""))
    return {"audio": False, "dialogue": ""}


def _frames(entry: Entry, request: VideoRequest, warnings: list[str]) -> dict[str, object]:
    changes: dict[str, object] = {}
    continued = request.continues
    if continued is not None and not continued.media_type.startswith("video/"):
        warnings.append(f"{entry.name} cannot go on from a clip that is no video")
        changes["continues"] = continued = None
    # A clip that is continued gives the first frame, unless the model continues clips itself.
    starts = request.first_frame or (continued if not entry.continues else None)
    if starts is not None and entry.first_frame == "no":
        warnings.append(f"{entry.name} takes no start frame: the first picture is its own")
        changes |= {"first_frame": None} | ({} if entry.continues else {"continues": None})
    elif starts is None and entry.first_frame == "required":
        raise InvalidInput(
            f"{entry.name} makes a clip from a start frame, and this shot has none.",
            hint="Name an image model in `image_models`, or another video model.",
        )
    if request.last_frame is not None and not entry.last_frame:
        warnings.append(f"{entry.name} takes no last frame")
        changes["last_frame"] = None
    kept = _references(entry, request.references, warnings)
    return changes | {"references": kept}


def _references(entry: Entry, given: Sequence[Reference], warnings: list[str]) -> tuple[Reference, ...]:
    most = {"image": entry.reference_images, "video": entry.reference_videos, "audio": entry.reference_audios}
    kept: list[Reference] = []
    for reference in given:
        if sum(other.role == reference.role for other in kept) < most[reference.role]:
            kept.append(reference)
    for role, limit in most.items():
        count = sum(reference.role == role for reference in given)
        if count > limit:
            what = f"at most {limit}" if limit else "no"
            warnings.append(f"{entry.name} takes {what} {_REFERENCE_NAMES[role]}: {count - limit} left out")
    return tuple(kept)


def _words(
    entry: Entry, request: VideoRequest, options: Collection[str] | None, warnings: list[str]
) -> dict[str, object]:
    changes: dict[str, object] = {}
    prompt = request.prompt.strip()
    if request.negative_prompt and not entry.negative_prompt:
        prompt = f"{prompt}\nAvoid: {request.negative_prompt.strip()}"
        warnings.append(f"{entry.name} has no negative prompt: what to avoid is told in the prompt")
        changes["negative_prompt"] = ""
    given = dict(request.options)
    if "palette" in given and "palette" not in (options or ()):
        # The recipe's colours are no vendor's option: they are told in words.
        prompt = f"{prompt}\nColours: {', '.join(given.pop('palette'))}"
    unknown = sorted(name for name in given if options is not None and name not in options)
    if unknown:
        warnings.append(f"{entry.name} has no option {', '.join(map(repr, unknown))}")
    if request.seed is not None and not entry.seed:
        warnings.append(f"{entry.name} takes no seed: another run gives another take")
        changes["seed"] = None
    kept = {name: value for name, value in given.items() if name not in unknown}
    return changes | {"prompt": prompt, "options": kept}
