/// The look of a report: light, dark where the reader prefers that, light again on paper; one column on a telephone.
enum ReportStyle {
  static let sheet: Markup = """
    :root { --paper: #ffffff; --ink: #1f2328; --quiet: #57606a; --line: #d0d7de; --panel: #f6f8fa;
      --exact: #0b62c4; --semantic: #6ea8e8; --fallback: #e3e7ec; --volume: #8c959f; --warn: #b42318; color-scheme: light }
    @media screen and (prefers-color-scheme: dark) {
      :root { --paper: #0d1117; --ink: #e6edf3; --quiet: #9da7b3; --line: #30363d; --panel: #161b22;
        --exact: #4c9bff; --semantic: #2b5f9e; --fallback: #262c34; --volume: #6e7681; --warn: #ff9484; color-scheme: dark }
    }
    * { box-sizing: border-box }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto,
      "DejaVu Sans", sans-serif }
    main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem }
    h1 { font-size: 1.6rem; margin: 0 0 .25rem; overflow-wrap: anywhere }
    h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; break-after: avoid }
    p { margin: .5rem 0; max-width: 46rem }
    .quiet, caption, figcaption { color: var(--quiet) }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0;
      padding: 0 }
    .figures div { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem }
    .figures dt { color: var(--quiet); font-size: .875rem }
    .figures dd { margin: 0; font-size: 1.5rem; font-weight: 600; line-height: 1.3 }
    .figures dd small { display: block; font-size: .8125rem; font-weight: 400; color: var(--quiet) }
    figure { margin: 1rem 0 .5rem; break-inside: avoid }
    svg { width: 100%; height: auto; display: block }
    svg.wide { max-width: 52rem }
    svg.narrow { display: none }
    svg text { font: 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--ink) }
    svg text.quiet { fill: var(--quiet) }
    svg text.halo { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round }
    .grid { stroke: var(--line); stroke-width: 1 }
    .exact { fill: var(--exact) } .semantic { fill: var(--semantic) } .fallback { fill: var(--fallback) }
    .volume { fill: var(--volume) }
    .area { fill: var(--exact); fill-opacity: .12 }
    .curve { fill: none; stroke: var(--exact); stroke-width: 2; stroke-linejoin: round }
    .limit { stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 5 4 }
    .point { fill: var(--warn); stroke: var(--paper); stroke-width: 1.5 }
    .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .875rem; color: var(--quiet); padding: 0; margin: 0;
      list-style: none }
    .legend i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px;
      print-color-adjust: exact; -webkit-print-color-adjust: exact }
    i.exact { background: var(--exact) } i.semantic { background: var(--semantic) } i.fallback { background: var(--fallback) }
    i.volume { background: var(--volume) }
    .scroll { overflow-x: auto }
    table { border-collapse: collapse; width: 100%; font-size: .875rem; margin: .5rem 0 }
    th, td { padding: .3rem .6rem; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line);
      font-variant-numeric: tabular-nums }
    th { font-weight: 600; color: var(--quiet); white-space: nowrap }
    td:not(.text) { white-space: nowrap }
    th:first-child, td:first-child, .left { text-align: left }
    td.text { overflow-wrap: anywhere; min-width: 9rem }
    td small { color: var(--quiet); display: block }
    td.bar { width: 30%; min-width: 7rem }
    td.bar span { display: block; height: .7em; margin-top: .4em; background: var(--exact); min-width: 1px; border-radius: 2px;
      print-color-adjust: exact; -webkit-print-color-adjust: exact }
    tr { break-inside: avoid }
    summary { cursor: pointer; color: var(--quiet); font-size: .875rem; margin: .5rem 0 }
    .warn { color: var(--warn) }
    @media (max-width: 600px) {
      main { padding: 1rem .75rem 2rem }
      .figures { grid-template-columns: 1fr 1fr; gap: .5rem }
      .figures div { padding: .5rem .75rem }
      .figures dd { font-size: 1.25rem }
      svg.wide { display: none }
      svg.narrow { display: block }
      th, td { padding: .3rem .4rem }
      th, td:not(.text) { white-space: normal }
      td.text { min-width: 6rem }
      td.bar, th.bar, td.extra, th.extra { display: none }
    }
    @media print {
      @page { margin: 16mm }
      body { font-size: 10.5pt }
      main { max-width: none; padding: 0 }
      .scroll { overflow: visible }
      svg, rect, path { print-color-adjust: exact; -webkit-print-color-adjust: exact }
      svg.wide { display: block; max-width: 100% }
      svg.narrow { display: none }
      details > *, details::details-content { display: block; content-visibility: visible }
      summary { display: none }
    }
    """
}
