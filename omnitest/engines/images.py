"""Batches compiled by tcc, once for all the engines of this process that run them.

A batch becomes an *image* (``runtime/src/image.h``): machine code that any build of the runtime can run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from compiler.flavours import FLAVOURS
from compiler.toolchain import ToolFailure, tcc_compiler
from omnitest.engines.batch_process import START_SECONDS, BatchProcess, RunnerDied
from omnitest.engines.protocol import Case
from omnitest.engines.translation_unit import translation_unit

#: Compiled batches that are kept. The engines of an oracle run a batch one after the other.
_KEPT: Final = 4

_STACK_BYTES: Final = 64 << 20


class Images:
    """A compiler process and the batches that it compiled last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._workspace = tempfile.TemporaryDirectory(prefix="omnitest-images-")
        self._compiler: BatchProcess | None = None
        self._images: OrderedDict[tuple[int, ...], tuple[Sequence[Case], Path]] = OrderedDict()
        self._compiled = 0

    def provide(self, cases: Sequence[Case], image: Path) -> None:
        """Make ``image`` the file of the batch that consists of ``cases``.

        Raises :class:`ToolFailure` if they don't compile, :class:`RunnerDied` or :class:`SandboxError` if the compiler
        cannot be run.
        """
        key = tuple(map(id, cases))
        with self._lock:
            if key in self._images:
                self._images.move_to_end(key)
            else:
                # The cases are kept too: as long as they live, no others have their identities.
                self._images[key] = (tuple(cases), self._compile(cases))
                if len(self._images) > _KEPT:
                    self._images.popitem(last=False)[1][1].unlink()
            shutil.copyfile(self._images[key][1], image)

    def close(self) -> None:
        """Stop the compiler and remove what it compiled."""
        with self._lock:
            self._stop()
            self._images.clear()
            self._workspace.cleanup()

    def _stop(self) -> None:
        if self._compiler is not None:
            self._compiler.close()
            self._compiler = None

    def _compile(self, cases: Sequence[Case]) -> Path:
        directory = Path(self._workspace.name)
        unit = directory / "batch.c"
        unit.write_text(translation_unit(cases), encoding="utf-8")
        try:
            compiler = self._running_compiler()
            compiler.send(f"compile {directory}\n")
            answer = compiler.answer(START_SECONDS)
        except RunnerDied:
            self._stop()
            raise
        if answer == "failed":
            diagnostics = unit.with_name("batch.c.err").read_text(encoding="utf-8", errors="replace")
            raise ToolFailure(f"tcc rejected the program:\n{diagnostics}", ("tcc", str(unit)), 1)
        if answer != "compiled":
            raise ToolFailure(f"tcc did not compile the program: {answer}", ("tcc", str(unit)), 1)
        self._compiled += 1
        return (directory / "batch.image").rename(directory / f"{self._compiled}.image")

    def _running_compiler(self) -> BatchProcess:
        if self._compiler is None:
            executable, include = tcc_compiler(FLAVOURS["tcc"])
            log = Path(self._workspace.name) / "compiler.log"
            self._compiler = BatchProcess([str(executable), str(include)], log, _STACK_BYTES, 0.0, os.environ)
        return self._compiler


class _Shared:
    """The images of this process while anybody uses them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._images: Images | None = None
        self._users = 0
        self._inherited: list[Images | None] = []

    def acquire(self) -> Images:
        with self._lock:
            if self._images is None:
                self._images = Images()
            self._users += 1
            return self._images

    def release(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0 and self._images is not None:
                self._images.close()
                self._images = None

    def forget(self) -> None:
        """In a forked process: the parent's compiler and files are the parent's, who also removes them."""
        self._inherited.append(self._images)
        self._lock = threading.Lock()
        self._images = None
        self._users = 0


_SHARED: Final = _Shared()
os.register_at_fork(after_in_child=_SHARED.forget)


def acquire_images() -> Images:
    """The images of this process; each call is matched by one of :func:`release_images`."""
    return _SHARED.acquire()


def release_images() -> None:
    """The caller of :func:`acquire_images` has no more use for them."""
    _SHARED.release()
