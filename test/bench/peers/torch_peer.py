"""PyTorch's side of the benchmark: value and gradient of penalties by autograd and by hand, and training steps.

Prints one JSON line a measurement; one thread. Usage: torch_peer.py penalties|steps
"""
import json
import sys
import time

import numpy as np
import torch

torch.set_num_threads(1)
SHAPES = [(64, 64), (128, 128), (256, 128), (512, 128), (512, 256), (1024, 256), (1024, 1024), (256, 32), (1024, 64)]
NETWORKS = [([784, 256, 128, 10], 128), ([784, 128, 64, 10], 64), ([784, 1024, 1024, 10], 128)]
SECONDS = 0.6


def timed(run):
    until = time.perf_counter() + SECONDS / 5
    while True:
        run()
        if time.perf_counter() >= until:
            break
    times = []
    until = time.perf_counter() + SECONDS
    while len(times) < 5 or time.perf_counter() < until:
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e6)
    times.sort()
    return {"bestUs": times[0], "medianUs": times[len(times) // 2], "runs": len(times)}


def activations(samples, units):
    i = np.arange(samples * units, dtype=np.float64)
    return np.maximum(0, np.sin(i * 0.7) + np.cos(i * i * 0.013)).astype(np.float32).reshape(samples, units)


def covariance(x, ddof, centered=True):
    xc = x - x.mean(0, keepdim=True) if centered else x
    return xc, xc.t() @ xc / (x.shape[0] - ddof)


def off(c):
    return c - torch.diag(torch.diagonal(c))


def value(task, x):
    m = x.shape[1]
    if task == "mean":
        return covariance(x, 1, False)[1].mean()
    if task == "mean-abs":
        return covariance(x, 1, False)[1].abs().mean()
    if task == "decov":
        _, c = covariance(x, 0)
        return 0.5 * ((c**2).sum() - (torch.diagonal(c) ** 2).sum())
    if task == "squared-correlation":
        _, c = covariance(x, 1)
        s = torch.rsqrt(torch.diagonal(c) + 1e-8)
        return (off(c * s[:, None] * s[None, :]) ** 2).sum() / (m * (m - 1))
    if task == "vicreg":
        _, c = covariance(x, 1)
        hinge = torch.relu(1 - torch.sqrt(torch.diagonal(c) + 1e-4)).mean()
        return 25 * hinge + (off(c) ** 2).sum() / m
    _, c = covariance(x, 1)  # participation-ratio
    return torch.log((c**2).sum()) - 2 * torch.log(torch.diagonal(c).sum())


def by_autograd(task, x):
    x.grad = None
    loss = value(task, x)
    loss.backward()
    return loss.item(), x.grad


@torch.no_grad()
def by_hand(task, x):
    n, m = x.shape
    if task == "mean":
        rows = x.sum(1, keepdim=True)
        scale = 1 / ((n - 1) * m * m)
        return (rows * rows).sum().item() * scale, (2 * scale * rows).expand(n, m).contiguous()
    if task == "mean-abs":
        xc, c = covariance(x, 1, False)
        v = c.abs().mean().item()
        return v, (xc @ c.sign_()).mul_(2 / ((n - 1) * m * m))
    if task == "decov":
        xc, c = covariance(x, 0)
        c.fill_diagonal_(0)
        return 0.5 * torch.dot(c.view(-1), c.view(-1)).item(), (xc @ c).mul_(2 / n)
    if task == "squared-correlation":
        xc = x - x.mean(0, keepdim=True)
        variance = (xc * xc).sum(0) / (n - 1)
        s = torch.rsqrt(variance + 1e-8)
        y = xc * s
        r = (y.t() @ y).div_(n - 1)
        r.fill_diagonal_(0)
        d = (y @ r).mul_(4 / ((n - 1) * m * (m - 1)))
        g = (d - y * ((d * y).sum(0) / (n - 1))) * s
        return torch.dot(r.view(-1), r.view(-1)).item() / (m * (m - 1)), g
    if task == "vicreg":
        xc, c = covariance(x, 1)
        root = torch.sqrt(torch.diagonal(c) + 1e-4)
        hinge = torch.relu(1 - root)
        c.fill_diagonal_(0)
        v = 25 * hinge.mean().item() + torch.dot(c.view(-1), c.view(-1)).item() / m
        g = (xc @ c).mul_(4 / (m * (n - 1)))
        return v, g.sub_(xc * (25 / (m * (n - 1)) * (hinge > 0) / root))
    xc, c = covariance(x, 1)
    energy = torch.dot(c.view(-1), c.view(-1)).item()
    trace = torch.diagonal(c).sum().item()
    v = float(np.log(energy) - 2 * np.log(trace))
    return v, (xc @ c).mul_(4 / (energy * (n - 1))).sub_(xc, alpha=4 / (trace * (n - 1)))


def penalties():
    for task in ("mean", "mean-abs", "decov", "squared-correlation", "vicreg", "participation-ratio"):
        for m, n in SHAPES:
            x = torch.tensor(activations(n, m), requires_grad=True)
            plain = x.detach().clone()
            reference, gradient = by_autograd(task, x)
            hand, hand_gradient = by_hand(task, plain)
            error = (hand_gradient - gradient).abs().max() / gradient.abs().max()
            if abs(hand - reference) > 1e-3 * abs(reference) or error > 1e-3:
                raise SystemExit(f"{task} {m}x{n}: the two gradients differ by {error}")
            shape = f"{m}x{n}"
            print(json.dumps({"peer": "torch", "task": task, "shape": shape, "value": reference, **timed(lambda: by_autograd(task, x))}), flush=True)
            print(json.dumps({"peer": "torch by hand", "task": task, "shape": shape, "value": hand, **timed(lambda: by_hand(task, plain))}), flush=True)


def steps():
    images = np.fromfile(sys.argv[2], np.uint8, offset=16).reshape(-1, 784)
    labels = np.fromfile(sys.argv[3], np.uint8, offset=8)
    for sizes, batch in NETWORKS:
        layers = [torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
        optimizer = torch.optim.SGD([p for layer in layers for p in layer.parameters()], lr=0.05, momentum=0.9)
        batches = [
            (torch.from_numpy(images[i * batch : (i + 1) * batch]).float().div_(255), torch.from_numpy(labels[i * batch : (i + 1) * batch]).long())
            for i in range(8)
        ]
        count = [0]

        def step():
            x, y = batches[count[0] & 7]
            count[0] += 1
            h = torch.relu(layers[0](x))
            z = layers[2](torch.relu(layers[1](h)))
            loss = torch.nn.functional.cross_entropy(z, y) + 1e-3 * value("decov", h)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            return loss.item()

        print(json.dumps({"peer": "torch", "task": "step", "shape": "-".join(map(str, sizes)), **timed(step)}), flush=True)


{"penalties": penalties, "steps": steps}[sys.argv[1]]()
