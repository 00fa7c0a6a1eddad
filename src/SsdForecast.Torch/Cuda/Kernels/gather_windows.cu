// Rows of windows from tables of float32 that lie on the device. Window w begins at row start[w] + first of series which[w], whose row 0 is row offset[which[w]] of the
// tables; rows outside of the tables become the nearest there is. In tables that are masked, rows from end[w] on are 0. Grid: (windows, tables).
typedef long long i64;

struct Table {
  const float* from;         // (rows, columns)
  float* to;                 // (windows, width, columns)
  int columns, masked;
};

struct Operands {
  const i64 *which, *start, *end;
  const i64* offset;
  i64 rows, first;
  int width, unused;
  Table table[7];
};

extern "C" __constant__ const int gather_windows_launch[2] = {256, 0};

extern "C" __global__ void __launch_bounds__(256) gather_windows(const Operands o) {
  const Table& table = o.table[blockIdx.y];
  const i64 window = blockIdx.x, start = o.start[window] + o.first, offset = o.offset[o.which[window]], end = o.end[window];
  const unsigned columns = table.columns, count = o.width * columns;
  float* to = table.to + window * count;
  for (unsigned i = threadIdx.x; i < count; i += 256) {
    const unsigned row = i / columns;
    i64 from = start + row + offset;
    from = from < 0 ? 0 : from < o.rows ? from : o.rows - 1;
    to[i] = table.masked && start + row >= end ? 0.f : table.from[from * columns + (i - row * columns)];
  }
}
