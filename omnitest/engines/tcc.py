"""The tcc engines: a batch is compiled once, in no time, and run by runtimes that were built in different ways."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from compiler.flavours import FLAVOURS
from compiler.toolchain import PACKAGES, image_server, tcc_compiler
from omnitest.engines.asan import ASAN
from omnitest.engines.batch_process import BatchProcess, RunnerDied
from omnitest.engines.checker import Checker
from omnitest.engines.images import Images, acquire_images, release_images
from omnitest.engines.native import NativeEngine, Profile, build_tools
from omnitest.engines.native_outcome import EXIT_CONDITION
from omnitest.engines.protocol import Case, EngineOptions, Tool
from omnitest.engines.sanitizer import Sanitizer
from omnitest.engines.tsan import TSAN
from omnitest.engines.valgrind import VALGRIND, Memcheck

_TCC_TOOLS: Final = (
    Tool("tcc", ("tcc", "-v"), PACKAGES["tcc"]),
    # The library cannot be asked; it comes from the same source as the command.
    Tool("libtcc", ("tcc", "-v"), PACKAGES["libtcc.a"]),
)

TCC: Final = Profile(
    name="tcc",
    flavour=FLAVOURS["tcc"],
    tools=(*build_tools("gcc"), *_TCC_TOOLS),
    detects=frozenset({"wrong-error-kind", "cycle-skip"}),
    cpu_factor=2.0,
)


def _checked(profile: Profile, checker: Checker) -> Profile:
    """The engine that runs tcc's code with the runtime of ``profile`` and under ``checker``."""
    return replace(
        profile,
        name=f"tcc-{profile.name}",
        tools=(*profile.tools, *_TCC_TOOLS),
        cpu_factor=2 * profile.cpu_factor,
        checker=checker,
    )


#: What happens in emitted code itself is not instrumented; nearly all memory is touched by the runtime.
TCC_VALGRIND: Final = _checked(VALGRIND, Memcheck(callers=12))  # the runtime's; tcc's code has no names
TCC_ASAN: Final = _checked(ASAN, Sanitizer())
TCC_TSAN: Final = _checked(TSAN, Sanitizer())

_IMAGE: Final = "batch.image"


class TccEngine(NativeEngine):
    """Keeps one server for all batches; the images come from a compiler that all engines of a process share."""

    def __init__(self, profile: Profile, options: EngineOptions) -> None:
        super().__init__(profile, options)
        self._server: BatchProcess | None = None
        self._images: Images | None = None

    def close(self) -> None:
        if self._server is not None:
            self._abandon(self._server)
        if self._images is not None:
            self._images = None
            release_images()
        super().close()

    def _prepare(self) -> None:
        tcc_compiler(FLAVOURS["tcc"])
        image_server(self._flavour)

    def _open(self, cases: Sequence[Case], directory: Path) -> BatchProcess:
        self._provide(cases, directory)
        server = self._running_server()
        self._load(server, len(cases), directory)
        return server

    def _release(self, process: BatchProcess) -> None:
        process.send("done\n")

    def _abandon(self, process: BatchProcess) -> None:
        super()._abandon(process)
        self._server = None

    def _reports(self, directory: Path) -> Path:
        return Path(self._workspace.name)

    def _provide(self, cases: Sequence[Case], directory: Path) -> None:
        if self._images is None:
            self._images = acquire_images()
        if not (directory / _IMAGE).exists():
            self._images.provide(cases, directory / _IMAGE)

    def _load(self, server: BatchProcess, count: int, directory: Path) -> None:
        try:
            server.send(f"load {directory / _IMAGE}\n{directory}\n")
            server.await_ready(count)
        except RunnerDied:
            self._abandon(server)
            raise

    def _running_server(self) -> BatchProcess:
        if self._server is None:
            self._server = self._start(image_server(self._flavour), [], Path(self._workspace.name))
            warm_up = self._warm_up()
            if warm_up is not None:
                self._run_in(self._server, warm_up)
        return self._server

    def _run_in(self, server: BatchProcess, warm_up: Case) -> None:
        with tempfile.TemporaryDirectory(dir=self._workspace.name, prefix="warm-up-") as name:
            self._provide([warm_up], Path(name))
            self._load(server, 1, Path(name))
            try:
                server.warm_up(0, EXIT_CONDITION)
                self._release(server)
            except RunnerDied:
                self._abandon(server)
                raise
