"""Facebook's Reels publishing as documented: start, upload, finish, status (facts/publishing.md, section 3)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from reelwright.testing.servers.jobs import Job, Operation
from reelwright.testing.servers.meta import DAY, GraphRefused, MetaServer
from reelwright.testing.servers.strict import Call, Reply

PAGE = "104595038485033"
FINISH = {
    "upload_phase": "finish",
    "video_id": "number",
    "video_state": "PUBLISHED|SCHEDULED|DRAFT",
    "description": "text",
    "title": "text",
    "scheduled_publish_time": "number",
    "is_ai_generated": "bool",
}
VIDEO_FIELDS = {"id", "status", "permalink_url", "description", "published", "created_time"}
POST_FIELDS = {"id", "message", "created_time", "permalink_url"}
MOST_REELS = 30
SOONEST_SECONDS, LATEST_SECONDS = 600, 29 * 86_400


class FacebookServer(MetaServer):
    """The API. `Plan.outcome` is `done`, or the words with which a phase fails: `processing: too short`."""

    upload_path = "/video-upload/"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.misses_upload = 0
        """How often a finish that is right says that the upload is missing (seen in the field)."""
        self.lags = 0
        """How many looks after a finish still show none of it."""

    @property
    def access_token(self) -> str:
        """The Page's own token, which the person's opens."""
        return f"{self.person_token}PAGE"

    def check_token(self, token: str, call: Call) -> None:
        """Take the person's token for reading who they are and which Pages they have, and nowhere else."""
        if token == self.person_token and not self.is_revoked:
            if call.method == "GET" and call.path.endswith((f"/{PAGE}", "/me", "/me/accounts")):
                return
            raise GraphRefused(210, "(#210) A page access token is required to request this resource.", status=403)
        super().check_token(token, call)

    def named(self, method: str, path: list[str], fields: Mapping[str, str]) -> Operation:
        """Name the end-point."""
        match method, path:
            case "POST", [_, "video_reels"]:
                phase = fields.get("upload_phase", "").lower()
                return phase if phase in {"start", "finish"} else "start"
            case "GET", [_, "published_posts"]:
                return "listing"
            case "GET", ["me", "accounts"]:
                return "accounts"
            case "GET", [name] if name in self.jobs:
                return "status"
            case "GET", [_]:
                return "node"
            case _:
                raise GraphRefused(2500, f"Unknown path components: /{'/'.join(path)}")

    def graph(self, operation: Operation, path: list[str], fields: dict[str, str]) -> Reply:
        """Do what the end-point does."""
        if len(path) == 2 and path[0] not in {PAGE, "me"}:
            raise GraphRefused(200, "(#200) You do not have sufficient permissions on this page", status=403)
        match operation:
            case "start":
                self.check_fields(fields, {"upload_phase": "start"})
                if not fields:
                    raise GraphRefused(100, "(#100) The parameter upload_phase is required")
                job, address = self.new_upload({})
                return Reply(200, {"video_id": job.id, "upload_url": address})
            case "finish":
                return self._finish(fields)
            case "status":
                return self._status(self.job_of(path[0]), fields)
            case "listing":
                return self._listing(fields)
            case _:
                if path[0] not in {PAGE, "me"}:
                    self.job_of(path[0])
                names = self.asked_fields(fields, {"id", "name", "access_token"})
                node = {"id": PAGE, "name": "Bread daily", "access_token": self.access_token}
                shown = {name: node[name] for name in names}
                return Reply(200, {"data": [shown]} if operation == "accounts" else shown)

    def release_due(self) -> None:
        """Publish what was scheduled and is due by the platform's clock."""
        for job in self.jobs.values():
            due = job.asked.get("state") == "SCHEDULED" and int(job.asked["scheduled_publish_time"]) <= self.now()
            if due and self.post_of(job.id) is None:
                self.show(job, job.asked.get("description", ""), **job.asked)

    def settle(self) -> None:
        """Let the platform finish what it was asked for, though nobody looks."""
        for job in self.jobs.values():
            if job.asked.get("state") == "PUBLISHED" and job.plan.outcome == "done" and self.post_of(job.id) is None:
                self.show(job, job.asked.get("description", ""), **job.asked)

    def _finish(self, fields: dict[str, str]) -> Reply:
        self.check_fields({**fields, "upload_phase": fields["upload_phase"].lower()}, FINISH)
        if not {"video_id", "video_state"} <= set(fields):
            raise GraphRefused(100, "(#100) video_id and video_state are required")
        job = self.job_of(fields["video_id"])
        if not job.asked.get("whole") or self.misses_upload > 0:
            self.misses_upload -= 1
            message = "There was a problem uploading your video file. Video Upload Is Missing"
            raise GraphRefused(6000, message, subcode=1363130)
        if "state" in job.asked:
            raise GraphRefused(6000, "This video is published already.", subcode=1363128)
        moment = fields.get("scheduled_publish_time")
        if (fields["video_state"] == "SCHEDULED") != (moment is not None):
            raise GraphRefused(100, "(#100) scheduled_publish_time goes with SCHEDULED")
        if moment and not SOONEST_SECONDS <= int(moment) - self.now() <= LATEST_SECONDS:
            raise GraphRefused(100, "(#100) scheduled_publish_time must be 10 minutes to 29 days ahead")
        reached = GraphRefused(4, "(#4) The limit of reels published by API within 24 hours is reached", status=403)
        self.limit("reels", MOST_REELS, DAY, reached)
        job.asked |= {**fields, "state": fields["video_state"]}
        return Reply(200, {"success": True, "post_id": f"{PAGE}_{job.id}"})

    def _status(self, job: Job, fields: Mapping[str, str]) -> Reply:
        names = self.asked_fields(fields, VIDEO_FIELDS)
        if "state" in job.asked:
            job.polls += 1
        post = self.post_of(job.id)
        told: dict[str, Any] = {
            "id": job.id,
            "status": self._phases(job),
            "permalink_url": f"/reel/{job.id}/",
            "description": job.asked.get("description", ""),
            "published": (post or self.post_of(job.id)) is not None,
            "created_time": _stamp(job.created_at),
        }
        return Reply(200, {name: told[name] for name in dict.fromkeys([*names, "id"])})

    def _phases(self, job: Job) -> dict[str, Any]:
        have, whole = len(self.bytes_of[job.id]), bool(job.asked.get("whole"))
        uploading = {"status": "complete" if whole else "in_progress", "bytes_transferred": have}
        if not whole:
            gone = job.expired or self.now() - job.created_at > DAY
            status, processing, publishing = "expired" if gone else "uploading", "not_started", "not_started"
            return _told(status, uploading, processing, publishing)
        if "state" not in job.asked or job.polls <= self.lags:
            gone = job.expired or self.now() - job.created_at > DAY
            return _told("expired" if gone else "upload_complete", uploading, "not_started", "not_started")
        if job.polls < job.plan.polls:
            return _told("processing", uploading, "in_progress", "not_started")
        phase, _, words = job.plan.outcome.partition(": ")
        if words:
            told = _told("error", uploading, "complete", "not_started")
            told[f"{phase}_phase"] |= {"status": "error", "errors": [{"code": 1363008, "message": words}]}
            return told
        if job.asked["state"] == "SCHEDULED" and self.post_of(job.id) is None:
            told = _told("ready", uploading, "complete", "not_started")
            moment = _stamp(float(job.asked["scheduled_publish_time"]))
            told["publishing_phase"] |= {"publish_status": "scheduled", "publish_time": moment}
            return told
        post = self.post_of(job.id) or self.show(job, job.asked.get("description", ""), **job.asked)
        told = _told("ready", uploading, "complete", "complete")
        told["publishing_phase"] |= {"publish_status": "published", "publish_time": _stamp(post.at)}
        return told

    def _listing(self, fields: Mapping[str, str]) -> Reply:
        names = self.asked_fields(fields, POST_FIELDS)
        since = float(fields.get("since", "0"))
        newest = [post for post in reversed(self.posts) if post.at >= since][: int(fields.get("limit", "25"))]
        shown = [
            {
                "id": f"{PAGE}_{post.job}",
                "message": post.text,
                "created_time": _stamp(post.at),
                "permalink_url": f"https://www.facebook.com/reel/{post.job}/",
            }
            for post in newest
        ]
        return Reply(200, {"data": [{name: post[name] for name in dict.fromkeys([*names, "id"])} for post in shown]})


def _told(status: str, uploading: dict[str, Any], processing: str, publishing: str) -> dict[str, Any]:
    return {
        "video_status": status,
        "uploading_phase": uploading,
        "processing_phase": {"status": processing},
        "publishing_phase": {"status": publishing},
    }


def _stamp(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(moment))
