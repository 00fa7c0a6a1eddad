namespace SsdForecast.Runtime;

/// <summary>
/// Takes the history of one series into its state through the chunked form of the SSM (<c>docs/model.md</c> section 2 over many positions at once),
/// block by block. Of the last layer only the state is computed unless forecasts are wanted: its output is read by nothing but them. The last event is
/// that can be taken is always stepped, so that everything that a step leaves behind is there.
/// </summary>
internal sealed class PrefillStep
{
    /// <summary>Positions of a block: whole groups of <see cref="StepMatrix"/> and whole chunks of the SSD kernels; its buffers fit in the L2 cache.</summary>
    public const int BlockLength = 96;

    private const int Shortest = 16;

    private readonly ModelConfig _config;
    private readonly StateLayout _layout;
    private readonly ObservationCheck _check;
    private readonly RecurrentStep _step;
    private readonly ForecastHead _head;
    private readonly SkipMap _skip;
    private readonly PrefillBlock[] _blocks;
    private readonly int _tokenStride;
    private readonly int _width;
    private readonly int _scratchLength;

    public PrefillStep(ModelConfig config, StateLayout layout, ObservationCheck check, RecurrentStep step, ForecastHead head, SkipMap skip)
    {
        (_config, _layout, _check, _step, _head, _skip) = (config, layout, check, step, head, skip);
        _blocks = PrefillBlock.Covers(config.Block) ? [.. step.Layers.Select(l => new PrefillBlock(config.Block, l.Mixer))] : [];
        _tokenStride = PackedMatrix.Pad(step.TokenLength);
        _width = step.Embed.PaddedRows;
        _scratchLength = (BlockLength * (_tokenStride + (2 * _width) + 1)) + SlidingWindow.ScratchLength(config.Lookback, BlockLength)
            + PackedMatrix.Pad(BlockLength * 2) + (_blocks.Length == 0 ? 0 : _blocks[0].ScratchLength) + (BlockLength * head.OutputStride);
    }

    /// <summary>Whether the model has a chunked form here; otherwise histories are stepped.</summary>
    public bool IsChunked => _blocks.Length > 0;

    /// <summary>Takes a history.</summary>
    /// <param name="seriesId">The series, for messages.</param>
    /// <param name="state">Changed.</param>
    /// <param name="events">Oldest first.</param>
    /// <param name="oneStep">The forecast of lead time 1 after each event, raw units, <c>(events, Q)</c>, ascending within a row; or empty.</param>
    /// <param name="refused">Called for each event that cannot be taken, before anything changes.</param>
    public void Take(string seriesId, Span<float> state, ReadOnlySpan<Observation> events, Span<double> oneStep, Action<int, ObservationException> refused)
    {
        var accepted = Accepted(seriesId, state, events, refused);
        var (at, length) = (0, accepted?.Count ?? events.Length);
        if (IsChunked)
        {
            while (length - at - 1 >= Shortest)
            {
                var count = Math.Min(BlockLength, length - at - 1);
                Block(state, events, accepted, at, count, oneStep);
                at += count;
            }
        }

        for (; at < length; at++)
        {
            var e = accepted?[at] ?? at;
            _step.Advance(state, events[e]);
            if (!oneStep.IsEmpty) _head.ForecastNext(state, oneStep.Slice(e * _config.Outputs, _config.Outputs));
        }
    }

    /// <summary>The events that can be taken, or null for all of them. What that depends on is the state's scaler, its count and its last time.</summary>
    private List<int>? Accepted(string seriesId, ReadOnlySpan<float> state, ReadOnlySpan<Observation> events, Action<int, ObservationException> refused)
    {
        List<int>? accepted = null;
        var header = _layout.Header(state);
        for (var e = 0; e < events.Length; e++)
        {
            if (_check.Find(seriesId, in header, events[e]) is { } problem)
            {
                refused(e, problem);
                accepted ??= [.. Enumerable.Range(0, e)];
                continue;
            }

            accepted?.Add(e);
            header.LastTicks = events[e].Time.Ticks;
            header.Count++;
        }

        return accepted;
    }

    /// <summary>Takes <paramref name="count"/> events from the <paramref name="first"/> accepted one on.</summary>
    private void Block(Span<float> state, ReadOnlySpan<Observation> events, List<int>? accepted, int first, int count, Span<double> oneStep)
    {
        ref var header = ref _layout.Header(state);
        var scratch = new Scratch(_scratchLength);
        var tokens = scratch.Take(BlockLength * _tokenStride);
        var elapsed = scratch.Take(BlockLength);
        var known = state[_layout.Known];
        Span<(double Skip, double Sigma)> scales = stackalloc (double, double)[BlockLength];
        var rest = scratch;
        var window = new SlidingWindow(_skip, state[_layout.Ring], in header, BlockLength, ref rest);
        for (var t = 0; t < count; t++)
        {
            ref readonly var o = ref events[accepted?[first + t] ?? (first + t)];
            var previousSkip = header.Skip;
            elapsed[t] = _step.Begin(state, ref header, o);
            window.Advance(ref header, known);
            _step.Token(state, in header, o, previousSkip, tokens.Slice(t * _tokenStride, _step.TokenLength));
            scales[t] = (header.Skip, header.Sigma);
        }

        var residual = scratch.Take(BlockLength * _width);
        var x = scratch.Take(BlockLength * _width);
        _step.Embed.MultiplyMany(tokens, _tokenStride, residual, _width, count);
        var times = _config.ElapsedTime ? elapsed[..count] : default;
        for (var i = 0; i < _blocks.Length; i++)
        {
            var stateOnly = oneStep.IsEmpty && i == _blocks.Length - 1;
            RowKernels.RmsNorm(residual, _width, _step.Layers[i].Norm, (float)_config.Block.NormEps, x, _width, count);
            _blocks[i].Take(x, _width, residual, _width, count, state[_layout.ConvOf(i)], state[_layout.SsmOf(i)], times, stateOnly, scratch);
        }

        if (oneStep.IsEmpty) return;
        RowKernels.RmsNorm(residual, _width, _step.NormF, (float)_config.Block.NormEps, x, _width, count);
        var outputs = scratch.Take(BlockLength * _head.OutputStride);
        _head.Matrix.MultiplyMany(x, _width, outputs, _head.OutputStride, count, 0, _config.Outputs);
        for (var t = 0; t < count; t++)
        {
            var next = oneStep.Slice((accepted?[first + t] ?? (first + t)) * _config.Outputs, _config.Outputs);
            ForecastHead.Scale(in header, scales[t].Skip, scales[t].Sigma, outputs.Slice(t * _head.OutputStride, next.Length), next);
        }
    }
}
