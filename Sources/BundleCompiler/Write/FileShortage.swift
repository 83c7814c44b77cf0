import Glibc

/// What a write was short of: room on the disk, or what a file may grow to.
///
/// liblmdb calls a write that only partly succeeded an input/output error, or a full disk, so such an error is held against the limit
/// and the room that there are.
struct FileShortage: CustomStringConvertible {
  /// What is short.
  private enum Kind {
    case disk(free: UInt64)
    case quota
    case fileSize(limit: UInt64)
  }

  private let kind: Kind
  private let needed: Int?

  /// What a write to `path` that failed with `code` was short of; `nil` if it failed for another reason.
  ///
  /// - Parameter needed: The number of bytes that were to be written, if that is known.
  init?(path: String, code: Int32, needed: Int?) {
    self.needed = needed
    switch code {
    case EDQUOT: kind = .quota
    case EFBIG: kind = .fileSize(limit: Self.limit() ?? 0)
    case EIO, ENOSPC:
      let needed = UInt64(max(needed ?? 0, 1))
      var status = stat()
      if let limit = Self.limit(), stat(path, &status) == 0, UInt64(max(status.st_size, 0)) + needed > limit {
        kind = .fileSize(limit: limit)
      } else if let free = Self.free(path), free < needed || code == ENOSPC {
        kind = .disk(free: free)
      } else {
        return nil
      }
    default: return nil
    }
  }

  var description: String {
    let wanted = needed.map { ", and the next part of the file takes \($0)" } ?? ""
    switch kind {
    case .disk(let free):
      return "the disk is full: \(free) bytes are free there\(wanted); make room, or write to another disk"
    case .quota: return "the quota of the disk is used up\(wanted.isEmpty ? "" : wanted + " bytes"); make room"
    case .fileSize(let limit):
      return "a file may have no more than \(limit) bytes here\(wanted); raise the limit, as with ulimit -f unlimited"
    }
  }

  private static func free(_ path: String) -> UInt64? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize)
  }

  private static func limit() -> UInt64? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max else {
      return nil
    }
    return UInt64(limit.rlim_cur)
  }
}
