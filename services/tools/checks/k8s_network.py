"""Rules for the network: who can reach whom, computed from the network policies, is compared with this table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.tools.checks.k8s_objects import Object, Workload, of_kind, selects, workloads

INSIDE: dict[tuple[str, str], set[str]] = {
    ("triton", "grpc"): {"creative", "studio"},
    ("creative", "grpc"): {"web"},
    ("events", "grpc"): {"web"},
    ("redis", "redis"): {"profiles", "creative", "events"},
}
"""Which of our workloads may reach a port of ours; none may reach a port that is not listed."""

OUTSIDE = {("events", "grpc"), ("creative", "grpc"), ("web", "http")}
"""Ports that labelled other namespaces may reach; besides these only `metrics`."""

OUTWARD: dict[int, set[str]] = {6379: {"profiles", "creative", "events"}, 8001: {"creative", "studio"}}
"""Which workloads may call a port, inside or outside the cluster: the ports of Redis and Triton."""

METRICS = "metrics"


def violations(objects: Sequence[Object]) -> Iterator[str]:
    """What is wrong with the network policies, a line each."""
    policies = of_kind(objects, "NetworkPolicy")
    works = list(workloads(objects))
    if not any(_denies_all(policy) for policy in policies):
        yield "no NetworkPolicy denies everything by default"
    for work in works:
        yield from _open_to_all(work, policies)
        for port in work.ports():
            yield from _wrong_callers(work, port, works, policies)
    yield from _wrong_calls(works, policies)
    yield from _published(objects)


def _denies_all(policy: Object) -> bool:
    spec = policy["spec"]
    silent = not spec.get("ingress") and not spec.get("egress")
    return spec["podSelector"] == {} and sorted(spec.get("policyTypes", [])) == ["Egress", "Ingress"] and silent


def _rules(policies: Sequence[Object], work: Workload, direction: str) -> list[Object]:
    """The rules that let traffic to (`ingress`) or from (`egress`) a workload's pods."""
    chosen = (p["spec"] for p in policies if selects(p["spec"]["podSelector"], work.labels))
    return [rule for spec in chosen for rule in spec.get(direction, [])]


def _open_to_all(work: Workload, policies: Sequence[Object]) -> Iterator[str]:
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for rule in _rules(policies, work, direction):
            if not rule.get(peers) or {} in [peer.get("namespaceSelector") for peer in rule[peers]]:
                yield f"{work.title}: a NetworkPolicy lets {direction} {peers} everybody"
            if not rule.get("ports"):
                yield f"{work.title}: a NetworkPolicy lets {direction} on every port"


def _touches(rule: Object, work: Workload, port: str) -> bool:
    numbers = {port, work.ports()[port]}
    return not rule.get("ports") or any(entry.get("port") in numbers for entry in rule["ports"])


def _wrong_callers(work: Workload, port: str, works: Sequence[Workload], policies: Sequence[Object]) -> Iterator[str]:
    """Compares those who may reach a port with the table."""
    peers = [
        peer
        for rule in _rules(policies, work, "ingress")
        if _touches(rule, work, port)
        for peer in rule.get("from", [])
    ]
    inside = {w.name for w in works for peer in peers if _is_ours(peer) and selects(peer["podSelector"], w.labels)}
    expected = INSIDE.get((work.name, port), set())
    if inside != expected:
        yield f"{work.title}: port {port} is open to {sorted(inside)} where {sorted(expected)} was expected"
    if any(not _is_ours(peer) for peer in peers) and port != METRICS and (work.name, port) not in OUTSIDE:
        yield f"{work.title}: port {port} can be reached from outside the namespace"


def _is_ours(peer: Object) -> bool:
    """Whether a peer means pods of our own namespace."""
    return set(peer) == {"podSelector"}


def _wrong_calls(works: Sequence[Workload], policies: Sequence[Object]) -> Iterator[str]:
    """Compares those who may call the ports of Redis and Triton with the table."""
    present = {work.name for work in works}
    for number, expected in OUTWARD.items():
        found = {w.name for w in works if number in _called(w, policies)}
        if found != expected & present:
            yield f"port {number} may be called by {sorted(found)} where {sorted(expected & present)} was expected"


def _called(work: Workload, policies: Sequence[Object]) -> set[object]:
    rules = _rules(policies, work, "egress")
    return {entry.get("port") for rule in rules for entry in rule.get("ports", [])}


def _published(objects: Sequence[Object]) -> Iterator[str]:
    """Nothing of ours may be published: gateways belong to the operator's overlay, and none may lead to Triton."""
    for service in of_kind(objects, "Service"):
        spec = service["spec"]
        if spec.get("type", "ClusterIP") != "ClusterIP" or spec.get("externalIPs"):
            yield f"Service/{service['metadata']['name']}: type must be ClusterIP, without externalIPs"
    for gateway in of_kind(objects, "Ingress", "Gateway", "HTTPRoute", "GRPCRoute"):
        yield f"{gateway['kind']}/{gateway['metadata']['name']}: gateways belong in the operator's overlay"
