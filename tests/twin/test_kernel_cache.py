"""Compiled kernels are kept under a key of all their sources: a changed kernel never runs as old machine code."""

import ast
import shutil
from pathlib import Path

from twin.kernel import kernel_sources, sources_key

ROOT = Path(__file__).parents[2]
PACKAGES = ("twin", "plant_models", "scenarios", "hil")


def has_kernel(file: Path) -> bool:
    """Whether a function of the file is decorated as a kernel, or as an intrinsic of compiled code."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    words = {ast.unparse(decorator).split("(")[0].split(".")[-1] for f in functions for decorator in f.decorator_list}
    return bool(words & {"kernel", "intrinsic", "njit"})


def test_every_file_with_a_kernel_is_in_the_key():
    files = {file for package in PACKAGES for file in (ROOT / package).rglob("*.py") if has_kernel(file)}
    assert len(files) > 40
    assert not files - set(kernel_sources(ROOT))


def test_a_change_in_any_source_or_of_its_place_changes_the_key(tmp_path):
    for file in kernel_sources(ROOT):
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    before = sources_key(tmp_path)
    assert before == sources_key(ROOT)
    deep = tmp_path / "plant_models" / "one" / "room"
    deep.mkdir(parents=True)
    (deep / "new.py").write_text("X = 1\n")
    added = sources_key(tmp_path)
    (deep / "new.py").write_text("X = 2\n")
    changed = sources_key(tmp_path)
    (deep / "new.py").rename(tmp_path / "plant_models" / "new.py")
    assert len({before, added, changed, sources_key(tmp_path)}) == 4
