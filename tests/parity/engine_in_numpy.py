"""Superpose's random numbers, data and initial weights in NumPy, and its files: what parity tests compare with.

Written from superpose/core/random.h, superpose/data/independent_features.h and superpose/models/model.h.
"""
import json
import statistics
import struct

import numpy as np

INITIALISATION, TRAINING = 0, 1


def philox(counter, key, rounds=7):
    """Philox4x32. counter: four uint32 arrays that broadcast, key: two whole numbers. Returns four uint32 arrays."""
    mask = np.uint64(0xFFFFFFFF)
    c = [np.asarray(word, np.uint64) for word in counter]
    k0, k1 = key
    for _ in range(rounds):
        product0, product1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(product1 >> np.uint64(32)) ^ c[1] ^ np.uint64(k0), product1 & mask,
             (product0 >> np.uint64(32)) ^ c[3] ^ np.uint64(k1), product0 & mask]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return [word.astype(np.uint32) for word in np.broadcast_arrays(*c)]


def initial_weights(seed, instance, n_features, n_hidden, std):
    """One instance's W, (n_features, n_hidden): AS 241 is what Python's NormalDist uses too."""
    size = n_features * n_hidden
    words = philox((np.arange((size + 1) // 2), instance, 0, 0), (seed, INITIALISATION))
    quantile = statistics.NormalDist().inv_cdf
    normals = []
    for high0, low0, high1, low1 in zip(*(word.tolist() for word in words)):
        normals += [quantile((((high << 32 | low) >> 12) + 0.5) * 2.0**-52)
                    for high, low in ((high0, low0), (high1, low1))]
    return (std * np.array(normals[:size])).astype(np.float32).reshape(n_features, n_hidden)


def exponential(t):
    """-ln(1 - u), u = (t + 1/2) / 2^31: single-precision operations in the library's order."""
    f = np.float32
    v = (t.astype(f) + f(0.5)) * f(2.0**-31)
    rest = ((t ^ 0x7FFFFFFF).astype(f) + f(0.5)) * f(2.0**-31)
    above = rest.view(np.int32) - np.int32(0x3F3504F3)
    e = above >> 23
    r = ((above & 0x7FFFFF) + np.int32(0x3F3504F3)).view(f)
    s = np.where(e == 0, v, f(1) - r) / (f(1) + r)
    s2 = s * s
    series = (((s2 * f(2 / 9) + f(2 / 7)) * s2 + f(2 / 5)) * s2 + f(2 / 3)) * s2 + f(2)
    return s * series - e.astype(f) * f(0.693147182)


def by_gaps(seed, instance, step, batch_size, probability):
    """One instance's inputs, (batch_size, n_features), of features that are all rare."""
    n = len(probability)
    q = np.float64(probability.max())
    scale = np.float32(-1 / np.log1p(-q))
    threshold = np.round(probability.astype(np.float64) / q * 2**31)
    samples = 1024
    while samples > 64 and samples * n > 2**17:
        samples //= 2
    x = np.zeros(batch_size * n, np.float32)
    for block, begin in enumerate(range(0, len(x), samples * n)):
        end = min(begin + samples * n, len(x))
        events = np.arange(end - begin + 1)  # more than there can be
        words = philox((0x80000000 + block, instance, step, events // 2), (seed, TRAINING))
        gap_word = np.where(events % 2, words[0], words[1])
        gaps = (exponential((gap_word >> np.uint32(1)).astype(np.int32)) * scale).astype(np.int64)
        trial = begin + np.cumsum(gaps + 1) - 1
        u = np.where(events % 2, words[2], words[3]) >> np.uint32(1)
        trial, u = trial[trial < end], u[:np.count_nonzero(trial < end)]
        f = trial % n
        value = u.astype(np.float32) * (1 / threshold).astype(np.float32)[f]
        x[trial] = np.where(u < threshold[f], value, np.float32(0))
    return x.reshape(batch_size, n)


def batch(seed, step, batch_size, probability):
    """The inputs of a training step, (batch_size, n_instances, n_features). probability: float32, the last two."""
    n_instances, n_features = probability.shape
    sample = np.arange(batch_size)[:, None, None]
    row, lane = sample % 64 // 16, sample % 16
    words = philox((np.arange(n_features), np.arange(n_instances)[:, None], step,
                    sample // 64 * 16 + row // 2 * 8 + lane // 2), (seed, TRAINING))
    u = np.choose(row % 2 * 2 + (lane + 1) % 2, words) >> np.uint32(1)
    threshold = np.maximum(1, np.round(probability.astype(np.float64) * 2**31))
    scale = (1 / threshold).astype(np.float32)
    x = np.where(u < threshold, u.astype(np.float32) * scale, np.float32(0))
    for instance in range(n_instances):
        if probability[instance].max() <= np.float32(0.14 if 48 <= n_features <= 128 else 0.1):
            x[:, instance] = by_gaps(seed, instance, step, batch_size, probability[instance])
    return x


def read_safetensors(path):
    """The tensors of a file by name, and its metadata."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__", {})
    types = {"F32": "<f4", "I64": "<i8"}
    tensors = {}
    for name, tensor in header.items():
        first, last = tensor["data_offsets"]
        values = np.frombuffer(data[8 + length + first:8 + length + last], types[tensor["dtype"]])
        tensors[name] = values.reshape(tensor["shape"])
    return tensors, metadata
