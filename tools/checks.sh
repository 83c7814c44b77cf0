# For scripts that check things one after the other, to be sourced: counts what passed, shows what failed, and says how many seconds
# each took, of the clock and of processors. $work is a folder that is removed at the end.
#   check NAME COMMAND…   runs the command, whose success is what is checked; shows its output only if it fails
#   skip WHAT             says what is left out, and why
#   count_script COMMAND… runs a script that says itself what it checks, and counts it as one
#   finish                prints the counts; fails if anything did

passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Sets $clock to the time of day and $used to that of processors which finished commands have used, in milliseconds.
look_at_clocks() {
  local file user system part
  file=$(mktemp -p "$work")
  # In this shell, whose children are meant. The second line: 1m2.345s 0m6.789s.
  times >"$file"
  { read -r user system && read -r user system; } <"$file"
  rm "$file"
  used=0
  for part in "$user" "$system"; do
    part=${part//[!0-9m]/}
    used=$((used + 10#${part%m*} * 60000 + 10#${part#*m}))
  done
  clock=$((10#${EPOCHREALTIME//[!0-9]/} / 1000))
}
tenths() { echo "$(($1 / 1000)).$(($1 % 1000 / 100))"; }

check() {
  local name=$1 output clock used begun used_before
  shift
  output=$(mktemp -p "$work")
  look_at_clocks
  begun=$clock used_before=$used
  if "$@" >"$output" 2>&1; then
    look_at_clocks
    passed=$((passed + 1))
    echo "ok: $name ($(tenths $((clock - begun))) s, $(tenths $((used - used_before))) s of processors)"
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
