using System.Globalization;
using System.Runtime.ExceptionServices;
using SsdForecast.Torch.Encoders;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Parallel.Collectives;

namespace SsdForecast.Torch.Training.Exchange;

/// <summary>
/// Adds up the gradients of a step over processes, bucket by bucket: each as soon as the backward pass has made it whole (<see cref="BackwardMarks"/>), while the pass goes
/// on. Every process sums the same buckets in the same order. A model of one bucket is summed at once after the pass; a process alone sums nothing and sets no marks.
/// </summary>
internal sealed class GradientExchange : IDisposable
{
    /// <summary>Names the environment variable with the least size of a bucket in MiB; 0 for one bucket. The first process's counts.</summary>
    public const string BucketVariable = "SSDF_BUCKET";

    /// <summary>Below some MiB a sum over NVLink is mostly latency.</summary>
    private const double DefaultMebibytes = 4;

    private readonly ICollective _group;
    private readonly FlatParameters _parameters;
    private readonly ForecastNetwork _network;
    private readonly IReadOnlyList<GradientBucket> _buckets = [];
    private int _next;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Decides on buckets, with the other processes, and sets the network's marks.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="parameters">Parameters of the network.</param>
    /// <param name="network">The network.</param>
    /// <param name="mebibytes">Least size of a bucket; 0 for one bucket, null for that of the environment. The first process's counts.</param>
    /// <exception cref="CollectiveException">The environment's is no such number.</exception>
    public GradientExchange(ICollective group, FlatParameters parameters, ForecastNetwork network, double? mebibytes = null)
    {
        (_group, _parameters, _network) = (group, parameters, network);
        if (group.Size == 1) return;
        var least = group.Broadcast(group.Rank == 0 ? [mebibytes ?? FromEnvironment()] : [])[0] * (1 << 20) / parameters.Gradients.element_size();
        _buckets = GradientBucket.Of(parameters, network.Config.Layers, least == 0 ? long.MaxValue : (long)Math.Ceiling(least));
        if (_buckets.Count > 1) network.Marks = new BackwardMarks(_buckets.Select(b => b.Layer).ToHashSet(), Reached);
    }

    /// <summary>Begins a step: gradients are zero.</summary>
    public void Begin()
    {
        _parameters.Begin();
        _next = 0;
        _failure = null;
        if (_network.Marks is { } marks) marks.IsOpen = true;
    }

    /// <summary>Ends a step after its backward passes: <see cref="FlatParameters.Gradients"/> are the sums.</summary>
    public void End()
    {
        if (_buckets.Count <= 1)
        {
            _parameters.Collect();
            _group.AllReduceSum(_parameters.Gradients);
            return;
        }
        if (_network.Marks is { } marks) marks.IsOpen = false;
        _failure?.Throw();
        // All of them in a process whose share of the batch is nothing.
        while (_next < _buckets.Count) SumNext();
        _group.EndSums();
    }

    /// <summary>Takes the marks off.</summary>
    public void Dispose() => _network.Marks = null;

    private void Reached(int layer)
    {
        if (_failure is not null) return;
        try
        {
            while (_buckets[_next].Layer >= layer) SumNext();
        }
        catch (Exception e)
        {
            // Torch would make an error of its own of it.
            _failure = ExceptionDispatchInfo.Capture(e);
        }
    }

    private void SumNext()
    {
        var ranges = _buckets[_next].Ranges;
        foreach (var range in ranges) _parameters.Collect(range);
        using var scope = TorchSharp.torch.NewDisposeScope();
        _group.BeginSum([.. ranges.Select(r => r.Of(_parameters.Gradients))]);
        _next++;
    }

    private static double FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(BucketVariable) is not { Length: > 0 } text) return DefaultMebibytes;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw new CollectiveException($"{BucketVariable} is '{text}'; it must be a number of MiB, 0 or more");
    }
}
