"""Generated programs until the time is over: scheduling, the work of one process, and what came of it."""
