using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>A part of the series of an engine. Every member but <see cref="Lock"/> is for the holder of the lock.</summary>
internal sealed class StateShard(RecurrentModel model, StreamingOptions options)
{
    private readonly Dictionary<string, StateSlot> _slots = new(StringComparer.Ordinal);
    private readonly StateSlab _slab = new(model.StateLength);
    private readonly double[] _missingPast = Missing(model.Config.PastCovariates);
    private readonly double[] _missingKnown = Missing(model.Config.Horizon * model.Config.KnownCovariates);

    public Lock Lock { get; } = new();

    public int Count => _slots.Count;

    public string[] Ids => [.. _slots.Keys];

    public bool TryGet(string seriesId, out Span<float> state)
    {
        var found = _slots.TryGetValue(seriesId, out var slot);
        state = found ? _slab[slot] : default;
        return found;
    }

    /// <summary>Takes an event, after the steps that are missing before it.</summary>
    /// <returns>The state.</returns>
    /// <exception cref="ObservationException">The event cannot be taken; the shard is as it was.</exception>
    public Span<float> Observe(string seriesId, in Observation o)
    {
        if (!TryGet(seriesId, out var state)) return Begin(seriesId, o);
        model.Validate(seriesId, state, o);
        if (options.MissingSteps == MissingSteps.Fill) Fill(seriesId, state, o);
        model.Observe(seriesId, state, o);
        return state;
    }

    /// <summary>A state that is about to be filled from a snapshot.</summary>
    /// <exception cref="ArgumentException">The series is there already.</exception>
    public Span<float> Add(string seriesId)
    {
        var slot = _slab.Rent();
        _slots.Add(seriesId, slot);
        return _slab[slot];
    }

    public bool Remove(string seriesId)
    {
        if (!_slots.Remove(seriesId, out var slot)) return false;
        _slab.Return(slot);
        return true;
    }

    private static double[] Missing(int count)
    {
        var missing = new double[count];
        Array.Fill(missing, double.NaN);
        return missing;
    }

    private Span<float> Begin(string seriesId, in Observation o)
    {
        var slot = _slab.Rent();
        try
        {
            var state = _slab[slot];
            model.InitializeState(state, seriesId);
            model.Observe(seriesId, state, o);
            _slots.Add(seriesId, slot);
            return state;
        }
        catch
        {
            _slab.Return(slot);
            throw;
        }
    }

    private void Fill(string seriesId, Span<float> state, in Observation o)
    {
        var steps = model.StepsUntil(state, o.Time);
        if (steps == 1) return;
        if (steps < 1)
            throw new ObservationException(ObservationProblem.TimeOffGrid, seriesId, o.Time, $"less than half a step ({model.Preprocessor.Frequency}) after the last event; aggregate to the step that the model was trained on");
        if (steps - 1 > options.MaxGap)
            throw new ObservationException(ObservationProblem.GapTooLong, seriesId, o.Time, $"{steps - 1} steps are missing before it, more than {options.MaxGap}; check the unit of the time, or remove the series and begin anew");
        for (var step = 1; step < steps; step++) model.Observe(seriesId, state, new Observation(model.TimeAfter(state, 1), double.NaN, _missingPast, _missingKnown));
    }
}
