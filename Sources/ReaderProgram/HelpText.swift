/// What `--help` and `--version` print.
enum HelpText {
  static let number: StaticString = "0.1.0"
  static let version: StaticString = "almanac-reader 0.1.0 (bundle format 1.0, reader protocol 1.0)\n"

  static let help: StaticString = """
    Answers questions from a bundle, with no network and no model, or says needs-fallback and why.

    Usage: almanac-reader BUNDLE [options]

    Without --query it reads requests from standard input, one JSON object a line, and writes one reply a line in the
    same order, until standard input ends. A request that is not understood gets an error reply.

      {"id":7,"query":"how do I use curl with a proxy?"}
      {"id":7,"status":"hit","entry":"dev-faq/curl/proxy",...,"confidence":0.991,"via":"semantic","micros":14.2}

    Options:
      --layer FILE        Answer from this layer too, which was compiled over BUNDLE: its entries replace, add and delete.
                          If it is refused, damaged or expired, nothing is answered without it.
      --query TEXT        Answer this question, write one reply and exit.
      --now SECONDS       The time at which answers must be valid, in seconds since 1970. Default: the clock.
      --scope KEY=VALUE   What answers must be valid for; may be repeated. A request's own scope replaces it.
      --variable NAME=VALUE  The value of a slot in answers; may be repeated. A request's own variables replace them all.
      --max-wrong X       The share of wrong answers to accept, 0 to 1. Can only make the bundle stricter.
      --explain           Add to every reply how it came about.
      --mode MODE         lazy: check each part of the file when it is first used (default). hot: check what every request
                          needs first. all: check the whole file first. copy: also hold it in memory, for files that
                          may be overwritten.
      --public-key KEY    Refuse bundles that are not signed with this minisign key: a .pub file, or the key itself.
      --min-version N     Refuse bundles of a lower version.
      --kernels LEVEL     auto (default), portable, avx2, avx512, neon. All give the same answers.
      --watch             Let a bundle that is renamed over BUNDLE (or the layer) take over between two requests; looks
                          once a second. One that is refused changes nothing, and neither does one of a lower version than
                          the present one if there is --public-key or --min-version.
      --stats FILE        Write metrics for Prometheus to FILE: hits, fallbacks by reason, latency, damage, versions, drift.
      --stats-interval S  Seconds between two writes of them. Default: 10.
      --miss-log FILE     Append each request that falls back to FILE, as a line of JSON; readable by its owner only.
      --miss-log-limit N  At N bytes FILE is renamed to FILE.1 and begun anew. Default: 16777216.
      --miss-log-digests  Write digests of questions instead of questions.
      --help, -h          Print this text.
      --version           Print the versions of program, bundle format and reader protocol.

    Exit codes: 0 done, or a hit with --query; 3 needs-fallback with --query; 1 bad bundle or bad input; 64 wrong usage.

    Examples:
      almanac-reader dev-faq.almanac --query 'how do I use curl with a proxy?'
      almanac-reader dev-faq.almanac --scope language=en --max-wrong 0.005 < requests.jsonl > replies.jsonl

    """
}
