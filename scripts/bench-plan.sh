#!/usr/bin/env bash
# How long a whole `cstopo plan` takes, from start to exit, and what starting an empty Python interpreter twice takes on the
# same machine. Medians of RUNS runs, taken in turn. Usage: scripts/bench-plan.sh [SCENARIO]
set -euo pipefail
export LC_ALL=C # EPOCHREALTIME has a point, sort sorts bytes

root=$(cd "$(dirname "$0")/.." && pwd)
scenario=${1:-$root/fixtures/scenarios/seed}
cstopo=${CARGO_TARGET_DIR:-$root/target}/release/cstopo
runs=${RUNS:-21}

if [ ! -x "$cstopo" ]; then
    echo "bench-plan: $cstopo is not there; cargo build --release -p cli" >&2
    exit 1
fi
if [ ! -f "$scenario/desired.toml" ]; then
    echo "skipped: no scenario at $scenario"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$scenario/." "$work"
cd "$work"

plan() { "$cstopo" plan >/dev/null; }
python_twice() { python3 -c '' && python3 -c ''; }

# Microseconds of one run; a command that fails ends the bench.
micros() {
    local from=$EPOCHREALTIME
    "$1"
    local to=$EPOCHREALTIME
    echo $((${to/./} - ${from/./}))
}
median() { sort -n | sed -n "$((runs / 2 + 1))p"; }
milliseconds() { printf '%d.%d ms' $(($1 / 1000)) $(($1 % 1000 / 100)); }

python=yes
command -v python3 >/dev/null || python=no
plan
if [ $python = yes ]; then python_twice; fi
for _ in $(seq "$runs"); do
    micros plan >>plan.times
    if [ $python = yes ]; then micros python_twice >>python.times; fi
done

a=$(median <plan.times)
echo "cstopo plan, $(basename "$scenario")       $(milliseconds "$a")   median of $runs runs"
if [ $python = no ]; then
    echo "skipped: no python3 to compare with"
    exit 0
fi
b=$(median <python.times)
echo "python3 -c '', twice         $(milliseconds "$b")"
echo "ratio                        $((a * 100 / b / 100)).$(printf '%02d' $((a * 100 / b % 100)))"
