"""Where a campaign's tasks run: processes of this machine, or the workers of a ``distributed`` cluster.

Both stand behind ``submit``, which gives a :class:`concurrent.futures.Future`. A worker that dies fails the futures
that were under way with :class:`WorkerDied`; after :meth:`Workers.restart` there are workers again.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Final, ParamSpec, Protocol, TypeVar

import psutil

from omnitest.campaign.worker import start_worker

_P = ParamSpec("_P")
_T = TypeVar("_T")

#: What the future of a task raises whose worker died.
WorkerDied: Final = BrokenProcessPool

#: How long killed processes are waited for: one that waits for a device ends when the device lets it.
KILL_SECONDS: Final = 5.0

_FOLDER: Final = "omnitest-workers-"
#: Where a campaign without a corpus of its own lets its workers exchange what they learn.
_EXCHANGE: Final = "omnitest-corpus-"


class ClusterProblem(Exception):
    """The cluster cannot be reached, or what it needs is not installed; the message says what to do."""


class Workers(Protocol):
    """Processes that tasks are given to."""

    @property
    def count(self) -> int:
        """How many tasks run at the same time."""
        ...

    def submit(self, task: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Run ``task`` in a worker."""
        ...

    def restart(self) -> None:
        """End all workers, whatever they are doing, and start new ones."""
        ...

    def close(self, wait: bool = True) -> None:
        """End the workers, after the tasks under way if ``wait``."""
        ...


class LocalWorkers:
    """``count`` processes of this machine.

    Each has a folder for temporary files, named by its process number, which goes when the workers go.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        sweep()
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))
        self._pool = self._start()

    def submit(self, task: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        return self._pool.submit(task, *args, **kwargs)

    def restart(self) -> None:
        self._end()
        self._pool = self._start()

    def close(self, wait: bool = True) -> None:
        started = self._processes()
        if wait:
            self._pool.shutdown()
        self._end(started)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.count, context, start_worker, (str(self._folder), os.getpid()))

    def _processes(self) -> list[psutil.Process]:
        """The workers and what they have started."""
        found = []
        for folder in self._folder.iterdir():
            with contextlib.suppress(psutil.Error):
                worker = psutil.Process(int(folder.name))
                if worker.ppid() == os.getpid():
                    found += [worker, *worker.children(recursive=True)]
        return found

    def _end(self, started: Sequence[psutil.Process] = ()) -> None:
        """Kill what is left of the workers and of the processes that they started; remove their files."""
        killed = [*started, *self._processes()]
        for process in killed:
            with contextlib.suppress(psutil.Error):
                process.kill()  # which looks first whether it is still the same process
        self._pool.shutdown(wait=True, cancel_futures=True)
        await_end(killed, KILL_SECONDS)
        for folder in list(self._folder.iterdir()):
            shutil.rmtree(folder, ignore_errors=True)


def await_end(processes: Sequence[psutil.Process], seconds: float) -> None:
    """Wait at most ``seconds`` until none of ``processes`` runs: a signal is sent before its receiver is gone."""
    end = time.monotonic() + seconds
    while any(map(runs, processes)) and time.monotonic() < end:
        time.sleep(0.002)


def runs(process: psutil.Process) -> bool:
    """Whether ``process`` still runs. One that has ended and that its parent has not asked about does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def exchange_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for what the workers of this process tell one another, swept up like theirs if this process dies."""
    return tempfile.TemporaryDirectory(prefix=f"{_EXCHANGE}{os.getpid()}-")


def sweep() -> None:
    """Remove the temporary files of campaigns whose process has died without doing so."""
    for prefix in (_FOLDER, _EXCHANGE):
        for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
            owner = folder.name.removeprefix(prefix).split("-")[0]
            if owner.isdigit() and not psutil.pid_exists(int(owner)):
                shutil.rmtree(folder, ignore_errors=True)


class ClusterWorkers:
    """The workers of the ``distributed`` scheduler at ``address``. They need this package and the tools of the engines.

    The scheduler gives the tasks of a worker that died to another one. Raises :class:`ClusterProblem` when it does not
    answer within ``seconds``.
    """

    def __init__(self, address: str, seconds: float = 10.0) -> None:
        try:
            import distributed
        except ImportError:
            raise ClusterProblem("distributed is not installed: pip install 'omnitest[cluster]'") from None
        make: Any = distributed.Client
        try:
            self._client = make(address, timeout=seconds, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as problem:
            raise ClusterProblem(f"no scheduler answers at {address}: {problem}") from None
        self._executor = self._client.get_executor(pure=False, retries=2)

    @property
    def count(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def submit(self, task: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        future: Future[_T] = self._executor.submit(task, *args, **kwargs)
        return future

    def restart(self) -> None:
        self._client.restart()

    def close(self, wait: bool = True) -> None:
        self._executor.shutdown(wait=wait)
        self._client.close()
