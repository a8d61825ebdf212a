"""The check finds the variables of a process in its source."""

from __future__ import annotations

import pytest

from services.tools.checks.k8s_settings import known_variables, source_of

SHARED = {"ADLOOM_KAFKA", "ADLOOM_HEALTH_PORT", "ADLOOM_HEALTH_HOST"}


@pytest.mark.parametrize(
    ("module", "known"),
    [
        ("services.events.main", SHARED | {"ADLOOM_EVENTS", "ADLOOM_SECRETS_DIR"}),
        ("services.profiles.main", SHARED | {"ADLOOM_REDIS", "ADLOOM_INSTANCE", "ADLOOM_DATA_DIR", "ADLOOM_CATALOGUE"}),
        ("services.creative.main", SHARED | {"ADLOOM_CREATIVE", "ADLOOM_TRITON", "ADLOOM_ASSETS_DIR"}),
        ("services.studio.main", SHARED | {"ADLOOM_ASSETS_DIR", "ADLOOM_FORMATS", "ADLOOM_APPROVE"}),
        ("services.web.main", SHARED | {"ADLOOM_WEB", "ADLOOM_WEB_URL", "ADLOOM_CREATIVE", "ADLOOM_ASSETS_DIR"}),
        ("services.outcomes.main", SHARED | {"ADLOOM_ATTRIBUTION_WINDOW_S", "ADLOOM_SECRETS_DIR"}),
        ("services.evaluation.main", SHARED | {"ADLOOM_DATA_DIR"}),
    ],
)
def test_the_variables_of_a_process_include_inherited_ones(module: str, known: set[str]) -> None:
    assert known <= known_variables(module)


def test_a_variable_that_only_another_process_reads_is_not_known() -> None:
    assert "ADLOOM_ATTRIBUTION_WINDOW_S" not in known_variables("services.events.main")
    assert "ADLOOM_TRITON" not in known_variables("services.profiles.main")


def test_a_module_is_found_as_a_file_or_a_package_or_not_at_all() -> None:
    assert source_of("services.common.token") is not None
    assert source_of("services.common") is not None
    assert source_of("services.common.nothing") is None
