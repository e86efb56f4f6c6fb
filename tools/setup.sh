#!/usr/bin/env bash
# Prepare this checkout: the system tools through apt-get, then .venv with the project and its
# development tools. Does nothing, quickly, when all is in place.
#
#   tools/setup.sh            system tools and .venv
#   tools/setup.sh --system   system tools only
#
# Exit status: 0 ready, 1 something is missing and could not be installed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=.venv
stamp=$venv/.installed
multiarch=$(gcc -print-multiarch 2>/dev/null || echo "$(uname -m)-linux-gnu")

say() { printf 'setup: %s\n' "$*"; }

fail() {
  printf 'setup: error: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf 'setup:   %s\n' "$line" >&2; done
  exit 1
}

# A Python from 3.11 on that can make virtual environments with pip in them: $PYTHON, or else one of the PATH, rather the
# distribution's, which is built with profile-guided optimisation. What version managers build by default takes a third
# longer to prepare a program.
find_python() {
  local name candidate answer usable=
  for name in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3; do
    while read -r candidate; do
      answer=$("$candidate" - 2>/dev/null <<'PYTHON'
import ensurepip, sys
assert sys.version_info >= (3, 11)
print(sys.prefix == "/usr")
PYTHON
      ) || continue
      if [ "$answer" = True ] || [ "$name" = "${PYTHON:-}" ]; then
        echo "$candidate"
        return
      fi
      usable=${usable:-$candidate}
    done < <(type -aP "$name")
  done
  [ -n "$usable" ] && echo "$usable"
}

clang_runtime() {
  local archive
  archive=$(clang -print-file-name="libclang_rt.$1-$(uname -m).a" 2>/dev/null) && [ -e "$archive" ]
}

have() { command -v "$1" >/dev/null 2>&1; }

# The tests run a server of their own; Debian keeps its programs out of PATH.
have_postgresql() {
  local program
  for program in /usr/lib/postgresql/*/bin/initdb; do
    [ -x "$program" ] && return
  done
  have initdb
}

# Names, one a line, the Debian packages of whatever this machine lacks.
missing_packages() {
  have make || echo make
  { have gcc && [ -e "/usr/include/stdio.h" ]; } || printf '%s\n' gcc libc6-dev
  have clang || echo clang
  { clang_runtime asan && clang_runtime tsan; } || echo libclang-rt-14-dev
  have valgrind || echo valgrind
  { have tcc && [ -e "/usr/lib/$multiarch/tcc/libtcc1.a" ] && [ -d "/usr/lib/$multiarch/tcc/include" ]; } || echo tcc
  { [ -e /usr/include/libtcc.h ] && [ -e "/usr/lib/$multiarch/libtcc.a" ]; } || echo libtcc-dev
  have guile || echo guile-3.0
  have scheme || echo chezscheme
  have_postgresql || echo postgresql
  find_python >/dev/null || printf '%s\n' python3.11 python3.11-venv
}

# Debian's package makes a data base and starts a server for it, unless it finds that nobody wants them. The
# arguments are what makes a command one of root's.
keep_postgresql_stopped() {
  local folder=/etc/postgresql-common
  [ ! -e "$folder/createcluster.conf" ] || return 0
  "$@" mkdir -p "$folder"
  echo 'create_main_cluster = false' | "$@" tee "$folder/createcluster.conf" >/dev/null
}

install_packages() {
  local packages=("$@") prefix=()
  have apt-get || fail "missing: ${packages[*]}" \
    "These are Debian package names and this machine has no apt-get." \
    "Install the same tools with its own package manager, then run this again."
  if [ "$(id -u)" != 0 ]; then
    have sudo || fail "missing: ${packages[*]}" \
      "Installing them needs root and there is no sudo here. As root, run:" \
      "  apt-get update && apt-get install -y --no-install-recommends ${packages[*]}"
    prefix=(sudo)
  fi
  say "installing ${packages[*]}"
  local apt=("${prefix[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
  "${apt[@]}" update || fail "apt-get update failed (see above); is the network reachable?"
  [[ " ${packages[*]} " != *" postgresql "* ]] || keep_postgresql_stopped "${prefix[@]}"
  "${apt[@]}" install -y --no-install-recommends "${packages[@]}" ||
    fail "apt-get could not install: ${packages[*]}" "Its own message is above."
}

system_tools() {
  local packages
  mapfile -t packages < <(missing_packages)
  [ "${#packages[@]}" -gt 0 ] || return 0
  install_packages "${packages[@]}"
  mapfile -t packages < <(missing_packages)
  [ "${#packages[@]}" = 0 ] || fail "still missing after installation: ${packages[*]}"
}

python_environment() {
  # The stamp names the folder because a virtual environment does not survive a move.
  if [ "$(cat "$stamp" 2>/dev/null)" = "$PWD" ] && [ ! pyproject.toml -nt "$stamp" ] &&
    [ -x "$venv/bin/omnitest" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    return 0
  fi
  [ ! -e "$stamp" ] || [ "$(cat "$stamp")" = "$PWD" ] || rm -rf "$venv"
  local python
  python=$(find_python) || fail "no Python 3.11 or newer with the venv module"
  if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    say "creating $venv with $python"
    rm -rf "$venv"
    "$python" -m venv "$venv"
  fi
  say "installing the project and its development tools into $venv"
  "$venv/bin/python" -m pip install --disable-pip-version-check --editable '.[dev]' ||
    fail "pip could not install the project (its own message is above); is the package index reachable?"
  printf '%s\n' "$PWD" >"$stamp"
  say "ready: $venv/bin/omnilisp, $venv/bin/omnitest"
}

system_tools
[ "${1:-}" = "--system" ] || python_environment
