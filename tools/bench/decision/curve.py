"""The risk-coverage curve: what every threshold would serve, and at how many wrong answers."""

import math

BUDGETS = (0.01, 0.02, 0.05)


def best_point(candidates, allowed_wrong):
    """The loosest point with the most right answers and at most `allowed_wrong` wrong ones.

    `candidates` are pairs (score, whether the answer would be right), one for every query that has one. Equal scores
    cannot be told apart by a threshold, so they are answered together or not at all.
    Returns (right, wrong, threshold); the threshold is infinite if nothing can be answered.
    """
    ordered = sorted(candidates, key=lambda candidate: -candidate[0])
    best = (0, 0, math.inf)
    right = wrong = 0
    for index, (score, is_right) in enumerate(ordered):
        right += is_right
        wrong += not is_right
        if index + 1 < len(ordered) and ordered[index + 1][0] == score:
            continue
        if wrong > allowed_wrong:
            break
        if right > best[0]:
            best = (right, wrong, score)
    return best


def served_at(candidates, requests, answerable, budgets=BUDGETS):
    """For each budget the share of answerable requests that is answered rightly.

    A budget is the share of all `requests` that may be answered wrongly.
    """
    return [best_point(candidates, math.floor(budget * requests + 1e-9))[0] / answerable for budget in budgets]
