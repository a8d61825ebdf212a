"""The manifests as kustomize renders them, once per session: the base, and with every component."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from services.tools.checks.k8s_check import K8S, render
from services.tools.checks.k8s_objects import Object

Objects = Callable[[], list[Object]]


@pytest.fixture(scope="session")
def rendered() -> Objects:
    """A fresh copy of the base's objects each time it is called, to be broken at will."""
    objects = render(K8S)
    return lambda: copy.deepcopy(objects)


@pytest.fixture(scope="session")
def rendered_with_redis() -> Objects:
    """The same, with the Redis of one's own."""
    objects = render(K8S, ["redis"])
    return lambda: copy.deepcopy(objects)
