import BundleCompiler
import BundleFormat

extension OwnedAnswers {
  /// Reads a Markdown file: headings that are questions, each with the text below it as its answer.
  ///
  /// Headings are `#` lines and lines underlined with `=` or `-`; lines in fenced code are none. A heading is a question if it
  /// ends in a question mark, or if it is of the level `level`. Its answer reaches to the next question or the next heading
  /// of its own level or above; headings below belong to the answer. YAML front matter is skipped.
  ///
  /// - Throws: `InputError` if the file cannot be read.
  init(markdown path: String, level: Int?) throws(InputError) {
    let text = String(decoding: try TextFile.read(path), as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    let headings = MarkdownHeading.all(in: lines)
    let file = path.lastPathComponent
    for (place, heading) in headings.enumerated() where heading.isQuestion(level: level) {
      let next = headings[(place + 1)...].first { $0.level <= heading.level || $0.isQuestion(level: level) }
      let body = lines[heading.bodyStart..<(next?.start ?? lines.count)].joined(separator: "\n")
      answers.append(
        OwnedAnswer(
          question: heading.text, answer: body.trimmed, source: "\(file)#\(heading.text.slug)", line: heading.start + 1)
      )
    }
  }
}

/// A heading of a Markdown file.
private struct MarkdownHeading {
  /// The index of its line, and of the first line after it and its underline.
  let start: Int
  let bodyStart: Int
  /// 1…6.
  let level: Int
  let text: String

  func isQuestion(level wanted: Int?) -> Bool {
    wanted.map { $0 == level } ?? (text.last.map { "?？؟".contains($0) } ?? false)
  }

  static func all(in lines: [String]) -> [MarkdownHeading] {
    var headings: [MarkdownHeading] = []
    var fence: (mark: Character, length: Int)?
    var index = frontMatter(lines)
    while index < lines.count {
      let line = lines[index].trimmed
      defer { index += 1 }
      if let run = fenceRun(line) {
        if let open = fence {
          if run.mark == open.mark, run.length >= open.length, line.allSatisfy({ $0 == run.mark }) { fence = nil }
        } else {
          fence = run
        }
        continue
      }
      if fence != nil { continue }
      let hashes = line.prefix { $0 == "#" }.count
      if (1...6).contains(hashes), line.dropFirst(hashes).first.map({ $0 == " " || $0 == "\t" }) ?? false {
        headings.append(MarkdownHeading(start: index, bodyStart: index + 1, level: hashes, text: title(line, hashes)))
      } else if index + 1 < lines.count, !line.isEmpty, let level = underline(lines[index + 1].trimmed),
        index == 0 || lines[index - 1].trimmed.isEmpty
      {
        headings.append(
          MarkdownHeading(start: index, bodyStart: index + 2, level: level, text: plain(line)))
        index += 1
      }
    }
    return headings
  }

  private static func frontMatter(_ lines: [String]) -> Int {
    guard lines.first?.trimmed == "---", let end = lines.dropFirst().firstIndex(where: { $0.trimmed == "---" }) else {
      return 0
    }
    return end + 1
  }

  private static func fenceRun(_ line: String) -> (mark: Character, length: Int)? {
    guard let mark = line.first, mark == "`" || mark == "~" else { return nil }
    let length = line.prefix { $0 == mark }.count
    return length >= 3 ? (mark, length) : nil
  }

  private static func underline(_ line: String) -> Int? {
    guard line.count >= 3 else { return nil }
    if line.allSatisfy({ $0 == "=" }) { return 1 }
    return line.allSatisfy({ $0 == "-" }) ? 2 : nil
  }

  // Without hashes at the end and without the `{#anchor}` that some tools add.
  private static func title(_ line: String, _ hashes: Int) -> String {
    var text = String(line.dropFirst(hashes)).trimmed
    if text.last == "}", let brace = text.lastIndex(of: "{"), text[brace...].hasPrefix("{#") {
      text = String(text[..<brace]).trimmed
    }
    let bare = text.reversed().drop { $0 == "#" }
    if bare.first.map({ $0 == " " }) ?? true { text = String(bare.reversed()).trimmed }
    return plain(text)
  }

  // Emphasis and code marks say nothing about the question; of a link its text does.
  private static func plain(_ text: String) -> String {
    var plain = text
    for mark in ["**", "__", "`"] { plain = plain.components(around: mark).joined() }
    while let open = plain.firstIndex(of: "["), let close = plain[open...].firstRange(of: "]("),
      let end = plain[close.upperBound...].firstIndex(of: ")")
    {
      plain =
        String(plain[..<open]) + plain[plain.index(after: open)..<close.lowerBound] + plain[plain.index(after: end)...]
    }
    return plain.trimmed
  }
}
