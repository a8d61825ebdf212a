"""Each rule detects its fault: the real manifests with one fault give a line that names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.tools.checks.k8s_check import violations
from services.tools.checks.k8s_objects import Object, title

Objects = Callable[[], list[Object]]
Break = Callable[[list[Object]], object]


def find(objects: list[Object], name: str) -> Object:
    return next(item for item in objects if title(item) == name)


def pod(objects: list[Object], name: str) -> Any:
    return find(objects, name)["spec"]["template"]["spec"]


def box(objects: list[Object], name: str) -> Any:
    return pod(objects, name)["containers"][0]


def policy(objects: list[Object], name: str) -> Any:
    return find(objects, f"NetworkPolicy/{name}")["spec"]


def drop(objects: list[Object], name: str) -> None:
    objects.remove(find(objects, name))


def variable(objects: list[Object], workload: str, name: str, value: str) -> None:
    box(objects, workload)["env"].append({"name": name, "value": value})


EVENTS, CREATIVE, PROFILES = "Deployment/events", "StatefulSet/creative", "StatefulSet/profiles"
TRITON, EVALUATION = "Deployment/triton", "Deployment/evaluation"
ANYBODY = {"from": [{"namespaceSelector": {}}], "ports": [{"port": 8001}]}

SHAPES: list[tuple[str, Break, str]] = [
    ("a field that Kubernetes does not know", lambda o: box(o, EVENTS).update(imagePolicy="Never"), "imagePolicy"),
    ("a number as text", lambda o: find(o, EVENTS)["spec"].update(replicas="2"), "spec.replicas"),
    ("an object without a kind", lambda o: find(o, EVENTS).pop("kind"), "lacks kind"),
    ("an API of long ago", lambda o: find(o, EVENTS).update(apiVersion="apps/v1beta1"), "apps/v1beta1 is not known"),
    ("a variable whose value is a number", lambda o: variable(o, EVENTS, "ADLOOM_KAFKA", 7), "7 is not of type"),  # type: ignore[arg-type]
    ("topic: no operator", lambda o: find(o, "KafkaTopic/ad.views")["metadata"].pop("labels"), "strimzi.io/cluster"),
    ("topic: no number", lambda o: find(o, "KafkaTopic/ad.views")["spec"].update(partitions="six"), "spec.partitions"),
    ("topic: field", lambda o: find(o, "KafkaTopic/ad.views")["spec"].update(retention=1), "spec.retention is not"),
    ("topic: API", lambda o: find(o, "KafkaTopic/ad.views").update(apiVersion="kafka.strimzi.io/v1beta2"), "v1beta2"),
]

BARE = {"name": "bare", "image": "adloom"}

PODS: list[tuple[str, Break, str]] = [
    ("root by name", lambda o: pod(o, EVENTS)["securityContext"].update(runAsNonRoot=False), "runAsNonRoot"),
    ("root by number", lambda o: pod(o, EVENTS)["securityContext"].update(runAsUser=0), "runAsUser"),
    ("root in one container", lambda o: box(o, EVENTS)["securityContext"].update(runAsNonRoot=False), "runAsNonRoot"),
    ("any system call", lambda o: pod(o, EVENTS)["securityContext"].pop("seccompProfile"), "seccompProfile"),
    ("privileged", lambda o: box(o, EVENTS)["securityContext"].update(privileged=True), "privileged"),
    ("may gain privileges", lambda o: box(o, EVENTS)["securityContext"].pop("allowPrivilegeEscalation"), "allowPriv"),
    ("a capability", lambda o: box(o, EVENTS)["securityContext"]["capabilities"].update(add=["NET_RAW"]), "capabil"),
    ("keeps capabilities", lambda o: box(o, EVENTS)["securityContext"].pop("capabilities"), "capabilities"),
    ("writes its root", lambda o: box(o, EVENTS)["securityContext"].pop("readOnlyRootFilesystem"), "readOnlyRoot"),
    ("init container", lambda o: pod(o, EVENTS).update(initContainers=[BARE]), "bare: allowPriv"),
    ("the node's network", lambda o: pod(o, EVENTS).update(hostNetwork=True), "hostNetwork"),
    ("a path of the node", lambda o: pod(o, EVENTS)["volumes"][1].update(hostPath={"path": "/"}), "hostPath"),
    ("a port of the node", lambda o: box(o, EVENTS)["ports"][0].update(hostPort=50052), "hostPort"),
    ("no limits", lambda o: box(o, EVENTS)["resources"].pop("limits"), "resources.limits lacks cpu, memory"),
    ("no memory request", lambda o: box(o, EVENTS)["resources"]["requests"].pop("memory"), "requests lacks memory"),
    ("no readiness", lambda o: box(o, EVENTS).pop("readinessProbe"), "lacks readinessProbe"),
    ("no liveness", lambda o: box(o, PROFILES).pop("livenessProbe"), "lacks livenessProbe"),
    (
        "restarted for waiting",
        lambda o: box(o, PROFILES)["livenessProbe"]["httpGet"].update(path="/ready"),
        "livenessProbe asks /ready",
    ),
    ("probes by IPv6", lambda o: variable(o, EVENTS, "ADLOOM_HEALTH_HOST", "0.0.0.0"), "ADLOOM_HEALTH_HOST is 0.0.0.0"),
    (
        "callers by IPv6",
        lambda o: variable(o, CREATIVE, "ADLOOM_CREATIVE", "0.0.0.0:1"),
        "creative: ADLOOM_CREATIVE is",
    ),
    ("the latest image", lambda o: box(o, EVENTS).update(image="adloom:latest"), "'adloom:latest'"),
    ("an image without tag", lambda o: box(o, EVENTS).update(image="shop.example:5000/adloom"), "no digest"),
    ("the default account", lambda o: pod(o, EVENTS).pop("serviceAccountName"), "serviceAccountName"),
    ("a token of the API", lambda o: pod(o, EVENTS).update(automountServiceAccountToken=True), "automount"),
    ("service links", lambda o: pod(o, EVENTS).pop("enableServiceLinks"), "enableServiceLinks"),
    ("no time to leave", lambda o: pod(o, CREATIVE).pop("terminationGracePeriodSeconds"), "terminationGrace"),
    ("a secret for all", lambda o: pod(o, EVENTS)["volumes"][0]["secret"].update(defaultMode=0o644), "defaultMode"),
    (
        "a secret as variable",
        lambda o: box(o, EVENTS)["env"].append(
            {"name": "ADLOOM_KEY", "valueFrom": {"secretKeyRef": {"name": "adloom-secrets", "key": "tokens.json"}}}
        ),
        "secrets as variables (ADLOOM_KEY)",
    ),
    ("a mount of nothing", lambda o: box(o, EVENTS)["volumeMounts"][0].update(name="no"), "mount no has no volume"),
    ("a volume for nobody", lambda o: box(o, EVENTS)["volumeMounts"].pop(0), "volume secrets is not mounted"),
]

WHOLE: list[tuple[str, Break, str]] = [
    ("no account", lambda o: drop(o, "ServiceAccount/events"), "no ServiceAccount events"),
    ("no claim", lambda o: drop(o, "PersistentVolumeClaim/evaluation-state"), "no PersistentVolumeClaim"),
    ("no such secret", lambda o: pod(o, EVENTS)["volumes"][0]["secret"].update(secretName="x"), "nobody makes"),
    (
        "a selector past its pods",
        lambda o: find(o, EVENTS)["spec"]["selector"]["matchLabels"].update(tier="front"),
        "does not select its own pods",
    ),
    (
        "a key that is not configured",
        lambda o: next(i for i in o if i["kind"] == "ConfigMap")["data"].pop("ADLOOM_REDIS"),
        "reads ADLOOM_REDIS",
    ),
    ("a service for nobody", lambda o: find(o, "Service/events")["spec"].update(selector={"a": "b"}), "selects no pod"),
    ("an autoscaler of nothing", lambda o: drop(o, CREATIVE), "HorizontalPodAutoscaler/creative: scales"),
    ("a process that is missing", lambda o: drop(o, "StatefulSet/outcomes"), "no workload outcomes runs"),
    ("another module", lambda o: box(o, EVENTS)["command"].__setitem__(2, "services.events.mian"), "does not exist"),
    ("a mistyped variable", lambda o: variable(o, EVENTS, "ADLOOM_KAFAK", "x"), "given ADLOOM_KAFAK, which no"),
    (
        "a variable of another process",
        lambda o: variable(o, EVENTS, "ADLOOM_ATTRIBUTION_WINDOW_S", "15"),
        "no settings of services.events.main know",
    ),
    ("two writers", lambda o: find(o, EVALUATION)["spec"].update(replicas=2), "the only writer of its topics"),
    (
        "two writers during a roll-out",
        lambda o: find(o, EVALUATION)["spec"].update(strategy={"type": "RollingUpdate"}),
        "the only writer of its topics",
    ),
    (
        "a scaled writer",
        lambda o: find(o, "HorizontalPodAutoscaler/creative")["spec"]["scaleTargetRef"].update(
            kind="Deployment", name="evaluation"
        ),
        "must not be scaled",
    ),
    ("more workers than partitions", lambda o: find(o, PROFILES)["spec"].update(replicas=7), "6 partitions"),
    ("a worker without a name", lambda o: box(o, PROFILES)["env"].pop(0), "ADLOOM_INSTANCE must be"),
    (
        "a topic with other partitions",
        lambda o: find(o, "KafkaTopic/ad.clicks")["spec"].update(partitions=12),
        "KafkaTopic/ad.clicks differs",
    ),
    (
        "a topic with client time",
        lambda o: find(o, "KafkaTopic/ad.clicks")["spec"]["config"].update({"message.timestamp.type": "CreateTime"}),
        "KafkaTopic/ad.clicks differs",
    ),
    ("a topic too few", lambda o: drop(o, "KafkaTopic/ad.outcomes"), "KafkaTopic/ad.outcomes is missing"),
    (
        "a topic too many",
        lambda o: find(o, "KafkaTopic/ad.views")["metadata"].update(name="ad.seen"),
        "KafkaTopic/ad.seen is not in",
    ),
]

NETWORK: list[tuple[str, Break, str]] = [
    ("nothing is denied", lambda o: drop(o, "NetworkPolicy/default-deny"), "denies everything"),
    ("Triton for other namespaces", lambda o: policy(o, "triton")["ingress"].append(ANYBODY), "everybody"),
    (
        "Triton for one other namespace",
        lambda o: policy(o, "triton")["ingress"][0]["from"].append({"namespaceSelector": {"matchLabels": {"a": "b"}}}),
        "port grpc can be reached from outside",
    ),
    (
        "Triton for addresses outside",
        lambda o: policy(o, "triton")["ingress"][0]["from"].append({"ipBlock": {"cidr": "10.0.0.0/8"}}),
        "port grpc can be reached from outside",
    ),
    (
        "Triton for another process",
        lambda o: policy(o, "triton")["ingress"][0]["from"].append(
            {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "events"}}}
        ),
        "open to ['creative', 'events', 'studio']",
    ),
    (
        "Triton for all pods",
        lambda o: policy(o, "triton")["ingress"][0].update({"from": [{"podSelector": {}}]}),
        "open",
    ),
    ("Triton without callers", lambda o: policy(o, "triton").pop("ingress"), "open to [] where ['creative', 'studio']"),
    ("every port", lambda o: policy(o, "triton")["ingress"][0].pop("ports"), "on every port"),
    ("Redis for one more", lambda o: policy(o, "outcomes")["egress"].extend(policy(o, "profiles")["egress"]), "6379"),
    (
        "Redis for one less",
        lambda o: policy(o, "profiles")["egress"].pop(1),
        "port 6379 may be called by ['creative', 'events']",
    ),
    ("calls to any address", lambda o: policy(o, "events")["egress"][0].pop("to"), "lets egress to everybody"),
    (
        "a worker's metrics open to other pods",
        lambda o: policy(o, "profiles").update(ingress=[{"from": [{"podSelector": {}}], "ports": [{"port": 9090}]}]),
        "StatefulSet/profiles: port metrics is open to",
    ),
    ("a published service", lambda o: find(o, "Service/triton")["spec"].update(type="NodePort"), "must be ClusterIP"),
    (
        "a gateway of our own",
        lambda o: o.append(
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "Ingress",
                "metadata": {"name": "triton"},
                "spec": {"defaultBackend": {"service": {"name": "triton", "port": {"number": 8001}}}},
            }
        ),
        "Ingress/triton",
    ),
]

ALL = [*SHAPES, *PODS, *WHOLE, *NETWORK]


@pytest.mark.parametrize(("break_it", "said"), [case[1:] for case in ALL], ids=[case[0] for case in ALL])
def test_a_broken_manifest_is_refused_with_its_reason(rendered: Objects, break_it: Break, said: str) -> None:
    objects = rendered()
    assert list(violations(objects)) == []
    break_it(objects)
    lines = list(violations(objects))
    assert [line for line in lines if said in line], lines


def test_only_three_workloads_may_reach_our_redis(rendered_with_redis: Objects) -> None:
    objects = rendered_with_redis()
    assert list(violations(objects)) == []
    policy(objects, "redis")["ingress"][0]["from"].append(
        {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "web"}}}
    )
    said = "port redis is open to ['creative', 'events', 'profiles', 'web']"
    assert any(said in line for line in violations(objects))


def test_a_selector_with_expressions_is_refused(rendered: Objects) -> None:
    objects = rendered()
    policy(objects, "triton")["podSelector"] = {"matchExpressions": [{"key": "a", "operator": "Exists"}]}
    with pytest.raises(ValueError, match="matchExpressions"):
        list(violations(objects))
