"""A worker of your own: it claims tasks of a kind, keeps their leases, and hands over what came of them."""

import threading
import traceback
from http.client import HTTPException
from urllib.parse import quote

from .client import Client, Problem


class LeaseLost(Exception):
    """The task is no longer this worker's: cancelled, paused, or given to another one. Stop working on it."""


class Retry(Exception):
    """Raise it where another run may help."""


class Task:
    """A task that was claimed."""

    def __init__(self, client, claim):
        self._client = client
        self.id = claim["task"]["id"]
        self.form = claim["form"]
        self.epoch = claim["epoch"]
        self.lease_s = claim["lease_s"]
        self.lost = threading.Event()
        self.files = []
        self._said = {}

    def report(self, progress=None, message=None, step=None, log=()):
        """Says how far it is, and keeps the lease."""
        said = {"progress": progress, "message": message, "step": step}
        self._said.update({name: value for name, value in said.items() if value is not None})
        self._beat(log)

    def put_file(self, name, data):
        """Brings a file of the result."""
        path = f"/tasks/{self.id}/files/{quote(name)}?epoch={self.epoch}"
        self._ask(lambda: self._client.request("PUT", path, data=data, headers={"Content-Type": "application/octet-stream"}))
        self.files.append(name)

    def _beat(self, log=()):
        body = {"epoch": self.epoch, **self._said}
        if log:
            body["log"] = list(log)
        self._ask(lambda: self._client.post(f"/tasks/{self.id}/heartbeat", body))

    def _ask(self, call):
        if self.lost.is_set():
            raise LeaseLost(self.id)
        try:
            return call()
        except Problem as problem:
            if problem.code in ("lease_lost", "task_not_found"):
                self.lost.set()
                raise LeaseLost(self.id) from None
            raise


class Worker:
    """Works on the tasks of a kind, one after the other; start several for more."""

    def __init__(self, url, key, kind):
        self.client = Client(url, key)
        self.kind = kind
        self.stopping = threading.Event()

    def run(self, work, *, tasks=None):
        """Claims and works until `stop`, or until so many tasks are done. `work` gets a `Task` and returns data for the result, or none."""
        done = 0
        while not self.stopping.is_set() and (tasks is None or done < tasks):
            body = {"kind": self.kind, "wait_s": 30}
            try:
                claim = self.client.request("POST", "/tasks/claim", body=body, timeout=60)
            except (OSError, HTTPException):
                # A claim that was heard and whose answer was lost comes again once its lease has run out.
                self.stopping.wait(2)
                continue
            if claim is None:
                continue
            self._work(work, Task(self.client, claim))
            done += 1

    def stop(self):
        """Claims nothing more."""
        self.stopping.set()

    def _work(self, work, task):
        ended = threading.Event()
        pulse = threading.Thread(target=self._pulse, args=(task, ended), daemon=True)
        pulse.start()
        try:
            data = work(task)
            path, body = "complete", {"data": data or {}, "files": task.files}
        except LeaseLost:
            return
        except Retry as again:
            path, body = "fail", {"message": str(again) or "again", "retryable": True}
        except Exception as error:  # whatever the work raises is told to the task's owner
            traceback.print_exc()
            path, body = "fail", {"message": f"{type(error).__name__}: {error}"[:500], "retryable": False}
        finally:
            ended.set()
            pulse.join()
        try:
            task._ask(lambda: self.client.post(f"/tasks/{task.id}/{path}", {"epoch": task.epoch, **body}))
        except LeaseLost:
            pass

    @staticmethod
    def _pulse(task, ended):
        while not ended.wait(task.lease_s / 3):
            try:
                task._beat()
            except LeaseLost:
                return
            except Exception:  # the network may come back within the lease
                traceback.print_exc()
