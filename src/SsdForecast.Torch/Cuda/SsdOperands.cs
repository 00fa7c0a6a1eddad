using System.Runtime.InteropServices;

namespace SsdForecast.Torch.Cuda;

/// <summary>The one argument of every SSD kernel: <c>struct Operands</c> in <c>Kernels/operands.cuh</c>, field for field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SsdOperands
{
    public nint X, B, C, GradY;
    public nint Dt, Gain, A, D, Bias, Elapsed, Initial, GradFinal;
    public nint Run;
    public nint Y;
    public nint Final;
    public nint GradX;
    public nint GradB, GradC;
    public nint GradDt, GradGain, GradInitial, Sums;
    public nint Before, After;
    public nint Segments, Decays;
    public long XBatch, XTime, BBatch, BTime, CBatch, CTime, DtBatch, DtTime, GainBatch, GainTime;
    public int Batch, Length, Heads, Groups, Chunks, SegmentCount, ChunksPerSegment, Splits, Mode, Direction, Softplus, Unused;
    public float Low, High;
}
