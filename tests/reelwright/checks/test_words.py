"""What was said against the script: the same words written in any way are right, other words are wrong."""

from __future__ import annotations

import pytest

from reelwright.checks.words import compare
from reelwright.checks.words_form import spoken_line, spoken_units

LIMIT = 0.2

SAME = (
    ("en", "In 1969 three men flew to the moon.", "in nineteen sixty-nine 3 men flew to the moon"),
    ("en", "In 1969 three men flew.", "In one thousand nine hundred and sixty nine, three men flew!"),
    ("en", "It cost $25 billion.", "it cost twenty five billion dollars"),
    ("en", "It costs $3.50.", "It costs three dollars and fifty cents"),
    ("en", "The bridge is 2,737 meters long.", "the bridge is 2737 metres long"),
    ("en", "It opened on May 27, 1937.", "It opened on the 27th of May 1937"),
    ("en", "The train leaves at 7:30 p.m.", "the train leaves at 7.30pm"),
    ("en", "Call 555-0199.", "call five five five oh one nine nine"),
    ("en", "About 71% is water.", "about seventy-one percent is water"),
    ("en", "Don't! It's 450 degrees.", "do not it is four hundred and fifty degrees"),
    ("en", "He sold 1.5 million copies.", "he sold one point five million copies"),
    ("en", "The 2nd law of Dr. Smith", "the second law of doctor smith"),
    ("en", "Long-term e-mail", "long term email"),
    ("en", "Bread crumbs are good.", "Breadcrumbs are good."),
    ("en", "A letter to Marie Curie", "a letter to Mary Curie"),
    ("de", "Das Brot kostet 2,50 €.", "das brot kostet zwei komma fünf euros"),
    ("de", "Im Jahr 25 waren es 1.000 Menschen.", "Im Jahr fünfundzwanzig waren es tausend... Menschen"),
    ("fr", "L'eau est à 25 degrés.", "l’eau est a vingt-cinq degrés"),
    ("es", "Tiene 16 años.", "tiene dieciséis años"),
    ("zh", "1969年,三个人飞上月球。", "一九六九年三個人飛上月球".translate(str.maketrans("個飛", "个飞"))),
    ("ja", "25人が来ました。", "二十五人が来ました"),
    ("ko", "빵은 25원입니다.", "빵은 이십오 원 입니다"),
    ("ar", "الخُبزُ طازج", "الخبز طازج"),
    ("ru", "Хлеб стоит 25 рублей.", "хлеб стоит двадцать пять рублей"),
)

OTHER = (
    ("en", "In 1969 three men flew to the moon.", "In 1869 three men flew to the moon."),
    ("en", "It costs $3.50.", "It costs $8.50."),
    ("en", "Put the dough in the fridge for twelve hours.", "Put the dough in the oven at once."),
    ("en", "Put the dough in the fridge for twelve hours.", ""),
    ("en", "Put the dough in the fridge for twelve hours.", "Thank you for watching!"),
    ("en", "Yes, I do.", "No, I don't."),
    ("en", "Wait.", "Go."),
    ("en", "Bread is alive.", "Bread is alive. Bread is alive. Bread is alive."),
    ("de", "Das Brot wird nicht trocken.", "Bread does not dry out."),
    ("zh", "三个人飞上月球。", "今天天气很好。"),
    ("ja", "パンは乾きません。", "今日はいい天気です。"),
    ("ko", "빵은 마르지 않습니다.", "오늘은 날씨가 좋네요."),
)


@pytest.mark.parametrize(("language", "written", "heard"), SAME)
def test_the_same_words_are_right_however_they_are_written(language: str, written: str, heard: str) -> None:
    """Numbers, money, dates, names, accents, hyphens."""
    said = compare(written, heard, language)
    assert not said.is_wrong(LIMIT), said
    assert said.wrong_numbers == ()


@pytest.mark.parametrize(("language", "written", "heard"), OTHER)
def test_other_words_are_wrong(language: str, written: str, heard: str) -> None:
    """Too many of them, or a number that is another one."""
    said = compare(written, heard, language)
    assert said.is_wrong(LIMIT) or said.wrong_numbers, said
    assert said.told()


def test_one_misheard_word_of_several_is_let_pass() -> None:
    """Recognition mishears; two words out of nine are too many."""
    written = "Put the dough in the fridge for a day."
    assert not compare(written, "Put the dough in the bridge for a day.", "en").is_wrong(LIMIT)
    assert not compare(written, "Put the dough in the garden for a day.", "en").is_wrong(LIMIT)
    assert compare(written, "Put the stone in the garden for a day.", "en").is_wrong(LIMIT)


def test_an_end_that_is_missing_is_told() -> None:
    """All before it was said: the sound was cut off."""
    said = compare(
        "Bread does not dry out, it turns back into crystal.", "Bread does not dry out, it turns back into", "en"
    )
    assert (said.cut_off, said.told()) == (1, "'crystal' is left out")
    assert compare("Bread does not dry out.", "It does not dry", "en").cut_off == 0


def test_a_name_is_heard_with_patience_and_another_word_is_not() -> None:
    """As the recipe's characters, and as the script writes them with a capital."""
    assert compare("Then Lovelace wrote it.", "Then Loveless wrote it.", "en").errors == 0
    assert compare("then kestrin wrote it", "then kestren wrote it", "en", names=["Kestrin"]).errors == 0
    assert compare("then bakers wrote it", "then horses wrote it", "en").errors == 1


def test_languages_without_spaces_are_compared_by_character() -> None:
    """So that one character is not a whole sentence."""
    said = compare("今天我们来烤面包", "今天我们来烤面报", "zh")
    assert (said.by_character, said.units, said.errors) == (True, 8, 1)


def test_what_is_not_said_is_no_part_of_a_line() -> None:
    """Who says it, how, and quotation marks."""
    assert spoken_line('Anna: "Come here!" (whispers)\nBen: [off] No.') == "Come here! No."
    assert spoken_line("Anna: Come here!", ["Anna"]) == "Come here!"
    assert spoken_line("Remember: bread is alive.") == "Remember: bread is alive."
    assert spoken_units("¡Hola!", "es") == ["hola"]
