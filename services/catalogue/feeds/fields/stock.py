"""Sets whether a product can be bought, and how many pieces there are."""

from __future__ import annotations

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.fields.availability import is_state, read_availability, read_quantity
from services.catalogue.feeds.fields.cells import Cells
from services.catalogue.feeds.shop_programs import ECCUBE, SHOPIFY


def set_stock(product: pb.Product, cells: Cells) -> None:
    """Sets what the row says of the stock."""
    said = cells.value("quantity")
    state = said if is_state(said) else None
    quantity = None if state else read_quantity(said)
    if cells.columns.kind == SHOPIFY:
        quantity, product.availability = _shopify_stock(cells, quantity)
    elif cells.columns.kind == ECCUBE and str(cells.own("在庫数無制限フラグ")).strip() == "1":
        quantity, product.availability = None, pb.IN_STOCK
    else:
        stated = cells.value("availability")
        product.availability = read_availability(state if stated is None else stated, quantity)
    if quantity is not None:
        product.quantity = quantity


def _shopify_stock(cells: Cells, quantity: int | None) -> tuple[int | None, pb.Availability]:
    """Shopify counts pieces only where a tracker is named, and sells on below 0 where the policy is "continue"."""
    tracked = cells.own("variantinventorytracker") or cells.own("inventorytracker")
    if not tracked or quantity is None:
        return None, pb.IN_STOCK
    policy = cells.own("variantinventorypolicy") or cells.own("continuesellingwhenoutofstock")
    on = str(policy).strip().lower() in ("continue", "true")
    return quantity, pb.IN_STOCK if quantity else pb.BACKORDER if on else pb.OUT_OF_STOCK
