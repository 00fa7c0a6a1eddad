using System.Globalization;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>Which events are known, late, next or must wait.</summary>
internal sealed partial class StateShard
{
    /// <summary>What orders the events of a series: the time, or the sequence number of a model without timestamps.</summary>
    private long Key(long sequence, in Observation o) => _hasTimestamps ? o.Time.Ticks : sequence;

    /// <summary>
    /// Whether an event was taken before, and whether one that was not comes late. With timestamps a number further back than is remembered
    /// tells nothing: then the time decides, as it does for events without a number.
    /// </summary>
    private bool IsKnown(ref readonly SeriesEntry entry, ReadOnlySpan<float> state, long sequence, in Observation o, out bool late)
    {
        var seen = sequence == StreamingEngine.NoSequence ? false : SeenSequences.Has(in entry, sequence);
        if (!_hasTimestamps)
        {
            late = sequence != StreamingEngine.NoSequence && entry.Sequence != StreamingEngine.NoSequence && sequence < entry.Sequence;
            return seen ?? true;
        }

        late = o.Time <= _model.Progress(state).LastTime;
        return seen ?? late;
    }

    // Made and not thrown: where a stream is sent again from its beginning there are many of them.
    private ObservationException Late(ref readonly SeriesEntry entry, ReadOnlySpan<float> state, long sequence, in Observation o)
    {
        var problem = _hasTimestamps
            ? string.Create(CultureInfo.InvariantCulture, $"the time is not after the last event's, {_model.Progress(state).LastTime:yyyy-MM-dd HH:mm:ss.FFFFFFF}; send events in order and once")
            : string.Create(CultureInfo.InvariantCulture, $"the sequence number {sequence} is not after {entry.Sequence}; send events in order");
        return new ObservationException(ObservationProblem.TimeNotAfter, entry.Id!, o.Time, problem);
    }

    /// <summary>By its number it is another event than the one that waits for the same time.</summary>
    private static ObservationException AtOnce(string seriesId, DateTime time)
        => new(ObservationProblem.TimeNotAfter, seriesId, time, "an event of another sequence number waits for this time; a series has one event at a time");

    /// <summary>Whether nothing can be missing between the last event and this one.</summary>
    private bool IsNext(ref readonly SeriesEntry entry, ReadOnlySpan<float> state, long sequence, in Observation o)
    {
        if (sequence != StreamingEngine.NoSequence && entry.Sequence != StreamingEngine.NoSequence && sequence == entry.Sequence + 1) return true;
        if (_isRegular) return _model.StepsUntil(state, o.Time) <= 1;
        // Of an irregular series only its numbers could tell.
        return sequence == StreamingEngine.NoSequence || entry.Sequence == StreamingEngine.NoSequence;
    }

    /// <summary>Takes the events that wait as far as they follow on, and further while too many wait.</summary>
    /// <returns>Events taken.</returns>
    private int Drain(int position, bool all, IObservationSink? sink)
    {
        var waiting = _waiting[position];
        var taken = 0;
        while (waiting.Count > 0)
        {
            var first = waiting.First;
            var state = State(position);
            if (!all && waiting.Count <= _options.ReorderWindow && !IsNext(in _index[position], state, first.Sequence, first.Observation)) break;
            waiting.TakeFirst();
            Counts.Waiting--;
            try
            {
                // What was taken since may have made it one that cannot be.
                var id = _index[position].Id!;
                _model.Validate(id, state, first.Observation);
                CheckGap(id, state, first.Observation);
                Take(position, first.Sequence, first.Observation, sink);
                taken++;
            }
            catch (ObservationException e)
            {
                Counts.Add(e.Problem);
                sink?.Refused(e.SeriesId, e);
            }
        }

        if (waiting.Count == 0) _waiting.Remove(position);
        return taken;
    }
}
