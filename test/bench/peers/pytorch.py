"""PyTorch's side of the benchmark, on one thread: `pytorch.py autograd|by-hand` (the gradients of the penalties written out).

Speaks as serve.mjs describes: a line of JSON in, a line of JSON out.
"""
import base64
import json
import sys
import time

try:
    import numpy as np
    import torch
except ImportError as reason:
    print(json.dumps({"missing": str(reason)}), flush=True)
    sys.exit()

torch.set_num_threads(1)
BY_HAND = sys.argv[1] == "by-hand"


def decode(text):
    return np.frombuffer(base64.b64decode(text), "<f4").copy()


def encode(tensor):
    return base64.b64encode(tensor.detach().numpy().astype("<f4").tobytes()).decode()


def measure(run, milliseconds):
    """As `time` in timing.mjs."""
    seconds = milliseconds / 1000
    warm_since = time.perf_counter()
    fastest = float("inf")
    while True:
        start = time.perf_counter()
        run()
        fastest = min(fastest, time.perf_counter() - start)
        if time.perf_counter() - warm_since >= seconds / 5:
            break
    long = fastest >= 1e-3
    times = []
    used = time.process_time()
    since = time.perf_counter()
    while not times or time.perf_counter() - since < seconds:
        used_before = time.process_time() if long else 0
        start = time.perf_counter()
        run()
        wall = time.perf_counter() - start
        times.append(min(wall, time.process_time() - used_before) * 1e6 if long else wall * 1e6)
    elapsed = time.perf_counter() - since
    times.sort()
    return {
        "bestUs": times[0],
        "medianUs": times[len(times) // 2],
        "runs": len(times),
        "share": (time.process_time() - used) / elapsed,
    }


def covariance(x, ddof, centered=True):
    xc = x - x.mean(0, keepdim=True) if centered else x
    return xc, xc.t() @ xc / (x.shape[0] - ddof)


def off(c):
    return c - torch.diag(torch.diagonal(c))


def mean(x):
    return covariance(x, 1, False)[1].mean()


def mean_abs(x):
    return covariance(x, 1, False)[1].abs().mean()


def decov(x):
    _, c = covariance(x, 0)
    return 0.5 * ((c**2).sum() - (torch.diagonal(c) ** 2).sum())


def squared_correlation(x):
    m = x.shape[1]
    _, c = covariance(x, 1)
    s = torch.rsqrt(torch.diagonal(c) + 1e-8)
    return (off(c * s[:, None] * s[None, :]) ** 2).sum() / (m * (m - 1))


def vicreg(x):
    _, c = covariance(x, 1)
    hinge = torch.relu(1 - torch.sqrt(torch.diagonal(c) + 1e-4)).mean()
    return 25 * hinge + (off(c) ** 2).sum() / x.shape[1]


def participation_ratio(x):
    _, c = covariance(x, 1)
    return torch.log((c**2).sum()) - 2 * torch.log(torch.diagonal(c).sum())


def mean_by_hand(x):
    n, m = x.shape
    rows = x.sum(1, keepdim=True)
    scale = 1 / ((n - 1) * m * m)
    return (rows * rows).sum().item() * scale, (2 * scale * rows).expand(n, m).contiguous()


def mean_abs_by_hand(x):
    n, m = x.shape
    xc, c = covariance(x, 1, False)
    value = c.abs().mean().item()
    return value, (xc @ c.sign_()).mul_(2 / ((n - 1) * m * m))


def decov_by_hand(x):
    xc, c = covariance(x, 0)
    c.fill_diagonal_(0)
    return 0.5 * torch.dot(c.view(-1), c.view(-1)).item(), (xc @ c).mul_(2 / x.shape[0])


def squared_correlation_by_hand(x):
    n, m = x.shape
    xc = x - x.mean(0, keepdim=True)
    s = torch.rsqrt((xc * xc).sum(0) / (n - 1) + 1e-8)
    y = xc * s
    r = (y.t() @ y).div_(n - 1)
    r.fill_diagonal_(0)
    d = (y @ r).mul_(4 / ((n - 1) * m * (m - 1)))
    gradient = (d - y * ((d * y).sum(0) / (n - 1))) * s
    return torch.dot(r.view(-1), r.view(-1)).item() / (m * (m - 1)), gradient


def vicreg_by_hand(x):
    n, m = x.shape
    xc, c = covariance(x, 1)
    root = torch.sqrt(torch.diagonal(c) + 1e-4)
    hinge = torch.relu(1 - root)
    c.fill_diagonal_(0)
    value = 25 * hinge.mean().item() + torch.dot(c.view(-1), c.view(-1)).item() / m
    gradient = (xc @ c).mul_(4 / (m * (n - 1)))
    return value, gradient.sub_(xc * (25 / (m * (n - 1)) * (hinge > 0) / root))


def participation_ratio_by_hand(x):
    n = x.shape[0]
    xc, c = covariance(x, 1)
    energy = torch.dot(c.view(-1), c.view(-1)).item()
    trace = torch.diagonal(c).sum().item()
    gradient = (xc @ c).mul_(4 / (energy * (n - 1))).sub_(xc, alpha=4 / (trace * (n - 1)))
    return float(np.log(energy) - 2 * np.log(trace)), gradient


PENALTIES = {
    "mean": (mean, mean_by_hand),
    "mean-abs": (mean_abs, mean_abs_by_hand),
    "decov": (decov, decov_by_hand),
    "squared-correlation": (squared_correlation, squared_correlation_by_hand),
    "vicreg": (vicreg, vicreg_by_hand),
    "participation-ratio": (participation_ratio, participation_ratio_by_hand),
}


def prepare_penalty(request):
    if request["id"] not in PENALTIES:
        return None
    value, by_hand = PENALTIES[request["id"]]
    x = torch.from_numpy(decode(request["x"]).reshape(request["samples"], request["units"]))

    def run_by_hand():
        with torch.no_grad():
            return by_hand(x)

    def run_autograd():
        x.grad = None
        loss = value(x)
        loss.backward()
        return loss.item(), x.grad

    x.requires_grad_(not BY_HAND)
    run = run_by_hand if BY_HAND else run_autograd
    result, gradient = run()
    return {"value": result, "gradient": encode(gradient)}, run


def prepare_product(request):
    if BY_HAND:
        return None
    a = torch.from_numpy(decode(request["a"]).reshape(request["rows"], request["inner"]))
    b = torch.from_numpy(decode(request["b"]).reshape(request["inner"], request["columns"]))
    return {"c": encode(a @ b)}, lambda: a @ b


def prepare_step(request):
    if BY_HAND:
        return None
    sizes, batch = request["sizes"], request["batch"]
    start = torch.from_numpy(decode(request["parameters"]))
    layers = [torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    offset = 0
    with torch.no_grad():
        for layer in layers:
            inputs, units = layer.in_features, layer.out_features
            layer.weight.copy_(start[offset : offset + inputs * units].reshape(inputs, units).t())
            offset += inputs * units
            layer.bias.copy_(start[offset : offset + units])
            offset += units
    optimizer = torch.optim.SGD(
        [p for layer in layers for p in layer.parameters()],
        lr=request["learningRate"],
        momentum=request["momentum"],
    )
    count = batch * request["batches"]
    images = np.fromfile(request["images"], np.uint8, offset=16)[: count * sizes[0]].reshape(-1, sizes[0])
    labels = np.fromfile(request["labels"], np.uint8, offset=8)[:count]
    pool = [
        (x.clone(), y.clone())
        for x, y in zip(
            torch.from_numpy(images).float().div_(255).split(batch),
            torch.from_numpy(labels).long().split(batch),
        )
    ]
    taken = [0]

    def step():
        x, y = pool[taken[0] % len(pool)]
        taken[0] += 1
        h = torch.relu(layers[0](x))
        z = layers[2](torch.relu(layers[1](h)))
        loss = torch.nn.functional.cross_entropy(z, y) + request["weight"] * decov(h)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    return {"losses": [step() for _ in range(request["verifiedSteps"])]}, step


def build_network(request, memory_format):
    """The network of a request as modules, and its pool of batches; images lie as memory_format says."""
    height, width, channels = request["inputShape"]
    start = torch.from_numpy(decode(request["parameters"]))
    taken = [0]

    def take(*shape):
        count = int(np.prod(shape))
        taken[0] += count
        return start[taken[0] - count : taken[0]].reshape(shape)

    modules = []
    flat = False
    for part in request["parts"]:
        if part == "pool":
            modules.append(torch.nn.MaxPool2d(2))
            height, width = height // 2, width // 2
        elif "conv" in part:
            size, filters = part["size"], part["conv"]
            conv = torch.nn.Conv2d(channels, filters, size, padding=size // 2, bias=not request["normalized"])
            conv.weight.data = take(size, size, channels, filters).permute(3, 2, 0, 1).contiguous()
            modules.append(conv)
            channels = filters
            if request["normalized"]:
                norm = torch.nn.BatchNorm2d(filters, eps=request["epsilon"], momentum=0.01)
                norm.weight.data, norm.bias.data = take(filters).clone(), take(filters).clone()
                modules.append(norm)
            else:
                conv.bias.data = take(filters).clone()
            modules.append(torch.nn.ReLU())
        else:
            units = part["dense"]
            inputs = channels if flat else height * width * channels
            weight = take(inputs, units)
            if not flat:
                modules.append(torch.nn.Flatten())
                weight = weight.reshape(height, width, channels, units).permute(2, 0, 1, 3).reshape(inputs, units)
                flat = True
            dense = torch.nn.Linear(inputs, units)
            dense.weight.data, dense.bias.data = weight.t().contiguous(), take(units).clone()
            modules += [dense, torch.nn.ReLU()]
            channels = units
    network = torch.nn.Sequential(*modules[:-1]).to(memory_format=memory_format)
    size, batch = int(np.prod(request["inputShape"])), request["batch"]
    count = batch * request["batches"]
    images = np.fromfile(request["images"], np.uint8, offset=16, count=count * size)
    labels = np.fromfile(request["labels"], np.uint8, offset=8, count=count)
    x = torch.from_numpy(images.reshape(count, *request["inputShape"])).permute(0, 3, 1, 2).float().div_(255)
    pool = [
        (images.contiguous(memory_format=memory_format).clone(), digits.clone())
        for images, digits in zip(x.split(batch), torch.from_numpy(labels).long().split(batch))
    ]
    return network, pool


def start_network(request, memory_format):
    network, pool = build_network(request, memory_format)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=request["learningRate"], momentum=request["momentum"]
    )
    taken = [0]

    def step():
        x, y = pool[taken[0] % len(pool)]
        taken[0] += 1
        loss = torch.nn.functional.cross_entropy(network(x), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    return [step() for _ in range(request["verifiedSteps"])], step


def prepare_network(request):
    """In the better of the two orders of an image's numbers."""
    if BY_HAND:
        return None
    sides = [start_network(request, order) for order in (torch.contiguous_format, torch.channels_last)]
    losses, step = min(sides, key=lambda side: measure(side[1], 200)["bestUs"])
    return {"losses": losses}, step


TASKS = {
    "penalty": prepare_penalty,
    "product": prepare_product,
    "step": prepare_step,
    "network": prepare_network,
}


def main():
    print(json.dumps({"version": torch.__version__}), flush=True)
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        if "task" not in request:
            answer = measure(run, request["milliseconds"])
        else:
            prepare = TASKS.get(request["task"])
            prepared = prepare(request) if prepare else None
            answer, run = prepared or ({"unsupported": True}, None)
        print(json.dumps(answer), flush=True)


main()
