"""The tcc engine: batches are compiled in memory by a server that is linked with libtcc."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from compiler.flavours import FLAVOURS
from compiler.toolchain import PACKAGES, ToolFailure, tcc_server
from omnitest.engines.batch_process import START_SECONDS, BatchProcess, RunnerDied
from omnitest.engines.native import NativeEngine, Profile, build_tools, translation_unit
from omnitest.engines.protocol import Case, EngineOptions, Tool

TCC: Final = Profile(
    name="tcc",
    flavour=FLAVOURS["tcc"],
    tools=(
        *build_tools("gcc"),
        Tool("tcc", ("tcc", "-v"), PACKAGES["tcc"]),
        # The library cannot be asked; it comes from the same source as the command.
        Tool("libtcc", ("tcc", "-v"), PACKAGES["libtcc.a"]),
    ),
    detects=frozenset({"wrong-error-kind", "cycle-skip"}),
    cpu_factor=2.0,
)


class TccEngine(NativeEngine):
    """Keeps one compile server for all batches; a batch gets a process of its own from it."""

    def __init__(self, options: EngineOptions, profile: Profile = TCC) -> None:
        super().__init__(profile, options)
        self._server: BatchProcess | None = None

    def close(self) -> None:
        if self._server is not None:
            self._abandon(self._server)
        super().close()

    def _prepare(self) -> None:
        tcc_server(self._flavour)

    def _open(self, cases: Sequence[Case], directory: Path) -> BatchProcess:
        unit = directory / "batch.c"
        unit.write_text(translation_unit(cases), encoding="utf-8")
        server = self._running_server()
        try:
            server.send(f"compile {directory}\n")
            answer = server.answer(START_SECONDS)
            if answer == f"ready {len(cases)}":
                return server
            ended = answer if answer.startswith("closed") else server.answer(START_SECONDS)
        except RunnerDied:
            self._abandon(server)
            raise
        if answer == "failed":
            diagnostics = unit.with_name("batch.c.err").read_text(encoding="utf-8", errors="replace")
            raise ToolFailure(f"tcc rejected the program:\n{diagnostics}", ("tcc", str(unit)), 1)
        raise ToolFailure(f"tcc did not compile the program: {ended}", ("tcc", str(unit)), 1)

    def _release(self, process: BatchProcess) -> None:
        process.send("done\n")
        answer = process.answer(START_SECONDS)
        if answer != "closed exited 0":
            raise RunnerDied(f"the compile server said {answer!r} at the end of a batch")

    def _abandon(self, process: BatchProcess) -> None:
        super()._abandon(process)
        self._server = None

    def _running_server(self) -> BatchProcess:
        if self._server is None:
            server = tcc_server(self._flavour)
            workspace = Path(self._workspace.name)
            self._server = self._start([str(server.executable), str(server.include)], workspace)
        return self._server
