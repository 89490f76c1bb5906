"""Writes packages/core/test/vectors/*.safetensors and safetensors.json with the safetensors library.

Run from anywhere, with safetensors and numpy installed:

    python tools/goldens/core/make_safetensors.py

safetensors.json holds what is in the files. With a path, the script instead reads a file that
encodeSafetensors wrote of the same content and compares:

    python tools/goldens/core/make_safetensors.py --compare <file> every-type
"""

import sys

import numpy as np
from safetensors.numpy import load_file, save_file
from safetensors import safe_open

from common import FOLDER, write

FILES = {
    'every-type': (
        {
            'dense_1/kernel': np.array([[1.5, -0.0, 3e-45], [np.inf, -np.inf, 1 / 3]], np.float32),
            'dense_1/bias': np.array([0.25, -2, 1e30], np.float32),
            'steps': np.array([-(2**31), 2**31 - 1, 7], np.int32),
            'mask': np.array([True, False, True], np.bool_),
            'image': np.array([[0, 255], [1, 128]], np.uint8),
            'scalar': np.array(2.5, np.float32),
            'empty': np.zeros((0, 3), np.float32),
            '0': np.array([4], np.int32),
            # the two names change places when halves of surrogate pairs are compared
            '🙂 größe': np.array([9], np.uint8),
            '\ue000': np.array([10], np.uint8),
            'quote " and \\ and \n': np.array([11], np.uint8),
        },
        {'made by': 'größe "🙂"'},
    ),
    'no-metadata': ({'b': np.array([1, 2], np.uint8), 'a': np.array([3], np.uint8)}, None),
    'no-tensors': ({}, {'only': 'this'}),
}
DTYPES = {'float32': 'float32', 'int32': 'int32', 'bool': 'bool', 'uint8': 'uint8'}


def numbers(array):
    """The elements as JavaScript's Number() reads them, since JSON has no infinities."""
    return [repr(float(value)).replace('inf', 'Infinity') for value in array.ravel()]


def compare(path, name):
    tensors, metadata = FILES[name]
    loaded = load_file(path)
    assert loaded.keys() == tensors.keys(), loaded.keys()
    for key, array in tensors.items():
        assert loaded[key].dtype == array.dtype and loaded[key].shape == array.shape, key
        assert loaded[key].tobytes() == array.tobytes(), key
    with safe_open(path, 'numpy') as file:
        assert (file.metadata() or None) == metadata, file.metadata()
    print(f'{path}: equal to {name}')


def main():
    files = []
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (tensors, metadata) in FILES.items():
        save_file(tensors, FOLDER / f'{name}.safetensors', metadata)
        described = [
            {'name': key, 'dtype': DTYPES[array.dtype.name], 'shape': list(array.shape),
             'data': numbers(array)}
            for key, array in tensors.items()
        ]
        files.append({'file': f'{name}.safetensors', 'metadata': metadata or {},
                      'tensors': described})
    write(__file__, ['safetensors', 'numpy'], {'files': files})


if sys.argv[1:2] == ['--compare']:
    compare(*sys.argv[2:])
else:
    main()
