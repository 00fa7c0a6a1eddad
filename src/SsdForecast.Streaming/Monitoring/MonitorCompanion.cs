using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// A <see cref="SeriesMonitor"/> beside each series of an engine: forecasts leave the engine calibrated, and <see cref="Read"/> tells what the last
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
        var o = options ?? new MonitorOptions();
        // Its bytes mean something else under other options: a snapshot must not be taken up under them.
        Name = string.Create(CultureInfo.InvariantCulture, $"monitor 1 ({o.CalibrationRate}, {o.TailShape}, {o.DriftTolerance}, {o.DriftThreshold}, {o.DriftWarmUp}, {o.AdaptationForgetting}, {o.AdaptationBound})");
    }

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
            return engine.TryRead(seriesId, this, rented) ? MemoryMarshal.AsRef<Header>(rented).Verdict : Verdict.None;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
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
        ref readonly var header = ref MemoryMarshal.AsRef<Header>(own);
        _monitor.Adjust(MemoryMarshal.Cast<byte, float>(own[HeaderBytes..]), header.Shift, header.Scale, forecast);
    }

    private static ref Header HeaderOf(Span<byte> own) => ref MemoryMarshal.AsRef<Header>(own);

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

        private int _unused;

        public Verdict Verdict
        {
            readonly get => new(_pValue, _error, (_flags & 1) != 0, (_flags & 2) != 0);
            set
            {
                (_pValue, _error) = (value.PValue, value.Error);
                _flags = (value.IsAnomaly ? 1 : 0) + (value.HasDrifted ? 2 : 0);
                _unused = 0;
            }
        }
    }
}
