import CKernels

/// The kernels in a form that threads may share: they are constant.
struct KernelTable: @unchecked Sendable {
  let kernels: UnsafePointer<almanac_kernels>

  init(_ kernels: UnsafePointer<almanac_kernels>) { self.kernels = kernels }
}
