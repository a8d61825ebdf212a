"""Model cards: what a person should know about a model, written from its manifest alone."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from services.models.manifest import Manifest
from services.models.tensors import CONTRACTS
from services.runtime.whole_file import write_whole

_INTRODUCTIONS = {
    "ctr": (
        "Scores candidates for a shopper: the calibrated probability of a click, and the last hidden layer, which "
        "contextual policies build on. DCN-v2 with Platt's scaling above a floor (services/models/ctr/network.py).\n\n"
        "It is made for any shop: what it has learnt of single creatives and products counts for those alone, and what "
        "means something in one shop only (slots of categories, word vectors of products) is left out. For a tenth of "
        "the requests no profile was read.\n\n"
        "Gain over blind: mean log loss of the same network trained without any feature of the shopper, minus this "
        "model's; positive is better. Intervals resample whole shoppers (95 %; the ten of the tenths hold together)."
    ),
    "creative_generator": (
        "Draws a 32 x 32 picture of a product class for an audience. Conditional WGAN-GP with a projection critic "
        "(services/models/generator/network.py, services/training/critic.py); what the eight numbers of an audience "
        "mean is in services/models/generator/audience.py.\n\n![drawn pictures](grid.png)\n\n"
        "Class agreement: how often a judge, trained on real pictures only (services/training/judge.py), reads the "
        "class that was asked for. Audience correlation: of asked and read, by axis. Diversity: distance of two drawn "
        "pictures of one condition, divided by that of two real ones."
    ),
    "text_encoder": (
        "Embeds a text as a unit vector of 384 numbers; texts that mean the same lie close together. MiniLM as "
        "published, from its wheel; the manifest pins its files by checksum.\n\n"
        "Features take 32 numbers of it, on fixed axes (`axes.npy`, services/models/text_encoder/axes.py), which are "
        "applied by those who ask. It reads English; what a text in another language means, it hardly knows."
    ),
}

_FIRST = ("impressions", "predicted", "observed", "shoppers", "clicks", "click_rate", "log_loss", "normalised_entropy")
"""Figures that come first, in this order: a manifest that was read has them by their letters."""


def write_card(facts: Manifest, repository: Path) -> None:
    """Writes `CARD.md` into the model's folder."""
    write_whole(repository / facts.model / "CARD.md", card(facts))


def card(facts: Manifest) -> str:
    """The card's text."""
    parts = [
        f"# {facts.model}\n\n{_INTRODUCTIONS[facts.model]}",
        f"- version: `{facts.version}`\n- data: {facts.data}\n- made by: `{facts.command}`",
        _tensors(facts.model),
        "## Figures\n\n" + ("\n".join(_figures(facts.metrics)) or "None were measured here."),
        "## Recipe\n\n```json\n" + json.dumps(facts.recipe, indent=2) + "\n```",
        "## Checksums (SHA-256)\n\n" + "\n".join(f"- `{name}`: `{value}`" for name, value in facts.sha256.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _tensors(model: str) -> str:
    contract = next(contract for contract in CONTRACTS if contract.name == model)
    rows = ["| tensor | type | shape of a row | meaning |", "|---|---|---|---|"]
    for way, specs in (("in", contract.inputs), ("out", contract.outputs)):
        rows += [f"| {way}: `{spec.name}` | {spec.dtype} | {list(spec.shape)} | {spec.meaning} |" for spec in specs]
    return "## Tensors\n\n" + "\n".join(rows)


def _figures(metrics: Mapping[str, object]) -> list[str]:
    """Single figures as a list; a list of records as a table."""
    lines = [
        f"- {name.replace('_', ' ')}: {_shown(metrics[name])}"
        for name in _ordered(metrics)
        if not isinstance(metrics[name], list)
    ]
    for name, value in metrics.items():
        if isinstance(value, list):
            lines += ["", f"### {name}", "", *_table(value)]
    return lines


def _table(records: list[dict[str, object]]) -> list[str]:
    head = _ordered(records[0])
    rows = ["| " + " | ".join(_shown(record[name]) for name in head) + " |" for record in records]
    return ["| " + " | ".join(name.replace("_", " ") for name in head) + " |", "|---" * len(head) + "|", *rows]


def _ordered(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))


def _shown(value: object) -> str:
    if isinstance(value, Mapping) and set(value) == {"value", "low", "high"}:
        return f"{_shown(value['value'])} ({_shown(value['low'])} to {_shown(value['high'])})"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(entry)}" for name, entry in value.items())
    return f"{value:.4g}" if isinstance(value, float) else str(value)
