"""Look again and again until there is nothing more to see: a bar, or in a pipe a line per change."""

import time
from collections.abc import Callable, Collection
from typing import Any

from linekey.cli.desk import no_desk
from linekey.cli.show import Screen, inert

Answer = dict[str, Any]


def follow(look: Callable[[], Answer], over: Collection[str], every: float, screen: Screen) -> Answer:
    """The last answer. `every`: seconds between two looks. Raises Trouble."""
    answer = _looked(look)
    with screen.bar(inert(str(answer.get("name", "")))) as bar:
        while True:
            bar(_through(answer), int(answer["total"]), _words(answer))
            if answer["state"] in over:
                return answer
            time.sleep(every)
            answer = _looked(look)


def _looked(look: Callable[[], Answer]) -> Answer:
    answer = look()
    numbers = ("total", "done", "failed", "skipped")
    if "state" not in answer or not all(isinstance(answer.get(name), int) for name in numbers):
        raise no_desk()
    return answer


def _through(answer: Answer) -> int:
    return int(answer["done"] + answer["failed"] + answer["skipped"])


def _words(answer: Answer) -> str:
    told = [inert(str(answer["state"])), f"{answer['done']} done"]
    told += [f"{answer[name]} {name}" for name in ("failed", "skipped") if answer[name]]
    if isinstance(answer.get("speed"), float) and answer["speed"]:
        told.append(f"{answer['speed']:.0f}/s")
    if isinstance(answer.get("left"), int):
        told.append(f"about {answer['left'] // 60} min {answer['left'] % 60} s left")
    return ", ".join(told)
