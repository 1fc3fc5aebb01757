#!/usr/bin/env bash
# stages.sh LANES STAGE...: make each stage, a target of the Makefile, up to LANES of
# them side by side, and print how long each took. A stage that is written =STAGE
# runs alone. After a failure no other stage starts, unless KEEP_GOING=1. What a stage prints is
# shown in one piece when it is done.
#
# A stage whose tools are missing is left out (see tools.sh); with COMPLETE=1 that
# is a failure. The table is kept in build/stages/table for .ci/run.
set -uo pipefail
lanes=$1
shift
dir=$PWD/build/stages
rm -rf "$dir"
mkdir -p "$dir"
failed=0 running=0 left_out=0
declare -A stage_of
set -m # each stage is a process group, so that it can be stopped as a whole

now() { echo "${EPOCHREALTIME/./}"; }
begin=$(now)

# record NAME STATUS SECONDS
record() { printf '%-18s %6s  %s\n' "$1" "$3" "$2" >>"$dir/table"; }

start() { # start STAGE
  local name=$1
  echo "=== $name"
  (
    began=$(now)
    LEFT_OUT=$dir/$name.left-out ${MAKE:-make} --no-print-directory STAGE=1 "$name" >"$dir/$name.log" 2>&1
    code=$?
    echo "$code $((($(now) - began + 500000) / 1000000))" >"$dir/$name.end"
  ) </dev/null &
  stage_of[$!]=$name
  running=$((running + 1))
}

# finish one stage that has ended
finish() {
  local pid='' name code seconds without status
  wait -n -p pid "${!stage_of[@]}"
  name=${stage_of[$pid]}
  unset "stage_of[$pid]"
  running=$((running - 1))
  code=1 seconds=- # of a stage that something else ended
  if [ -f "$dir/$name.end" ]; then read -r code seconds <"$dir/$name.end"; fi
  without=$(sort -u "$dir/$name.left-out" 2>/dev/null | paste -sd' ')
  if [ "$code" = 0 ]; then
    status=passed
    if [ -n "$without" ]; then status="passed, but for what needs: $without" left_out=1; fi
  elif [ -n "$without" ] && ! grep -q '^--- FAIL\|^FAIL' "$dir/$name.log"; then
    status="left out: needs $without" left_out=1
  else
    status=FAILED failed=1
  fi
  echo "--- $name: $status ($seconds s)"
  cat "$dir/$name.log"
  record "$name" "$status" "$seconds"
}

drain() { while [ "$running" -gt "$1" ]; do finish; done; }

# The running stages end with this script, and the table is printed anyway.
stop() {
  trap - INT TERM
  local pid
  for pid in "${!stage_of[@]}"; do
    kill -TERM -- "-$pid" 2>/dev/null
    record "${stage_of[$pid]}" stopped -
  done
  failed=1
  exit 130
}
summary() {
  echo
  echo "stage             seconds  result"
  cat "$dir/table" 2>/dev/null
  record total "$([ "$failed" = 0 ] && echo passed || echo FAILED)" $((($(now) - begin) / 1000000))
  tail -n 1 "$dir/table"
  if [ "$left_out" = 1 ]; then
    echo "Some tests were left out because their tools are missing; build/stages has the output that says how to get them."
  fi
}
trap summary EXIT
trap stop INT TERM

# Whether a failure keeps further stages from starting.
halted() { [ "$failed" = 1 ] && [ "${KEEP_GOING:-}" != 1 ]; }

for stage in "$@"; do
  if halted; then
    record "${stage#=}" "not run" -
    continue
  fi
  case $stage in
    =*)
      drain 0
      if halted; then
        record "${stage#=}" "not run" -
        continue
      fi
      start "${stage#=}"
      drain 0
      ;;
    *)
      drain $((lanes - 1))
      if halted; then
        record "$stage" "not run" -
        continue
      fi
      start "$stage"
      ;;
  esac
done
drain 0
if [ "$failed" = 1 ]; then exit 1; fi
if [ "$left_out" = 1 ] && [ "${COMPLETE:-}" = 1 ]; then exit 1; fi
exit 0
