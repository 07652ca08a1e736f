"""Who serves `/v1/videos` how. A dialect is data: a preset by name, changed field by field in an entry's `options`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from reelwright.catalogue import Entry
from reelwright.errors import RecipeError
from reelwright.models.remote.answers import Answer
from reelwright.validation import complaints
from reelwright.values import Value

Name = Literal[
    "openai", "azure", "vllm-omni", "sglang", "litellm", "openrouter", "inworld", "dynamo", "gateway", "auto"
]


class Dialect(Value):
    """How one server speaks. The defaults are OpenAI's own."""

    dialect: Name = "openai"
    """The preset; `auto` asks the server who it is."""
    encoding: Literal["auto", "json", "multipart"] = "auto"
    """`auto`: multipart when a file goes along, JSON otherwise."""
    seconds_type: Literal["text", "number"] = "text"
    length_field: Literal["seconds", "duration"] = "seconds"
    size_style: Literal["size", "width-height", "resolution", "short-side"] = "size"
    """`size: 720x1280`; `width` and `height`; `resolution: 720p` with `aspect_ratio: 9:16`; `size: 720P`."""
    image_style: Literal["file", "object", "image_reference", "reference_url", "frame_images", "none"] = "file"
    """How a start frame travels."""
    model_field: bool = True
    """Whether the model's name is sent."""
    audio_field: Literal["", "generate_audio", "generate_sound"] = ""
    """The switch for sound, where there is one."""
    extras: Literal["flat", "nvext", "extra_body"] = "flat"
    """Where further fields stand: among the others, or inside one; `extra_body` only in multipart."""
    body: Mapping[str, Any] = Field(default_factory=dict)
    """Further fields of every create, e.g. `{num_inference_steps: 40}`."""
    known_options: tuple[str, ...] | None = None
    """A request's own options that are passed on; `None`: all."""
    cancel: Literal["delete", "post", "none"] = "delete"
    """How a running job is stopped."""
    listing: bool = False
    """Whether the list of jobs is complete, so that a lost start can be looked up in it."""
    list_query: Mapping[str, str] = Field(default_factory=dict)
    content_query: Mapping[str, str] = Field(default_factory=dict)
    characters: bool = False
    """Whether characters can be uploaded."""
    auth: str = "bearer"
    poll_seconds: float = Field(default=10, gt=0)
    """When to ask again if the server gives no hint."""
    abilities: Mapping[str, Any] = Field(default_factory=dict)
    """What its models can do if the entry does not say; fields of `Entry`."""


_OPEN_WEIGHTS: dict[str, Any] = {
    "first_frame": "yes", "negative_prompt": True, "seed": True, "cancels": True, "audio": "optional",
}  # fmt: skip
_HOSTED: dict[str, Any] = {"first_frame": "yes", "audio": "optional"}

PRESETS: Mapping[str, Dialect] = {
    preset.dialect: preset
    for preset in (
        Dialect(
            dialect="openai",
            known_options=("characters", "remix", "edit", "extend"),
            listing=True,
            characters=True,
            abilities={**_HOSTED, "audio": "always", "reference_videos": 2, "cancels": True, "finds": True},
        ),
        Dialect(
            dialect="azure",
            known_options=("remix",),
            listing=True,
            auth="api-key",
            abilities={**_HOSTED, "audio": "always", "cancels": True, "finds": True},
        ),
        # One model a server, the job store in memory; a failed job is told with its own HTTP status.
        Dialect(
            dialect="vllm-omni",
            encoding="multipart",
            model_field=False,
            audio_field="generate_sound",
            listing=True,
            poll_seconds=3,
            abilities={**_OPEN_WEIGHTS, "finds": True},
        ),
        # Older builds demand a file in multipart; its list does not tell the prompts.
        Dialect(
            dialect="sglang",
            seconds_type="number",
            extras="extra_body",
            cancel="post",
            listing=True,
            poll_seconds=3,
            abilities={**_OPEN_WEIGHTS, "audio": "none", "finds": True},
        ),
        # Its list wants to be told a provider (`list_query: {custom_llm_provider: …}`), and `listing: true` then.
        Dialect(dialect="litellm", abilities=_HOSTED),
        Dialect(
            dialect="openrouter",
            encoding="json",
            seconds_type="number",
            length_field="duration",
            image_style="frame_images",
            audio_field="generate_audio",
            known_options=("provider", "callback_url"),
            cancel="none",
            content_query={"index": "0"},
            abilities={**_HOSTED, "last_frame": True, "seed": True, "reference_images": 4},
        ),
        Dialect(
            dialect="inworld",
            encoding="json",
            seconds_type="number",
            length_field="duration",
            size_style="resolution",
            image_style="frame_images",
            cancel="post",
            auth="basic",
            abilities={**_HOSTED, "last_frame": True, "cancels": True},
        ),
        # Answers its create with the finished clip; text only.
        Dialect(
            dialect="dynamo",
            encoding="json",
            image_style="none",
            extras="nvext",
            body={"response_format": "b64_json"},
            cancel="none",
            abilities={"negative_prompt": True, "seed": True},
        ),
        Dialect(dialect="gateway", abilities=_HOSTED),
    )
}
"""The known servers, from OpenAI's specification and the servers' own code and documents of 2026."""

_HOSTS: Mapping[str, Name] = {
    "api.openai.com": "openai",
    "openrouter.ai": "openrouter",
    "api.inworld.ai": "inworld",
}
_AZURE = (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com")
_OWNERS: Mapping[str, Name] = {"vllm": "vllm-omni", "sglang": "sglang"}


def dialect_of(entry: Entry, detected: Name | None = None) -> Dialect:
    """Return how the entry's server speaks: as its options say, else by its host, else as `detected`, else plainly.

    Raises:
        RecipeError: options that are none.
    """
    given = dict(entry.options)
    name = given.get("dialect", "auto")
    if name == "auto":
        name = by_host(entry.base_url) or detected or "gateway"
    preset = PRESETS.get(name, PRESETS["gateway"]) if isinstance(name, str) else PRESETS["gateway"]
    auth = {"auth": entry.auth} if entry.auth else {}
    try:
        return Dialect.model_validate({**preset.model_dump(exclude_unset=True), **given, "dialect": name, **auth})
    except ValidationError as error:
        first = complaints(error, Dialect)[0]
        hint = f"Expected {first.expected}." if first.expected else ""
        raise RecipeError(first.problem, field=f"{entry.name}.options.{first.field}", hint=hint) from None


def is_open(entry: Entry) -> bool:
    """Whether the server has to be asked who it is."""
    return entry.options.get("dialect", "auto") == "auto" and by_host(entry.base_url) is None


def by_host(base_url: str) -> Name | None:
    """Return the dialect of a well-known host."""
    host = (urlsplit(base_url).hostname or "").lower()
    return "azure" if host.endswith(_AZURE) else _HOSTS.get(host)


def by_answer(answer: Answer) -> Name | None:
    """Return the dialect that the answer to `GET /models` gives away."""
    if any(name.startswith("x-litellm-") for name in answer.headers):
        return "litellm"
    if "model_path" in answer.fields:
        return "sglang"
    listed = answer.fields.get("data")
    owners = (
        {str(item.get("owned_by")) for item in listed if isinstance(item, dict)} if isinstance(listed, list) else ()
    )
    return next((_OWNERS[owner] for owner in owners if owner in _OWNERS), None)


def with_abilities(entry: Entry, dialect: Dialect) -> Entry:
    """Return the entry with what the dialect's models can do where the entry itself does not say."""
    missing = {name: value for name, value in dialect.abilities.items() if name not in entry.model_fields_set}
    return Entry.model_validate({**entry.model_dump(exclude_unset=True), **missing}) if missing else entry
