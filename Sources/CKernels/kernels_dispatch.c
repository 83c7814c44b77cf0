/// Which kernels this machine can run. Asks the processor directly: `__builtin_cpu_supports` needs a constructor in the
/// compiler's runtime, which the static Embedded build does not have.
#include "kernels_private.h"

#if defined(__x86_64__)
#include <cpuid.h>

/// The register states the operating system saves on a context switch (XCR0). Legal only once OSXSAVE is seen.
static uint64_t saved_states(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

enum {
    leaf1_ecx_fma = 1 << 12,
    leaf1_ecx_popcnt = 1 << 23,
    leaf1_ecx_osxsave = 1 << 27,
    leaf1_ecx_avx = 1 << 28,
    leaf7_ebx_avx2 = 1 << 5,
    leaf7_ebx_avx512f = 1 << 16,
    leaf7_ebx_avx512bw = 1 << 30,
    leaf7_ecx_avx512vbmi = 1 << 1,
    leaf7_ecx_avx512vnni = 1 << 11,
    states_ymm = 0x06,
    states_zmm = 0xe6,
};
static const uint32_t leaf7_ebx_avx512vl = UINT32_C(1) << 31;

ALMANAC_INLINE int has_all(uint64_t bits, uint64_t wanted) { return (bits & wanted) == wanted; }

/// The best level of this processor; the levels below it are there as well.
static almanac_kernel_level best_level(void) {
    uint32_t eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return ALMANAC_KERNELS_PORTABLE;
    // clang takes FMA and POPCNT for granted once AVX2 or AVX-512 code is asked for, so a guest that hides them gets none.
    if (!has_all(ecx, leaf1_ecx_osxsave | leaf1_ecx_avx | leaf1_ecx_fma | leaf1_ecx_popcnt)) return ALMANAC_KERNELS_PORTABLE;
    uint64_t states = saved_states();
    if (!has_all(states, states_ymm)) return ALMANAC_KERNELS_PORTABLE;
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return ALMANAC_KERNELS_PORTABLE;
    if (!has_all(ebx, leaf7_ebx_avx2)) return ALMANAC_KERNELS_PORTABLE;
    if (!has_all(states, states_zmm) ||
        !has_all(ebx, (uint64_t)leaf7_ebx_avx512f | leaf7_ebx_avx512bw | leaf7_ebx_avx512vl) ||
        !has_all(ecx, leaf7_ecx_avx512vbmi | leaf7_ecx_avx512vnni))
        return ALMANAC_KERNELS_AVX2;
    return ALMANAC_KERNELS_AVX512;
}

static const almanac_kernels *native_kernels(almanac_kernel_level wanted) {
    almanac_kernel_level best = best_level();
    if (wanted == ALMANAC_KERNELS_AUTO) wanted = best;
    if (wanted == ALMANAC_KERNELS_PORTABLE) return &almanac_kernels_portable;
    if (wanted == ALMANAC_KERNELS_AVX2 && best >= ALMANAC_KERNELS_AVX2) return &almanac_kernels_avx2;
    if (wanted == ALMANAC_KERNELS_AVX512 && best >= ALMANAC_KERNELS_AVX512) return &almanac_kernels_avx512;
    return NULL;
}

#elif defined(__aarch64__)

static const almanac_kernels *native_kernels(almanac_kernel_level wanted) {
    if (wanted == ALMANAC_KERNELS_AUTO || wanted == ALMANAC_KERNELS_NEON) return &almanac_kernels_neon;
    return NULL;
}

#else

static const almanac_kernels *native_kernels(almanac_kernel_level wanted) {
    return wanted == ALMANAC_KERNELS_AUTO ? &almanac_kernels_portable : NULL;
}

#endif

const almanac_kernels *almanac_kernels_choose(almanac_kernel_level wanted) {
    if (wanted == ALMANAC_KERNELS_PORTABLE) return &almanac_kernels_portable;
    return native_kernels(wanted);
}

const char *almanac_kernels_name(almanac_kernel_level level) {
    switch (level) {
    case ALMANAC_KERNELS_AUTO: return "auto";
    case ALMANAC_KERNELS_PORTABLE: return "portable";
    case ALMANAC_KERNELS_AVX2: return "avx2";
    case ALMANAC_KERNELS_AVX512: return "avx512";
    case ALMANAC_KERNELS_NEON: return "neon";
    }
    return "unknown";
}
