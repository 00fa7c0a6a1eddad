// The states at chunk boundaries and their gradients as mode 0 of ssd_states.cu, for devices of compute capability 9.0 and storage of two bytes. P is 32
// or 64, N a multiple of 64; a chunk is Q = 64 positions.
//
// Grid (h*P/(64*GROUPS), b, segments * 2), direction the faster. A block walks over the chunks of its segment, forward in time for the states, backward for
// their gradients. Each of its GROUPS warpgroups keeps 64 channels of a state in registers (64 x N), warp w of the four having channels 16w..16w+15; all
// share the tile of B, or C:
//   H <- total H + (x^T tail_j in_j) B          G <- total G + (dy^T start_i) C
#define BACKWARD 0
#include "operands.cuh"
#include "wgmma.cuh"

constexpr int PARTS = N / 64, TILE = 64 * TILE_COLUMNS, THREADS = 128 * GROUPS, HEADS = 64 * GROUPS / P;
constexpr int WARPS_A_HEAD = P / 16, RING = 2 * WARPS_A_HEAD;      // a warp prepares the decays of one chunk, those of a head those of as many
constexpr int AHEAD = STAGES - 1;

struct Stage { Element v[PARTS][TILE], u[GROUPS][TILE]; };
// How much each position adds to the state, and how much of it the chunk keeps.
struct alignas(16) Factors { float f[Q], total; };
struct alignas(1024) Shared {
  Stage stage[STAGES];
  Element out[4 * GROUPS][16 * TILE_COLUMNS];          // a state on its way out, 16 rows of 64 numbers a warp
  Factors factors[RING][HEADS];
};

INLINE void load_stage(Stage& s, const Operands& o, bool back, int b, int head, int group, int chunk) {
  const int first = chunk * Q, valid = o.length - first, wg = threadIdx.x >> 7, thread = threadIdx.x & 127;
  const i64 v_step = back ? o.C_time : o.B_time, u_step = back ? (i64)o.heads * P : o.x_time;
  const Element* v = (back ? o.C + b * o.C_batch : o.B + b * o.B_batch) + first * v_step + group * N;
  const Element* u = (back ? o.dy + (i64)b * o.length * u_step : o.x + b * o.x_batch) + first * u_step + head * P + 64 * wg;
  UNROLL for (int k = 0; k < PARTS; k++)
    if (k % GROUPS == wg) load_swizzled<64, 128>(address(s.v[k]), v + 64 * k, v_step, valid, thread);
  load_swizzled<64, 128>(address(s.u[wg]), u, u_step, valid, thread);
}

// By one warp, two positions a lane. Sums run away from where the state lies, so that nothing cancels in them.
INLINE void make_factors(Factors& to, const RawSteps& r, const Operands& o, bool back, int b, int head, int first) {
  const float rate = o.A[head] * (float)LOG2E, bias = o.bias ? o.bias[head] : 0.f;
  int run[EACH], run_before = 0, run_end = 0;
  UNROLL for (int e = 0; e < EACH; e++) run[e] = 0;
  if (o.run) {
    const int* runs = o.run + (i64)b * o.length;
    UNROLL for (int e = 0; e < EACH; e++) run[e] = runs[position(o, first, e)];
    run_before = runs[max(min(first, o.length) - 1, 0)];
    run_end = runs[max(min(first + Q, o.length), 1) - 1];
  }
  float a[EACH], in[EACH], own = 0.f;
  UNROLL for (int e = 0; e < EACH; e++) {
    const bool there = first + lane() * EACH + e < o.length;
    const float raw = r.dt[e] + bias, elapsed = o.elapsed ? o.elapsed[(i64)b * o.length + position(o, first, e)] : 1.f;
    const float soft = !o.softplus || raw > 20.f ? raw : log1pf(expf(raw));
    const float dt = there ? fminf(fmaxf(soft, o.low), o.high) * elapsed : 0.f;
    in[e] = !there ? 0.f : o.gain ? o.gain[b * o.gain_batch + position(o, first, e) * o.gain_time + head] : dt;
    own += a[e] = dt * rate;
  }
  float upto = own;                     // before the chunk to here, or from here to its end
  UNROLL for (int d = 1; d < 32; d *= 2) {
    const float other = back ? __shfl_up_sync(~0u, upto, d) : __shfl_down_sync(~0u, upto, d);
    if (back ? lane() >= d : lane() + d < 32) upto += other;
  }
  const float total = __shfl_sync(~0u, upto, back ? 31 : 0);
  float beyond = back ? __shfl_up_sync(~0u, upto, 1) : __shfl_down_sync(~0u, upto, 1);
  if (lane() == (back ? 0 : 31)) beyond = 0.f;
  static_assert(EACH == 2, "64 positions");
  const float sums[2] = {back ? beyond + a[0] : a[1] + beyond, back ? beyond + a[0] + a[1] : beyond};
  float f[2];
  UNROLL for (int e = 0; e < 2; e++) f[e] = run[e] == (back ? run_before : run_end) ? exp2_(sums[e]) * (back ? 1.f : in[e]) : 0.f;
  *(float2*)(to.f + 2 * lane()) = make_float2(f[0], f[1]);
  if (lane() == 0) to.total = run_end == run_before ? exp2_(total) : 0.f;
}

// The 16 channels of this warp, through its own rows of shared memory.
INLINE void write_state(Element* rows, Element* out, const Sum* H) {
  const u32 tile = address(rows);
  UNROLL for (int part = 0; part < PARTS; part++) {
    UNROLL for (int k = 0; k < 4; k++) {
      const Left a = as_left(H[8 * part + 2 * k], H[8 * part + 2 * k + 1]);
      stmatrix4(tile + swizzled(lane() & 15, 2 * k + (lane() >> 4)), a.v[0], a.v[1], a.v[2], a.v[3]);
    }
    __syncwarp();
    UNROLL for (int k = 0; k < 4; k++) {
      const int row = 4 * k + (lane() >> 3), piece = lane() & 7;
      *(uint4*)(out + row * N + 64 * part + 8 * piece) = *(const uint4*)((const unsigned char*)rows + swizzled(row, piece));
    }
    __syncwarp();
  }
}

// What the host asks for at the launch.
extern "C" __constant__ const int ssd_states_wgmma_launch[2] = {THREADS, (int)sizeof(Shared)};

extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) ssd_states_wgmma(const Operands o) {
  extern __shared__ __align__(1024) unsigned char memory[];
  Shared& m = *(Shared*)memory;
  const bool back = blockIdx.z & 1;
  const int segment = blockIdx.z >> 1;
  const int head = blockIdx.x * HEADS, b = blockIdx.y, group = head / (o.heads / o.groups);
  const int start = segment * o.chunks_per_segment, count = min(o.chunks_per_segment, o.chunks - start);
  const int wg = warp() >> 2, w = warp() & 3, mine = warp() / WARPS_A_HEAD, channel = 16 * (warp() % WARPS_A_HEAD), turn = warp() % WARPS_A_HEAD;
  const int row = (lane() & 7) + (lane() >> 4) * 8, piece = 2 * w + (lane() >> 3 & 1);      // this lane's address in the transposed 16 x 16 tiles of u
  const i64 own = ((i64)(channel + (lane() >> 2))) * N + 2 * (lane() & 3);
  auto chunk_at = [&](int i) { return back ? start + count - 1 - i : start + i; };

  const float* outer = back ? o.dfinal : o.initial;
  const float* from = o.segment_count > 1 ? o.segments + ((((i64)back * o.batch + b) * o.segment_count + segment) * o.heads + head + mine) * P * N
      : outer ? outer + ((i64)b * o.heads + head + mine) * P * N : nullptr;

  UNROLL for (int i = 0; i < AHEAD; i++) {
    if (i < count) load_stage(m.stage[i], o, back, b, head, group, chunk_at(i));
    commit();
  }
  RawSteps raw = read_steps(o, b, head + mine, chunk_at(turn) * Q);
  auto prepare = [&](int i) {
    make_factors(m.factors[(i + turn) % RING][mine], raw, o, back, b, head + mine, chunk_at(i + turn) * Q);
    raw = read_steps(o, b, head + mine, chunk_at(i + turn + WARPS_A_HEAD) * Q);
  };
  prepare(0);

  Sum H[N / 8];
  UNROLL for (int k = 0; k < N / 8; k++) {
    float2 u = make_float2(0.f, 0.f), v = u;
    if (from) {
      u = load2f(from + own + 8 * k);
      v = load2f(from + own + 8 * N + 8 * k);
    }
    H[k] = Sum{{u.x, u.y, v.x, v.y}};
  }

  for (int i = 0; i < count; i++) {
    arrived<AHEAD - 1>();
    fence_writes();
    __syncthreads();
    if (i + AHEAD < count) load_stage(m.stage[(i + AHEAD) % STAGES], o, back, b, head, group, chunk_at(i + AHEAD));
    commit();
    const Factors& factors = m.factors[i % RING][mine];
    const u32 u_tile = address(m.stage[i % STAGES].u[wg]), v_tile = address(m.stage[i % STAGES].v);
    Left u[4];
    UNROLL for (int k = 0; k < 4; k++) {
      ldmatrix4_t(u[k], u_tile + swizzled(16 * k + row, piece));
      scale_columns(u[k], load2f(factors.f + 16 * k + 2 * (lane() & 3)), load2f(factors.f + 16 * k + 8 + 2 * (lane() & 3)));
    }
    if (i > 0 || from) write_state(m.out[warp()], (back ? o.after : o.before) + ((((i64)b * o.chunks + chunk_at(i)) * o.heads + head + mine) * P + channel) * N, H);
    const float total = factors.total;
    UNROLL for (int k = 0; k < N / 8; k++) UNROLL for (int e = 0; e < 4; e++) H[k].v[e] *= total;
    open();
    UNROLL for (int k = 0; k < 4; k++) product<N, 1>(H, u[k], across_k(v_tile, 16 * k, TILE * (int)sizeof(Element)), true);
    close();
    finished<0, N / 8>(H);
    if ((i + 1) % WARPS_A_HEAD == 0 && i + 1 < count) prepare(i + 1);
  }

  if (back && o.dinitial && start == 0) {
    float* out = o.dinitial + ((i64)b * o.heads + head + mine) * P * N;
    UNROLL for (int k = 0; k < N / 8; k++) {
      *(float2*)(out + own + 8 * k) = make_float2(H[k].v[0], H[k].v[1]);
      *(float2*)(out + own + 8 * N + 8 * k) = make_float2(H[k].v[2], H[k].v[3]);
    }
  }
}
