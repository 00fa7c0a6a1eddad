using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// A <see cref="SeriesMonitor"/> beside each series of an engine: forecasts leave the engine calibrated, and <see cref="Read(StreamingEngine, string)"/> tells what the last
/// value of a series was, by the forecast made before it came.
/// </summary>
/// <remarks>
/// A value after a gap is judged by the forecast from the steps that were filled before it, which knows how old its news is.
/// </remarks>
public sealed class MonitorCompanion : SeriesCompanion
{
    private readonly RecurrentModel _model;
    private readonly SeriesMonitor _monitor;

    /// <summary>A monitor for the series of an engine.</summary>
    /// <param name="model">The engine's model.</param>
    /// <param name="options">How to watch; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option out of range.</exception>
    public MonitorCompanion(RecurrentModel model, MonitorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _monitor = new SeriesMonitor(model.Config, options);
        var bytes = HeaderBytes + (sizeof(float) * _monitor.StateLength);
        Bytes = bytes + (bytes % 8);
        // Its bytes mean something else under other options: a snapshot must not be taken up under them.
        Name = MonitorName.Of(options ?? new MonitorOptions());
    }

    /// <summary>
    /// Whether forecasts leave the engine calibrated. Default true. Without, they are the model's, moved by an adapted head if there is one, and values are
    /// judged by the calibrated ones all the same. Both keep the same bytes, so a snapshot may be taken up either way.
    /// </summary>
    public bool CalibratesForecasts { get; init; } = true;

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override int Bytes { get; }

    private static int HeaderBytes => Unsafe.SizeOf<Header>();

    /// <summary>What is said of the last value of a series.</summary>
    /// <exception cref="ArgumentException">The engine has no such companion.</exception>
    public Verdict Read(StreamingEngine engine, string seriesId)
    {
        ArgumentNullException.ThrowIfNull(engine);
        var rented = ArrayPool<byte>.Shared.Rent(Bytes);
        try
        {
            return engine.TryRead(seriesId, this, rented) ? HeaderOf(rented.AsSpan()).Verdict : Verdict.None;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>What is said of an event that was just taken. Allocates nothing.</summary>
    /// <exception cref="ArgumentException">The engine has no such companion.</exception>
    public Verdict Read(in TakenEvent taken) => HeaderOf(taken.Companion(this)).Verdict;

    /// <summary>How far adaptation moves the first lead time of the forecast after an event that was just taken, in raw units; 0 without it.</summary>
    /// <exception cref="ArgumentException">The engine has no such companion.</exception>
    public double Shift(in TakenEvent taken)
    {
        ref readonly var header = ref HeaderOf(taken.Companion(this));
        return header.Shift * header.Scale;
    }

    /// <inheritdoc/>
    public override void Begin(string seriesId, Span<byte> own)
    {
        _monitor.Initialize(State(own));
        HeaderOf(own).Verdict = Verdict.None;
    }

    /// <inheritdoc/>
    public override void Taking(string seriesId, in Observation observation, ReadOnlySpan<float> state, Span<byte> own)
    {
        ref var header = ref HeaderOf(own);
        header.Verdict = Verdict.None;
        if (_model.Progress(state).Count == 0 || double.IsNaN(observation.Value)) return;
        var forecast = ArrayPool<double>.Shared.Rent(_model.ForecastLength);
        _model.Forecast(state, forecast);
        header.Verdict = _monitor.Judge(State(own), _model.Encoded(state), _model.Scale(state), forecast.AsSpan(0, _model.Config.Outputs), observation.Value);
        ArrayPool<double>.Shared.Return(forecast);
    }

    /// <inheritdoc/>
    public override void Taken(string seriesId, in Observation observation, ReadOnlySpan<float> state, Span<byte> own)
    {
        ref var header = ref HeaderOf(own);
        header.Scale = _model.Scale(state);
        header.Shift = _monitor.Shift(State(own), _model.Encoded(state));
    }

    /// <inheritdoc/>
    public override void Adjust(ReadOnlySpan<byte> own, Span<double> forecast)
    {
        ref readonly var header = ref HeaderOf(own);
        _monitor.Adjust(MemoryMarshal.Cast<byte, float>(own[HeaderBytes..]), header.Shift, header.Scale, forecast, CalibratesForecasts);
    }

    private static ref Header HeaderOf(Span<byte> own) => ref MemoryMarshal.AsRef<Header>(own);

    private static ref readonly Header HeaderOf(ReadOnlySpan<byte> own) => ref MemoryMarshal.AsRef<Header>(own);

    private static Span<float> State(Span<byte> own) => MemoryMarshal.Cast<byte, float>(own[HeaderBytes..]);

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        /// <summary>Of the last value.</summary>
        private double _pValue;

        private double _error;

        /// <summary><c>σ_t</c> after the last event, raw units.</summary>
        public double Scale;

        /// <summary>How far adaptation moves the next forecast, in units of <see cref="Scale"/>.</summary>
        public double Shift;

        private int _flags;

        private float _drift;

        public Verdict Verdict
        {
            readonly get => new(_pValue, _error, (_flags & 1) != 0, (_flags & 2) != 0) { DriftStatistic = _drift };
            set
            {
                (_pValue, _error, _drift) = (value.PValue, value.Error, (float)value.DriftStatistic);
                _flags = (value.IsAnomaly ? 1 : 0) + (value.HasDrifted ? 2 : 0);
            }
        }
    }
}
