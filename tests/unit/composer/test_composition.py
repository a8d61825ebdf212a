"""What a composition promises: texts can be read on what lies behind them, nothing is cut off, nothing covered."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw

from services.common.errors import Rejected
from services.composer.animate import LONGEST_MS, MOST_LOOPS, Frame, animated, frames_of
from services.composer.brand_kit import BrandKit
from services.composer.brief import Brief
from services.composer.compose import composition, painted
from services.composer.composition import Placed
from services.composer.encode import BUDGET_BYTES, JPEG, PNG, WEBP, encoded
from services.composer.layout.arrange import Arranged, arranged
from services.composer.photos.drawing import cut_drawing
from services.composer.photos.prepared_photo import CUT_OUT, FRAMED, PreparedPhoto
from services.composer.templates.read_template import template_of, templates

SALE = Brief(
    "300x250", "studio", "pullover", "#2f4d73", "4.6 of 5 from 200+ reviews: Quilted winter coat", "€89.00", "Shop now",
    regular_price="€129.00", description="Filled with recycled down, light and warm.",
)  # fmt: skip


def photo(width: int, height: int) -> PreparedPhoto:
    """A noisy photo that is not cut out, all of it worth seeing."""
    noise = np.random.RandomState(1).randint(0, 255, (height, width, 4), dtype=np.uint8)
    noise[:, :, 3] = 255
    return PreparedPhoto(
        Image.fromarray(noise), FRAMED, 0.0, "", ((120, 120, 120),), (0, 0, width, height), max(width, height), "", ""
    )


def contrast_on(placed: Placed, ground: Image.Image) -> float:
    """The least contrast with the pixels behind a text, computed anew by the definition of WCAG."""
    levels = np.asarray(ground.crop(placed.box), dtype=np.float64) / 255

    def light(part: np.ndarray) -> np.ndarray:
        linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
        return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))

    behind, text = light(levels), float(light(np.array(placed.colour) / 255))
    return float(((np.maximum(behind, text) + 0.05) / (np.minimum(behind, text) + 0.05)).min())


@pytest.mark.parametrize("template", templates())
def test_each_text_has_contrast_on_the_pixels_behind_it_and_covers_no_product(template: str) -> None:
    said = templates()[template]
    for number, palette in enumerate(said.palettes):
        backdrop = said.backdrops[number % len(said.backdrops)]
        for format_ in ("300x250", "320x100"):
            brief = replace(SALE, format=format_, template=template, palette=palette, backdrop=backdrop)
            made = composition(brief)
            assert made.verdict.passes, made.verdict
            surfaces = painted(brief, parts=frozenset(("button", "tag", "badge")) - made.placed.keys()).image
            assert surfaces is not None
            bare = {name: one for name, one in made.placed.items() if name in ("kicker", "headline", "description")}
            assert min(contrast_on(one, surfaces) for one in bare.values()) >= 4.49, (template, palette, format_)


def test_texts_over_a_photo_get_a_veil() -> None:
    from services.composer.drawing.schemes import palette_of
    from services.composer.layers.texts import paint_texts
    from services.composer.layout.arrange import Arranged, arranged

    layout = arranged(SALE, templates()["studio"], True)
    assert isinstance(layout, Arranged)
    picture = photo(300, 250).image.convert("RGB")
    palette = palette_of("paper", (47, 77, 115), None)
    assert min(one.contrast for one in paint_texts(picture, layout.written, palette).values()) >= 4.5


def test_the_same_brief_gives_the_same_pixels_whatever_was_drawn_before() -> None:
    first = composition(SALE).image
    composition(replace(SALE, template="sale", backdrop="grain"))
    again = composition(SALE).image
    assert first is not None
    assert again is not None
    assert first.tobytes() == again.tobytes()


def test_a_framed_photo_keeps_its_focus_whole_in_every_template() -> None:
    tall = photo(200, 600)
    for template in templates():
        assert composition(replace(SALE, template=template), tall).verdict.passes


def test_elements_are_recorded_one_by_one() -> None:
    made = composition(replace(SALE, palette="duo", backdrop="gradient"))
    assert made.elements == {
        "template": "studio", "backdrop": "gradient", "palette": "duo", "type": "grotesk", "picture_style": "studio",
        "picture_size": "medium", "call_to_action": "Shop now", "photo": "drawing",
    }  # fmt: skip


def test_a_script_that_runs_from_the_right_sees_the_mirror_image() -> None:
    arabic = replace(SALE, headline="معطف شتوي دافئ", call_to_action="تسوق الآن", language="ar", description="")
    english, mirrored = composition(SALE).placed, composition(arabic).placed
    assert english["button"].box[0] < 150 < mirrored["button"].box[0]


@pytest.mark.parametrize(("field", "value"), [("palette", "mud"), ("backdrop", "lava"), ("template", "grand")])
def test_an_unknown_look_is_rejected_by_name(field: str, value: str) -> None:
    with pytest.raises(Rejected, match=f"{field}.*{value}.*one of"):
        composition(replace(SALE, **{field: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize("kinds", [(PNG, JPEG), (WEBP,), (JPEG,)])
def test_a_large_picture_of_a_noisy_photo_stays_within_its_bytes(kinds: tuple[str, ...]) -> None:
    made = composition(replace(SALE, format="1080x1080"), photo(700, 700)).image
    assert made is not None
    content, media_type = encoded(made, kinds)
    assert len(content) <= BUDGET_BYTES
    assert Image.MIME[Image.open(io.BytesIO(content)).format or ""] == media_type


@pytest.mark.parametrize("media_type", ["image/gif", WEBP])
def test_an_animated_banner_ends_with_the_whole_ad_within_the_limits(media_type: str) -> None:
    frames = frames_of(SALE)
    whole = composition(SALE).image
    assert whole is not None
    assert frames[-1].image.tobytes() == whole.tobytes()
    assert sum(frame.shown_ms for frame in frames) * MOST_LOOPS <= LONGEST_MS
    content = animated(frames, media_type)
    assert len(content) <= BUDGET_BYTES
    with Image.open(io.BytesIO(content)) as opened:
        assert getattr(opened, "n_frames", 1) > 3
        # A GIF counts the times after the first.
        assert opened.info["loop"] == (MOST_LOOPS if media_type == WEBP else MOST_LOOPS - 1)


def test_what_plays_too_long_is_rejected_and_reduced_motion_stands_still() -> None:
    with pytest.raises(Rejected, match="at most 30000 ms"):
        animated([Frame(Image.new("RGB", (9, 9)), 11_000)], loops=3)
    assert len(frames_of(replace(SALE, kit=BrandKit(reduced_motion=True)))) == 1


def test_a_picture_that_a_machine_made_says_so() -> None:
    plain, marked = composition(SALE).image, composition(replace(SALE, ai_made=True)).image
    assert plain is not None
    assert marked is not None
    changed = np.abs(np.asarray(plain, dtype=int) - np.asarray(marked, dtype=int)).max(axis=2) > 40
    assert 200 < changed.sum() < 3_000


@pytest.mark.parametrize("template", templates())
def test_the_mark_covers_no_text_and_no_button(template: str) -> None:
    for format_ in ("300x250", "336x280", "1200x628"):
        brief = replace(SALE, format=format_, template=template)
        plain, marked = composition(brief).image, composition(replace(brief, ai_made=True)).image
        assert plain is not None
        assert marked is not None
        found = ImageChops.difference(plain, marked).convert("L").point(lambda level: 255 * (level > 40)).getbbox()
        layout = arranged(brief, template_of(template), True)
        assert isinstance(layout, Arranged)
        assert found is not None
        boxes = [one.rect for one in layout.written] + [one.rect for one in layout.shapes]
        for box in boxes:
            across, down = (min(found[n + 2], box[n + 2]) - max(found[n], box[n]) for n in (0, 1))
            assert across <= 0 or down <= 0, (format_, box, found)


def test_a_product_whose_edge_has_the_ground_s_colour_gets_another_ground() -> None:
    for edge in ((250, 249, 246), (40, 38, 36), (205, 220, 206)):
        pixels = np.full((300, 300, 4), (*edge, 255), dtype=np.uint8)
        pixels[60:240, 60:240] = (70, 120, 80, 255)
        art = PreparedPhoto(Image.fromarray(pixels), CUT_OUT, 1.0, "", ((70, 120, 80),), (0, 0, 300, 300), 300, "", "")
        for template, said in templates().items():
            for palette in said.palettes:
                assert composition(replace(SALE, template=template, palette=palette), art).verdict.passes


@pytest.mark.parametrize("ground", [(228, 229, 231), (24, 24, 26), (255, 255, 255)])
def test_a_drawing_on_an_even_ground_is_cut_out_whole_whatever_its_colours(ground: tuple[int, int, int]) -> None:
    drawn = Image.new("RGB", (32, 32), ground)
    ImageDraw.Draw(drawn).rectangle((8, 6, 23, 25), fill=(120, 122, 128), outline=(90, 92, 96))
    ImageDraw.Draw(drawn).rectangle((13, 12, 18, 18), fill=ground)  # a print of the ground's own colour
    cut = cut_drawing(drawn)
    alpha = np.asarray(cut.getchannel("A"))
    assert alpha[:40].max() == alpha[:, :60].max() == 0
    assert alpha[80:230, 100:220].min() == 255
