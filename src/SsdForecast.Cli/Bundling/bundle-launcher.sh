#!/usr/bin/env bash
# Runs ssdf from a bundle: its own .NET runtime, and the libtorch of the PyTorch that this host has.
#
#   LIBTORCH  the root of a libtorch (with include/ and lib/); default: where python3 finds torch
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)

if [ -z "${LIBTORCH:-}" ]; then
  LIBTORCH=$(python3 -c 'import torch; print(torch.__path__[0])' 2>/dev/null || true)
fi
if [ -n "$LIBTORCH" ]; then
  export LIBTORCH
  libraries=$LIBTORCH/lib
  for folder in "$LIBTORCH"/../nvidia/*/lib; do
    if [ -d "$folder" ]; then libraries=$libraries:$folder; fi
  done
  export LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  # Serving a stream takes no torch, and must not wait for a compiler.
  case ${1:-} in
    ''|stream|datasets|-*) ;;
    *)
      bridge=$(bash "$here/native/build.sh" --where)
      if [ ! -e "$bridge" ]; then
        echo "ssdf: building the bridge to $LIBTORCH, once" >&2
        bash "$here/native/build.sh" >&2 || echo "ssdf: native/build.sh: the bridge is not built; only what works without torch will run" >&2
      fi
      ;;
  esac
fi

export DOTNET_ROOT=$here/dotnet DOTNET_gcServer=0
exec "$here/dotnet/dotnet" "$here/app/ssdf.dll" "$@"
