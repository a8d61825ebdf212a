"""Rows of the own log: which decisions count, with which label, and who learns from which."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from protos.gen.adloom.events.v1.consent_pb2 import Consent
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from protos.gen.adloom.events.v1.outcome_pb2 import CLICKED, IGNORED, ORDERED, Outcome
from services.common.errors import Misconfigured
from services.features.creative_columns import ENCODED_FEATURES
from services.features.vector import BEGINNINGS, CATEGORIES, DENSE_FEATURES, FEATURE_VERSION, TEXT_ENCODED
from services.models import manifest
from services.models.manifest import served_version
from services.models.tensors import CONTRACTS
from services.training.own_log import OwnRows, endings, is_held_out, joined
from services.training.own_log_job import against_shipped, in_words, next_version, part, recipe_for, train_on_own_log
from services.training.serving import put_into_service

BRISK = replace(recipe_for(3_000), epochs=12, batch=64, learning_rate=5e-3)
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def decision(number: int = 0, user: str = "u1-a", **fields: Any) -> Impression:
    """A decision with features, a second after the one before it."""
    shown = Impression(
        impression_id=f"i-{number}", user_id=user, creative_id="c-1", feature_version=FEATURE_VERSION,
        features=[float(number)] * len(DENSE_FEATURES), categories=[0] * len(CATEGORIES),
    )  # fmt: skip
    shown.shown_at.FromDatetime(NOON + timedelta(seconds=number))
    shown.MergeFrom(Impression(**fields))
    return shown


def outcome(number: int = 0, user: str = "u1-a", **fields: Any) -> Outcome:
    """The closed outcome of that decision: ignored, unless said otherwise."""
    given = {"outcome_id": f"i-{number}:click", "kind": IGNORED, "window_closed": True, "creative_id": "c-1"}
    return Outcome(impression_id=f"i-{number}", user_id=user, **{**given, **fields})


def rows(decisions: list[Impression], outcomes: list[Outcome]) -> OwnRows:
    return joined(decisions, endings(outcomes), test_share=0.3, text_encoder="e/1")


def test_clicked_and_ignored_decisions_become_rows_in_the_order_of_their_time() -> None:
    own = rows([decision(1), decision(0)], [outcome(0, kind=CLICKED), outcome(1)])
    assert own.rows.clicked.tolist() == [1.0, 0.0]
    assert own.rows.dense[:, 0].tolist() == [0.0, 1.0]
    assert own.left_out == {}


def test_a_click_whose_window_is_open_waits_for_the_silence_of_others() -> None:
    own = rows([decision()], [outcome(kind=CLICKED, window_closed=False)])
    assert len(own.rows) == 0 and own.left_out == {"still_open": 1}


def test_a_click_after_the_window_changes_nothing() -> None:
    late = outcome(outcome_id="i-0:late", kind=CLICKED)
    assert rows([decision()], [outcome(), late]).rows.clicked.tolist() == [0.0]


def test_repeated_outcomes_and_decisions_count_once_and_orders_never() -> None:
    early, again = outcome(kind=CLICKED, window_closed=False), outcome(kind=CLICKED)
    order = outcome(outcome_id="i-0:order", kind=ORDERED)
    repeated = decision(features=[9.0])  # another content under the same id: the first counts
    own = rows([decision(), repeated, decision()], [order, early, again, again])
    assert own.rows.clicked.tolist() == [1.0]


@pytest.mark.parametrize(
    ("reason", "shown", "ended"),
    [
        ("other features (features/0)", {"feature_version": "features/0"}, {}),
        ("drill", {"experiment_arm": "drill"}, {}),
        ("no_consent", {"consent": Consent(profile=False)}, {}),
        ("invalid_traffic", {"invalid_traffic": "bot"}, {}),
        ("invalid_traffic", {}, {"invalid_traffic": "burst"}),
        ("other_decision", {}, {"creative_id": "c-2"}),
    ],
)
def test_what_is_no_evidence_is_left_out_with_its_reason(
    reason: str, shown: dict[str, Any], ended: dict[str, Any]
) -> None:
    own = rows([decision(**shown), decision(1)], [outcome(**ended), outcome(1)])
    assert len(own.rows) == 1 and own.left_out == {reason: 1}


def test_house_creatives_and_imported_decisions_without_features_are_left_out() -> None:
    bare = decision(foreign=True)
    bare.ClearField("features")
    assert rows([bare], [outcome()]).left_out == {"no_features": 1}
    assert len(rows([decision(foreign=True)], [outcome()]).rows) == 1


def test_records_of_features_3_are_rows_without_a_text_vector() -> None:
    earlier = decision(features=[], feature_version="features/3")
    earlier.features[:] = [2.0] * BEGINNINGS["features/3"]
    (row,) = rows([earlier], [outcome()]).rows.dense.tolist()
    assert row == [2.0] * TEXT_ENCODED + [0.0] * len(ENCODED_FEATURES)
    assert rows([decision(feature_version="features/3")], [outcome()]).left_out == {
        f"other features ({len(DENSE_FEATURES)} numbers, {len(CATEGORIES)} categories)": 1
    }


def test_text_vectors_of_another_encoder_count_as_missing() -> None:
    own = rows([decision(1, text_encoder="e/1"), decision(2, text_encoder="e/0")], [outcome(1), outcome(2)])
    assert own.rows.dense[:, TEXT_ENCODED].tolist() == [1.0, 0.0]
    assert own.rows.dense[1, TEXT_ENCODED:].sum() == 0.0 and own.rows.dense[1, 0] == 2.0


def many(shoppers: int, each: int, click_of: Any) -> OwnRows:
    """Decisions of many shoppers, one after the other; the first feature says who clicks."""
    chance, found, ended = np.random.default_rng(0), [], []
    for number in range(shoppers * each):
        user, liking = f"u1-{number % shoppers}", float(chance.standard_normal())
        shown = decision(number, user)
        shown.features[0] = liking
        found.append(shown)
        ended.append(outcome(number, user, kind=CLICKED if chance.random() < click_of(liking) else IGNORED))
    return rows(found, ended)


def test_no_shopper_and_no_moment_is_both_learnt_from_and_measured_on() -> None:
    own = many(50, 20, lambda liking: 0.5)
    parted = part(own)
    assert not set(parted.split.train.shopper.tolist()) & set(parted.split.test.shopper.tolist())
    learnt, measured = parted.split.train.dense[:, 1], parted.split.test.dense[:, 1]  # the decisions' numbers
    assert learnt.max() < measured.min()


def test_who_is_held_out_does_not_depend_on_the_log() -> None:
    few, more = many(20, 2, lambda liking: 0.5), many(40, 2, lambda liking: 0.5)
    assert few.held_out[:20].tolist() == more.held_out[:20].tolist()
    assert few.held_out[:20].tolist() == [is_held_out(f"u1-{number}", 0.3) for number in range(20)]


def test_too_few_clicks_are_refused_with_the_numbers(tmp_path: Path) -> None:
    own = many(50, 20, lambda liking: 0.01)
    with pytest.raises(Misconfigured, match=r"gives 1000 usable decisions: .* clicks to learn from \(300 are needed\)"):
        train_on_own_log(own, BRISK, tmp_path, tmp_path, lambda stage, share: None)
    with pytest.raises(Misconfigured, match="gives 0 usable decisions.*other features"):
        nothing = rows([decision(feature_version="features/0")], [outcome()])
        train_on_own_log(nothing, BRISK, tmp_path, tmp_path, lambda stage, share: None)


def test_a_log_with_a_clear_taste_beats_the_shipped_weights_and_is_not_promoted(tmp_path: Path) -> None:
    own = many(100, 40, lambda liking: 0.9 if liking > 0 else 0.1)
    before = manifest.read(manifest.folder_of("ctr"))
    facts = train_on_own_log(own, BRISK, tmp_path / "work", tmp_path / "models", lambda stage, share: None)
    assert facts.metrics["verdict"] == "better"
    assert facts.metrics["shipped"] == before.version
    assert manifest.read(manifest.folder_of("ctr", 2, tmp_path / "models")).version == facts.version
    assert manifest.read(manifest.folder_of("ctr")) == before
    assert next_version(tmp_path / "models") == 3
    assert "better. It is not promoted" in in_words(facts)
    left_out = facts.recipe["left_out"]
    assert isinstance(left_out, list) and set(ENCODED_FEATURES) <= set(left_out), "no row had text vectors"
    assert "text_encoder" not in facts.recipe
    made = put_into_service(manifest.folder_of("ctr", 2, tmp_path / "models"), tmp_path / "served")
    assert served_version("ctr", tmp_path / "served") == made.version == facts.version
    assert {path.parent.name for path in (tmp_path / "served").glob("*/config.pbtxt")} == {
        contract.name for contract in CONTRACTS
    }


def test_only_a_model_that_was_measured_to_be_better_and_reads_what_is_served_is_put_into_service(
    tmp_path: Path,
) -> None:
    def trained(verdict: str, feature_version: str = FEATURE_VERSION) -> Path:
        shipped, folder = manifest.folder_of("ctr"), tmp_path / verdict.replace(" ", "-") / feature_version
        shutil.copytree(shipped, folder)
        facts = manifest.read(shipped)
        recipe = facts.recipe | {"feature_version": feature_version}
        manifest.write(folder, replace(facts, recipe=recipe, metrics={"verdict": verdict}))
        return folder

    with pytest.raises(Misconfigured, match="not told apart. Only a better model"):
        put_into_service(trained("not told apart"), tmp_path / "served")
    with pytest.raises(Misconfigured, match="is of features/2, but features/4 is served"):
        put_into_service(trained("better", "features/2"), tmp_path / "served", regardless=True)
    other = trained("better", "features/4")
    facts = manifest.read(other)
    manifest.write(other, replace(facts, recipe=facts.recipe | {"text_encoder": "e/0"}))
    with pytest.raises(Misconfigured, match="reads text vectors of e/0, but text_encoder-.* is served"):
        put_into_service(other, tmp_path / "served")
    shutil.rmtree(other)
    assert not (tmp_path / "served").exists()
    put_into_service(trained("worse"), tmp_path / "served", regardless=True)
    put_into_service(trained("better"), tmp_path / "served")
    assert served_version("ctr", tmp_path / "served") == served_version("ctr")


def test_a_model_that_is_no_better_is_not_called_better() -> None:
    own = many(100, 10, lambda liking: 0.3)
    same = np.full(len(own.rows), 0.3)
    assert against_shipped(own.rows, same, same)["verdict"] == "not told apart"
    assert against_shipped(own.rows, np.full(len(own.rows), 0.6), same)["verdict"] == "worse"
    assert torch.isnan(own.rows.probability).all()
