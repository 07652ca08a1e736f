"""What only some of the remote image models do: the cut, the grid, the queue."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.painters import VENDORS, WANTED, Bench, found, of, reference

from reelwright.errors import FailureKind
from reelwright.testing.servers import openai_images, replicate_images
from reelwright.testing.servers.stills import middle_of_subject, size_of
from reelwright.testing.servers.strict import Drop, Reply


@of("openai-images")
@pytest.mark.parametrize("share", [0.15, 0.5, 0.85])
def test_the_cut_keeps_the_subject(bench: Bench, share: float) -> None:
    """1024x1536 cut to 9:16 loses a sixth of its width; the disc stays whole wherever it lies."""
    server: Any = bench.server
    server.at = (share, 0.4)
    made = bench.draw(model=openai_images.FIXED_SIZE, sizes=("1024x1024", "1536x1024", "1024x1536"))
    assert bench.server.calls[0].json["size"] == "1024x1536"
    assert size_of(made.data) == (1080, 1920)
    assert middle_of_subject(made.data)[2] == pytest.approx(3.14159 * (160 / 1080) * (160 / 1920), rel=0.05)
    assert [text for text in made.warnings if "16% of it was cut off" in text]


@of("openai-images")
def test_openai_draws_on_its_grid_of_16(bench: Bench) -> None:
    """1080 is not divisible by 16: 1088 is asked for, and 8 columns go."""
    made = bench.draw()
    assert bench.server.calls[0].json["size"] == "1088x1920"
    assert made.warnings == ()


@of("openai-images")
def test_openai_tokens_are_paid_by_the_table(bench: Bench) -> None:
    """50 words at $5, 100 of a picture at $8 and 1000 drawn at $30 a million are $0.03105."""
    prices = {"usd_per_million_input": 5, "usd_per_million_image_input": 8, "usd_per_million_output": 30}
    request = WANTED.model_copy(update={"references": (reference(bench.studio),)})
    assert bench.draw(request, usd_each=None, **prices).charge.usd == Decimal("0.031050")


@of("openai-images")
def test_a_picture_by_url_is_fetched(bench: Bench) -> None:
    """Some hosts answer with an address."""
    made = bench.draw(model="url-model")
    assert size_of(made.data) == (1080, 1920)
    assert [text for text in made.warnings if "enlarged" in text]


@of("openai-images")
@pytest.mark.parametrize(
    "data", [[], [{"b64_json": "bm8gcGljdHVyZQ=="}], [{"b64_json": "%"}]], ids=["none", "no picture", "no base64"]
)
def test_an_answer_without_a_picture_is_billed_and_not_asked_again(bench: Bench, data: list[Any]) -> None:
    """Money is gone, and the error says so."""
    bench.server.then(Reply(json={"created": 1, "data": data}))
    error = bench.failure()
    assert (error.kind, error.billed, error.retryable, bench.starts) == (FailureKind.MEDIA_REJECTED, True, False, 1)


@of("gemini-image")
def test_gemini_is_asked_for_a_shape_and_the_last_picture_counts(bench: Bench) -> None:
    """A full-size frame is drawn at 2K; drafts come first."""
    bench.draw()
    config = bench.server.calls[0].json["generationConfig"]
    assert config["imageConfig"] == {"aspectRatio": "9:16", "imageSize": "2K"}


@of("gemini-image")
def test_gemini_tokens_are_paid_by_the_table(bench: Bench) -> None:
    """1000 in at $0.5 and 1000 out (thoughts too) at $30 a million."""
    made = bench.draw(usd_each=None, usd_per_million_input="0.5", usd_per_million_output=30)
    assert made.charge.usd == Decimal("0.0305")


@of("fal-image")
def test_fal_is_polled_at_the_address_it_gives(bench: Bench) -> None:
    """The address leaves out the sub-path; the picture's own host gets no key."""
    bench.draw()
    paths = [call.path for call in bench.server.calls]
    assert paths[1].startswith("/fal-ai/flux-2-pro/requests/")
    assert "authorization" not in bench.server.calls[-1].headers


@of("fal-image")
@pytest.mark.parametrize(
    ("outcome", "kind", "billed"),
    [
        (found("content_policy_violation"), FailureKind.MODERATED, True),
        (Reply(500, {"detail": "Internal Server Error"}), FailureKind.BUSY, False),
        (Reply(json={"images": [{"url": "x"}], "has_nsfw_concepts": [True]}), FailureKind.MODERATED, True),
        (Reply(json={"images": []}), FailureKind.MEDIA_REJECTED, True),
    ],
    ids=["policy", "failed", "held back", "nothing"],
)
def test_what_fal_says_of_a_failed_job(bench: Bench, outcome: Reply, kind: FailureKind, billed: bool) -> None:
    """5xx is never charged; a 422 may be."""
    server: Any = bench.server
    server.outcome = outcome
    error = bench.failure()
    assert (error.kind, error.billed, bench.starts) == (kind, billed, 1)


@of("replicate-image")
@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("The input or output was flagged as sensitive. (E005)", FailureKind.MODERATED),
        ("CUDA out of memory", FailureKind.UNKNOWN),
    ],
)
def test_what_replicate_says_of_a_failed_prediction(bench: Bench, words: str, kind: FailureKind) -> None:
    """Free text; its words are kept."""
    server: Any = bench.server
    server.failed = words
    error = bench.failure()
    assert (error.kind, error.billed, error.retryable) == (kind, True, False)
    assert words in error.message


@of("replicate-image")
def test_a_version_is_started_at_its_own_path(bench: Bench) -> None:
    """`owner/name:version`."""
    bench.draw(model=f"{replicate_images.MODEL}:{replicate_images.VERSION}")
    assert bench.server.calls[0].path == "/v1/predictions"


@pytest.mark.parametrize(
    "bench",
    [one for one in VENDORS if one.protocol in {"fal-image", "replicate-image"}],
    indirect=True,
    ids=["fal", "replicate"],
)
class TestQueued:
    """Jobs that are accepted and waited for."""

    def test_a_job_without_end_is_cancelled_and_counted(self, bench: Bench) -> None:
        """It is paid, and not started again."""
        server: Any = bench.server
        server.never_ends = True
        error = bench.failure(deadline_seconds=1)
        assert (error.kind, error.billed, error.retryable) == (FailureKind.TIMED_OUT, True, False)
        assert len(server.cancelled) == bench.starts == 1

    def test_a_fault_while_waiting_is_only_asked_again(self, bench: Bench) -> None:
        """Reading is free."""
        answered = bench.server.handle

        def handle(call: Any) -> Any:
            if call.method == "GET" and len(bench.server.calls) == 1:
                bench.server.calls.append(call)
                return Drop()
            return answered(call)

        bench.server.handle = handle  # type: ignore[method-assign]
        assert size_of(bench.draw().data) == (1080, 1920)
        assert bench.starts == 1

    def test_a_seed_is_honoured(self, bench: Bench) -> None:
        """It stands in the input."""
        bench.draw(WANTED.model_copy(update={"seed": 11}))
        assert '"seed":11' in bench.server.calls[0].body.decode().replace(" ", "")

    @pytest.mark.parametrize("how", ["image_size", "custom", "width_height", "aspect_ratio", "none"])
    def test_the_size_is_told_as_the_model_takes_it(self, bench: Bench, how: str) -> None:
        """The strict server takes one form only; the body shows each."""
        bench.server.then(Reply(422, {"detail": "enough"}))
        bench.failure(options={"size": how})
        body = bench.server.calls[0].json
        told = body.get("input", body)
        assert told.get("image_size") == ({"width": 1088, "height": 1920} if how == "image_size" else None)
        assert told.get("aspect_ratio") == {"custom": "custom", "aspect_ratio": "9:16"}.get(how)
        assert told.get("width") == (1088 if how in {"custom", "width_height"} else None)
