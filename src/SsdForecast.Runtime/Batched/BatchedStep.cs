namespace SsdForecast.Runtime;

/// <summary>
/// Advances a tile of series by one event each, the matrices of the step multiplied for all of them at once. Everything else is the single
/// step's own code, and a matrix gives a vector among many the bits that it gives it alone: so does the whole. One tile's states and the next
/// one's fit in a core's L2 cache; the next ones are fetched while these are worked on.
/// </summary>
internal sealed class BatchedStep
{
    /// <summary>Series of a tile.</summary>
    public const int Tile = StepMatrix.Group;

    [ThreadStatic]
    private static FetchAhead? s_ahead;

    private readonly ModelConfig _config;
    private readonly StateLayout _layout;
    private readonly ObservationCheck _check;
    private readonly RecurrentStep _step;
    private readonly ForecastHead _head;
    private readonly int _tokenStride;
    private readonly int _innerStride;
    private readonly int _projected;
    private readonly int _scratchLength;

    public BatchedStep(ModelConfig config, StateLayout layout, ObservationCheck check, RecurrentStep step, ForecastHead head)
    {
        (_config, _layout, _check, _step, _head) = (config, layout, check, step, head);
        _tokenStride = PackedMatrix.Pad(step.TokenLength);
        _innerStride = PackedMatrix.Pad(config.Block.DInner);
        var mixer = step.Layers.Count > 0 ? step.Layers[0].Mixer : null;
        _projected = mixer?.InProj.PaddedRows ?? 0;
        var own = Tile * (_tokenStride + (2 * step.Embed.PaddedRows) + _projected + _innerStride);
        _scratchLength = own + Math.Max(step.WindowScratchLength, mixer?.ScratchLength ?? 0) + (Tile * head.OutputStride) + head.ScratchLength;
    }

    /// <summary>Takes all events of at most <see cref="Tile"/> series, round by round: the first of each, the second of each, and so on.</summary>
    /// <param name="runs">The batch.</param>
    /// <param name="tile">The series of this tile, indices into <paramref name="runs"/>.</param>
    /// <param name="next">Series whose states to fetch meanwhile.</param>
    /// <param name="firsts">For each run the number of its first event in the batch; says where a forecast goes.</param>
    /// <param name="forecasts">One for each event of the batch, or empty.</param>
    /// <param name="refused">Called with run and event for each that cannot be taken.</param>
    public void Take(
        ReadOnlySpan<SeriesRun> runs, ReadOnlySpan<int> tile, ReadOnlySpan<int> next, ReadOnlySpan<int> firsts, Span<double> forecasts,
        Action<RefusedEvent> refused)
    {
        var scratch = new Scratch(_scratchLength);
        var tokens = scratch.Take(Tile * _tokenStride);
        Span<float> elapsed = stackalloc float[Tile];
        Span<int> active = stackalloc int[Tile];
        var ahead = s_ahead ??= new FetchAhead();
        ahead.Clear();
        foreach (var run in next) ahead.Add(runs[run].State.Span[.._layout.Length]);
        var rounds = 0;
        foreach (var run in tile) rounds = Math.Max(rounds, runs[run].Events.Length);
        for (var round = 0; round < rounds; round++)
        {
            var count = 0;
            foreach (var run in tile)
            {
                if (round >= runs[run].Events.Length) continue;
                ref readonly var o = ref runs[run].Events.Span[round];
                var state = runs[run].State.Span[.._layout.Length];
                if (_check.Find(runs[run].SeriesId, in _layout.Header((ReadOnlySpan<float>)state), o) is { } problem)
                {
                    refused(new RefusedEvent(run, round, problem));
                    continue;
                }

                elapsed[count] = _step.Tokenize(state, o, tokens.Slice(count * _tokenStride, _step.TokenLength), scratch);
                active[count++] = run;
            }

            Encode(runs, active[..count], tokens, elapsed, ahead, scratch);
            if (!forecasts.IsEmpty) Forecast(runs, active[..count], firsts, round, forecasts, scratch);
        }

        ahead.Finish();
    }

    private void Encode(ReadOnlySpan<SeriesRun> runs, ReadOnlySpan<int> active, Span<float> tokens, ReadOnlySpan<float> elapsed, FetchAhead ahead, Scratch scratch)
    {
        var (block, count, width) = (_config.Block, active.Length, _step.Embed.PaddedRows);
        var eps = (float)block.NormEps;
        var residual = scratch.Take(Tile * width);
        var x = scratch.Take(Tile * width);
        var projected = scratch.Take(Tile * _projected);
        var y = scratch.Take(Tile * _innerStride);
        _step.Embed.MultiplyMany(tokens, _tokenStride, residual, width, count);
        for (var i = 0; i < _step.Layers.Count; i++)
        {
            var (norm, mixer) = _step.Layers[i];
            var (ssm, conv) = (_layout.SsmOf(i), _layout.ConvOf(i));
            for (var s = 0; s < count; s++) StepKernels.RmsNorm(residual.Slice(s * width, block.DModel), norm, eps, x.Slice(s * width, block.DModel));
            mixer.InProj.MultiplyMany(x, width, projected, _projected, count, ahead);
            for (var s = 0; s < count; s++)
            {
                var state = runs[active[s]].State.Span;
                mixer.Mix(projected.Slice(s * _projected, _projected), state[conv], state[ssm], elapsed[s], y.Slice(s * _innerStride, block.DInner), scratch, ahead);
            }

            mixer.OutProj.AccumulateMany(y, _innerStride, residual, width, count, ahead);
        }

        for (var s = 0; s < count; s++)
        {
            StepKernels.RmsNorm(residual.Slice(s * width, block.DModel), _step.NormF, eps, runs[active[s]].State.Span[_layout.Encoded]);
        }
    }

    private void Forecast(ReadOnlySpan<SeriesRun> runs, ReadOnlySpan<int> active, ReadOnlySpan<int> firsts, int round, Span<double> forecasts, Scratch scratch)
    {
        var (width, length) = (_step.Embed.PaddedRows, _config.Horizon * _config.Outputs);
        var encoded = scratch.Take(Tile * width);
        var outputs = scratch.Take(Tile * _head.OutputStride);
        for (var s = 0; s < active.Length; s++) runs[active[s]].State.Span[_layout.Encoded].CopyTo(encoded[(s * width)..]);
        _head.Matrix.MultiplyMany(encoded, width, outputs, _head.OutputStride, active.Length);
        for (var s = 0; s < active.Length; s++)
        {
            var at = (firsts[active[s]] + round) * length;
            _head.Finish(runs[active[s]].State.Span, outputs.Slice(s * _head.OutputStride, length), forecasts.Slice(at, length), scratch);
        }
    }
}
