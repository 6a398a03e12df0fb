"""Learning rates of PyTorch's schedulers, step by step; writes schedules.json beside it. Needs python3-torch."""

import json
from pathlib import Path

import torch
from torch.optim import lr_scheduler

STEPS = 40


def rates(make, learning_rate):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], learning_rate)
    scheduler = make(optimizer)
    seen = []
    for _ in range(STEPS):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return seen


CASES = [
    (
        {"schedule": "cosine", "initial": 0.1, "final": 0.001},
        lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, 0.001),
    ),
    (
        {"schedule": "linear", "initial": 0.1, "final": 0.02},
        lambda o: lr_scheduler.LinearLR(o, 1, 0.2, STEPS),
    ),
    (
        {"schedule": "exponential", "initial": 0.1, "final": 0.1 * 0.9**STEPS},
        lambda o: lr_scheduler.ExponentialLR(o, 0.9),
    ),
    # Four steps an epoch.
    (
        {"schedule": "step", "initial": 0.1, "factor": 0.5, "every_epochs": 3},
        lambda o: lr_scheduler.StepLR(o, 12, 0.5),
    ),
    ({"schedule": "one-cycle", "peak": 0.1, "peak_at": 0.3}, lambda o: lr_scheduler.OneCycleLR(o, 0.1, STEPS)),
    (
        {"schedule": "one-cycle", "peak": 0.2, "initial": 0.05, "final": 0.001, "peak_at": 0.45},
        lambda o: lr_scheduler.OneCycleLR(o, 0.2, STEPS, pct_start=0.45, div_factor=4, final_div_factor=50),
    ),
]

out = {
    "steps": STEPS,
    "stepsPerEpoch": 4,
    "cases": [{"schedule": settings, "values": rates(make, 0.1)} for settings, make in CASES],
}
Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
