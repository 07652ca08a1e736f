"""`reelwright publish | publications | reconcile | channels`: what goes out, what went out, what nobody knows."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands import publish_terminal, terminal
from flows.commands.command import AsJson, print_json, quiet_prefect, reported
from flows.commands.ledger_options import Since
from reelwright.errors import InvalidInput
from tasks.stored import has_server, stored_keys

if TYPE_CHECKING:
    from reelwright.publishing.contract import ChannelEntry, PostOptions
    from reelwright.publishing.desk import PublishingDesk

_COLUMNS = ("publication", "episode", "channel", "state", "changed_at", "url", "next")
Privacy = Annotated[str, typer.Option("--privacy", help="public, unlisted or private, where the platform has it.")]


@reported
def publish(
    episode: Annotated[Path, typer.Argument(metavar="EPISODE", help="The folder of a finished episode.")],
    channel: Annotated[
        list[str] | None,
        typer.Option("--channel", "-c", help="A channel of its recipe, or a kind; again for more. Default: all."),
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option("--recipe", "-r", help="Whose `channels` count, instead of the episode's own.")
    ] = None,
    at: Annotated[str, typer.Option("--at", help="The slot: 2026-12-01T18:00+01:00. Default: now.")] = "",
    title: Annotated[str, typer.Option("--title", help="Instead of the episode's.")] = "",
    privacy: Privacy = "",
    again: Annotated[
        bool, typer.Option("--again", help="Post it once more, though it, or another cut of it, is there.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go out, and send nothing.")] = False,
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show Prefect's log.")] = False,
) -> None:
    """Publish a finished episode: once on each channel, whatever stops in between. Run it again to go on."""
    from reelwright.publishing.choosing import entries_of  # noqa: PLC0415 - `--help` needs none of it
    from reelwright.publishing.release import read_release_texts  # noqa: PLC0415

    told, written = read_release_texts(str(episode))
    if recipe is not None:
        from flows.commands.inputs import recipe_in  # noqa: PLC0415

        written = recipe_in(recipe).channels
    if has_server():
        quiet_prefect(verbose=verbose)  # it may be asked for stored channels
    entries = entries_of(written, channel or (), stored=stored_keys)
    if not entries:
        raise InvalidInput("No channel is named.", hint="Name one: --channel youtube; or `channels` in the recipe.")
    options = _options(at, title, privacy)
    if dry_run:
        _show(_previewed(str(episode), entries, told, options), as_json=as_json)
        return
    quiet_prefect(verbose=verbose)
    edition = _next_edition(episode, entries) if again else 1
    from flows.commands.publishing_run import run_publication  # noqa: PLC0415 - loads Prefect

    with publish_terminal.sending(shown=not as_json) as listener:
        postings, run_id = run_publication(str(episode.absolute()), entries, options, edition, listener)
    rows = [posting.model_dump(mode="json", exclude={"entry", "holder"}) for posting in postings]
    rows = [{"channel": posting.channel, **row} for posting, row in zip(postings, rows, strict=True)]
    _show(rows, as_json=as_json, run_id=run_id)


@reported
def publications(
    since: Since = "",
    story: Annotated[int, typer.Option("--story", help="Show all that happened to one, by its number.")] = 0,
    link: Annotated[int, typer.Option("--link", help="Sign a link to the video of one that lies in a bucket.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show what went out, what waits for its slot or quota, and what needs a person."""
    from flows.commands.ledger import moment  # noqa: PLC0415
    from reelwright.publishing.listing import list_publications, story_of  # noqa: PLC0415

    desk = _desk()
    try:
        if link:
            _print_link(desk, link, as_json=as_json)
            return
        found = story_of(desk.database, story) if story else list_publications(desk.database, since=moment(since))
    finally:
        desk.database.close()
    rows = [line.model_dump(mode="json") for line in found]
    if as_json:
        print_json(rows)
    elif story:
        publish_terminal.rows(f"publication {story}", rows, ("at", "what", "note"))
    else:
        publish_terminal.rows("publications", rows, _COLUMNS)


@reported
def reconcile(
    publication: Annotated[int, typer.Argument(help="One of them, to say what you have seen.")] = 0,
    published: Annotated[str, typer.Option("--published", help="It is there: the post's address.")] = "",
    not_published: Annotated[
        bool, typer.Option("--not-published", help="You have looked, and it is not there.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read what became of publications that nobody knows. Sends nothing; what cannot be proved stays unknown."""
    from reelwright.publishing.reconcile import reconcile as read  # noqa: PLC0415
    from reelwright.publishing.reconcile import settle_by_hand  # noqa: PLC0415

    said = bool(published) + not_published
    if said > 1 or bool(publication) != bool(said):
        raise InvalidInput(
            "Say what you have seen of one publication.", hint="NUMBER with --published or --not-published."
        )
    desk = _desk()
    try:
        told = [settle_by_hand(desk, publication, url=published or None)] if publication else asyncio.run(read(desk))
    finally:
        desk.database.close()
    rows = [one.model_dump(mode="json") for one in told]
    if as_json:
        print_json(rows)
    elif not rows:
        terminal.note("Every publication is known.")
    else:
        publish_terminal.rows("read", rows, ("publication", "episode", "channel", "before", "after", "url", "said"))


@reported
def channels(
    kind: Annotated[str, typer.Argument(help="One kind: all it takes, and all its errors. Empty: every kind.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show where episodes can go: limits, quotas, and what to do about every documented error."""
    from flows.commands.channels_table import document, rows_of  # noqa: PLC0415

    if as_json:
        print_json(rows_of(kind))
    else:
        publish_terminal.text(document(kind))


def _options(at: str, title: str, privacy: str) -> PostOptions | None:
    from pydantic import ValidationError  # noqa: PLC0415

    from reelwright.publishing.contract import PostOptions  # noqa: PLC0415
    from reelwright.validation import complaints  # noqa: PLC0415

    said: dict[str, Any] = {name: value for name, value in (("title", title), ("privacy", privacy)) if value}
    if at:
        said["at"] = _slot(at)
    try:
        return PostOptions.model_validate(said) if said else None
    except ValidationError as error:
        first = complaints(error, PostOptions)[0]
        raise InvalidInput(f"--{first.field}: {first.problem}", hint=f"Expected {first.expected}.") from None


def _slot(text: str) -> datetime:
    """Read a moment; one without a zone is on this machine's clock."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise InvalidInput(f"--at {text!r} is no moment.", hint="Expected 2026-12-01T18:00+01:00.") from None


def _previewed(
    folder: str, entries: tuple[ChannelEntry, ...], told: dict[str, PostOptions], options: PostOptions | None
) -> list[dict[str, Any]]:
    from reelwright.publishing.preview import preview  # noqa: PLC0415
    from reelwright.publishing.release import read_release  # noqa: PLC0415

    release = read_release(Path(folder))
    return [post.model_dump(mode="json") for post in preview(release, entries, told, options)]


def _next_edition(episode: Path, entries: tuple[ChannelEntry, ...]) -> int:
    """Return the number above all editions of this episode that the ledger knows on these channels."""
    from reelwright.publishing.listing import list_publications  # noqa: PLC0415

    desk = _desk()
    try:
        name, wanted = episode.absolute().name, {entry.called for entry in entries}
        lines = list_publications(desk.database, limit=100_000)
    finally:
        desk.database.close()
    known = [line.edition for line in lines if line.episode == name and line.channel in wanted]
    return max(known, default=0) + 1


def _print_link(desk: PublishingDesk, number: int, *, as_json: bool) -> None:
    from reelwright.publishing.s3 import S3Channel  # noqa: PLC0415 - loads boto3

    found = desk.rows.read(number)
    channel = desk.channel(found.entry) if found.entry else None
    if not isinstance(channel, S3Channel) or found.handle is None:
        raise InvalidInput(f"Publication {number} does not lie in a bucket.", hint="See: reelwright publications")
    link = channel.link(found.handle)
    if as_json:
        print_json({"publication": number, "link": link})
    else:
        publish_terminal.text(link)


def _show(rows: list[dict[str, Any]], *, as_json: bool, run_id: str = "") -> None:
    if as_json:
        print_json({"publications": rows, "flow_run_id": run_id})
        return
    for row in rows:
        publish_terminal.posting(row)
    if run_id:
        from flows.commands.running import page_of  # noqa: PLC0415

        page = page_of(run_id)
        if page:
            terminal.note(page)


def _desk() -> PublishingDesk:
    from reelwright.publishing.desk import PublishingDesk  # noqa: PLC0415 - loads the database
    from reelwright.settings import Settings  # noqa: PLC0415

    if has_server():
        quiet_prefect()  # it may be asked for keys
    return PublishingDesk(Settings(), stored_keys)
