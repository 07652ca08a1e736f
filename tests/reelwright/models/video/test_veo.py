"""`veo` on the wire, at both of its addresses; blocks in disguise; service accounts; Google's SDK as witness."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google import genai
from google.genai import types
from google.oauth2.credentials import Credentials
from support.google_harnesses import VEO, VERTEX_VEO
from support.wire import sent, start, start_at

from reelwright.catalogue import Catalogue
from reelwright.errors import FailureKind, InvalidInput, RecipeError
from reelwright.models.video.contract import Done, Failed, Reference, VideoModel
from reelwright.studio import Studio
from reelwright.testing.servers.clips import keep_opening, small_clip
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.veo import REASONS, VertexVeoServer
from reelwright.testing.suite import KEY_NAME
from reelwright.testing.video import VideoHarness, finished, picture, with_model
from reelwright.values import Size

IMAGE = {"bytesBase64Encoded": "<bytes>", "mimeType": "image/png"}


@pytest.fixture(scope="module")
def service_account() -> dict[str, str]:
    """A service account's key, as Google Cloud hands it out."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    public = private.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {
        "type": "service_account",
        "project_id": "boats",
        "private_key_id": "5eaf00d",
        "private_key": private.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain).decode(),
        "client_email": "maker@boats.iam.gserviceaccount.com",
        "public": public.decode(),
    }


def test_frames_stand_among_the_instances(studio: Studio) -> None:
    """The first and the last frame beside the prompt, everything else among the parameters, lengths as numbers."""
    wish = VEO.request(
        first_frame=picture(studio), last_frame=picture(studio, 400, 400), negative_prompt="text", seconds="4.5"
    )
    body, ticket = start_at(VEO, studio, wish)
    assert body == {
        "instances": [{"prompt": "A paper boat drifts down a rain gutter.", "image": IMAGE, "lastFrame": IMAGE}],
        "parameters": {
            "sampleCount": 1,
            "aspectRatio": "9:16",
            "resolution": "720p",
            "durationSeconds": 6,
            "negativePrompt": "text",
        },
    }
    assert ticket.remote_id.startswith("models/veo-3.1-generate-preview/operations/op")


def test_vertex_takes_a_seed_and_a_switch_for_sound(studio: Studio) -> None:
    """What the Gemini API refused stands beside the rest; another take is another seed."""
    wish = VERTEX_VEO.request(seed=7, take=2, audio=True, options={"personGeneration": "allow_adult"})
    body, ticket = start_at(VERTEX_VEO, studio, wish)
    assert body["parameters"] == {
        "sampleCount": 1,
        "aspectRatio": "9:16",
        "resolution": "720p",
        "durationSeconds": 4,
        "personGeneration": "allow_adult",
        "generateAudio": True,
        "seed": 9,
    }
    assert ticket.remote_id.startswith("projects/boats/locations/us-central1/publishers/google/models/")


def test_a_silent_clip_is_asked_for_at_vertex_only(studio: Studio) -> None:
    """The Gemini API made sound always, so that the switch is not sent there."""
    assert start_at(VERTEX_VEO, studio, VERTEX_VEO.request())[0]["parameters"]["generateAudio"] is False
    assert "generateAudio" not in start_at(VEO, studio, VEO.request())[0]["parameters"]


@pytest.mark.parametrize("at", [VEO, VERTEX_VEO], ids=repr)
@pytest.mark.parametrize(
    ("size", "has_references", "seconds"),
    [("720x1280", False, 4), ("720x1280", True, 8), ("1080x1920", False, 8), ("1920x1080", True, 8)],
)
def test_what_is_made_in_eight_seconds_only_is_made_in_eight(
    at: VideoHarness, size: str, has_references: bool, seconds: int, studio: Studio
) -> None:
    """References, and sizes above 720p, make the clip longer than asked for: that is said, and priced."""
    references = (Reference(role="image", asset=picture(studio)),) if has_references else ()
    wish = at.request(size=Size.parse(size), references=references)
    body, ticket = start_at(at, studio, wish)
    assert body["parameters"]["durationSeconds"] == seconds == ticket.seconds
    assert any("in 8 s only" in warning for warning in ticket.warnings) == (seconds == 8)


def test_references_give_way_to_frames(studio: Studio) -> None:
    """Veo takes one or the other; the drawn frame shows the characters already."""
    wish = VEO.request(first_frame=picture(studio), references=(Reference(role="image", asset=picture(studio)),))
    body, ticket = start_at(VEO, studio, wish)
    assert set(body["instances"][0]) == {"prompt", "image"}
    assert body["parameters"]["durationSeconds"] == 4
    assert ticket.warnings == ("test-veo takes frames or references: the references are left out",)


@pytest.mark.parametrize("at", [VEO, VERTEX_VEO], ids=repr)
def test_a_filtered_clip_keeps_googles_reason_and_costs_nothing(at: VideoHarness, studio: Studio) -> None:
    """Done, without an error, and without a clip: a block, with the words that say that it is not charged."""
    with at.make_server() as server:
        server.plan.polls, server.plan.outcome = 0, "moderated"
        entry = at.entry(server.url)
        ticket = start(studio, entry, at.request())
        ended = with_model(studio, entry, lambda model: model.poll(ticket))
    assert ended == Failed(kind=FailureKind.MODERATED, reason=REASONS[0], billed=False)


def test_a_clip_in_a_bucket_is_told_and_was_paid(studio: Studio) -> None:
    """A project that stores its clips in Cloud Storage gives an address that the key does not open."""
    with VERTEX_VEO.make_server() as server:
        entry = VERTEX_VEO.entry(server.url)
        ticket = start(studio, entry, VERTEX_VEO.request())
        told = {"done": True, "response": {"videos": [{"gcsUri": "gs://boats/clip.mp4", "mimeType": "video/mp4"}]}}
        server.fail("retrieve", "reply", status=200, body=told)
        ended = with_model(studio, entry, lambda model: model.poll(ticket))
    assert ended == Failed(kind=FailureKind.UNKNOWN, reason="the clip was put into a bucket, not sent", billed=True)


@pytest.mark.parametrize("as_file", [False, True])
def test_a_service_account_signs_its_own_tokens(
    as_file: bool,
    service_account: dict[str, str],
    studio: Studio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The key, or the file that holds it, is enough: it names the project, and no token has to be fetched."""
    text = json.dumps({name: value for name, value in service_account.items() if name != "public"})
    (tmp_path / "key.json").write_text(text, "utf-8")
    monkeypatch.setenv(KEY_NAME, str(tmp_path / "key.json") if as_file else text)
    server = VertexVeoServer()
    server.public_key = service_account["public"]
    with server:
        entry = VERTEX_VEO.entry(server.url, options={"api": "vertex"})

        async def use(model: VideoModel) -> None:
            ticket = await model.start(VERTEX_VEO.request(), idempotency_key="one")
            done, _ = await finished(model, ticket)
            assert isinstance(done, Done)
            await model.collect(ticket, done, tmp_path / "clip.mp4")
            assert "PRIVATE" not in f"{vars(model)!r} {ticket.model_dump_json()}"

        with_model(studio, entry, use)
    assert (tmp_path / "clip.mp4").read_bytes() == small_clip("720x1280", 4)
    token = server.calls[0].headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, service_account["public"], ["RS256"])
    assert claims["iss"] == "maker@boats.iam.gserviceaccount.com"
    assert claims["exp"] - claims["iat"] == 3600
    assert jwt.get_unverified_header(token)["kid"] == "5eaf00d"


def test_a_key_and_the_file_that_holds_it_are_one_account(
    service_account: dict[str, str], studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ticket that one machine wrote down is polled by another, wherever its key file lies."""
    text = json.dumps(service_account)
    (tmp_path / "key.json").write_text(f"{text}\n", "utf-8")
    accounts = set()
    for value in (text, str(tmp_path / "key.json")):
        monkeypatch.setenv(KEY_NAME, value)

        async def note(model: VideoModel) -> None:
            accounts.add(model.account)

        with_model(studio, VERTEX_VEO.entry("http://127.0.0.1:1"), note)
    assert len(accounts) == 1


@pytest.mark.parametrize(
    "text", ['{"type": "service_account"}', "{not json", '{"client_email": "a@b", "private_key": "none"}']
)
def test_a_service_accounts_key_that_is_none_is_refused(
    text: str, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a file, or another one, is the caller's mistake; what stands in it is not repeated."""
    monkeypatch.setenv(KEY_NAME, text)
    with VERTEX_VEO.make_server() as server, pytest.raises(InvalidInput, match="service account's key") as caught:
        start(studio, VERTEX_VEO.entry(server.url), VERTEX_VEO.request())
    assert server.calls == []
    assert "a@b" not in str(caught.value)


def test_a_project_that_is_not_known_is_asked_for(studio: Studio) -> None:
    """An access token does not say whose it is."""
    with pytest.raises(RecipeError, match=r"options\.project"):
        start(studio, VERTEX_VEO.entry("http://127.0.0.1:9", options={"api": "vertex"}), VERTEX_VEO.request())


def test_vertex_is_known_by_its_host() -> None:
    """Nothing has to be said for Google's own addresses."""
    catalogue = Catalogue.load()
    assert catalogue.resolve("veo-3.1-vertex", "video").audio == "optional"
    assert catalogue.resolve("veo-3.1", "video").audio == "always"
    assert catalogue.resolve("veo-3.1", "video").ended(date(2026, 11, 21))
    mine = {"name": "mine", "protocol": "veo", "model": "veo-4", "base_url": "https://aiplatform.googleapis.com/v1"}
    assert catalogue.resolve({**mine, "vendor": "Google"}, "video").seed


def test_googles_sdk_makes_polls_and_reads_a_clip_at_vertex(studio: Studio) -> None:
    """An independent witness: what google-genai sends passes the strict server, and is what we send."""
    frame = studio.vault.path(picture(studio, 360, 640)).read_bytes()
    with VERTEX_VEO.make_server() as server:
        client = genai.Client(
            vertexai=True,
            project="boats",
            location="us-central1",
            credentials=Credentials(KEY),  # type: ignore[no-untyped-call]
            http_options=types.HttpOptions(base_url=server.url),
        )
        operation = client.models.generate_videos(
            model="veo-3.1-generate-001",
            source=types.GenerateVideosSource(
                prompt="A paper boat drifts down a rain gutter.",
                image=types.Image(image_bytes=frame, mime_type="image/png"),
            ),
            config=types.GenerateVideosConfig(
                number_of_videos=1, aspect_ratio="9:16", resolution="720p", duration_seconds=4, generate_audio=False
            ),
        )
        told: dict[str, Any] = sent(server)
        for _ in range(3):
            operation = client.operations.get(operation)
        client.close()
    assert operation.done
    assert operation.response is not None
    assert operation.response.generated_videos is not None
    assert operation.response.generated_videos[0].video is not None
    clip = small_clip("720x1280", 4, opening=keep_opening(frame))
    assert operation.response.generated_videos[0].video.video_bytes == clip
    ours, _ = start_at(VERTEX_VEO, studio, VERTEX_VEO.request(first_frame=picture(studio)))
    told["instances"][0]["image"] = IMAGE
    assert told == ours
