using System.Collections.Concurrent;

namespace SsdForecast.Runtime;

/// <summary>
/// Takes the history of one series into its state through the chunked form of the SSM (<c>docs/model.md</c> section 2 over many positions at once),
/// block by block. A block goes through the stages tokens, layers, forecasts; stages work on blocks of their own side by side where threads are free,
/// since each stage needs of the block before no more than its own part of the state. Of the last layer only the state is computed unless forecasts are wanted: its output is read by nothing but them. The last event
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
    private readonly ConcurrentBag<PrefillPart> _parts = [];
    private readonly int _tokenStride;
    private readonly int _width;
    private readonly int _scratchLength;

    public PrefillStep(ModelConfig config, StateLayout layout, ObservationCheck check, RecurrentStep step, ForecastHead head, SkipMap skip)
    {
        (_config, _layout, _check, _step, _head, _skip) = (config, layout, check, step, head, skip);
        _blocks = PrefillBlock.Covers(config.Block) ? [.. step.Layers.Select(l => new PrefillBlock(config.Block, l.Mixer))] : [];
        _tokenStride = PackedMatrix.Pad(step.TokenLength);
        _width = step.Embed.PaddedRows;
        var tokens = (BlockLength * _tokenStride) + SlidingWindow.ScratchLength(config.Lookback, BlockLength);
        var layer = (BlockLength * _width) + (_blocks.Length == 0 ? 0 : _blocks[0].ScratchLength);
        _scratchLength = Math.Max(tokens, Math.Max(layer, BlockLength * (_width + head.OutputStride)));
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
        var length = accepted?.Count ?? events.Length;
        var blocks = Blocks(length);
        var part = Rent();
        for (var block = 0; block < blocks; block++)
        {
            for (var stage = 0; stage < Stages; stage++) Run(stage, block, length, part, state, events, accepted, oneStep);
        }

        _parts.Add(part);
        Steps(state, events, accepted, blocks, length, oneStep);
    }

    /// <summary>As the other, on several threads: the same bits.</summary>
    public void Take(in SeriesRun run, Memory<float> state, Memory<double> oneStep, Action<int, ObservationException> refused, int threads)
    {
        var accepted = Accepted(run.SeriesId, state.Span, run.Events.Span, refused);
        var length = accepted?.Count ?? run.Events.Length;
        var (blocks, room, events) = (Blocks(length), Stages + 1, run.Events);
        PrefillPart[] parts = [.. Enumerable.Range(0, Math.Min(room, blocks)).Select(_ => Rent())];
        Pipeline.Run(Stages, blocks, room, threads, (stage, block) => Run(stage, block, length, parts[block % room], state.Span, events.Span, accepted, oneStep.Span));
        foreach (var part in parts) _parts.Add(part);
        Steps(state.Span, events.Span, accepted, blocks, length, oneStep.Span);
    }

    private int Stages => _blocks.Length + 2;

    // The last event is stepped, and so is what is too short for a block.
    private int Blocks(int length) => !IsChunked || length - 1 < Shortest ? 0 : ((length - 1) / BlockLength) + ((length - 1) % BlockLength >= Shortest ? 1 : 0);

    private PrefillPart Rent() => _parts.TryTake(out var part) ? part : new PrefillPart(_width);

    private void Run(int stage, int block, int length, PrefillPart part, Span<float> state, ReadOnlySpan<Observation> events, List<int>? accepted, Span<double> oneStep)
    {
        if (stage == 0)
        {
            (part.First, part.Count) = (block * BlockLength, Math.Min(BlockLength, length - 1 - (block * BlockLength)));
            Tokens(part, state, events, accepted);
        }
        else if (stage <= _blocks.Length)
        {
            Layer(stage - 1, part, state, isLast: oneStep.IsEmpty && stage == _blocks.Length);
        }
        else if (!oneStep.IsEmpty)
        {
            Forecasts(part, in _layout.Header(state), accepted, oneStep);
        }
    }

    /// <summary>Steps what no block holds.</summary>
    private void Steps(Span<float> state, ReadOnlySpan<Observation> events, List<int>? accepted, int blocks, int length, Span<double> oneStep)
    {
        for (var at = Math.Min(blocks * BlockLength, Math.Max(0, length - 1)); at < length; at++)
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

    private void Tokens(PrefillPart part, Span<float> state, ReadOnlySpan<Observation> events, List<int>? accepted)
    {
        ref var header = ref _layout.Header(state);
        var scratch = new Scratch(_scratchLength);
        var tokens = scratch.Take(BlockLength * _tokenStride);
        var known = state[_layout.Known];
        var window = new SlidingWindow(_skip, state[_layout.Ring], in header, BlockLength, ref scratch);
        for (var t = 0; t < part.Count; t++)
        {
            ref readonly var o = ref events[accepted?[part.First + t] ?? (part.First + t)];
            var previousSkip = header.Skip;
            part.Elapsed[t] = _step.Begin(state, ref header, o);
            window.Advance(ref header, known);
            _step.Token(state, in header, o, previousSkip, tokens.Slice(t * _tokenStride, _step.TokenLength));
            part.Scales[t] = (header.Skip, header.Sigma);
        }

        _step.Embed.MultiplyMany(tokens, _tokenStride, part.Residual, _width, part.Count);
    }

    private void Layer(int i, PrefillPart part, Span<float> state, bool isLast)
    {
        var scratch = new Scratch(_scratchLength);
        var x = scratch.Take(BlockLength * _width);
        RowKernels.RmsNorm(part.Residual, _width, _step.Layers[i].Norm, (float)_config.Block.NormEps, x, _width, part.Count);
        _blocks[i].Take(
            x, _width, part.Residual, _width, part.Count, state[_layout.ConvOf(i)], state[_layout.SsmOf(i)], _config.ElapsedTime ? part.Elapsed[..part.Count] : default, stateOnly: isLast, scratch);
    }

    private void Forecasts(PrefillPart part, ref readonly StateHeader header, List<int>? accepted, Span<double> oneStep)
    {
        var scratch = new Scratch(_scratchLength);
        var x = scratch.Take(BlockLength * _width);
        var outputs = scratch.Take(BlockLength * _head.OutputStride);
        RowKernels.RmsNorm(part.Residual, _width, _step.NormF, (float)_config.Block.NormEps, x, _width, part.Count);
        _head.Matrix.MultiplyMany(x, _width, outputs, _head.OutputStride, part.Count, 0, _config.Outputs);
        for (var t = 0; t < part.Count; t++)
        {
            var next = oneStep.Slice((accepted?[part.First + t] ?? (part.First + t)) * _config.Outputs, _config.Outputs);
            ForecastHead.Scale(in header, part.Scales[t].Skip, part.Scales[t].Sigma, outputs.Slice(t * _head.OutputStride, next.Length), next);
        }
    }
}
