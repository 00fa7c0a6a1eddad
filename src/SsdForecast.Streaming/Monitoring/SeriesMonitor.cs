using System.Runtime.InteropServices;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// What keeps the forecasts of one series honest while it streams: adaptive conformal quantiles, anomaly p-values, drift detection and, if asked for, an
/// adapted head. Each value is judged by the forecast made before it came; only then does it change anything.
/// </summary>
/// <remarks>
/// The monitor itself never changes: what it knows of a series is <see cref="StateLength"/> floats of the caller's, so that engines keep them in slabs, and
/// threads may share one monitor. Corrections are learnt at lead time 1, where the truth comes soonest; at longer lead times the offsets are scaled by how
/// much wider the model's own quantiles are there.
/// </remarks>
public sealed class SeriesMonitor
{
    private const float ErrorMemory = 300;
    private const float TailRate = 0.02f;

    private readonly MonitorOptions _options;
    private readonly double[] _levels;
    private readonly int _horizon;
    private readonly int _median;
    private readonly HeadAdapter? _adapter;
    private readonly bool _isPoint;

    /// <summary>A monitor for the series of a model.</summary>
    /// <exception cref="ArgumentException">An option out of range.</exception>
    public SeriesMonitor(ModelConfig config, MonitorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        _options = options ?? new MonitorOptions();
        _options.Validate();
        _levels = [.. config.Levels];
        _isPoint = _levels.Length == 1;
        _horizon = config.Horizon;
        for (var i = 1; i < _levels.Length; i++)
            if (Math.Abs(_levels[i] - 0.5) < Math.Abs(_levels[_median] - 0.5)) _median = i;
        if (_options.AdaptationForgetting > 0) _adapter = new HeadAdapter(config.Block.DModel, _options.AdaptationForgetting, _options.AdaptationBound);
        EncodedLength = config.Block.DModel;
        StateLength = HeaderLength + TrackerPair.StateLength(_levels.Length) + (_adapter?.StateLength ?? 0);
    }

    /// <summary>Floats that the monitor keeps for a series.</summary>
    public int StateLength { get; }

    /// <summary>Length of the encoder's output, <c>d_model</c>.</summary>
    public int EncodedLength { get; }

    private static int HeaderLength => System.Runtime.CompilerServices.Unsafe.SizeOf<Header>() / sizeof(float);

    /// <summary>Makes memory of the caller's the state of a series before its first event.</summary>
    public void Initialize(Span<float> state)
    {
        CheckState(state.Length);
        state[..StateLength].Clear();
        ref var header = ref HeaderOf(state);
        header.LowerTail = header.UpperTail = 1;
        _adapter?.Initialize(Adaptation(state));
    }

    /// <summary>Turns the model's forecast into the calibrated one.</summary>
    /// <param name="state">The monitor's state of the series; unchanged.</param>
    /// <param name="encoded">The encoder's output from which the forecast was made, <c>(d_model)</c>.</param>
    /// <param name="scale"><c>σ_t</c> in raw units, positive.</param>
    /// <param name="forecast">Quantiles in raw units, <c>(H, Q)</c> or the first lead times of it, ascending within a row; changed.</param>
    public void Adjust(ReadOnlySpan<float> state, ReadOnlySpan<float> encoded, double scale, Span<double> forecast)
        => Adjust(state, Shift(state, encoded), scale, forecast);

    /// <summary>How far adaptation moves the next forecast, in units of <c>σ_t</c>; 0 without it.</summary>
    internal double Shift(ReadOnlySpan<float> state, ReadOnlySpan<float> encoded)
    {
        CheckState(state.Length);
        return _adapter is null ? 0 : _adapter.Shift(Adaptation(state), encoded);
    }

    internal void Adjust(ReadOnlySpan<float> state, double shift, double scale, Span<double> forecast, bool calibrate = true)
    {
        CheckState(state.Length);
        var count = _levels.Length;
        if (forecast.Length % count != 0 || forecast.Length > _horizon * count) throw new ArgumentException($"a forecast has up to {_horizon} rows of {count}, not {forecast.Length} numbers", nameof(forecast));
        var spread = forecast[count - 1] - forecast[0];
        for (var at = 0; at < forecast.Length; at += count)
        {
            var row = forecast.Slice(at, count);
            // The least squares know the next step only.
            if (at == 0 && shift != 0)
                for (var i = 0; i < count; i++) row[i] += scale * shift;
            var wider = at == 0 || spread <= 0 ? 1 : Math.Clamp((row[^1] - row[0]) / spread, 0.1, 10);
            if (calibrate && _options.CalibrationRate > 0) TrackerPair.Apply(Trackers(state), scale * wider, row);
        }
    }

    /// <summary>Judges a value by the forecast made before it came, then learns from it.</summary>
    /// <param name="state">The monitor's state of the series, changed.</param>
    /// <param name="encoded">The encoder's output from which the forecast was made, <c>(d_model)</c>.</param>
    /// <param name="scale"><c>σ_t</c> of that moment in raw units, positive.</param>
    /// <param name="quantiles">The model's own quantiles of lead time 1, <c>(Q)</c>, before <c>Adjust</c>.</param>
    /// <param name="value">What came; NaN (missing) changes nothing.</param>
    public Verdict Judge(Span<float> state, ReadOnlySpan<float> encoded, double scale, ReadOnlySpan<double> quantiles, double value)
    {
        CheckState(state.Length);
        if (quantiles.Length != _levels.Length) throw new ArgumentException($"{quantiles.Length} quantiles where the model has {_levels.Length}", nameof(quantiles));
        if (!double.IsFinite(value)) return Verdict.None;
        Span<double> calibrated = stackalloc double[_levels.Length];
        quantiles.CopyTo(calibrated);
        Adjust(state, encoded, scale, calibrated);

        ref var header = ref HeaderOf(state);
        var verdict = Read(ref header, calibrated, scale, value);
        var error = verdict.Error;
        Learn(state, ref header, encoded, scale, quantiles, value);
        var relative = Math.Min(Math.Abs(error) / scale, 1e6);
        var statistic = 0.0;
        var drifted = _options.DriftThreshold > 0 && header.Drift.Update(relative, _options, out statistic);
        // In float32, as it is kept.
        return verdict with { HasDrifted = drifted, DriftStatistic = (float)statistic };
    }

    private Verdict Read(ref Header header, ReadOnlySpan<double> calibrated, double scale, double value)
    {
        var lower = PredictiveDistribution.TailUnit(_levels, calibrated, upper: false, scale);
        var upper = PredictiveDistribution.TailUnit(_levels, calibrated, upper: true, scale);
        var distribution = new PredictiveDistribution(_levels, calibrated, lower * header.LowerTail, upper * header.UpperTail, _options.TailShape);
        var p = distribution.PValue(value);
        // How far values go once they are beyond the last quantile; cut, so that one absurd value does not blind the tail.
        if (value < calibrated[0]) header.LowerTail = Blend(header.LowerTail, (calibrated[0] - value) / lower);
        else if (value > calibrated[^1]) header.UpperTail = Blend(header.UpperTail, (value - calibrated[^1]) / upper);
        return new Verdict(p, value - calibrated[_median], p < _options.AnomalyLevel, false);
    }

    private void Learn(Span<float> state, ref Header header, ReadOnlySpan<float> encoded, double scale, ReadOnlySpan<double> quantiles, double value)
    {
        Span<double> shifted = stackalloc double[quantiles.Length];
        quantiles.CopyTo(shifted);
        var raw = (value - quantiles[_median]) / scale;
        if (_adapter is not null)
        {
            var shift = scale * _adapter.Shift(Adaptation(state), encoded);
            foreach (ref var q in shifted) q += shift;
            _adapter.Update(Adaptation(state), encoded, raw);
        }

        header.Count = Math.Min(header.Count + 1, ErrorMemory);
        header.Error += (float)((Math.Min(Math.Abs(raw), 100) - header.Error) / header.Count);
        if (_options.CalibrationRate > 0)
            TrackerPair.Update(Trackers(state), _levels, shifted, scale, _options.CalibrationRate, header.Error, value);
    }

    private float Blend(float unit, double excess) => Math.Clamp(unit + (TailRate * (float)(Math.Min(excess, 10 * unit) - unit)), _isPoint ? 1e-3f : 0.1f, 100);

    private int TrackersEnd => HeaderLength + TrackerPair.StateLength(_levels.Length);

    private Span<float> Trackers(Span<float> state) => state[HeaderLength..TrackersEnd];

    private ReadOnlySpan<float> Trackers(ReadOnlySpan<float> state) => state[HeaderLength..TrackersEnd];

    private Span<float> Adaptation(Span<float> state) => state[TrackersEnd..StateLength];

    private ReadOnlySpan<float> Adaptation(ReadOnlySpan<float> state) => state[TrackersEnd..StateLength];

    private static ref Header HeaderOf(Span<float> state) => ref MemoryMarshal.AsRef<Header>(MemoryMarshal.AsBytes(state));

    private void CheckState(int length)
    {
        if (length < StateLength) throw new ArgumentException($"the monitor keeps {StateLength} floats a series, not {length}");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        /// <summary>Values judged, <see cref="ErrorMemory"/> at most.</summary>
        public float Count;

        /// <summary>Running mean absolute error in units of σ_t: what the calibration step is measured in.</summary>
        public float Error;

        /// <summary>Mean excess beyond the outermost quantiles, over that of an exponential tail through the model's own quantiles.</summary>
        public float LowerTail;

        /// <inheritdoc cref="LowerTail"/>
        public float UpperTail;

        public PageHinkley Drift;
    }
}
