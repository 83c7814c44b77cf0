#compdef almanac-reader
_arguments \
  '--layer[answer from this layer too]:file:_files' \
  '--query[answer this question and exit]:question:' \
  '--now[the time at which answers must be valid]:seconds since 1970:' \
  '*--scope[what answers must be valid for]:key=value:' \
  '*--variable[the value of a slot in answers]:name=value:' \
  '--max-wrong[the share of wrong answers to accept]:0 to 1:' \
  '--explain[add to every reply how it came about]' \
  '--mode[how the file is opened]:mode:(lazy hot all copy)' \
  '--public-key[the minisign key with which bundles must be signed]:key or file:_files' \
  '--min-version[the least version of the bundle]:version:' \
  '--kernels[the instruction set]:level:(auto portable avx2 avx512 neon)' \
  '--watch[let a bundle that is renamed in take over]' \
  '--stats[write metrics to this file]:file:_files' \
  '--stats-interval[seconds between two writes of metrics]:seconds:' \
  '--miss-log[append requests that fall back to this file]:file:_files' \
  '--miss-log-limit[the size at which the miss log is rotated]:bytes:' \
  '--miss-log-digests[write digests of questions instead of questions]' \
  '(-h --help)'{-h,--help}'[print a summary of the options]' \
  '--version[print versions]' \
  '1:bundle:_files -g "*.almanac"'
