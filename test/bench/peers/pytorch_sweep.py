"""The sweep of sweep.mjs as a user of PyTorch would run it: trials in a pool of processes, one thread each.

Prints a line of JSON with the test accuracy of each trial. Usage: pytorch_sweep.py <settings as JSON>
"""
import json
import sys

import torch.multiprocessing

SETTINGS = json.loads(sys.argv[1])


def load(images, labels):
    import numpy as np

    x = np.fromfile(images, np.uint8, offset=16).reshape(-1, SETTINGS["sizes"][0])
    y = np.fromfile(labels, np.uint8, offset=8)
    return torch.from_numpy(x).float().div_(255), torch.from_numpy(y).long()


def penalty(kind, h):
    n, m = h.shape
    hc = h - h.mean(0, keepdim=True)
    if kind == "mean-abs":
        return (hc.t() @ hc / (n - 1)).abs().mean()
    if kind == "decov":
        c = hc.t() @ hc / n
        return 0.5 * ((c**2).sum() - (torch.diagonal(c) ** 2).sum())
    c = hc.t() @ hc / (n - 1)
    s = torch.rsqrt(torch.diagonal(c) + 1e-8)
    r = c * s[:, None] * s[None, :]
    return ((r**2).sum() - (torch.diagonal(r) ** 2).sum()) / (m * (m - 1))


def trial(setting):
    kind, weight = setting
    torch.manual_seed(0)
    sizes, batch = SETTINGS["sizes"], SETTINGS["batch"]
    layers = [torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    optimizer = torch.optim.SGD(
        [p for layer in layers for p in layer.parameters()],
        lr=SETTINGS["learningRate"],
        momentum=SETTINGS["momentum"],
    )
    order = torch.randperm(len(X))
    for i in range(len(X) // batch):
        rows = order[i * batch : (i + 1) * batch]
        h = torch.relu(layers[0](X[rows]))
        z = layers[2](torch.relu(layers[1](h)))
        loss = torch.nn.functional.cross_entropy(z, Y[rows]) + weight * penalty(kind, h)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        z = layers[2](torch.relu(layers[1](torch.relu(layers[0](X_TEST)))))
        return (z.argmax(1) == Y_TEST).float().mean().item()


def one_thread():
    torch.set_num_threads(1)


if __name__ == "__main__":
    one_thread()
    X, Y = load(*SETTINGS["train"])
    X_TEST, Y_TEST = load(*SETTINGS["test"])
    grid = [(kind, weight) for kind in SETTINGS["penalties"] for weight in SETTINGS["weights"]]
    # Forked children share the data, as the threads of a sweep do.
    with torch.multiprocessing.get_context("fork").Pool(SETTINGS["workers"], one_thread) as pool:
        accuracies = pool.map(trial, grid, chunksize=1)
    print(json.dumps({"accuracies": accuracies}))
