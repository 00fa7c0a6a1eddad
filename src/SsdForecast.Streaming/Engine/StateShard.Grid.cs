using System.Globalization;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>Times beside the steps of a regular series.</summary>
internal sealed partial class StateShard
{
    /// <summary>A time after the last event, snapped to the nearest step; an earlier one, and one out of range, as it is.</summary>
    private DateTime Snapped(ReadOnlySpan<float> state, DateTime time)
    {
        if (time <= _model.Progress(state).LastTime || time.Ticks > _lastSnapped) return time;
        var next = _model.TimeAfter(state, 1);
        return next == time ? time : _model.TimeAfter(state, (int)Math.Min(_model.StepsUntil(state, time), int.MaxValue));
    }

    /// <summary>Takes an event whose time is not that of a step at its snapped time, unless that step was taken or the options refuse it.</summary>
    private ObservationOutcome TakeSnapped(int position, long sequence, in Observation o, DateTime step, IObservationSink? sink)
    {
        ref var entry = ref _index[position];
        var state = State(position);
        var snapped = o with { Time = step };
        if (IsKnown(in entry, state, sequence, snapped, out var late)) return new ObservationOutcome(ObservationStatus.Duplicate);
        if (_waiting.TryGetValue(position, out var waiting) && waiting.Holds(Key(sequence, snapped), sequence))
        {
            // By its number it may be another event than the one that waits for the step.
            if (sequence == StreamingEngine.NoSequence || waiting.HoldsNumber(sequence)) return new ObservationOutcome(ObservationStatus.Duplicate);
            late = true;
        }

        if (late) return new ObservationOutcome(ObservationStatus.Rejected, Refusal: Between(entry.Id!, o.Time));
        if (_options.OffGrid == OffGridPolicy.Refuse) return new ObservationOutcome(ObservationStatus.Rejected, Refusal: OffGrid(entry.Id!, o.Time, step));
        var outcome = Continue(position, sequence, snapped, sink, logged: 0, isSnapped: true);
        if (outcome.Status is not (ObservationStatus.Accepted or ObservationStatus.Buffered)) return outcome;
        Counts.Snapped++;
        return outcome with { Snapped = true };
    }

    private ObservationException Between(string seriesId, DateTime time) => new(
        ObservationProblem.TimeOffGrid, seriesId, time, $"less than half a step ({_model.Preprocessor.Frequency}) from another event; aggregate to the step that the model was trained on");

    private ObservationException OffGrid(string seriesId, DateTime time, DateTime step) => new(
        ObservationProblem.TimeOffGrid, seriesId, time, string.Create(CultureInfo.InvariantCulture, $"not on the grid of steps ({_model.Preprocessor.Frequency}) from the first event of the series; send it as of {step:yyyy-MM-dd HH:mm:ss.FFFFFFF}, or choose another policy for such times"));
}
