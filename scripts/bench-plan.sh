#!/usr/bin/env bash
# How long a whole `cstopo plan` takes, from start to exit, and what starting an empty Python interpreter twice takes on the
# same machine: the interpreter itself, not a launcher before it. Medians of RUNS runs, taken in turn. Usage: scripts/bench-plan.sh [SCENARIO]
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
if [ ! -f "$scenario/desired.toml" ] || [ ! -f "$scenario/snapshot.json" ]; then
    echo "skipped: no desired.toml and snapshot.json at $scenario"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$scenario/." "$work"
cd "$work"

plan() { "$cstopo" plan >/dev/null; }
python_twice() { "$python" -c '' && "$python" -c ''; }

# Microseconds of one run; a command that fails ends the bench.
micros() {
    local from=$EPOCHREALTIME
    "$1"
    local to=$EPOCHREALTIME
    echo $((${to/./} - ${from/./}))
}
median() { sort -n | sed -n "$((runs / 2 + 1))p"; }
milliseconds() { printf '%d.%d ms' $(($1 / 1000)) $(($1 % 1000 / 100)); }

python=
if command -v python3 >/dev/null; then python=$(python3 -c 'import sys; print(sys.executable)'); fi
plan
if [ -n "$python" ]; then python_twice; fi
for _ in $(seq "$runs"); do
    micros plan >>plan.times
    if [ -n "$python" ]; then micros python_twice >>python.times; fi
done

a=$(median <plan.times)
row() { printf '%-28s %s\n' "$1" "$2"; }
row "cstopo plan, $(basename "$scenario")" "$(milliseconds "$a"), median of $runs runs"
if [ -z "$python" ]; then
    echo "skipped: no python3 to compare with"
    exit 0
fi
b=$(median <python.times)
row "python3 -c '', twice" "$(milliseconds "$b"), median of $runs runs"
row "ratio" "$((a / b)).$(printf '%03d' $((a * 1000 / b % 1000)))"
