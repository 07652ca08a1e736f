"""Topics from each source: read as they stand, complained about where they stand."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwright.errors import ProviderError, SourceError
from reelwright.series.files import read_series
from reelwright.series.topics import Topic, read_topics

REST = 'title: Kitchen\ntime_zone: Europe/Berlin\nslots: [{times: ["18:00"]}]\n'
FEED = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>News</title><link>https://news.example/</link><description>All</description>
<item><title>Rice &amp; salt</title><link>https://news.example/rice</link>
<description>&lt;p&gt;Rice is &lt;b&gt;dry&lt;/b&gt;.&lt;/p&gt;&lt;script&gt;no()&lt;/script&gt;
&lt;p&gt;Salt is not.&lt;/p&gt;</description></item>
<item><title>Only a title</title><link>https://news.example/title</link></item></channel></rss>
"""


def topics(folder: Path, text: str, rest: str = REST) -> tuple[Topic, ...]:
    """The topics of a series that is written to a folder."""
    path = folder / "kitchen.yaml"
    path.write_text(rest + text, "utf-8")
    return read_topics(read_series(path))


@pytest.fixture
def feed() -> Iterator[str]:
    """The address of a server with a feed at `/feed`, and nothing elsewhere."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/feed" else 503)
            self.end_headers()
            self.wfile.write(FEED.encode() if self.path == "/feed" else b"")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_list_holds_topics_scripts_and_shots(tmp_path: Path) -> None:
    """A text is a topic for the writer; a script is split by rule; shots are taken as they are."""
    text = """topics:
  list:
    - Why bread goes stale
    - {title: Rice, script: "Rice is dry.\\n\\nIt drinks."}
    - title: Salt
      hashtags: [salt]
      shots: [{prompt: A heap of salt.}]
"""
    bread, rice, salt = topics(tmp_path, text)
    assert (bread.brief.topic, bread.brief.shots) == ("Why bread goes stale", ())
    assert [shot.narration for shot in rice.brief.shots] == ["Rice is dry.", "It drinks."]
    assert (salt.brief.title, salt.brief.hashtags, salt.brief.shots[0].prompt) == ("Salt", ("salt",), "A heap of salt.")
    assert salt.source == f"{tmp_path / 'kitchen.yaml'}:8"


def test_a_table_is_read_as_spreadsheets_write_it(tmp_path: Path) -> None:
    """With commas or semicolons, quotes and line ends of any kind; empty lines count for nothing."""
    lines = (
        "\ufeffTitle;Script;Hashtags;Language",
        'Rice;"Rice is dry; always.";rice, food;',
        ";;;",
        "Sel;Le sel.;;fr",
    )
    (tmp_path / "t.csv").write_bytes("\r\n".join(lines).encode())
    rice, salt = topics(tmp_path, "topics: {csv: t.csv}\n")
    assert (rice.brief.shots[0].narration, rice.brief.hashtags, rice.brief.language) == (
        "Rice is dry; always.",
        ("rice", "food"),
        "en",
    )
    assert (salt.brief.language, salt.source) == ("fr", f"{tmp_path / 't.csv'}:4")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("title,skript\nA,b\n", r"t\.csv:1: there is no column 'skript' here"),
        ("script\nA\n", r"t\.csv:1: the column 'title' is missing"),
        ("title,script\nA,b\n,c\n", r"t\.csv:3: title"),
        ("title,language\nA,English\n", r"t\.csv:2: language: 'English' will not do"),
    ],
)
def test_a_table_that_will_not_do_is_told_by_its_line(tmp_path: Path, table: str, told: str) -> None:
    """File, line and column."""
    (tmp_path / "t.csv").write_text(table, "utf-8")
    with pytest.raises(SourceError, match=told):
        topics(tmp_path, "topics: {csv: t.csv}\n")


def test_a_feed_is_read_out_or_handed_to_the_writer(tmp_path: Path, feed: str) -> None:
    """Its HTML becomes paragraphs; what has no text needs a writer."""
    rice, bare = topics(tmp_path, f"topics: {{feed: '{feed}/feed'}}\n")
    assert (rice.brief.title, rice.source) == ("Rice & salt", "https://news.example/rice")
    assert [shot.narration for shot in rice.brief.shots] == ["Rice is dry.", "Salt is not."]
    assert bare.brief.topic.startswith("Only a title")
    written, _ = topics(tmp_path, f"topics: {{feed: '{feed}/feed'}}\nrecipe: {{writer: some-writer}}\n")
    assert (written.brief.shots, "Salt is not." in written.brief.topic) == ((), True)


def test_a_feed_that_is_down_is_no_mistake_of_the_series(tmp_path: Path, feed: str) -> None:
    """It can be tried again; a page that is no feed cannot."""
    with pytest.raises(ProviderError, match="answered with status 503") as down:
        topics(tmp_path, f"topics: {{feed: '{feed}/down'}}\n")
    assert down.value.retryable
    (tmp_path / "page.xml").write_text("<html>Hello", "utf-8")
    with pytest.raises(SourceError, match="this is no feed"):
        topics(tmp_path, "topics: {feed: page.xml}\n")


def test_a_folder_is_told_in_the_order_of_names(tmp_path: Path) -> None:
    """Scripts and briefs; a picture beside a brief is named so that it is found on another machine."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "nora.png").write_bytes(b"a picture")
    (folder / "2.md").write_text("# Second\n\nSaid.\n", "utf-8")
    (folder / "1.yaml").write_text(
        "title: First\ncharacters: [{name: Nora, references: [nora.png]}]\nshots: [{prompt: Nora cooks.}]\n", "utf-8"
    )
    first, second = topics(tmp_path, "language: de\ntopics: {scripts: scripts}\n")
    assert (first.brief.title, second.brief.title, second.brief.language) == ("First", "Second", "de")
    assert first.brief.characters[0].references == ("scripts/nora.png",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("topics: {csv: a.csv, feed: b}\n", r"kitchen\.yaml:4: topics: csv and feed are given"),
        ("topics: {}\n", r"kitchen\.yaml:4: topics: nothing is given"),
        ("topics: {list: [a]}\ntime_zones: x\n", r"kitchen\.yaml:5: time_zones: .*did you mean 'time_zone'"),
        ("topics: {list: [a]}\nmissed: {policy: reserve}\n", r"kitchen\.yaml:\d: reserve: there is no reserve"),
        ("topics: {list: [a]}\nrecipe_file: none.yaml\n", r"kitchen\.yaml:5: recipe_file: there is no file"),
        ("topics: {scripts: nowhere}\n", r"kitchen\.yaml:4: topics\.scripts: there is no folder"),
        ("topics: {list: [{title: a, topik: b}]}\n", r"kitchen\.yaml:4: topics\.list\[1\]\.topik: .*'topic'"),
    ],
)
def test_a_series_that_will_not_do_is_told_by_its_line(tmp_path: Path, text: str, told: str) -> None:
    """File, line, field, and what was meant."""
    with pytest.raises(SourceError, match=told):
        topics(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "told"), [("18:00", "25:00", "a time such as 07:30"), ("Berlin", "Bonn", "IANA")]
)
def test_a_slot_that_is_none_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    """With what was expected."""
    with pytest.raises(SourceError, match=told):
        topics(tmp_path, "topics: {list: [a]}\n", REST.replace(old, new))
