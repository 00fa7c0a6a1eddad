// Copies gradients, of float32 or of STORAGE, to their places in one buffer of float32; zeros where there is none. Grid: a block for every 4096 numbers of each.
#include "rows.cuh"

struct Part {
  const void* from;          // null: zeros
  i64 to, length;
  int block, narrow;         // its first block; whether it is of STORAGE
};

struct Operands {
  float* to;
  int parts, unused;
  Part part[120];            // a kernel's arguments may take 4 KiB
};

constexpr int OF_BLOCK = 4096;

extern "C" __constant__ const int gather_gradients_launch[2] = {256, 0};

template <typename T> INLINE bool at_vector(const T* p) { return (unsigned long long)p % (4 * sizeof(T)) == 0; }

extern "C" __global__ void __launch_bounds__(256) gather_gradients(const Operands o) {
  int p = 0;
  while (p + 1 < o.parts && (int)blockIdx.x >= o.part[p + 1].block) p++;
  const Part& part = o.part[p];
  const i64 start = (i64)((int)blockIdx.x - part.block) * OF_BLOCK, end = start + OF_BLOCK < part.length ? start + OF_BLOCK : part.length;
  for (i64 i = start + threadIdx.x * 4; i < end; i += 1024) {
    const int count = end - i < 4 ? (int)(end - i) : 4;
    float v[4] = {0.f, 0.f, 0.f, 0.f};
    if (part.narrow) {
      const Element* from = (const Element*)part.from + i;
      if (count == 4 && at_vector(from)) load_row<4>(v, from);
      else for (int k = 0; k < count; k++) load_row<1>(v + k, from + k);
    } else if (part.from) {
      const float* from = (const float*)part.from + i;
      if (count == 4 && at_vector(from)) load_floats<4>(v, from);
      else for (int k = 0; k < count; k++) v[k] = from[k];
    }
    // Places are multiples of 64, but what follows a tail is not this part's.
    if (count == 4) store_floats<4>(o.to + part.to + i, v);
    else for (int k = 0; k < count; k++) o.to[part.to + i + k] = v[k];
  }
}
