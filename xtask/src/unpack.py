"""Unpacks one package archive and turns what only Python reads into JSON.

Usage: unpack.py ARCHIVE FOLDER
"""

import ast
import gzip
import json
import pathlib
import sys
import tarfile
import zipfile

archive, folder = sys.argv[1], pathlib.Path(sys.argv[2])

if archive.endswith(".tgz"):
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
else:
    with zipfile.ZipFile(archive) as wheel:
        wheel.extractall(folder)
        newest = max(entry.date_time for entry in wheel.infolist())
        # Reproducible wheels carry a made-up date in 1980 or 2020.
        if newest[0] > 2020:
            (folder / "newest-file").write_text("%04d-%02d-%02d" % newest[:3])

for packed in folder.glob("botocore/data/*/*/service-2.json.gz"):
    packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))


def assigned(path):
    """The module-level names of a file that are given literal values."""
    values = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                values[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                pass
    return values


for module in ["cloudsplaining/shared/constants.py", "moto/iam/aws_managed_policies.py"]:
    path = folder / module
    if path.exists():
        path.with_suffix(".json").write_text(json.dumps(assigned(path)))
