// C names, as the header declares them.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import BundleFormat
import CAlmanacHeader

@c
@implementation
public func almanac_status_text(_ status: almanac_status) -> UnsafePointer<CChar>? {
  let text: StaticString =
    switch status {
    case ALMANAC_OK: "done"
    case ALMANAC_INVALID_ARGUMENT:
      "a pointer is null, a struct's size is not set, variables are too long, or a prompt stands beside a text; correct the program"
    case ALMANAC_CANNOT_OPEN: "the operating system refused the file; check that it exists and may be read"
    case ALMANAC_NOT_A_BUNDLE: "the file is truncated or not a bundle; check the path, or fetch the file again"
    case ALMANAC_UNSUPPORTED_VERSION: "the bundle's format is newer than this library; update the library"
    case ALMANAC_DAMAGED: "the file is damaged; fetch it again"
    case ALMANAC_MALFORMED: "the file was not written by almanac; compile it again"
    case ALMANAC_INVALID_UTF8: "the text is not UTF-8; convert it"
    case ALMANAC_WRONG_VECTOR_LENGTH: "the vector has not as many components as the bundle's; use its embedding model"
    case ALMANAC_UNSIGNED: "the bundle is not signed; fetch the signed one"
    case ALMANAC_WRONG_SIGNATURE:
      "the bundle is not signed with the required key, or was changed since; fetch it from its publisher"
    case ALMANAC_OLD_VERSION: "the bundle has a lower version than is required; fetch the newest"
    case ALMANAC_NOTHING_ASKED: "the request has neither text nor vector; give one"
    case ALMANAC_OTHER_BASE: "the file is a layer over another bundle, or no layer; open it over its own base"
    default: "unknown status"
    }
  return text.cString
}

@c
@implementation
public func almanac_reason_name(_ reason: almanac_reason) -> UnsafePointer<CChar>? {
  let known = UInt16(exactly: reason.rawValue).flatMap { FallbackReason(rawValue: $0) }
  return known?.name.cString ?? ("" as StaticString).cString
}

@c
@implementation
public func almanac_version() -> UnsafePointer<CChar>? {
  // The same as ALMANAC_VERSION in the header; a test compares them.
  ("0.1.0" as StaticString).cString
}

extension StaticString {
  /// The text as a C string that is never freed.
  fileprivate var cString: UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
