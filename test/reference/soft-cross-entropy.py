"""Cross-entropies with label smoothing and class weights in float64; writes soft-cross-entropy.json beside it.

Label smoothing as PyTorch's CrossEntropyLoss has it (python3-torch). A class weight multiplies the loss of a sample, and the mean is
over the samples, as in Keras; PyTorch would divide by the sum of the weights.
"""

import json
from pathlib import Path

import numpy as np
import torch

rng = np.random.default_rng(7)
f32 = lambda values: np.asarray(values, dtype=np.float32).astype(np.float64)
X, W = f32(rng.normal(size=(9, 4))), f32(rng.normal(size=(4, 5)))
LABELS = rng.integers(0, 5, 9)


def case(smoothing, weights):
    w = torch.tensor(W, requires_grad=True)
    losses = torch.nn.CrossEntropyLoss(label_smoothing=smoothing, reduction="none")(torch.tensor(X) @ w, torch.tensor(LABELS))
    if weights is not None:
        losses = losses * torch.tensor(weights)[torch.tensor(LABELS)]
    loss = losses.mean()
    loss.backward()
    return {"labelSmoothing": smoothing, "classWeights": weights, "loss": loss.item(), "gradient": w.grad.flatten().tolist()}


weights = [0.5, 2.0, 0.0, 1.0, 3.0]
out = {
    "x": X.flatten().tolist(),
    "weights": W.flatten().tolist(),
    "labels": LABELS.tolist(),
    "cases": [case(0.1, None), case(0.0, weights), case(0.3, weights)],
}
Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
