from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reelwright.models.narrators.word_times import match, phoneme_groups, settle, spoken_words

_RATE = 24_000


def _exact(*spans: tuple[int, int]) -> list[tuple[Fraction, Fraction]]:
    return [(Fraction(start), Fraction(end)) for start, end in spans]


@st.composite
def _spans(draw: st.DrawFn) -> tuple[list[tuple[int, int] | None], int]:
    """Draw anything a model could say of words, in order or not, and a length."""
    length = draw(st.integers(1, 100_000))
    moment = st.integers(-5_000, length + 5_000)
    spans = draw(st.lists(st.none() | st.tuples(moment, moment), min_size=1, max_size=30))
    return [*spans, draw(st.tuples(moment, moment))], length


@given(_spans())
def test_words_stay_in_order_inside_the_speech(drawn: tuple[list[tuple[int, int] | None], int]) -> None:
    """Whatever the model says, every word gets a time of its own: start < end, in order, inside the file."""
    spans, length = drawn
    settled = settle(spans, length, _RATE)
    assert len(settled) == len(spans)
    assert all(0 <= start < end <= length for start, end in settled)
    assert all(end <= start for (_, end), (start, _) in pairwise(settled))


def test_good_times_are_left_as_they_are() -> None:
    """Times that are in order are not touched."""
    spans = [(480, 9_000), (9_000, 20_000), (25_000, 40_000)]
    assert settle(spans, 48_000, _RATE) == _exact(*spans)


def test_an_emoji_stands_in_the_pause_behind_its_word() -> None:
    """A word that is not spoken takes free time and shortens no spoken word when there is a pause."""
    settled = settle([(0, 10_000), None, (20_000, 30_000)], 30_000, _RATE)
    assert settled == _exact((0, 10_000), (10_000, 12_880), (20_000, 30_000))


def test_an_emoji_without_a_pause_takes_a_part_of_its_word() -> None:
    """Without a pause a spoken word keeps at least two thirds of its time."""
    assert settle([(0, 6_000), None], 6_000, _RATE) == _exact((0, 4_000), (4_000, 6_000))


def test_a_year_is_one_written_word() -> None:
    """A number that is spoken as several words has the time of all of them."""
    alone = [["ɪn"], ["nIntin", "sɪksti", "nIn"], ["hi"]]
    assert match(alone, ["ɪn", "nIntin", "sɪksti", "nIn", "hi"]) == [(0, 1), (1, 4), (4, 5)]


def test_a_dash_that_is_read_as_to_moves_no_other_word() -> None:
    """When the sentence has a spoken word more than its words alone, the words behind it keep their own sounds."""
    alone = [["fɹʌm"], ["tɛn"], [], ["twɛlv"], ["dAz"], ["ənd"], ["mɔɹ"]]
    spoken = ["fɹʌm", "tɛn", "tə", "twɛlv", "dAz", "ənd", "mɔɹ"]
    ranges = match(alone, spoken)
    assert [ranges[index] for index in (0, 3, 4, 5, 6)] == [(0, 1), (3, 4), (4, 5), (5, 6), (6, 7)]


@given(
    st.lists(st.lists(st.text("abcd", min_size=1, max_size=5), max_size=4), min_size=1, max_size=20),
    st.lists(st.text("abcd", min_size=1, max_size=5), max_size=40),
)
def test_every_spoken_word_belongs_to_exactly_one_written_word(alone: list[list[str]], spoken: list[str]) -> None:
    """The ranges divide the spoken words without a hole, however little they fit."""
    ranges = match(alone, spoken)
    assert [index for first, last in ranges for index in range(first, last)] == list(range(len(spoken)))


@given(st.text("aəˈː ,.!—()", max_size=40))
def test_groups_and_spoken_words_agree(phonemes: str) -> None:
    """Times and sounds are counted the same way, marks and punctuation or not."""
    assert len(phoneme_groups(phonemes)) == len(spoken_words(phonemes))
