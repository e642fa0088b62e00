from pathlib import Path

from latentdemo.studies.memo import Memo


def test_what_was_found_is_not_looked_for_again(tmp_path: Path):
    asked: list[int] = []
    memo = Memo(tmp_path / "runs" / "a.json")
    for _ in range(2):
        assert memo.once("x", lambda: asked.append(1) or 0.5) == 0.5
    assert Memo(memo.path).once("x", lambda: 9) == 0.5 and asked == [1]
    memo.forget()
    assert Memo(memo.path).once("x", lambda: 9) == 9
