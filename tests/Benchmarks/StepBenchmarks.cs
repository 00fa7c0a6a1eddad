using BenchmarkDotNet.Attributes;
using SsdForecast.Cli.Benchmarks;
using SsdForecast.Runtime;

namespace SsdForecast.Benchmarks;

/// <summary>An event of one series on one thread.</summary>
[MemoryDiagnoser]
public class StepBenchmarks
{
    private RecurrentModel _model = null!;
    private Observation[] _events = [];
    private float[] _state = [];
    private double[] _forecast = [];
    private int _next;

    [Params(1, 48)]
    public int Horizon { get; set; }

    [Params(WeightFormat.Float32, WeightFormat.Int8)]
    public WeightFormat Weights { get; set; }

    [GlobalSetup]
    public void Load()
    {
        var folder = RandomModel.Create(Horizon);
        _model = new RecurrentModel(folder, new RecurrentOptions { Weights = Weights });
        _events = SampleEvents.Create(folder.Config, folder.Preprocessor, 20_000);
        _state = new float[_model.StateLength];
        _forecast = new double[_model.ForecastLength];
        _next = _events.Length;
    }

    [Benchmark(Baseline = true)]
    public void Observe()
    {
        if (_next == _events.Length)
        {
            _model.InitializeState(_state, "series");
            _next = 0;
        }

        _model.Observe("series", _state, _events[_next++]);
    }

    [Benchmark]
    public double ObserveAndForecast()
    {
        Observe();
        _model.Forecast(_state, _forecast);
        return _forecast[0];
    }
}
