"""What only some of the remote image models do: the cut, the grid, the queue."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.image_harnesses import FAL, GEMINI, OPENAI, REPLICATE
from support.vendors import of

from reelwright.errors import FailureKind
from reelwright.testing.images import ImageTrial, reference
from reelwright.testing.servers import openai_images, replicate_images
from reelwright.testing.servers.stills import middle_of_subject, size_of
from reelwright.testing.servers.strict import Drop, Reply


@of(OPENAI)
@pytest.mark.parametrize("share", [0.15, 0.5, 0.85])
def test_the_cut_keeps_the_subject(bench: ImageTrial, share: float) -> None:
    """1024x1536 cut to 9:16 loses a sixth of its width; the disc stays whole wherever it lies."""
    server: Any = bench.server
    server.at = (share, 0.4)
    made = bench.ask(model=openai_images.FIXED_SIZE, sizes=("1024x1024", "1536x1024", "1024x1536"))
    assert bench.server.calls[0].json["size"] == "1024x1536"
    assert size_of(made.data) == (1080, 1920)
    assert middle_of_subject(made.data)[2] == pytest.approx(3.14159 * (160 / 1080) * (160 / 1920), rel=0.05)
    assert [text for text in made.warnings if "16% of it was cut off" in text]


@of(OPENAI)
def test_openai_draws_on_its_grid_of_16(bench: ImageTrial) -> None:
    """1080 is not divisible by 16: 1088 is asked for, and 8 columns go."""
    made = bench.ask(**bench.harness.prices)
    assert bench.server.calls[0].json["size"] == "1088x1920"
    assert made.warnings == ()


@of(OPENAI)
def test_openai_tokens_are_paid_by_the_table(bench: ImageTrial) -> None:
    """50 words at $5, 100 of a picture at $8 and 1000 drawn at $30 a million are $0.03105."""
    prices = {"usd_per_million_input": 5, "usd_per_million_image_input": 8, "usd_per_million_output": 30}
    request = bench.harness.request(references=(reference(bench.studio),))
    assert bench.ask(request, usd_each=None, **prices).charge.usd == Decimal("0.031050")


@of(OPENAI)
def test_a_picture_by_url_is_fetched(bench: ImageTrial) -> None:
    """Some hosts answer with an address."""
    made = bench.ask(model="url-model")
    assert size_of(made.data) == (1080, 1920)
    assert [text for text in made.warnings if "enlarged" in text]


@of(GEMINI)
def test_gemini_is_asked_for_a_shape_and_the_last_picture_counts(bench: ImageTrial) -> None:
    """A full-size frame is drawn at 2K; drafts come first."""
    bench.ask()
    config = bench.server.calls[0].json["generationConfig"]
    assert config["imageConfig"] == {"aspectRatio": "9:16", "imageSize": "2K"}


@of(GEMINI)
def test_gemini_tokens_are_paid_by_the_table(bench: ImageTrial) -> None:
    """1000 in at $0.5 and 1000 out (thoughts too) at $30 a million."""
    made = bench.ask(usd_each=None, usd_per_million_input="0.5", usd_per_million_output=30)
    assert made.charge.usd == Decimal("0.0305")


@of(FAL)
def test_fal_is_polled_at_the_address_it_gives(bench: ImageTrial) -> None:
    """The address leaves out the sub-path; the picture's own host gets no key."""
    bench.ask()
    paths = [call.path for call in bench.server.calls]
    assert paths[1].startswith("/fal-ai/flux-2-pro/requests/")
    assert "authorization" not in bench.server.calls[-1].headers


@of(REPLICATE)
def test_the_words_of_a_failed_prediction_are_kept(bench: ImageTrial) -> None:
    """Replicate tells it in free text."""
    bench.server.failed = "CUDA out of memory"
    assert "CUDA out of memory" in bench.failure().message


@of(REPLICATE)
def test_a_version_is_started_at_its_own_path(bench: ImageTrial) -> None:
    """`owner/name:version`."""
    bench.ask(model=f"{replicate_images.MODEL}:{replicate_images.VERSION}")
    assert bench.server.calls[0].path == "/v1/predictions"


@of(FAL, REPLICATE)
class TestQueued:
    """Jobs that are accepted and waited for."""

    def test_a_job_without_end_is_cancelled_and_counted(self, bench: ImageTrial) -> None:
        """It is paid, and not started again."""
        server: Any = bench.server
        server.never_ends = True
        error = bench.failure(deadline_seconds=1)
        assert (error.kind, error.billed, error.retryable) == (FailureKind.TIMED_OUT, True, False)
        assert len(server.cancelled) == bench.starts == 1

    def test_a_fault_while_waiting_is_only_asked_again(self, bench: ImageTrial) -> None:
        """Reading is free."""
        answered = bench.server.handle

        def handle(call: Any) -> Any:
            if call.method == "GET" and len(bench.server.calls) == 1:
                bench.server.calls.append(call)
                return Drop()
            return answered(call)

        bench.server.handle = handle  # type: ignore[method-assign]
        assert size_of(bench.ask().data) == (1080, 1920)
        assert bench.starts == 1

    def test_a_seed_is_honoured(self, bench: ImageTrial) -> None:
        """It stands in the input."""
        bench.ask(bench.harness.request(seed=11), seed=True)
        assert '"seed":11' in bench.server.calls[0].body.decode().replace(" ", "")

    @pytest.mark.parametrize("how", ["image_size", "custom", "width_height", "aspect_ratio", "none"])
    def test_the_size_is_told_as_the_model_takes_it(self, bench: ImageTrial, how: str) -> None:
        """The strict server takes one form only; the body shows each."""
        bench.server.then(Reply(422, {"detail": "enough"}))
        bench.failure(options={"size": how})
        body = bench.server.calls[0].json
        told = body.get("input", body)
        assert told.get("image_size") == ({"width": 1088, "height": 1920} if how == "image_size" else None)
        assert told.get("aspect_ratio") == {"custom": "custom", "aspect_ratio": "9:16"}.get(how)
        assert told.get("width") == (1088 if how in {"custom", "width_height"} else None)
