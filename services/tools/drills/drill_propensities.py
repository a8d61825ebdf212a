"""`adloom drill propensities`: creatives are drawn exactly with the logged probabilities (law 2).

Decisions are made by the functions that serve (`services/policies`), for many kinds of arms, single and several without
replacement. The family-wise level is 1e-4 by Bonferroni: each of m tests at 1e-4 / m. Policies that are wrong on
purpose must be detected at the same level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.tools.drills.drill import Drill, Mutation, Outcome, Promise, Setting

if TYPE_CHECKING:
    from services.tools.drills.propensity_check.drawn import PlayResult, Twist

WRONG: Final = 4_800  # slates of each wrong policy
SLOTS: Final = 3
POLICIES: Final = ("uniform", "thompson")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is drawn."""

    draws: int  # single draws of each policy
    slates: int  # of each policy
    checked: int  # decisions that are compared with those of plain Python
    shoppers: int  # for the check of the assignment


LONG: Final = Sizes(draws=200_000, slates=200_000, checked=1_200, shoppers=200_000)
SHORT: Final = Sizes(draws=6_000, slates=2_400, checked=96, shoppers=20_000)


def run(setting: Setting) -> Outcome:
    """Draws decisions, tests their frequencies, and compares vectors with those of plain Python."""
    from services.tools.drills.propensity_check import verdict

    sizes = SHORT if setting.short else LONG
    singles = {policy: _played(setting, policy, sizes.draws, 1) for policy in POLICIES}
    slates = {policy: _played(setting, policy, sizes.slates, SLOTS) for policy in POLICIES}
    wrong = _wrong(setting)
    tests = len(verdict.p_values(singles)) + len(verdict.p_values(slates))
    everything = [*singles.values(), *slates.values()]
    return Outcome(
        (
            f"{sizes.draws:,} single draws and {sizes.slates:,} slates of {SLOTS} by each of "
            f"{' and '.join(POLICIES)}, over {len(everything[0])} kinds of arms, seed {setting.seed}",
            f"wrong policies, {WRONG:,} slates each: {', '.join(wrong)}",
        ),
        (
            verdict.frequencies("single draws: creatives come as often as logged", singles, tests),
            verdict.frequencies("slates without replacement: so does each slot, given the slots before", slates, tests),
            verdict.soundness(everything),
            _reference(setting, sizes.checked),
            _control(setting, sizes.shoppers),
            verdict.caught(wrong, tests),
        ),
    )


def _played(setting: Setting, policy: str, count: int, slots: int, twist: Twist | None = None) -> dict[str, PlayResult]:
    from services.tools.drills.propensity_check.draw_cases import cases
    from services.tools.drills.propensity_check.drawn import Play, play

    found = {}
    makers = cases(setting.seed)
    for name, make in makers.items():
        how = Play(policy, -(-count // len(makers)), slots, f"{setting.seed}-{name}-{policy}-{slots}", twist)
        found[name] = play(make(), how)
    if twist is None:
        setting.report(f"{policy}: {sum(seen.decisions for seen in found.values()):,} decisions, {slots} a slate")
    return found


def _reference(setting: Setting, decisions: int) -> Promise:
    from services.policies.decide import decide
    from services.policies.draw import seed_for
    from services.tools.drills.propensity_check import plain_policy
    from services.tools.drills.propensity_check.draw_cases import cases
    from services.tools.drills.propensity_check.drawn import KEY

    checked = differ = 0
    makers = cases(setting.seed + 1)
    for name, make in makers.items():
        case = make()
        for number in range(decisions // len(makers)):
            arms, policy = case.next(), POLICIES[number % len(POLICIES)]
            ours = decide(arms, policy, 1, seed_for(KEY, f"plain-{name}-{number}", "top", 0))
            believed = plain_policy.Arms(arms.means.tolist(), arms.variances.tolist(), arms.guard_index)
            vector, index = plain_policy.decided(believed, policy, ours.seed)
            checked += 1
            differ += vector != ours.probabilities.tolist() or index != ours.index
            case.chosen(ours.creative_id)
    happened = f"{checked:,} decisions, {differ} differ"
    return Promise(
        "plain Python that shares no code gives the same vector, bit for bit, and choice", happened, not differ
    )


def _control(setting: Setting, shoppers: int) -> Promise:
    from scipy import stats

    from services.policies.assignment import CONTROL_SHARE, UNIFORM, assign
    from services.tools.drills.propensity_check.verdict import LEVEL

    control = sum(assign(f"u1-{n:032x}", f"salt {setting.seed}") == UNIFORM for n in range(shoppers))
    p = float(stats.binomtest(control, shoppers, CONTROL_SHARE).pvalue)
    return Promise(
        f"the control gets {CONTROL_SHARE:.0%} of shoppers",
        f"{control:,} of {shoppers:,} = {control / shoppers:.2%}, binomial p {p:.2g}, allowed from {LEVEL:g}",
        p >= LEVEL,
    )


def _wrong(setting: Setting) -> dict[str, float]:
    """The smallest p value of each wrong policy."""
    from services.tools.drills.propensity_check import drawn, verdict

    twists = {
        "drawn before the floor is mixed in": drawn.before_the_floor,
        "a twentieth too much for the first arm": drawn.nearer_to_the_first,
        "one random number for all slots of a slate": drawn.one_draw_for_all_slots,
    }
    found = {}
    for name, twist in twists.items():
        played = {"thompson": _played(setting, "thompson", WRONG, 2, twist)}
        found[name] = min(verdict.p_values(played))[0]
    return found


DRILL = Drill(
    "propensities",
    "creatives are drawn as often as logged, alone and in slates, and wrong policies are caught",
    run,
    (
        Mutation(
            "drawn-from-what-is-logged",
            "services/policies/decide.py",
            "index = sample(vectors[policy_id], seeded_words(",
            "index = sample(probabilities_of(arms, policy_id, seed, 0.0, thompson.DRAWS), seeded_words(",
        ),
        Mutation(
            "each-slot-has-its-own-seed",
            "services/policies/draw.py",
            "parts = [request_digest.encode(), placement_id.encode(), str(slot).encode()]",
            "parts = [request_digest.encode(), placement_id.encode()]",
        ),
        Mutation(
            "vectors-hang-on-the-whole-seed",
            "services/policies/decide.py",
            'seeded_words(seed, "vector", thompson.vector_words(count, draws))',
            'seeded_words(seed[:1], "vector", thompson.vector_words(count, draws))',
        ),
    ),
)
