// C names, as the header declares them.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import BundleFormat
import BundleReader
import CAlmanacHeader

// An `almanac_t` is a retained `SharedBundle`. The counts of references are atomic, so threads may make and free sessions
// as they like.

@c
@implementation
public func almanac_open(
  _ path: UnsafePointer<CChar>?, _ mode: almanac_open_mode, _ bundle: UnsafeMutablePointer<OpaquePointer?>?,
  _ detail: UnsafeMutablePointer<UInt64>?
) -> almanac_status {
  var options = almanac_open_options()
  options.size = MemoryLayout<almanac_open_options>.size
  unsafe options.path = path
  options.mode = mode
  return unsafe almanac_open_with(&options, bundle, detail)
}

@c
@implementation
public func almanac_open_with(
  _ options: UnsafePointer<almanac_open_options>?, _ bundle: UnsafeMutablePointer<OpaquePointer?>?,
  _ detail: UnsafeMutablePointer<UInt64>?
) -> almanac_status {
  unsafe bundle?.pointee = nil
  unsafe detail?.pointee = 0
  guard let bundle = unsafe bundle, let options = unsafe options.flatMap({ unsafe almanac_open_options.read($0) }),
    let path = unsafe options.path, let mode = OpenMode(options.mode), options.reserved == 0,
    let requirements = OpenRequirements(options)
  else { return ALMANAC_INVALID_ARGUMENT }
  do throws(BundleError) {
    let paths = unsafe BundlePaths(
      bundle: BundlePaths.copied(path), layer: options.layer.map { unsafe BundlePaths.copied($0) } ?? [])
    let opened = try SharedBundle(paths, mode: mode, requirements: requirements)
    unsafe bundle.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
    return ALMANAC_OK
  } catch {
    let (status, number) = error.status
    unsafe detail?.pointee = number
    return status
  }
}

@c
@implementation
public func almanac_close(_ bundle: OpaquePointer?) {
  guard let bundle = unsafe bundle else { return }
  unsafe Unmanaged<SharedBundle>.fromOpaque(UnsafeRawPointer(bundle)).release()
}

@c
@implementation
public func almanac_reload(
  _ bundle: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ mode: almanac_open_mode,
  _ detail: UnsafeMutablePointer<UInt64>?
) -> almanac_status {
  reload(bundle, mode, detail) { bundle, mode throws(BundleError) in
    unsafe try bundle.reload(path: path, mode: mode)
  }
}

@c
@implementation
public func almanac_reload_layer(
  _ bundle: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ layer: UnsafePointer<CChar>?, _ mode: almanac_open_mode,
  _ detail: UnsafeMutablePointer<UInt64>?
) -> almanac_status {
  reload(bundle, mode, detail) { bundle, mode throws(BundleError) in
    unsafe try bundle.reload(path: path, layer: layer, mode: mode)
  }
}

private func reload(
  _ bundle: OpaquePointer?, _ mode: almanac_open_mode, _ detail: UnsafeMutablePointer<UInt64>?,
  _ body: (SharedBundle, OpenMode) throws(BundleError) -> Void
) -> almanac_status {
  unsafe detail?.pointee = 0
  guard let bundle = unsafe SharedBundle.of(bundle), let mode = OpenMode(mode) else { return ALMANAC_INVALID_ARGUMENT }
  do throws(BundleError) {
    try body(bundle, mode)
    return ALMANAC_OK
  } catch {
    let (status, number) = error.status
    unsafe detail?.pointee = number
    return status
  }
}

@c
@implementation
public func almanac_replaced(_ bundle: OpaquePointer?) -> Int32 {
  guard let bundle = unsafe SharedBundle.of(bundle) else { return 0 }
  return bundle.isReplaced ? 1 : 0
}

extension SharedBundle {
  /// The bundle behind a handle.
  static func of(_ handle: OpaquePointer?) -> SharedBundle? {
    guard let handle = unsafe handle else { return nil }
    return unsafe Unmanaged<SharedBundle>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
  }
}

extension OpenMode {
  /// The mode that a C caller means, or `nil` for an unknown number.
  init?(_ mode: almanac_open_mode) {
    switch mode {
    case ALMANAC_OPEN_LAZY: self = .lazy
    case ALMANAC_OPEN_ALL: self = .all
    case ALMANAC_OPEN_COPY: self = .copy
    case ALMANAC_OPEN_HOT: self = .hot
    default: return nil
    }
  }
}

extension OpenRequirements {
  /// What a C caller requires, or `nil` if the key is none.
  init?(_ options: almanac_open_options) {
    self.init(leastVersion: options.minimum_version)
    guard unsafe isReadable(options.public_key, options.public_key_length) else { return nil }
    guard options.public_key_length > 0 else { return }
    guard let text = unsafe Bytes(options.public_key, options.public_key_length), let key = PublicKey(text) else {
      return nil
    }
    publicKey = key
  }
}

extension BundleError {
  /// The status for C callers and the number that goes with it.
  var status: (almanac_status, UInt64) {
    switch self {
    case .cannotOpen(let code): (ALMANAC_CANNOT_OPEN, UInt64(UInt32(bitPattern: code)))
    case .tooShort, .notABundle: (ALMANAC_NOT_A_BUNDLE, 0)
    case .unsupportedVersion(let major): (ALMANAC_UNSUPPORTED_VERSION, UInt64(major))
    case .footerDamaged, .wrongLength, .damagedAnswer: (ALMANAC_DAMAGED, 0)
    case .damagedChunk(let index): (ALMANAC_DAMAGED, index)
    case .malformedPage, .missingSection, .malformedSection: (ALMANAC_MALFORMED, 0)
    case .unsigned: (ALMANAC_UNSIGNED, 0)
    case .foreignSignature(let key): (ALMANAC_WRONG_SIGNATURE, key)
    case .malformedSignature, .wrongSignature: (ALMANAC_WRONG_SIGNATURE, 0)
    case .oldVersion(let found, _): (ALMANAC_OLD_VERSION, found)
    case .needsBase, .notALayer, .otherBase: (ALMANAC_OTHER_BASE, 0)
    }
  }
}
