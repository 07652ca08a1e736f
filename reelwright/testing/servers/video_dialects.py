"""Those who serve `/v1/videos` in their own way, each as strict as its own code and documents of 2026 say."""

from __future__ import annotations

import argparse
import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.jobs import KEY, Job
from reelwright.testing.servers.openai_videos import FAILURES, OpenAIVideosServer
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema
from reelwright.testing.servers.uploads import data_url_image, file_image, json_of

_WHOLE, _NUMBER, _TRUTH = r"[1-9]\d*", r"\d+(\.\d+)?", r"true|false"
_FORM_FIELDS = {
    "prompt": r"(?s).+", "model": r".+", "seconds": _WHOLE, "size": r"\d+x\d+", "width": _WHOLE, "height": _WHOLE,
    "num_frames": _WHOLE, "fps": _WHOLE, "seed": r"\d+", "negative_prompt": r"(?s).*", "num_inference_steps": _WHOLE,
    "guidance_scale": _NUMBER, "flow_shift": _NUMBER, "generate_sound": _TRUTH, "image_reference": r"(?s)\{.*\}",
    "extra_params": r"(?s)\{.*\}", "lora": r"(?s)\{.*\}", "user": r".+",
}  # fmt: skip
"""vLLM-Omni's form fields and what they must look like."""


class _FastApi(OpenAIVideosServer):
    """A server whose errors are FastAPI's, and which wants no key."""

    def authenticate(self, call: Call) -> None:
        """A self-hosted server takes any key, or none."""

    def refusal(self, refused: Refused) -> Reply:
        """Return an error as FastAPI does."""
        if refused.status == 422:
            where = ["body", *refused.param.split(".")] if refused.param else ["body"]
            return Reply(422, {"detail": [{"type": "value_error", "loc": where, "msg": refused.message}]})
        return Reply(refused.status, {"detail": refused.message})


class VllmOmniServer(_FastApi):
    """vLLM-Omni: multipart only; a failed job is answered with its own HTTP status; the jobs are in memory."""

    dialect = "vllm-omni"
    model = "Wan-AI/Wan2.2-T2V-A14B-Diffusers"

    def read_create(self, call: Call) -> dict[str, Any]:
        """Check a form."""
        if not call.headers.get("content-type", "").startswith("multipart/form-data"):
            raise Refused(422, "Field required", param="prompt")
        fields = {part.name: part for part in call.parts}
        texts = {name: part.text for name, part in fields.items() if not part.filename}
        for name, text in texts.items():
            if not re.fullmatch(_FORM_FIELDS.get(name, r"(?!)"), text):
                raise Refused(422, f"Input should be valid, not {text[:40]!r}", param=name)
        if "prompt" not in texts:
            raise Refused(422, "Field required", param="prompt")
        if texts.get("model", self.model) != self.model:
            raise Refused(400, f"Model mismatch: request has {texts['model']!r}, the server serves {self.model!r}.")
        upload = fields.get("input_reference")
        if upload is not None and "image_reference" in texts:
            raise Refused(400, "Do not combine input_reference with image_reference.")
        image = file_image(upload) if upload is not None else None
        if "image_reference" in texts:
            image = data_url_image(json_of(texts["image_reference"], "image_reference").get("image_url", ""))
        told = {"size": "720x1280", "seconds": "4", "model": self.model, **texts}
        return {**told, "input_reference": image is not None, **opening_kept(image)}

    def new_id(self) -> str:
        """An id of vLLM-Omni."""
        return f"video_gen_{self.next_number():032x}"

    def show(self, job: Job) -> dict[str, Any]:
        """Return a job with the extra fields."""
        status = self.status(job)
        return {
            "id": job.id, "object": "video", "model": self.model, "prompt": job.asked["prompt"], "status": status,
            "progress": int(job.share * 100), "created_at": int(job.created_at), "completed_at": None,
            "expires_at": None, "size": job.asked["size"], "seconds": job.asked["seconds"], "quality": "default",
            "remixed_from_video_id": None, "error": self.failure(job) if status == "failed" else None,
            "media_type": "video/mp4", "file_name": None, "inference_time_s": None, "peak_memory_mb": 0.0,
        }  # fmt: skip

    def failure(self, job: Job) -> Any:
        """Codes may be numbers."""
        codes = {"moderated": 400, "invalid": 422, "broken": 500, "strange": "weird_thing"}
        return {"code": codes[job.plan.outcome], "message": FAILURES[job.plan.outcome]["message"]}

    def retrieved(self, job: Job) -> Reply:
        """Answer a failed job with the status of its failure."""
        reply = super().retrieved(job)
        code = self.failure(job)["code"] if job.has_ended and not job.is_done else 200
        return Reply(code if isinstance(code, int) else 500, reply.json)

    def content(self, job: Job, call: Call) -> Reply:
        """The clip, or why there is none."""
        if not job.has_ended:
            raise Refused(404, "Generation is still in-progress")
        if not job.is_done:
            raise Refused(422, "Video generation failed")
        if job.expired:
            raise Refused(404, "Generated video file not found")
        return self.clip_reply(call, self.film(job))

    def models(self) -> dict[str, Any]:
        """The one model."""
        return {"object": "list", "data": [{"id": self.model, "object": "model", "owned_by": "vllm"}]}


class SglangServer(_FastApi):
    """SGLang: JSON, or multipart that must carry a file; the list tells no prompts; POST cancels."""

    dialect = "sglang"
    model = "Wan-AI/Wan2.1-T2V-1.3B-Diffusers"
    fields = frozenset({
        "prompt", "model", "seconds", "size", "fps", "num_frames", "seed", "negative_prompt", "reference_url",
        "input_reference", "num_inference_steps", "guidance_scale", "output_quality",
    })  # fmt: skip

    def read_create(self, call: Call) -> dict[str, Any]:
        """Check a body."""
        if call.headers.get("content-type", "").startswith("multipart/form-data"):
            parts = {part.name: part for part in call.parts}
            if "input_reference" not in parts or not parts["input_reference"].filename:
                raise Refused(400, "input_reference file is required")
            opening = opening_kept(file_image(parts["input_reference"]))
            body: dict[str, Any] = {
                name: part.text for name, part in parts.items() if name not in {"input_reference", "extra_body"}
            }
            if "extra_body" in parts:
                body |= json_of(parts["extra_body"].text, "extra_body")
            body["seconds"] = int(body.get("seconds", "4"))
        else:
            opening, body = {}, call.json
        unknown = set(body) - self.fields
        if unknown or not body.get("prompt") or not isinstance(body.get("seconds", 4), int):
            raise Refused(400, f"Invalid request body: {sorted(unknown)}, seconds {body.get('seconds')!r}")
        return {"size": "720x1280", "seconds": 4, **body, **opening}

    def new_id(self) -> str:
        """An id of SGLang."""
        return f"{self.next_number():032x}"

    def show(self, job: Job) -> dict[str, Any]:
        """Return a job; no prompt, and a model that may be none of ours."""
        status = "cancelled" if job.cancelled else self.status(job)
        return {
            "id": job.id, "object": "video", "model": job.asked.get("model", "sora-2"), "status": status,
            "progress": int(job.share * 100), "created_at": int(job.created_at), "size": job.asked["size"],
            "seconds": str(job.asked["seconds"]), "quality": "standard", "url": None,
            "error": {"message": FAILURES[job.plan.outcome]["message"]} if status == "failed" else None,
        }  # fmt: skip

    def cancelled(self, job: Job) -> Reply:
        """Stop a job at its next step."""
        shown = self.show(job)
        job.cancelled = True
        return Reply(200, {**shown, "status": "cancelling"})

    def listed(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return all jobs: no first and last id, nothing of more pages."""
        return {"object": "list", "data": super().listed(query)["data"]}

    def models(self) -> dict[str, Any]:
        """The one model."""
        return {"object": "list", "data": [{"id": self.model, "object": "model", "owned_by": "sglang"}]}


class LiteLlmServer(OpenAIVideosServer):
    """LiteLLM's proxy: ids that name the deployment, a status of its own, a list that must be told a provider."""

    dialect = "litellm"

    def new_id(self) -> str:
        """An id that leads back to the deployment."""
        inner = f"litellm:custom_llm_provider:openai;model_id:abc;video_id:video_{self.next_number():x}"
        return "video_" + base64.b64encode(inner.encode()).decode()

    def status(self, job: Job) -> str:
        """One status is LiteLLM's own."""
        return super().status(job).replace("queued", "processing")

    def show(self, job: Job) -> dict[str, Any]:
        """Return a job with LiteLLM's usage; its cost is counted from what was asked for."""
        shown = {"id": job.id, "object": "video", "status": self.status(job), "created_at": int(job.created_at)}
        failed = shown["status"] == "failed"
        return {
            **shown, "model": job.asked["model"], "progress": job.share * 100, "seconds": job.asked["seconds"],
            "size": job.asked["size"], "error": self.failure(job) if failed else None,
            "usage": {"duration_seconds": float(job.asked["seconds"])},
        }  # fmt: skip

    def content(self, job: Job, call: Call) -> Reply:
        """Gemini behind it: a filtered clip is completed, and the content crashes."""
        if job.asked["prompt"].startswith("filtered"):
            raise Refused(500, "GeminiError: no generatedSamples; raiMediaFilteredReasons: ['violence']")
        return super().content(job, call)

    def serve(self, operation: str, call: Call) -> Reply:
        """Say who it is with every answer."""
        if operation == "list" and "custom_llm_provider" not in call.query:
            raise Refused(400, "custom_llm_provider is required")
        reply = super().serve(operation, call)
        headers = {**reply.headers, "x-litellm-version": "1.93.0"}
        return Reply(reply.status, reply.json, headers, reply.body, reply.media_type)


_DATA_IMAGE = {
    "type": "object",
    "required": ["type", "image_url"],
    "properties": {
        "type": {"const": "image_url"},
        "image_url": {"type": "object", "required": ["url"], "properties": {"url": {"pattern": "^data:image/"}}},
        "frame_type": {"enum": ["first_frame", "last_frame"]},
    },
    "additionalProperties": False,
}
_OPENROUTER = {
    "type": "object",
    "required": ["model", "prompt"],
    "properties": {
        "model": {"type": "string"}, "prompt": {"type": "string"}, "duration": {"type": "integer"},
        "size": {"type": "string", "pattern": r"^\d+x\d+$"}, "seed": {"type": "integer"},
        "resolution": {"enum": ["480p", "720p", "768p", "1080p", "1K", "2K", "4K"]},
        "aspect_ratio": {"enum": ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "9:21"]},
        "generate_audio": {"type": "boolean"}, "frame_images": {"type": "array", "items": _DATA_IMAGE},
        "input_references": {"type": "array", "items": _DATA_IMAGE},
        "provider": {"type": "object"}, "callback_url": {"type": "string", "pattern": "^https://"},
    },
}  # fmt: skip


class OpenRouterServer(OpenAIVideosServer):
    """OpenRouter: JSON only, `duration`, frames in a list, errors as text, the cost in the answer."""

    dialect = "openrouter"
    base_path = "/api/v1"
    cost = 0.42

    def read_create(self, call: Call) -> dict[str, Any]:
        """Check a body."""
        body = call.json
        require_schema(body, _OPENROUTER, {})
        for frame in body.get("frame_images", []):
            if "frame_type" not in frame:
                raise Refused(400, "Each image must specify a frame_type.")
            self.check_image(data_url_image(frame["image_url"]["url"]), body["size"])
        first = [frame for frame in body.get("frame_images", []) if frame["frame_type"] == "first_frame"]
        opening = opening_kept(data_url_image(first[0]["image_url"]["url"]) if first else None)
        size = body.get("size") or {"9:16": "720x1280", "16:9": "1280x720"}[body["aspect_ratio"]]
        return {**body, "frame_images": None, "size": size, "seconds": body.get("duration", 4), **opening}

    def new_id(self) -> str:
        """An id of OpenRouter."""
        return f"gen-vid-{self.next_number()}-abcdefghij0123456789"

    def show(self, job: Job) -> dict[str, Any]:
        """Return a job: few fields, the error a text."""
        status = {"queued": "pending"}.get(self.status(job), self.status(job))
        shown: dict[str, Any] = {"id": job.id, "polling_url": f"{self.base_path}/videos/{job.id}", "status": status}
        if job.has_ended:
            shown |= {"generation_id": f"gen-{job.id}", "usage": {"cost": self.cost if job.is_done else 0}}
        if job.is_done:
            return shown | {"unsigned_urls": [f"{self.base_url}/videos/{job.id}/content?index=0"]}
        return shown | ({"error": FAILURES[job.plan.outcome]["message"]} if status == "failed" else {})

    def accepted(self, asked: Mapping[str, Any]) -> Reply:
        """Answer 202."""
        return Reply(202, super().accepted(asked).json)

    def content(self, job: Job, call: Call) -> Reply:
        """The clip, by its index."""
        if call.query.get("index") != "0":
            raise Refused(400, "index is required")
        return super().content(job, call)

    def refusal(self, refused: Refused) -> Reply:
        """Codes are the HTTP status."""
        return Reply(refused.status, {"error": {"code": refused.status, "message": refused.message}})


class AzureServer(OpenAIVideosServer):
    """Azure OpenAI: the same schema, the key in a header of its own."""

    dialect = "azure"
    base_path = "/openai/v1"

    def authenticate(self, call: Call) -> None:
        """Take `api-key`."""
        if call.headers.get("api-key") != KEY or "authorization" in call.headers:
            raise Refused(401, "Access denied due to invalid subscription key.", code="401")


class DynamoServer(_FastApi):
    """NVIDIA Dynamo: the create answers with the finished clip; text only."""

    dialect = "dynamo"

    def read_create(self, call: Call) -> dict[str, Any]:
        """Check a body."""
        body: dict[str, Any] = call.json
        known = {"model", "prompt", "seconds", "size", "response_format", "nvext"}
        extras = {"fps", "num_frames", "negative_prompt", "num_inference_steps", "guidance_scale", "seed"}
        if set(body) - known or set(body.get("nvext", {})) - extras:
            raise Refused(400, f"unknown fields in {json.dumps(body)[:200]}")
        return body

    def accepted(self, asked: Mapping[str, Any]) -> Reply:
        """Make the clip at once."""
        job = self.new_job(asked, self.new_id())
        if job.plan.outcome != "done":
            raise Refused(500, FAILURES[job.plan.outcome]["message"])
        clip = base64.b64encode(self.film(job)).decode()
        shown = {"id": job.id, "object": "video", "status": "completed", "created": int(job.created_at)}
        return Reply(200, {**shown, "model": asked.get("model"), "data": [{"b64_json": clip}]})


class GatewayServer(OpenAIVideosServer):
    """A small gateway: seconds are a number, errors are text, the status is one of its own, no list."""

    dialect = "gateway"

    def read_create(self, call: Call) -> dict[str, Any]:
        """Check a body: as OpenAI's, but the length is a number."""
        if call.headers.get("content-type", "").startswith("multipart/form-data"):
            return super().read_create(call)
        body = call.json
        if not isinstance(body.get("seconds"), int):
            raise Refused(400, "seconds must be an integer")
        return {"size": "720x1280", **body}

    def show(self, job: Job) -> dict[str, Any]:
        """Return as little as a gateway may."""
        status = "hatching" if not job.has_ended else self.status(job)
        failed = status == "failed"
        return {"id": job.id, "status": status, "error": FAILURES[job.plan.outcome]["message"] if failed else None}

    def serve(self, operation: str, call: Call) -> Reply:
        """It has neither a list nor models."""
        if operation in {"list", "models"}:
            raise Refused(404, "not found")
        return super().serve(operation, call)

    def refusal(self, refused: Refused) -> Reply:
        """An error is a text."""
        return Reply(refused.status, {"error": refused.message, "code": refused.code or None})


DIALECTS: Mapping[str, type[OpenAIVideosServer]] = {
    server.dialect: server
    for server in (
        OpenAIVideosServer, AzureServer, VllmOmniServer, SglangServer, LiteLlmServer, OpenRouterServer, DynamoServer,
        GatewayServer,
    )
}  # fmt: skip


def serve_named() -> None:
    """Run the server whose dialect the command line names."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--dialect", default="openai", choices=DIALECTS)
    chosen, _ = parser.parse_known_args()
    DIALECTS[chosen.dialect].main()


if __name__ == "__main__":
    serve_named()
