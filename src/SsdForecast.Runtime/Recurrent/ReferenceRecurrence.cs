using SsdForecast.Data;

namespace SsdForecast.Runtime;

/// <summary>
/// The causal model of <c>docs/model.md</c> sections 2 and 4 for one series, in float64, plain loops and the page's own notation: what
/// <see cref="RecurrentModel"/> is tested against. Slow, and keeps the whole history.
/// </summary>
public sealed class ReferenceRecurrence
{
    private readonly ModelConfig _config;
    private readonly Preprocessor _preprocessor;
    private readonly Dictionary<string, double[]> _weights;
    private readonly Scaler _scaler;
    private readonly List<double> _f = [];
    private readonly List<double> _w = [];
    private readonly List<DateTime> _times = [];
    private readonly ReferenceBlock[] _blocks;
    private double[] _static;
    private double[] _skip = [];
    private double[] _outputs = [];
    private double _sigma;

    /// <summary>The model before a series' first event.</summary>
    /// <param name="folder">A causal model.</param>
    /// <param name="seriesId">The series, which chooses the scaler.</param>
    public ReferenceRecurrence(ModelFolder folder, string seriesId)
    {
        ArgumentNullException.ThrowIfNull(folder);
        _config = folder.Config;
        _preprocessor = folder.Preprocessor;
        _weights = ModelWeights.Shapes(_config).ToDictionary(s => s.Name, s => folder.Weights.Float64(s.Name));
        _scaler = _preprocessor.ScalerOf(seriesId);
        _static = new double[_config.StaticCovariates];
        _blocks = [.. Enumerable.Range(0, _config.Layers).Select(i => new ReferenceBlock(_config.Block, name => _weights[$"backbone.layers.{i}.mixer.{name}"]))];
    }

    /// <summary>The blocks, the first layer first: what drove their states at the last event can be read off them.</summary>
    public IReadOnlyList<ReferenceBlock> Blocks => _blocks;

    /// <summary>Takes an event.</summary>
    public void Observe(in Observation o)
    {
        // Section 1: rows to numbers. f is stored as float32.
        var t = _f.Count;
        var m = double.IsNaN(o.Value) ? 0 : 1;
        var season = _preprocessor.Season <= _config.Lookback ? _preprocessor.Season : 1;
        _f.Add(m == 1 ? (float)_scaler.Scale(o.Value)
            : season > 1 && t >= season && _w[t - season] == 1 ? _f[t - season]
            : t > 0 ? _f[t - 1]
            : 0);
        _w.Add(m == 1 || (t > 0 && _w[t - 1] == 1) ? 1 : 0);
        _times.Add(o.Time);
        var past = Scale(o.PastCovariates.Span, _preprocessor.PastCovariates);
        var known = Scale(o.KnownCovariates.Span, _preprocessor.KnownCovariates);
        if (o.StaticCovariates.Length > 0) _static = Scale(o.StaticCovariates.Span, _preprocessor.StaticCovariates);

        // The window.
        var L = _config.Lookback;
        double F(int j) => j < 0 ? 0 : _f[j];
        double W(int j) => j < 0 ? 0 : _w[j];
        double k = 0, sum = 0, squares = 0;
        for (var j = t - L + 1; j <= t; j++) k += W(j);
        for (var j = t - L + 1; j <= t; j++) sum += W(j) * F(j);
        var mu = sum / Math.Max(k, 1);
        for (var j = t - L + 1; j <= t; j++) squares += W(j) * Math.Pow(F(j) - mu, 2);
        var v = squares / Math.Max(k, 1);
        var rho = k / L;
        _sigma = Math.Sqrt(1 - rho + (rho * v) + 1e-5);

        // The skip.
        var previousSkip = t > 0 ? _skip[0] : 0;
        _skip = new double[_config.Horizon];
        for (var h = 0; h < _config.Horizon; h++)
        {
            _skip[h] = mu;
            for (var i = 0; i < L; i++) _skip[h] += _weights["skip.weight"][(h * L) + i] * W(t - L + 1 + i) * (F(t - L + 1 + i) - mu);
            for (var c = 0; c < known.Length; c++) _skip[h] += _weights["skip.known"][(h * known.Length) + c] * known[c];
        }

        // The token.
        var innovation = t == 0 ? 0 : m * (_f[t] - previousSkip) / _sigma;
        var calendar = new float[2 * _config.Calendar.Count];
        if (calendar.Length > 0) Calendar.Write(_preprocessor.IsRegular ? NextTime() : o.Time, _config.Calendar, calendar);
        double[] u = [m * (_f[t] - mu) / _sigma, m * rho, innovation, .. past, .. known, .. calendar.Select(c => (double)c), .. _static];

        // Elapsed time, encoder, head.
        var delta = !_config.ElapsedTime || t == 0 ? 1 : Math.Clamp((o.Time - _times[t - 1]) / _preprocessor.Step, 0, 100);
        var x = ReferenceBlock.Linear(_weights["embed.weight"], u, _weights["embed.bias"]);
        for (var i = 0; i < _blocks.Length; i++)
        {
            var y = _blocks[i].Step(ReferenceBlock.RmsNorm(x, _weights[$"backbone.layers.{i}.norm.weight"], _config.Block.NormEps), delta);
            for (var c = 0; c < x.Length; c++) x[c] += y[c];
        }

        _outputs = ReferenceBlock.Linear(_weights["head.weight"], ReferenceBlock.RmsNorm(x, _weights["backbone.norm_f.weight"], _config.Block.NormEps), _weights["head.bias"]);
    }

    /// <summary>The forecast after the last event, raw units, <c>(H, Q)</c>, ascending within a row.</summary>
    public double[,] Forecast()
    {
        var q = _config.Outputs;
        var values = new double[_config.Horizon, q];
        for (var h = 0; h < _config.Horizon; h++)
        {
            double[] row = [.. Enumerable.Range(0, q).Select(i => _scaler.Unscale(_skip[h] + (_sigma * _outputs[(h * q) + i]))).Order()];
            for (var i = 0; i < q; i++) values[h, i] = row[i];
        }

        return values;
    }

    private DateTime NextTime() => _preprocessor.Frequency!.Value.Add(_times[^1], 1);

    private double[] Scale(ReadOnlySpan<double> raw, IReadOnlyList<string> columns)
    {
        var scaled = new double[raw.Length];
        for (var i = 0; i < raw.Length; i++) scaled[i] = double.IsNaN(raw[i]) ? 0 : _preprocessor.CovariateScalerOf(columns[i % columns.Count]).Scale(raw[i]);
        return scaled;
    }
}
