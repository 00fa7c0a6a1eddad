using BenchmarkDotNet.Attributes;
using SsdForecast.Cli.Benchmarks;
using SsdForecast.Runtime;

namespace SsdForecast.Benchmarks;

/// <summary>A history of one series on one thread; the time is that of an event.</summary>
public class PrefillBenchmarks
{
    private const int Events = 10_000;

    private RecurrentModel _model = null!;
    private Observation[] _events = [];
    private float[] _state = [];
    private double[] _oneStep = [];

    [GlobalSetup]
    public void Load()
    {
        var folder = RandomModel.Create(1);
        _model = new RecurrentModel(folder);
        _events = SampleEvents.Create(folder.Config, folder.Preprocessor, Events);
        _state = new float[_model.StateLength];
        _oneStep = new double[Events * _model.Config.Outputs];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Events)]
    public void Steps()
    {
        _model.InitializeState(_state, "series");
        foreach (ref readonly var o in _events.AsSpan()) _model.Observe("series", _state, o);
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public void Prefill() => Run(default);

    [Benchmark(OperationsPerInvoke = Events)]
    public void PrefillWithForecasts() => Run(_oneStep);

    private void Run(Memory<double> oneStep)
    {
        _model.InitializeState(_state, "series");
        _model.Prefill(new[] { new SeriesRun("series", _state, _events) }, oneStep, 1);
    }
}
