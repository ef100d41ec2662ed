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


def batch(seed, step, batch_size, probability):
    """The inputs of a training step, (batch_size, n_instances, n_features). probability: float32, the last two."""
    n_instances, n_features = probability.shape
    sample = np.arange(batch_size)[:, None, None]
    words = philox((np.arange(n_features), np.arange(n_instances)[:, None], step, sample // 64 * 16 + sample % 16),
                   (seed, TRAINING))
    u = np.choose(sample % 64 // 16, words) >> np.uint32(1)
    threshold = np.maximum(1, np.round(probability.astype(np.float64) * 2**31))
    scale = (1 / threshold).astype(np.float32)
    return np.where(u < threshold, u.astype(np.float32) * scale, np.float32(0))


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
