"""What is measured of a product is what people see of it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from services.composer.photos.measure import colours_of, detail_of, focus_of
from services.composer.photos.perceptual_hash import ALIKE, distance, perceptual_hash
from services.composer.photos.shadow import contact_shadow
from tests.unit.composer.photos.scenes import RED, busy, jug, on, plain, saved


def test_colours_are_those_of_the_product_and_not_of_its_ground() -> None:
    image = Image.new("RGBA", (200, 200), (0, 255, 0, 0))
    image.paste((*RED, 255), (50, 50, 150, 120))
    image.paste((20, 30, 90, 255), (50, 120, 150, 150))
    assert colours_of(image) == (RED, (20, 30, 90))
    assert colours_of(Image.new("RGBA", (9, 9))) == ()


def test_the_focus_is_where_the_weight_is() -> None:
    weight = np.zeros((100, 200), dtype=np.float32)
    weight[20:60, 120:180] = 1.0
    assert focus_of(weight) == pytest.approx((120, 20, 180, 60), abs=1)
    assert focus_of(np.zeros((100, 200), dtype=np.float32)) == (0, 0, 200, 100)


def test_a_blurred_photo_has_less_detail_than_pixels_whatever_its_light() -> None:
    sharp = on(plain()).convert("RGBA")
    assert detail_of(sharp) == 400
    small = sharp.resize((80, 80), Image.Resampling.LANCZOS)
    assert detail_of(small) == 80
    for coarse in (small.resize((400, 400), Image.Resampling.BICUBIC), sharp.filter(ImageFilter.GaussianBlur(4))):
        dark = Image.eval(coarse.convert("RGB"), lambda value: value // 3).convert("RGBA")
        assert 80 <= detail_of(coarse) <= 150
        assert 80 <= detail_of(dark) <= 150
    assert detail_of(Image.new("RGBA", (300, 200), "navy")) == 300  # nothing that could be blurred


def test_a_photo_saved_smaller_and_darker_has_nearly_the_same_hash_and_another_has_not() -> None:
    first = on(plain())
    again = first.resize((150, 150)).point(lambda value: round(value * 0.9))
    assert distance(perceptual_hash(first), perceptual_hash(again)) <= ALIKE
    assert distance(perceptual_hash(first), perceptual_hash(busy())) > 2 * ALIKE
    assert distance(perceptual_hash(first), perceptual_hash(first.rotate(90))) > 2 * ALIKE


def test_a_shadow_lies_under_the_foot_and_nowhere_else() -> None:
    cut_out = Image.new("RGBA", (400, 400), (*RED, 0))
    cut_out.putalpha(jug())
    cut_out = cut_out.crop(cut_out.getbbox())
    shadow = contact_shadow(cut_out, margin=20)
    assert shadow.size == (cut_out.width + 40, cut_out.height + 40)
    shade = np.asarray(shadow.getchannel("A"), dtype=np.int64)
    foot = 20 + cut_out.height
    assert shade[foot - 3 : foot + 3, 60:120].min() > 40
    assert shade[: foot - 60].max() == 0
    assert saved(shadow) == saved(contact_shadow(cut_out, margin=20))
