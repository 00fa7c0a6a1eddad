using SsdForecast.Data;

namespace SsdForecast.Runtime;

/// <summary>
/// Advances a state by one event: window, token, encoder. Its plain counterpart is <see cref="ReferenceRecurrence"/>; the notation is that of
/// <c>docs/model.md</c> section 2.
/// </summary>
internal sealed class RecurrentStep
{
    private readonly ModelConfig _config;
    private readonly StateLayout _layout;
    private readonly CovariateScalers _scalers;
    private readonly SeriesClock _clock;
    private readonly SkipMap _skip;
    private readonly CalendarCycle[] _calendar;
    private readonly double _stepTicks;
    private readonly int _season;
    private readonly StepMatrix _embed;
    private readonly (float[] Norm, BlockStep Mixer)[] _layers;
    private readonly float[] _normF;
    private readonly int _scratchLength;

    public RecurrentStep(ModelFolder folder, StateLayout layout, CovariateScalers scalers, SeriesClock clock, SkipMap skip, WeightFormat format)
    {
        (_config, _layout, _scalers, _clock, _skip) = (folder.Config, layout, scalers, clock, skip);
        var (weights, block) = (folder.Weights, _config.Block);
        _calendar = [.. _config.Calendar];
        _stepTicks = folder.Preprocessor.Step.Ticks;
        _season = folder.Preprocessor.Season <= _config.Lookback ? folder.Preprocessor.Season : 1;
        _embed = new PackedMatrix(block.DModel, _config.InputWidth, weights.Float32("embed.weight"), weights.Float32("embed.bias"));
        _layers = new (float[], BlockStep)[_config.Layers];
        for (var i = 0; i < _layers.Length; i++)
            _layers[i] = (weights.Float32($"backbone.layers.{i}.norm.weight"), new BlockStep(block, weights, $"backbone.layers.{i}.mixer.", format));
        _normF = weights.Float32("backbone.norm_f.weight");
        _scratchLength = (2 * PackedMatrix.Pad(_config.Lookback)) + PackedMatrix.Pad(_config.InputWidth) + (2 * _embed.PaddedRows)
            + (_layers.Length > 0 ? _layers[0].Mixer.ScratchLength : 0);
    }

    /// <summary>Width of a token.</summary>
    public int TokenLength => _config.InputWidth;

    /// <summary>Floats that <see cref="Tokenize"/> takes from its scratch.</summary>
    public int WindowScratchLength => 2 * PackedMatrix.Pad(_config.Lookback);

    /// <summary>Token to <c>d_model</c>.</summary>
    public StepMatrix Embed => _embed;

    /// <summary>The layers: the weight of the norm before the block, and the block.</summary>
    public IReadOnlyList<(float[] Norm, BlockStep Mixer)> Layers => _layers;

    /// <summary>The weight of the norm after the last layer.</summary>
    public float[] NormF => _normF;

    /// <summary>Takes an event that has been checked.</summary>
    public void Advance(Span<float> state, in Observation o)
    {
        var scratch = new Scratch(_scratchLength);
        var token = scratch.Take(_config.InputWidth);
        var elapsed = Tokenize(state, o, token, scratch);
        Encode(state, token, elapsed, ref scratch);
    }

    /// <summary>What comes before the encoder: takes a checked event into clock, covariates and window.</summary>
    /// <param name="token">Output, <see cref="TokenLength"/>.</param>
    /// <returns><c>δ_t</c>; 1 for a regular series.</returns>
    public float Tokenize(Span<float> state, in Observation o, Span<float> token, Scratch scratch)
    {
        ref var header = ref _layout.Header(state);
        var previousSkip = header.Skip;
        var elapsed = Begin(state, ref header, o);
        Window(state, ref header, scratch);
        Token(state, in header, o, previousSkip, token);
        return elapsed;
    }

    /// <summary>Takes a checked event into clock, covariates and ring; the window's statistics are still those of before.</summary>
    /// <returns><c>δ_t</c>; 1 for a regular series.</returns>
    public float Begin(Span<float> state, ref StateHeader header, in Observation o)
    {
        var first = header.Count == 0;
        var observed = !double.IsNaN(o.Value);
        var ring = state[_layout.Ring];
        var elapsed = _config.ElapsedTime && !first ? (float)Math.Clamp((o.Time.Ticks - header.LastTicks) / _stepTicks, 0, 100) : 1f;
        if (observed) header.Filled = (float)((o.Value - header.Mean) / header.Std);
        else if (_season > 1 && header.Weighted >= _season) header.Filled = SeasonBefore(ring, header.Next);
        if (first) header.FirstTicks = o.Time.Ticks;
        header.LastTicks = o.Time.Ticks;
        header.Count++;
        CovariateScalers.Scale(o.KnownCovariates.Span, _scalers.Known, state[_layout.Known]);
        CovariateScalers.Scale(o.StaticCovariates.Span, _scalers.Static, state[_layout.Statics]);
        if (observed || header.Weighted > 0) header.Weighted = Math.Min(header.Weighted + 1, _config.Lookback);
        ring[header.Next] = header.Filled;
        if (++header.Next == ring.Length) header.Next = 0;
        return elapsed;
    }

    /// <summary>The value one season before the position that <paramref name="next"/> will be written for.</summary>
    private float SeasonBefore(ReadOnlySpan<float> ring, int next) => ring[next >= _season ? next - _season : next - _season + ring.Length];

    private void Window(Span<float> state, ref StateHeader header, Scratch scratch)
    {
        var ring = state[_layout.Ring];
        var window = Newest(ring, in header, scratch.Take(ring.Length));
        var deviations = scratch.Take(ring.Length)[..window.Length];
        header.WindowMean = WindowStatistics.Mean(window);
        header.Sigma = WindowStatistics.Sigma(WindowStatistics.Centre(window, header.WindowMean, deviations), header.Weighted, ring.Length);
        header.Skip = _skip.At(0, header.WindowMean, deviations, state[_layout.Known]);
    }

    /// <summary>The values of weight 1, oldest first: sums must not depend on where in the ring the window happens to begin.</summary>
    public static ReadOnlySpan<float> Newest(ReadOnlySpan<float> ring, ref readonly StateHeader header, Span<float> window)
    {
        ring[header.Next..].CopyTo(window);
        ring[..header.Next].CopyTo(window[(ring.Length - header.Next)..]);
        return window[^header.Weighted..];
    }

    /// <summary>The token of the last event, when clock, covariates and window have taken it.</summary>
    /// <param name="previousSkip"><c>s_{t−1,0}</c>.</param>
    /// <param name="u">Output, <see cref="TokenLength"/>.</param>
    public void Token(ReadOnlySpan<float> state, ref readonly StateHeader header, in Observation o, double previousSkip, Span<float> u)
    {
        var observed = !double.IsNaN(o.Value);
        var innovation = header.Count == 1 ? 0 : (header.Filled - previousSkip) / header.Sigma;
        u[0] = observed ? (float)((header.Filled - header.WindowMean) / header.Sigma) : 0;
        u[1] = observed ? (float)header.Weighted / _config.Lookback : 0;
        u[2] = observed ? (float)innovation : 0;
        u = u[3..];
        CovariateScalers.Scale(o.PastCovariates.Span, _scalers.Past, u);
        u = u[_config.PastCovariates..];
        state[_layout.Known].CopyTo(u);
        u = u[(_config.Horizon * _config.KnownCovariates)..];
        if (_calendar.Length > 0) Calendar.Write(_clock.CalendarTime(in header), _calendar, u);
        state[_layout.Statics].CopyTo(u[(2 * _calendar.Length)..]);
    }

    private void Encode(Span<float> state, ReadOnlySpan<float> token, float elapsed, ref Scratch scratch)
    {
        var block = _config.Block;
        var eps = (float)block.NormEps;
        var residual = scratch.Take(_embed.PaddedRows);
        var x = scratch.Take(_embed.PaddedRows)[..block.DModel];
        var stream = residual[..block.DModel];
        _embed.Multiply(token, residual);
        var ssm = state[_layout.Ssm];
        var conv = state[_layout.Conv];
        for (var i = 0; i < _layers.Length; i++)
        {
            StepKernels.RmsNorm(stream, _layers[i].Norm, eps, x);
            _layers[i].Mixer.Step(x, residual, conv.Slice(i * _layout.ConvLength, _layout.ConvLength), ssm.Slice(i * _layout.SsmLength, _layout.SsmLength), elapsed, scratch);
        }

        StepKernels.RmsNorm(stream, _normF, eps, state[_layout.Encoded]);
    }
}
