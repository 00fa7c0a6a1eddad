using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Data.Tests;

public class TimeIndexTests
{
    private static readonly DateTime Start = new(2020, 1, 31);

    [Fact]
    public void A_regular_index_runs_on_past_its_end()
    {
        var index = TimeIndex.Regular(Start, Frequency.Monthly, 2);
        Assert.Equal([Start, new DateTime(2020, 2, 29)], index.ToArray());
        Assert.Equal(new DateTime(2020, 3, 31), index[2]);
        Assert.True(index.IsRegular && index.HasTimestamps);
    }

    [Fact]
    public void An_irregular_index_runs_on_by_its_median_step()
    {
        var index = TimeIndex.Irregular([Start, Start.AddHours(1), Start.AddHours(3), Start.AddHours(10)]);
        Assert.Equal(TimeSpan.FromHours(2), index.MedianStep);
        Assert.Equal(Start.AddHours(14), index[5]);
        Assert.Null(index.Frequency);
        Assert.False(index.IsRegular);
    }

    [Fact]
    public void An_ordinal_index_has_no_times()
    {
        var index = TimeIndex.Ordinal(3);
        Assert.False(index.HasTimestamps);
        Assert.True(index.IsRegular);
        Assert.Equal(Frequency.Ordinal, index.Frequency);
        Assert.Throws<InvalidOperationException>(() => index[0]);
    }

    [Fact]
    public void A_slice_has_the_times_of_its_rows()
    {
        TimeIndex[] indexes =
        [
            TimeIndex.Regular(Start, Frequency.Monthly, 20),
            TimeIndex.Regular(Start, Frequency.Hourly, 20),
            TimeIndex.Irregular([.. Enumerable.Range(0, 20).Select(i => Start.AddMinutes(i * i))]),
        ];
        var slices =
            from index in Gen.Elements(indexes)
            from start in Gen.Choose(0, 20)
            from count in Gen.Choose(0, 20 - start)
            select (index, start, count);
        Prop.ForAll(slices.ToArbitrary(), s => s.index.Slice(s.start, s.count).ToArray().SequenceEqual(s.index.ToArray()[s.start..(s.start + s.count)]))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_slice_of_a_slice_counts_from_the_slice()
    {
        var index = TimeIndex.Regular(Start, Frequency.Daily, 10).Slice(2, 6).Slice(3, 2);
        Assert.Equal(Start.AddDays(5), index[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Slice(1, 2));
    }

    [Fact]
    public void A_slice_of_one_event_keeps_the_step_of_the_whole()
    {
        var slice = TimeIndex.Irregular([Start, Start.AddHours(1), Start.AddHours(3)]).Slice(1, 1);
        Assert.Equal(TimeSpan.FromHours(1.5), slice.MedianStep);
        Assert.Equal(Start.AddHours(2.5), slice[1]);
    }

    [Fact]
    public void Times_that_do_not_ascend_are_refused() => Assert.Throws<ArgumentException>(() => TimeIndex.Irregular([Start, Start]));

    [Fact]
    public void Times_given_are_copied()
    {
        DateTime[] times = [Start, Start.AddDays(1)];
        var index = TimeIndex.Irregular(times);
        times[0] = DateTime.MaxValue;
        Assert.Equal(Start, index[0]);
    }
}
