"""Maps that are fitted for visitors: one after the other, shared, called off, forgotten."""

import base64
import dataclasses
import threading
import time

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from latentdemo.codes import projection
from latentdemo.codes.gallery import Gallery
from latentdemo.codes.refit import read_settings
from latentdemo.serving import refits
from latentdemo.serving.queues import Busy
from latentdemo.serving.refits import Refits
from latentdemo.store.resources import Resources

TSNE = {"method": "t-SNE", "seed": "1", "perplexity": "5"}
PATIENCE = 90.0  # seconds, on a busy machine


class Few(Resources):
    """The shipped models, each with a small gallery."""

    def gallery(self, name: str) -> Gallery:
        whole = super().gallery(name)
        layouts = tuple(one._replace(places=one.places[:150]) for one in whole.layouts)
        return dataclasses.replace(whole, codes=whole.codes[:150], layouts=layouts)


@pytest.fixture
def few(resources: Resources) -> Resources:
    few = Few.__new__(Few)
    few.__dict__ = resources.__dict__
    return few


def waited(jobs: Refits, key: refits.Key, visitor: str) -> dict:
    end = time.monotonic() + PATIENCE
    while "layout" not in (told := jobs.ask(key, visitor)):
        assert time.monotonic() < end, told
        time.sleep(0.1)
    return told["layout"]


def test_a_map_is_fitted_once_and_remembered_for_all(few: Resources):
    jobs, key = Refits(few), ("mnist-vae-5", read_settings(TSNE))
    first = jobs.ask(key, "one")
    assert first["share"] == 0 and ("Waiting" in first["stage"] or "Preparing" in first["stage"])
    found = waited(jobs, key, "one")
    gallery = few.gallery("mnist-vae-5")
    x, y = (np.frombuffer(base64.b64decode(found[axis]), "<f4") for axis in "xy")
    oracle = projection.aligned(projection.fit_tsne(gallery.codes, 1, 5), gallery.layouts[0].places)
    np.testing.assert_allclose(np.stack([x, y], axis=1), oracle, atol=1e-2)
    assert found["title"] == "t-SNE, perplexity 5, seed 1" and 0 < found["trust"] <= 1 and found["seconds"] >= 0
    assert jobs.ask(key, "another") == {"layout": found} and not jobs.jobs


def gone(jobs: Refits, key: refits.Key, seconds: float) -> None:
    end = time.monotonic() + seconds
    while key in jobs.jobs:
        assert time.monotonic() < end
        time.sleep(0.02)


def begun(jobs: Refits, key: refits.Key) -> refits.Job:
    """The job of a key, once its process runs."""
    job, end = jobs.jobs[key], time.monotonic() + PATIENCE
    while job.process is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    return job


def test_a_fit_ends_with_the_last_who_waits_and_the_next_one_begins(few: Resources):
    jobs, key = Refits(few), ("mnist-vae-5", read_settings(TSNE))
    other = ("mnist-vae-5", read_settings({**TSNE, "seed": "2"}))
    jobs.ask(key, "one")
    jobs.ask(key, "two")
    job = begun(jobs, key)
    assert "Waiting" in jobs.ask(other, "one")["stage"]
    jobs.leave(key, "one")
    assert not job.ended
    jobs.leave(key, "two")
    gone(jobs, key, 2)
    assert job.process is not None and job.process.wait(5) < 0  # killed
    assert key not in jobs.fitted and not jobs.failed
    begun(jobs, other)
    jobs.close()
    gone(jobs, other, 2)


def test_a_cancelled_fit_gives_its_place_back_at_once_and_can_be_asked_for_again(
    few: Resources, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(refits, "MOST_WAITING", 3)
    jobs = Refits(few)
    first, *others = [("mnist-vae-5", read_settings({**TSNE, "seed": str(seed)})) for seed in range(6)]
    jobs.ask(first, "one")
    cancelled = begun(jobs, first)
    for key in others:  # each is cancelled while the first one still runs
        jobs.ask(key, "two")
        jobs.leave(key, "two")
        assert key not in jobs.jobs
    jobs.leave(first, "one")
    assert first not in jobs.jobs and "Waiting" in jobs.ask(first, "one")["stage"]
    assert jobs.jobs[first] is not cancelled and threading.active_count() < 20
    for key in others[:2]:
        jobs.ask(key, "three")
    with pytest.raises(Busy):
        jobs.ask(others[2], "three")
    for key in others[:2]:
        jobs.jobs[key].asked["three"] -= refits.PATIENCE  # left without a word
    jobs.ask(others[2], "four")
    assert set(jobs.jobs) == {first, others[2]}
    jobs.leave(others[2], "four")
    assert waited(jobs, first, "one")["title"] == "t-SNE, perplexity 5, seed 0"
    assert cancelled.process is not None and cancelled.process.wait(5) < 0 and not jobs.jobs


def test_one_thread_works_off_all_fits(few: Resources, monkeypatch: pytest.MonkeyPatch):
    working, most = [], []

    def fit(job: refits.Job) -> dict:
        working.append(job.key)
        most.append(len(working))
        time.sleep(0.01)
        working.remove(job.key)
        return {"title": job.key[1].title}

    jobs, keys = Refits(few), [("mnist-vae-5", read_settings({**TSNE, "seed": str(seed)})) for seed in range(8)]
    monkeypatch.setattr(jobs, "_fit", fit)
    before = threading.active_count()
    for key in keys:
        jobs.ask(key, "one")
    assert threading.active_count() <= before + 1
    for key in keys:
        waited(jobs, key, "one")
    assert most == [1] * 8 and not jobs.works


def test_a_fit_that_nobody_asks_for_any_more_is_ended(few: Resources, monkeypatch: pytest.MonkeyPatch):
    jobs, key = Refits(few), ("mnist-vae-5", read_settings(TSNE))
    jobs.ask(key, "one")
    job = begun(jobs, key)
    monkeypatch.setattr(refits, "PATIENCE", 0.0)
    gone(jobs, key, 2)
    assert job.process is not None and job.process.wait(5) < 0 and not jobs.failed


def test_a_fit_that_takes_too_long_is_ended(few: Resources, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(refits, "LONGEST", 0.0)
    jobs, key = Refits(few), ("mnist-vae-5", read_settings(TSNE))
    jobs.ask(key, "one")
    gone(jobs, key, 5)
    assert key not in jobs.fitted
    with pytest.raises(ValueError, match="could not be fitted"):  # not begun again for a page that keeps asking
        jobs.ask(key, "one")


def test_progress_is_what_the_library_said_last():
    said = b"Epochs completed:  17%| xx  87/500 [00:00]\rEpochs completed: 25%| x 125/500 [00:01]"
    assert refits._progress(said) == 0.25
    assert refits._progress(b"[t-SNE] Iteration 50: x\n[t-SNE] Iteration 350: error") == 0.35
    assert refits._progress(b"Construct fuzzy simplicial set") == 0


def test_too_many_at_once_are_refused_and_a_failure_is_told_once(few: Resources, monkeypatch: pytest.MonkeyPatch):
    jobs, key = Refits(few), ("mnist-vae-5", read_settings(TSNE))
    monkeypatch.setattr(refits, "MOST_WAITING", 0)
    with pytest.raises(Busy):
        jobs.ask(key, "one")
    jobs.failed[key] = "The map could not be fitted."
    with pytest.raises(ValueError, match="could not be fitted"):
        jobs.ask(key, "one")
    assert not jobs.failed


def test_a_process_that_fails_says_so(
    few: Resources, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(refits, "_packed", lambda *_: b"no arrays")
    jobs, key = Refits(few), ("mnist-vae-5", read_settings(TSNE))
    with pytest.raises(ValueError, match="could not be fitted"):
        waited(jobs, key, "one")
    assert "Traceback" in caplog.text and "t-SNE, perplexity 5" in caplog.text  # what the process itself said
    monkeypatch.setattr(refits.sys, "executable", "/no/python")
    with pytest.raises(ValueError, match="could not be fitted"):
        waited(jobs, key, "one")


def test_the_route_refuses_what_it_cannot_fit(resources: Resources):
    client = TestClient(Starlette(routes=refits.refit_routes(resources)))
    for name, asked, sentence in (
        ("nobody", TSNE, "No model 'nobody'"),
        ("mnist-vae-2", TSNE, "their own map"),
        ("mnist-vae-5", {**TSNE, "perplexity": "0"}, "perplexity is '0'; it must lie in 2 … 200"),
        ("mnist-vae-5", {}, "No method ''"),
    ):
        answer = client.post(f"/pixels/refit/{name}", params=asked)
        assert answer.status_code == 422 and sentence in answer.json()["error"], name
    assert client.delete("/pixels/refit/mnist-vae-5", params=TSNE).json() == {}
    assert client.get("/pixels/refit/mnist-vae-5", params=TSNE).status_code == 405
