"""The screen: what passes, what fails for which reason, and that nothing passes by being unmeasured."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from services.common.errors import Misconfigured
from services.composer.brand_kit import BrandKit
from services.screening.asset import Asset
from services.screening.judges import Given, Installed
from services.screening.pictures.looks import look_of
from services.screening.policy import policy, policy_in, with_own
from services.screening.reading.ports import Line
from services.screening.screen import verdict_of
from tests.unit.screening.ads import banner, failed, finished, grounds, judges, png


def test_a_good_banner_passes_every_check_that_is_asked_of_it() -> None:
    found = verdict_of(finished(banner()), grounds(), judges(), policy())
    assert found.verdict.passes, failed(finished(banner()), grounds(), judges())
    asked = {name for name, rule in policy().rules.items() if rule.asked.get("finished", "never") != "never"}
    assert asked - {check.check for check in found.verdict.checks} == {"brand_colours", "forbidden"}  # it has no kit


def test_a_check_whose_model_is_missing_is_unmeasured_and_does_not_pass_unless_it_is_not_asked() -> None:
    found = failed(finished(banner()), grounds(), Given())
    assert set(found) == {"image_safety", "reads_back", "contrast_seen", "claims_seen", "unsafe_words", "offence"}
    assert not any(check.measured for check in found.values())
    assert "not measured: no model was given" in found["image_safety"].why
    unasked = with_own("own.toml", {"checks": {name: {"finished": "never"} for name in found}})
    assert failed(finished(banner()), grounds(), Given(), unasked) == {}


@pytest.mark.parametrize(
    ("content", "check"),
    [
        (png(banner())[:-900], "decodes"),
        (png(Image.merge("RGB", [Image.effect_noise((300, 250), 90)] * 3)), "weight"),
        (png(banner().resize((300, 200))), "size"),
        (png(banner().filter(ImageFilter.GaussianBlur(4))), "sharp"),
        (png(banner("#bbbbbb")), "contrast_seen"),
    ],
)
def test_a_file_that_pages_cannot_use_fails_by_name(content: bytes, check: str) -> None:
    heavy = with_own("own.toml", {"checks": {"weight": {"most": 60_000}}})
    asset = dataclasses.replace(finished(banner()), content=content)
    assert check in failed(asset, grounds(), judges(), heavy)


def test_blocks_of_a_squeezed_jpeg_are_seen() -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((300, 250)).convert("RGB").save(out, "JPEG", quality=4)
    asset = dataclasses.replace(finished(banner()), content=out.getvalue())
    assert "blocks" in failed(asset, grounds(), judges())


def test_what_the_picture_says_is_held_against_the_row() -> None:
    found = failed(finished(banner()), grounds(), judges(["Breton tee", "€19.00"]))
    assert set(found) == {"claims_seen"}
    assert '"€19.00" in the picture' in found["claims_seen"].why


def test_a_headline_that_cannot_be_read_back_fails_and_unknown_letters_are_unmeasured() -> None:
    assert set(failed(finished(banner(), "Navy jumper"), grounds(), judges())) == {"reads_back"}
    check = failed(finished(banner(), "אב"), grounds(), judges())["reads_back"]
    assert (check.measured, "אב" in check.why) == (False, True)


def test_unsafe_words_and_pictures_fail() -> None:
    words = Asset("words", headline="Damn good", body="给妈妈的礼物")
    assert set(failed(words, grounds(), judges())) == {"unsafe_words"}
    assert set(failed(Asset("words", headline="他妈的好"), grounds(), judges())) == {"unsafe_words"}
    assert set(failed(finished(banner()), grounds(), judges(score=0.95))) == {"image_safety", "offence"}


def test_the_brand_kits_words_and_colours_count() -> None:
    kit = BrandKit(forbidden_words=("cheap",), colours={"primary": (31, 77, 58)})
    words = Asset("words", headline="Cheap tee")
    assert set(failed(words, grounds(kit=kit), judges())) == {"forbidden"}
    assert failed(finished(banner("#1f4d3a")), grounds(kit=kit), judges()) == {}
    assert set(failed(finished(banner("black", "#ffd0e8")), grounds(kit=kit), judges())) == {"brand_colours"}


def test_a_copy_of_another_ad_fails_and_an_ad_with_other_words_does_not() -> None:
    again = look_of(banner().resize((290, 242)).resize((300, 250)), "Breton tee €29.00")
    assert set(failed(finished(banner()), grounds(looks={"c-1": again}), judges())) == {"duplicate"}
    other = again.replace("bretontee", "newforyou")
    assert failed(finished(banner()), grounds(looks={"c-2": other}), judges()) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sample = 0", "sample: 0 where a number of ads from 1"),
        ("[checks.shiny]\nleast = 1", "checks.shiny: a check was expected, one of decodes, weight"),
        ('[checks.weight]\nmost = "much"', "checks.weight: one number, least or most, was expected"),
        ("[checks.weight]\nleast = 1", "checks.weight: one number"),
        ('[checks.weight]\nfinished = "often"', "checks.weight.finished: 'often' where one of composed"),
        ("colour = 1", "'colour' where sample or checks"),
        ("[checks", "checks and thresholds in TOML were expected"),
    ],
)
def test_a_shops_own_thresholds_are_checked_by_name(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(Misconfigured, match=said.replace("[", r"\[")):
        policy_in(str(tmp_path / "own.toml"))


def test_a_sample_follows_from_the_ads_id() -> None:
    asked = [policy().asks("reads_back", "composed", f"c-{n}") for n in range(5_000)]
    assert 60 < sum(asked) < 145  # one in 50, within five deviations
    assert asked == [policy().asks("reads_back", "composed", f"c-{n}") for n in range(5_000)]


def test_the_installed_models_judge_as_they_were_tried() -> None:
    models = Installed()
    assert models.images.unsafe(banner()) < 0.1  # type: ignore[union-attr]
    scores = models.texts.offence(["Breton stripe tee", "You are a stupid idiot"])  # type: ignore[union-attr]
    assert [round(score, 2) for score in scores] == [0.01, 1.0]
    assert models.words.found_in("Nude bra, 懒人沙发, what the fuck") == ("fuck",)  # type: ignore[union-attr]


@pytest.mark.parametrize(("colour", "score"), [("#000000", 0.066799), ("#ffffff", 0.014107), ("#deb296", 0.248333)])
def test_image_safety_scores_as_its_package_says(colour: str, score: float) -> None:
    """The package's own tests hold these scores of plain pictures; the last one is of the colour of skin."""
    judge = Installed().images
    assert judge.unsafe(Image.new("RGB", (300, 300), colour)) == pytest.approx(score, abs=1e-4)  # type: ignore[union-attr]


class Sees:
    """A `Reader` and judge of pictures that knows what is said on each ground, and fears one of them."""

    version = "test"

    def lines(self, picture: Image.Image) -> tuple[Line, ...]:
        said = {"white": ["Breton tee", "€29.00"], "yellow": ["€9.00"], "pink": []}[ground_of(picture)]
        return tuple(Line(text, (10, 20 + 30 * n, 200, 45 + 30 * n), 1.0) for n, text in enumerate(said))

    def unknown_in(self, text: str) -> str:
        return ""

    def unsafe(self, picture: Image.Image) -> float:
        return 0.9 if ground_of(picture) == "pink" else 0.1


def ground_of(picture: Image.Image) -> str:
    _, green, blue = picture.getpixel((299, 0))  # type: ignore[misc]
    return "white" if blue > 250 else "yellow" if green > 230 else "pink"


@pytest.mark.parametrize(
    ("grounds_shown", "fails"),
    [
        (("white", "white"), set()),
        (("yellow", "white"), {"claims_seen"}),
        (("white", "pink", "white"), {"image_safety"}),
        (("white", "white", "yellow", "pink", "white"), {"claims_seen", "image_safety"}),
        (("white", "yellow"), {"claims_seen"}),
    ],
)
def test_an_animation_is_judged_by_all_that_its_frames_show(grounds_shown: tuple[str, ...], fails: set[str]) -> None:
    first, *others = (banner(ground=ground) for ground in grounds_shown)
    first.putpixel((0, 0), (9, 9, 9))  # else two white frames were one
    out = io.BytesIO()
    first.save(out, "WEBP", save_all=True, append_images=others, lossless=True, duration=500)
    asset = dataclasses.replace(finished(first), content=out.getvalue())
    by = dataclasses.replace(judges(), images=Sees(), reader=Sees())
    assert set(failed(asset, grounds(), by)) == fails


def test_an_animation_past_the_bounds_of_frames_does_not_decode() -> None:
    out = io.BytesIO()
    frames = [Image.new("L", (20, 20), number % 256) for number in range(620)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    asset = dataclasses.replace(finished(banner()), content=out.getvalue())
    check = failed(asset, grounds(), judges())["decodes"]
    assert "at most 600 frames" in check.why
