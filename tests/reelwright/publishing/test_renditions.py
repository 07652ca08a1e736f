"""A channel's own rendition: made once of the master, kept, read back; the episode still goes out once."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import c2pa
import pytest
from pydantic import ValidationError

from reelwright.certificate import signer_of
from reelwright.errors import InvalidInput
from reelwright.media import provenance
from reelwright.media.boxes import boxes
from reelwright.media.probe import probe
from reelwright.publishing.contract import ChannelEntry, ChannelRefused, PostOptions
from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.outbox import Errand, bring_on, intend
from reelwright.publishing.posting import Posting, begin, go_on
from reelwright.publishing.preview import preview
from reelwright.publishing.release import read_release
from reelwright.publishing.rendering import rendered
from reelwright.publishing.rendition import Rendition
from reelwright.settings import Settings
from reelwright.testing.releases import episode_in
from reelwright.values import Size
from reelwright.vault import sha256_of

AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PublishingDesk]:
    """A desk with a home of its own."""
    made = PublishingDesk(Settings(home=tmp_path / "home", stored_keys=False))
    yield made
    made.database.close()


def entry(tmp_path: Path, rendition: Rendition | None, name: str = "disk") -> ChannelEntry:
    """A folder that wants a rendition."""
    return ChannelEntry(kind="folder", name=name, settings={"path": str(tmp_path / name)}, rendition=rendition)


async def _published(desk: PublishingDesk, folder: Path, channel: ChannelEntry) -> Posting:
    posting = await begin(desk, str(folder), channel, PostOptions())
    return await go_on(desk, posting, upto="published")


def published(desk: PublishingDesk, folder: Path, channel: ChannelEntry) -> Path:
    """Publish, and return the video as people get it."""
    posting = asyncio.run(_published(desk, folder, channel))
    assert posting.state == "published"
    return Path(channel.settings["path"]) / posting.remote_id / "episode.mp4"


def test_a_channel_gets_the_size_and_the_rate_that_it_asks_for(desk: PublishingDesk, tmp_path: Path) -> None:
    """As long as the master, with its sound; index first, no edit list, a group of pictures each half second."""
    folder = episode_in(tmp_path, size="180x320")
    video = published(desk, folder, entry(tmp_path, Rendition(size="90x160", frame_rate=Fraction(24))))
    facts, master = probe(video), probe(folder / "episode.mp4")
    assert facts.video
    assert facts.audio
    assert master.audio
    assert (facts.video.shown, facts.video.frame_rate) == (Size(width=90, height=160), 24)
    assert (facts.video.codec, facts.video.pixel_format, facts.video.colour_space) == ("h264", "yuv420p", 1)
    assert abs(facts.seconds - master.seconds) < Fraction(1, 10)
    assert facts.audio.codec == "aac"
    assert abs(facts.audio.seconds - master.audio.seconds) < Fraction(1, 30)
    names = [box.path for box in boxes(video)]
    assert names.index("moov") < names.index("mdat")
    assert not any(name.endswith("/elst") for name in names)


def test_a_rendition_keeps_to_its_bytes(desk: PublishingDesk, tmp_path: Path) -> None:
    """However restless the picture: it is made lighter until it fits."""
    folder = episode_in(tmp_path, size="180x320", grain=60)
    assert (folder / "episode.mp4").stat().st_size > 500_000
    video = published(desk, folder, entry(tmp_path, Rendition(most_bytes=200_000)))
    assert 100_000 < video.stat().st_size <= 200_000
    with pytest.raises(InvalidInput, match="too few"):
        asyncio.run(rendered(desk.vault, desk.settings, read_release(folder), Rendition(most_bytes=100_000)))


def test_a_rendition_is_made_once(desk: PublishingDesk, tmp_path: Path) -> None:
    """Two channels that ask for the same share it; a vanished one is made again, bit for bit."""
    release, wanted = read_release(episode_in(tmp_path, size="180x320")), Rendition(size="90x160")
    first = asyncio.run(rendered(desk.vault, desk.settings, release, wanted))
    made_at = first.video.path.stat().st_mtime_ns
    assert asyncio.run(rendered(desk.vault, desk.settings, release, wanted)).video == first.video
    assert first.video.path.stat().st_mtime_ns == made_at
    first.video.path.unlink()
    again = asyncio.run(rendered(desk.vault, desk.settings, release, wanted))
    assert again.video.sha256 == first.video.sha256 == sha256_of(again.video.path)


def signed(folder: Path, settings: Settings) -> None:
    """Give an episode's master content credentials that say a model made it, as the last stage does."""
    bare = folder / "bare.mp4"
    (folder / "episode.mp4").rename(bare)
    action = {"action": "c2pa.created", "digitalSourceType": AI}
    claims = {"format": "video/mp4", "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}]}
    provenance.sign(bare, folder / "episode.mp4", claims, signer_of(settings))
    bare.unlink()
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["files"]["episode.mp4"] = sha256_of(folder / "episode.mp4")
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def test_a_rendition_of_a_signed_master_is_signed(desk: PublishingDesk, tmp_path: Path) -> None:
    """It says what the master says of how it was made, leads back to it, and keeps to its bytes with all that."""
    folder = episode_in(tmp_path, size="180x320", grain=60)
    signed(folder, desk.settings)
    video = published(desk, folder, entry(tmp_path, Rendition(most_bytes=300_000)))
    found = provenance.read(video)
    assert found is not None
    assert (found.source_type, found.state, found.faults) == (AI, "Valid", ())
    assert video.stat().st_size <= 300_000
    with video.open("rb") as file, c2pa.Reader("video/mp4", file) as reader:
        told = json.loads(reader.json())
    (parent,) = told["manifests"][told["active_manifest"]]["ingredients"]
    assert parent["relationship"] == "parentOf"
    assert parent["active_manifest"] in told["manifests"]
    assert [box.path for box in boxes(video)].index("moov") < [box.path for box in boxes(video)].index("mdat")


def test_two_channels_that_ask_at_once_share_what_is_signed(desk: PublishingDesk, tmp_path: Path) -> None:
    """A signature is another one each time: it is made once, and both go out with it."""
    folder = episode_in(tmp_path, size="180x320")
    signed(folder, desk.settings)
    channels = [entry(tmp_path, Rendition(size="90x160"), name) for name in ("disk", "archive")]

    async def both() -> list[Posting]:
        return await asyncio.gather(*(_published(desk, folder, channel) for channel in channels))

    postings = asyncio.run(both())
    assert [posting.state for posting in postings] == ["published", "published"]
    names = zip(channels, postings, strict=True)
    paths = [Path(channel.settings["path"]) / posting.remote_id / "episode.mp4" for channel, posting in names]
    assert sha256_of(paths[0]) == sha256_of(paths[1])


@pytest.mark.parametrize("lost", ["the certificate", "what was kept of it"])
def test_what_was_begun_with_a_signed_rendition_goes_out_with_it(
    desk: PublishingDesk, tmp_path: Path, lost: str
) -> None:
    """Between morning and slot the certificate is renewed or gone, or another machine signed another one."""
    folder, channel = episode_in(tmp_path, size="180x320"), entry(tmp_path, Rendition(size="90x160"))
    signed(folder, desk.settings)

    async def begun() -> Posting:
        return await go_on(desk, await begin(desk, str(folder), channel, PostOptions()), upto="session")

    posting = asyncio.run(begun())
    if lost == "the certificate":
        (desk.settings.home / "certificate" / "key.pem").write_text("no key", "utf-8")
    else:
        shutil.rmtree(desk.settings.home / "vault" / "finished")
    ended = asyncio.run(go_on(desk, posting, upto="published"))
    video = Path(channel.settings["path"]) / ended.remote_id / "episode.mp4"
    assert (ended.state, provenance.read(video) is not None) == ("published", True)


def test_a_signed_rendition_that_vanished_is_not_replaced_in_silence(desk: PublishingDesk, tmp_path: Path) -> None:
    """Other bytes than those that were begun with are no longer the same upload: that is said, and begun anew."""
    folder, channel = episode_in(tmp_path, size="180x320"), entry(tmp_path, Rendition(size="90x160"))
    signed(folder, desk.settings)

    async def begun() -> Posting:
        return await go_on(desk, await begin(desk, str(folder), channel, PostOptions()), upto="session")

    posting = asyncio.run(begun())
    shutil.rmtree(desk.settings.home / "vault")
    with pytest.raises(ChannelRefused, match="other bytes"):
        asyncio.run(go_on(desk, posting, upto="published"))
    assert provenance.read(published(desk, folder, channel)) is not None


def test_a_rendition_of_an_unsigned_master_is_not_signed(desk: PublishingDesk, tmp_path: Path) -> None:
    """Who switched content credentials off gets none behind their back."""
    folder = episode_in(tmp_path, size="180x320")
    assert provenance.read(published(desk, folder, entry(tmp_path, Rendition(size="90x160")))) is None


def test_a_master_that_is_so_already_goes_out_itself(desk: PublishingDesk, tmp_path: Path) -> None:
    """Nothing is encoded in vain."""
    release = read_release(episode_in(tmp_path))
    wanted = Rendition(size="540x960", frame_rate=Fraction(30), most_bytes=50_000_000)
    assert asyncio.run(rendered(desk.vault, desk.settings, release, wanted)) is release


def test_another_rendition_is_no_other_episode(desk: PublishingDesk, tmp_path: Path) -> None:
    """Whoever changes it after the episode went out posts nothing twice."""
    folder = episode_in(tmp_path, size="180x320")
    first = published(desk, folder, entry(tmp_path, Rendition(size="90x160")))
    for later in (Rendition(frame_rate=Fraction(24)), None):
        assert published(desk, folder, entry(tmp_path, later)) == first
    assert len(list((tmp_path / "disk").iterdir())) == 1


def test_what_was_begun_with_other_bytes_fails_and_begins_anew(desk: PublishingDesk, tmp_path: Path) -> None:
    """Half of one file and half of another would be a broken post."""
    folder = episode_in(tmp_path, size="180x320")
    plain, own = entry(tmp_path, None), entry(tmp_path, Rendition(size="90x160"))
    release = read_release(folder)

    async def begun() -> str:
        channel = desk.channel(own)
        errand = Errand(desk, channel, await rendered(desk.vault, desk.settings, release, own.rendition), own)
        opened = await bring_on(errand, await intend(errand, PostOptions()), upto="session")
        desk.rows.let_be(opened)
        other = Errand(desk, channel, release, plain)
        return (await bring_on(other, opened)).state

    assert asyncio.run(begun()) == "failed"
    video = published(desk, folder, plain)
    assert sha256_of(video) == release.video.sha256


def test_a_preview_says_what_the_channel_will_get(tmp_path: Path) -> None:
    """Without making it; another shape is refused, with what to do."""
    release = read_release(episode_in(tmp_path))
    (shown,) = preview(release, [entry(tmp_path, Rendition(size="270x480", most_bytes=500_000))], {})
    assert any("270x480, at most 0.5 MB" in warning for warning in shown.warnings)
    with pytest.raises(InvalidInput, match="another shape"):
        preview(release, [entry(tmp_path, Rendition(size="480x480"))], {})


def test_a_message_carries_no_rendition(tmp_path: Path) -> None:
    """Its receiver fetches the episode's own folder: another file than the one that is told of would lie there."""
    hook = ChannelEntry(
        kind="webhook", settings={"url": "https://cms.example/hook"}, rendition=Rendition(size="270x480")
    )
    (shown,) = preview(read_release(episode_in(tmp_path)), [hook], {})
    assert any("carries no bytes" in problem for problem in shown.problems)


@pytest.mark.parametrize("fields", [{}, {"size": "721x1280"}, {"size": "big"}, {"frame_rate": 0}, {"most_bytes": 10}])
def test_a_rendition_that_cannot_be_is_refused_when_it_is_written(fields: dict[str, object]) -> None:
    """In the recipe, not at the slot."""
    with pytest.raises(ValidationError):
        ChannelEntry.model_validate({"kind": "folder", "rendition": fields})


def test_a_publication_of_before_renditions_is_still_read(desk: PublishingDesk, tmp_path: Path) -> None:
    """Its post says nothing of a master."""
    folder = episode_in(tmp_path, size="180x320")
    first = published(desk, folder, entry(tmp_path, None))
    with desk.database.transaction() as connection:
        (old,) = connection.exec_driver_sql("select post from publications").one()
        kept = {name: value for name, value in json.loads(old).items() if name != "master_sha256"}
        connection.exec_driver_sql("update publications set post = ?", (json.dumps(kept),))
    assert published(desk, folder, entry(tmp_path, None)) == first
