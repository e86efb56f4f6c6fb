"""Guidance of campaigns by what programs reach; see the README beside this file."""
