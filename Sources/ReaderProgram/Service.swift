import BundleFormat
import BundleReader
import CKernels

/// The program while it answers: the bundle, what is written beside the replies, and the watch for another bundle.
final class Service {
  private let responder: Responder
  private let statistics: ServiceStatistics
  private let statisticsFile: StatisticsFile?
  private let missLog: MissLog?
  private var watch: BundleWatch?

  /// Opens the bundle and the files that the options name. Returns `nil`, the reason told, if a file cannot be.
  ///
  /// - Throws: Which file is refused, and why.
  init?(_ options: consuming Options) throws(RefusedFile) {
    let now = almanac_monotonic_nanoseconds()
    watch = options.isWatching ? BundleWatch(options, now: now) : nil
    let bundle = try BundleFiles(options).open(options.mode, options.requirements)
    watch?.follow(bundle)
    statistics = ServiceStatistics(bundle)
    let statisticsOutput = unsafe options.statistics.map { unsafe OutputFile(option: "--stats", path: $0) }
    let missOutput = unsafe options.missLog.map { unsafe OutputFile(option: "--miss-log", path: $0) }
    for path in unsafe [options.path, options.layer ?? options.path] {
      if let statisticsOutput, unsafe !statisticsOutput.isOther(than: path, "the bundle itself") { return nil }
      if let missOutput, unsafe !missOutput.isOther(than: path, "the bundle itself") { return nil }
    }
    if let statisticsOutput {
      statisticsFile = StatisticsFile(statisticsOutput, seconds: options.statisticsInterval)
    } else {
      statisticsFile = nil
    }
    if let file = missOutput {
      missLog = MissLog(file, limit: options.missLogLimit, isHashed: options.areMissesHashed)
      if missLog == nil { return nil }
    } else {
      missLog = nil
    }
    // The log is there by now, so that two names of one file can be told.
    if let statisticsOutput, let path = unsafe options.missLog,
      unsafe !statisticsOutput.isOther(than: path, "the miss log too")
    {
      return nil
    }
    if let isWritable = statisticsFile?.canBeCreated(), !isWritable { return nil }
    responder = Responder(bundle, defaults: options.takeDefaults())
  }

  /// The last reply.
  var reply: Bytes { responder.reply }

  /// Answers a question without a line around it.
  func answer(_ question: Bytes) -> ReplyStatus {
    let status = responder.respond(toText: question)
    note()
    return status
  }

  /// Answers a line. Returns whether there is a reply: a blank line has none.
  func answer(line: Bytes) -> Bool {
    if line.isBlank { return false }
    beforeRequest()
    _ = responder.respond(to: line)
    note()
    return true
  }

  /// Answers a line that was too long to be kept.
  func answerLongLine() {
    _ = responder.respondToLongLine()
    note()
  }

  /// How long the program may wait for input before `whileIdle` is to be called, in milliseconds; negative: any time.
  var patience: Int32 {
    if watch != nil { return 1_000 }
    guard let due = statisticsFile?.nextWrite else { return -1 }
    let now = almanac_monotonic_nanoseconds()
    return due <= now ? 0 : Int32(min((due - now) / 1_000_000 + 1, 1_000_000))
  }

  /// Does what is due while no request waits.
  func whileIdle() {
    missLog?.flush()
    beforeRequest()
  }

  /// Writes out what is known at the end.
  func finish() {
    missLog?.flush()
    if statisticsFile != nil { writeStatistics(now: almanac_monotonic_nanoseconds()) }
  }

  private func beforeRequest() {
    if watch == nil, statisticsFile == nil { return }
    let now = almanac_monotonic_nanoseconds()
    if watch != nil { look(now: now) }
    if let due = statisticsFile?.nextWrite, now >= due { writeStatistics(now: now) }
  }

  private func look(now: UInt64) {
    do throws(RefusedFile) {
      guard let bundle = try watch?.look(now: now) else { return }
      responder.use(bundle)
      statistics.countReload(bundle)
    } catch {
      statistics.countFailedReload()
      Console.error(
        "", unsafe Bytes(cString: error.path), ": ",
        "\(error.reason.description); the bundle opened before goes on answering")
    }
  }

  private func writeStatistics(now: UInt64) {
    statistics.tellDrift()
    let dropped = missLog?.dropped
    statisticsFile?.write(statistics, responder.session.bundle, droppedMisses: dropped, now: now)
  }

  private func note() {
    statistics.count(responder)
    guard missLog != nil, let reason = responder.outcome?.reason else { return }
    missLog?.note(
      reason, text: responder.text, normalForm: responder.session.normalForm, at: almanac_unix_seconds())
  }
}
