"""Flows of one's own that make episodes: they run as they stand, and do what they say."""

from __future__ import annotations

import pytest
from PIL import Image
from support.examples import EXAMPLES, Examples
from support.openai_videos_harness import OPENAI

from reelwright.media.master import broken_promises
from reelwright.media.probe import probe
from reelwright.recipe import OutputFormat
from reelwright.testing.servers.jobs import KEY

pytestmark = pytest.mark.slow


@pytest.mark.runs("start_frames.py", "why-bread-goes-stale.md")
def test_start_frames_are_drawn_from_tasks(examples: Examples) -> None:
    """One for each shot of the script, in the master's size."""
    pictures = examples.run("start_frames.py", EXAMPLES / "why-bread-goes-stale.md", "start-frames")
    assert pictures == [f"start-frames/shot-{number}.png" for number in range(1, 7)]
    drawn = [Image.open(examples.folder / picture) for picture in pictures]
    assert {picture.size for picture in drawn} == {(1080, 1920)}
    assert len({picture.tobytes() for picture in drawn}) == 6


@pytest.mark.runs("ab_hooks.py")
def test_a_second_hook_is_one_new_shot(examples: Examples) -> None:
    """A and B differ in their first shot; the second episode finds the others."""
    first, second = examples.run("ab_hooks.py")
    assert first.endswith("3 of 3 shots made")
    assert second.endswith("1 of 3 shots made")
    names = [line.split(": ")[1].split(",")[0] for line in (first, second)]
    videos = [examples.folder / name for name in names]
    assert [broken_promises(video, OutputFormat(size="720x1280", frame_rate=25)) for video in videos] == [(), ()]
    shots = [examples.manifest(name)["shots"] for name in names]
    assert [shot["clip"]["clip"]["sha256"] for shot in shots[0][1:]] == [
        shot["clip"]["clip"]["sha256"] for shot in shots[1][1:]
    ]


@pytest.mark.runs("previs.py", "night-train.fountain")
def test_a_screenplay_becomes_an_animatic(examples: Examples) -> None:
    """Wide, three scenes of three seconds, each with the move that the page asks for."""
    (line,) = examples.run("previs.py", EXAMPLES / "night-train.fountain")
    assert line == "out/night-train/episode.mp4: 3 shots, 9 s"
    facts = probe(examples.folder / "out/night-train/episode.mp4")
    assert facts.video is not None
    assert (str(facts.video.size), facts.seconds) == ("1280x720", 9)
    shots = examples.manifest("out/night-train/episode.mp4")["storyboard"]["shots"]
    assert [shot["camera"] for shot in shots] == ["push", "pan-right", "pull"]
    assert all("PUSH" not in shot["prompt"] for shot in shots)


@pytest.mark.runs("remix.py")
def test_a_clip_is_remixed_and_extended_once(examples: Examples) -> None:
    """Two jobs at the server; run again, none."""
    with OPENAI.make_server() as server:
        server.plan.polls = 0
        run_again: list[list[str]] = []
        made = server.new_job(
            {"prompt": "a boat", "seconds": "4", "size": "720x1280", "model": "sora-2"}, "video_first"
        )
        before = server.created
        for _ in range(2):
            arguments = (f"{server.url}/v1", made.id, "the same, at night")
            run_again.append(examples.run("remix.py", *arguments, VIDEOS_KEY=KEY))
            assert server.created - before == 2
    assert run_again[0] == run_again[1]
    assert probe(examples.folder / "remix.mp4").seconds >= 4


@pytest.mark.runs("house_flow.py", "house_style.py", "test_house_style.py")
def test_a_flow_of_one_s_own_films_with_a_model_of_one_s_own(examples: Examples) -> None:
    """Two episodes of the house's model, with nothing but the strict server behind it."""
    lines = examples.run("house_flow.py", importable=True)
    videos = ["house/a-boat-in-the-rain/episode.mp4", "house/a-paper-hat-on-a-wall/episode.mp4"]
    assert [line.partition(":")[0] for line in lines] == videos
    clips = [examples.manifest(video)["shots"][0]["clip"] for video in videos]
    assert [clip["model"] for clip in clips] == ["house-style", "house-style"], [clip["causes"] for clip in clips]


@pytest.mark.runs("two_languages.py")
def test_two_languages_share_their_pictures(examples: Examples) -> None:
    """English with German subtitles in time with it, then German in the picture; the clips are made once."""
    english, german = (line.partition(":")[0] for line in examples.run("two_languages.py"))
    beside = (examples.folder / english).with_name("captions.de.srt").read_text("utf-8")
    assert "Heißes Wasser löst ihn heraus." in beside
    assert "Heißes Wasser" in (examples.folder / german).with_name("captions.srt").read_text("utf-8")
    first, second = (examples.manifest(video) for video in (english, german))
    assert [shot["clip"]["hit"] for shot in second["shots"]] == [True, True]
    clips = [[shot["clip"]["clip"]["sha256"] for shot in one["shots"]] for one in (first, second)]
    assert clips[0] == clips[1]
    assert second["ai_disclosure"]["synthetic_voice"] is False
