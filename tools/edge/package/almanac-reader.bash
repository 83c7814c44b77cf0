# bash completion for almanac-reader
_almanac_reader() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local options='--layer --query --now --scope --variable --max-wrong --explain --mode --public-key --min-version --kernels --watch --stats
    --stats-interval --miss-log
    --miss-log-limit --miss-log-digests --help --version'
  case $previous in
  --mode) mapfile -t COMPREPLY < <(compgen -W 'lazy hot all copy' -- "$current") ;;
  --kernels) mapfile -t COMPREPLY < <(compgen -W 'auto portable avx2 avx512 neon' -- "$current") ;;
  --layer | --stats | --miss-log | --public-key) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
  --query | --now | --scope | --variable | --max-wrong | --min-version | --stats-interval | --miss-log-limit) COMPREPLY=() ;;
  *)
    if [[ $current == -* ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    else
      mapfile -t COMPREPLY < <(compgen -f -X '!*.almanac' -- "$current" && compgen -d -- "$current")
    fi
    ;;
  esac
}
complete -o filenames -F _almanac_reader almanac-reader
