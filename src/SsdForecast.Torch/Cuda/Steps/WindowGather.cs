using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SsdForecast.Torch.Cuda.Blocks;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda.Steps;

/// <summary>Windows of several tables in one launch, without a tensor of row numbers, which would be larger than what is gathered.</summary>
internal static class WindowGather
{
    private const int MostTables = 7;

    private static readonly ConcurrentDictionary<int, Kernel> Kernels = new();

    /// <summary>The one variant of the file.</summary>
    public static KernelVariant Variant { get; } = new("gather_windows", new Dictionary<string, int>(), 0);

    /// <summary>Whether the kernel runs where a table is.</summary>
    public static bool Applies(Tensor table) => table.dtype == ScalarType.Float32 && BlockKernels.Apply(table, table);

    /// <summary>Queues the launch.</summary>
    /// <param name="places">Series, row of the first position and exclusive end of the targets, <c>(3, n)</c>, 64-bit integers; columns may be a part of more.</param>
    /// <param name="offsets">The row of the tables at which each series begins.</param>
    /// <param name="first">Rows from a window's place to its first row.</param>
    /// <param name="width">Rows of a window, at least 1.</param>
    /// <param name="tables">Tables <c>(rows)</c> or <c>(rows, columns)</c>, float32, or null; with whether rows that are no targets become 0.</param>
    /// <returns>For each table <c>(n, width)</c> or <c>(n, width, columns)</c>; null for null.</returns>
    public static Tensor?[] Run(Tensor places, Tensor offsets, long first, long width, IReadOnlyList<(Tensor? Table, bool IsMasked)> tables)
    {
        var (device, count) = (Math.Max(0, places.device.index), places.shape[1]);
        var (column, stride) = (DeviceMemory.Address(places), (nint)(places.stride(0) * sizeof(long)));
        var o = new Operands { Which = column, Start = column + stride, End = column + (2 * stride), Offset = DeviceMemory.Address(offsets), First = first, Width = (int)width };
        var results = new Tensor?[tables.Count];
        var used = 0;
        for (var i = 0; i < tables.Count; i++)
        {
            if (tables[i].Table is not { } table) continue;
            var shape = table.shape;
            var result = results[i] = BlockKernels.Floats(table, [count, width, .. shape[1..]]);
            o.Rows = shape[0];
            o.Table[used++] = new Table
            {
                From = DeviceMemory.Address(table),
                To = DeviceMemory.Address(result),
                Columns = shape.Length == 1 ? 1 : (int)shape[1],
                IsMasked = tables[i].IsMasked ? 1 : 0,
            };
        }
        Kernels.GetOrAdd(device, d => Kernel.Get(d, Variant)).Launch(((int)count, used, 1), o);
        GC.KeepAlive((places, offsets, tables));
        return results;
    }

    /// <summary><c>struct Table</c> of the kernel's file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Table
    {
        public nint From, To;
        public int Columns, IsMasked;
    }

    [InlineArray(MostTables)]
    internal struct TableList
    {
        private Table _first;
    }

    /// <summary>The argument of the kernel, field for field.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Operands
    {
        public nint Which, Start, End;
        public nint Offset;
        public long Rows, First;
        public int Width, Unused;
        public TableList Table;
    }
}
