"""`adloom compose`: an ad of a product in a file, to look at templates, formats and a brand kit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from services.common.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from protos.gen.adloom.catalogue.v1.product_pb2 import Product
    from services.composer.brief import Brief
    from services.composer.photos.prepared_photo import PreparedPhoto

_KINDS: Final = {".png": "image/png", ".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_ANIMATED: Final = {".gif": "image/gif", ".webp": "image/webp"}


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command(name="compose")(compose)


def compose(  # noqa: PLR0913 - one parameter an option
    product: Annotated[str, typer.Option(help="Id of a product of the running stack, else of the demo shop.")],
    format_: Annotated[str, typer.Option("--format", metavar="WxH", help="Of the formats in which ads are made.")],
    out: Annotated[Path, typer.Option(help="A file: .png, .jpg or .webp; with --animate .gif or .webp.")],
    template: Annotated[
        str, typer.Option(help="One of ours, or a FILE.yaml; none: what the product would get first.")
    ] = "",
    palette: Annotated[str, typer.Option(help="Colours: one of the template's or another scheme.")] = "",
    backdrop: Annotated[str, typer.Option(help="What lies behind all.")] = "",
    photo: Annotated[Path | None, typer.Option(help="A photo of the product; none: the stack's, or a drawing.")] = None,
    brand: Annotated[Path | None, typer.Option(help="A brand kit; services/composer/brand_kit.py.")] = None,
    animate: Annotated[bool, typer.Option("--animate", help="The words come one after another.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False,
) -> None:
    """Compose one ad as the studio would, and write it to a file."""
    kinds = _ANIMATED if animate else _KINDS
    if out.suffix.lower() not in kinds:
        raise Rejected("invalid", "out", str(out), f"a file that ends with {', '.join(kinds)}")
    row = _product(product)
    shown = _photo(photo, row)
    brief = _brief(row, format_, (template, palette, backdrop), brand, "" if shown is None else shown.sha256)
    content, facts = _composed(brief, shown, kinds[out.suffix.lower()], animate)
    out.write_bytes(content)
    typer.echo(json.dumps(facts) if as_json else f"{out}: {brief.template}, {len(content)} bytes")


def _brief(product: Product, format_: str, wished: tuple[str, str, str], brand: Path | None, photo: str) -> Brief:
    """The product's first ad in the format, in the wished look."""
    from dataclasses import replace
    from datetime import UTC, datetime

    from services.assets.ads import Setup, all_ads_of
    from services.composer.brand_kit import NO_KIT, kit_in
    from services.composer.formats import checked
    from services.composer.templates.own_templates import is_file_of_template, own_template
    from services.copywriter.offer_words import Moment

    kit = NO_KIT if brand is None else kit_in(brand)
    ads = all_ads_of(product, checked(format_), Setup(Moment(datetime.now(UTC)), photo, kit))
    _, brief = next(ads, (None, None))
    if brief is None:
        raise Rejected("invalid", "title", product.title, "a title that ads can carry")
    template, palette, backdrop = wished
    if is_file_of_template(template):
        own = own_template(Path(template))
        brief = replace(brief, template=own.name, own_template=own, palette="", backdrop=kit.backdrop)
    elif template and template != brief.template:
        brief = replace(brief, template=template, palette="", backdrop=kit.backdrop)
    return replace(brief, palette=palette or brief.palette, backdrop=backdrop or brief.backdrop)


def _composed(
    brief: Brief, photo: PreparedPhoto | None, media_type: str, animate: bool
) -> tuple[bytes, dict[str, object]]:
    from services.composer.animate import animated, frames_of
    from services.composer.compose import composition
    from services.composer.encode import encoded
    from services.composer.legible import why_rejected

    made = composition(brief, photo)
    if made.image is None or not made.verdict.passes:
        raise why_rejected(made.verdict, brief.headline)
    content = animated(frames_of(brief, photo), media_type) if animate else encoded(made.image, (media_type,))[0]
    texts = {
        name: {"text": one.text, "contrast": one.contrast, "size_px": one.size_px} for name, one in made.placed.items()
    }
    return content, {"bytes": len(content), "media_type": media_type, "elements": dict(made.elements), "texts": texts}


def _product(product_id: str) -> Product:
    from services.catalogue.catalogue import demo_products
    from services.cli.catalogue import running_products

    running = running_products(must=False)
    products = demo_products() if running is None else running.all() or demo_products()
    found = next((one for one in products if one.product_id == product_id), None)
    if found is None:
        raise Rejected("invalid", "product", product_id, "a product that `adloom catalogue list` shows")
    return found


def _photo(path: Path | None, product: Product) -> PreparedPhoto | None:
    """The photo of that file, else the one that the running stack has of the product."""
    from services.composer.photos.prepare import prepared
    from services.composer.photos.u2net_onnx import installed

    content = _stored(product) if path is None else _read(path)
    return prepared(content, installed()) if content else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Rejected("photo", "photo", str(path), f"a file that can be read ({error.strerror})") from error


def _stored(product: Product) -> bytes:
    from services.assets.pictures.picture_store import pictures_in
    from services.catalogue.photos.kafka_photos import photos_now
    from services.cli.broker import broker_of
    from services.studio.desk import link_of
    from services.tools.stack.state_dir import state_dir_of

    try:
        known = photos_now(broker_of().kafka).get(link_of(product))
    except Misconfigured:  # no stack runs
        return b""
    place = os.environ.get("ADLOOM_ASSETS_DIR") or str(state_dir_of().assets)
    return pictures_in(place).get(known.sha256) if known is not None and known.sha256 else b""
