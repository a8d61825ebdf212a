"""The checked-in manifests pass the check in every combination, and agree with the tables of the code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from services.common.topics import PARTITIONS, TOPICS
from services.tools.checks import k8s_check
from services.tools.checks.k8s_objects import Object, of_kind, workloads
from services.tools.checks.k8s_topics import PATH, kafka_topic, manifest
from services.tools.checks.k8s_whole import PROCESSES, WORKERS
from services.tools.stack.processes import PROCESSES as LOCAL_PROCESSES

Objects = Callable[[], list[Object]]
COMPONENTS = {"object-store", "redis", "single-node", "triton-gpu"}


def test_every_combination_of_components_renders_and_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    status = k8s_check.main()
    assert (status, capsys.readouterr().out) == (0, "k8s: 16 combinations rendered and checked, 0 faults\n")


def test_the_check_knows_every_component() -> None:
    assert {path.parent.name for path in k8s_check.K8S.glob("components/*/kustomization.yaml")} == COMPONENTS


def test_the_base_has_one_file_per_process_in_the_order_of_the_data_flow(rendered: Objects) -> None:
    files = yaml.safe_load((k8s_check.K8S / "base" / "kustomization.yaml").read_text())["resources"]
    names = [name.removesuffix(".yaml") for name in files]
    assert names[:2] == ["namespace", "network"]
    assert names[2:] == ["events", "profiles", "creative", "studio", "web", "triton", "outcomes", "evaluation"]
    assert {work.name for work in workloads(rendered())} == set(names[2:])


def test_kubernetes_runs_the_modules_that_the_local_stack_runs() -> None:
    local = {process.name: process.module for process in LOCAL_PROCESSES}
    assert {name: local[name] for name in PROCESSES} == PROCESSES


def test_the_topics_file_is_what_the_table_gives() -> None:
    assert PATH.read_text() == manifest()


def test_the_written_topics_mean_what_the_resources_say() -> None:
    # The YAML is written without a library; reading it with one must give the same resources again.
    assert list(yaml.safe_load_all(PATH.read_text())) == [kafka_topic(topic) for topic in TOPICS]


def test_kafka_loses_no_message_when_one_broker_is_lost(rendered: Objects) -> None:
    for topic in of_kind(rendered(), "KafkaTopic"):
        assert topic["spec"]["replicas"] > topic["spec"]["config"]["min.insync.replicas"] > 1


def test_the_single_node_overlay_has_one_replica_of_everything() -> None:
    objects = k8s_check.render(k8s_check.K8S, ["single-node"])
    assert {work.spec["replicas"] for work in workloads(objects)} == {1}
    assert {topic["spec"]["replicas"] for topic in of_kind(objects, "KafkaTopic")} == {1}
    assert of_kind(objects, "HorizontalPodAutoscaler", "PodDisruptionBudget") == []
    assert of_kind(objects, "ConfigMap")[0]["data"]["ADLOOM_TOPIC_REPLICAS"] == "1"


def test_a_gpu_is_asked_for_and_limited_alike() -> None:
    objects = k8s_check.render(k8s_check.K8S, ["triton-gpu"])
    (triton,) = (work for work in workloads(objects) if work.name == "triton")
    resources = triton.pod["containers"][0]["resources"]
    assert resources["requests"]["nvidia.com/gpu"] == resources["limits"]["nvidia.com/gpu"] == "1"


def test_with_an_object_store_no_volume_of_pictures_is_left() -> None:
    objects = k8s_check.render(k8s_check.K8S, ["object-store"])
    assert "assets" not in {claim["metadata"]["name"] for claim in of_kind(objects, "PersistentVolumeClaim")}
    places = {work.name: work.pod["containers"][0] for work in workloads(objects) if "assets" in str(work.pod).lower()}
    assert sorted(places) == ["creative", "studio", "web"]
    for box in places.values():
        assert "/var/lib/assets" not in str(box)
        assert {"name": "object-store", "mountPath": "/etc/object-store", "readOnly": True} in box["volumeMounts"]


def test_workers_never_outnumber_partitions(rendered: Objects) -> None:
    workers = [work for work in workloads(rendered()) if work.name in WORKERS]
    assert sorted(work.name for work in workers) == sorted(WORKERS)
    assert all(1 < work.spec["replicas"] <= PARTITIONS for work in workers)


def test_no_secret_is_written_down(rendered: Objects) -> None:
    assert of_kind(rendered(), "Secret") == []


def test_a_kustomization_that_does_not_render_is_one_line_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "topics.yaml").write_text(manifest())
    (tmp_path / "kustomization.yaml").write_text("resources: [missing.yaml]\n")
    (line,) = k8s_check.check(tmp_path)["base"]
    assert "missing.yaml" in line


def test_stale_topics_are_noticed_even_where_they_are_well_formed(tmp_path: Path) -> None:
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "topics.yaml").write_text(manifest().replace("partitions: 6", "partitions: 12", 1))
    (tmp_path / "kustomization.yaml").write_text("resources: [topics/topics.yaml]\n")
    lines = k8s_check.check(tmp_path)["base"]
    assert any("topics.yaml is stale" in line for line in lines)
    assert any("KafkaTopic/ad.views differs" in line for line in lines)
