namespace SsdForecast.Cli.Benchmarks.Ssd;

/// <summary>What was measured of one form on one shape.</summary>
/// <param name="Form">Name.</param>
/// <param name="Detail">How it was set.</param>
/// <param name="ForwardMilliseconds">Median time of a forward pass without gradient.</param>
/// <param name="TrainingMilliseconds">Median time of a forward and a backward pass.</param>
/// <param name="PeakBytes">Most memory beyond the inputs during forward and backward; null where the system does not tell.</param>
/// <param name="Runs">Timed forward and backward passes.</param>
internal sealed record SsdMeasurement(string Form, string Detail, double ForwardMilliseconds, double TrainingMilliseconds, long? PeakBytes, int Runs)
{
    /// <summary>Times as fast forward as the chunked form of torch operators.</summary>
    public double ForwardRatio { get; init; }

    /// <summary>The same forward and backward.</summary>
    public double TrainingRatio { get; init; }

    /// <summary>GFLOP/s forward; see <see cref="SsdWork"/>.</summary>
    public double ForwardGflops { get; init; }

    /// <summary>That in parts of the measured peak.</summary>
    public double ForwardPeakShare { get; init; }

    /// <summary>GFLOP/s forward and backward.</summary>
    public double TrainingGflops { get; init; }

    /// <summary>That in parts of the measured peak.</summary>
    public double TrainingPeakShare { get; init; }
}

/// <summary>All forms on one shape.</summary>
internal sealed record SsdShapeResult(SsdBenchmarkShape Shape, IReadOnlyList<SsdMeasurement> Forms, IReadOnlyList<string> Skipped);

/// <summary>
/// The work that the operator cannot do without, whatever the form: what a form adds (masks, the decay of the state, states computed again) counts for nothing.
/// </summary>
internal static class SsdWork
{
    /// <summary>Forward, FLOP: a multiply-add into each state of a head and one out of it, 4·n·p a position and head.</summary>
    public static double Forward(SsdBenchmarkShape s) => 4.0 * s.Batch * s.Length * s.Heads * s.HeadDim * s.StateSize;

    /// <summary>Forward and backward, FLOP: besides, the gradients of states, x, B and C, 8·n·p.</summary>
    public static double Training(SsdBenchmarkShape s) => 3 * Forward(s);
}
