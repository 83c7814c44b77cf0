#if !hasFeature(Embedded)
  import CKernels

  /// The instruction set that a person asks for by name, in the tools that parse options with a library.
  public enum KernelChoice: String, CaseIterable, Sendable {
    case auto, portable, avx2, avx512, neon

    /// The level of the kernels.
    public var level: almanac_kernel_level {
      switch self {
      case .auto: ALMANAC_KERNELS_AUTO
      case .portable: ALMANAC_KERNELS_PORTABLE
      case .avx2: ALMANAC_KERNELS_AVX2
      case .avx512: ALMANAC_KERNELS_AVX512
      case .neon: ALMANAC_KERNELS_NEON
      }
    }

    /// Whether this processor has it.
    public var isAvailable: Bool { unsafe almanac_kernels_choose(level) != nil }
  }
#endif
