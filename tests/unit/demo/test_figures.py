"""The view and the last line of a run, from figures alone."""

from io import StringIO

from rich.console import Console

from protos.gen.adloom.events.v1 import policy_pb2
from services.tools.demo.figures import Counted, Figures, PolicyLine, last_line, percentile
from services.tools.demo.tally import policy_lines
from services.tools.demo.view import RunView, remarks

LINES = (
    PolicyLine("uniform", 100, 4, 0.04, 0.01, 0.09),
    PolicyLine("thompson", 900, 90, 0.10, 0.08, 0.12),
)
COUNTED = Counted(
    records={"ad.views": 70, "ad.clicks": 20, "ad.orders": 10, "ad.impressions": 50, "ad.outcomes": 60},
    dead_letters=2,
    closed=50,
    report_is_current=True,
    policies=LINES,
    comparisons=(
        policy_pb2.Comparison(
            policy="thompson",
            against="uniform",
            difference=0.06,
            low=0.01,
            high=0.1,
            impressions=900,
            impressions_against=100,
        ),
    ),
)
FIGURES = Figures(10.0, COUNTED, [1.0, 2.0, 3.0], 1, 0, [100.0, 300.0])


def changed(**change: object) -> Figures:
    fields = {name: getattr(COUNTED, name) for name in Counted.__slots__} | change
    return Figures(10.0, Counted(**fields), [1.0], 0, 0, [])


def test_last_line_counts_views_clicks_and_orders_as_events() -> None:
    said = last_line(FIGURES)
    assert (said["events"], said["events_per_s"], said["decisions"], said["decisions_per_s"]) == (100, 10.0, 50, 5.0)
    assert (said["decision_p50_ms"], said["click_to_feature_p50_ms"]) == (2.0, 200.0)
    assert (said["degraded"], said["deadletters"]) == (1, 2)
    assert said["policies"][1] == {
        "policy": "thompson", "impressions": 900, "clicks": 90, "ctr": 0.10, "ctr_low": 0.08, "ctr_high": 0.12,
    }  # fmt: skip


def test_a_run_reports_how_much_better_thompson_is() -> None:
    assert last_line(FIGURES)["comparisons"] == [
        {
            "policy": "thompson",
            "against": "uniform",
            "difference": 0.06,
            "low": 0.01,
            "high": 0.1,
            "impressions": 900,
            "impressions_against": 100,
            "refused": "",
            "render_difference": None,
            "render_low": None,
            "render_high": None,
        }
    ]
    out = StringIO()
    Console(file=out, width=160).print(RunView().shown(FIGURES, ""))
    assert "thompson - uniform: +6.00 percentage points (+1.00 to +10.00, 95 % at any time): better" in out.getvalue()


def test_unanswered_requests_count_with_their_waiting_time() -> None:
    figures = Figures(10.0, COUNTED, [1.0, 250.0, 2.0, 251.0, 252.0], 0, 3, [])
    said = last_line(figures)
    assert (said["decision_p50_ms"], said["failed"]) == (250.0, 3)
    assert said["decision_p99_ms"] > 250.0
    told = " ".join(remarks(figures, "DEADLINE_EXCEEDED"))
    assert "50 decision records of this run, the ad server 2 answers" in told
    assert "3 requests got no answer in time; p50 and p99 include them" in told
    assert "p50 250.0 ms" in RunView().line(figures, "")


def test_figures_that_were_never_measured_are_null() -> None:
    said = last_line(Figures(1.0, Counted(), [], 0, 0, []))
    assert said["decision_p99_ms"] is None
    assert said["click_to_feature_p99_ms"] is None
    assert percentile([], 99) is None


def test_windows_are_settled_only_when_outcomes_and_report_have_all() -> None:
    assert COUNTED.settled
    assert not changed(closed=49).counted.settled
    assert not changed(report_is_current=False).counted.settled


def test_remarks_name_what_is_missing() -> None:
    assert "all 50 impressions" in " ".join(remarks(changed(), ""))
    assert "49 of 50" in " ".join(remarks(changed(closed=49), ""))
    assert "3 bot, 4 house" in " ".join(remarks(changed(excluded={"house": 4, "bot": 3}), ""))
    assert "50 decision records of this run, the ad server 1 answers" in " ".join(remarks(changed(), ""))
    assert "over 1000 impressions with a closed window, those of earlier runs" in " ".join(remarks(changed(), ""))


def test_view_shows_how_many_times_the_control_a_policy_earns() -> None:
    console = Console(width=140, record=True, file=StringIO())
    console.print(RunView().shown(FIGURES, "trying"))
    text = console.export_text()
    assert "uniform (control)" in text
    assert "2.50" in text
    assert "8.00 %" in text


def test_current_rates_are_over_the_last_seconds() -> None:
    view = RunView()
    view.shown(Figures(0.0, Counted(records={"ad.views": 0}), [], 0, 0, []), "")
    view.shown(Figures(100.0, Counted(records={"ad.views": 1_000}), [], 0, 0, []), "")
    console = Console(width=140, record=True, file=StringIO())
    console.print(view.shown(Figures(102.0, Counted(records={"ad.views": 1_100}), [], 0, 0, []), ""))
    assert "50/s" in console.export_text()


def test_a_rate_that_the_report_does_not_give_stays_empty() -> None:
    report = policy_pb2.Report(policies=[policy_pb2.PolicyFigures(policy="uniform", impressions=0)])
    assert policy_lines(report) == (PolicyLine("uniform", 0, 0, None, None, None),)


def test_rates_of_other_systems_traffic_are_not_ours() -> None:
    figures = [{"policy": "old-rules", "impressions": 9, "foreign": True}, {"policy": "uniform", "impressions": 1}]
    report = policy_pb2.Report(policies=[policy_pb2.PolicyFigures(**one) for one in figures])  # type: ignore[arg-type]
    assert [line.policy for line in policy_lines(report)] == ["uniform"]
