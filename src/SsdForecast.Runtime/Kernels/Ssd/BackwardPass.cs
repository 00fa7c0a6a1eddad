namespace SsdForecast.Runtime.Kernels;

/// <summary>A backward pass that is run window by window, from the end of the sequence; between windows it keeps the gradients of the states.</summary>
internal abstract class BackwardPass : UnitJob
{
    /// <summary>Bytes of the gradients of the states at one place, of all heads.</summary>
    public abstract nuint StateGradientBytes { get; }

    /// <summary>Those gradients.</summary>
    protected nint StateGradients { get; private set; }

    /// <summary>First segment of the window.</summary>
    protected int FirstSegment { get; private set; }

    /// <summary>Segment after the window.</summary>
    protected int LastSegment { get; private set; }

    /// <summary>Runs all windows.</summary>
    public void RunAll<T>(GradientSums<T> sums, int segments, int degreeOfParallelism)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        (nint Memory, nuint Bytes) memory = WorkspacePool.Rent(StateGradientBytes);
        try
        {
            StateGradients = memory.Memory;
            for (LastSegment = segments; LastSegment > 0; LastSegment = FirstSegment)
            {
                FirstSegment = (LastSegment - 1) / sums.WindowSegments * sums.WindowSegments;
                UnitRunner.Run(this, degreeOfParallelism);
                sums.FinishWindow(FirstSegment, degreeOfParallelism);
            }

            sums.Finish();
        }
        finally
        {
            WorkspacePool.Return(memory);
        }
    }
}
