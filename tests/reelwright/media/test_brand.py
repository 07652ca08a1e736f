"""The font that a recipe names: found by family or file, really drawn, and refused before anything is paid."""

from __future__ import annotations

import importlib.util
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont
from support.captioned import burn, expected_letters, format_of, letters, overlap, timed
from support.plans import plan

from reelwright.errors import RecipeError
from reelwright.media.captions import fonts
from reelwright.media.captions.brand import brand_of, lacking
from reelwright.recipe import Captions
from reelwright.storyboard import Shot


def folder_of(package: str) -> Path:
    """Where an installed package of fonts has its files."""
    spec = importlib.util.find_spec(package)
    assert spec
    assert spec.origin
    return Path(spec.origin).parent


THIN = folder_of("fontpkg_poppins") / "files" / "Poppins-Light.ttf"
VARIABLE = folder_of("manimgx_fonts") / "NotoSans[wght].ttf"
OPENTYPE = folder_of("noto_cjk_sans_jp_bold") / "NotoSansCJKjp-Bold.otf"


@pytest.fixture(scope="module")
def font_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where libass is given its fonts."""
    return tmp_path_factory.mktemp("fonts")


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(THIN, id="static"),
        pytest.param(VARIABLE, id="variable", marks=pytest.mark.slow),
        pytest.param(OPENTYPE, id="OpenType"),
    ],
)
def test_a_font_file_is_what_is_drawn(tmp_path: Path, font_folder: Path, file: Path) -> None:
    """The letters are that font's, where they were measured; Pillow draws the same ones from the file."""
    brand = brand_of(str(file))
    words, large = timed("Bread goes stale", 1), format_of("720x1280", 2)
    asked: dict[str, Any] = {"output": large, "seconds": Fraction(1), "preset": "pop"}
    burnt = burn(words, tmp_path, font_folder, font=str(file), **asked)
    cue = burnt.cues[0]
    # Thin strokes lose more at their edges.
    least = 0.7 if file == THIN else 0.8
    assert overlap(letters(burnt, cue), expected_letters(burnt.size, cue.words, font_folder, brand)) > least
    plain = burn(words, tmp_path, font_folder, **asked)
    assert overlap(letters(burnt, cue), letters(plain, plain.cues[0])) < 0.6


def test_what_the_brand_has_no_script_for_is_set_in_a_shipped_font() -> None:
    """A Latin brand's Japanese and Arabic."""
    brand = brand_of(str(THIN))
    named = {text: fonts.runs(text, brand)[0].font for text in ("Brot", "パン", "خبز")}
    assert named["Brot"] == brand
    assert {named[text].family for text in ("パン", "خبز")} == {"Noto Sans CJK JP", "RW Noto Sans Arabic"}


def test_the_default_and_its_name_are_one() -> None:
    """Recipes from before keep their captions and their keys."""
    assert brand_of("Poppins") is brand_of(Captions().font) is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Helvetica Neue", "there is no font family 'Helvetica Neue' here"),
        ("fonts/brand.ttf", "cannot be read: No such file"),
        ("{}/not.ttf", "not.ttf is no font"),
    ],
)
def test_a_font_that_is_not_there_is_a_problem_of_the_plan(tmp_path: Path, name: str, says: str) -> None:
    """With what is there and how another comes."""
    (tmp_path / "not.ttf").write_text("hello")
    named = name.format(tmp_path)
    (problem,) = plan(captions=Captions(font=named)).problems
    assert says in problem
    with pytest.raises(RecipeError) as refused:
        brand_of(named)
    assert refused.value.field == "captions.font"


def test_letters_that_the_brand_lacks_are_a_problem_of_the_plan(tmp_path: Path) -> None:
    """A font without `ő` would set one letter of a Hungarian word in another face."""
    file = TTFont(io.BytesIO(THIN.read_bytes()))
    subsetter = Subsetter()
    subsetter.populate(text="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,")
    subsetter.subset(file)
    file.save(tmp_path / "narrow.ttf")
    recipe = Captions(font=str(tmp_path / "narrow.ttf"))
    (problem,) = plan(Shot(narration="Az idő 5 perc."), captions=recipe).problems
    assert problem.endswith("has no 5 (U+0035) ő (U+0151): name another font")
    brand = brand_of(recipe.font)
    assert brand
    assert lacking(brand, "Brot, パン, 🍞!") == ()
    assert plan(Shot(narration="Bread.")).problems == ()
