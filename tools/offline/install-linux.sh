#!/bin/sh
# Installs duzhan from this folder, without a network: sh install-linux.sh [PLACE]
# PLACE is /opt/duzhan by default, or ~/duzhan for whoever may not write there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ -w /opt ]; then usual=/opt/duzhan; else usual=$HOME/duzhan; fi
place=${1:-$usual}
machine=$(uname -m)
case $machine in
  x86_64 | aarch64) ;;
  *)
    echo "没有 $machine 的安装包：numpy 和 pyarrow 没有为它编译（龙芯、32 位都是这样），请换一台 x86-64 或 aarch64 的机器" >&2
    exit 1
    ;;
esac
for version in 3.13 3.12 3.11; do
  list=$here/lists/linux-$machine-cp$(echo "$version" | tr -d .).txt
  if command -v "python$version" >/dev/null 2>&1 && [ -f "$list" ]; then
    python=python$version
    break
  fi
done
if [ -z "${python:-}" ]; then
  echo "没有找到 python3.11、python3.12 或 python3.13，请先安装其中一个（信创系统的软件商店或安装光盘里有）" >&2
  exit 1
fi
"$python" -m venv "$place"
"$place/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
  --find-links "$here/wheels" --require-hashes --requirement "$list"
"$place/bin/duzhan" --version
echo "已装在 $place，运行：$place/bin/duzhan --help"
