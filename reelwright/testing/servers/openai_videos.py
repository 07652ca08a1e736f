"""OpenAI's Videos API on loopback, as its published specification and guide say.

`python -m reelwright.testing.servers.openai_videos --port 0 --state-file jobs.json --dialect openai` runs it as a
process; the other dialects stand in `reelwright.testing.servers.video_dialects`.
"""

from __future__ import annotations

import functools
import io
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import av
from PIL import Image
from ruamel.yaml import YAML

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.jobs import KEY, Job, JobServer, Operation
from reelwright.testing.servers.strict import Call, Part, Refused, Reply, require_schema
from reelwright.testing.servers.uploads import data_url_image, file_image

SIZES = {
    "sora-2": {"720x1280", "1280x720"},
    "sora-2-pro": {"720x1280", "1280x720", "1024x1792", "1792x1024"},
}

FAILURES: Mapping[str, dict[str, str]] = {
    "moderated": {"code": "moderation_blocked", "message": "Your request was blocked by our moderation system."},
    "broken": {"code": "server_error", "message": "The server had an error while generating the video."},
    "invalid": {"code": "invalid_request", "message": "The prompt could not be understood."},
    "strange": {"code": "weird_thing", "message": "An improbable thing happened."},
}
"""How a job can fail."""


@functools.cache
def schemas() -> dict[str, Any]:
    """The schemas of OpenAI's published document."""
    path = Path(__file__).parent / "specs" / "openai_videos.yaml"
    loaded: dict[str, Any] = YAML(typ="safe").load(path)
    return loaded


class OpenAIVideosServer(JobServer):
    """The Videos API of OpenAI."""

    dialect = "openai"
    base_path = "/v1"
    model = "sora-2"

    def __init__(self, port: int = 0, state_file: Path | None = None) -> None:
        super().__init__(port, state_file)
        self.characters: dict[str, dict[str, Any]] = {}
        self.shutdown_date: str | None = None
        self.poll_after_ms = "20"

    @property
    def base_url(self) -> str:
        """What a client is told."""
        return f"{self.url}{self.base_path}"

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        path = call.path.removeprefix(self.base_path).strip("/").split("/")
        match call.method, path:
            case "POST", ["videos"]:
                return "create"
            case "GET", ["videos"]:
                return "list"
            case "POST", ["videos", "edits" | "extensions" | "characters" as verb]:
                return str(verb)
            case "GET", ["videos", "characters", _]:
                return "character"
            case "POST", ["videos", _, "remix" | "cancel" as verb]:
                return str(verb)
            case "GET", ["videos", _, "content"]:
                return "content"
            case "GET", ["videos", _]:
                return "retrieve"
            case "DELETE", ["videos", _]:
                return "delete"
            case "GET", ["models"]:
                return "models"
            case _:
                raise Refused(404, f"Invalid URL ({call.method} {call.path})")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        self.authenticate(call)
        path = [unquote(part) for part in call.path.removeprefix(self.base_path).strip("/").split("/")]
        match operation:
            case "create":
                return self.accepted(self.read_create(call))
            case "edits" | "extensions":
                return self.accepted(self._changed(operation, call))
            case "list":
                return Reply(200, self.listed(call.query))
            case "models":
                return Reply(200, self.models())
            case "character" | "characters":
                known = self._known_character(path[-1]) if call.method == "GET" else self._new_character(call.parts)
                return Reply(200, known)
        return self._of_job(operation, self.job(path[1]), call)

    def _of_job(self, operation: Operation, job: Job, call: Call) -> Reply:
        match operation:
            case "retrieve":
                return self.retrieved(job)
            case "delete":
                return self.deleted(job)
            case "content":
                return self.content(job, call)
            case "remix":
                return self.accepted(self._remixed(job, call))
            case _:
                return self.cancelled(job)

    # What dialects do in their own way.

    def authenticate(self, call: Call) -> None:
        """Refuse a key that is not ours, quoting it half masked as OpenAI does."""
        given = call.headers.get("authorization", "")
        if given != f"Bearer {KEY}":
            key = given.removeprefix("Bearer ")
            masked = f"{key[:8]}{'*' * 8}{key[-4:]}"
            raise Refused(
                401,
                f"Incorrect API key provided: {masked}. You can find your API key in your account settings.",
                code="invalid_api_key",
                type="invalid_request_error",
            )

    def read_create(self, call: Call) -> dict[str, Any]:
        """Check every field of a create and return what is asked."""
        if call.headers.get("content-type", "").startswith("multipart/form-data"):
            body, image = self._form(call.parts)
        else:
            body = call.json
            image = self._image_of(body.get("input_reference"))
        schema = schemas()["CreateVideoJsonBody"]
        # `characters` stands in the guide of March 2026, not in the specification.
        require_schema({name: body[name] for name in body if name != "characters"}, schema, schemas())
        asked = {"model": "sora-2", "seconds": "4", "size": "720x1280", **body}
        if asked["model"] not in SIZES:
            raise Refused(
                404,
                f"The model `{asked['model']}` does not exist or you do not have access to it.",
                code="model_not_found",
                type="invalid_request_error",
            )
        if asked["size"] not in SIZES[asked["model"]]:
            raise Refused(400, f"Invalid size {asked['size']!r} for {asked['model']}.", param="size")
        self.check_image(image, asked["size"])
        self._check_characters(asked)
        return {**asked, "input_reference": image is not None, **opening_kept(image)}

    def show(self, job: Job) -> dict[str, Any]:
        """Return a job as the API shows it."""
        failed = job.has_ended and not job.is_done
        shown = {
            "id": job.id,
            "object": "video",
            "model": job.asked.get("model", self.model),
            "status": self.status(job),
            "progress": int(job.share * 100),
            "created_at": int(job.created_at),
            "completed_at": int(time.time()) if job.is_done else None,
            "expires_at": int(time.time()) + 3600 if job.is_done else None,
            "prompt": job.asked.get("prompt"),
            "size": job.plan.clip_size or job.asked["size"],
            "seconds": str(job.asked["seconds"]),
            "remixed_from_video_id": job.asked.get("remixed_from"),
            "error": self.failure(job) if failed else None,
        }
        require_schema(shown, schemas()["VideoResource"], schemas())
        return shown

    def status(self, job: Job) -> str:
        """Return the API's word for how a job stands."""
        if job.has_ended:
            return "completed" if job.is_done else "failed"
        return "in_progress" if job.polls > 1 else "queued"

    def failure(self, job: Job) -> Any:
        """Return the error of a job that failed."""
        return FAILURES[job.plan.outcome]

    def refusal(self, refused: Refused) -> Reply:
        """Return an error in OpenAI's shape."""
        error = {
            "message": refused.message,
            "type": refused.type or "invalid_request_error",
            "param": refused.param or None,
            "code": refused.code or None,
        }
        return Reply(refused.status, {"error": error})

    def new_id(self) -> str:
        """Return an id as the vendor makes them."""
        return f"video_{self.next_number():x}"

    def accepted(self, asked: Mapping[str, Any]) -> Reply:
        """Accept a start and answer it."""
        job = self.new_job(asked, self.new_id())
        return Reply(200, self.show(job), {"openai-poll-after-ms": self.poll_after_ms})

    def retrieved(self, job: Job) -> Reply:
        """Answer a retrieve."""
        job.polls += 1
        return Reply(200, self.show(job), {} if job.has_ended else {"openai-poll-after-ms": self.poll_after_ms})

    def content(self, job: Job, call: Call) -> Reply:
        """Answer with the clip or a preview of it."""
        if not job.is_done or job.expired:
            raise Refused(404, f"Video with id '{job.id}' has no content.", code="not_found")
        match call.query.get("variant", "video"):
            case "video":
                return self.clip_reply(call, self.film(job))
            case "thumbnail":
                return self.clip_reply(call, _picture("WEBP"), "image/webp")
            case "spritesheet":
                return self.clip_reply(call, _picture("JPEG"), "image/jpeg")
            case other:
                raise Refused(400, f"Invalid variant {other!r}.", param="variant")

    def deleted(self, job: Job) -> Reply:
        """Delete a job."""
        job.deleted = True
        del self.jobs[job.id]
        return Reply(200, {"id": job.id, "deleted": True, "object": "video.deleted"})

    def cancelled(self, job: Job) -> Reply:
        """OpenAI has no cancel."""
        raise Refused(404, f"Invalid URL (POST /v1/videos/{job.id}/cancel)")

    def listed(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return a page of the jobs."""
        limit = int(query.get("limit", 20))
        if not 0 <= limit <= 100 or query.get("order", "desc") not in {"asc", "desc"}:
            raise Refused(400, "Invalid value for 'limit' or 'order'.")
        jobs = sorted(self.jobs.values(), key=lambda job: job.created_at, reverse=query.get("order", "desc") == "desc")
        after = query.get("after")
        if after is not None:
            jobs = jobs[[job.id for job in jobs].index(after) + 1 :]
        page = jobs[:limit]
        ids: list[str | None] = [job.id for job in page] or [None]
        shown = [self.show(job) for job in page]
        return {
            "object": "list", "data": shown, "first_id": ids[0], "last_id": ids[-1], "has_more": len(jobs) > limit,
        }  # fmt: skip

    def models(self) -> dict[str, Any]:
        """Return the list of models."""
        one = {"object": "model", "created": 1759708800, "owned_by": "system", "shutdown_date": self.shutdown_date}
        return {"object": "list", "data": [{"id": name, **one} for name in SIZES]}

    def job(self, job_id: str) -> Job:
        """Return a job that is there.

        Raises:
            Refused: 404.
        """
        if job_id not in self.jobs:
            raise Refused(404, f"Video with id '{job_id}' not found.", code="not_found")
        return self.jobs[job_id]

    def check_image(self, image: bytes | None, size: str) -> None:
        """Refuse a start frame of another size than the clip."""
        if image is None:
            return
        with Image.open(io.BytesIO(image)) as picture:
            if f"{picture.width}x{picture.height}" != size:
                raise Refused(400, "Inpaint image must match the requested width and height")

    # Forms, pictures, characters.

    def _form(self, parts: list[Part]) -> tuple[dict[str, Any], bytes | None]:
        names = [part.name for part in parts]
        if len(set(names)) != len(names):
            raise Refused(400, "A field was sent twice.")
        fields: dict[str, Any] = {part.name: part.text for part in parts if not part.filename}
        image = next((part for part in parts if part.name == "input_reference" and part.filename), None)
        return fields, file_image(image) if image is not None else None

    def _image_of(self, reference: object) -> bytes | None:
        if reference is None:
            return None
        if not isinstance(reference, dict) or len(reference) != 1:
            raise Refused(400, "Provide exactly one of image_url or file_id.", param="input_reference")
        return data_url_image(reference.get("image_url", ""))

    def _known_character(self, named: str) -> dict[str, Any]:
        if named not in self.characters:
            raise Refused(404, f"Character '{named}' not found.")
        return self.characters[named]

    def _new_character(self, parts: list[Part]) -> dict[str, Any]:
        fields = {part.name: part for part in parts}
        if set(fields) != {"name", "video"} or not fields["video"].filename:
            raise Refused(400, "Send 'name' and the file 'video'.")
        require_schema(
            {"name": fields["name"].text, "video": "bytes"}, schemas()["CreateVideoCharacterBody"], schemas()
        )
        with av.open(io.BytesIO(fields["video"].data), "r") as container:
            stream = container.streams.video[0]
            seconds = float((container.duration or 0) / av.time_base)
            if not 2 <= seconds <= 4 or min(stream.width, stream.height) < 720:
                raise Refused(400, f"The character's clip has {seconds} s and {stream.width}x{stream.height}.")
        made: dict[str, Any] = {
            "id": f"char_{self.next_number():x}",
            "name": fields["name"].text,
            "created_at": int(time.time()),
        }
        self.characters[made["id"]] = made
        return made

    def _check_characters(self, asked: Mapping[str, Any]) -> None:
        given = asked.get("characters", [])
        if len(given) > 2:
            raise Refused(400, "At most two characters.", param="characters")
        for reference in given:
            known = self.characters.get(reference.get("id", ""))
            if known is None or known["name"] not in asked["prompt"]:
                raise Refused(400, "A character is not known, or not named in the prompt.", param="characters")

    def _remixed(self, job: Job, call: Call) -> dict[str, Any]:
        require_schema(call.json, schemas()["CreateVideoRemixBody"], schemas())
        return {**job.asked, "prompt": call.json["prompt"], "remixed_from": job.id}

    def _changed(self, operation: Operation, call: Call) -> dict[str, Any]:
        kind = {"edits": "Edit", "extensions": "Extend"}[operation]
        if call.headers.get("content-type", "").startswith("multipart/form-data"):
            fields = {part.name: part for part in call.parts}
            if not fields["video"].filename or fields["video"].media_type != "video/mp4":
                raise Refused(400, "The video must be an MP4 file.", param="video")
            body = {name: part.text for name, part in fields.items() if name != "video"}
            require_schema(
                {"video": "bytes", **{name: value for name, value in body.items() if name != "model"}},
                schemas()[f"CreateVideo{kind}MultipartBody"],
                schemas(),
            )
            return {"size": "720x1280", "seconds": "4", **body}
        body = call.json
        require_schema(body, schemas()[f"CreateVideo{kind}JsonBody"], schemas())
        source = self.job(body["video"]["id"])
        seconds = int(source.asked["seconds"]) + int(body.get("seconds", 0))
        return {**source.asked, "prompt": body["prompt"], "seconds": str(seconds), "remixed_from": source.id}


@functools.cache
def _picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (72, 128), "#345678").save(buffer, kind)
    return buffer.getvalue()


if __name__ == "__main__":
    from reelwright.testing.servers.video_dialects import serve_named

    serve_named()
