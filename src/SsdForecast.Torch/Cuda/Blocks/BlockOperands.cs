using System.Runtime.InteropServices;

namespace SsdForecast.Torch.Cuda.Blocks;

/// <summary>The argument of <c>Kernels/column_sums.cu</c>, field for field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ColumnSums
{
    public nint Partial;
    public nint Out, Rest;
    public nint ALog, GradA;
    public nint GradALog;
    public int Blocks, Columns, First, Heads, GradAStep, Unused;
}

/// <summary>The argument of <c>Kernels/block_inputs*.cu</c>, field for field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InputsOperands
{
    public nint Projection, History;
    public nint Weight, Bias, ALog;
    public nint X, B, C;
    public nint Dt, A;
    public nint GradZ, GradX, GradFirst, GradB, GradC;
    public nint GradDt;
    public nint GradProjection, GradHistory;
    public nint Partial;
    public int Batch, Length, Inner, Maps, Heads, Ahead, Tile, Tiles;
}

/// <summary>The argument of <c>Kernels/block_norm*.cu</c>, field for field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NormOperands
{
    public nint Y, Z;
    public nint Weight;
    public nint X, Delta;
    public nint D;
    public nint Out;
    public nint GradOut;
    public nint GradY, GradZ, GradX, GradDelta;
    public nint Partial;
    public long Rows, ZRow;
    public int Batch, Length;
    public float Epsilon;
    public int Unused;
}

/// <summary>The argument of <c>Kernels/block_residual*.cu</c>, field for field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResidualOperands
{
    public nint X;
    public nint Y;
    public nint Weight;
    public nint Sum;
    public nint U;
    public nint GradU;
    public nint GradSum;
    public nint GradX;
    public nint GradY;
    public nint Partial;
    public long Rows;
    public ulong Seed;
    public float Epsilon, Keep;
    public uint Drop;
    public int Unused;
}
