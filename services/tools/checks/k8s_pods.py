"""Rules for every pod: the restricted pod security standard, and what our processes need besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from services.tools.checks.k8s_objects import Workload

Rule = Callable[[Workload], Iterator[str]]

_HOST = ("hostNetwork", "hostPID", "hostIPC")
_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
_AMOUNTS = ("cpu", "memory")
_ONE_FAMILY = "0.0.0.0"


def nobody_is_root(work: Workload) -> Iterator[str]:
    """The user is not root, and system calls are limited by the runtime's default profile."""
    for box in work.containers():
        context = {**work.pod.get("securityContext", {}), **box.get("securityContext", {})}
        if context.get("runAsNonRoot") is not True or context.get("runAsUser") == 0:
            yield f"{box['name']}: runAsNonRoot must be true, and runAsUser not 0"
        if context.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
            yield f"{box['name']}: seccompProfile must be RuntimeDefault"


def nothing_is_privileged(work: Workload) -> Iterator[str]:
    """No privileges, no way to gain any, and a read-only root file system."""
    for box in work.containers():
        context = box.get("securityContext", {})
        if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
            yield f"{box['name']}: allowPrivilegeEscalation must be false, and privileged absent"
        if context.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{box['name']}: capabilities must be drop: [ALL] and nothing else"
        if context.get("readOnlyRootFilesystem") is not True:
            yield f"{box['name']}: readOnlyRootFilesystem must be true"


def the_host_is_left_alone(work: Workload) -> Iterator[str]:
    """No namespace, path or port of the node is used."""
    yield from (f"{name} is the node's" for name in _HOST if work.pod.get(name))
    for volume in work.pod.get("volumes", []):
        if foreign := set(volume) - {"name"} - _VOLUMES:
            yield f"volume {volume['name']}: {', '.join(sorted(foreign))} is not allowed"
    for box in work.containers():
        if any("hostPort" in port for port in box.get("ports", [])):
            yield f"{box['name']}: hostPort is the node's"


def amounts_are_known(work: Workload) -> Iterator[str]:
    """Requests and limits are set, so that the scheduler knows what a pod needs and a pod cannot take more."""
    for box in work.containers():
        resources = box.get("resources", {})
        for part in ("requests", "limits"):
            missing = [amount for amount in _AMOUNTS if amount not in resources.get(part, {})]
            if missing:
                yield f"{box['name']}: resources.{part} lacks {', '.join(missing)}"


def health_is_asked(work: Workload) -> Iterator[str]:
    """A serving container has startup, readiness and liveness probes."""
    for box in work.pod.get("containers", []) if work.serves else []:
        missing = [probe for probe in _PROBES if probe not in box]
        if missing:
            yield f"{box['name']}: lacks {', '.join(missing)}"
        if box.get("livenessProbe", {}).get("httpGet", {}).get("path") == "/ready":
            yield f"{box['name']}: livenessProbe asks /ready; a restart would not bring back the part that is away"


def both_families_are_heard(work: Workload) -> Iterator[str]:
    """Ports listen on IPv6 and IPv4: which of them probes and callers use is the cluster's choice."""
    for box in work.containers():
        for given in box.get("env", []):
            if str(given.get("value", "")).startswith(_ONE_FAMILY):
                yield f"{box['name']}: {given['name']} is {given['value']}, where :: (or [::]:PORT) hears IPv6 too"


def images_are_named_exactly(work: Workload) -> Iterator[str]:
    """An image has a digest, or the tag of a version."""
    for box in work.containers():
        image = box.get("image", "")
        tag = image.rpartition("/")[2].partition(":")[2]
        if "@sha256:" not in image and tag in ("", "latest"):
            yield f"{box['name']}: image {image!r} has no digest and no tag of a version"


def the_api_is_out_of_reach(work: Workload) -> Iterator[str]:
    """An account of its own, without a token for the cluster's API."""
    if work.pod.get("serviceAccountName", "default") == "default":
        yield "serviceAccountName must be its own"
    if work.pod.get("automountServiceAccountToken") is not False:
        yield "automountServiceAccountToken must be false"
    if work.pod.get("enableServiceLinks") is not False:
        yield "enableServiceLinks must be false: they would add variables that no settings record knows"


def leaving_takes_its_time(work: Workload) -> Iterator[str]:
    """The time to drain is set, and not Kubernetes' default."""
    if work.serves and "terminationGracePeriodSeconds" not in work.pod:
        yield "terminationGracePeriodSeconds must be set"


def secrets_are_files(work: Workload) -> Iterator[str]:
    """Secrets are mounted as files for their reader only; variables are inherited and printed."""
    for box in work.containers():
        named = [e["name"] for e in box.get("env", []) if "secretKeyRef" in e.get("valueFrom", {})]
        if named or any("secretRef" in source for source in box.get("envFrom", [])):
            yield f"{box['name']}: secrets as variables ({', '.join(named) or 'envFrom'})"
    for volume in work.pod.get("volumes", []):
        if "secret" in volume and volume["secret"].get("defaultMode", 0o644) & 0o137:
            yield f"volume {volume['name']}: defaultMode must be 0440 or less"


def mounts_fit(work: Workload) -> Iterator[str]:
    """Every mount has its volume and every volume a mount."""
    claims = [claim["metadata"]["name"] for claim in work.spec.get("volumeClaimTemplates", [])]
    volumes = {volume["name"] for volume in work.pod.get("volumes", [])} | set(claims)
    mounted = {mount["name"] for box in work.containers() for mount in box.get("volumeMounts", [])}
    yield from (f"mount {name} has no volume" for name in sorted(mounted - volumes))
    yield from (f"volume {name} is not mounted" for name in sorted(volumes - mounted))


RULES: tuple[Rule, ...] = (
    nobody_is_root,
    nothing_is_privileged,
    the_host_is_left_alone,
    amounts_are_known,
    health_is_asked,
    both_families_are_heard,
    images_are_named_exactly,
    the_api_is_out_of_reach,
    leaving_takes_its_time,
    secrets_are_files,
    mounts_fit,
)


def violations(work: Workload) -> Iterator[str]:
    """What is wrong with a workload's pods, a line each."""
    for rule in RULES:
        yield from (f"{work.title}: {line}" for line in rule(work))
