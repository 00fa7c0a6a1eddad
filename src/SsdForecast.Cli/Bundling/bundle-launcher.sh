#!/usr/bin/env bash
# Runs ssdf from a bundle: its own .NET runtime, and the libtorch of the PyTorch that this host has.
#
#   LIBTORCH  the root of a libtorch (with include/ and lib/); default: where python3 finds torch,
#             or else the distribution's
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)

# Serving a stream takes no torch, and must not wait for a compiler.
case ${1:-} in
  ''|stream|datasets|-*) ;;
  *)
    if [ -z "${LIBTORCH:-}" ]; then
      # Found without importing it, which would take seconds.
      LIBTORCH=$(python3 -c 'import importlib.util as u; print(u.find_spec("torch").submodule_search_locations[0])' 2>/dev/null || true)
    fi
    if [ -n "$LIBTORCH" ]; then
      export LIBTORCH
      libraries=$LIBTORCH/lib
      for folder in "$LIBTORCH"/../nvidia/*/lib; do
        if [ -d "$folder" ]; then libraries=$libraries:$folder; fi
      done
      export LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    fi
    bridge=$(bash "$here/native/build.sh" --where)
    if [ ! -e "$bridge" ] && [ -z "${SSDF_NATIVE:-}" ]; then
      echo "ssdf: building the bridge to ${LIBTORCH:-the libtorch of this system}, once" >&2
      bash "$here/native/build.sh" >&2 || echo "ssdf: the bridge is not built; only what works without torch will run" >&2
    fi
    ;;
esac

export DOTNET_ROOT=$here/dotnet DOTNET_gcServer=0
exec "$here/dotnet/dotnet" "$here/app/ssdf.dll" "$@"
