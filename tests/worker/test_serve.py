"""`linekey serve`: the web server alone, as an operator's unit starts it."""

from itertools import pairwise

import pytest

from linekey.worker import serve


def test_the_server_is_told_where_to_listen_and_how_many_to_be() -> None:
    words = serve.command("127.0.0.1:8001", processes=3, threads=5, finish=7)
    said = dict(pairwise(words))
    assert said["--bind"] == "127.0.0.1:8001"
    assert (said["--workers"], said["--threads"], said["--graceful-timeout"]) == ("3", "5", "7")
    assert said["gunicorn"] == "linekey.config.wsgi"


@pytest.mark.parametrize("number", ["0", "-1", "two", "1.5", "٣"])
def test_a_number_that_is_none_is_refused_in_a_sentence(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        serve.main(["--processes", number], port=8000)
    assert refused.value.code == 2
    assert f"argument --processes: {number!r} is no whole number above 0" in capsys.readouterr().err


def test_help_says_where_it_listens_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        serve.main(["--help"], port=8123)
    assert ended.value.code == 0 and "127.0.0.1:8123" in capsys.readouterr().out
