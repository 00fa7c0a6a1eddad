using BenchmarkDotNet.Attributes;
using SsdForecast.Cli.Benchmarks;
using SsdForecast.Runtime;

namespace SsdForecast.Benchmarks;

/// <summary>A batch of some events of each of many series; the time is that of an event.</summary>
public class BatchBenchmarks
{
    private const int Events = 40_000;

    private RecurrentModel _model = null!;
    private Observation[] _events = [];
    private SeriesRun[] _runs = [];
    private double[] _forecasts = [];
    private int _next;

    [Params(100, 10_000)]
    public int Series { get; set; }

    [Params(1, 4)]
    public int EventsOfSeries { get; set; }

    [Params(1, 0)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Load()
    {
        var folder = RandomModel.Create(1);
        _model = new RecurrentModel(folder);
        _events = SampleEvents.Create(folder.Config, folder.Preprocessor, 4000);
        _runs = [.. Enumerable.Range(0, Series).Select(_ => new SeriesRun("series", new float[_model.StateLength], default))];
        _forecasts = new double[Series * EventsOfSeries * _model.ForecastLength];
        _next = _events.Length;
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public void ObserveBatch()
    {
        for (var taken = 0; taken < Events; taken += Series * EventsOfSeries)
        {
            if (_next + EventsOfSeries > _events.Length)
            {
                foreach (var run in _runs) _model.InitializeState(run.State.Span, run.SeriesId);
                _next = 0;
            }

            for (var i = 0; i < _runs.Length; i++) _runs[i] = _runs[i] with { Events = _events.AsMemory(_next, EventsOfSeries) };
            _model.ObserveBatch(_runs, _forecasts, Threads);
            _next += EventsOfSeries;
        }
    }
}
