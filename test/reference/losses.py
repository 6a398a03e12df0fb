"""Losses and their gradients in 50 digits, from the definitions; writes losses.json beside it.

Binary cross-entropy as PyTorch's BCEWithLogitsLoss, -y log p - (1 - y) log(1 - p) with p = 1/(1 + exp(-z)), and Huber as its
HuberLoss: d^2/2 up to delta, else delta (|d| - delta/2). Needs mpmath and numpy (python3-mpmath, python3-numpy).
"""

import json
from pathlib import Path

import numpy as np
from mpmath import exp, log, mp, mpf, sign

mp.dps = 1000  # 1 - p of a logit of 700 needs 305 digits


def binary_cross_entropy(z, y):
    p = 1 / (1 + exp(-z))
    loss = (-y * log(p) if y else 0) - ((1 - y) * log(1 - p) if y != 1 else 0)
    return loss, p - y


def huber(d, delta):
    if abs(d) <= delta:
        return d * d / 2, d
    return delta * (abs(d) - delta / 2), delta * sign(d)


def exact(value):
    return mpf(float(np.float32(value)))


logits = [0, 1e-8, -1e-8, 0.25, -0.5, 1, -1.5, 3, -4, 9, -12, 16.7, -17.5, 30, -45, 80, -86, 500, -700]
targets = [0, 1, 0.5, 0.1, 0.999]
deltas = [0.1, 1, 3]
outputs = [0, 0.05, -0.1, 0.5, -1, 1.0000001, -2.75, 3, 40, -1000]


def entries(function, inputs, parameters):
    for a in inputs:
        for b in parameters:
            first, second = exact(a), exact(b)
            loss, gradient = function(first, second)
            yield [float(first), float(second), float(loss), float(gradient)]


cases = {
    "binary-cross-entropy": list(entries(binary_cross_entropy, logits, targets)),
    "huber": list(entries(huber, outputs, deltas)),
}
text = ",\n".join(
    f'  "{name}": [\n' + ",\n".join("    " + json.dumps(entry) for entry in found) + "\n  ]"
    for name, found in cases.items()
)
Path(__file__).with_name("losses.json").write_text("{\n" + text + "\n}\n")
