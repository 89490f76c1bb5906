"""What the scripts in this folder share: where goldens go and what is recorded beside them."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / 'packages' / 'core' / 'test' / 'vectors'


def write(script, packages, content):
    """Writes the golden file of a script, named after it: one line for each entry of a list."""
    name = Path(script).stem.removeprefix('make_')
    versions = {'python': platform.python_version()} | {name: version(name) for name in packages}
    head = {'generator': f'tools/goldens/core/{Path(script).name}', 'versions': versions}
    parts = []
    for key, value in (head | content).items():
        if isinstance(value, list):
            rows = ',\n'.join('    ' + json.dumps(row, separators=(',', ':')) for row in value)
            text = f'[\n{rows}\n  ]'
        else:
            text = json.dumps(value, separators=(',', ':'))
        parts.append(f'  {json.dumps(key)}: {text}')
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f'{name}.json').write_text('{\n' + ',\n'.join(parts) + '\n}\n')
