"""Values and gradients of every penalty at the edges, in 150-digit arithmetic: python3 make.py (needs numpy and mpmath).

Writes inputs.json (activations by name) and <penalty>.json (value and gradient for each input) beside this file. Numbers have 13
digits and may lie beyond float64: a parser reads those as infinity or 0. The second activations of a cross penalty are the
first with the order of the samples reversed. Written from the formulas of docs/penalties.md alone.
"""
import json, os
import numpy as np
from mpmath import mp, mpf

mp.dps = 150
HERE = os.path.dirname(os.path.abspath(__file__))
RIDGES = {'total-correlation': '0.001', 'log-det': '0.001', 'coding-rate': '0.5', 'von-neumann-entropy': '0.000001'}
random = np.random.default_rng(10)
inputs = {}


def add(name, x, single=True):
    x = np.float64(np.float32(x)) if single else np.float64(x)
    inputs[name] = x


def base(n, m):
    return random.uniform(-1, 1, (n, m))


POWERS = [-36, -30, -24, -18, -15, -12, -9, -6, -5, -4, -3, -2, -1, 0, 3, 5, 6, 7, 8, 9, 12, 15, 18, 24, 30, 36]
POWERS_OF_FLOAT64 = [-155, -150, -100, -75, -50, 50, 75, 100, 150, 155]
SHAPES = [(3, 5), (4, 4), (5, 4), (9, 4)]
plain = {shape: base(*shape) for shape in SHAPES}
for shape in SHAPES:
    few = shape in [(4, 4), (5, 4)]
    for power in [-6, 0, 5, 6, 7] if few else POWERS:
        add(f'plain {shape[0]}x{shape[1]} 1e{power}', plain[shape] * 10.0**power)
    for power in POWERS_OF_FLOAT64:
        if not few: add(f'plain {shape[0]}x{shape[1]} 1e{power}', plain[shape] * 10.0**power, False)
    for power in [3, 6, 9]:
        add(f'offset {shape[0]}x{shape[1]} 1e{power}', plain[shape] + 10.0**power * (1 + np.arange(shape[1])), False)
    relu = np.maximum(plain[shape], 0)
    relu[:, 1] = 0
    for power in [0, 5]: add(f'constant unit {shape[0]}x{shape[1]} 1e{power}', relu * 10.0**power)
    mixed = plain[shape].copy()
    mixed[:, 0] *= 1e6
    add(f'one large unit {shape[0]}x{shape[1]}', mixed)
for shape in [(3, 5), (9, 4)]:
    for distance, single in [(1e-2, True), (1e-3, True), (1e-6, False), (1e-9, False)]:
        pairs = plain[shape].copy()
        pairs[:, 1] = pairs[:, 0] + distance * pairs[:, 1]
        pairs[:, 3] = -pairs[:, 2] + distance * pairs[:, 3]
        add(f'parallel {shape[0]}x{shape[1]} {distance}', pairs, single)
    copies = plain[shape].copy()
    copies[:, 1] = copies[:, 0]
    for power in [0, 3]: add(f'copies {shape[0]}x{shape[1]} 1e{power}', copies * 10.0**power)
for power in [-6, 0, 6]: add(f'one unit 1e{power}', base(5, 1) * 10.0**power)


def exact(x):
    return np.array([[mpf(float(v)) for v in row] for row in x], dtype=object)


def centred(x):
    return x - x.sum(axis=0) / mpf(len(x))


def inverse_and_log_det(s):
    matrix = mp.matrix(s.tolist())
    inverse = mp.inverse(matrix)
    return np.array(inverse.tolist(), dtype=object).reshape(s.shape), mp.log(mp.det(matrix))


def off(c):
    c = c.copy()
    for i in range(len(c)): c[i, i] = mpf(0)
    return c


def total(a):
    return sum(a.flatten().tolist(), mpf(0))


def each(c, f):
    return np.array([[f(v) for v in row] for row in c], dtype=object)


def of_covariance(xc, divisor, value_and_g):
    c = xc.T.dot(xc) / divisor
    value, g = value_and_g(c)
    return value, xc.dot(g + g.T) / divisor


def identity(m):
    return np.array([[mpf(int(i == j)) for j in range(m)] for i in range(m)], dtype=object)


def covariance_family(name):
    def evaluate(c):
        m = len(c)
        mm, pairs = mpf(m * m), mpf(max(1, m * (m - 1)))
        if name == 'mean': return total(c) / mm, each(c, lambda v: mpf(1)) / mm
        if name == 'mean-abs': return total(abs(c)) / mm, each(c, mp.sign) / mm
        if name == 'mean-abs-signed': return total(abs(c)) / mm, each(c, lambda v: mpf(1)) / mm
        if name == 'smooth-abs':
            e = mpf('0.001')
            return total(each(c, lambda v: mp.sqrt(v * v + e * e))) / mm, each(c, lambda v: v / mp.sqrt(v * v + e * e)) / mm
        if name == 'huber':
            d, o = mpf('0.1'), off(c)
            h = each(o, lambda v: v * v / 2 if abs(v) <= d else d * (abs(v) - d / 2))
            return total(h) / pairs, each(o, lambda v: v if abs(v) <= d else d * mp.sign(v)) / pairs
        if name == 'off-diagonal-abs': return total(abs(off(c))) / pairs, each(off(c), mp.sign) / pairs
        factor = {'off-diagonal-squared': 1 / pairs, 'decov': mpf('0.5')}.get(name, 1 / mpf(m))
        value, g = factor * total(off(c) * off(c)), 2 * factor * off(c)
        for i in range(m):
            if name == 'vicreg':
                s = mp.sqrt(c[i, i] + mpf('0.0001'))
                if s < 1:
                    value += 25 * (1 - s) / m
                    g[i, i] = -25 / (2 * s) / m
            if name == 'whitening':
                value += (c[i, i] - 1)**2 / m
                g[i, i] = 2 * (c[i, i] - 1) / m
        return value, g
    return evaluate


def correlation_family(name):
    def evaluate(c):
        m = len(c)
        pairs, e = mpf(max(1, m * (m - 1))), mpf('1e-8')
        s = [mp.sqrt(c[i, i] + e) for i in range(m)]
        value, g = mpf(0), each(c, lambda v: mpf(0))
        for i in range(m):
            for j in range(m):
                if i == j: continue
                r = c[i, j] / (s[i] * s[j])
                f, p = {'squared-correlation': (r * r, 2 * r), 'mean-abs-correlation': (abs(r), mp.sign(r)),
                        'gaussian-mutual-information': (-mp.log(1 - r * r) / 2, r / (1 - r * r))}[name]
                value += f / pairs
                g[i, j] += p / pairs / (s[i] * s[j])
                g[i, i] -= p * r / pairs / s[i]**2
        return value, g
    return evaluate


def spectral_family(name, ridge):
    def evaluate(c):
        m, e = len(c), mpf(ridge)
        one = identity(m)
        if name == 'participation-ratio':
            trace, energy = sum(c[i, i] for i in range(m)), total(c * c)
            if trace == 0: return mpf(0), 0 * c
            return mp.log(energy) - 2 * mp.log(trace), 2 * c / energy - 2 * one / trace
        if name == 'coding-rate':
            a = m / e**2
            inverse, log_det = inverse_and_log_det(one + a * c)
            return -log_det / 2, -a / 2 * inverse
        if name == 'von-neumann-entropy':
            values, vectors = mp.eigsy(mp.matrix(c.tolist()))
            v = np.array(vectors.tolist(), dtype=object).reshape(m, m)
            # An eigenvalue below 0 is what 150 digits leave of 0.
            values = [max(values[i], mpf(0)) + e for i in range(m)]
            t = sum(values)
            f = sum(l / t * mp.log(l / t) for l in values)
            return f, (v * [(mp.log(l / t) - f) / t for l in values]).dot(v.T)
        s = c + e * one
        inverse, log_det = inverse_and_log_det(s)
        if name == 'log-det': return -log_det / m, -inverse / m
        diagonal = each(one, lambda v: v)
        for i in range(m): diagonal[i, i] = 1 / s[i, i]
        return (sum(mp.log(s[i, i]) for i in range(m)) - log_det) / 2, (diagonal - inverse) / 2
    return evaluate


def mutual_information(xc):
    n, m = xc.shape
    bins, e, pairs = 8, mpf('1e-8'), mpf(max(1, m * (m - 1)))
    s = [mp.sqrt(sum(v * v for v in xc[:, i]) / n + e) for i in range(m)]
    z = xc / np.array(s, dtype=object)
    t = each(z, lambda v: (min(max(v, mpf(-3)), mpf(3)) + 3) / 6 * (bins - 1))
    bin = each(t, lambda v: min(int(mp.floor(v)), bins - 2))
    share = t - bin
    p = [[sum((share[k, i] if bin[k, i] + 1 == a else 1 - share[k, i] if bin[k, i] == a else 0) for k in range(n)) / mpf(n)
          for a in range(bins)] for i in range(m)]
    value, slopes = mpf(0), each(xc, lambda v: mpf(0))
    for i in range(m):
        for j in range(i):
            joint = {}
            for k in range(n):
                for a, wa in ((bin[k, i], 1 - share[k, i]), (bin[k, i] + 1, share[k, i])):
                    for b, wb in ((bin[k, j], 1 - share[k, j]), (bin[k, j] + 1, share[k, j])):
                        joint[a, b] = joint.get((a, b), mpf(0)) + wa * wb / n
            logs = {key: mp.log(v / (p[i][key[0]] * p[j][key[1]])) if v > 0 else mpf(0) for key, v in joint.items()}
            value += 2 * sum(joint[key] * logs[key] for key in joint) / pairs
            for k in range(n):
                at = lambda a, b: logs[bin[k, i] + a, bin[k, j] + b]
                u, v = share[k, i], share[k, j]
                slopes[k, i] += 2 / pairs / n * ((1 - v) * (at(1, 0) - at(0, 0)) + v * (at(1, 1) - at(0, 1)))
                slopes[k, j] += 2 / pairs / n * ((1 - u) * (at(0, 1) - at(0, 0)) + u * (at(1, 1) - at(1, 0)))
    u = slopes * mpf(bins - 1) / 6
    gradient = (u - z * ((u * z).sum(axis=0) / mpf(n))) / np.array(s, dtype=object)
    return value, centred(gradient)


def barlow_twins(x, y):
    lengths = [[mp.sqrt(sum(v * v for v in a[:, i])) for i in range(a.shape[1])] for a in (x, y)]
    z, w = [a / np.array([l if l > 0 else mpf(1) for l in ls], dtype=object) for a, ls in zip((x, y), lengths)]
    c = z.T.dot(w)
    weight = mpf('0.0051')
    value = weight * total(off(c) * off(c)) + sum((1 - c[i, i])**2 for i in range(len(c)))
    g = 2 * weight * off(c)
    for i in range(len(c)): g[i, i] = -2 * (1 - c[i, i])
    dz = w.dot(g.T)
    gradient = dz - z * (dz * z).sum(axis=0)
    return value, gradient / np.array([l if l > 0 else mp.inf for l in lengths[0]], dtype=object)


def cross_covariance(x, y):
    d = x.T.dot(y) / len(x)
    return total(d * d) / 2, y.dot(d.T) / len(x)


UNCENTRED = {'mean', 'mean-abs', 'mean-abs-signed', 'coding-rate'}
BIASED = {'decov', 'log-det', 'coding-rate'}


def evaluate(name, x, ridge=None, is_centred=None):
    is_centred = name not in UNCENTRED if is_centred is None else is_centred
    # 1e155 squared beside a ridge of 1e-3, in a singular matrix.
    mp.dps = 900 if not 1e-13 < np.abs(x).max() < 1e13 else 150
    xc = centred(exact(x)) if is_centred else exact(x)
    divisor = mpf(len(x) if name in BIASED else len(x) - 1)
    if name == 'mutual-information': return mutual_information(xc)
    if name == 'cross-covariance': return cross_covariance(xc, xc[::-1])
    if name == 'barlow-twins': return barlow_twins(xc, xc[::-1])
    if name in CORRELATION: return of_covariance(xc, divisor, correlation_family(name))
    if name in SPECTRAL: return of_covariance(xc, divisor, spectral_family(name, ridge or RIDGES.get(name, '0')))
    return of_covariance(xc, divisor, covariance_family(name))


COVARIANCE = ['mean', 'mean-abs', 'mean-abs-signed', 'smooth-abs', 'huber', 'off-diagonal-abs', 'off-diagonal-squared',
              'decov', 'vicreg-covariance', 'vicreg', 'whitening']
CORRELATION = ['squared-correlation', 'mean-abs-correlation', 'gaussian-mutual-information']
SPECTRAL = ['total-correlation', 'log-det', 'coding-rate', 'participation-ratio', 'von-neumann-entropy']
OTHERS = ['mutual-information', 'cross-covariance', 'barlow-twins']


def number(v, rounding=mpf(0)):
    v = mpf(v)
    return '0' if abs(v) <= rounding else mp.nstr(v, 13, min_fixed=0, max_fixed=0, strip_zeros=True).replace('e+', 'e')


def case(name, title, x, **options):
    value, gradient = evaluate(name, x, **options)
    # What all digits but the last leave of a gradient that is 0.
    rounding = mpf(10)**(20 - mp.dps) if 1e-13 < np.abs(x).max() < 1e13 else mpf(0)
    entries = ','.join(number(v, rounding) for v in gradient.flatten())
    extra = ''.join(f'"{k}":{json.dumps(v) if isinstance(v, bool) else v},' for k, v in
                    {'epsilon': options.get('ridge'), 'centered': options.get('is_centred')}.items() if v is not None)
    return f'{{"input":{json.dumps(title)},{extra}"value":{number(value, rounding)},"gradient":[{entries}]}}'


def write(name, rows):
    with open(os.path.join(HERE, f'{name}.json'), 'w') as file: file.write('[\n' + ',\n'.join(rows) + '\n]\n')


relu = np.maximum(random.uniform(-1, 1, (3, 42)), 0)
extra = np.float64(np.float32(relu))
for name in COVARIANCE + CORRELATION + SPECTRAL + OTHERS:
    rows = [case(name, title, x) for title, x in inputs.items()]
    if name in RIDGES:
        inputs_extra = {'relu 3x42': extra}
        for is_centred in [True, False]:
            rows += [case(name, 'relu 3x42', extra, ridge=ridge, is_centred=is_centred) for ridge in ['3.7e-7', '1e-9']]
            if name != 'coding-rate':
                rows += [case(name, f'plain {s} 1e0', inputs[f'plain {s} 1e0'], ridge='1e-9', is_centred=is_centred)
                         for s in ['3x5', '4x4', '9x4']]
    write(name, rows)
    print(name, flush=True)
write('inputs', [json.dumps({'input': t, 'samples': x.shape[0], 'units': x.shape[1], 'x': x.flatten().tolist()},
                            separators=(',', ':')) for t, x in {**inputs, 'relu 3x42': extra}.items()])
