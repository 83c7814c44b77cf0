import BundleCompiler

/// A sample of hits on disk: as the file that a recipe names, or as a page on which a person marks it.
enum HitSampleFile {
  /// Writes `sample` to `path`: a page if that ends in `.html`.
  ///
  /// - Throws: `OutputError`; then what stood there stays.
  static func write(_ sample: MarkedHits, to path: String) throws(OutputError) {
    let files = OutputFiles()
    let file = try files.create(path)
    if path.lowercased().hasSuffix(".html") || path.lowercased().hasSuffix(".htm") {
      let name = (path.lastPathComponent.split(separator: ".").first.map(String.init) ?? "hits") + ".jsonl"
      file.write(HitPage(sample, exportName: name).text)
    } else {
      for line in sample.lines { file.writeLine(line) }
    }
    try files.publish()
  }
}
