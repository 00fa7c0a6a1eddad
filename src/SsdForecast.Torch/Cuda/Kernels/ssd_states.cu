// The states of the SSD operator at chunk boundaries, and in the other direction of time the gradients of those states.
//
// Grid (h/HEADS, b, segments * directions), direction the faster. In `direction` 0 a block sweeps forward over the chunks of its segment,
//   H <- total H + sum_j (in_j tail_j x_j) B_j^T,
// in direction 1 backward,
//   G <- total G + sum_i (start_i dy_i) C_i^T;   direction 2: both, side by side.
// A warp keeps 16 of the HEADS*P channels of a state in registers. A chunk is taken in EVERY steps of Q positions.
// mode 0: writes the state before each chunk (o.before), or the gradient of the state after each chunk (o.after), and where asked the gradient of
//   the initial state (o.dinitial). Chunks whose state is zero for want of an initial state or a gradient are left out: nobody reads them.
// mode 1: from zero over a segment; writes what it adds to a state (o.segments) and how much of that state it keeps (o.decays).
#define BACKWARD 0
#include "operands.cuh"

constexpr int WARPS_A_HEAD = P / 16, WARPS = HEADS * WARPS_A_HEAD, THREADS = 32 * WARPS, ROWS = HEADS * P;
constexpr int RING = 2 * WARPS_A_HEAD;   // step sizes are prepared for WARPS_A_HEAD steps at once, a step a warp
constexpr int N_STEP = N + PAD, X_STEP = ROWS + PAD, AHEAD = STAGES - 1;

struct alignas(16) Stage { Element v[Q * N_STEP], u[Q * X_STEP]; };
struct alignas(16) Shared {
  Stage stage[STAGES];
  Element out[ROWS * N_STEP];         // a state on its way out, so that it goes in whole lines
  Steps steps[RING][HEADS];
};

INLINE void load_stage(Stage& s, const Operands& o, bool back, int b, int head, int group, int step) {
  const int first = step * Q, valid = o.length - first;
  const Element* v = back ? o.C + b * o.C_batch + first * o.C_time : o.B + b * o.B_batch + first * o.B_time;
  load_tile<Q, N, THREADS>(s.v, v + group * N, (int)(back ? o.C_time : o.B_time), valid);
  const i64 row = back ? (i64)o.heads * P : o.x_time;
  const Element* u = back ? o.dy + ((i64)b * o.length + first) * row : o.x + b * o.x_batch + first * row;
  load_tile<Q, ROWS, THREADS>(s.u, u + head * P, (int)row, valid);
}

// The 16 channels of this warp, through its own rows of shared memory.
INLINE void write_state(Element* rows, Element* out, const Sum* H) {
  const int g = lane() >> 2, t = lane() & 3;
  UNROLL for (int k = 0; k < N / 8; k++) {
    store2(rows + g * N_STEP + 8 * k + 2 * t, H[k].v[0], H[k].v[1]);
    store2(rows + (g + 8) * N_STEP + 8 * k + 2 * t, H[k].v[2], H[k].v[3]);
  }
  __syncwarp();
  constexpr int WIDE = 16 / sizeof(Element), COUNT = 16 * N / WIDE;
  UNROLL for (int base = 0; base < COUNT; base += 32) {
    const int i = base + lane();
    *(uint4*)(out + i * WIDE) = *(const uint4*)(rows + i / (N / WIDE) * N_STEP + i % (N / WIDE) * WIDE);
  }
  __syncwarp();
}

// What the host asks for at the launch.
extern "C" __constant__ const int ssd_states_launch[2] = {THREADS, (int)sizeof(Shared)};

extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) ssd_states(const Operands o) {
  extern __shared__ __align__(16) unsigned char memory[];
  Shared& m = *(Shared*)memory;
  const bool back = o.direction == 2 ? blockIdx.z & 1 : o.direction;
  const int segment = o.direction == 2 ? blockIdx.z >> 1 : blockIdx.z;
  const int head = blockIdx.x * HEADS, b = blockIdx.y, group = head / (o.heads / o.groups);
  const int start = segment * o.chunks_per_segment, chunks = min(o.chunks_per_segment, o.chunks - start), count = chunks * EVERY;
  const int mine = warp() / WARPS_A_HEAD, channel = 16 * (warp() % WARPS_A_HEAD);
  const int g = lane() >> 2, t = lane() & 3;
  const i64 place = (((i64)back * o.batch + b) * o.segment_count + segment) * o.heads + head + mine;
  auto step_at = [&](int i) { return back ? (start + chunks) * EVERY - 1 - i : start * EVERY + i; };

  const float* from = nullptr;
  if (o.mode == 0) {
    const float* outer = back ? o.dfinal : o.initial;
    from = o.segment_count > 1 ? o.segments + place * P * N : outer ? outer + ((i64)b * o.heads + head + mine) * P * N : nullptr;
  }

  UNROLL for (int i = 0; i < AHEAD; i++) {
    if (i < count) load_stage(m.stage[i], o, back, b, head, group, step_at(i));
    commit();
  }
  const int turn = warp() % WARPS_A_HEAD;
  RawSteps raw = read_steps(o, b, head + mine, step_at(turn) * Q);
  auto prepare = [&](int i) {
    make_steps(m.steps[(i + turn) % RING][mine], raw, o, b, head + mine, step_at(i + turn) * Q);
    raw = read_steps(o, b, head + mine, step_at(i + turn + WARPS_A_HEAD) * Q);
  };
  prepare(0);

  Sum H[N / 8];
  UNROLL for (int k = 0; k < N / 8; k++) {
    float2 u = make_float2(0.f, 0.f), v = u;
    if (from) {
      u = load2f(from + (channel + g) * N + 8 * k + 2 * t);
      v = load2f(from + (channel + g + 8) * N + 8 * k + 2 * t);
    }
    H[k] = Sum{{u.x, u.y, v.x, v.y}};
  }
  float kept = 1.f;

  for (int i = 0; i < count; i++) {
    arrived<AHEAD - 1>();
    __syncthreads();
    if (i + AHEAD < count) load_stage(m.stage[(i + AHEAD) % STAGES], o, back, b, head, group, step_at(i + AHEAD));
    commit();
    if (o.mode == 0 && i % EVERY == 0 && (i > 0 || from)) {
      const int chunk = back ? start + chunks - 1 - i / EVERY : start + i / EVERY;
      Element* out = (back ? o.after : o.before) + ((((i64)b * o.chunks + chunk) * o.heads + head + mine) * P + channel) * N;
      write_state(m.out + 16 * warp() * N_STEP, out, H);
    }
    const Steps& st = m.steps[i % RING][mine];
    const Stage& s = m.stage[i % STAGES];
    const float total = st.total;
    kept *= total;
    UNROLL for (int k = 0; k < N / 8; k++) UNROLL for (int e = 0; e < 4; e++) H[k].v[e] *= total;
    UNROLL for (int k = 0; k < QT; k++) {
      Left u = left_t(s.u + 16 * k * X_STEP + 16 * warp(), X_STEP);
      const int j = 16 * k + 2 * t;
      float2 f, f8;
      if (back) {
        f = load2f(st.start + j);
        f8 = load2f(st.start + j + 8);
      } else {
        f = load2f(st.tail + j);
        f8 = load2f(st.tail + j + 8);
        float2 w = load2f(st.in + j), w8 = load2f(st.in + j + 8);
        f.x *= w.x; f.y *= w.y; f8.x *= w8.x; f8.y *= w8.y;
      }
      scale_columns(u, f, f8);
      UNROLL for (int n = 0; n < N / 16; n++) {
        Right v[2];
        rights_t<2>(v, s.v + 16 * k * N_STEP + 16 * n, N_STEP);
        mma(H[2 * n], u, v[0]);
        mma(H[2 * n + 1], u, v[1]);
      }
    }
    if ((i + 1) % WARPS_A_HEAD == 0 && i + 1 < count) prepare(i + 1);
  }

  float* out = o.mode == 1 ? o.segments + place * P * N
      : back && o.dinitial && start == 0 ? o.dinitial + ((i64)b * o.heads + head + mine) * P * N : nullptr;
  if (out) {
    UNROLL for (int k = 0; k < N / 8; k++) {
      *(float2*)(out + (channel + g) * N + 8 * k + 2 * t) = make_float2(H[k].v[0], H[k].v[1]);
      *(float2*)(out + (channel + g + 8) * N + 8 * k + 2 * t) = make_float2(H[k].v[2], H[k].v[3]);
    }
  }
  if (o.mode == 1 && channel == 0 && lane() == 0) o.decays[place] = kept;
}

// Puts in the place of what each segment adds the state before it (direction 0), or the gradient of the state after it (direction 1).
// Grid (h*P*N/256 at least, b, directions), one number a thread.
extern "C" __global__ void __launch_bounds__(256) ssd_combine(const Operands o) {
  const i64 each = (i64)o.heads * P * N, i = (i64)blockIdx.x * 256 + threadIdx.x;
  if (i >= each) return;
  const bool back = o.direction == 2 ? blockIdx.z : o.direction;
  const int b = blockIdx.y, head = (int)(i / (P * N));
  const float* outer = back ? o.dfinal : o.initial;
  float state = outer ? outer[b * each + i] : 0.f;
  for (int k = 0; k < o.segment_count; k++) {
    const i64 place = ((i64)back * o.batch + b) * o.segment_count + (back ? o.segment_count - 1 - k : k);
    const float added = o.segments[place * each + i];
    o.segments[place * each + i] = state;
    state = state * o.decays[place * o.heads + head] + added;
  }
}
