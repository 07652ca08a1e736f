"""Veo on loopback, at both of its addresses, as google-genai 2.19.0 (Gemini API) and 3.4.0 (Vertex AI) say.

`python -m reelwright.testing.servers.veo --port 0 --state-file jobs.json` runs the Gemini API's as a process.
"""

from __future__ import annotations

import base64
import re
from typing import Any
from urllib.parse import unquote

import jwt

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.google_api import GoogleServer, base64_image, require_shape
from reelwright.testing.servers.jobs import KEY, Job, Operation
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema

LENGTHS = (4, 6, 8)
LINES = {"720p": 720, "1080p": 1080, "4k": 2160}

_IMAGE: dict[str, Any] = {
    "type": "object",
    "required": ["bytesBase64Encoded", "mimeType"],
    "additionalProperties": False,
    "properties": {"bytesBase64Encoded": {"type": "string"}, "mimeType": {"enum": ["image/png", "image/jpeg"]}},
}
_INSTANCE: dict[str, Any] = {
    "type": "object",
    "required": ["prompt"],
    "additionalProperties": False,
    "properties": {
        "prompt": {"type": "string", "minLength": 1},
        "image": _IMAGE,
        "lastFrame": _IMAGE,
        "referenceImages": {
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "items": {
                "type": "object",
                "required": ["image", "referenceType"],
                "additionalProperties": False,
                "properties": {"image": _IMAGE, "referenceType": {"enum": ["asset", "ASSET"]}},
            },
        },
    },
}
_PARAMETERS: dict[str, Any] = {
    "sampleCount": {"const": 1},
    "aspectRatio": {"enum": ["16:9", "9:16"]},
    "resolution": {"enum": list(LINES)},
    "durationSeconds": {"type": "integer", "enum": list(LENGTHS)},
    "personGeneration": {"enum": ["dont_allow", "allow_adult", "allow_all"]},
    "negativePrompt": {"type": "string"},
    "enhancePrompt": {"type": "boolean"},
}
_VERTEX_PARAMETERS: dict[str, Any] = {
    "seed": {"type": "integer", "minimum": 0, "maximum": 2**32 - 1},
    "generateAudio": {"type": "boolean"},
    "resizeMode": {"enum": ["crop", "pad"]},
    "compressionQuality": {"enum": ["optimized", "lossless"]},
}

REASONS = ["We encountered an issue with the audio for your prompt. Please try again. You will not be charged."]
FAILURES: dict[str, dict[str, Any]] = {
    "moderated": {"response": {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": REASONS}},
    "moderated, only counted": {"response": {"raiMediaFilteredCount": 1}},
    "moderated, as an error": {
        "error": {
            "code": 3,
            "message": "The prompt could not be submitted. It contains sensitive words that violate Google's "
            "Responsible AI practices. Support codes: 58061214",
        }
    },
    "invalid": {"error": {"code": 3, "message": "The number of instances is wrong."}},
    "crowded": {"error": {"code": 8, "message": "The service is currently receiving too many requests."}},
    "broken": {"error": {"code": 13, "message": "Video generation failed due to an internal server issue."}},
    "strange": {"response": {}},
}
"""How an operation can end without a clip: `error` is a google.rpc.Status."""


class VeoServer(GoogleServer):
    """Veo at the Gemini API."""

    base_path = "/v1beta"
    model = "veo-3.1-generate-preview"
    place = "models"
    """Where the model is; its operations are below it."""
    parameters = _PARAMETERS

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        path = call.path.removeprefix(f"{self.base_path}/")
        match call.method:
            case "POST" if re.fullmatch(r"models/[\w.-]+:predictLongRunning", path):
                return "create"
            case "GET" if re.fullmatch(r"models/[\w.-]+/operations/\w+", path):
                return "retrieve"
            case "GET" if re.fullmatch(r"files/\w+:download", path):
                return "content"
            case "GET" if path == "models":
                return "models"
        raise Refused(404, f"Unknown path {call.method} {call.path}")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        self.authenticate(call)
        path = unquote(call.path.removeprefix(f"{self.base_path}/"))
        match operation:
            case "create":
                return self.created_by(path, call.json)
            case "retrieve":
                return self.retrieved(path.rpartition("/")[2])
            case "content":
                job = self.job(path.removeprefix("files/").removesuffix(":download"))
                if call.query.get("alt") != "media" or not job.is_done or job.expired:
                    raise Refused(403, "You do not have permission to access the File or it may not exist.")
                return self.clip_reply(call, self.film(job))
        return Reply(200, {"models": [{"name": f"models/{self.model}"}]})

    def created_by(self, path: str, body: dict[str, Any]) -> Reply:
        """Accept a start."""
        model = path.removesuffix(":predictLongRunning")
        if model.rpartition("/")[2] != self.model:
            raise Refused(404, f"{model} is not found for API version v1beta, or is not supported.")
        job = self.new_job(self._asked(body), f"op{self.next_number():x}")
        return Reply(200, {"name": f"{model}/operations/{job.id}"})

    def retrieved(self, job_id: str) -> Reply:
        """Answer how a job stands."""
        job = self.job(job_id)
        job.polls += 1
        shown = {"name": f"{self.place}/{self.model}/operations/{job.id}"}
        if not job.has_ended:
            return Reply(200, shown)
        if job.is_done:
            return Reply(200, {**shown, "done": True, "response": self.wrapped(self.clips(job))})
        ended = FAILURES[job.plan.outcome]
        told = {"response": self.wrapped(ended["response"])} if "response" in ended else ended
        return Reply(200, {**shown, "done": True, **told})

    def wrapped(self, response: dict[str, Any]) -> dict[str, Any]:
        """Put a response where this address has it."""
        return {"generateVideoResponse": response}

    def clips(self, job: Job) -> dict[str, Any]:
        """Return a finished job's clips."""
        uri = f"{self.url}{self.base_path}/files/{job.id}:download?alt=media"
        return {"generatedSamples": [{"video": {"uri": uri}}]}

    def job(self, job_id: str) -> Job:
        """Return a job that is there.

        Raises:
            Refused: 404.
        """
        if job_id not in self.jobs:
            raise Refused(404, f"Operation {job_id} not found.")
        return self.jobs[job_id]

    def _asked(self, body: dict[str, Any]) -> dict[str, Any]:
        """Check every field of a create and return what is asked."""
        parameters = {"type": "object", "additionalProperties": False, "properties": self.parameters}
        instances = {"type": "array", "minItems": 1, "maxItems": 1, "items": _INSTANCE}
        properties = {"instances": instances, "parameters": parameters}
        require_schema(body, {"type": "object", "required": list(properties), "properties": properties}, {})
        instance = body["instances"][0]
        asked = {"aspectRatio": "16:9", "resolution": "720p", "durationSeconds": 8, **body["parameters"]}
        short = LINES[asked["resolution"]]
        wide, high = (short * 16 // 9, short) if asked["aspectRatio"] == "16:9" else (short, short * 16 // 9)
        size, first = f"{wide}x{high}", instance.get("image", {}).get("bytesBase64Encoded")
        self._check_pictures(instance, size)
        if ("referenceImages" in instance or short > 720) and asked["durationSeconds"] != 8:
            raise Refused(400, "durationSeconds must be 8 with reference images or a resolution above 720p.")
        told = {"prompt": instance["prompt"], "size": size, "seconds": asked["durationSeconds"]}
        return {**asked, **told, **opening_kept(base64.b64decode(first) if first else None)}

    def _check_pictures(self, instance: dict[str, Any], size: str) -> None:
        frames = [instance[name] for name in ("image", "lastFrame") if name in instance]
        references = [reference["image"] for reference in instance.get("referenceImages", ())]
        if frames and references:
            raise Refused(400, "Reference images are not supported together with frames.")
        if "lastFrame" in instance and "image" not in instance:
            raise Refused(400, "lastFrame needs an image.")
        for picture in (*frames, *references):
            data = base64_image(picture["bytesBase64Encoded"], picture["mimeType"], "instances[0]")
            if not references:
                require_shape(data, size)


class VertexVeoServer(VeoServer):
    """Veo at Vertex AI: under a project, the clips inside the answer."""

    base_path = "/v1"
    model = "veo-3.1-generate-001"
    parameters = _PARAMETERS | _VERTEX_PARAMETERS
    place = "projects/boats/locations/us-central1/publishers/google/models"
    public_key = ""
    """Of a service account whose tokens are taken too."""

    def authenticate(self, call: Call) -> None:
        """Refuse all but our access token and tokens that the service account signed."""
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if token == KEY:
            return
        try:
            claims = jwt.decode(token, self.public_key, ["RS256"], options={"require": ["exp", "iat"]})
        except (jwt.PyJWTError, ValueError):
            raise Refused(401, "Request had invalid authentication credentials.") from None
        if claims["iss"] != claims["sub"] or claims.get("scope") != "https://www.googleapis.com/auth/cloud-platform":
            raise Refused(401, "The token's claims are wrong.")

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        # google-genai asks for /v1beta1, the documentation for /v1.
        path = re.sub(r"^/v1(beta1)?/", "", call.path)
        if call.method == "POST" and path == f"{self.place}/{self.model}:fetchPredictOperation":
            return "retrieve"
        if call.method == "POST" and path.endswith(":predictLongRunning"):
            return "create"
        if call.method == "GET" and path.startswith("publishers/google/models/"):
            return "models"
        raise Refused(404, f"Unknown path {call.method} {call.path}")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        self.authenticate(call)
        if operation == "create":
            path = re.sub(r"^/v1(beta1)?/", "", call.path)
            if not path.startswith(f"{self.place}/"):
                raise Refused(403, "Permission denied on resource project.")
            return self.created_by(path, call.json)
        if operation == "models":
            return Reply(200, {"name": f"publishers/google/models/{self.model}"})
        require_schema(
            call.json, {"required": ["operationName"], "properties": {"operationName": {"type": "string"}}}, {}
        )
        return self.retrieved(call.json["operationName"].rpartition("/")[2])

    def retrieved(self, job_id: str) -> Reply:
        """Answer how a job stands; one whose clip has expired is no longer known."""
        if self.job(job_id).expired:
            raise Refused(404, f"Operation {job_id} not found.")
        return super().retrieved(job_id)

    def wrapped(self, response: dict[str, Any]) -> dict[str, Any]:
        """Vertex AI has it as it is."""
        return response

    def clips(self, job: Job) -> dict[str, Any]:
        """Return a finished job's clips, as base64."""
        data = base64.b64encode(self.film(job)).decode()
        return {"videos": [{"bytesBase64Encoded": data, "mimeType": "video/mp4"}]}


if __name__ == "__main__":
    VeoServer.main()
