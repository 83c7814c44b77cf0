import BundleCompiler

/// A page on which a person marks a sample of hits: one file without external parts, which works without a network.
///
/// The marks stay in the browser until they are saved as the file that a recipe names.
struct HitPage {
  private let sample: MarkedHits
  private let exportName: String

  /// - Parameter exportName: The name under which the page saves the marked sample.
  init(_ sample: MarkedHits, exportName: String) {
    self.sample = sample
    self.exportName = exportName
  }

  /// The page.
  var text: String {
    let lines = JSONValue.array(sample.lines.map { .string($0) })
    let data = JSONValue.object([
      JSONMember(key: "name", value: .string(exportName)), JSONMember(key: "lines", value: lines),
    ]).compactText
    // Nothing in a text may end the script that holds it.
    let safe = data.split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
    return Self.head + safe + Self.tail
  }

  private static let head = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
    <link rel="icon" href="data:,">
    <title>Mark answers right or wrong</title>
    <style>
    :root { color-scheme: light dark; --line: #8886; --right: #1a7f37; --wrong: #cf222e; --unsure: #9a6700; }
    @media (prefers-color-scheme: dark) { :root { --right: #3fb950; --wrong: #f85149; --unsure: #d29922; } }
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; }
    h1 { font-size: 1.25rem; margin: 0 0 .25rem; }
    dt { font-size: .8rem; opacity: .7; margin-top: 1rem; }
    dd { margin: 0; overflow-wrap: anywhere; }
    #query { font-size: 1.25rem; font-weight: 600; }
    #answer { white-space: pre-wrap; max-height: 45vh; overflow: auto; border: 1px solid var(--line); border-radius: 6px; padding: .75rem; }
    .bar { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
    button { font: inherit; padding: .5rem 1rem; border: 1px solid var(--line); border-radius: 6px; background: none; color: inherit; cursor: pointer; }
    button[aria-pressed=true] { outline: 2px solid currentColor; font-weight: 600; }
    #right { color: var(--right); } #wrong { color: var(--wrong); } #unsure { color: var(--unsure); }
    progress { width: 100%; }
    kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 .3em; font-size: .85em; }
    </style>
    </head>
    <body>
    <h1>Is this answer right?</h1>
    <p id="state" aria-live="polite"></p>
    <progress id="progress" value="0" max="1"></progress>
    <dl>
    <dt>A user asked</dt><dd id="query"></dd>
    <dt>taken for</dt><dd id="question"></dd>
    <dt>and answered with <span id="entry"></span></dt><dd id="answer" tabindex="0"></dd>
    </dl>
    <div class="bar">
    <button id="right">Right <kbd>R</kbd></button>
    <button id="wrong">Wrong <kbd>W</kbd></button>
    <button id="unsure">Cannot tell <kbd>S</kbd></button>
    <button id="back">Back <kbd>←</kbd></button>
    <button id="next">Next <kbd>→</kbd></button>
    </div>
    <p>What nobody can tell counts as not right. Keep the order: the marks before the first gap count.</p>
    <div class="bar"><button id="save">Save the marks</button></div>
    <script type="application/json" id="data">
    """

  private static let tail = """
    </script>
    <script>
    "use strict";
    const data = JSON.parse(document.getElementById("data").textContent);
    const rows = data.lines.map(line => JSON.parse(line));
    const header = rows[0];
    const hits = rows.filter(row => row.draws);
    const key = "almanac-hits " + [header.bundle, header.decisions, header.seed, header.now, header.requests].join(" ");
    const element = id => document.getElementById(id);
    let kept = {};
    // A page from a file may have no storage; then marks last as long as the page.
    try { kept = JSON.parse(localStorage.getItem(key)) || {}; } catch {}
    hits.forEach((hit, place) => { if (kept[place]) hit.mark = kept[place]; });
    const firstOpen = () => hits.findIndex(hit => !hit.mark);
    let current = Math.max(firstOpen(), 0);
    function show() {
      const hit = hits[current];
      for (const name of ["query", "question", "entry", "answer"]) element(name).textContent = hit[name];
      for (const mark of ["right", "wrong", "unsure"]) element(mark).setAttribute("aria-pressed", hit.mark === mark);
      const done = hits.filter(row => row.mark).length;
      const times = hit.draws.length > 1 ? ", drawn " + hit.draws.length + " times" : "";
      element("state").textContent = `${current + 1} of ${hits.length}${times}; ${done} marked`;
      element("progress").max = hits.length;
      element("progress").value = done;
      element("answer").scrollTop = 0;
    }
    function mark(value) {
      hits[current].mark = value;
      kept[current] = value;
      try { localStorage.setItem(key, JSON.stringify(kept)); } catch {}
      if (current + 1 < hits.length) current += 1;
      show();
    }
    function go(step) {
      current = Math.min(Math.max(current + step, 0), hits.length - 1);
      show();
    }
    function text() { return rows.map(row => JSON.stringify(row)).join("\\n") + "\\n"; }
    function save() {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text()], { type: "application/jsonl" }));
      link.download = data.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }
    for (const name of ["right", "wrong", "unsure"]) element(name).onclick = () => mark(name);
    element("back").onclick = () => go(-1);
    element("next").onclick = () => go(1);
    element("save").onclick = save;
    document.addEventListener("keydown", event => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const action = { r: () => mark("right"), w: () => mark("wrong"), s: () => mark("unsure"),
        ArrowLeft: () => go(-1), ArrowRight: () => go(1) }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (action) { event.preventDefault(); action(); }
    });
    show();
    </script>
    </body>
    </html>

    """
}
