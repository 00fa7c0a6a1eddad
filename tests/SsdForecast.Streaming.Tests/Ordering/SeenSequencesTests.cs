using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Streaming.Tests;

public class SeenSequencesTests
{
    [Fact]
    public void It_tells_what_a_set_tells_as_far_as_it_remembers() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var entry = new SeriesEntry { Sequence = StreamingEngine.NoSequence };
        var (set, highest) = (new HashSet<long>(), long.MinValue);
        var at = random.Next(3) switch { 0 => long.MaxValue - 5000, 1 => long.MinValue + 5000, _ => 0L };
        for (var i = 0; i < 300; i++)
        {
            var number = at + random.Next(-90, 40 + random.Next(80));
            if (set.Count > 0)
            {
                var told = SeenSequences.Has(in entry, number);
                if (number > highest) Assert.False(told);
                else if (highest - number >= 64) Assert.Null(told);
                else Assert.Equal(set.Contains(number), told);
            }

            // What lies further back is not remembered.
            SeenSequences.Add(ref entry, number);
            set.Add(number);
            highest = Math.Max(highest, number);
            at += random.Next(10);
        }

        return true;
    }).QuickCheckThrowOnFailure();
}
