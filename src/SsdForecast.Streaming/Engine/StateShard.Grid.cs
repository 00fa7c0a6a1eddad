using System.Globalization;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>Times beside the steps of a regular series.</summary>
internal sealed partial class StateShard
{
    /// <summary>The time of the step that is nearest to a time after the last event; an earlier one, and one out of range, as it is.</summary>
    private DateTime Nearest(ReadOnlySpan<float> state, DateTime time)
    {
        if (time <= _model.Progress(state).LastTime || time.Ticks > _lastPlaced) return time;
        var next = _model.TimeAfter(state, 1);
        return next == time ? time : _model.TimeAfter(state, (int)Math.Min(_model.StepsUntil(state, time), int.MaxValue));
    }

    /// <summary>Takes an event whose time is not that of a step as of the nearest one, unless that was taken or the options refuse it.</summary>
    private ObservationOutcome Move(int position, long sequence, in Observation o, DateTime step, IObservationSink? sink)
    {
        ref var entry = ref _index[position];
        var state = State(position);
        var placed = o with { Time = step };
        if (IsKnown(in entry, state, sequence, placed, out var late)) return new ObservationOutcome(ObservationStatus.Duplicate);
        if (_waiting.TryGetValue(position, out var waiting) && waiting.Holds(Key(sequence, placed), sequence))
        {
            // By its number it may be another event than the one that waits for the step.
            if (sequence == StreamingEngine.NoSequence || waiting.HoldsNumber(sequence)) return new ObservationOutcome(ObservationStatus.Duplicate);
            late = true;
        }

        if (late) return new ObservationOutcome(ObservationStatus.Rejected, Refusal: Between(entry.Id!, o.Time));
        if (_options.OffGrid == OffGridPolicy.Refuse) return new ObservationOutcome(ObservationStatus.Rejected, Refusal: OffGrid(entry.Id!, o.Time, step));
        var outcome = Continue(position, sequence, placed, sink, logged: 0, isPlaced: true);
        if (outcome.Status is not (ObservationStatus.Accepted or ObservationStatus.Buffered)) return outcome;
        Counts.Moved++;
        return outcome with { Moved = true };
    }

    private ObservationException Between(string seriesId, DateTime time) => new(
        ObservationProblem.TimeOffGrid, seriesId, time, $"less than half a step ({_model.Preprocessor.Frequency}) from another event; aggregate to the step that the model was trained on");

    private ObservationException OffGrid(string seriesId, DateTime time, DateTime step) => new(
        ObservationProblem.TimeOffGrid, seriesId, time, string.Create(CultureInfo.InvariantCulture, $"not on the grid of steps ({_model.Preprocessor.Frequency}) from the first event of the series; send it as of {step:yyyy-MM-dd HH:mm:ss.FFFFFFF}, or choose another policy for such times"));
}
