"""The protocol `kling`: Kuaishou's Kling.

Source: vercel/ai packages/klingai (August 2026), and the vendor's documentation as WHQ25/rawgenai keeps it, which ends
before v3. The size decides the mode: 720 lines are `std`, more are `pro`. A credential is one API key, or an access key
and a secret key as `access:secret`, from which a token is signed for each call. An entry's `options` are the vendor's
own fields for every shot, e.g. `{cfg_scale: 0.5}`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, ClassVar

import jwt
from pydantic import SecretStr

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.remote.answers import Answer, Refusal
from reelwright.models.remote.auth import Auth, auth_of, signed
from reelwright.models.remote.kinds import Rule, judge
from reelwright.models.remote.pictures import JPEG, PNG
from reelwright.models.remote.transport import segment
from reelwright.models.video.adapting import prompt_of
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoRequest
from reelwright.models.video.vendor import Started, VendorModel, objects, text, with_abilities
from reelwright.values import Size
from reelwright.vault import Vault

_STD_LINES = 720
_STD = ["720x1280", "1280x720", "720x720"]
_PRO = ["1080x1920", "1920x1080", "1080x1080"]

NEWEST: Mapping[str, Any] = {
    "sizes": [*_STD, *_PRO],
    "seconds": list(range(3, 16)),
    "audio": "optional",
    "prompt_characters": 2500,
    "first_frame": "yes",
    "last_frame": True,
    "negative_prompt": True,
    "finds": True,
}
"""What v3 can do where an entry does not say; a model that is not known is taken for one like it."""

_TENS: Mapping[str, Any] = {**NEWEST, "seconds": [5, 10], "audio": "none"}
FAMILIES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (r"kling-(video-o1|.*omni)", {**_TENS, "reference_images": 7, "negative_prompt": False}),
    (r"kling-v2-6", {**_TENS, "audio": "optional"}),
    (r"kling-v1-6", {**_TENS, "reference_images": 4}),
    (r"kling-v[12].*", _TENS),
    (r".*", NEWEST),
)
"""What each family can do; the first whose name fits."""

_PRO_ONLY = re.compile(r"kling-v(1-[56]|2-[156])")
"""Families that take a last frame, and make sound, in `pro` only."""

_PATHS = ("text2video", "image2video", "multi-image2video", "omni-video")
_TOKEN_SECONDS = 1800


def complete(entry: Entry) -> Entry:
    """Return the entry with what its family can do, where it does not say itself."""
    return with_abilities(
        entry, next(abilities for name, abilities in FAMILIES if re.fullmatch(name, entry.model or ""))
    )


def build(entry: Entry, bench: Bench) -> Kling:
    """Return the model of an entry.

    Raises:
        InvalidInput: its address or its options are none.
    """
    return Kling(complete(entry), bench.vault, bench.credential)


class Kling(VendorModel):
    """One model of Kling."""

    protocol: ClassVar[str] = "kling"
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(FailureKind.AUTH, codes=r"100[0-4]|1103|1304"),
        # HTTP 429, and no wait will help: the account is in arrears, or its package is used up.
        Rule(FailureKind.BILLING, codes=r"110[0-2]"),
        Rule(FailureKind.INVALID_REQUEST, codes=r"120[0-2]"),
        Rule(FailureKind.RETIRED, codes=r"1203", purpose="start"),
        Rule(FailureKind.LOST, codes=r"1203", purpose="read"),
        Rule(FailureKind.MODERATED, codes=r"130[01]"),
        Rule(FailureKind.RATE_LIMITED, codes=r"130[23]"),
        Rule(FailureKind.BUSY, codes=r"500[0-2]"),
        Rule(FailureKind.MODERATED, words=r"risk control|风控|敏感|违规|platform'?s? .{0,20}polic"),
    )
    takes: ClassVar[frozenset[str]] = frozenset(
        {
            "cfg_scale",
            "camera_control",
            "static_mask",
            "dynamic_masks",
            "element_list",
            "voice_list",
            "multi_shot",
            "shot_type",
            "multi_prompt",
            "watermark_info",
        }
    )
    check_path: ClassVar[str] = "v1/videos/text2video?pageNum=1&pageSize=1"
    frames_or_references: ClassVar[bool] = True
    last_needs_first: ClassVar[bool] = True
    picture_types: ClassVar[tuple[str, ...]] = (PNG, JPEG)

    def __init__(self, entry: Entry, vault: Vault, credential: SecretStr | None) -> None:
        super().__init__(entry, vault, auth_for(entry.auth, credential))

    def _settle(self, request: VideoRequest, warnings: list[str]) -> dict[str, Any]:
        changes = super()._settle(request, warnings)
        wish = request.model_copy(update=changes)
        if wish.audio and _path(self.entry.model, wish) == "multi-image2video":
            warnings.append(f"{self.name} makes clips from references without sound")
            changes |= {"audio": False, "dialogue": ""}
        needs_pro = _PRO_ONLY.fullmatch(self.entry.model) and (wish.audio or wish.last_frame)
        larger = Size(width=wish.size.width * 3 // 2, height=wish.size.height * 3 // 2)
        if needs_pro and _mode(wish.size) == "std" and str(larger) in self.entry.sizes:
            what = "a last frame" if wish.last_frame else "sound"
            warnings.append(f"{self.name} takes {what} in its larger size only: {larger} is made")
            changes["size"] = larger
        return changes

    async def _submit(self, request: VideoRequest, idempotency_key: str) -> Started:
        path = _path(self.entry.model, request)
        body = {
            "model_name": self.entry.model,
            "prompt": prompt_of(request),
            "mode": _mode(request.size),
            "duration": str(int(request.seconds)),
            **await self._pictures(path, request),
            **self._words(path, request),
            **self._options(request),
            # Their own id of ours: a start without an answer is found again by it.
            **({"external_task_id": idempotency_key} if idempotency_key else {}),
        }
        answer = await self.transport.paid(f"v1/videos/{path}", json=body)
        return Started(self._named(answer, self._data(answer, "start").get("task_id")), {"path": path})

    async def _pictures(self, path: str, request: VideoRequest) -> dict[str, Any]:
        """Return frames and references as this path takes them: bare base64, without `data:`."""
        first, last = await self._frames(request)
        references = [(await self._picture(reference.asset)).base64 for reference in request.references]
        shape = {"aspect_ratio": _shape(request.size)}
        match path:
            case "omni-video" if first is not None:
                frames = [{"image_url": first.base64, "type": "first_frame"}]
                ends = [{"image_url": last.base64, "type": "end_frame"}] if last else []
                return {"image_list": [*frames, *ends]}
            case "omni-video":
                return {**shape, **({"image_list": [{"image_url": data} for data in references]} if references else {})}
            case "multi-image2video":
                return {**shape, "image_list": [{"image": data} for data in references]}
            case "image2video" if first is not None:
                # The frame has the shape; it must not be said again.
                return {"image": first.base64, **({"image_tail": last.base64} if last else {})}
            case _:
                return shape

    def _words(self, path: str, request: VideoRequest) -> dict[str, Any]:
        words: dict[str, Any] = {}
        if request.negative_prompt and path != "omni-video":
            words["negative_prompt"] = request.negative_prompt
        if self.entry.audio != "none" and path != "multi-image2video":
            words["sound"] = "on" if request.audio else "off"
        if path == "omni-video" and request.references:
            names = [reference.name or "a reference" for reference in request.references]
            told = " ".join(f"<<<image_{number}>>> is {name}." for number, name in enumerate(names, 1))
            words["prompt"] = f"{told}\n{prompt_of(request)}"
        return words

    async def _ask(self, ticket: Ticket) -> Pending | Done | Failed:
        path = ticket.extra.get("path")
        answer = await self.transport.get(f"v1/videos/{path}/{segment(ticket.remote_id)}")
        return self._state(answer, self._data(answer, "read"))

    def _state(self, answer: Answer, data: Mapping[str, Any]) -> Pending | Done | Failed:
        status, units = text(data.get("task_status")), _units(data)
        if status not in {"succeed", "failed"}:
            hint = answer.poll_after_seconds
            return Pending(note=status, poll_after_seconds=self.poll_seconds if hint is None else hint)
        said = text(data.get("task_status_msg"))
        if status == "failed":
            kind = judge(Refusal(message=said), self.rules).kind
            return Failed(kind=kind, reason=self.transport.clean(said) or "no reason given", billed=units > 0)
        result = data.get("task_result")
        clips = objects(result.get("videos")) if isinstance(result, dict) else []
        url = next((text(clip.get("url")) for clip in clips if text(clip.get("url"))), "")
        if not url:
            return Failed(kind=FailureKind.UNKNOWN, reason="the job is done and has no clip", billed=units > 0)
        return Done(url=url, extra={"units": str(units)})

    async def find(
        self, request: VideoRequest, *, idempotency_key: str, since: datetime, others: frozenset[str] = frozenset()
    ) -> Ticket | None:
        """Ask for the task by our own id; see `VideoModel.find`.

        Raises:
            NotImplementedError: the start had no id of ours, or the answer is about another one.
        """
        adapted, warnings = self.adapt(request)
        path = _path(self.entry.model, adapted)
        if not idempotency_key:
            return await super().find(request, idempotency_key=idempotency_key, since=since, others=others)
        try:
            answer = await self.transport.get(f"v1/videos/{path}/{segment(idempotency_key)}")
            data = self._data(answer, "read")
        except ProviderError as error:
            if error.kind is FailureKind.LOST:
                return None
            raise
        info = data.get("task_info")
        if not isinstance(info, dict) or info.get("external_task_id") != idempotency_key:
            raise NotImplementedError(f"{self.transport.vendor} answers with another task")
        return self._ticket(adapted, Started(self._named(answer, data.get("task_id")), {"path": path}), warnings)

    def _data(self, answer: Answer, purpose: Any) -> dict[str, Any]:
        """Return what an answer is about.

        Raises:
            ProviderError: it says no, with HTTP 200 as well.
        """
        code = answer.fields.get("code")
        if code is not None and code != 0:
            said = Refusal(status=answer.status, code=str(code), message=text(answer.fields.get("message")))
            raise self.transport.refused(said, purpose)
        data = answer.fields.get("data")
        if not isinstance(data, dict) and purpose == "read":
            raise self.transport.refused(Refusal(answer.status, message="the answer tells of no task"), "read")
        return data if isinstance(data, dict) else {}


def _path(model: str, request: VideoRequest) -> str:
    """Return where a clip is asked for: each kind of input has a path of its own."""
    plain, image, several, omni = _PATHS
    if re.fullmatch(r"kling-(video-o1|.*omni)", model):
        return omni
    if request.first_frame or request.continues:
        return image
    return several if request.references else plain


def _mode(size: Size) -> str:
    return "std" if min(size.width, size.height) <= _STD_LINES else "pro"


def _shape(size: Size) -> str:
    shapes = {Fraction(16, 9): "16:9", Fraction(9, 16): "9:16", Fraction(1): "1:1"}
    return shapes[min(shapes, key=lambda shape: abs(shape - size.aspect))]


def _units(data: Mapping[str, Any]) -> Decimal:
    """Return the units that the job took from the account, 0 where it does not tell."""
    try:
        units = Decimal(str(data.get("final_unit_deduction") or 0))
    except InvalidOperation:
        return Decimal(0)
    return units if units.is_finite() else Decimal(0)


def auth_for(style: str, secret: SecretStr | None) -> Auth:
    """Return one key as a bearer, or two keys, `access:secret`, as a token signed anew for each call."""
    has_two = secret is not None and ":" in secret.get_secret_value()
    return signed(secret, _token) if style == "jwt" or (has_two and not style) else auth_of(style or "bearer", secret)


def _token(plain: str) -> str:
    access, _, secret = plain.partition(":")
    now = int(time.time())
    return jwt.encode({"iss": access, "exp": now + _TOKEN_SECONDS, "nbf": now - 5}, secret, algorithm="HS256")
