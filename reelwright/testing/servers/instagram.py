"""Instagram's content publishing as documented: container, resumable upload, status, publish, quota, media.

facts/publishing.md, section 3. Counts of a container's polls stand for the time that Instagram works on it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from reelwright.testing.servers.jobs import Job, Operation
from reelwright.testing.servers.meta import DAY, GraphRefused, MetaServer
from reelwright.testing.servers.strict import Reply

CONTAINER = {
    "media_type": "REELS",
    "upload_type": "resumable",
    "video_url": "url",
    "caption": "text",
    "share_to_feed": "bool",
    "cover_url": "url",
    "thumb_offset": "number",
    "audio_name": "text",
    "collaborators": "list",
    "trial_params": "map",
    "is_ai_generated": "bool",
}
STATUS_FIELDS = {"id", "status_code", "status", "video_status"}
MEDIA_FIELDS = {
    "id",
    "caption",
    "timestamp",
    "permalink",
    "media_product_type",
    "media_type",
    "is_ai_generated",
    "is_shared_to_feed",
    "shortcode",
    "username",
}
USER = "17841400000000001"
USER_FIELDS = {"id", "username", "name"}
MOST_CONTAINERS = 400


class InstagramServer(MetaServer):
    """The API. `Plan.outcome` of a container is a subcode such as `2207026`, or `done`."""

    upload_path = "/ig-api-upload/"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.quota_total = 50
        self.most_hashtags = 5
        self.blocks_but_publishes = False
        """Whether the next publish is answered with 4/2207051 though the post goes live (seen in the field)."""
        self.hides_status = False
        """Whether a published container can no longer be read."""

    def named(self, method: str, path: list[str], fields: Mapping[str, str]) -> Operation:
        """Name the end-point."""
        del fields
        match method, path:
            case "POST", [_, "media"]:
                return "container"
            case "POST", [_, "media_publish"]:
                return "publish"
            case "GET", ["me", "accounts"]:
                return "accounts"
            case "GET", [_, "content_publishing_limit"]:
                return "quota"
            case "GET", [_, "media"]:
                return "listing"
            case "GET", [name] if name in self.jobs:
                return "status"
            case "GET", [_]:
                return "node"
            case _:
                raise GraphRefused(2500, f"Unknown path components: /{'/'.join(path)}")

    def graph(self, operation: Operation, path: list[str], fields: dict[str, str]) -> Reply:
        """Do what the end-point does."""
        if operation == "accounts":
            if fields.get("fields") != "name,instagram_business_account{id,username}":
                raise GraphRefused(100, "(#100) Tried accessing nonexisting field")
            account = {"id": USER, "username": "bread_daily"}
            pages = [{"name": "Bread daily", "instagram_business_account": account}, {"name": "No Instagram"}]
            return Reply(200, {"data": pages})
        if len(path) == 2 and path[0] != USER:
            raise GraphRefused(10, "(#10) Application does not have permission for this action", status=403)
        match operation:
            case "container":
                return self._container(fields)
            case "publish":
                return self._publish(fields)
            case "status":
                return self._status(self.job_of(path[0]), fields)
            case "quota":
                return self._quota(fields)
            case "listing":
                return self._listing(fields)
            case _:
                return self._node(path[0], fields)

    def expire_containers(self) -> None:
        """Let a day pass: what is not published by then expires."""
        self.pass_time(DAY + 1)

    def _container(self, fields: dict[str, str]) -> Reply:
        self.check_fields(fields, CONTAINER)
        if "media_type" not in fields or ("upload_type" in fields) == ("video_url" in fields):
            raise GraphRefused(100, "(#100) media_type, and upload_type or video_url, are required", subcode=2207023)
        if "video_url" in fields:
            raise GraphRefused(9004, "The media could not be fetched from this URI.", subcode=2207052)
        caption = fields.get("caption", "")
        if len(caption) > 2200:
            raise GraphRefused(36004, "The caption was too long.", subcode=2207010)
        if len(re.findall(r"#\w+", caption)) > self.most_hashtags or len(re.findall(r"@\w", caption)) > 20:
            raise GraphRefused(100, "Too many tags for one media.", subcode=2207040)
        too_many = GraphRefused(4, "Application request limit reached", status=403)
        self.limit("containers", MOST_CONTAINERS, DAY, too_many)
        job, address = self.new_upload(fields)
        return Reply(200, {"id": job.id, "uri": address})

    def _code(self, job: Job) -> str:
        if self.post_of(job.id) is not None:
            return "PUBLISHED"
        if job.expired or self.now() - job.created_at > DAY:
            return "EXPIRED"
        if not job.asked.get("whole") or job.polls < job.plan.polls:
            return "IN_PROGRESS"
        return "FINISHED" if job.plan.outcome == "done" else "ERROR"

    def _status(self, job: Job, fields: Mapping[str, str]) -> Reply:
        names = self.asked_fields(fields, STATUS_FIELDS)
        if job.asked.get("whole"):
            job.polls += 1
        code = self._code(job)
        if self.hides_status and code == "PUBLISHED":
            self.job_of("0")
        have = len(self.bytes_of[job.id])
        words = {
            "ERROR": f"Error: Media upload has failed with error code {job.plan.outcome}",
            "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
            "IN_PROGRESS": "In Progress: Media is still being processed.",
            "PUBLISHED": "Published: Media has been already published.",
            "EXPIRED": "Expired: Media container was not published within 24 hours and it has expired.",
        }
        uploading = {"status": "complete" if job.asked.get("whole") else "in_progress", "bytes_transferred": have}
        told = {
            "id": job.id,
            "status_code": code,
            "status": words[code],
            "video_status": {
                "uploading_phase": uploading,
                "processing_phase": {"status": "complete" if code in {"FINISHED", "PUBLISHED"} else "not_started"},
            },
        }
        return Reply(200, {name: told[name] for name in dict.fromkeys([*names, "id"])})

    def _publish(self, fields: dict[str, str]) -> Reply:
        self.check_fields(fields, {"creation_id": "number"})
        job = self.jobs.get(fields.get("creation_id", ""))
        if job is None:
            raise GraphRefused(24, "The requested resource does not exist", subcode=2207006)
        code = self._code(job)
        if code == "EXPIRED":
            raise GraphRefused(24, "The media container has expired.", subcode=2207008)
        if code == "PUBLISHED":
            raise GraphRefused(24, "The media has already been published.", subcode=2207006)
        if code != "FINISHED":
            raise GraphRefused(9007, "The media is not ready for publishing, please wait a moment", subcode=2207027)
        if self._used() >= self.quota_total:
            message = "You reached maximum number of posts that is allowed to be published by Content Publishing API."
            raise GraphRefused(9, message, subcode=2207042)
        post = self.show(job, job.asked.get("caption", ""), **job.asked)
        if self.blocks_but_publishes:
            self.blocks_but_publishes = False
            raise GraphRefused(4, "We restrict certain activity to protect our community.", subcode=2207051)
        return Reply(200, {"id": post.id})

    def _used(self) -> int:
        return sum(post.at > self.now() - DAY for post in self.posts)

    def _quota(self, fields: Mapping[str, str]) -> Reply:
        names = self.asked_fields(fields, {"quota_usage", "config"})
        told = {"quota_usage": self._used(), "config": {"quota_total": self.quota_total, "quota_duration": int(DAY)}}
        return Reply(200, {"data": [{name: told[name] for name in names}]})

    def _listing(self, fields: Mapping[str, str]) -> Reply:
        """List the newest first, in pages."""
        names = self.asked_fields(fields, MEDIA_FIELDS)
        start, limit = int(fields.get("after", "0") or 0), min(int(fields.get("limit", "25")), 100)
        since = float(fields.get("since", "0"))
        newest = [post for post in reversed(self.posts) if post.at >= since]
        page = newest[start : start + limit]
        told: dict[str, Any] = {"data": [self._media(post.id, names) for post in page]}
        if start + limit < len(newest):
            told["paging"] = {"cursors": {"after": str(start + limit)}, "next": f"{self.base_url}/{USER}/media"}
        return Reply(200, told)

    def _media(self, number: str, names: list[str]) -> dict[str, Any]:
        post = next(post for post in self.posts if post.id == number)
        shortcode = f"C{int(post.id):x}"
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(post.at))
        told = {
            "id": post.id,
            "caption": post.text,
            "timestamp": stamp,
            "permalink": f"https://www.instagram.com/reel/{shortcode}/",
            "media_product_type": "REELS",
            "media_type": "VIDEO",
            "is_ai_generated": post.fields.get("is_ai_generated") == "true",
            "is_shared_to_feed": post.fields.get("share_to_feed", "true") == "true",
            "shortcode": shortcode,
            "username": "bread_daily",
        }
        return {name: told[name] for name in dict.fromkeys([*names, "id"])}

    def _node(self, name: str, fields: Mapping[str, str]) -> Reply:
        if name == USER:
            names = self.asked_fields(fields, USER_FIELDS)
            told = {"id": USER, "username": "bread_daily", "name": "Bread daily"}
            return Reply(200, {each: told[each] for each in names})
        if any(post.id == name for post in self.posts):
            return Reply(200, self._media(name, self.asked_fields(fields, MEDIA_FIELDS)))
        return Reply(200, {"id": self.job_of(name).id})
