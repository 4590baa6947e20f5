"""`make bench`, or `python -m bench [--json FILE] [--quick] [--engine ENGINE] [NAME …]`.

Each bench runs in a process of its own, on each engine it speaks of: settings are read once per process, and
one bench's memory is not the next one's.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.ground import ENGINES, prepared

BENCHES: dict[str, tuple[str, ...]] = {
    # name of the module → the engines it is run on; each has `run(ground) -> Iterable[Result]`
    "sign_in": ENGINES,
    "api_calls": ENGINES,
    "second_factor": ENGINES,
    "memory": ENGINES,
    "campaign": ENGINES,
    "search": ENGINES,
    "effect": ENGINES,
    "hot_path": ENGINES,
    "costs": ENGINES,
}
HEAD = f"{'name':46} {'ours':>12} {'baseline':>12} {'ratio':>6} {'spread':>7}  target"


def main(words: Sequence[str] | None = None, benches: Mapping[str, Sequence[str]] = BENCHES) -> int:
    """Exit status 1 when a bench broke. A target which was missed breaks nothing."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(benches))
    parser.add_argument("--engine", choices=ENGINES)
    parser.add_argument("--quick", action="store_true", help="small and few: shows that all of it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there as well")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if asked.here:
        return _measure(asked.names[0], asked.engine, quick=asked.quick, file=Path(asked.here))
    if unknown := set(asked.names) - set(benches):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}: choose from {', '.join(benches)}")
    rows: list[dict[str, Any]] = []
    _say(HEAD)
    broken = 0
    for name, engines in benches.items():
        for engine in engines:
            if (not asked.names or name in asked.names) and asked.engine in (None, engine):
                made = _apart(name, engine, quick=asked.quick)
                broken += made is None
                rows += made or []
    missed = [row for row in rows if not row["met"]]
    _say(f"\n{len(rows)} figures, {len(missed)} short of their target, {broken} benches broken.")
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return 1 if broken else 0


def _apart(name: str, engine: str, *, quick: bool) -> list[dict[str, Any]] | None:
    """None when it broke; it has said why on the way."""
    with tempfile.NamedTemporaryFile(prefix="linekey-bench-", suffix=".json") as file:
        words = [name, "--engine", engine, "--here", file.name, *(["--quick"] if quick else [])]
        done = subprocess.run([sys.executable, "-m", "bench", *words])
        made = Path(file.name).read_text()
    if done.returncode:
        _say(f"{name} on {engine} BROKE, see above")
        return None
    rows: list[dict[str, Any]] = json.loads(made)
    return rows


def _measure(name: str, engine: str, *, quick: bool, file: Path) -> int:
    rows = []
    with prepared(engine, quick=quick) as ground:
        for result in import_module(f"bench.{name}").run(ground):
            row = result.as_json() | {"engine": engine, "bench": name}
            rows.append(row)
            _say(line(row))
    file.write_text(json.dumps(rows))
    return 0


def line(row: Mapping[str, Any]) -> str:
    """One result, as it is printed; below one that missed its target, what the profile says of it."""
    name, ours = f"{row['name']} · {row['engine']}", _amount(row["ours"], row["unit"])
    baseline = "–" if row["baseline"] is None else _amount(row["baseline"], row["unit"])
    ratio = "–" if row["ratio"] is None else f"{row['ratio']:.2f}"
    told = f"{name:46} {ours:>12} {baseline:>12} {ratio:>6} {row['spread']:>7.0%}"
    if row["target"]:
        told += f"  {row['target']}: {'met' if row['met'] else 'MISSED'}"
    if row["against"]:
        told += f"  (beside {row['against']})"
    if row["why"] and not row["met"]:
        told += f"\n    {row['why']}"
    return told


def _amount(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.4g} {unit}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
