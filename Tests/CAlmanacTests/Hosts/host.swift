// An ordinary Swift program, with a runtime of its own: classes, closures, dictionaries, tasks. With a bundle and a question
// as arguments it asks libalmanac.a, which it is linked with, between its own work; without, it only works, and the library may be
// preloaded under it.
import CAlmanacHeader

final class Counted: @unchecked Sendable {
  nonisolated(unsafe) static var alive = 0
  let words: [String]
  init(_ words: [String]) {
    self.words = words
    Self.alive += 1
  }
  deinit { Self.alive -= 1 }
}

func work() -> Int {
  var counts: [String: Int] = [:]
  for number in 0..<1000 {
    let object = Counted((0...number % 7).map { "word \($0 * number % 13)" })
    for word in object.words { counts[word, default: 0] += 1 }
  }
  return counts.keys.sorted().reduce(0) { $0 &* 31 &+ counts[$1]! &+ $1.count }
}

func ask(_ path: String, _ question: String) -> String? {
  var bundle: OpaquePointer?
  guard almanac_open(path, ALMANAC_OPEN_HOT, &bundle, nil) == ALMANAC_OK else { return nil }
  defer { almanac_close(bundle) }
  var session: OpaquePointer?
  guard almanac_session_new(bundle, &session) == ALMANAC_OK else { return nil }
  defer { almanac_session_free(session) }
  var request = almanac_request()
  request.size = MemoryLayout<almanac_request>.size
  var result = almanac_result()
  result.size = MemoryLayout<almanac_result>.size
  return question.withCString { text in
    request.text = text
    request.text_length = question.utf8.count
    guard almanac_query(session, &request, &result) == ALMANAC_OK, result.outcome == ALMANAC_HIT else { return nil }
    return String(
      decoding: UnsafeRawBufferPointer(start: result.answer.start, count: result.answer.length), as: UTF8.self)
  }
}

func inTasks(_ number: Int) async -> Int {
  await withTaskGroup(of: Int.self) { group in
    for _ in 0..<4 { group.addTask { "\(number)".count } }
    return await group.reduce(0, +)
  }
}

let arguments = CommandLine.arguments
let expected = work()
for _ in 0..<20 {
  if arguments.count == 3, ask(arguments[1], arguments[2])?.isEmpty != false { fatalError("no answer") }
  let inTasks = await inTasks(expected)
  precondition(work() == expected && Counted.alive == 0 && inTasks == 4 * "\(expected)".count)
}
print("done")
