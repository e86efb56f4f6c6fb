"""The engines: one file per family, behind the interface of :mod:`omnitest.engines.protocol`."""
