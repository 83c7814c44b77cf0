# For scripts that check things one after the other, to be sourced: counts what passed, shows what failed, and says how long each
# took. $work is a folder that is removed at the end.
#   check NAME COMMAND…   runs the command, whose success is what is checked; shows its output only if it fails
#   skip WHAT             says what is left out, and why
#   count_script COMMAND… runs a script that says itself what it checks, and counts it as one
#   finish                prints the counts; fails if anything did

passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The clock in microseconds.
microseconds() { echo "${EPOCHREALTIME//[!0-9]/}"; }

check() {
  local name=$1 begun output tenths
  shift
  begun=$(microseconds)
  output=$(mktemp -p "$work")
  if "$@" >"$output" 2>&1; then
    passed=$((passed + 1))
    tenths=$((($(microseconds) - begun) / 100000))
    echo "ok: $name ($((tenths / 10)).$((tenths % 10)) s)"
  else
    failed=$((failed + 1))
    echo "FAILED: $name"
    sed 's/^/  /' "$output"
  fi
  rm "$output"
}

skip() { echo "skipped: $1"; }

count_script() { if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }

finish() {
  echo "$passed passed, $failed failed"
  ((failed == 0))
}
