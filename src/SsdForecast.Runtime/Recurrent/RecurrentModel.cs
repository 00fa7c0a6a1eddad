using SsdForecast.Data;

namespace SsdForecast.Runtime;

/// <summary>
/// A trained <see cref="ForecasterKind.Causal"/> model as a recurrence, <c>docs/model.md</c> section 2: one event in, constant work and memory
/// whatever came before it, without torch. Immutable: threads may share one, each with states of its own.
/// <para>Two verbs: <c>Observe</c> changes a state, <c>Forecast</c> does not. Neither allocates in its span form.</para>
/// </summary>
public sealed partial class RecurrentModel
{
    /// <summary>The largest scaled value that is taken, in standard deviations; beyond it float32 would overflow on the way.</summary>
    public const double MaxMagnitude = 1e12;

    private readonly RecurrentStep _step;
    private readonly ForecastHead _head;
    private readonly BatchedStep _batched;
    private readonly PrefillStep _prefill;
    private readonly ObservationCheck _check;
    private readonly CovariateScalers _scalers;
    private readonly SeriesClock _clock;

    /// <summary>The model of a folder, its weights packed for the step.</summary>
    /// <exception cref="ModelFormatException">Not a causal model, or a tensor is missing, of another shape or not finite.</exception>
    /// <exception cref="ArgumentException">An option out of range.</exception>
    public RecurrentModel(ModelFolder folder, RecurrentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        Options = options ?? new RecurrentOptions();
        Options.Validate();
        if (folder.Config.Kind != ForecasterKind.Causal)
            throw new ModelFormatException(ModelFolder.ConfigFile, "kind direct is not a recurrence; forecast windows with it, or train a causal model to stream");
        foreach (var (name, shape) in ModelWeights.Shapes(folder.Config))
        {
            if (!folder.Weights.Float32(name, shape).All(float.IsFinite))
                throw new ModelFormatException(folder.Weights.File, $"tensor '{name}' has values that are not finite; the training failed, train again");
        }

        Config = folder.Config;
        Preprocessor = folder.Preprocessor;
        Hash = folder.Hash;
        Layout = new StateLayout(Config);
        _scalers = new CovariateScalers(Preprocessor);
        _clock = new SeriesClock(Preprocessor);
        _check = new ObservationCheck(Config, Preprocessor, _scalers);
        var skip = new SkipMap(Config, folder.Weights);
        _step = new RecurrentStep(folder, Layout, _scalers, _clock, skip, Options.Weights);
        _head = new ForecastHead(folder, Layout, skip, Options.Weights);
        _batched = new BatchedStep(Config, Layout, _check, _step, _head);
        _prefill = new PrefillStep(Config, Layout, _check, _step, _head, skip);
    }

    /// <summary>What was chosen at loading.</summary>
    public RecurrentOptions Options { get; }

    /// <summary>The architecture.</summary>
    public ModelConfig Config { get; }

    /// <summary>How rows become numbers.</summary>
    public Preprocessor Preprocessor { get; }

    /// <summary><see cref="ModelFolder.Hash"/> of the model; saved states carry it.</summary>
    public string Hash { get; }

    /// <summary>Floats of a state, <c>L + layers · (heads · headdim · d_state + (d_conv − 1) · conv_dim) + d_model</c>, covariates and a header.</summary>
    public int StateLength => Layout.Length;

    /// <summary>Numbers of a forecast, <c>H · Q</c>.</summary>
    public int ForecastLength => Config.Horizon * Config.Outputs;

    internal StateLayout Layout { get; }

    /// <summary>Reads a model folder.</summary>
    /// <exception cref="ModelFormatException">A file is missing, altered or not of a causal model.</exception>
    /// <exception cref="ArgumentException">An option out of range.</exception>
    public static RecurrentModel Load(string dir, RecurrentOptions? options = null) => new(ModelFolder.Load(dir), options);

    /// <summary>The state of a series before its first event.</summary>
    /// <param name="seriesId">The series; one that the training data did not have takes the default scaler.</param>
    /// <param name="statics">Its static covariates in raw units; empty where they come with the events or are missing.</param>
    /// <exception cref="ArgumentException">The number of static covariates is not the model's.</exception>
    public RecurrentState CreateState(string seriesId, ReadOnlySpan<double> statics = default)
    {
        var values = new float[StateLength];
        InitializeState(values, seriesId, statics);
        return new RecurrentState(this, seriesId, values);
    }

    /// <summary>Makes <see cref="StateLength"/> floats of the caller's the state of a series before its first event.</summary>
    /// <exception cref="ArgumentException">The span is too short, or the number of static covariates is not the model's.</exception>
    public void InitializeState(Span<float> state, string seriesId, ReadOnlySpan<double> statics = default)
    {
        ArgumentNullException.ThrowIfNull(seriesId);
        CheckLength(state.Length);
        if (statics.Length != 0 && statics.Length != Config.StaticCovariates)
            throw new ArgumentException($"{statics.Length} static covariates, where the model takes {Config.StaticCovariates}", nameof(statics));
        state[..StateLength].Clear();
        CovariateScalers.Scale(statics, _scalers.Static, state[Layout.Statics]);
        ref var header = ref Layout.Header(state);
        (header.Mean, header.Std) = Preprocessor.ScalerOf(seriesId);
        header.Sigma = WindowStatistics.Sigma(0, 0, Config.Lookback);
    }

    /// <summary>Takes an event into a state.</summary>
    /// <exception cref="ObservationException">The event cannot be taken; the state is as it was.</exception>
    /// <exception cref="ArgumentException">The state is another model's.</exception>
    public void Observe(RecurrentState state, in Observation observation) => Observe(state.SeriesId, Own(state), observation);

    /// <summary>Takes an event into a state that the caller holds. Allocates nothing.</summary>
    /// <param name="seriesId">The series, for messages.</param>
    /// <param name="state"><see cref="StateLength"/> floats of <see cref="InitializeState"/>.</param>
    /// <exception cref="ObservationException">The event cannot be taken; the state is as it was.</exception>
    public void Observe(string seriesId, Span<float> state, in Observation observation)
    {
        Validate(seriesId, state, observation);
        _step.Advance(state[..StateLength], observation);
    }

    /// <summary>Checks whether <see cref="Observe(string, Span{float}, in Observation)"/> would take an event; changes nothing.</summary>
    /// <exception cref="ObservationException">It would not.</exception>
    public void Validate(string seriesId, ReadOnlySpan<float> state, in Observation observation)
    {
        CheckLength(state.Length);
        _check.Check(seriesId, in Layout.Header(state), observation);
    }

    /// <summary>The forecast after the last event.</summary>
    /// <exception cref="InvalidOperationException">The state has taken no event yet.</exception>
    /// <exception cref="ArgumentException">The state is another model's.</exception>
    public Forecast Forecast(RecurrentState state) => Forecast(state.SeriesId, Own(state));

    /// <summary>The forecast after the last event of a state that the caller holds.</summary>
    /// <exception cref="InvalidOperationException">The state has taken no event yet.</exception>
    public Forecast Forecast(string seriesId, ReadOnlySpan<float> state)
    {
        var values = new double[Config.Horizon, Config.Outputs];
        Forecast(state, System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref values[0, 0], values.Length));
        ref readonly var header = ref Layout.Header(state);
        var times = _clock.HasTimestamps ? new DateTime[Config.Horizon] : [];
        for (var h = 0; h < times.Length; h++) times[h] = _clock.After(in header, h + 1);
        return new Forecast(seriesId, (int)Math.Min(header.Count - 1, int.MaxValue), times, Config.Levels, values);
    }

    /// <summary>The forecast's numbers after the last event. Allocates nothing.</summary>
    /// <param name="values">Output in raw units, <c>(H, Q)</c>, ascending within a row; at least <see cref="ForecastLength"/> long.</param>
    /// <exception cref="InvalidOperationException">The state has taken no event yet.</exception>
    public void Forecast(ReadOnlySpan<float> state, Span<double> values)
    {
        CheckLength(state.Length);
        if (values.Length < ForecastLength) throw new ArgumentException($"{values.Length} numbers of room for {ForecastLength}", nameof(values));
        if (Layout.Header(state).Count == 0) throw new InvalidOperationException("There is no forecast before the first event.");
        _head.Forecast(state, values[..ForecastLength]);
    }

    /// <summary>The time that lies <paramref name="lead"/> steps after the last event of a state.</summary>
    /// <exception cref="InvalidOperationException">The model has no timestamps, or the state has taken no event yet.</exception>
    public DateTime TimeAfter(ReadOnlySpan<float> state, int lead)
    {
        CheckLength(state.Length);
        ref readonly var header = ref Layout.Header(state);
        if (!_clock.HasTimestamps || header.Count == 0) throw new InvalidOperationException("There is no time to count from.");
        return _clock.After(in header, lead);
    }

    /// <summary>
    /// How many steps an event at <paramref name="time"/> lies after the last one, to the nearest: 1 for the next in turn, more where steps
    /// are missing. Always 1 for a first event and for a model without a regular step.
    /// </summary>
    public long StepsUntil(ReadOnlySpan<float> state, DateTime time)
    {
        CheckLength(state.Length);
        ref readonly var header = ref Layout.Header(state);
        if (header.Count == 0 || !_clock.HasTimestamps || Preprocessor.Frequency is not { } frequency) return 1;
        return frequency.StepsBetween(new DateTime(header.LastTicks), time);
    }

    /// <summary>The encoder's output <c>e_t</c> after the last event, <c>(d_model)</c>: what the head reads. A view of the state.</summary>
    public ReadOnlySpan<float> Encoded(ReadOnlySpan<float> state)
    {
        CheckLength(state.Length);
        return state[Layout.Encoded];
    }

    /// <summary>The scale <c>σ_t</c> of the window after the last event, in raw units, positive: the unit of the head's outputs.</summary>
    public double Scale(ReadOnlySpan<float> state)
    {
        CheckLength(state.Length);
        ref readonly var header = ref Layout.Header(state);
        return header.Std * header.Sigma;
    }

    /// <summary>The event count and the last time of a state that the caller holds.</summary>
    public (long Count, DateTime LastTime) Progress(ReadOnlySpan<float> state)
    {
        CheckLength(state.Length);
        ref readonly var header = ref Layout.Header(state);
        return (header.Count, new DateTime(header.LastTicks));
    }

    /// <summary>A state as bytes: format version, model hash, series, state and checksum.</summary>
    /// <exception cref="ArgumentException">The state is another model's.</exception>
    public byte[] Save(RecurrentState state) => StateFile.Write(Hash, state.SeriesId, Own(state));

    /// <summary>The state that <see cref="Save"/> has written; it continues as if it had never been saved, bit for bit.</summary>
    /// <param name="source">Where the bytes come from, for messages.</param>
    /// <exception cref="StateFormatException">Torn, altered, of another format or of another model.</exception>
    public RecurrentState Restore(ReadOnlySpan<byte> saved, string source = "saved state")
    {
        var values = new float[StateLength];
        var seriesId = StateFile.Read(saved, source, Hash, values);
        if (!IsPlausible(values)) throw new StateFormatException(source, "the state does not fit the model; it was not written by this program");
        return new RecurrentState(this, seriesId, values);
    }

    /// <summary>
    /// Whether floats from elsewhere can be a state of this model: positions within their ranges, a scaler that is one, finite numbers.
    /// </summary>
    public bool IsPlausible(ReadOnlySpan<float> state)
    {
        if (state.Length != StateLength) return false;
        ref readonly var h = ref Layout.Header(state);
        var finite = double.IsFinite(h.Mean) && double.IsFinite(h.Std) && h.Std > 0 && double.IsFinite(h.WindowMean) && double.IsFinite(h.Sigma) && double.IsFinite(h.Skip);
        foreach (var f in state[..Layout.Ring.End.Value]) finite &= float.IsFinite(f);
        return finite && h.Count >= 0 && h.Next >= 0 && h.Next < Config.Lookback && h.Weighted >= 0 && h.Weighted <= Config.Lookback
            && h.FirstTicks >= 0 && h.LastTicks >= h.FirstTicks && h.LastTicks <= DateTime.MaxValue.Ticks;
    }

    private float[] Own(RecurrentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Model == this || state.Model.Hash == Hash ? state.Values : throw new ArgumentException("the state belongs to another model", nameof(state));
    }

    private void CheckLength(int length)
    {
        if (length < StateLength) throw new ArgumentException($"a state of this model has {StateLength} floats, not {length}");
    }
}
