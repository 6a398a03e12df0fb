"""Writes activations.json: activation functions, their derivatives and normal quantiles, in 50 digits by mpmath, rounded to float64."""

import json

from mpmath import mp, mpf, erf, erfc, erfinv, exp, expm1, log1p, ncdf, npdf, sqrt

mp.dps = 50
POINTS = [-30, -12, -7.5, -4, -3, -2.75, -1.5, -1, -0.75, -0.34375, -0.125, -2**-10, -2**-20, 0, 2**-20, 2**-10, 0.125, 0.5, 1, 1.25, 2, 2.9375, 3, 3.5, 6, 9, 25]
sigmoid = lambda z: 1 / (1 + exp(-z))
FUNCTIONS = {
    "elu": (lambda z: z if z > 0 else expm1(z), lambda z: mpf(1) if z > 0 else exp(z)),
    "gelu": (lambda z: z * ncdf(z), lambda z: ncdf(z) + z * npdf(z)),
    "silu": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z)))),
    "softplus": (lambda z: log1p(exp(z)), sigmoid),
}
WORDS = [0, 1, 2, 1000, 2**20, 2**27 + 5, 2**29, 2**30, 3 * 2**29, 2**31 - 1, 2**31, 2**31 + 12345, 3 * 2**30, 2**32 - 2**24, 2**32 - 2, 2**32 - 1]


def quantile(word):
    tail = mpf(min(word, 2**32 - 1 - word) * 2 + 1) / 2**33
    # Of a small tail the argument of erfinv is near 1: it needs all the digits.
    z = sqrt(mpf(2)) * erfinv(1 - 2 * tail)
    return -z if word < 2**31 else z


values = {
    "functions": {
        name: [[z, float(f(mpf(z))), float(slope(mpf(z)))] for z in POINTS] for name, (f, slope) in FUNCTIONS.items()
    },
    "quantiles": [[word, float(quantile(word))] for word in WORDS],
}
with open(__file__.replace(".py", ".json"), "w") as file:
    json.dump(values, file)
