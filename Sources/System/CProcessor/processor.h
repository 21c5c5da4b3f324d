#pragma once

/* The x86-64 level of this processor: 4 with AVX-512, 3 with AVX2 and FMA, else 1; 0 on any other architecture. */
static inline int processor_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("x86-64-v4") ? 4 : __builtin_cpu_supports("x86-64-v3") ? 3 : 1;
#else
  return 0;
#endif
}

/* Asks for the cache line at p, to be near at once or, the second, to be not far when it is needed; never faults. */
static inline void prefetch(const void *p) { __builtin_prefetch(p, 0, 3); }
static inline void prefetch_far(const void *p) { __builtin_prefetch(p, 0, 2); }
