"""Steps of the optimizers in float64, from independent implementations; writes optimizers.json beside it.

SGD, Adam, AdamW, RMSprop and clip_grad_norm_ are PyTorch's (python3-torch). Lion follows Algorithm 2 of Chen et al., "Symbolic
Discovery of Optimization Algorithms", 2023, and LARS Algorithm 1 of You, Gitman and Ginsburg, "Large Batch Training of
Convolutional Networks", 2017, both written out in numpy; where a norm is 0 the trust ratio is the trust coefficient.
"""

import json
from pathlib import Path

import numpy as np
import torch

STEPS = 6
rng = np.random.default_rng(13)
f32 = lambda values: np.asarray(values, dtype=np.float32).astype(np.float64)
INITIAL = [f32(rng.uniform(-1, 1, 7)), np.zeros(3), f32(rng.uniform(-1, 1, 5))]
GRADIENTS = [[f32(rng.uniform(-1, 1, p.size)) for p in INITIAL] for _ in range(STEPS)]
# One number never has a gradient.
for step in GRADIENTS:
    step[2][1] = 0


def torch_steps(optimizer, clip=None):
    parameters = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in INITIAL]
    step = optimizer(parameters)
    for gradients in GRADIENTS:
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = torch.tensor(gradient)
        if clip is not None:
            # PyTorch adds 1e-6 to the norm; here the factor is limit / norm.
            norm = torch.sqrt(sum((p.grad**2).sum() for p in parameters))
            if norm > clip:
                for p in parameters:
                    p.grad *= clip / norm
        step.step()
    return [p.detach().numpy() for p in parameters]


def lion(learning_rate, beta1=0.9, beta2=0.99, weight_decay=0.0):
    parameters, momenta = [p.copy() for p in INITIAL], [np.zeros_like(p) for p in INITIAL]
    for gradients in GRADIENTS:
        for p, m, g in zip(parameters, momenta, gradients):
            update = np.sign(beta1 * m + (1 - beta1) * g)
            p -= learning_rate * (update + weight_decay * p)
            m *= beta2
            m += (1 - beta2) * g
    return parameters


def lars(learning_rate, momentum=0.9, trust_coefficient=0.001, weight_decay=0.0):
    parameters, momenta = [p.copy() for p in INITIAL], [np.zeros_like(p) for p in INITIAL]
    for gradients in GRADIENTS:
        for p, v, g in zip(parameters, momenta, gradients):
            w, n = np.linalg.norm(p), np.linalg.norm(g)
            ratio = trust_coefficient * w / (n + weight_decay * w) if w > 0 and n > 0 else trust_coefficient
            v *= momentum
            v += learning_rate * ratio * (g + weight_decay * p)
            p -= v
    return parameters


CASES = [
    ({"type": "sgd", "learning_rate": 0.1}, lambda p: torch.optim.SGD(p, 0.1)),
    (
        {"type": "sgd", "learning_rate": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.05},
        lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.05),
    ),
    (
        {"type": "adam", "learning_rate": 0.01, "weight_decay": 0.1},
        lambda p: torch.optim.Adam(p, 0.01, weight_decay=0.1),
    ),
    (
        {"type": "adamw", "learning_rate": 0.01, "weight_decay": 0.1},
        lambda p: torch.optim.AdamW(p, 0.01, weight_decay=0.1),
    ),
    ({"type": "rmsprop", "learning_rate": 0.01}, lambda p: torch.optim.RMSprop(p, 0.01)),
    (
        {"type": "rmsprop", "learning_rate": 0.02, "alpha": 0.9, "epsilon": 1e-5, "momentum": 0.8, "weight_decay": 0.1},
        lambda p: torch.optim.RMSprop(p, 0.02, alpha=0.9, eps=1e-5, momentum=0.8, weight_decay=0.1),
    ),
    (
        {"type": "rmsprop", "learning_rate": 0.01, "alpha": 0.9, "centered": True, "epsilon": 1e-4},
        lambda p: torch.optim.RMSprop(p, 0.01, alpha=0.9, centered=True, eps=1e-4),
    ),
    (
        {"type": "rmsprop", "learning_rate": 0.01, "centered": True, "momentum": 0.9, "epsilon": 1e-4},
        lambda p: torch.optim.RMSprop(p, 0.01, centered=True, momentum=0.9, eps=1e-4),
    ),
    ({"type": "lion", "learning_rate": 0.01}, None),
    ({"type": "lion", "learning_rate": 0.02, "beta1": 0.8, "beta2": 0.95, "weight_decay": 0.5}, None),
    ({"type": "lars", "learning_rate": 2}, None),
    (
        {"type": "lars", "learning_rate": 5, "momentum": 0.5, "trust_coefficient": 0.01, "weight_decay": 0.1},
        None,
    ),
    ({"type": "sgd", "learning_rate": 0.1, "momentum": 0.9, "clip_norm": 1.5}, lambda p: torch.optim.SGD(p, 0.1, momentum=0.9)),
    ({"type": "adam", "learning_rate": 0.01, "clip_norm": 0.5}, lambda p: torch.optim.Adam(p, 0.01)),
    ({"type": "sgd", "learning_rate": 0.1, "clip_norm": 100}, lambda p: torch.optim.SGD(p, 0.1)),
]


def steps_of(settings, make):
    if make is not None:
        return torch_steps(make, settings.get("clip_norm"))
    own = {key: value for key, value in settings.items() if key != "type"}
    return {"lion": lion, "lars": lars}[settings["type"]](**own)


out = {
    "initial": [p.tolist() for p in INITIAL],
    "gradients": [[g.tolist() for g in step] for step in GRADIENTS],
    "cases": [{"optimizer": settings, "final": [p.tolist() for p in steps_of(settings, make)]} for settings, make in CASES],
}
Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
