"""The tensor tables, Triton's configuration and the networks say the same (law 8)."""

from pathlib import Path

import pytest
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

from services.catalogue.catalogue import demo_catalogue
from services.models.generator.audience import AUDIENCE_AXES
from services.models.generator.product_classes import class_index
from services.models.manifest import REPOSITORY
from services.models.tensors import CONTRACTS, ModelContract, TensorSpec

every_model = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)


def config_of(contract: ModelContract) -> model_config_pb2.ModelConfig:
    text = (REPOSITORY / contract.name / "config.pbtxt").read_text(encoding="utf-8")
    return text_format.Parse(text, model_config_pb2.ModelConfig())


def described(specs: tuple[TensorSpec, ...]) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(spec.name, f"TYPE_{spec.dtype}", spec.shape) for spec in specs]


@every_model
def test_config_declares_the_tensors_of_the_table(contract: ModelContract) -> None:
    config = config_of(contract)
    types = model_config_pb2.DataType.Name
    assert [(t.name, types(t.data_type), tuple(t.dims)) for t in config.input] == described(contract.inputs)
    assert [(t.name, types(t.data_type), tuple(t.dims)) for t in config.output] == described(contract.outputs)


@every_model
def test_config_declares_name_batch_and_back_end_of_the_table(contract: ModelContract) -> None:
    config = config_of(contract)
    assert (config.name, config.max_batch_size, config.backend) == (contract.name, contract.max_batch, "python")


@every_model
def test_requests_that_wait_together_are_joined(contract: ModelContract) -> None:
    assert config_of(contract).HasField("dynamic_batching")


def test_the_click_model_has_no_batching_delay() -> None:
    config = config_of(next(contract for contract in CONTRACTS if contract.name == "ctr"))
    assert config.dynamic_batching.max_queue_delay_microseconds == 0


def test_every_folder_of_the_repository_has_a_contract() -> None:
    folders = {path.parent.name for path in REPOSITORY.glob("*/config.pbtxt")}
    assert folders == {contract.name for contract in CONTRACTS}


def test_every_tensor_says_what_it_means() -> None:
    assert all(spec.meaning for contract in CONTRACTS for spec in contract.inputs + contract.outputs)


def test_generator_can_draw_the_demo_catalogues_clothing() -> None:
    clothing = {p.category for p in demo_catalogue().products if p.message.product_type.startswith("Clothing")}
    assert [class_index(category) for category in sorted(clothing)] == [9, 8, 2, 0]


def test_every_model_has_a_card_that_names_its_served_version() -> None:
    for contract in CONTRACTS:
        folder: Path = REPOSITORY / contract.name
        manifest_text = (folder / "1" / "manifest.json").read_text(encoding="utf-8")
        card = (folder / "CARD.md").read_text(encoding="utf-8")
        version = next(word for word in card.split("`") if word.startswith(f"{contract.name}-"))
        assert version in manifest_text


def test_audience_axes_have_names_of_their_own() -> None:
    assert len({axis.name for axis in AUDIENCE_AXES}) == len(AUDIENCE_AXES)
